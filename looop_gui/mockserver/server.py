"""Runs a tenant: inside this process for tests and trials, or as the process of `serve`.

`async with running_tenant(TenantOptions(users=10)) as tenant:` listens on a free port until the
block ends. `serve(options)` prints one line of JSON with the endpoint and the token, and runs
until SIGTERM, SIGINT or, when asked, the end of standard input.
"""

import asyncio
import contextlib
import gc
import json
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

from looop_gui.mockserver.conduct import TenantConduct, tenant_conduct
from looop_gui.mockserver.console import Console
from looop_gui.mockserver.faults import Faults
from looop_gui.mockserver.gateway import BASE_PATH, CONSOLE_PATH, ScimGateway
from looop_gui.mockserver.http import HttpServer
from looop_gui.mockserver.http_connection import HttpLimits
from looop_gui.mockserver.prefill import prefill
from looop_gui.mockserver.quirks import Quirks
from looop_gui.mockserver.schema_sets import load_schema_set
from looop_gui.mockserver.service import ScimService
from looop_gui.mockserver.storage.memory import MemoryStorage
from looop_gui.mockserver.storage.protocol import Storage, StorageDamagedError
from looop_gui.mockserver.storage.sqlite import SqliteStorage
from looop_gui.mockserver.tenant import Tenant
from looop_gui.model.errors import ConfigurationError

DEFAULT_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class TenantOptions:
    """How a tenant is set up. `port` 0 takes a free one; `token` None makes a new one.

    `seed` makes ids, people and faults the same in each run; None leaves the ids to chance.
    `database` None keeps everything in memory. `schemas` is a file with a schema set of the
    user's own in place of the preset's. `host` other than a loopback address needs
    `allow_remote`.
    """

    host: str = DEFAULT_HOST
    port: int = 0
    token: str | None = field(default=None, repr=False)
    organisation_domain: str | None = None
    preset: str = "looop"
    quirks: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    seed: int | None = None
    users: int = 0
    database: Path | None = None
    schemas: Path | None = None
    console: bool = False
    allow_remote: bool = False
    limits: HttpLimits = field(default_factory=HttpLimits)


class RunningTenant:
    """A tenant with its server. Made by `running_tenant` or `serve`.

    Raises ConfigurationError for options that cannot be used.
    """

    def __init__(self, options: TenantOptions) -> None:
        check_address(options)
        self.options = options
        self.conduct: TenantConduct = tenant_conduct(options.preset)
        self.storage: Storage = open_storage(options.database)
        self.tenant = Tenant(self.storage, options.organisation_domain)
        self.token = self.tenant.reset_token(options.token)
        self.faults = Faults(options.faults, seed=options.seed or 0)
        self.quirks = Quirks(options.quirks)
        self.service = ScimService(
            self.storage,
            load_schema_set(self.conduct.schema_set, options.schemas),
            self.conduct,
            quirks=self.quirks,
            faults=self.faults,
            seed=options.seed,
        )
        self.console_key = secrets.token_urlsafe(32) if options.console else ""
        self.console = Console(self) if options.console else None
        self.gateway = ScimGateway(
            self.service,
            self.tenant,
            self.faults,
            hosts=(options.host, self.tenant.organisation_domain),
            console=self.console,
        )
        self._server = HttpServer(self.gateway, options.limits)

    async def start(self) -> None:
        """Fill the tenant when it is empty and listen. Raises ConfigurationError."""
        if self.options.users and not self.storage.count("User"):
            prefill(self.service, self.options.users, self.options.seed or 0)
        try:
            await self._server.start(self.options.host, self.options.port)
        except OSError as error:
            raise ConfigurationError(
                f"The server cannot listen on {self.options.host}:{self.options.port}:"
                f" {error.strerror or error}.",
                next_step="Choose another port, or 0 for a free one.",
            ) from None
        self.service.base_url = self.scim_endpoint

    async def stop(self) -> None:
        """Finish what is under way, stop listening and close the storage."""
        await self._server.stop()
        self.storage.close()

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._server.port

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        host = self.options.host
        if host in ("0.0.0.0", "::"):  # noqa: S104  (compared, not bound)
            host = self.tenant.organisation_domain
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def scim_endpoint(self) -> str:
        """The tenant URL."""
        return self.origin + BASE_PATH

    @property
    def console_endpoint(self) -> str:
        """The address of the control API."""
        return self.origin + CONSOLE_PATH

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return self._server.connections

    def reset_token(self) -> str:
        """Make a new token; the old one fails at once."""
        self.token = self.tenant.reset_token()
        self.faults.token_was_reset()
        return self.token

    def first_line(self) -> str:
        """The line of JSON that `serve` prints once it listens."""
        said = {"scimEndpoint": self.scim_endpoint, "token": self.token}
        if self.console is not None:
            said |= {"consoleEndpoint": self.console_endpoint, "consoleKey": self.console_key}
        return json.dumps(said)


@contextlib.asynccontextmanager
async def running_tenant(options: TenantOptions | None = None) -> AsyncIterator[RunningTenant]:
    """A tenant that listens on the running loop while the block lasts."""
    tenant = RunningTenant(options or TenantOptions())
    try:
        await tenant.start()
        yield tenant
    finally:
        await tenant.stop()


def serve(options: TenantOptions, *, exit_with_parent: bool = False) -> None:
    """Run a tenant as this process, on uvloop where there is one, until it is told to stop."""
    # Where the loop takes no signal handlers, an interrupt arrives as an exception.
    with (
        contextlib.suppress(KeyboardInterrupt),
        asyncio.Runner(loop_factory=_loop_factory()) as runner,
    ):
        runner.run(_serve(options, exit_with_parent=exit_with_parent))


async def _serve(options: TenantOptions, *, exit_with_parent: bool) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    async with running_tenant(options) as tenant:
        # What is there from the start stays: without this, the garbage collector looks through
        # 100,000 prefilled people again and again and stops the server for a second each time.
        gc.collect()
        gc.freeze()
        # What comes stays, too: looked through at every 700 new values, it costs a twentieth.
        gc.set_threshold(50_000, 20, 50)
        sys.stdout.write(tenant.first_line() + "\n")
        sys.stdout.flush()
        if exit_with_parent:
            Thread(target=_wait_for_end_of_input, args=(loop, stop), daemon=True).start()
        await stop.wait()


def _wait_for_end_of_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    while sys.stdin.buffer.read(4096):
        pass
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(stop.set)


def _loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.Loop


def open_storage(database: Path | None) -> Storage:
    """The storage in a file, or in memory. Raises ConfigurationError for a file that is not one."""
    if database is None:
        return MemoryStorage()
    try:
        return SqliteStorage(database)
    except StorageDamagedError as error:
        raise ConfigurationError(
            str(error), safe="The file was not changed.", next_step="Name another file."
        ) from None


def check_address(options: TenantOptions) -> None:
    """Raise ConfigurationError for an address beyond this computer without `allow_remote`."""
    try:
        address = ip_address(options.host)
    except ValueError:
        raise ConfigurationError(f"'{options.host}' is not an IP address.") from None
    if not address.is_loopback and not options.allow_remote:
        raise ConfigurationError(
            f"{options.host} can be reached from other computers.",
            safe="The server was not started.",
            next_step="Add --allow-remote if that is what you want.",
        )
