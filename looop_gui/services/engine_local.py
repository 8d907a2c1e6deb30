"""The engine in this process: what the command line and the engine process itself use."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from random import Random, SystemRandom
from typing import Protocol

from looop_gui.engine.certificate import certify
from looop_gui.engine.plan import plan_problem
from looop_gui.engine.record import OnStep
from looop_gui.engine.rules import configuration_digest
from looop_gui.model.connection import Connection, DriftCheck
from looop_gui.model.errors import ConfigurationError
from looop_gui.model.job import Cycle, CycleKind, CycleProgress
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.model.plan import Plan
from looop_gui.model.provisioning_log import ProvisioningLogEntry
from looop_gui.model.secret import SecretText
from looop_gui.model.undo import UndoOrder
from looop_gui.services.applied_plans import keep_applied_plan
from looop_gui.services.clock import Clock, SystemClock
from looop_gui.services.cycle_launch import run_cycle
from looop_gui.services.cycle_rehearsal import DryRun, OnProgress, rehearse
from looop_gui.services.cycle_setting import CycleSetting, OpenTarget, open_target
from looop_gui.services.provisioning_on_demand import (
    OnDemandOrder,
    OnEntry,
    provision_on_demand,
)
from looop_gui.services.store_worker import StoreWorker
from looop_gui.services.undo_run import rehearse_undo, run_undo


class EngineLocation(StrEnum):
    """Where the engine runs: in a process of its own beside a window, or in this one."""

    CHILD = "child"
    IN_PROCESS = "in-process"


@dataclass(frozen=True, slots=True)
class CycleOrder:
    """Everything a cycle is told; the connection need not be saved.

    `allowed_guard` is the token of a guard's verdict that may pass once. With a `plan`, exactly
    that is written and nothing else. With `undo`, a dry run is that of the undo of a run.
    `drift` says whether a cycle checks it, else the settings do.
    """

    connection: Connection
    schema: SynchronizationSchema
    token: SecretText = field(repr=False)
    kind: CycleKind | None = None
    allowed_guard: str = ""
    plan: Plan | None = None
    undo: UndoOrder | None = None
    drift: DriftCheck | None = None


Tell = Callable[[CycleProgress, int], None]


class Engine(Protocol):
    """What services ask of the engine, wherever it runs."""

    async def run_cycle(self, order: CycleOrder, tell: Tell) -> Cycle:
        """Run a cycle to its end. Raises WorkbenchError when it cannot begin."""
        ...

    async def rehearse(
        self,
        order: CycleOrder,
        on_progress: OnProgress | None = None,
        *,
        entries: bool = True,
        objects: bool = True,
        certified: bool = False,
    ) -> DryRun:
        """What the next cycle would do; writes nothing. Raises WorkbenchError.

        Without `entries` the forecast comes without its log entries, without `objects` the plan
        without its objects; it has a certificate only when it is to be `certified`. To cancel the
        waiting ends the dry run.
        """
        ...

    async def provision_on_demand(
        self,
        order: CycleOrder,
        demand: OnDemandOrder,
        *,
        on_step: OnStep | None = None,
        on_entry: OnEntry | None = None,
    ) -> ProvisioningLogEntry:
        """Provision one object now, or say what would happen. Raises WorkbenchError."""
        ...

    async def stop(self, connection_id: str) -> None:
        """Stop the running cycle of a connection at once; harmless when none runs."""
        ...

    async def close(self) -> None:
        """Stop everything and wait for it."""
        ...


class LocalEngine:
    """Runs cycles on the running loop."""

    def __init__(
        self,
        data_folder: Path,
        worker: StoreWorker,
        *,
        clock: Clock | None = None,
        random: Random | None = None,
        open_target: OpenTarget = open_target,
    ) -> None:
        self._data_folder = data_folder
        self._worker = worker
        self._clock = clock or SystemClock()
        self._random = random or SystemRandom()
        self._open_target = open_target
        self._stopping: dict[str, asyncio.Event] = {}
        self._ended = asyncio.Event()
        self._ended.set()

    async def run_cycle(self, order: CycleOrder, tell: Tell) -> Cycle:
        """Run a cycle to its end. Raises WorkbenchError when it cannot begin."""
        if order.plan is not None:
            _refuse_other(order, order.plan)
        stopping = asyncio.Event()
        self._stopping[order.connection.id] = stopping
        self._ended.clear()
        try:
            setting = self._setting(order)
            if order.plan is None:
                return await run_cycle(setting, order.kind, stopping=stopping, tell=tell)
            if order.plan.undo is not None:
                cycle = await run_undo(setting, stopping=stopping, tell=tell)
            else:
                cycle = await run_cycle(setting, order.kind, stopping=stopping, tell=tell)
            await asyncio.to_thread(keep_applied_plan, self._data_folder, cycle.id, order.plan)
            return cycle
        finally:
            self._stopping.pop(order.connection.id, None)
            if not self._stopping:
                self._ended.set()

    async def rehearse(
        self,
        order: CycleOrder,
        on_progress: OnProgress | None = None,
        *,
        entries: bool = True,
        objects: bool = True,
        certified: bool = False,
    ) -> DryRun:
        """What the next cycle would do; writes nothing. Raises WorkbenchError."""
        stopping = asyncio.Event()
        setting = replace(self._setting(order), certifies=certified)
        if order.undo is not None:
            rehearsal = await rehearse_undo(setting, stopping, order.undo, on_progress)
        else:
            rehearsal = await rehearse(setting, stopping, order.kind, on_progress)
        found = rehearsal.dry_run(entries=entries, objects=objects)
        if not certified:
            return found
        left = rehearsal.drift.objects if rehearsal.drift is not None else ()
        certificate = certify(rehearsal.plan, order.schema, left)
        return replace(found, drift=None, certificate=certificate)

    async def provision_on_demand(
        self,
        order: CycleOrder,
        demand: OnDemandOrder,
        *,
        on_step: OnStep | None = None,
        on_entry: OnEntry | None = None,
    ) -> ProvisioningLogEntry:
        """Provision one object now, or say what would happen. Raises WorkbenchError."""
        setting = self._setting(order)
        return await provision_on_demand(setting, demand, on_step=on_step, on_entry=on_entry)

    async def stop(self, connection_id: str) -> None:
        """Stop the running cycle of a connection at once; harmless when none runs."""
        stopping = self._stopping.get(connection_id)
        if stopping is not None:
            stopping.set()

    async def close(self) -> None:
        """Stop everything and wait for it."""
        for stopping in self._stopping.values():
            stopping.set()
        await self._ended.wait()

    def _setting(self, order: CycleOrder) -> CycleSetting:
        return CycleSetting(
            connection=order.connection,
            schema=order.schema,
            token=order.token,
            data_folder=self._data_folder,
            worker=self._worker,
            clock=self._clock,
            random=self._random,
            open_target=self._open_target,
            allowed_guard=order.allowed_guard,
            plan=order.plan,
            drift=order.drift,
        )


def _refuse_other(order: CycleOrder, plan: Plan) -> None:
    """Raise ConfigurationError for a plan that is not of this connection as it is now."""
    connection = order.connection
    digest = configuration_digest(order.schema, connection.settings)
    problem = plan_problem(plan, connection.id, connection.target.tenant_url, digest)
    if problem:
        raise ConfigurationError(
            problem, safe="Nothing was sent to the target.", next_step="Make the plan again."
        )
