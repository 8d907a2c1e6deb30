"""Asks the target on behalf of conversations: pace, back-off, Retry-After, counters, stop."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from looop_gui.engine.conversation import Conversation
from looop_gui.engine.retry import (
    DEFAULT_RETRY_POLICY,
    THROTTLED,
    RandomSource,
    RetryPolicy,
    may_retry,
    retry_delay,
)
from looop_gui.model.provisioning_log import WireExchange
from looop_gui.scim.messages import ScimRequest, ScimResponse
from looop_gui.services.clock import Clock

T = TypeVar("T")
OnExchange = Callable[[WireExchange], None]


class Sender(Protocol):
    """What `client.target.Target` is to a cycle: sends one request, gives one response."""

    async def send(
        self,
        request: ScimRequest,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - a deadline for the exchange as a whole
        attempt: int = 1,
        on_exchange: OnExchange | None = None,
    ) -> ScimResponse:
        """The response; trouble on the way is a response with status 0."""
        ...


class StoppedError(Exception):
    """The cycle was stopped; raised before a request is sent, never after."""


@dataclass(slots=True)
class Traffic:
    """Counters of what was asked; `milliseconds` is the time spent waiting for responses."""

    requests: int = 0
    writes: int = 0
    retries: int = 0
    throttled: int = 0
    milliseconds: float = 0.0


@dataclass(slots=True)
class Asking:
    """Sends the requests of all conversations of one cycle to one target.

    `requests_per_second` 0 means no ceiling. When the target throttles, all conversations wait as
    long as it asked, not only the one that met the answer.
    """

    sender: Sender
    clock: Clock
    random: RandomSource
    requests_per_second: float = 0.0
    policy: RetryPolicy = DEFAULT_RETRY_POLICY
    traffic: Traffic = field(default_factory=Traffic)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _next_slot: float = 0.0
    _not_before: float = 0.0

    async def converse(self, conversation: Conversation[T], on_exchange: OnExchange) -> T:
        """Carry a conversation to its end and give its result. Raises StoppedError."""
        try:
            request = next(conversation)
            while True:
                response = await self.ask(request, on_exchange)
                request = conversation.send(response)
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            conversation.close()

    async def ask(self, request: ScimRequest, on_exchange: OnExchange) -> ScimResponse:
        """Send a request, again where that does no harm. Raises StoppedError."""
        attempt = 1
        while True:
            await self._wait_for_turn()
            began = self.clock.monotonic()
            response = await self.sender.send(request, attempt=attempt, on_exchange=on_exchange)
            self._count(request, response, attempt, (self.clock.monotonic() - began) * 1000)
            if response.ok or not may_retry(request, response):
                return response
            delay = retry_delay(attempt, response, self.clock.now(), self.random, self.policy)
            if delay is None:
                return response
            if response.status == THROTTLED:
                self._not_before = max(self._not_before, self.clock.monotonic() + delay)
            else:
                await self._sleep(delay)
            attempt += 1

    async def _wait_for_turn(self) -> None:
        if self.stopping.is_set():
            raise StoppedError
        now = self.clock.monotonic()
        start = max(now, self._not_before)
        if self.requests_per_second > 0:
            start = max(start, self._next_slot)
            self._next_slot = start + 1.0 / self.requests_per_second
        if start > now:
            await self._sleep(start - now)

    async def _sleep(self, seconds: float) -> None:
        """Wait, but not longer than until the cycle is stopped. Raises StoppedError then."""
        waiting = asyncio.ensure_future(self.clock.sleep(seconds))
        stopping = asyncio.ensure_future(self.stopping.wait())
        try:
            await asyncio.wait((waiting, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            stopping.cancel()
        if self.stopping.is_set():
            raise StoppedError

    def _count(
        self, request: ScimRequest, response: ScimResponse, attempt: int, milliseconds: float
    ) -> None:
        traffic = self.traffic
        traffic.requests += 1
        traffic.writes += request.writes
        traffic.retries += attempt > 1
        traffic.throttled += response.status == THROTTLED
        traffic.milliseconds += milliseconds
