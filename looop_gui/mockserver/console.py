"""The control API below /console: what an administrator of the tenant sees and switches.

It has a secret key of its own, sent as a bearer token, and is served only when asked for. The
application's demo page and `looop-gui tenant` use it:

    GET    /console/tenant                 domain, endpoint, preset, counts, what is switched on
    POST   /console/token                  a new token, shown once; the old one fails at once
    GET    /console/users, /console/groups startIndex, count, search, sort=changed
    GET    /console/users/ID               one resource, with all its attributes
    GET    /console/faults, /console/quirks   those there are, and those that are on
    POST   /console/faults                 {"fault": "latency=50ms"} switches one on
    POST   /console/quirks                 {"quirk": "page-cap-50"} switches one on
    DELETE /console/faults[/NAME]          switches one or all off; so with quirks
    GET    /console/requests               how many requests and answers there were
"""

import hmac
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Protocol
from urllib.parse import unquote

import msgspec

from looop_gui.mockserver.faults import Faults, fault_descriptions
from looop_gui.mockserver.http_messages import HttpAnswer, HttpRequest, error_answer
from looop_gui.mockserver.http_reading import read_body, read_query
from looop_gui.mockserver.quirks import Quirks, quirk_descriptions
from looop_gui.mockserver.service import ScimService
from looop_gui.mockserver.storage.protocol import Record
from looop_gui.mockserver.tenant import Tenant
from looop_gui.model.errors import ConfigurationError
from looop_gui.scim.errors import ScimProtocolError, invalid_syntax, invalid_value
from looop_gui.scim.messages import JsonObject, ScimRequest

_MAXIMUM_COUNT = 500
_DEFAULT_COUNT = 100
_TYPES = {"users": "User", "groups": "Group"}


class ConsoleGateway(Protocol):
    """Where requests are counted."""

    requests: Counter[str]
    statuses: Counter[int]


class ConsoleTenant(Protocol):
    """What the console shows and switches."""

    tenant: Tenant
    service: ScimService
    faults: Faults
    quirks: Quirks
    gateway: ConsoleGateway
    console_key: str

    @property
    def scim_endpoint(self) -> str:
        """The tenant URL."""

    @property
    def connections(self) -> int:
        """How many connections are open."""

    def reset_token(self) -> str:
        """Make a new token; the old one fails at once."""


class Console:
    """Answers the requests below /console."""

    def __init__(self, running: ConsoleTenant) -> None:
        self._running = running

    def answer(self, request: HttpRequest, path: str, query: str) -> HttpAnswer:
        """The answer. Raises ScimProtocolError for what cannot be done."""
        if not self._authorised(request.headers.get("authorization", "")):
            return error_answer(
                401, "The console key is wrong.", headers=(("WWW-Authenticate", "Bearer"),)
            )
        parts = [unquote(part) for part in path.split("/") if part]
        parameters = {name.lower(): value for name, value in read_query(query)}
        method = "GET" if request.method == "HEAD" else request.method
        body = self._carry_out(method, parts, parameters, request)
        return HttpAnswer(200, msgspec.json.encode(body), media_type="application/json")

    def _authorised(self, authorization: str) -> bool:
        scheme, _, key = authorization.partition(" ")
        expected = self._running.console_key.encode()
        given = key.strip().encode("utf-8", "surrogateescape")
        return scheme.lower() == "bearer" and hmac.compare_digest(given, expected)

    def _carry_out(
        self, method: str, parts: list[str], parameters: dict[str, str], request: HttpRequest
    ) -> JsonObject:
        running = self._running
        match (method, *parts):
            case ("GET", "tenant"):
                return self._tenant()
            case ("POST", "token"):
                return {"token": running.reset_token()}
            case ("GET", "requests"):
                return self._requests()
            case ("GET", "users" | "groups" as noun):
                return self._list(_TYPES[noun], parameters)
            case ("GET", "users" | "groups" as noun, resource_id):
                return self._one(_TYPES[noun], resource_id)
            case (_, "faults", *rest):
                self._switch(method, rest, request, "fault", running.faults)
                return self._faults()
            case (_, "quirks", *rest):
                self._switch(method, rest, request, "quirk", running.quirks)
                return self._quirks()
        raise ScimProtocolError(404, None, "The console has no such page or action.")

    def _tenant(self) -> JsonObject:
        running = self._running
        storage = running.service.storage
        return {
            "organisationDomain": running.tenant.organisation_domain,
            "scimEndpoint": running.scim_endpoint,
            "preset": running.service.conduct.name,
            "durable": storage.durable,
            "users": storage.count("User"),
            "groups": storage.count("Group"),
            "faults": list(running.faults.texts),
            "quirks": list(running.quirks.names),
        }

    def _requests(self) -> JsonObject:
        gateway = self._running.gateway
        return {
            "requests": dict(gateway.requests),
            "statuses": {str(status): n for status, n in sorted(gateway.statuses.items())},
            "faultsActed": dict(self._running.faults.acted),
            "connections": self._running.connections,
        }

    def _list(self, resource_type: str, parameters: dict[str, str]) -> JsonObject:
        storage = self._running.service.storage
        start = max(1, _number(parameters, "startindex", 1))
        count = min(max(0, _number(parameters, "count", _DEFAULT_COUNT)), _MAXIMUM_COUNT)
        wanted = parameters.get("search", "").casefold()
        by_change = parameters.get("sort") == "changed"
        records: Iterable[Record]
        if not wanted and not by_change:
            total = storage.count(resource_type)
            records = storage.page(resource_type, start - 1, count)
        else:
            found = [one for one in storage.scan(resource_type) if _mentions(one, wanted)]
            if by_change:
                found.sort(key=lambda record: record.last_modified, reverse=True)
            total, records = len(found), found[start - 1 : start - 1 + count]
        rows = [self._row(record) for record in records]
        return {"totalResults": total, "startIndex": start, "rows": rows}

    def _row(self, record: Record) -> JsonObject:
        row = {
            "id": record.id,
            "displayName": record.display,
            "externalId": record.document.get("externalId"),
            "created": record.created,
            "lastModified": record.last_modified,
            "version": record.version,
            "attributes": record.document,
        }
        if record.resource_type == "User":
            row["userName"] = record.document.get("userName")
            row["active"] = record.document.get("active") is not False
        return row

    def _one(self, resource_type: str, resource_id: str) -> JsonObject:
        service = self._running.service
        kind = service.schema_set.resource_type(resource_type)
        endpoint = "" if kind is None else kind.endpoint
        answer = service.serve(ScimRequest("GET", f"{endpoint}/{resource_id}"))
        if answer.status != 200 or not isinstance(answer.body, dict):
            raise ScimProtocolError(404, None, "There is no such resource.")
        return answer.body

    def _switch(
        self,
        method: str,
        rest: list[str],
        request: HttpRequest,
        noun: str,
        switches: Faults | Quirks,
    ) -> None:
        """Switch a fault or a quirk; a GET switches nothing."""
        if method == "GET" and not rest:
            return
        if method == "DELETE" and len(rest) <= 1:
            if not rest:
                switches.clear()
            elif not switches.switch_off(rest[0]):
                raise ScimProtocolError(404, None, f"The {noun} '{rest[0][:40]}' is not on.")
            return
        if method != "POST" or rest:
            raise ScimProtocolError(404, None, "The console has no such page or action.")
        body = read_body(request)
        wanted = body.get(noun) if isinstance(body, dict) else None
        if not isinstance(wanted, str):
            raise invalid_syntax(f"The body must be an object with a '{noun}'.")
        _told(lambda: switches.switch_on(wanted))

    def _faults(self) -> JsonObject:
        available = [
            {"name": one.name, "example": one.example, "sentence": one.sentence}
            for one in fault_descriptions()
        ]
        return {"on": list(self._running.faults.texts), "available": available}

    def _quirks(self) -> JsonObject:
        available = [{"name": one.name, "sentence": one.sentence} for one in quirk_descriptions()]
        return {"on": list(self._running.quirks.names), "available": available}


def _told(switch: Callable[[], None]) -> None:
    try:
        switch()
    except ConfigurationError as error:
        raise invalid_value(error.sentence) from None


def _number(parameters: dict[str, str], name: str, default: int) -> int:
    text = parameters.get(name, "")
    if not text:
        return default
    if not text.lstrip("-").isdecimal() or len(text) > 9:
        raise invalid_value(f"'{name}' must be a whole number.")
    return int(text)


def _mentions(record: Record, wanted: str) -> bool:
    if not wanted or wanted in record.display.casefold() or wanted == record.id:
        return True
    document = record.document
    for name in ("userName", "externalId"):
        value = document.get(name)
        if isinstance(value, str) and wanted in value.casefold():
            return True
    emails = document.get("emails", ())
    return any(wanted in str(one.get("value", "")).casefold() for one in emails)
