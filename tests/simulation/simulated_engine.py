"""The engine of the simulation: whole cycles on a real store, with a clock that costs nothing."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any

from looop_gui.model.connection import (
    Application,
    Connection,
    ConnectionSettings,
    DriftCheck,
    SourceSettings,
    SourceType,
    TenantConnection,
)
from looop_gui.model.directory import DirectorySnapshot
from looop_gui.model.errors import StoreFullError
from looop_gui.model.job import Cycle, CycleKind
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.model.plan import Plan
from looop_gui.model.secret import SecretText
from looop_gui.services.cycle_launch import CycleSetting, run_cycle
from looop_gui.services.cycle_rehearsal import Rehearsal, rehearse
from looop_gui.services.provisioning_jobs import reset_job
from looop_gui.setup.default_mappings import default_schema
from looop_gui.store.database import FILE_NAME, Database, open_database
from looop_gui.store.escrows import load_escrows
from looop_gui.store.jobs import StoredJob, open_job
from looop_gui.store.links import load_links
from simulated_target import Fuse, KilledError, SimulatedSender, SimulatedTenant

FAST_FOLDER = Path("/dev/shm")
CONNECTION = "simulated"


@contextmanager
def simulated_folder() -> Iterator[Path]:
    """A data folder in memory where there is such a place, with an empty database in it."""
    parent = FAST_FOLDER if FAST_FOLDER.is_dir() else None
    with tempfile.TemporaryDirectory(dir=parent, prefix="looop-simulation-") as folder:
        Path(folder, FILE_NAME).write_bytes(_empty_database())
        Path(folder, FILE_NAME).chmod(0o600)
        yield Path(folder)


@cache
def _empty_database() -> bytes:
    folder = Path(tempfile.mkdtemp())
    open_database(folder).close()
    content = (folder / FILE_NAME).read_bytes()
    shutil.rmtree(folder)
    return content


@dataclass
class SimulatedWorker:
    """The store, used at once; its jobs are steps at which the engine can be killed.

    `full` are the numbers of jobs (from 1) at which the disk is full.
    """

    database: Database
    fuse: Fuse = field(default_factory=Fuse)
    full: range = range(0)
    jobs: int = 0

    async def run(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        self.fuse.step()
        self.jobs += 1
        if self.jobs in self.full:
            raise StoreFullError("The disk is full.", safe="What was acknowledged is kept.")
        result = function(self.database, *args, **kwargs)
        self.fuse.step()
        return result


@dataclass
class SimulatedEngine:
    """One connection of one data folder to one tenant."""

    tenant: SimulatedTenant
    folder: Path
    random: Random
    snapshot: Callable[[], DirectorySnapshot]
    settings: ConnectionSettings = field(default_factory=ConnectionSettings)
    schema: SynchronizationSchema = field(default_factory=lambda: default_schema(Application.LOOOP))
    target: TenantConnection = field(
        default_factory=lambda: TenantConnection("https://127.0.0.1/scim/v2")
    )
    database: Database | None = None
    sender: SimulatedSender | None = None
    fuse: Fuse = field(default_factory=Fuse)
    make_room: Callable[[SimulatedWorker], bool] = lambda _: False

    async def cycle(
        self,
        kind: CycleKind | None = None,
        *,
        kill_at: int = 0,
        stop_after: int = 0,
        full: range = range(0),
        allowed_guard: str = "",
        plan: Plan | None = None,
        drift: DriftCheck | None = None,
    ) -> Cycle | None:
        """Run a cycle; None when it was killed, or the full disk did not let it end."""
        stopping = asyncio.Event()
        fuse = self.fuse = Fuse(kill_at)
        sender = self._new_sender(fuse)
        sender.stop_after, sender.stop = stop_after, stopping.set
        worker = SimulatedWorker(self.open(), fuse, full)
        setting = self._setting(sender, worker)
        setting = replace(setting, allowed_guard=allowed_guard, plan=plan, drift=drift)
        running = run_cycle(setting, kind, stopping=stopping, tell=_untold)
        try:
            return await running
        except StoreFullError:
            return None
        except (KilledError, BaseExceptionGroup):
            if not fuse.dead:
                raise
            self.close()
            return None

    async def rehearse(self) -> Rehearsal:
        """The dry run of the next cycle."""
        sender = self._new_sender(Fuse())
        worker = SimulatedWorker(self.open())
        return await rehearse(self._setting(sender, worker), asyncio.Event())

    def configure(self, **settings: Any) -> None:
        self.settings = replace(self.settings, **settings)

    def restart(self, *, full: bool = False) -> None:
        """The portal's Restart (section f.9)."""
        reset_job(self.open(), CONNECTION, full=full)

    @property
    def job(self) -> StoredJob:
        return open_job(self.open(), CONNECTION)

    def escrows(self) -> dict[str, Any]:
        return load_escrows(self.open(), self.job.number)

    def links(self) -> dict[str, Any]:
        return load_links(self.open(), self.job.number)

    def open(self) -> Database:
        if self.database is None:
            self.database = open_database(self.folder)
            self.database.connection.execute("PRAGMA synchronous = OFF")
        return self.database

    def close(self) -> None:
        if self.database is not None:
            with suppress(Exception):
                self.database.connection.rollback()
            self.database.close()
            self.database = None

    @property
    def connection(self) -> Connection:
        return Connection(
            CONNECTION,
            "Simulated",
            Application.LOOOP,
            self.target,
            SourceSettings(SourceType.FILES),
            self.settings,
        )

    def _new_sender(self, fuse: Fuse) -> SimulatedSender:
        self.sender = SimulatedSender(self.tenant, Random(self.random.random()), fuse)
        return self.sender

    def _setting(self, sender: SimulatedSender, worker: SimulatedWorker) -> CycleSetting:
        return CycleSetting(
            connection=self.connection,
            schema=self.schema,
            token=SecretText(sender.token),
            data_folder=self.folder,
            worker=worker,
            clock=self.tenant.clock,
            random=Random(self.random.random()),
            open_target=sender.open,
            read_source=lambda *_: self.snapshot(),
            source_digest=lambda *_: self.snapshot().digest,
            make_room=lambda _: self.make_room(worker),
        )


def _untold(*_: Any) -> None:
    """Nobody listens."""


on_loopback = partial(TenantConnection, "https://127.0.0.1/scim/v2")
