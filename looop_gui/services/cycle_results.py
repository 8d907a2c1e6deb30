"""The results of cycles as a service: read from the log, compared with the plan, exported."""

import asyncio
from pathlib import Path

from looop_gui.engine.cycle_result import ResultCollector
from looop_gui.engine.log_exposure import Exposure, exposure_of
from looop_gui.engine.rules import rules_of
from looop_gui.model.connection import Connection
from looop_gui.model.cycle_result import CycleResult
from looop_gui.model.errors import ConfigurationError
from looop_gui.model.job import Cycle
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.model.provisioning_log import LogFilter
from looop_gui.services.applied_plans import applied_plan, forget_applied_plans
from looop_gui.services.connections import ConnectionService
from looop_gui.services.mappings import MappingService
from looop_gui.services.result_page import result_content
from looop_gui.services.store_worker import StoreWorker
from looop_gui.store.cycles import recent_cycles
from looop_gui.store.provisioning_log import read_entries

PAGE = 250
MOST_CYCLES = 10_000


class CycleResultService:
    """What came of the cycles of a connection. All raise StoreError."""

    def __init__(
        self,
        data_folder: Path,
        worker: StoreWorker,
        connections: ConnectionService,
        mappings: MappingService,
    ) -> None:
        self._data_folder = data_folder
        self._worker = worker
        self._connections = connections
        self._mappings = mappings

    async def result(self, connection_id: str, cycle_id: str = "") -> CycleResult:
        """The result of a cycle of a saved connection; without an id, of the last that has ended.

        Raises ConfigurationError when there is no such cycle.
        """
        connection = await self._connections.get(connection_id)
        schema = await self._mappings.schema(connection_id)
        return await self.result_of(connection, schema, cycle_id)

    async def result_of(
        self, connection: Connection, schema: SynchronizationSchema, cycle_id: str = ""
    ) -> CycleResult:
        """The same for a connection that need not be saved."""
        cycle = await self._cycle(connection.id, cycle_id)
        collector = ResultCollector(_exposure(connection, schema))
        wanted = LogFilter(connection.id, cycle_id=cycle.id)
        before: int | None = None
        while page := await self._worker.run(read_entries, wanted, before_key=before, limit=PAGE):
            await asyncio.to_thread(collector.add, page)
            before = int(page[-1].id)
        plan = await asyncio.to_thread(applied_plan, self._data_folder, connection.id, cycle.id)
        return collector.result(cycle, connection.name, connection.target.tenant_url, plan)

    async def export(self, connection_id: str, cycle_id: str, path: Path) -> None:
        """Write the result of a cycle to a file: JSON, or else a page.

        Raises ConfigurationError when there is no such cycle, or the file cannot be written.
        """
        await write_result(path, await self.result(connection_id, cycle_id))

    async def forget(self, connection_id: str) -> None:
        """Remove what is kept of a connection that is deleted."""
        await asyncio.to_thread(forget_applied_plans, self._data_folder, connection_id)

    async def _cycle(self, connection_id: str, cycle_id: str) -> Cycle:
        cycles = await self._worker.run(recent_cycles, connection_id, MOST_CYCLES)
        for cycle in cycles:
            if cycle.ended is not None and cycle_id in ("", cycle.id):
                return cycle
        what = f"cycle {cycle_id}" if cycle_id else "cycle"
        raise ConfigurationError(
            f"There is no {what} of this connection that has ended.",
            next_step="looop-gui status tells the last one, the overview shows all of them.",
        )


async def write_result(path: Path, result: CycleResult) -> None:
    """Write a result, readable by its owner only. Raises ConfigurationError."""
    content = await asyncio.to_thread(
        result_content, result, as_page=path.suffix.lower() != ".json"
    )
    try:
        await asyncio.to_thread(_write, path, content)
    except OSError as error:
        raise ConfigurationError(
            f"The result could not be written to {path}: {error.strerror}.",
            safe="The cycle is recorded in the provisioning log.",
            next_step="Choose another place, and export the result again.",
        ) from error


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


def _exposure(connection: Connection, schema: SynchronizationSchema) -> Exposure:
    """What may leave under the configuration; the strictest where it cannot be compiled."""
    try:
        rules = rules_of(connection, schema)
    except ConfigurationError:
        return exposure_of(None)
    return exposure_of(rules)
