"""What a cycle has to do, once the target was looked at: members that are lost, and drift.

An initial cycle reads the members of the linked groups; an incremental one checks the drift where
that is due. What is found becomes part of the work before the guards look at it.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from msgspec import structs

from looop_gui.engine.cycle import CycleInput, CycleWork, plan_cycle
from looop_gui.engine.digests import with_references_left
from looop_gui.engine.drift import Candidate, Drift, drifted_object
from looop_gui.engine.left_behind import of_kept_ids
from looop_gui.engine.member_check import groups_with_members, links_as_found
from looop_gui.engine.view import CycleView
from looop_gui.model.connection import DriftCheck
from looop_gui.model.drift import DriftKind, DriftReport
from looop_gui.model.job import CycleKind, Link
from looop_gui.services.cycle_asking import Asking
from looop_gui.services.cycle_blocks import CycleMemory
from looop_gui.services.cycle_drift import Checking, check_drift, kept_members, standing_of
from looop_gui.services.drift_memory import DriftOrder


@dataclass(frozen=True, slots=True)
class Comparing:
    """Looks at the target for one cycle.

    `began` is told how many objects are read, `done` is called for each.
    """

    asking: Asking
    view: CycleView
    memory: CycleMemory
    drift: DriftOrder
    began: Callable[[int], None]
    done: Callable[[], None]

    async def work(
        self, given: CycleInput, work: CycleWork
    ) -> tuple[CycleInput, CycleWork, DriftReport | None]:
        """The work with what was found, and the report of a drift check. Raises StoppedError."""
        if work.kind is CycleKind.INITIAL:
            return await self._with_members(given, work)
        if self.drift.mode is DriftCheck.OFF:
            return given, work, None
        found = await check_drift(
            self.asking, given, work, self.view, self.began, self.done, self.drift.memory
        )
        if self.drift.mode is not DriftCheck.REPAIR:
            return given, work, found.report
        for link in _members_of(given, found.drifts):
            self.memory.store_link(link)
        for key, drift in found.drifts.items():
            self.view.left_behind[key] = drift.left_behind
        given = replace(given, drifted=found.drifts)
        work = await asyncio.to_thread(plan_cycle, given, work.kind)
        return given, work, replace(found.report, repaired=True)

    async def _with_members(
        self, given: CycleInput, work: CycleWork
    ) -> tuple[CycleInput, CycleWork, DriftReport | None]:
        """A group that cannot be read is taken for what it was left as.

        The report is of what deletions have left, where a certificate is to have it.
        """
        surplus = self.drift.mode is DriftCheck.REPAIR
        groups = groups_with_members(given, work, surplus=surplus)
        checking = Checking(self.asking, self.done)
        if groups:
            self.began(len(groups))
            await checking.read(groups, given.rules.settings.concurrency)
        report = await self._left_behind(groups, checking) if self.drift.certifies else None
        given, work = await self._with_lost(given, work, groups, checking, surplus=surplus)
        return given, work, report

    async def _left_behind(self, groups: list[Candidate], checking: Checking) -> DriftReport:
        by_id = {one.link.source_id: one for one in groups}
        kept = await kept_members(self.asking, by_id, checking.readings, self.view, {})
        objects = [
            drifted_object(by_id[key], DriftKind.CHANGED, (of_kept_ids(ids),))
            for key, ids in kept.items()
        ]
        if self.drift.memory is not None:
            objects += await standing_of(self.asking, self.view, self.drift.memory)
        return DriftReport(0, len(groups), 0, tuple(objects))

    async def _with_lost(
        self,
        given: CycleInput,
        work: CycleWork,
        groups: list[Candidate],
        checking: Checking,
        *,
        surplus: bool,
    ) -> tuple[CycleInput, CycleWork]:
        read = checking.readings.items()
        resources = {key: one.resource for key, one in read if one.resource is not None}
        self.view.shown.take(None, groups=resources.values())
        shown = self.view.shown.members
        found = links_as_found(groups, resources, self.view.owners, surplus=surplus, shown=shown)
        if not found:
            return given, work
        for link in found:
            self.memory.store_link(link)
        given = replace(given, links={**given.links, **{link.source_id: link for link in found}})
        return given, await asyncio.to_thread(plan_cycle, given, work.kind)


def _members_of(given: CycleInput, drifts: dict[str, Drift]) -> Iterable[Link]:
    """The links of groups with the members that they have: a target may leave out an empty list."""
    for source_id, drift in drifts.items():
        link = given.links.get(source_id)
        if link is not None and drift.members is not None:
            digest = with_references_left(link.source_digest)
            yield structs.replace(link, members=drift.members, source_digest=digest)
