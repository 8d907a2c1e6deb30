"""All services of a data folder, opened together and closed together.

The window and the command line get what they need from here; there is no other registry.
"""

from dataclasses import dataclass
from pathlib import Path

from looop_gui.services.clock import SystemClock
from looop_gui.services.connection_test import ConnectionTestService
from looop_gui.services.connections import ConnectionService
from looop_gui.services.directory import DirectoryService
from looop_gui.services.events import Events
from looop_gui.services.store_worker import StoreWorker
from looop_gui.services.tenants import TenantService
from looop_gui.store.tokens import TokenStore


@dataclass(frozen=True, slots=True)
class Services:
    """What a user can ask for, by subject."""

    events: Events
    connections: ConnectionService
    directory: DirectoryService
    connection_test: ConnectionTestService
    tenants: TenantService
    worker: StoreWorker


async def open_services(data_folder: Path) -> Services:
    """Open the store of a data folder and all services on it.

    Raises what `open_database` raises: StoreNewerError, StoreCorruptError, StoreBusyError, ...
    """
    events, clock = Events(), SystemClock()
    worker = await StoreWorker.open(data_folder)
    connections = ConnectionService(worker, TokenStore(data_folder), events, clock)
    tenants = TenantService(data_folder, connections, events)
    connections.forget.append(tenants.forget)
    return Services(
        events=events,
        connections=connections,
        directory=DirectoryService(data_folder, connections, events, clock),
        connection_test=ConnectionTestService(clock),
        tenants=tenants,
        worker=worker,
    )


async def close_services(services: Services) -> None:
    """Stop what runs and close the store."""
    await services.tenants.stop_all()
    await services.worker.close()
