"""The embedded tenant without sockets, reached through its faults; a fuse kills the engine.

A request goes the way of an HTTP one (gateway, faults, service), only the bytes are handed over.
The answer's delivery (reset, cut, slow, late) becomes what the client makes of it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import msgspec

from looop_gui.client.addresses import request_target
from looop_gui.mockserver.conduct import tenant_conduct
from looop_gui.mockserver.faults import Faults
from looop_gui.mockserver.gateway import BASE_PATH, ScimGateway
from looop_gui.mockserver.http_messages import HttpAnswer, HttpRequest
from looop_gui.mockserver.quirks import Quirks
from looop_gui.mockserver.schema_sets import load_schema_set
from looop_gui.mockserver.service import ScimService
from looop_gui.mockserver.storage.memory import MemoryStorage
from looop_gui.mockserver.tenant import Tenant
from looop_gui.model.provisioning_log import WireExchange
from looop_gui.scim.messages import FailureKind, ScimRequest, ScimResponse
from simulated_time import SimulatedClock

TOKEN = "token-of-the-simulation"
DEADLINE = 60.0


class KilledError(BaseException):
    """kill -9: no handler of the engine may see this and go on."""


@dataclass
class Fuse:
    """Counts the engine's steps; at step `kill_at` it dies and does nothing any more."""

    kill_at: int = 0
    steps: int = 0
    dead: bool = False

    def step(self) -> None:
        if self.dead:
            raise KilledError
        self.steps += 1
        if self.steps == self.kill_at:
            self.dead = True
            raise KilledError


class SimulatedTenant:
    """A tenant with faults and quirks, and its content as the oracle looks at it."""

    def __init__(
        self,
        clock: SimulatedClock,
        seed: int,
        *,
        preset: str = "looop",
        quirks: tuple[str, ...] = (),
    ) -> None:
        self.clock = clock
        storage = MemoryStorage()
        tenant = Tenant(storage)
        tenant.reset_token(TOKEN)
        conduct = tenant_conduct(preset)
        self.faults = Faults(seed=seed, clock=clock.monotonic, wall=clock.wall)
        self.quirks = Quirks(quirks)
        self.service = ScimService(
            storage,
            load_schema_set(conduct.schema_set, None),
            conduct,
            quirks=self.quirks,
            faults=self.faults,
            seed=seed,
            wall=clock.wall,
        )
        self.service.base_url = f"https://looop.example{BASE_PATH}"
        self.gateway = ScimGateway(self.service, tenant, self.faults, hosts=("looop.example",))

    def answer(self, request: ScimRequest, token: str = TOKEN) -> HttpAnswer:
        headers = {"host": "looop.example", "authorization": f"Bearer {token}"}
        target = (BASE_PATH + request_target(request)).encode()
        body = b"" if request.body is None else msgspec.json.encode(request.body)
        answer = self.gateway.answer(HttpRequest(request.method, target, headers, body))
        self.gateway.commit()
        return answer

    def local(self, path: str, body: dict[str, Any]) -> str:
        """Create a resource as an administrator of the tenant would."""
        response = self.service.serve(ScimRequest("POST", path, body=body))
        assert response.ok, response.body
        self.service.storage.commit()
        return str(response.body["id"])

    def change(self, request: ScimRequest) -> None:
        """Change a resource as an administrator of the tenant would."""
        assert self.service.serve(request).ok
        self.service.storage.commit()

    def everything(self, path: str) -> dict[str, dict[str, Any]]:
        """All resources by id, beside faults and quirks."""
        found: dict[str, dict[str, Any]] = {}
        while True:
            query = (("startIndex", str(len(found) + 1)), ("count", "1000"))
            response = self.service.serve(ScimRequest("GET", path, query))
            page = {item["id"]: item for item in response.body["Resources"]}
            found |= page
            if not page or len(found) >= response.body["totalResults"]:
                return found


@dataclass
class SimulatedSender:
    """What a cycle sends with. `written` are the writes, in the order in which they left."""

    tenant: SimulatedTenant
    random: Random
    fuse: Fuse = field(default_factory=Fuse)
    token: str = TOKEN
    written: list[ScimRequest] = field(default_factory=list)
    sent: list[ScimRequest] = field(default_factory=list)
    stop_after: int = 0
    stop: Any = None

    async def send(
        self,
        request: ScimRequest,
        *,
        timeout: float | None = None,
        attempt: int = 1,
        on_exchange: Any = None,
    ) -> ScimResponse:
        self.fuse.step()
        self.sent.append(request)
        if request.writes:
            self.written.append(request)
        if self.stop_after and len(self.sent) == self.stop_after:
            self.stop()
        clock = self.tenant.clock
        started = clock.now()
        await clock.sleep(self.random.uniform(0.001, 0.02))
        answer = self.tenant.answer(request, self.token)
        if request.writes:
            self.fuse.step()
        seconds, response = received(answer)
        await clock.sleep(seconds + self.random.uniform(0.001, 0.02))
        if self.fuse.dead:
            raise KilledError
        if on_exchange is not None:
            on_exchange(_exchange(request, response, started, attempt))
        return response

    @asynccontextmanager
    async def open(self, *_: Any) -> AsyncIterator["SimulatedSender"]:
        yield self


def received(answer: HttpAnswer) -> tuple[float, ScimResponse]:
    """What the client makes of an answer, and after how long."""
    delivery = answer.delivery
    if delivery.reset:
        return delivery.delay, _failed(FailureKind.CONNECTION_LOST)
    seconds = delivery.delay
    if delivery.bytes_per_second:
        seconds += len(answer.body) / delivery.bytes_per_second
    if seconds > DEADLINE:
        return DEADLINE, _failed(FailureKind.TIMEOUT)
    if delivery.keep_bytes is not None and delivery.keep_bytes < len(answer.body):
        return seconds, _failed(FailureKind.CONNECTION_LOST)
    headers = {name.lower(): value for name, value in answer.headers}
    if not answer.body:
        return seconds, ScimResponse(answer.status, headers)
    try:
        return seconds, ScimResponse(answer.status, headers, msgspec.json.decode(answer.body))
    except msgspec.DecodeError:
        return seconds, ScimResponse(answer.status, headers, text=answer.body.decode())


def _failed(kind: FailureKind) -> ScimResponse:
    return ScimResponse(0, failure=kind, failure_text=f"The connection failed ({kind}).")


def _exchange(request: ScimRequest, response: ScimResponse, started: Any, attempt: int) -> Any:
    return WireExchange(
        method=request.method,
        url=request.path,
        request_headers=(),
        request_body="",
        status=response.status,
        response_headers=(),
        response_body="",
        started=started,
        duration_milliseconds=1.0,
        attempt=attempt,
        failure=response.failure_text,
    )
