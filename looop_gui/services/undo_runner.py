"""Drives the conversations of an undo the way a cycle is driven, and plans them."""

from collections.abc import Sequence

from looop_gui.engine.adapting import learn_ways
from looop_gui.engine.conversation import Conversation, ObjectOutcome, ObjectTask, Pass
from looop_gui.engine.cycle import CycleWork
from looop_gui.engine.plan import PlanRecorder
from looop_gui.engine.undo import undo
from looop_gui.engine.undo_unsure import undo_unsure
from looop_gui.engine.undo_work import UndoState, UndoWork
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import CyclePhase
from looop_gui.model.provisioning_log import ProvisioningStatus, WireExchange
from looop_gui.model.undo import LeftAlone
from looop_gui.services.cycle_blocks import CycleBlocks, CycleMemory
from looop_gui.services.cycle_flushing import Flushing
from looop_gui.services.cycle_runner import CycleRunner


class UndoRunner(CycleRunner):
    """One undo; `state` has to be set before `undo`."""

    state: UndoState

    async def undo(self, work: UndoWork, identifiers: Sequence[str]) -> None:
        """Do it all. Raises StoppedError, CycleFailedError, StoreError."""
        await self._probe(CycleWork(self.standing.cycle.kind), identifiers)
        await self._asking.converse(learn_ways(self._view), _not_recorded)
        async with Flushing(self.flush, self._asking.stopping):
            users, groups = work.of(ObjectType.USER), work.of(ObjectType.GROUP)
            await self._pass(users, Pass.OBJECT, CyclePhase.EXPORT)
            await self._pass(groups, Pass.OBJECT, CyclePhase.GROUPS)
            await self._pass(self._left(users), Pass.REFERENCES, CyclePhase.REFERENCES)
            members = [*self._left(groups), *work.members_only]
            await self._pass(members, Pass.REFERENCES, CyclePhase.MEMBERS)
            groups = [task for task in work.last if task.object_type is ObjectType.GROUP]
            users = [task for task in work.last if task.object_type is ObjectType.USER]
            await self._pass(groups, Pass.OBJECT, CyclePhase.GROUPS)
            await self._pass(users, Pass.OBJECT, CyclePhase.EXPORT)
        self._enter(CyclePhase.FINISHED, 0)
        await self.flush()

    def _left(self, tasks: Sequence[ObjectTask]) -> list[ObjectTask]:
        return [task for task in tasks if task.source_id in self._references_left]

    def _conversation(self, task: ObjectTask, which: Pass) -> Conversation[ObjectOutcome | None]:
        if task.unsure is not None:
            return undo_unsure(task, self._view, self.state)
        return undo(task, which, self._view, self.state)

    def _settle(self, task: ObjectTask, which: Pass) -> None:
        self._blocks.settle(task, which, "none")


class UndoMemory(CycleMemory):
    """The state of a planned undo: what fails is not tried again by a cycle."""

    def _take_escrow(self, outcome: ObjectOutcome, which: Pass) -> None:
        """No escrow."""


class UndoBlocks(CycleBlocks):
    """The same with its way to the disk."""

    def _take_escrow(self, outcome: ObjectOutcome, which: Pass) -> None:
        """No escrow."""


class UndoRecorder(PlanRecorder):
    """Notes the writes, and whom the undo leaves as they are."""

    undoes = True

    def __init__(self) -> None:
        super().__init__()
        self.left_alone: list[LeftAlone] = []

    def ended(self, outcome: ObjectOutcome, which: Pass) -> None:
        """Note what a conversation came to."""
        super().ended(outcome, which)
        task, error = outcome.task, outcome.error
        skipped = outcome.status is ProvisioningStatus.SKIPPED
        if error is None or (skipped and outcome.skip_reason == "RedundantExport"):
            return
        code = outcome.skip_reason or error.error_code
        self.left_alone.append(
            LeftAlone(task.object_type, task.source_id, task.source_name, code, error.reason)
        )


def _not_recorded(_exchange: WireExchange) -> None:
    """What is asked about the target as a whole belongs to no object."""
