"""The admin console of a running embedded tenant, spoken to over its control API."""

from dataclasses import dataclass
from typing import Any

from looop_gui.client.authentication import BearerToken
from looop_gui.client.target import Target
from looop_gui.model.connection import TenantConnection
from looop_gui.model.errors import TargetError
from looop_gui.model.secret import SecretText
from looop_gui.scim.messages import JsonObject, ScimRequest
from looop_gui.services.tenant_process import TenantAddress


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


class TenantConsole:
    """One console; `noun` is "fault" or "quirk". Methods raise TargetError with what it said."""

    def __init__(self, address: TenantAddress) -> None:
        self._address = address

    async def info(self, tenant_id: str) -> TenantInfo:
        """The tenant as it stands."""
        said = await self._ask("GET", "/tenant")
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

    async def reset_token(self) -> SecretText:
        """Make a new token; the old one fails at once."""
        said = await self._ask("POST", "/token")
        return SecretText(said["token"])

    async def page(
        self, list_name: str, text: str, offset: int, limit: int, newest_first: bool
    ) -> TenantPage:
        """A page of `users` or `groups` that mention `text`."""
        query = [("startIndex", str(offset + 1)), ("count", str(limit))]
        if text:
            query.append(("search", text))
        if newest_first:
            query.append(("sort", "changed"))
        said = await self._ask("GET", f"/{list_name}", query=tuple(query))
        return TenantPage(said["totalResults"], tuple(_row(row) for row in said["rows"]))

    async def resource(self, list_name: str, resource_id: str) -> JsonObject:
        """One of the `users` or `groups`, whole."""
        said: JsonObject = await self._ask("GET", f"/{list_name}/{resource_id}")
        return said

    async def requests(self) -> JsonObject:
        """How many requests and answers there were."""
        said: JsonObject = await self._ask("GET", "/requests")
        return said

    async def switches(self, noun: str) -> tuple[TenantSwitch, ...]:
        """All faults or quirks, with those that are on."""
        return _switches(await self._ask("GET", f"/{noun}s"))

    async def switch(self, noun: str, text: str, on: bool) -> tuple[TenantSwitch, ...]:
        """Switch a fault or quirk on by its text, or off by its name."""
        if on:
            return _switches(await self._ask("POST", f"/{noun}s", {noun: text}))
        name = text.partition("=")[0]
        return _switches(await self._ask("DELETE", f"/{noun}s/{name}"))

    async def _ask(
        self,
        method: str,
        path: str,
        body: JsonObject | None = None,
        query: tuple[tuple[str, str], ...] = (),
    ) -> Any:
        """One request to the console; its answer's body."""
        connection = TenantConnection(self._address.console_endpoint)
        key = BearerToken(self._address.console_key)
        async with Target(connection, key, concurrency=1) as console:
            response = await console.send(ScimRequest(method, path, query, body=body))
        if not response.ok:
            detail = response.body.get("detail") if isinstance(response.body, dict) else None
            said = detail or response.failure_text or f"status {response.status}"
            raise TargetError(f"The demo tenant did not do that: {said}")
        return response.body


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
