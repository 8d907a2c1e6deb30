"""Gathers the writes of many conversations into bulk requests (RFC 7644 section 3.7).

Only where the target advertises it and the user allows it. The conversations do not know: each asks
and is answered as without. A bulk request that did not come back leaves every write in it with an
unknown outcome, and each conversation reads back what became of its own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote

import msgspec

from looop_gui.model.provisioning_log import WireExchange
from looop_gui.scim.messages import (
    BULK_REQUEST,
    FailureKind,
    JsonObject,
    ScimRequest,
    ScimResponse,
)
from looop_gui.services.clock import Clock
from looop_gui.services.cycle_asking import OnExchange, Sender, StoppedError, Traffic

GATHER_SECONDS = 0.002
"""How long a write waits for others to go with it."""

ENVELOPE = 200
"""Bytes of an operation besides its data, at most."""

MOST_OPERATIONS = 100
CONFIGURATION = ScimRequest("GET", "/ServiceProviderConfig")


@dataclass(frozen=True, slots=True)
class BulkLimits:
    """What the target takes in one bulk request: operations, and bytes of the body."""

    operations: int
    payload: int


@dataclass(slots=True)
class _Waiting:
    request: ScimRequest
    data: bytes
    future: "asyncio.Future[ScimResponse]"
    on_exchange: OnExchange | None
    attempt: int


async def bulk_limits(sender: Sender) -> BulkLimits | None:
    """What the target advertises, or None where it has no bulk (RFC 7643 section 5)."""
    response = await sender.send(CONFIGURATION)
    body = response.body if response.ok else None
    bulk = body.get("bulk") if isinstance(body, dict) else None
    if not isinstance(bulk, dict) or bulk.get("supported") is not True:
        return None
    operations, payload = bulk.get("maxOperations"), bulk.get("maxPayloadSize")
    if not isinstance(operations, int) or not isinstance(payload, int) or operations < 2:
        return None
    return BulkLimits(min(operations, MOST_OPERATIONS), payload)


@dataclass(slots=True)
class BulkSender:
    """Sends writes together and everything else as it is; `traffic` learns how much that saved.

    `slot` is waited for before each request with writes; more are gathered meanwhile.
    """

    sender: Sender
    limits: BulkLimits
    clock: Clock
    traffic: Traffic = field(default_factory=Traffic)
    slot: Callable[[], Awaitable[None]] | None = None
    _in_turn: bool = False
    _waiting: list[_Waiting] = field(default_factory=list)
    _size: int = 0
    _due: bool = False
    _flushing: "set[asyncio.Task[None]]" = field(default_factory=set)

    def send(
        self,
        request: ScimRequest,
        *,
        timeout: float | None = None,
        attempt: int = 1,
        on_exchange: OnExchange | None = None,
    ) -> Awaitable[ScimResponse]:
        """The answer to this request, by itself or out of a bulk response."""
        if not request.writes:
            return self.sender.send(
                request, timeout=timeout, attempt=attempt, on_exchange=on_exchange
            )
        data = msgspec.json.encode(request.body)
        future: asyncio.Future[ScimResponse] = asyncio.get_running_loop().create_future()
        waiting = _Waiting(request, data, future, on_exchange, attempt)
        if len(data) > self.limits.payload // 4:
            return self._in_own_turn(waiting, timeout)
        self._waiting.append(waiting)
        self._size += len(data) + ENVELOPE
        if self._in_turn or self._due:
            pass  # what is about to be sent takes this along
        elif self._is_full():
            self._due = True
            self._start(0.0)
        elif len(self._waiting) == 1:
            self._start(GATHER_SECONDS)
        return future

    async def _in_own_turn(self, waiting: _Waiting, seconds: float | None) -> ScimResponse:
        """Send a write that is too large for others beside it."""
        if self.slot is not None:
            await self.slot()
        return await self.sender.send(
            waiting.request,
            timeout=seconds,
            attempt=waiting.attempt,
            on_exchange=waiting.on_exchange,
        )

    def _is_full(self) -> bool:
        full = len(self._waiting) >= self.limits.operations
        return full or self._size > self.limits.payload // 2

    def _fitting(self) -> int:
        """How many of those that wait fit into one request."""
        size = 0
        for number, waiting in enumerate(self._waiting[: self.limits.operations]):
            size += len(waiting.data) + ENVELOPE
            if number and size > self.limits.payload * 3 // 4:
                return number
        return self.limits.operations

    def _start(self, seconds: float) -> None:
        task = asyncio.create_task(self._flush(seconds))
        self._flushing.add(task)
        task.add_done_callback(self._flushing.discard)

    async def _flush(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._due = False
        if self.slot is not None and not await self._took_slot(self.slot):
            return
        batch = self._waiting[: self._fitting()]
        del self._waiting[: len(batch)]
        self._size -= sum(len(waiting.data) + ENVELOPE for waiting in batch)
        if self._waiting:
            self._due = self._is_full()
            self._start(0.0 if self._due else GATHER_SECONDS)
        try:
            if len(batch) == 1:
                await self._alone(batch[0])
            elif batch:
                await self._together(batch)
        except BaseException as error:
            # Nobody waits for this task: whoever waits for an answer is to be told.
            for waiting in batch:
                if not waiting.future.done():
                    waiting.future.set_exception(error)
            if isinstance(error, Exception):
                return
            raise

    async def _took_slot(self, slot: Callable[[], Awaitable[None]]) -> bool:
        """Wait for the turn; False when the cycle was stopped and nothing is sent any more."""
        if self._in_turn or not self._waiting:
            return False
        self._in_turn = True
        try:
            await slot()
        except StoppedError as stopped:
            for waiting in self._waiting:
                if not waiting.future.done():
                    waiting.future.set_exception(stopped)
            self._waiting.clear()
            self._size = 0
            return False
        finally:
            self._in_turn = False
        return True

    async def _alone(self, waiting: _Waiting) -> None:
        response = await self.sender.send(
            waiting.request, attempt=waiting.attempt, on_exchange=waiting.on_exchange
        )
        _answer(waiting, response)

    async def _together(self, batch: list[_Waiting]) -> None:
        started, began = self.clock.now(), self.clock.monotonic()
        # A bulk request as a whole belongs to no object, and is not recorded.
        response = await self.sender.send(_bulk_request(batch))
        self.traffic.saved += len(batch) - 1
        milliseconds = (self.clock.monotonic() - began) * 1000
        answers = _answers(response, [waiting.request for waiting in batch])
        for waiting, answer in zip(batch, answers, strict=True):
            own = _own_response(waiting.request, response, answer)
            if waiting.on_exchange is not None:
                waiting.on_exchange(_exchange(waiting, own, started, milliseconds))
            _answer(waiting, own)


def _bulk_request(batch: list[_Waiting]) -> ScimRequest:
    operations: list[JsonObject] = []
    for number, waiting in enumerate(batch):
        request = waiting.request
        operation: JsonObject = {
            "method": request.method,
            "bulkId": str(number),
            "path": request.path,
        }
        if request.body is not None:
            operation["data"] = msgspec.Raw(waiting.data)
        operations.append(operation)
    return ScimRequest("POST", "/Bulk", body={"schemas": [BULK_REQUEST], "Operations": operations})


def _answers(
    response: ScimResponse, requests: Sequence[ScimRequest]
) -> Sequence[JsonObject | None]:
    """The result of each write of a bulk request; None where the response has none for it.

    A result has a bulkId only of a POST for certain (RFC 7644 section 3.7). One without is known
    by method and location, or by its place where there are as many results as writes.
    """
    body = response.body
    operations = body.get("Operations") if response.ok and isinstance(body, dict) else None
    if not isinstance(operations, list):
        return [None] * len(requests)
    results = [one for one in operations if isinstance(one, dict)]
    by_id = {str(one["bulkId"]): one for one in results if one.get("bulkId") is not None}
    nameless = [one for one in results if one.get("bulkId") is None]
    in_order = len(results) == len(operations) == len(requests)
    answers: list[JsonObject | None] = []
    for number, request in enumerate(requests):
        answer = by_id.get(str(number))
        if answer is None:
            answer = next((one for one in nameless if _is_of(one, request)), None)
            if answer is None and in_order and _may_be_of(results[number], request):
                answer = results[number]
            nameless = [one for one in nameless if one is not answer]
        answers.append(answer)
    return answers


def _is_of(result: JsonObject, request: ScimRequest) -> bool:
    """True for a result without a bulkId that names the resource of this request."""
    location = result.get("location")
    named = isinstance(location, str) and unquote(location).rstrip("/").endswith(request.path)
    return named and request.method != "POST" and _has_method(result, request)


def _may_be_of(result: JsonObject, request: ScimRequest) -> bool:
    """True for a result that names nothing but perhaps the method."""
    names = result.get("bulkId") is not None or result.get("location") is not None
    return not names and _has_method(result, request)


def _has_method(result: JsonObject, request: ScimRequest) -> bool:
    return str(result.get("method") or request.method).upper() == request.method


def _own_response(
    request: ScimRequest, whole: ScimResponse, answer: JsonObject | None
) -> ScimResponse:
    """What a bulk response means for one of its writes; without a result it is not known."""
    if answer is None:
        if not whole.ok:
            return whole
        return ScimResponse(
            0,
            failure=FailureKind.CONNECTION_LOST,
            failure_text="The bulk response has no result for this operation.",
        )
    status, body = _status(answer), answer.get("response")
    if request.method == "POST" and body is None and 200 <= status < 300:
        identifier = str(answer.get("location", "")).rstrip("/").rpartition("/")[2]
        body = {**request.body, "id": identifier} if identifier and request.body else None
    return ScimResponse(status, body=body)


def _status(answer: JsonObject) -> int:
    try:
        return int(answer.get("status", 0))
    except (TypeError, ValueError):
        return 0


def _answer(waiting: _Waiting, response: ScimResponse) -> None:
    if not waiting.future.done():
        waiting.future.set_result(response)


def _exchange(
    waiting: _Waiting, response: ScimResponse, started: datetime, milliseconds: float
) -> WireExchange:
    """The record of one operation of a bulk request."""
    body: Any = response.body
    return WireExchange(
        method=waiting.request.method,
        url=f"/Bulk: {waiting.request.path}",
        request_headers=(),
        request_body=waiting.data.decode(),
        status=response.status,
        response_headers=(),
        response_body=msgspec.json.encode(body).decode() if body is not None else "",
        started=started,
        duration_milliseconds=round(milliseconds, 3),
        attempt=waiting.attempt,
        failure=response.failure_text,
    )
