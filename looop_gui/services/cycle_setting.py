"""What a cycle runs on: the connection and its configuration, the source, the target, the store."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, SystemRandom

from looop_gui.client.authentication import BearerToken
from looop_gui.client.target import Target
from looop_gui.model.connection import Connection, DriftCheck
from looop_gui.model.directory import DirectorySnapshot
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.model.plan import Plan
from looop_gui.model.secret import SecretText
from looop_gui.services.clock import Clock, SystemClock
from looop_gui.services.cycle_asking import Sender
from looop_gui.services.store_worker import StoreWorker
from looop_gui.sources.source import open_source
from looop_gui.store.reserve import give_up_reserve

OpenTarget = Callable[[Connection, SecretText], contextlib.AbstractAsyncContextManager[Sender]]
ReadSource = Callable[[Connection, Path], DirectorySnapshot]
SourceDigest = Callable[[Connection, Path], str]


@contextlib.asynccontextmanager
async def open_target(connection: Connection, token: SecretText) -> AsyncIterator[Sender]:
    """The target over HTTP. Raises TenantUrlError, CredentialsError, ConfigurationError."""
    async with Target(
        connection.target,
        BearerToken(token),
        concurrency=connection.settings.concurrency,
    ) as target:
        yield target


def read_source(connection: Connection, data_folder: Path) -> DirectorySnapshot:
    """The source directory as it is now. Raises SourceError."""
    return open_source(connection.source, data_folder).read()


def source_digest(connection: Connection, data_folder: Path) -> str:
    """The digest that `read_source` would give, found without parsing. Raises SourceError."""
    return open_source(connection.source, data_folder).digest()


@dataclass(slots=True)
class CycleSetting:
    """What a cycle runs on. The functions are others in tests.

    `allowed_guard` is the token of a guard's verdict that may pass once. With a `plan`, exactly
    that is written and nothing else. `drift` says whether it is checked, else the settings do. A
    dry run that `certifies` also looks for what deletions have left.
    """

    connection: Connection
    schema: SynchronizationSchema
    token: SecretText = field(repr=False)
    data_folder: Path
    worker: StoreWorker
    clock: Clock = field(default_factory=SystemClock)
    random: Random = field(default_factory=SystemRandom)
    open_target: OpenTarget = open_target
    read_source: ReadSource = read_source
    source_digest: SourceDigest = source_digest
    make_room: Callable[[Path], bool] = give_up_reserve
    allowed_guard: str = ""
    plan: Plan | None = None
    drift: DriftCheck | None = None
    certifies: bool = False
