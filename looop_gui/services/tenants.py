"""Embedded Looop tenants of demo connections: running them, and their admin console."""

import asyncio
import contextlib
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from looop_gui.client.probe import ProbeError, connect
from looop_gui.model.connection import Application, Connection
from looop_gui.model.directory import ObjectType
from looop_gui.model.errors import ConfigurationError, CredentialsError, TargetError
from looop_gui.model.secret import SecretText
from looop_gui.scim.messages import JsonObject
from looop_gui.services.connections import ConnectionService
from looop_gui.services.events import Events, TenantChanged
from looop_gui.services.tenant_console import (
    TenantConsole,
    TenantInfo,
    TenantPage,
    TenantRow,
    TenantSwitch,
)
from looop_gui.services.tenant_process import (
    TenantAddress,
    TenantProcess,
    free_of_surroundings,
    start_tenant,
)
from looop_gui.store.sqlite_errors import store_errors

__all__ = [
    "RunningTenant",
    "TenantInfo",
    "TenantPage",
    "TenantRow",
    "TenantService",
    "TenantSwitch",
]

REACH_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class RunningTenant:
    """A tenant that runs: its organisation domain, SCIM Endpoint and token."""

    tenant_id: str
    organisation_domain: str
    scim_endpoint: str
    token: SecretText | None


class TenantService:
    """Runs tenants under `demo/<tenant id>/` of the data folder and speaks to their consoles.

    A tenant has the id of its connection. Started again, it gets the token that the connection
    has, and the connection gets the tenant's URL and token where they could not be kept. Methods
    raise TargetError when the tenant cannot be started or does not answer.
    """

    def __init__(self, data_folder: Path, connections: ConnectionService, events: Events) -> None:
        self._folder = data_folder / "demo"
        self._connections = connections
        self._events = events
        self._running: dict[str, TenantProcess] = {}
        self._starting = asyncio.Lock()

    async def start(self, tenant_id: str, *, organisation_domain: str = "") -> RunningTenant:
        """Start a tenant unless it runs; on its former port when that is free."""
        async with self._starting:
            process = self._process(tenant_id)
            if process is None:
                process = await self._start(tenant_id, organisation_domain)
        info = await self.info(tenant_id)
        address = process.address
        tenant = RunningTenant(
            tenant_id, info.organisation_domain, address.scim_endpoint, address.token
        )
        self._events.publish(TenantChanged(tenant_id))
        return tenant

    async def reach(self, connection: Connection) -> Connection:
        """A saved demo connection with its tenant running, here or in a window.

        Gives the connection as it is then saved; one of another application as it is.
        """
        if connection.application is not Application.DEMO:
            return connection
        parts = urlsplit(connection.target.tenant_url)
        try:
            await connect(parts.hostname or "", parts.port or 80, REACH_SECONDS)
        except ProbeError:
            await self.start(connection.id)
            return await self._connections.get(connection.id)
        return connection

    async def started(self, connection: Connection) -> Connection:
        """A saved connection, once the tenant that this process runs for it answers.

        A window asks so before a cycle: whatever listens at the address of the last time may be
        the tenant of a window that is just closing, or a stranger.
        """
        if connection.application is not Application.DEMO:
            return connection
        await self.start(connection.id)
        return await self._connections.get(connection.id)

    async def stop(self, tenant_id: str) -> None:
        """Stop a tenant; its users stay for the next start. Harmless when it does not run."""
        process = self._running.pop(tenant_id, None)
        if process is not None:
            await asyncio.to_thread(process.stop)
            self._events.publish(TenantChanged(tenant_id))

    async def stop_all(self) -> None:
        """Stop all tenants that this process started."""
        for tenant_id in tuple(self._running):
            await self.stop(tenant_id)

    async def forget(self, tenant_id: str) -> None:
        """Stop a tenant and remove its folder with everything in it."""
        await self.stop(tenant_id)
        folder = self._folder / free_of_surroundings(tenant_id)
        with store_errors(folder):
            if folder.exists():
                await asyncio.to_thread(shutil.rmtree, folder)

    async def info(self, tenant_id: str) -> TenantInfo:
        """The tenant as it stands; one that does not run is said not to."""
        if self._process(tenant_id) is None:
            return TenantInfo(tenant_id, running=False)
        return await self._console(tenant_id).info(tenant_id)

    async def reset_token(self, tenant_id: str) -> SecretText:
        """Make a new token; the old one fails at once."""
        token = await self._console(tenant_id).reset_token()
        self._events.publish(TenantChanged(tenant_id))
        return token

    async def users(
        self,
        tenant_id: str,
        text: str = "",
        offset: int = 0,
        limit: int = 100,
        *,
        newest_first: bool = False,
    ) -> TenantPage:
        """Users whose name, userName, mail or external id has `text`; or all."""
        return await self._console(tenant_id).page("users", text, offset, limit, newest_first)

    async def groups(
        self,
        tenant_id: str,
        text: str = "",
        offset: int = 0,
        limit: int = 100,
        *,
        newest_first: bool = False,
    ) -> TenantPage:
        """Groups whose name or external id has `text`; or all."""
        return await self._console(tenant_id).page("groups", text, offset, limit, newest_first)

    async def resource(self, tenant_id: str, kind: ObjectType, resource_id: str) -> JsonObject:
        """One user or group whole, a group with its members."""
        noun = "users" if kind is ObjectType.USER else "groups"
        return await self._console(tenant_id).resource(noun, resource_id)

    async def requests(self, tenant_id: str) -> JsonObject:
        """How many requests and answers there were, as the console counts them."""
        return await self._console(tenant_id).requests()

    async def faults(self, tenant_id: str) -> tuple[TenantSwitch, ...]:
        """All faults, with those that are on."""
        return await self._console(tenant_id).switches("fault")

    async def set_fault(
        self, tenant_id: str, fault: str, on: bool = True
    ) -> tuple[TenantSwitch, ...]:
        """Switch a fault on (its text, e.g. "latency=50ms") or off (its name)."""
        switches = await self._console(tenant_id).switch("fault", fault, on)
        self._events.publish(TenantChanged(tenant_id))
        return switches

    async def quirks(self, tenant_id: str) -> tuple[TenantSwitch, ...]:
        """All quirks, with those that are on."""
        return await self._console(tenant_id).switches("quirk")

    async def set_quirk(
        self, tenant_id: str, quirk: str, on: bool = True
    ) -> tuple[TenantSwitch, ...]:
        """Switch a quirk on or off by its name."""
        switches = await self._console(tenant_id).switch("quirk", quirk, on)
        self._events.publish(TenantChanged(tenant_id))
        return switches

    async def _start(self, tenant_id: str, organisation_domain: str) -> TenantProcess:
        folder = self._folder / free_of_surroundings(tenant_id)
        connection = await self._connection(tenant_id)
        token: SecretText | None = None
        if connection is not None:
            with contextlib.suppress(CredentialsError):
                token = await self._connections.token_of(connection)
        await self.stop(tenant_id)
        process = await asyncio.to_thread(_start_where_it_was, folder, token, organisation_domain)
        self._running[tenant_id] = process
        loop = asyncio.get_running_loop()

        def tell() -> None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._events.publish, TenantChanged(tenant_id))

        process.watch(tell)
        if connection is not None:
            await self._follow(connection, process.address, token)
        return process

    async def _connection(self, tenant_id: str) -> Connection | None:
        """The saved connection of a tenant; there is none while the wizard is open."""
        with contextlib.suppress(ConfigurationError):
            return await self._connections.get(tenant_id)
        return None

    async def _follow(
        self, connection: Connection, address: TenantAddress, token: SecretText | None
    ) -> None:
        """Give a saved connection the URL and the token that its tenant has now."""
        target = connection.target
        if target.tenant_url != address.scim_endpoint:
            changed = replace(target, tenant_url=address.scim_endpoint)
            await self._connections.update(replace(connection, target=changed))
        if address.token != token:
            with contextlib.suppress(CredentialsError):
                await self._connections.set_token(
                    connection.id, address.token, target.token_storage
                )

    def _process(self, tenant_id: str) -> TenantProcess | None:
        process = self._running.get(tenant_id)
        return process if process is not None and process.running else None

    def _console(self, tenant_id: str) -> TenantConsole:
        process = self._process(tenant_id)
        if process is None:
            raise TargetError(
                "The demo tenant does not run.", next_step="Start it on the Tenant page."
            )
        return TenantConsole(process.address)


def _start_where_it_was(
    folder: Path, token: SecretText | None, organisation_domain: str
) -> TenantProcess:
    """Start on the port of the last time, and remember the port."""
    memory = folder / "tenant.json"
    port = 0
    with contextlib.suppress(OSError, msgspec.DecodeError):
        port = msgspec.json.decode(memory.read_bytes(), type=dict[str, int]).get("port", 0)
    process = start_tenant(folder, port=port, token=token, organisation_domain=organisation_domain)
    with store_errors(memory):
        memory.write_bytes(msgspec.json.encode({"port": process.address.port}))
    return process
