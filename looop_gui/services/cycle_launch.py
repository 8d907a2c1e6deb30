"""Opens what a cycle needs, runs it, and stores how it ended.

The lock of the connection's cycles is held meanwhile, so that two engines never run on one
connection; the operating system drops it when its holder dies.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from looop_gui.engine.cycle import CycleInput, cycle_kind
from looop_gui.engine.cycle_scope import CycleScope
from looop_gui.engine.guards import source_size
from looop_gui.engine.plan import PlanApplier, planned_ids
from looop_gui.engine.plan_thinning import thinned
from looop_gui.engine.rules import ConnectionRules, rules_of
from looop_gui.model.connection import DriftCheck
from looop_gui.model.directory import DirectorySnapshot, SourceProblem
from looop_gui.model.errors import SourceError, StoreError, StoreFullError
from looop_gui.model.job import Cycle, CycleEnd, CycleKind, CycleState
from looop_gui.services.cycle_asking import Sender, StoppedError, Traffic
from looop_gui.services.cycle_blocks import CycleBlocks
from looop_gui.services.cycle_bulk import BulkSender, bulk_limits
from looop_gui.services.cycle_drift import drift_mode, drift_order
from looop_gui.services.cycle_due import may_rest
from looop_gui.services.cycle_ending import CycleEnding, close_cycle, ending_of, store_ending
from looop_gui.services.cycle_failures import CycleFailedError, CycleGuardedError
from looop_gui.services.cycle_lock import cycle_lock
from looop_gui.services.cycle_parts import (
    asking_of,
    identifiers,
    new_cycle,
    view_of,
)
from looop_gui.services.cycle_progress import ProgressMeter, TellProgress
from looop_gui.services.cycle_resuming import (
    StoredState,
    is_outdated,
    load_state,
    only_uncertain,
    outdated_sentence,
    recount,
    unfinished_work,
    unknown_outcomes,
)
from looop_gui.services.cycle_runner import CycleRunner, CycleStanding
from looop_gui.services.cycle_setting import CycleSetting
from looop_gui.services.cycle_store_trouble import within_cycle
from looop_gui.services.source_defects import DEFECTS_CARRIED, defects_sentence
from looop_gui.store.before_images import keep_ahead
from looop_gui.store.cycles import add_cycle
from looop_gui.store.database import Database
from looop_gui.store.reserve import keep_reserve


async def run_cycle(
    setting: CycleSetting,
    requested: CycleKind | None,
    *,
    stopping: asyncio.Event,
    tell: TellProgress,
) -> Cycle:
    """Run one cycle to its end; the result says how it ended and why.

    Raises StoreBusyError when a cycle of this connection runs already, ConfigurationError and
    CredentialsError when it cannot even begin; nothing is stored then.
    """
    connection = setting.connection
    if setting.plan is not None:
        setting = replace(setting, plan=thinned(setting.plan))
    rules = rules_of(connection, setting.schema)
    with cycle_lock(setting.data_folder, connection):
        async with setting.open_target(connection, setting.token) as sender:
            state = await setting.worker.run(load_state, connection.id)
            limits = await bulk_limits(sender) if connection.settings.bulk else None
            used = sender if limits is None else BulkSender(sender, limits, setting.clock)
            launch = _Launch(setting, rules, state, used, stopping, tell)
            return await launch.run(requested)


class _Launch:
    """One run of one cycle with everything open."""

    def __init__(
        self,
        setting: CycleSetting,
        rules: ConnectionRules,
        state: StoredState,
        sender: Sender,
        stopping: asyncio.Event,
        tell: TellProgress,
    ) -> None:
        self._setting = setting
        self._rules = rules
        self._state = state
        self._tell = tell
        self._written_before = frozenset[str]()
        self._source_digest = ""
        self._source_size = (0, 0)
        self._problems: tuple[SourceProblem, ...] = ()
        self._concurrency = setting.connection.settings.concurrency
        self._drift = drift_mode(setting, state.job)
        traffic = Traffic()
        if isinstance(sender, BulkSender):
            sender.traffic = traffic
            # Enough conversations at a time to fill three bulk requests: one that the target
            # works on, one whose answers are being taken in, one that is gathered.
            self._concurrency = max(self._concurrency, 3 * sender.limits.operations)
        self._asking = asking_of(
            setting,
            sender,
            stopping,
            concurrency=self._concurrency,
            traffic=traffic,
            gathers=isinstance(sender, BulkSender),
        )
        if isinstance(sender, BulkSender):
            sender.slot = self._asking.wait_for_slot

    async def run(self, requested: CycleKind | None) -> Cycle:
        """Begin a cycle or go on with one that was cut off; run it; store its end."""
        setting = self._setting
        await asyncio.to_thread(keep_reserve, setting.data_folder)
        number, cycle = await self._begin(requested)
        state = self._state
        standing = CycleStanding(cycle)
        blocks = self._blocks(number)
        view = view_of(setting, self._rules, state, blocks, cycle, setting.clock.now())
        runner = CycleRunner(
            asking=self._asking,
            blocks=blocks,
            view=view,
            standing=standing,
            clock=setting.clock,
            concurrency=self._concurrency,
            watcher=PlanApplier(setting.plan) if setting.plan is not None else None,
            drift=drift_order(setting, self._drift),
        )
        recount(runner.counts, state.journal)
        meter = ProgressMeter(runner, self._asking.traffic, setting.clock, self._tell)
        runner.tick = meter.tick
        meter.tick()
        ending, digest = await self._carried(runner, blocks, cycle)
        ending = replace(ending, adaptation=view.adaptation, drift=runner.drift)
        end = partial(self._ended, runner, blocks, number, ending, digest, meter)
        with within_cycle():
            return await self._stored(end)

    async def _stored(self, end: Callable[[], Awaitable[Cycle]]) -> Cycle:
        """As `_ended`, with the reserved room where the disk is full."""
        try:
            return await end()
        except StoreFullError:
            # Where even this fails, the cycle stays without an end; the next start goes on with it.
            if not await asyncio.to_thread(self._setting.make_room, self._setting.data_folder):
                raise
        return await end()

    async def _ended(
        self,
        runner: CycleRunner,
        blocks: CycleBlocks,
        number: int,
        ending: CycleEnding,
        digest: str,
        meter: ProgressMeter,
    ) -> Cycle:
        """Store what is left and the end of the cycle. Raises StoreError."""
        setting, state = self._setting, self._state
        await runner.flush()
        ended = replace(
            runner.cycle(),
            state=ending.state,
            ended=setting.clock.now(),
            sentence=f"{ending.words} {defects_sentence(self._problems)}".strip(),
            ended_by=ending.end,
            defects=self._problems[:DEFECTS_CARRIED],
            defect_count=len(self._problems),
        )
        await setting.worker.run(
            store_ending,
            state.job,
            number,
            ended,
            ending,
            digest,
            self._rules.digest,
            unknown_outcomes(
                state.journal,
                runner.interrupted,
                blocks.settled,
                blocks.escrows if ending.completed else None,
            ),
        )
        if ending.verdict is not None:
            runner.standing.logged += len(ending.verdict.staged)
        meter.finish(ended)
        return ended

    async def _begin(self, requested: CycleKind | None) -> tuple[int, Cycle]:
        """The number and the row of the cycle: a new one, or one that was cut off."""
        state, worker, clock = self._state, self._setting.worker, self._setting.clock
        kind = cycle_kind(requested, state.job.watermark, self._rules)
        if state.cut_off is not None:
            number, cycle = state.cut_off
            if not is_outdated(state, kind, self._rules.digest):
                self._written_before = await worker.run(keep_ahead, number)
                return number, cycle
            sentence = outdated_sentence(cycle)
            ended = replace(
                cycle,
                state=CycleState.FAILED,
                ended=clock.now(),
                sentence=sentence,
                ended_by=CycleEnd.CRASH,
            )
            await worker.run(close_cycle, state.job, number, ended, state.journal.pending)
            self._state = replace(state, journal=only_uncertain(state.journal))
        cycle = new_cycle(self._setting, kind)
        number = await worker.run(_add_cycle, state.job.number, cycle, self._rules.digest)
        return number, cycle

    def _blocks(self, number: int) -> CycleBlocks:
        setting, state = self._setting, self._state
        return CycleBlocks(
            setting.worker,
            setting.clock,
            state.job.number,
            number,
            links=state.links,
            escrows=state.escrows,
            interval=timedelta(minutes=setting.connection.settings.interval_minutes),
            written_before=self._written_before,
        )

    async def _carried(
        self, runner: CycleRunner, blocks: CycleBlocks, cycle: Cycle
    ) -> tuple[CycleEnding, str]:
        """Run the cycle and say how it ended, whatever ended it; with the source's digest."""
        setting, digest = self._setting, ""
        try:
            if await self._nothing_changed(cycle):
                await runner.only_probe(identifiers(setting.random))
                digest = self._source_digest
                before = self._state.job.watermark
                if before is not None:
                    self._source_size = (before.source_users, before.source_groups)
            else:
                snapshot = await asyncio.to_thread(
                    setting.read_source, setting.connection, setting.data_folder
                )
                self._problems = snapshot.problems
                self._source_size = source_size(snapshot)
                await runner.run(
                    self._given(snapshot, blocks, cycle.began),
                    cycle.kind,
                    identifiers(setting.random),
                )
                # A source with defects is read each time, so that every cycle tells them.
                digest = "" if snapshot.problems else snapshot.digest
        except (
            StoppedError,
            CycleFailedError,
            CycleGuardedError,
            SourceError,
            StoreError,
        ) as error:
            return ending_of(error, self._state.job, setting.clock.now()), ""
        now = setting.clock.now()
        whole = setting.plan is None
        ending = ending_of(None, self._state.job, now, runner.counts, blocks.escrows, whole=whole)
        sentence = f"{ending.sentence} {runner.words}".strip()
        return replace(ending, sentence=sentence, source_size=self._source_size), digest

    async def _nothing_changed(self, cycle: Cycle) -> bool:
        """True when the source need not even be read: it is as at the watermark."""
        state, setting = self._state, self._setting
        watermark = state.job.watermark
        if watermark is None or setting.plan or self._drift is not DriftCheck.OFF:
            return False
        if not may_rest(state, setting.connection.settings, cycle.kind, setting.clock.now()):
            return False
        self._source_digest = await asyncio.to_thread(
            setting.source_digest, setting.connection, setting.data_folder
        )
        return self._source_digest == watermark.source_digest

    def _given(
        self, snapshot: DirectorySnapshot, blocks: CycleBlocks, began: datetime
    ) -> CycleInput:
        return CycleInput(
            snapshot=snapshot,
            links=dict(blocks.links),
            watermark=self._state.job.watermark,
            escrows=dict(blocks.escrows),
            rules=self._rules,
            scope=CycleScope(self._rules, snapshot),
            now=self._setting.clock.now(),
            began=min(began, self._state.journal.since or began),
            allowed_guard=self._setting.allowed_guard,
            planned=planned_ids(self._setting.plan),
            unfinished=unfinished_work(self._state.journal),
        )


def _add_cycle(database: Database, job: int, cycle: Cycle, configuration_digest: str) -> int:
    with database.transaction() as connection:
        return add_cycle(connection, job, cycle, configuration_digest)
