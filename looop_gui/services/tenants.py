"""Embedded Looop tenants of demo connections: running them, and their admin console."""

import asyncio
import contextlib
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from looop_gui.client.authentication import BearerToken
from looop_gui.client.target import Target
from looop_gui.model.connection import Connection, TenantConnection
from looop_gui.model.errors import ConfigurationError, CredentialsError, TargetError
from looop_gui.model.secret import SecretText
from looop_gui.scim.messages import JsonObject, ScimRequest
from looop_gui.services.connections import ConnectionService
from looop_gui.services.events import Events, TenantChanged
from looop_gui.services.tenant_process import (
    TenantAddress,
    TenantProcess,
    free_of_surroundings,
    start_tenant,
)
from looop_gui.store.sqlite_errors import store_errors


@dataclass(frozen=True, slots=True)
class RunningTenant:
    """A tenant that runs: its organisation domain, SCIM Endpoint and token."""

    tenant_id: str
    organisation_domain: str
    scim_endpoint: str
    token: SecretText | None


@dataclass(frozen=True, slots=True)
class TenantInfo:
    """What the console's first page shows; `faults` and `quirks` are those switched on."""

    tenant_id: str
    running: bool
    organisation_domain: str = ""
    scim_endpoint: str = ""
    preset: str = ""
    users: int = 0
    groups: int = 0
    faults: tuple[str, ...] = ()
    quirks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TenantRow:
    """A user or group as the console lists it; `attributes` is the whole resource."""

    id: str
    display_name: str
    user_name: str
    active: bool
    external_id: str
    created: str
    last_modified: str
    version: str
    attributes: JsonObject


@dataclass(frozen=True, slots=True)
class TenantPage:
    """One page of a list and how many there are in all."""

    total: int
    rows: tuple[TenantRow, ...]


@dataclass(frozen=True, slots=True)
class TenantSwitch:
    """A fault or quirk that can be switched on; `setting` is its text when it is on."""

    name: str
    sentence: str
    example: str
    on: bool
    setting: str = ""


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
        said = await self._ask(tenant_id, "GET", "/tenant")
        return TenantInfo(
            tenant_id,
            running=True,
            organisation_domain=said["organisationDomain"],
            scim_endpoint=said["scimEndpoint"],
            preset=said["preset"],
            users=said["users"],
            groups=said["groups"],
            faults=tuple(said["faults"]),
            quirks=tuple(said["quirks"]),
        )

    async def reset_token(self, tenant_id: str) -> SecretText:
        """Make a new token; the old one fails at once."""
        said = await self._ask(tenant_id, "POST", "/token")
        self._events.publish(TenantChanged(tenant_id))
        return SecretText(said["token"])

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
        return await self._page(tenant_id, "/users", text, offset, limit, newest_first)

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
        return await self._page(tenant_id, "/groups", text, offset, limit, newest_first)

    async def requests(self, tenant_id: str) -> JsonObject:
        """How many requests and answers there were, as the console counts them."""
        said: JsonObject = await self._ask(tenant_id, "GET", "/requests")
        return said

    async def faults(self, tenant_id: str) -> tuple[TenantSwitch, ...]:
        """All faults, with those that are on."""
        return _switches(await self._ask(tenant_id, "GET", "/faults"))

    async def set_fault(
        self, tenant_id: str, fault: str, on: bool = True
    ) -> tuple[TenantSwitch, ...]:
        """Switch a fault on (its text, e.g. "latency=50ms") or off (its name)."""
        return await self._switch(tenant_id, "fault", fault, on)

    async def quirks(self, tenant_id: str) -> tuple[TenantSwitch, ...]:
        """All quirks, with those that are on."""
        return _switches(await self._ask(tenant_id, "GET", "/quirks"))

    async def set_quirk(
        self, tenant_id: str, quirk: str, on: bool = True
    ) -> tuple[TenantSwitch, ...]:
        """Switch a quirk on or off by its name."""
        return await self._switch(tenant_id, "quirk", quirk, on)

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

    async def _page(
        self, tenant_id: str, path: str, text: str, offset: int, limit: int, newest_first: bool
    ) -> TenantPage:
        query = [("startIndex", str(offset + 1)), ("count", str(limit))]
        if text:
            query.append(("search", text))
        if newest_first:
            query.append(("sort", "changed"))
        said = await self._ask(tenant_id, "GET", path, query=tuple(query))
        return TenantPage(said["totalResults"], tuple(_row(row) for row in said["rows"]))

    async def _switch(
        self, tenant_id: str, noun: str, text: str, on: bool
    ) -> tuple[TenantSwitch, ...]:
        if on:
            said = await self._ask(tenant_id, "POST", f"/{noun}s", {noun: text})
        else:
            name = text.partition("=")[0]
            said = await self._ask(tenant_id, "DELETE", f"/{noun}s/{name}")
        self._events.publish(TenantChanged(tenant_id))
        return _switches(said)

    async def _ask(
        self,
        tenant_id: str,
        method: str,
        path: str,
        body: JsonObject | None = None,
        query: tuple[tuple[str, str], ...] = (),
    ) -> Any:
        """One request to the console of a running tenant."""
        process = self._process(tenant_id)
        if process is None:
            raise TargetError(
                "The demo tenant does not run.", next_step="Start it on the Tenant page."
            )
        address = process.address
        key = BearerToken(address.console_key)
        async with Target(
            TenantConnection(address.console_endpoint), key, concurrency=1
        ) as console:
            response = await console.send(ScimRequest(method, path, query, body=body))
        if not response.ok:
            detail = response.body.get("detail") if isinstance(response.body, dict) else None
            said = detail or response.failure_text or f"status {response.status}"
            raise TargetError(f"The demo tenant did not do that: {said}")
        return response.body


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


def _row(row: JsonObject) -> TenantRow:
    return TenantRow(
        id=row["id"],
        display_name=row.get("displayName") or "",
        user_name=row.get("userName") or "",
        active=row.get("active", True),
        external_id=row.get("externalId") or "",
        created=str(row.get("created") or ""),
        last_modified=str(row.get("lastModified") or ""),
        version=str(row.get("version") or ""),
        attributes=row.get("attributes") or {},
    )


def _switches(said: JsonObject) -> tuple[TenantSwitch, ...]:
    settings = {text.partition("=")[0]: text for text in said["on"]}
    return tuple(
        TenantSwitch(
            name=one["name"],
            sentence=one["sentence"],
            example=one.get("example", one["name"]),
            on=one["name"] in settings,
            setting=settings.get(one["name"], ""),
        )
        for one in said["available"]
    )
