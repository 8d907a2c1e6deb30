"""Dry runs as a service: the forecast, the plan, the certificate; none of them writes anything.

Who awaits one may cancel: the engine then asks nothing more, wherever it runs.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from looop_gui.engine.certificate import Certificate
from looop_gui.model.connection import Connection, ConnectionSettings
from looop_gui.model.forecast import Forecast
from looop_gui.model.job import CycleKind
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.model.plan import Plan
from looop_gui.model.secret import SecretText
from looop_gui.services.cycle_rehearsal import DryRun, OnProgress
from looop_gui.services.engine_local import CycleOrder, Engine

OrderOf = Callable[[str], Awaitable[CycleOrder]]


class DryRunService:
    """What can be asked of a cycle before it runs. All raise WorkbenchError.

    `on_progress` is told phase and counts while the target is asked. `order_of` gives the order of
    a saved connection.
    """

    def __init__(self, engine: Engine, order_of: OrderOf) -> None:
        self._engine = engine
        self._order_of = order_of

    async def dry_run(self, order: CycleOrder, on_progress: OnProgress | None = None) -> DryRun:
        """The forecast and the plan of one and the same dry run."""
        return await self._engine.rehearse(order, on_progress)

    async def forecast(
        self,
        connection: Connection,
        schema: SynchronizationSchema,
        token: SecretText,
        kind: CycleKind | None = None,
        on_progress: OnProgress | None = None,
    ) -> Forecast:
        """What the next cycle would do; works on what is not saved. It has no log entries."""
        order = CycleOrder(connection, schema, token, kind)
        dry_run = await self._engine.rehearse(order, on_progress, entries=False, objects=False)
        return dry_run.forecast

    async def plan(self, order: CycleOrder, on_progress: OnProgress | None = None) -> Plan:
        """Every write that the next cycle would send; works on what is not saved."""
        dry_run = await self._engine.rehearse(order, on_progress, entries=False)
        return dry_run.plan

    async def plan_saved(
        self,
        connection_id: str,
        schema: SynchronizationSchema | None = None,
        settings: ConnectionSettings | None = None,
        on_progress: OnProgress | None = None,
    ) -> Plan:
        """The plan of a saved connection, with `schema` and `settings` of an unsaved draft."""
        order = await self._order_of(connection_id)
        connection = replace(order.connection, settings=settings or order.connection.settings)
        order = replace(order, connection=connection, schema=schema or order.schema)
        return await self.plan(order, on_progress)

    async def certify(
        self, order: CycleOrder, on_progress: OnProgress | None = None
    ) -> Certificate:
        """Whether another cycle would write nothing, looking at everybody; else why it would."""
        order = replace(order, kind=CycleKind.INITIAL)
        dry_run = await self._engine.rehearse(
            order, on_progress, entries=False, objects=False, certified=True
        )
        if dry_run.certificate is None:
            raise AssertionError("A certificate was asked for.")
        return dry_run.certificate
