"""Runs one cycle: the driver of the engine's generators against a real target.

Theory of operation. The cycle's work is decided once, from the snapshot, the links and the rules
(`engine.cycle`), and judged by the guards before anything is sent. Then people, groups, and the
references of both are passes over their tasks: workers hold the conversations of the present ones,
at most `concurrency` at a time, while the intents of the next go to the disk. What the outcomes
change is in memory at once and on the disk with the next block, a few times a second.
The watermark is stored only when everything was gone through.

A cycle that was cut off (kill -9, power) is found by its row without an end. The next start goes on
with it: what has a result in the journal is not done again, and what has an intent without one is
looked up in the target before it is sent.
"""

import asyncio
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from msgspec import structs

from looop_gui.engine.adapting import learn_ways
from looop_gui.engine.conversation import (
    Conversation,
    ObjectOutcome,
    ObjectTask,
    Pass,
)
from looop_gui.engine.cycle import CycleInput, CycleWork, WorkList, plan_cycle
from looop_gui.engine.failure import defect_failure
from looop_gui.engine.guard_verdict import GuardVerdict
from looop_gui.engine.guards import evaluate_guards
from looop_gui.engine.plan import PlanLeftOutError, PlanStaleError
from looop_gui.engine.probe import ProbeFailure, critical_failure, probe
from looop_gui.engine.provisioning import creation_hint, provision
from looop_gui.engine.record import ObjectRecord
from looop_gui.engine.references import settled_digest
from looop_gui.engine.retry import PROBE_POLICY
from looop_gui.engine.target_list import read_target
from looop_gui.engine.view import CycleView
from looop_gui.model.directory import ObjectType
from looop_gui.model.drift import DriftReport
from looop_gui.model.errors import StoreError
from looop_gui.model.job import Cycle, CycleKind, CyclePhase
from looop_gui.model.provisioning_log import ProvisioningAction, WireExchange
from looop_gui.services.clock import Clock
from looop_gui.services.cycle_asking import Asking, StoppedError
from looop_gui.services.cycle_blocks import CycleMemory
from looop_gui.services.cycle_comparing import Comparing
from looop_gui.services.cycle_counts import OutcomeCounts
from looop_gui.services.cycle_doubts import read_doubtful
from looop_gui.services.cycle_drift import drift_entry
from looop_gui.services.cycle_entry import log_entry, summary
from looop_gui.services.cycle_failures import CycleFailedError, CycleGuardedError
from looop_gui.services.cycle_flushing import Flushing
from looop_gui.services.cycle_intents import Intents
from looop_gui.services.cycle_order import UnderWay, larger_first
from looop_gui.services.cycle_resuming import may_have_written, unsure_hints
from looop_gui.services.cycle_watcher import Watcher
from looop_gui.services.drift_memory import DriftOrder

T = TypeVar("T")


@dataclass(slots=True)
class CycleStanding:
    """Where a running cycle stands, for progress; `cycle` is its row without current counts."""

    cycle: Cycle
    phase: CyclePhase = CyclePhase.READ_SOURCE
    done: int = 0
    total: int = 0
    logged: int = 0
    phase_began: float = 0.0


class CycleRunner:
    """One cycle of one connection. `tick` is called often while it runs; set it to listen.

    `order` are the tasks in their order when there is a watcher. `interrupted` are those whose
    write may have arrived when the cycle was stopped, by pass. When `rehearsing`, a guard's verdict
    is kept in `verdict` and does not stop the cycle.
    """

    def __init__(
        self,
        *,
        asking: Asking,
        blocks: CycleMemory,
        view: CycleView,
        standing: CycleStanding,
        clock: Clock,
        concurrency: int,
        rehearsing: bool = False,
        watcher: Watcher | None = None,
        drift: DriftOrder | None = None,
    ) -> None:
        self.counts = OutcomeCounts()
        self.rehearsing = rehearsing
        self.order: list[tuple[str, Pass]] = []
        self._watcher = watcher
        view.fixed = watcher is not None and watcher.fixes_form
        self._drift = drift or DriftOrder()
        self.drift: DriftReport | None = None
        self.verdict: GuardVerdict | None = None
        self.tick: Callable[[], None] = _untold
        self.standing = standing
        self.traffic = asking.traffic
        self._asking = asking
        self._blocks = blocks
        self._view = view
        self._clock = clock
        self._concurrency = max(1, concurrency)
        self.interrupted: dict[str, dict[str, str]] = {}
        self.members_added = 0
        self.members_removed = 0
        self._stand_in: Callable[[], object] = _untold
        self._standing_in = 0
        self._failure: ProbeFailure | None = None
        self._references_left: set[str] = set()
        self._under_way = UnderWay()

    async def run(self, given: CycleInput, kind: CycleKind, identifiers: Sequence[str]) -> None:
        """Do the whole cycle; `identifiers` are two random GUIDs for the probe.

        Raises StoppedError, CycleFailedError, CycleGuardedError, StoreError.
        """
        self._enter(CyclePhase.EVALUATE_SCOPE, 0)
        work = await asyncio.to_thread(plan_cycle, given, kind)
        await self._probe(work, identifiers)
        given, work = await self._compared(given, work)
        self.verdict = await asyncio.to_thread(
            evaluate_guards, given, work, self._view.context, given.allowed_guard
        )
        if self.verdict is not None and not self.rehearsing:
            raise CycleGuardedError(self.verdict)
        self._view.begin(work.gone, work.tasks())
        if work.may_patch:
            await self._asking.converse(learn_ways(self._view), _not_recorded)
        await read_doubtful(self._asking, self._view, self._blocks, given, work)
        async with Flushing(self.flush, self._asking.stopping):
            await self._provision(work)
        await self.flush()

    @property
    def words(self) -> str:
        """What the watcher has to say at the end, or ""."""
        return self._watcher.words if self._watcher is not None else ""

    async def only_probe(self, identifiers: Sequence[str]) -> None:
        """Ask whether the target answers; for a cycle without work. Raises as `run` does."""
        await self._probe(CycleWork(self.standing.cycle.kind), identifiers)
        self._enter(CyclePhase.FINISHED, 0)

    def cycle(self) -> Cycle:
        """The cycle's row with its counts as they are now."""
        return replace(
            self.standing.cycle,
            users=self.counts.of(ObjectType.USER),
            groups=self.counts.of(ObjectType.GROUP),
            requests=self.traffic.sent,
        )

    async def flush(self) -> None:
        """Put everything learnt so far on the disk."""
        self.standing.logged += await self._blocks.flush(self.cycle())
        self.tick()

    async def _probe(self, work: CycleWork, identifiers: Sequence[str]) -> None:
        rules = self._view.rules
        kinds = [ObjectType.USER]
        if rules.groups.enabled and work.groups.tasks:
            kinds.append(ObjectType.GROUP)
        for kind, identifier in zip(kinds, identifiers, strict=False):
            conversation = probe(rules, kind, identifier)
            failure = await self._asking.converse(conversation, _not_recorded, PROBE_POLICY)
            if failure is not None:
                raise CycleFailedError(failure)

    async def _compared(self, given: CycleInput, work: CycleWork) -> tuple[CycleInput, CycleWork]:
        """The work with what the target holds otherwise, where this cycle looks at it."""
        began = partial(self._enter, CyclePhase.MATCH)
        drift = self._drift
        looking = Comparing(self._asking, self._view, self._blocks, drift, began, self._count_one)
        given, work, self.drift = await looking.work(given, work)
        if self.drift is not None and not self.drift.repaired:
            for one in self.drift.objects:
                self._blocks.log(*drift_entry(one, self.standing.cycle, self._clock.now()))
        return given, work

    def _count_one(self) -> None:
        self.standing.done += 1
        self.tick()

    async def _provision(self, work: CycleWork) -> None:
        users, groups = work.users, work.groups
        everything = (*users.tasks, *groups.tasks)
        async with self._intents(everything, Pass.OBJECT) as intents:
            await self._first_pass(users, ObjectType.USER, CyclePhase.EXPORT, intents)
            await self._pass(self._second(users), Pass.REFERENCES, CyclePhase.REFERENCES)
            await self._first_pass(groups, ObjectType.GROUP, CyclePhase.GROUPS, intents)
        self._blocks.forget_departed()
        await self._pass(self._second(groups), Pass.REFERENCES, CyclePhase.MEMBERS)
        self._blocks.release(users.released | groups.released)
        self._enter(CyclePhase.FINISHED, 0)

    async def _first_pass(
        self, work: WorkList, kind: ObjectType, phase: CyclePhase, intents: Intents
    ) -> None:
        if work.to_find:
            self._enter(CyclePhase.MATCH, work.to_find)
            rules = self._view.rules
            conversation = read_target(rules.of(kind), work.to_find, rules.settings.matching)
            listed = await self._asking.converse(conversation, _not_recorded)
            if listed is not None:
                self._view.lists[kind] = listed
        await self._pass(work.tasks, Pass.OBJECT, phase, intents)
        self._view.lists.pop(kind, None)

    def _second(self, work: WorkList) -> list[ObjectTask]:
        """The tasks that need the second pass: told so by the first, or from the beginning.

        Large groups come first: their many batches go one after the other, beside other groups.
        """
        chosen = [task for task in work.tasks if task.source_id in self._references_left]
        return sorted((*chosen, *work.references_only), key=larger_first)

    def _intents(self, tasks: Sequence[ObjectTask], which: Pass) -> Intents:
        return Intents(self._blocks, self._view, tasks, which, self._concurrency)

    async def _pass(
        self,
        tasks: Sequence[ObjectTask],
        which: Pass,
        phase: CyclePhase,
        intents: Intents | None = None,
    ) -> None:
        """Go through tasks; `intents` are theirs and those of a later pass."""
        if intents is None:
            async with self._intents(tasks, which) as own:
                await self._pass(tasks, which, phase, own)
            return
        if self._watcher is not None:
            self.order += [(task.source_id, which) for task in tasks]
        self._enter(phase, len(tasks))
        for _, wave in itertools.groupby(tasks, key=lambda task: task.wave):
            await self._wave(list(wave), which, intents)

    async def _wave(self, tasks: Sequence[ObjectTask], which: Pass, intents: Intents) -> None:
        """The tasks of a wave, `concurrency` at a time."""
        waiting = iter(tasks)
        self._standing_in = 0
        try:
            async with asyncio.TaskGroup() as group:
                self._stand_in = lambda: group.create_task(self._work(waiting, which, intents))
                for _ in range(min(self._concurrency, len(tasks))):
                    self._stand_in()
        except ExceptionGroup as errors:
            full = errors.subgroup(StoreError)
            if full is None:
                raise
            # A full disk ends the cycle with its own sentence.
            raise full.exceptions[0] from None
        if self._asking.unanswered:
            self._stop(ProbeFailure(self._asking.unanswered, None))
        if self._failure is not None:
            raise CycleFailedError(self._failure)
        if self._asking.stopping.is_set():
            raise StoppedError

    async def _work(self, waiting: Iterator[ObjectTask], which: Pass, intents: Intents) -> None:
        for task in waiting:
            awaited = self._under_way.take(task)
            try:
                await intents.next()
                if awaited is not None:
                    await awaited
                if self._asking.stopping.is_set():
                    return
                await self._one(task, which)
            except StoppedError:
                return
            finally:
                self._under_way.end(task)

    async def _one(self, task: ObjectTask, which: Pass) -> None:
        exchanges: list[WireExchange] = []
        began = self._clock.monotonic()
        try:
            outcome = await self._outcome(task, which, exchanges)
        except (StoppedError, StoreError, asyncio.CancelledError) as end:
            if may_have_written(end, exchanges):
                hint = creation_hint(task, self._view)
                self.interrupted.setdefault(which, {})[task.source_id] = hint
            raise
        except PlanLeftOutError:
            self._view.leave_out(task)
            hints = unsure_hints(task, which)
            if hints is None:
                self._blocks.settle(task, which, "none")
            else:
                self.interrupted.setdefault(which, {})[task.source_id] = hints
            return
        self.standing.done += 1
        if outcome is None:
            self._settle(task, which)
        else:
            milliseconds = (self._clock.monotonic() - began) * 1000
            self._take(outcome, which, milliseconds, exchanges)

    async def _outcome(
        self, task: ObjectTask, which: Pass, exchanges: list[WireExchange]
    ) -> ObjectOutcome | None:
        """The end of a task's conversation; a defect of ours fails this object and no other."""
        conversation = self._conversation(task, which)
        if self._watcher is not None:
            conversation = self._watcher.watch(task, which, conversation)
        try:
            keep = partial(self._keep_ahead, task, which)
            return await self._asking.converse(conversation, exchanges.append, None, keep)
        except (StoppedError, PlanLeftOutError, StoreError):
            raise
        except PlanStaleError as stale:
            self._stop(ProbeFailure(stale.sentence, None, stale=True))
            raise StoppedError from stale
        except Exception as defect:  # noqa: BLE001 - the cycle's border, named in the design
            return ObjectRecord(task, ProvisioningAction.OTHER).failed(defect_failure(defect))

    async def _keep_ahead(self, task: ObjectTask, which: Pass) -> None:
        image = self._view.ahead.pop(task.source_id, None)
        if image is None:
            return
        if self._standing_in < self._concurrency - 1:
            # While it waits for the disk, another one may ask the target; a single one keeps order.
            self._standing_in += 1
            self._stand_in()
        await self._blocks.keep_ahead(image, which)

    def _conversation(self, task: ObjectTask, which: Pass) -> Conversation[ObjectOutcome | None]:
        return provision(task, which, self._view)

    def _take(
        self,
        outcome: ObjectOutcome,
        which: Pass,
        milliseconds: float,
        exchanges: Sequence[WireExchange],
    ) -> None:
        word = self.counts.add(outcome)
        self.members_added += outcome.members_added
        self.members_removed += outcome.members_removed
        cycle = self.standing.cycle
        entry = log_entry(
            outcome,
            connection_id=cycle.connection_id,
            cycle_id=cycle.id,
            time=self._clock.now(),
            milliseconds=milliseconds,
            exchanges=exchanges,
        )
        self._blocks.add(outcome, which, word, entry, summary(outcome))
        if self._watcher is not None:
            self._watcher.ended(outcome, which)
            if outcome.failed and which is Pass.OBJECT and self._watcher.applies:
                self._view.leave_out(outcome.task)
        if outcome.critical is not None:
            reason = outcome.error.reason if outcome.error else ""
            self._stop(critical_failure(reason, outcome.critical))
        if which is Pass.OBJECT and outcome.references_left:
            self._references_left.add(outcome.task.source_id)

    def _stop(self, failure: ProbeFailure) -> None:
        """Stop the cycle for a reason that concerns all of it; the first one counts."""
        self._failure = self._failure or failure
        self._asking.stopping.set()

    def _settle(self, task: ObjectTask, which: Pass) -> None:
        """Note a task of the second pass that had nothing to write."""
        self._blocks.settle(task, which, "none")
        self._blocks.release_reference(task.source_id)
        link = self._blocks.links.get(task.source_id)
        digest = settled_digest(task, self._view)
        if self._blocks.failed_itself(task.source_id):
            return
        if link is not None and link.source_digest != digest:
            self._blocks.store_link(structs.replace(link, source_digest=digest))

    def _enter(self, phase: CyclePhase, total: int) -> None:
        self.standing.phase = phase
        self.standing.done = 0
        self.standing.total = total
        self.standing.phase_began = self._clock.monotonic()
        self.tick()


def _not_recorded(_exchange: WireExchange) -> None:
    """The exchanges of the probe and of lists belong to no object."""


def _untold() -> None:
    """Nobody listens."""
