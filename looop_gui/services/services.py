"""All services of a data folder, opened together and closed together.

The window and the command line get what they need from here; there is no other registry.
"""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from looop_gui.services.account_discovery import AccountDiscoveryService
from looop_gui.services.certificates import CertificateService
from looop_gui.services.clock import SystemClock
from looop_gui.services.connection_test import ConnectionTestService
from looop_gui.services.connections import ConnectionService
from looop_gui.services.cycle_results import CycleResultService
from looop_gui.services.cycle_setting import open_target
from looop_gui.services.directory import DirectoryService
from looop_gui.services.drift import DriftService
from looop_gui.services.dry_runs import DryRunService
from looop_gui.services.engine_child import ChildEngine
from looop_gui.services.engine_local import Engine, EngineLocation, LocalEngine
from looop_gui.services.events import EngineEnded, Events
from looop_gui.services.link_comparison import LinkService
from looop_gui.services.log_export import LogExportService
from looop_gui.services.log_views import LogViewService
from looop_gui.services.mappings import MappingService
from looop_gui.services.notifications import NotificationService
from looop_gui.services.provisioning import ProvisioningService
from looop_gui.services.provisioning_log import ProvisioningLogService
from looop_gui.services.retention import RetentionService
from looop_gui.services.store_worker import StoreWorker
from looop_gui.services.target_session import TargetSessions
from looop_gui.services.tenants import TenantService
from looop_gui.services.undo import UndoService
from looop_gui.store.tokens import TokenStore


@dataclass(frozen=True, slots=True)
class Services:
    """What a user can ask for, by subject."""

    events: Events
    connections: ConnectionService
    mappings: MappingService
    directory: DirectoryService
    connection_test: ConnectionTestService
    tenants: TenantService
    provisioning: ProvisioningService
    dry_runs: DryRunService
    drift: DriftService
    results: CycleResultService
    certificates: CertificateService
    provisioning_log: ProvisioningLogService
    worker: StoreWorker
    log_views: LogViewService
    log_export: LogExportService
    notifications: NotificationService
    retention: RetentionService
    account_discovery: AccountDiscoveryService
    links: LinkService
    undo: UndoService


async def open_services(
    data_folder: Path, *, engine: EngineLocation = EngineLocation.CHILD
) -> Services:
    """Open the store of a data folder and all services on it.

    A window has its engine in a CHILD process, keeps the interval of its connections, and runs
    their demo tenants, which each cycle waits for; the command line and tests have it IN_PROCESS
    and start cycles themselves, with a tenant wherever it runs.

    Raises what `open_database` raises: StoreNewerError, StoreCorruptError, StoreBusyError, ...
    """
    events, clock = Events(), SystemClock()
    worker = await StoreWorker.open(data_folder)
    tokens = TokenStore(data_folder)
    connections = ConnectionService(worker, tokens, events, clock)
    tenants = TenantService(data_folder, connections, events)
    connections.forget.append(tenants.forget)
    mappings = MappingService(worker, connections, events, clock)
    reach = tenants.started if engine is EngineLocation.CHILD else tenants.reach
    if engine is EngineLocation.CHILD:
        used: Engine = ChildEngine(
            data_folder, lambda sentence: events.publish(EngineEnded(sentence))
        )
    else:
        used = LocalEngine(data_folder, worker, clock=clock)
    provisioning = ProvisioningService(
        used, connections, mappings.schema, worker, events, clock, reach=reach
    )
    results = CycleResultService(data_folder, worker, connections, mappings)
    connections.forget.append(results.forget)
    notifications = NotificationService(worker, connections, tokens, events, clock)
    notifications.start()
    retention = RetentionService(worker, clock)
    directory = DirectoryService(data_folder, connections, events, clock)
    sessions = TargetSessions(
        data_folder, worker, connections, mappings, clock, open_target, directory
    )
    dry_runs = DryRunService(used, provisioning.order_of)
    certificates = CertificateService(
        dry_runs, provisioning.order_of, connections, worker, events, clock
    )
    if engine is EngineLocation.CHILD:
        certificates.start()
        provisioning.start_schedule()
        retention.start()
    return Services(
        events=events,
        connections=connections,
        mappings=mappings,
        directory=directory,
        connection_test=ConnectionTestService(clock),
        tenants=tenants,
        provisioning=provisioning,
        dry_runs=dry_runs,
        drift=DriftService(dry_runs, provisioning),
        results=results,
        certificates=certificates,
        provisioning_log=ProvisioningLogService(worker),
        worker=worker,
        log_views=LogViewService(worker),
        log_export=LogExportService(worker, connections, mappings),
        notifications=notifications,
        retention=retention,
        account_discovery=AccountDiscoveryService(sessions),
        links=LinkService(sessions, provisioning),
        undo=UndoService(used, worker, provisioning.order_of),
    )


async def close_services(services: Services) -> None:
    """Stop what runs and close the store."""
    async with AsyncExitStack() as closing:
        closing.push_async_callback(services.worker.close)
        closing.push_async_callback(services.retention.close)
        closing.push_async_callback(services.notifications.close)
        closing.push_async_callback(services.tenants.stop_all)
        closing.push_async_callback(services.provisioning.close)
        closing.push_async_callback(services.certificates.close)
