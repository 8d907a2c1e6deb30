"""Writes what a running cycle learns into the store, in blocks of one transaction each.

A block holds outcomes with everything that follows from them: links, escrows, journal results, log
entries and the cycle's counts. Either all of it is on the disk or none, so that after a crash the
links and the counts agree with the journal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from msgspec.structs import replace

from looop_gui.engine.conversation import ObjectOutcome, ObjectTask, Pass
from looop_gui.engine.escrow import escrow_failure
from looop_gui.engine.owners import Owners
from looop_gui.engine.references import UNSURE
from looop_gui.model.before_image import BeforeImage
from looop_gui.model.errors import StoreError
from looop_gui.model.job import Cycle, Escrow, Link
from looop_gui.model.provisioning_log import ProvisioningLogEntry
from looop_gui.services.clock import Clock, SystemClock
from looop_gui.services.cycle_images import ImageTaking
from looop_gui.services.cycle_images_ahead import ImagesAhead
from looop_gui.services.store_worker import StoreWorker
from looop_gui.store.before_images import drop_ahead, save_images
from looop_gui.store.cycles import save_cycle
from looop_gui.store.database import Database
from looop_gui.store.escrows import delete_escrows, save_escrows
from looop_gui.store.journal import write_intents, write_results
from looop_gui.store.links import delete_links, save_links
from looop_gui.store.log_facets import FacetNumbers
from looop_gui.store.log_lines import LogLine, log_line
from looop_gui.store.log_packing import encode_details
from looop_gui.store.provisioning_log import append_lines

KEPT_ENTRIES = 2_000
"""How many log entries a dry run keeps to be shown."""

REFERENCES_LEFT = "+references"
"""Ends the journal's result word of an object that needs the second pass."""


@dataclass(slots=True)
class Block:
    """What has been learnt since the last block was written.

    Log entries are `entries` in a dry run, else `lines` and `details`, which take less memory.
    """

    results: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    unlinked: set[str] = field(default_factory=set)
    escrows: dict[str, Escrow] = field(default_factory=dict)
    released: set[str] = field(default_factory=set)
    entries: list[tuple[ProvisioningLogEntry, str]] = field(default_factory=list)
    images: list[BeforeImage] = field(default_factory=list)
    lines: list[LogLine] = field(default_factory=list)
    details: list[bytes] = field(default_factory=list)
    ahead: list[tuple[str, str]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.lines) + sum(len(results) for results in self.results.values())

    def followed_by(self, later: "Block") -> "Block":
        """Both in one; what came later counts."""
        results = {which: list(found) for which, found in self.results.items()}
        for which, found in later.results.items():
            results.setdefault(which, []).extend(found)
        links = {key: one for key, one in self.links.items() if key not in later.unlinked}
        escrows = {key: one for key, one in self.escrows.items() if key not in later.released}
        return Block(
            results,
            links | later.links,
            (self.unlinked - later.links.keys()) | later.unlinked,
            escrows | later.escrows,
            (self.released - later.escrows.keys()) | later.released,
            self.entries + later.entries,
            self.images + later.images,
            self.lines + later.lines,
            self.details + later.details,
            self.ahead + later.ahead,
        )


class CycleMemory:
    """The state of a running cycle: `links` and `escrows` as its outcomes have changed them.

    `owners` has the source id of each linked resource, `settled` the source ids that have a
    result, by pass.

    As it stands it writes nothing, which is what a dry run needs; it keeps the first entries.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        links: dict[str, Link],
        escrows: dict[str, Escrow],
        interval: timedelta,
        written_before: Iterable[str] = (),
    ) -> None:
        self.links = links
        self.owners = Owners(links.values())
        self.escrows = escrows
        self.settled: dict[str, set[str]] = {}
        self.kept_entries: list[ProvisioningLogEntry] = []
        self._clock = clock
        self._interval = interval
        self._block = Block()
        self._departed: dict[str, str] = {}
        self._images = ImageTaking(written_before)
        self._kept_ahead: set[tuple[str, str]] = set()

    async def intend(self, hints: Mapping[str, str], which: Pass) -> None:
        """Put intents on the disk: source ids and hints. Raises StoreError."""

    async def keep_ahead(self, image: BeforeImage, which: Pass) -> None:
        """Put on the disk what a write is about to change. Raises StoreError."""

    async def flush(self, cycle: Cycle) -> int:
        """Write the block and the cycle's counts; gives the number of entries. StoreError."""
        block, self._block = self._block, Block()
        room = KEPT_ENTRIES - len(self.kept_entries)
        self.kept_entries.extend(entry for entry, _ in block.entries[: max(0, room)])
        return len(block.entries)

    def add(
        self,
        outcome: ObjectOutcome,
        which: Pass,
        word: str,
        entry: ProvisioningLogEntry,
        summary: str,
    ) -> None:
        """Take in an outcome, counted under `word`: the state in memory changes at once."""
        self.settle(outcome.task, which, word, references_left=outcome.references_left)
        if outcome.failed and outcome.task.unsure is not None and outcome.link is None:
            # Whether an earlier attempt reached the target is as unknown as before.
            self.settled[which].discard(outcome.task.source_id)
        self._block.images += self._images.of_outcome(outcome)
        self._take_link(outcome, which)
        self._take_escrow(outcome, which)
        self._keep(entry, summary)

    def log(self, entry: ProvisioningLogEntry, summary: str) -> None:
        """Take in an entry that nothing follows from."""
        self._keep(entry, summary)

    def settle(
        self, task: ObjectTask, which: Pass, word: str, *, references_left: bool = False
    ) -> None:
        """Note in the journal how a task of a pass ended."""
        result = f"{task.object_type} {word}" + (REFERENCES_LEFT if references_left else "")
        self._block.results.setdefault(which, []).append((task.source_id, result))
        self.settled.setdefault(which, set()).add(task.source_id)
        if self._kept_ahead and (which, task.source_id) in self._kept_ahead:
            self._kept_ahead.discard((which, task.source_id))
            self._block.ahead.append((which, task.source_id))

    def _keep(self, entry: ProvisioningLogEntry, summary: str) -> None:
        self._block.entries.append((entry, summary))

    def release(self, source_ids: Iterable[str]) -> None:
        """Forget the escrows of objects that nothing has to be done about any more."""
        for source_id in source_ids:
            if self.escrows.pop(source_id, None) is not None:
                self._block.escrows.pop(source_id, None)
                self._block.released.add(source_id)

    def release_reference(self, source_id: str) -> None:
        """Forget the escrow of an object whose references turned out to be settled."""
        escrow = self.escrows.get(source_id)
        if escrow is not None and escrow.is_reference:
            self.release((source_id,))

    def failed_itself(self, source_id: str) -> bool:
        """True when an object is in escrow, and not only what it refers to."""
        escrow = self.escrows.get(source_id)
        return escrow is not None and not escrow.is_reference

    def store_link(self, link: Link) -> None:
        """Take in a link that changed without an outcome."""
        self.links[link.source_id] = link
        self.owners.put(link)
        self._block.links[link.source_id] = link

    def _take_link(self, outcome: ObjectOutcome, which: Pass) -> None:
        source_id = outcome.task.source_id
        if outcome.taken_from:
            self._break_link(outcome.taken_from, source_id)
        if outcome.unlink:
            self._break_link(source_id)
        elif outcome.link is not None:
            self._block.unlinked.discard(source_id)
            link, known = outcome.link, self.links.get(source_id)
            if which is Pass.OBJECT and known is not None and known.target_id == link.target_id:
                # Members and managers may have departed since the task was made.
                before = outcome.task.link
                untouched = before is not None and link.manager == before.manager
                manager = known.manager if untouched else link.manager
                link = replace(link, members=known.members, manager=manager)
            if known is not None and known.target_id != link.target_id:
                # It was made anew: who had it as a member or manager has it no more.
                self._departed.setdefault(source_id, "")
            if known is not None and which is Pass.REFERENCES and self.failed_itself(source_id):
                link = replace(link, source_digest=known.source_digest)
            self.store_link(link)

    def forget_departed(self) -> None:
        """Take those whose links were broken out of known members and managers.

        Their resources are gone, and their memberships with them; where another object took the
        resource over, that one is the member now.
        """
        departed, self._departed = self._departed, {}
        departed |= {UNSURE + member: heir and UNSURE + heir for member, heir in departed.items()}
        gone = frozenset(departed)
        self._block.images += self._images.of_departures(self.links.values(), gone)
        for link in list(self.links.values()) if gone else ():
            if left := link.members & gone:
                heirs = {departed[member] for member in left} - {""}
                self.store_link(replace(link, members=(link.members - left) | heirs))
            if link.manager in gone:
                self.store_link(replace(link, manager=departed[link.manager] or UNSURE))

    def refers(self, link: Link) -> None:
        """Take in whom the target shows somebody to refer to whose own link is in doubt."""
        self._images.held[link.source_id] = link

    def settle_link(self, outcome: ObjectOutcome) -> None:
        """Take in the link of the outcome of both passes, and nothing else of it."""
        self._take_link(outcome, Pass.REFERENCES)
        self.forget_departed()

    @property
    def changed_links(self) -> tuple[tuple[Link, ...], frozenset[str]]:
        """The links to store, and the source ids of those that are broken."""
        return tuple(self._block.links.values()), frozenset(self._block.unlinked)

    def _break_link(self, source_id: str, heir: str = "") -> None:
        if heir or source_id not in self._departed:
            self._departed[source_id] = heir
        link = self.links.pop(source_id, None)
        if link is not None:
            self.owners.drop(link)
        self._block.links.pop(source_id, None)
        self._block.unlinked.add(source_id)

    def _take_escrow(self, outcome: ObjectOutcome, which: Pass) -> None:
        task = outcome.task
        before = self.escrows.get(task.source_id)
        if which is Pass.REFERENCES and self.failed_itself(task.source_id):
            return  # its references do not tell how the object itself went
        if outcome.failed:
            escrow = escrow_failure(
                before,
                task.source_id,
                task.object_type,
                outcome.error.error_code if outcome.error else "",
                digest=task.digest,
                unsure=outcome.unsure or _still_unsure(before, outcome),
                is_reference=which is Pass.REFERENCES,
                now=self._clock.now(),
                interval=self._interval,
            )
            self.escrows[task.source_id] = self._block.escrows[task.source_id] = escrow
            self._block.released.discard(task.source_id)
        elif before is not None and not (before.is_reference and outcome.references_left):
            self.release((task.source_id,))


def _still_unsure(before: Escrow | None, outcome: ObjectOutcome) -> str:
    return before.unsure if before is not None and outcome.link is None else ""


class CycleBlocks(CycleMemory):
    """The state of a running cycle with its way to the disk.

    `written_before` are the source ids of what was about to be written when it was cut off.
    """

    def __init__(
        self,
        worker: StoreWorker,
        clock: Clock,
        job: int,
        cycle: int,
        *,
        links: dict[str, Link],
        escrows: dict[str, Escrow],
        interval: timedelta,
        written_before: Iterable[str] = (),
    ) -> None:
        super().__init__(
            clock, links=links, escrows=escrows, interval=interval, written_before=written_before
        )
        self._ahead = ImagesAhead(worker, cycle)
        self._worker = worker
        self._job = job
        self._cycle = cycle
        self._stored = dict(links)
        self._numbers = FacetNumbers()

    def _keep(self, entry: ProvisioningLogEntry, summary: str) -> None:
        """Encoded here and not in the store's thread, for which the loop would have to wait."""
        self._block.lines.append(log_line(entry, summary))
        self._block.details.append(encode_details(entry))

    async def intend(self, hints: Mapping[str, str], which: Pass) -> None:
        """Put intents on the disk: source ids and hints. Raises StoreError."""
        if hints:
            await self._worker.run(_write_intents, self._cycle, which, hints)

    async def keep_ahead(self, image: BeforeImage, which: Pass) -> None:
        """Put on the disk what a write is about to change. Raises StoreError.

        What this cycle has created goes as a whole when it is undone.
        """
        if image.source_id not in self._images.made:
            self._kept_ahead.add((which, image.source_id))
            images = self._images.with_lacking(image, self.links.get(image.source_id))
            await self._ahead.keep(images, which)

    async def flush(self, cycle: Cycle) -> int:
        """Write the block and the cycle's counts; gives the number of entries. StoreError."""
        self.forget_departed()
        block, self._block = self._block, Block()
        if len(block) == 0 and not block.links and not block.released:
            return 0
        try:
            await self._worker.run(
                _write_block, self._job, self._cycle, block, self._stored, self._numbers, cycle
            )
        except StoreError:
            # Nothing of it is on the disk; the next flush has to write it.
            self._block = block.followed_by(self._block)
            self._numbers = FacetNumbers()
            raise
        self._stored.update(block.links)
        for source_id in block.unlinked:
            self._stored.pop(source_id, None)
        return len(block.lines)


def _write_intents(database: Database, cycle: int, which: str, hints: Mapping[str, str]) -> None:
    with database.transaction() as connection:
        write_intents(connection, cycle, which, hints)


def _write_block(
    database: Database,
    job: int,
    number: int,
    block: Block,
    stored: dict[str, Link],
    numbers: FacetNumbers,
    cycle: Cycle,
) -> None:
    with database.transaction() as connection:
        save_links(connection, job, block.links.values(), stored)
        delete_links(connection, job, block.unlinked)
        save_escrows(connection, job, block.escrows.values())
        delete_escrows(connection, job, block.released)
        for which, results in block.results.items():
            write_results(connection, number, which, results)
        drop_ahead(connection, number, block.ahead)
        save_images(connection, number, block.images)
        append_lines(connection, job, number, block.lines, block.details, numbers)
        save_cycle(connection, cycle)


def links_after(
    links: Mapping[str, Link], outcome: ObjectOutcome
) -> tuple[tuple[Link, ...], frozenset[str]]:
    """The links to store and the source ids to unlink after an outcome that belongs to no cycle.

    Whoever was deleted or made anew is nobody's member and manager any more.
    """
    memory = CycleMemory(SystemClock(), links=dict(links), escrows={}, interval=timedelta())
    memory.settle_link(outcome)
    return memory.changed_links
