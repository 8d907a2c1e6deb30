"""The undo of a run: its plan, which writes nothing, and its run, which writes exactly the plan.

An undo is a cycle of its own in history, log and journal, under the lock of its connection. What it
finds before it writes is kept as well, so that an undo can be undone. One that was cut off is begun
again by planning it anew: what was put back already is found to be so.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta

from looop_gui.engine.conversation import Unsure
from looop_gui.engine.guard_verdict import UNSENT
from looop_gui.engine.plan import PlanApplier
from looop_gui.engine.plan_thinning import thinned
from looop_gui.engine.rules import ConnectionRules, rules_of
from looop_gui.engine.undo_guard import guarded, undo_guard, undo_token
from looop_gui.engine.undo_images import joined_images, referring_to_lost
from looop_gui.engine.undo_work import UndoState, UndoWork, undo_work, unsure_work
from looop_gui.engine.view import CycleView
from looop_gui.model.directory import ObjectType
from looop_gui.model.errors import (
    ConfigurationError,
    GuardError,
    StoreError,
)
from looop_gui.model.forecast import Forecast
from looop_gui.model.job import Cycle, CycleEnd, CycleKind, CycleState, Link
from looop_gui.model.plan import Plan
from looop_gui.model.undo import UndoOrder
from looop_gui.services.cycle_asking import Asking, Sender, StoppedError
from looop_gui.services.cycle_blocks import CycleMemory
from looop_gui.services.cycle_ending import CycleEnding, close_cycle, ending_of, store_ending
from looop_gui.services.cycle_failures import CycleFailedError
from looop_gui.services.cycle_lock import cycle_lock
from looop_gui.services.cycle_parts import (
    asking_of,
    identifiers,
    new_cycle,
    refusal_of,
    view_of,
)
from looop_gui.services.cycle_progress import ProgressMeter, TellProgress
from looop_gui.services.cycle_rehearsal import OnProgress, Rehearsal, RehearsalSender
from looop_gui.services.cycle_resuming import (
    StoredState,
    load_state,
    only_uncertain,
    peek_state,
    unknown_outcomes,
)
from looop_gui.services.cycle_runner import CycleStanding
from looop_gui.services.cycle_setting import CycleSetting
from looop_gui.services.cycle_watcher import Watcher
from looop_gui.services.undo_runner import UndoBlocks, UndoMemory, UndoRecorder, UndoRunner
from looop_gui.store.before_images import load_images
from looop_gui.store.cycles import add_cycle
from looop_gui.store.database import Database
from looop_gui.store.doubtful_creates import doubtful_creates

CONFIGURATION = "undo"
"""Stands in an undo's row for the configuration, so that no cycle goes on with it."""


async def rehearse_undo(
    setting: CycleSetting,
    stopping: asyncio.Event,
    order: UndoOrder,
    on_progress: OnProgress | None = None,
) -> Rehearsal:
    """The plan of an undo: each resource is read and compared, and nothing is written.

    Raises ConfigurationError when nothing is kept of that run, CredentialsError, TargetError,
    StoreError, and StoppedError when `stopping` is set meanwhile.
    """
    connection, clock = setting.connection, setting.clock
    rules = rules_of(connection, setting.schema)
    state = await setting.worker.run(peek_state, connection.id)
    memory = UndoMemory(
        clock, links=state.links, escrows=state.escrows, interval=timedelta(minutes=1)
    )
    undo_state, work = await _work(setting, rules, order, memory.links)
    cycle = new_cycle(setting, CycleKind.UNDO, undoes=order.cycle_id)
    async with setting.open_target(connection, setting.token) as sender:
        rehearsal, recorder = RehearsalSender(sender), UndoRecorder()
        asking = asking_of(setting, rehearsal, stopping, writes=False)
        view = view_of(setting, rules, state, memory, cycle)
        dialect = view.dialect
        runner = _runner(setting, asking, memory, view, cycle, recorder)
        runner.state = undo_state
        if on_progress is not None:
            meter = ProgressMeter(runner, runner.traffic, clock, lambda one, _: on_progress(one))
            runner.tick = meter.tick
        try:
            await runner.undo(work, identifiers(setting.random))
        except CycleFailedError as error:
            raise refusal_of(error) from error
    plan = Plan(
        connection_id=connection.id,
        connection_name=connection.name,
        tenant_url=connection.target.tenant_url,
        dialect=dialect,
        kind=CycleKind.UNDO,
        made=cycle.began,
        source_digest="",
        configuration_digest=rules.digest,
        objects=recorder.objects(runner.order),
        undo=order,
        left_alone=tuple(recorder.left_alone),
    )
    plan = guarded(plan, connection.settings)
    return Rehearsal(_forecast(runner, memory, plan), plan, tuple(rehearsal.written))


async def run_undo(setting: CycleSetting, *, stopping: asyncio.Event, tell: TellProgress) -> Cycle:
    """Carry out the setting's plan, which is that of an undo, to its end.

    Raises StoreBusyError when a cycle of this connection runs, GuardError when the plan deletes or
    disables more than may be without its token, ConfigurationError and CredentialsError; nothing is
    stored then.
    """
    connection, plan = setting.connection, setting.plan and thinned(setting.plan)
    if plan is None or plan.undo is None:
        raise ConfigurationError("This is not the plan of an undo.", safe="Nothing was sent.")
    held = undo_guard(plan, connection.settings)
    if held is not None and (
        not setting.allowed_guard
        or setting.allowed_guard not in (undo_token(plan), plan.guard_token)
    ):
        raise GuardError(
            f"{held.sentence} {UNSENT}",
            next_step=f"To allow exactly this once: --allow-guard {undo_token(plan)}",
        )
    rules = rules_of(connection, setting.schema)
    with cycle_lock(setting.data_folder, connection):
        async with setting.open_target(connection, setting.token) as sender:
            state = await setting.worker.run(load_state, connection.id)
            return await _Run(setting, rules, state, plan.undo, tell).run(sender, stopping, plan)


class _Run:
    """One run of one undo with everything open."""

    def __init__(
        self,
        setting: CycleSetting,
        rules: ConnectionRules,
        state: StoredState,
        order: UndoOrder,
        tell: TellProgress,
    ) -> None:
        self._setting = setting
        self._rules = rules
        self._state = state
        self._order = order
        self._tell = tell

    async def run(self, sender: Sender, stopping: asyncio.Event, plan: Plan) -> Cycle:
        setting, state = self._setting, self._state
        undo_state, work = await _work(setting, self._rules, self._order, state.links)
        cycle = new_cycle(setting, CycleKind.UNDO, undoes=self._order.cycle_id)
        await self._close_cut_off()
        number = await setting.worker.run(_add, self._state.job.number, cycle)
        blocks = UndoBlocks(
            setting.worker,
            setting.clock,
            state.job.number,
            number,
            links=state.links,
            escrows=state.escrows,
            interval=timedelta(minutes=setting.connection.settings.interval_minutes),
        )
        view = view_of(setting, self._rules, state, blocks, cycle)
        asking = asking_of(setting, sender, stopping)
        runner = _runner(setting, asking, blocks, view, cycle, PlanApplier(plan))
        runner.state = undo_state
        meter = ProgressMeter(runner, runner.traffic, setting.clock, self._tell)
        runner.tick = meter.tick
        meter.tick()
        ending = await self._carried(runner, work)
        await runner.flush()
        ended = replace(
            runner.cycle(),
            state=ending.state,
            ended=setting.clock.now(),
            sentence=ending.sentence,
            ended_by=ending.end,
        )
        unknown = unknown_outcomes(self._state.journal, runner.interrupted, blocks.settled)
        ending = replace(ending, adaptation=view.adaptation)
        await setting.worker.run(
            store_ending, state.job, number, ended, ending, "", self._rules.digest, unknown
        )
        meter.finish(ended)
        return ended

    async def _carried(self, runner: UndoRunner, work: UndoWork) -> CycleEnding:
        """Run it and say how it ended. What it did is no reason for or against a quarantine."""
        job = self._state.job
        try:
            await runner.undo(work, identifiers(self._setting.random))
        except (StoppedError, CycleFailedError, StoreError) as error:
            ending = ending_of(error, job, self._setting.clock.now())
            return replace(ending, quarantine=job.quarantine)
        total = runner.counts.total()
        sentence = f"It put back what the cycle of {self._order.began} did."
        state = CycleState.SUCCEEDED
        if total.failed:
            what = "object" if total.failed == 1 else "objects"
            sentence += f" {total.failed} {what} could not be put back."
            state = CycleState.ENTRY_LEVEL_ERRORS
        return CycleEnding(state, CycleEnd.COMPLETED, sentence, job.quarantine)

    async def _close_cut_off(self) -> None:
        """End the row of a cycle that was cut off; the next cycle looks at whom it was writing."""
        state, setting = self._state, self._setting
        if state.cut_off is None:
            return
        number, cycle = state.cut_off
        ended = replace(
            cycle,
            state=CycleState.FAILED,
            ended=setting.clock.now(),
            sentence="The cycle was cut off, and a run was undone then.",
            ended_by=CycleEnd.CRASH,
        )
        await setting.worker.run(close_cycle, state.job, number, ended, state.journal.pending)
        self._state = replace(state, journal=only_uncertain(state.journal), cut_off=None)


async def _work(
    setting: CycleSetting, rules: ConnectionRules, order: UndoOrder, links: dict[str, Link]
) -> tuple[UndoState, UndoWork]:
    images = await setting.worker.run(load_images, order.cycle_id)
    doubtful = await setting.worker.run(doubtful_creates, order.cycle_id)
    if not images and not doubtful.names:
        raise ConfigurationError(
            "Nothing is kept of this run that could be put back: it wrote nothing, or it is older "
            "than the retention of the log.",
            safe="Nothing was sent to the target.",
        )
    manager = rules.users.manager
    path = manager.path.text if manager is not None else ""
    lost = referring_to_lost(joined_images(images, path), links.values())
    joined = joined_images([*images, *lost], path)
    reason = f"Undoes the cycle of {order.began}"
    state = UndoState(
        {one.source_id: one for one in joined}, order.disable, doubtful.began, doubtful.ended
    )
    work = undo_work(joined, links, rules, reason)
    unsure = {
        key: (kind, Unsure(names, doubtful.began or setting.clock.now()))
        for key, (kind, names) in doubtful.names.items()
        if key not in state.images
    }
    first = (*unsure_work(unsure, links, reason), *work.first)
    return state, replace(work, first=first)


def _runner(
    setting: CycleSetting,
    asking: Asking,
    memory: CycleMemory,
    view: CycleView,
    cycle: Cycle,
    watcher: Watcher,
) -> UndoRunner:
    return UndoRunner(
        asking=asking,
        blocks=memory,
        view=view,
        standing=CycleStanding(cycle),
        clock=setting.clock,
        concurrency=setting.connection.settings.concurrency,
        watcher=watcher,
    )


def _forecast(runner: UndoRunner, memory: CycleMemory, plan: Plan) -> Forecast:
    return Forecast(
        kind=CycleKind.UNDO,
        users=runner.counts.of(ObjectType.USER),
        groups=runner.counts.of(ObjectType.GROUP),
        members_added=runner.members_added,
        members_removed=runner.members_removed,
        requests=runner.traffic.requests,
        writes=runner.traffic.writes,
        by_action=(),
        sentences=(),
        guard=plan.guard,
        entries=tuple(memory.kept_entries),
    )


def _add(database: Database, job: int, cycle: Cycle) -> int:
    with database.transaction() as connection:
        return add_cycle(connection, job, cycle, CONFIGURATION)
