"""Undoing a run as a service: which runs can be undone, and the plan of an undo.

The plan is applied as any plan is (`ProvisioningService.run_order` and `apply_plan`).
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from looop_gui.model.errors import ConfigurationError
from looop_gui.model.job import Cycle, CycleEnd, CycleKind
from looop_gui.model.plan import Plan
from looop_gui.model.undo import UndoableRun, UndoOrder
from looop_gui.services.cycle_rehearsal import OnProgress
from looop_gui.services.engine_local import CycleOrder, Engine
from looop_gui.services.store_worker import StoreWorker
from looop_gui.store.before_images import KEPT_CYCLES, images_of_cycles
from looop_gui.store.cycles import recent_cycles
from looop_gui.store.database import Database

OrderOf = Callable[[str], Awaitable[CycleOrder]]

LAST = "last"
_LOOKED_AT = 1_000
_SHORTEST_BEGINNING = 4


class UndoService:
    """What can be asked about undoing. `order_of` gives the order of a saved connection."""

    def __init__(self, engine: Engine, worker: StoreWorker, order_of: OrderOf) -> None:
        self._engine = engine
        self._worker = worker
        self._order_of = order_of

    async def runs(self, connection_id: str) -> list[UndoableRun]:
        """The runs that wrote something and can be undone, the latest first. Raises StoreError."""
        return await self._worker.run(_undoable_runs, connection_id)

    async def run_named(self, connection_id: str, name: str) -> UndoableRun:
        """The run of that id, or of an id that begins so; "last" is the latest one.

        Raises ConfigurationError when there is none, or more than one.
        """
        runs = await self.runs(connection_id)
        if name == LAST:
            found = runs[:1]
        elif len(name) >= _SHORTEST_BEGINNING:
            found = [one for one in runs if one.cycle.id.startswith(name.lower())]
        else:
            found = []
        if len(found) != 1:
            many = "More than one run" if found else "No run that can be undone"
            raise ConfigurationError(
                f"{many} has an id that begins with {name}."
                if name != LAST
                else "There is no run that can be undone.",
                safe="Nothing was sent to the target.",
                next_step="looop-gui undo CONNECTION lists the runs that can be undone.",
            )
        return found[0]

    async def plan(
        self,
        order: CycleOrder,
        cycle: Cycle,
        *,
        disable: bool = False,
        on_progress: OnProgress | None = None,
    ) -> Plan:
        """Every write that the undo of a cycle would send; the target is asked, nothing written."""
        undo = UndoOrder(cycle.id, f"{cycle.began:%Y-%m-%d %H:%M} UTC", disable)
        order = replace(order, undo=undo)
        return (await self._engine.rehearse(order, on_progress, entries=False)).plan

    async def plan_saved(
        self,
        connection_id: str,
        cycle_id: str,
        *,
        disable: bool = False,
        on_progress: OnProgress | None = None,
    ) -> Plan:
        """The same for a saved connection. Raises WorkbenchError."""
        run = await self.run_named(connection_id, cycle_id)
        order = await self._order_of(connection_id)
        return await self.plan(order, run.cycle, disable=disable, on_progress=on_progress)


def _undoable_runs(database: Database, connection_id: str) -> list[UndoableRun]:
    """The runs with before-images that have ended; whether each is undone counts undos of undos."""
    kept = images_of_cycles(database, connection_id)
    undone: set[str] = set()
    runs: list[UndoableRun] = []
    for cycle in recent_cycles(database, connection_id, _LOOKED_AT):
        is_undone = cycle.id in undone
        completed = cycle.ended is not None and cycle.ended_by is CycleEnd.COMPLETED
        if cycle.kind is CycleKind.UNDO and completed and not is_undone:
            undone.add(cycle.undoes)
        if cycle.ended is not None and cycle.id in kept:
            runs.append(UndoableRun(cycle, kept[cycle.id], is_undone))
    return runs[:KEPT_CYCLES]
