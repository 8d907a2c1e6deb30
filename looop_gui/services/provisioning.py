"""Provisioning as a service: cycles, their schedule, and the state of jobs (section f).

The engine may run in this process or in another; this service is the same for both. It keeps the
interval of every connection whose provisioning status is on, once `start_schedule` was called.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

from looop_gui.engine.quarantine import attempt_is_due, has_expired
from looop_gui.engine.record import OnStep
from looop_gui.model.connection import Connection, ConnectionSettings, Dialect
from looop_gui.model.errors import ConfigurationError, StoreBusyError, StoreError, WorkbenchError
from looop_gui.model.job import Cycle, CycleKind, CycleProgress, Escrow, JobState, ResetScope
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.model.plan import Plan
from looop_gui.model.provisioning_log import ProvisioningLogEntry
from looop_gui.services.clock import Clock
from looop_gui.services.connections import ConnectionService
from looop_gui.services.cycle_lock import while_none_runs
from looop_gui.services.engine_local import CycleOrder, Engine
from looop_gui.services.events import CycleProgressed, Events, JobChanged, LogAppended
from looop_gui.services.leaving import LeavingObject, read_leaving
from looop_gui.services.provisioning_jobs import (
    HELD_BACK,
    RESTART,
    forget_adaptation,
    forget_held_back,
    make_due,
    read_job,
    read_waiting,
    reset_parts,
    set_schedule,
)
from looop_gui.services.provisioning_on_demand import OnDemandOrder, OnEntry
from looop_gui.services.store_worker import StoreWorker
from looop_gui.store.cycles import recent_cycles

SCHEDULE_SECONDS = 5.0
"""How often the schedule is looked at."""

STOP_SECONDS = 10.0
"""How long closing waits for requests under way."""

SchemaOf = Callable[[str], Awaitable[SynchronizationSchema]]
Reach = Callable[[Connection], Awaitable[Connection]]


class ProvisioningService:
    """What can be asked of provisioning. Changes are told by JobChanged, CycleProgressed and
    LogAppended.

    `reach` makes the target of a saved connection reachable (a demo tenant is started), and gives
    the connection as it is then saved.
    """

    def __init__(
        self,
        engine: Engine,
        connections: ConnectionService,
        schema_of: SchemaOf,
        worker: StoreWorker,
        events: Events,
        clock: Clock,
        *,
        reach: Reach | None = None,
    ) -> None:
        self._reach = reach
        self._engine = engine
        self._connections = connections
        self._schema_of = schema_of
        self._worker = worker
        self._events = events
        self._clock = clock
        self._running: dict[str, asyncio.Task[Cycle]] = {}
        self._schedule: asyncio.Task[None] | None = None

    async def job(self, connection_id: str) -> JobState:
        """The job of a saved connection as it stands."""
        connection = await self._connections.get(connection_id)
        return await self.job_of(connection)

    async def job_of(self, connection: Connection) -> JobState:
        """The job of a connection that need not be saved."""
        state = await self._worker.run(read_job, connection)
        running = connection.id in self._running
        if state.running_cycle is not None and not running:
            # Cut off by a crash; the next start goes on with it.
            return replace(state, running_cycle=None)
        return state

    async def cycles(self, connection_id: str, limit: int = 50) -> list[Cycle]:
        """The cycles of a connection, the latest first."""
        return await self._worker.run(recent_cycles, connection_id, limit)

    async def start_cycle(self, connection_id: str, kind: CycleKind | None = None) -> None:
        """Start a cycle now and do not wait for it; without a kind, the one that is due.

        Raises ConfigurationError or CredentialsError when it cannot begin, StoreBusyError when
        one runs already.
        """
        order = await self.order_of(connection_id, kind)
        self._start(order)
        await self._tell_job(order.connection)

    async def run_cycle(self, connection_id: str, kind: CycleKind | None = None) -> Cycle:
        """Run a cycle of a saved connection to its end."""
        return await self.run_order(await self.order_of(connection_id, kind))

    async def run_order(self, order: CycleOrder) -> Cycle:
        """Run a cycle of a connection that need not be saved.

        Before an undo, provisioning is turned off: the next cycle would do it all again.
        """
        if order.plan is not None and order.plan.undo is not None:
            await self._turn_off(order.connection.id)
        return await asyncio.shield(self._start(order))

    async def stop(self, connection_id: str) -> None:
        """Stop the running cycle at once and wait until it has stopped."""
        task = self._running.get(connection_id)
        await self._engine.stop(connection_id)
        if task is not None:
            await asyncio.wait((task,))

    async def set_provisioning(self, connection_id: str, on: bool) -> None:
        """The portal's Provisioning Status. On starts a cycle and lifts a quarantine (f.9)."""
        connection = await self._connections.get(connection_id)
        settings = replace(connection.settings, provisioning_on=on)
        connection = await self._connections.update(replace(connection, settings=settings))
        next_cycle = self._clock.now() if on else None
        await self._worker.run(set_schedule, connection.id, next_cycle, lift_quarantine=on)
        if on and connection_id not in self._running:
            await self.start_cycle(connection_id)
        else:
            await self._tell_job(connection)

    async def _turn_off(self, connection_id: str) -> None:
        saved = {one.id: one for one in await self._connections.list()}.get(connection_id)
        if saved is not None and saved.settings.provisioning_on:
            await self.set_provisioning(connection_id, False)

    async def restart(self, connection_id: str, *, full: bool = False) -> None:
        """Clear watermark, escrows and quarantine; `full` breaks the links, too (section f.9).

        A connection that is on starts again at once. Raises ConfigurationError while a cycle runs.
        """
        connection = await self._connections.get(connection_id)
        await self.reset(connection, full=full)
        if connection.settings.provisioning_on:
            await self.start_cycle(connection_id, CycleKind.INITIAL)

    async def reset(self, connection: Connection, *, full: bool = False) -> None:
        """The same for a connection that need not be saved; nothing is started."""
        await self.reset_parts(connection, frozenset({ResetScope.FULL}) if full else RESTART)

    async def reset_parts(self, connection: Connection, scopes: frozenset[ResetScope]) -> None:
        """Forget these parts of a job (section f.9). Raises ConfigurationError in a cycle."""
        self._refuse_in_cycle(connection)
        await self._worker.run(while_none_runs, connection, reset_parts, scopes)
        await self._tell_job(connection)

    async def forget_adaptation(self, connection_id: str) -> None:
        """Forget how the target takes writes. Raises ConfigurationError in a cycle."""
        connection = await self._connections.get(connection_id)
        self._refuse_in_cycle(connection)
        await self._worker.run(while_none_runs, connection, forget_adaptation)
        await self._tell_job(connection)

    def _refuse_in_cycle(self, connection: Connection) -> None:
        if connection.id in self._running:
            raise ConfigurationError("A cycle is running.", next_step="Stop it or await its end.")

    async def make_ready(self, connection_id: str) -> None:
        """Turn a connection on, whose next cycle another process will run (section f.9)."""
        connection = await self._connections.get(connection_id)
        settings = replace(connection.settings, provisioning_on=True)
        connection = await self._connections.update(replace(connection, settings=settings))
        now = self._clock.now()
        await self._worker.run(set_schedule, connection_id, now, lift_quarantine=True)
        await self._tell_job(connection)

    async def waiting(self, connection: Connection) -> list[Escrow]:
        """The objects of a connection that failed and wait, the next one first."""
        return await self._worker.run(read_waiting, connection.id)

    async def leaving(self, connection: Connection) -> list[LeavingObject]:
        """Who of a connection waits to be deleted, the next one first."""
        return await self._worker.run(read_leaving, connection)

    async def retry(self, connection: Connection, source_ids: Collection[str]) -> list[Escrow]:
        """Make waiting objects due for the next cycle; gives those. Raises ConfigurationError."""
        self._refuse_in_cycle(connection)
        due = await self._worker.run(
            while_none_runs, connection, make_due, source_ids, self._clock.now()
        )
        await self._tell_job(connection)
        return due

    async def allow_once(self, connection_id: str) -> None:
        """Start a cycle in which exactly what a guard held back may pass (section f.8).

        Raises ConfigurationError when no guard holds anything back.
        """
        token = (await self.job(connection_id)).extra.get(HELD_BACK, "")
        if not token:
            raise ConfigurationError("No guard holds anything back.")
        order = replace(await self.order_of(connection_id), allowed_guard=token)
        self._start(order)
        await self._tell_job(order.connection)

    async def reject(self, connection: Connection, token: str) -> None:
        """Refuse what a guard held back (section f.8): nothing runs until somebody starts it.

        The list is forgotten and a saved connection is off, so that no schedule meets the guard
        again. Raises ConfigurationError in a cycle, and when `token` is not what is held back now.
        """
        self._refuse_in_cycle(connection)
        await self._worker.run(while_none_runs, connection, forget_held_back, token)
        await self._turn_off(connection.id)
        await self._tell_job(await self._as_saved(connection))

    async def apply_plan(self, connection_id: str, plan: Plan, *, allow: bool = False) -> Cycle:
        """Write exactly what a plan of the saved configuration says, to its end.

        Each object is looked at again; the cycle stops where the plan went stale. With `allow`,
        what the guards of the plan object to may pass, if it is still exactly that.
        """
        order = replace(await self.order_of(connection_id), plan=plan)
        return await self.run_order(replace(order, allowed_guard=plan.guard_token if allow else ""))

    async def provision_order_on_demand(
        self,
        order: CycleOrder,
        demand: OnDemandOrder,
        *,
        on_step: OnStep | None = None,
        on_entry: OnEntry | None = None,
    ) -> ProvisioningLogEntry:
        """Provision one object of a connection that need not be saved."""
        entry = await self._engine.provision_on_demand(
            order, demand, on_step=on_step, on_entry=on_entry
        )
        if demand.write:
            appended = 1 + len(demand.members or ())
            self._events.publish(LogAppended(order.connection.id, "", appended))
        return entry

    async def provision_on_demand(
        self,
        connection_id: str,
        source_id: str,
        *,
        write: bool,
        members: tuple[str, ...] | None = None,
        schema: SynchronizationSchema | None = None,
        settings: ConnectionSettings | None = None,
        dialect: Dialect | None = None,
        on_step: OnStep | None = None,
        on_entry: OnEntry | None = None,
    ) -> ProvisioningLogEntry:
        """Provision one object of a saved connection now; without `write`, say what would happen.

        `members` go with a group, at most five. `schema`, `settings` and `dialect` are of an
        unsaved draft; without a dialect it is the one of `on_demand_dialect`.
        What is written with a draft is looked at again by the next cycle. `on_step` is told of each
        step as it happens, `on_entry` of each member's entry. Raises WorkbenchError.
        """
        order = await self.order_of(connection_id)
        connection = replace(order.connection, settings=settings or order.connection.settings)
        order = replace(order, connection=connection, schema=schema or order.schema)
        draft = schema is not None or settings is not None
        demand = OnDemandOrder(source_id, write, members, dialect, draft)
        return await self.provision_order_on_demand(
            order, demand, on_step=on_step, on_entry=on_entry
        )

    def start_schedule(self) -> None:
        """Keep the interval of all connections that are on, until `close`."""
        self._schedule = asyncio.create_task(self._keep_schedule())

    async def _keep_schedule(self) -> None:
        while True:
            # A full disk or a locked store must not end the schedule; the next look tries again.
            with contextlib.suppress(WorkbenchError):
                for connection in await self._connections.list():
                    if connection.settings.provisioning_on and connection.id not in self._running:
                        await self._start_if_due(connection)
            await self._clock.sleep(SCHEDULE_SECONDS)

    async def close(self) -> None:
        """Stop what runs and wait for it."""
        if self._schedule is not None:
            self._schedule.cancel()
            await asyncio.gather(self._schedule, return_exceptions=True)
        running = tuple(self._running.values())
        for connection_id in tuple(self._running):
            await self._engine.stop(connection_id)
        if running:
            await asyncio.wait(running, timeout=STOP_SECONDS)
        await self._engine.close()
        await asyncio.gather(*running, return_exceptions=True)

    async def _start_if_due(self, connection: Connection) -> None:
        state, now = await self.job_of(connection), self._clock.now()
        if state.quarantine is not None:
            if has_expired(state.quarantine, now):
                # After 28 days the job is disabled (section f.7); a person must start it again.
                await self.set_provisioning(connection.id, False)
                return
            is_due = attempt_is_due(state.quarantine, now)
        else:
            wait = (state.next_cycle or now) - now
            # Further ahead than an interval: the clock was set back since.
            interval = timedelta(minutes=connection.settings.interval_minutes)
            is_due = wait <= timedelta(0) or wait > interval
        if is_due:
            try:
                await self.start_cycle(connection.id)
            except WorkbenchError:
                # A token that cannot be had, a second instance: the next interval tries again.
                await self._plan_next(connection, now)

    async def order_of(self, connection_id: str, kind: CycleKind | None = None) -> CycleOrder:
        """The order of a saved connection, whose target can be reached then."""
        connection = await self._connections.get(connection_id)
        if self._reach is not None:
            connection = await self._reach(connection)
        schema = await self._schema_of(connection_id)
        token = await self._connections.token_of(connection)
        return CycleOrder(connection, schema, token, kind)

    def _start(self, order: CycleOrder) -> "asyncio.Task[Cycle]":
        connection_id = order.connection.id
        if connection_id in self._running:
            raise StoreBusyError(
                f"A provisioning cycle of {order.connection.name} is running already.",
                safe="It goes on.",
            )
        task = asyncio.create_task(self._run(order))
        # A failure reaches whoever awaits the cycle; where nobody does, the job's state tells it.
        task.add_done_callback(_looked_at)
        self._running[connection_id] = task
        return task

    async def _run(self, order: CycleOrder) -> Cycle:
        connection, started = order.connection, self._clock.now()
        begun: list[asyncio.Task[None]] = []

        def tell(progress: CycleProgress, entries: int) -> None:
            if not begun:
                # Only now the cycle is in the store; what was told at the start did not show it.
                begun.append(asyncio.create_task(self._tell_job(connection)))
            self._tell_progress(progress, entries)

        try:
            return await self._engine.run_cycle(order, tell)
        finally:
            self._running.pop(connection.id, None)
            await asyncio.gather(*begun, return_exceptions=True)
            # That the store takes no schedule is not what is to be told; it is tried again soon.
            with contextlib.suppress(StoreError):
                current = await self._as_saved(connection)
                await self._plan_next(current, started)
                await self._tell_job(current)

    async def _as_saved(self, connection: Connection) -> Connection:
        """The connection as it is saved now; it may have been changed while a cycle ran."""
        try:
            return await self._connections.get(connection.id)
        except ConfigurationError:
            return connection

    async def _plan_next(self, connection: Connection, started: datetime) -> None:
        """An interval after the start of this one, at once after one that took longer (f.3)."""
        next_cycle = None
        if connection.settings.provisioning_on:
            interval = timedelta(minutes=connection.settings.interval_minutes)
            next_cycle = max(self._clock.now(), started + interval)
        await self._worker.run(set_schedule, connection.id, next_cycle)

    def _tell_progress(self, progress: CycleProgress, entries: int) -> None:
        self._events.publish(CycleProgressed(progress))
        if entries:
            appended = LogAppended(progress.connection_id, progress.cycle_id, entries)
            self._events.publish(appended)

    async def _tell_job(self, connection: Connection) -> None:
        self._events.publish(JobChanged(await self.job_of(connection)))


def _looked_at(task: "asyncio.Task[Cycle]") -> None:
    if not task.cancelled():
        task.exception()
