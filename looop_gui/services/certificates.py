"""The no-op certificate as a service: checked on demand or after each cycle, kept with its cycle.

A check is a dry run that looks at everybody, so it takes as long as an initial cycle reads. It
writes nothing. It listens to JobChanged where it is to check by itself.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import msgspec

from looop_gui.engine.certificate import Certificate
from looop_gui.model.errors import ConfigurationError, WorkbenchError
from looop_gui.model.job import CycleEnd, CycleKind
from looop_gui.services.clock import Clock
from looop_gui.services.connections import ConnectionService
from looop_gui.services.cycle_rehearsal import OnProgress
from looop_gui.services.dry_runs import DryRunService, OrderOf
from looop_gui.services.engine_local import CycleOrder
from looop_gui.services.events import CertificateChanged, Events, JobChanged
from looop_gui.services.store_worker import StoreWorker
from looop_gui.store.certificates import (
    last_completed_cycle,
    latest_certificate,
    save_certificate,
)
from looop_gui.store.database import Database


@dataclass(frozen=True, slots=True)
class StoredCertificate:
    """A certificate, the cycle after which it was made, and whether another one has begun since."""

    cycle_id: str
    made: datetime
    certificate: Certificate
    outdated: bool = False


class CertificateService:
    """Whether a second cycle would send nothing. What is kept anew is told by CertificateChanged.

    `order_of` gives the order of a saved connection.
    """

    def __init__(
        self,
        dry_runs: DryRunService,
        order_of: OrderOf,
        connections: ConnectionService,
        worker: StoreWorker,
        events: Events,
        clock: Clock,
    ) -> None:
        self._dry_runs = dry_runs
        self._order_of = order_of
        self._connections = connections
        self._worker = worker
        self._events = events
        self._clock = clock
        self._ended: asyncio.Queue[str] = asyncio.Queue()
        self._noted: dict[str, str] = {}
        self._since: datetime | None = None
        self._task: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    async def check(self, connection_id: str, on_progress: OnProgress | None = None) -> Certificate:
        """Ask the target whether another cycle of a saved connection would write nothing.

        Raises ConfigurationError when no cycle was completed to ask about, and what a dry run
        raises.
        """
        return await self.check_order(await self._order_of(connection_id), on_progress)

    async def check_order(
        self, order: CycleOrder, on_progress: OnProgress | None = None
    ) -> Certificate:
        """The same for a connection that need not be saved, right after its cycle."""
        connection_id = order.connection.id
        cycle = await self._worker.run(_last_cycle, connection_id)
        if cycle is None:
            raise ConfigurationError(
                "There is no completed cycle to check: the last one was stopped, was an undo, or "
                "has not run.",
                safe="Nothing was asked or written.",
                next_step="Run a cycle to its end, then check.",
            )
        certificate = await self._dry_runs.certify(order, on_progress)
        document = msgspec.json.encode(certificate).decode()
        await self._worker.run(_save, cycle, self._clock.now(), document)
        self._events.publish(CertificateChanged(connection_id))
        return certificate

    async def latest(self, connection_id: str) -> StoredCertificate | None:
        """The latest that was kept; None where nothing was checked yet."""
        row = await self._worker.run(latest_certificate, connection_id)
        if row is None:
            return None
        certificate = msgspec.json.decode(row.document, type=Certificate)
        return StoredCertificate(row.cycle_id, row.made, certificate, row.outdated)

    async def can_check(self, connection_id: str) -> bool:
        """Whether the last cycle was completed."""
        return await self._worker.run(_last_cycle, connection_id) is not None

    def start(self) -> None:
        """Check after each cycle of the connections that want it, until `close`."""
        self._since = self._clock.now()
        self._unsubscribe = self._events.subscribe(JobChanged, self._take_job)
        self._task = asyncio.create_task(self._keep_checking())

    async def idle(self) -> None:
        """Wait until every cycle that has ended so far was dealt with."""
        await self._ended.join()

    async def close(self) -> None:
        """Stop checking."""
        self._unsubscribe()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _take_job(self, event: JobChanged) -> None:
        """Note a cycle that was completed since the start, once."""
        state = event.state
        last, since = state.last_cycle, self._since
        if last is None or last.ended is None or since is None or last.ended < since:
            return
        if last.kind is CycleKind.UNDO:
            return  # the source is to differ from the target now
        if last.ended_by is CycleEnd.COMPLETED and self._noted.get(state.connection_id) != last.id:
            self._noted[state.connection_id] = last.id
            self._ended.put_nowait(state.connection_id)

    async def _keep_checking(self) -> None:
        while True:
            connection_id = await self._ended.get()
            # The target may be down by now, or the next cycle runs; the one after it is checked.
            with suppress(WorkbenchError):
                connection = await self._connections.get(connection_id)
                if connection.settings.check_endless_writes:
                    await self.check(connection_id)
            self._ended.task_done()


def _last_cycle(database: Database, connection_id: str) -> int | None:
    with database.reading() as connection:
        return last_completed_cycle(connection, connection_id)


def _save(database: Database, cycle: int, made: datetime, document: str) -> None:
    with database.transaction() as connection:
        save_certificate(connection, cycle, made, document)
