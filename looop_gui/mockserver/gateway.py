"""The way from an HTTP request to the SCIM service and back, with everything HTTP asks for.

The order is: Host header, console, base path, token, faults, target and body, service, faults.
The console stands before the token and the faults, so that a misbehaving tenant can be set right.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Protocol

import msgspec

from looop_gui.mockserver.faults import Faults
from looop_gui.mockserver.http_messages import HttpAnswer, HttpRequest, error_answer
from looop_gui.mockserver.http_reading import read_scim_request, read_target
from looop_gui.mockserver.service import ScimService
from looop_gui.mockserver.slow_query import SlowAnswer, SlowQueryError
from looop_gui.mockserver.storage.protocol import StorageFullError
from looop_gui.mockserver.tenant import Tenant
from looop_gui.scim.errors import ScimProtocolError
from looop_gui.scim.messages import ScimResponse

BASE_PATH = "/scim/v2"
CONSOLE_PATH = "/console"
_BULK = "Bulk"

_LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
_HEADER_NAMES = {
    "location": "Location",
    "content-location": "Content-Location",
    "etag": "ETag",
    "allow": "Allow",
    "content-type": "Content-Type",
}
_encode = msgspec.json.Encoder().encode
_log = logging.getLogger(__name__)


class ConsoleApplication(Protocol):
    """What answers below /console."""

    def answer(self, request: HttpRequest, path: str, query: str) -> HttpAnswer:
        """The answer to a console request."""


class ScimGateway:
    """The application that the HTTP server serves."""

    def __init__(
        self,
        service: ScimService,
        tenant: Tenant,
        faults: Faults,
        *,
        hosts: Iterable[str] = (),
        console: ConsoleApplication | None = None,
    ) -> None:
        self._service = service
        self._tenant = tenant
        self._faults = faults
        self._console = console
        self._hosts = _LOOPBACK_NAMES | {host.lower() for host in hosts}
        self._known_hosts: set[str] = set()
        self._finishers: list[Callable[[], HttpAnswer]] = []
        self.requests: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()

    @property
    def uncommitted(self) -> bool:
        """True when answers must wait for `commit`."""
        return self._service.storage.uncommitted

    def commit(self) -> HttpAnswer | None:
        """Make the writes durable, or say that they were lost."""
        try:
            self._service.storage.commit()
        except StorageFullError as error:
            _log.warning("The storage could not keep the last writes: %s", error)
            return error_answer(507, "The server has no space left to keep this change.")
        return None

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """The answer to any request, worked out at once."""
        return self._guarded(lambda: self._route(request))

    def begin(self, request: HttpRequest) -> HttpAnswer | SlowAnswer:
        """The answer, or one that `advance` must finish because its query looks at much."""
        queries = self._service.queries
        queries.deferring = True
        try:
            return self.answer(request)
        except SlowQueryError as query:
            return SlowAnswer(query, self._finishers.pop())
        finally:
            queries.deferring = False

    def advance(self, slow: SlowAnswer) -> HttpAnswer | None:
        """Do the next slice of a slow query; the answer once it is finished."""
        try:
            next(slow.query.steps)
        except StopIteration as end:
            slow.query.store(end.value)
            try:
                return self._guarded(slow.finish)
            finally:
                self._service.queries.forget()
        except Exception:  # noqa: BLE001  (the border again; see `_guarded`)
            return self._defect()
        return None

    def _guarded(self, make: Callable[[], HttpAnswer]) -> HttpAnswer:
        """The border that turns a defect into a 500 and a log line."""
        try:
            answer = make()
        except SlowQueryError:
            raise
        except ScimProtocolError as error:
            answer = error_answer(error.status, error.detail, error.scim_type)
        except StorageFullError:
            answer = error_answer(507, "The server has no space left to keep this change.")
        except Exception:  # noqa: BLE001  (logged; a defect must not take the connection down)
            return self._defect()
        self.statuses[answer.status] += 1
        return answer

    def _defect(self) -> HttpAnswer:
        _log.exception("A request could not be answered")
        self.statuses[500] += 1
        return error_answer(500, "The server met an unexpected condition.")

    def _route(self, request: HttpRequest) -> HttpAnswer:
        self._check_host(request.headers.get("host"))
        path, query = read_target(request.target)
        if self._console is not None and _below(path, CONSOLE_PATH):
            return self._console.answer(request, path[len(CONSOLE_PATH) :], query)
        self.requests[request.method] += 1
        if not _below(path, BASE_PATH):
            return error_answer(404, f"There is nothing here; SCIM is at {BASE_PATH}.")
        refusal = self._check_token(request.headers.get("authorization", ""))
        return refusal or self._scim(request, path[len(BASE_PATH) :], query)

    def _scim(self, request: HttpRequest, path: str, query: str) -> HttpAnswer:
        faults = self._faults
        early = faults.before(request, path) if faults.active else None
        if early is not None:
            return early
        try:
            return self._served(request, path, query)
        except SlowQueryError:
            # Taken up again behind the faults, so that a request meets them once.
            self._finishers.append(lambda: self._served(request, path, query))
            raise

    def _served(self, request: HttpRequest, path: str, query: str) -> HttpAnswer:
        answer = self._serve(request, path, query)
        return self._faults.after(request, path, answer) if self._faults.active else answer

    def _serve(self, request: HttpRequest, path: str, query: str) -> HttpAnswer:
        limit = self._service.conduct.maximum_payload
        if path.strip("/") == _BULK and len(request.body) > limit:
            return error_answer(413, f"A bulk request can have {limit} bytes at most.")
        try:
            scim_request = read_scim_request(request, path, query)
        except ScimProtocolError as error:
            return error_answer(error.status, error.detail, error.scim_type)
        return _http_answer(self._service.answer(scim_request))

    def _check_host(self, host: str | None) -> None:
        """Refuse names that are not ours: a page of another site must not reach this server."""
        if host is None:
            raise ScimProtocolError(400, None, "The request has no Host header.")
        if host in self._known_hosts:
            return
        name = host.lower()
        if not name.endswith("]"):
            head, colon, port = name.rpartition(":")
            name = head if colon and port.isdecimal() else name
        if name not in self._hosts:
            raise ScimProtocolError(421, None, "This server does not answer to that host name.")
        if len(self._known_hosts) < 100:
            self._known_hosts.add(host)

    def _check_token(self, authorization: str) -> HttpAnswer | None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() == "bearer" and self._tenant.accepts(token.strip()):
            return None
        challenge = 'Bearer realm="SCIM"'
        if authorization:
            challenge += ', error="invalid_token"'
        return error_answer(
            401,
            "The token is missing or is not the tenant's current one.",
            headers=(("WWW-Authenticate", challenge),),
        )


def _below(path: str, base: str) -> bool:
    return path.startswith(base) and (len(path) == len(base) or path[len(base)] == "/")


def _http_answer(response: ScimResponse) -> HttpAnswer:
    given = response.headers.items()
    headers = tuple([(_HEADER_NAMES.get(name, name), value) for name, value in given])
    body = b"" if response.body is None else _encode(response.body)
    return HttpAnswer(response.status, body, headers)
