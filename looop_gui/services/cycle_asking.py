"""Asks the target on behalf of conversations: pace, back-off, Retry-After, counters, stop."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from looop_gui.engine.conversation import Conversation
from looop_gui.engine.rate_limits import (
    THROTTLED,
    UNAVAILABLE,
    asks_to_wait,
    retry_after,
    tells_wall,
    wall_ahead,
)
from looop_gui.engine.request_limits import Turns
from looop_gui.engine.retry import (
    DEFAULT_RETRY_POLICY,
    RandomSource,
    RetryPolicy,
    asks_for_too_long,
    has_answered,
    may_retry,
    retry_delay,
)
from looop_gui.model.provisioning_log import WireExchange
from looop_gui.scim.messages import ScimRequest, ScimResponse
from looop_gui.services.circuit_breaker import CircuitBreaker
from looop_gui.services.clock import Clock
from looop_gui.services.cycle_concurrency import AdaptiveConcurrency
from looop_gui.services.learned_pace import LearnedPace
from looop_gui.services.request_pace import UNLIMITED, RequestPace

T = TypeVar("T")
OnExchange = Callable[[WireExchange], None]
BeforeChange = Callable[[], Awaitable[None]]

CHANGING = frozenset({"PATCH", "PUT", "DELETE"})


class Sender(Protocol):
    """What `client.target.Target` is to a cycle: sends one request, gives one response."""

    def send(
        self,
        request: ScimRequest,
        *,
        timeout: float | None = None,
        attempt: int = 1,
        on_exchange: OnExchange | None = None,
    ) -> Awaitable[ScimResponse]:
        """The response; trouble on the way is a response with status 0."""
        ...


class StoppedError(Exception):
    """The cycle was stopped; raised before a request is sent, never after."""


@dataclass(slots=True)
class Traffic:
    """Counters of what was asked; `milliseconds` is the time spent waiting for responses.

    `requests` counts questions, `saved` how many of them went together with another one, so that
    `sent` is what was on the wire.
    """

    requests: int = 0
    saved: int = 0
    writes: int = 0
    retries: int = 0
    throttled: int = 0
    milliseconds: float = 0.0

    @property
    def sent(self) -> int:
        """The number of requests on the wire."""
        return self.requests - self.saved


class Asking:
    """Sends the requests of all conversations of one cycle to one target.

    They keep the pace together. When the target throttles, all conversations wait as
    long as it asked, not only the one that met the answer, and the pace that it takes is learnt.
    When it has not answered many requests in a row it is left alone for a while and tried again
    (circuit breaker). When that does not help, or when it asks for a pause that is too long for a
    cycle, `unanswered` says why and the cycle is stopped.

    The ceiling is of requests on the wire: a sender that gathers writes takes a slot for each
    request that it makes of them. The limits of an application count every write.
    """

    def __init__(
        self,
        sender: Sender,
        clock: Clock,
        random: RandomSource,
        *,
        pace: RequestPace = UNLIMITED,
        concurrency: int = 64,
        policy: RetryPolicy = DEFAULT_RETRY_POLICY,
        stopping: asyncio.Event | None = None,
        traffic: Traffic | None = None,
        gathers: bool = False,
    ) -> None:
        self.sender = sender
        self.traffic = traffic or Traffic()
        self.stopping = stopping or asyncio.Event()
        # People whose writes are gathered into one request wait for each other, too.
        self.concurrency = AdaptiveConcurrency(concurrency, searching=not gathers)
        self.unanswered = ""
        self._clock = clock
        self._random = random
        self._pace = pace
        self._policy = policy
        self._breaker = CircuitBreaker()
        self._learned = LearnedPace()
        self._next_slot = 0.0
        self._sending = 0
        self._turns = Turns(pace.allowances)
        self._unpaced = pace.requests_per_second <= 0 and not pace.allowances
        self._not_before = 0.0
        self._gathers = gathers

    async def converse(
        self,
        conversation: Conversation[T],
        on_exchange: OnExchange,
        policy: RetryPolicy | None = None,
        before_change: BeforeChange | None = None,
    ) -> T:
        """Carry a conversation to its end and give its result. Raises StoppedError.

        `before_change` is waited for before what is there is changed or deleted.
        """
        policy = policy or self._policy
        try:
            request = next(conversation)
            while True:
                if before_change is not None and request.method in CHANGING:
                    await before_change()
                response = await self._attempt(request, on_exchange, 1, policy)
                if not response.ok:
                    response = await self._again(request, response, on_exchange, policy)
                request = conversation.send(response)
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            conversation.close()

    async def ask(
        self, request: ScimRequest, on_exchange: OnExchange, policy: RetryPolicy | None = None
    ) -> ScimResponse:
        """Send a request, again where that does no harm. Raises StoppedError."""
        policy = policy or self._policy
        response = await self._attempt(request, on_exchange, 1, policy)
        return await self._again(request, response, on_exchange, policy)

    async def _again(
        self,
        request: ScimRequest,
        response: ScimResponse,
        on_exchange: OnExchange,
        policy: RetryPolicy,
    ) -> ScimResponse:
        """The last answer to a request, which is sent again as long as that may help."""
        attempt = 1
        while not response.ok and may_retry(request, response):
            delay = retry_delay(attempt, response, self._clock.now(), self._random, policy)
            if delay is None:
                break
            if retry_after(response, self._clock.now()) is not None and asks_to_wait(response):
                self._hold_back(self._clock.monotonic() + delay)
            else:
                await self._sleep(delay)
            attempt += 1
            response = await self._attempt(request, on_exchange, attempt, policy)
        return response

    async def _attempt(
        self, request: ScimRequest, on_exchange: OnExchange, attempt: int, policy: RetryPolicy
    ) -> ScimResponse:
        if not self.concurrency.enter_at_once():
            await self.concurrency.enter()
        try:
            if self.stopping.is_set():
                raise StoppedError
            delay = self._delay_of_turn(request)
            while delay > 0:
                await self._sleep(delay)
                # Meanwhile the target may have asked for a pause.
                delay = self._delay_of_turn(request) if self._is_held_back() else 0.0
            began = self._clock.monotonic()
            self._sending += 1
            try:
                response = await self.sender.send(
                    request, timeout=policy.deadline, attempt=attempt, on_exchange=on_exchange
                )
            finally:
                self._sending -= 1
        finally:
            self.concurrency.leave()
        ended = self._clock.monotonic()
        self._count(request, response, attempt, (ended - began) * 1000)
        self._learn(response, began, ended, policy)
        return response

    def _delay_of_turn(self, request: ScimRequest) -> float:
        """Seconds until a request may be sent; its turn is taken with that."""
        if self._unpaced and not (self._not_before or self._learned.learning):
            return 0.0
        now = self._clock.monotonic()
        start = max(now, self._not_before)
        if self._pace.writes or not request.writes:
            start = self._turn(request, start)
        return start - now

    async def wait_for_slot(self) -> None:
        """Wait until one more request is below the ceiling. Raises StoppedError."""
        if self.stopping.is_set():
            raise StoppedError
        now = self._clock.monotonic()
        start = self._slot(max(now, self._not_before))
        if start > now:
            await self._sleep(start - now)

    def _turn(self, request: ScimRequest, earliest: float) -> float:
        by_itself = not (self._gathers and request.writes)
        return self._turns.next(request, self._slot(earliest) if by_itself else earliest)

    def _slot(self, earliest: float) -> float:
        ceiling = self._pace.requests_per_second
        spacing = 1.0 / ceiling if ceiling > 0 else 0.0
        if self._learned.learning:
            spacing = max(spacing, self._learned.spacing(self._clock.monotonic()))
        if not spacing:
            return earliest
        start = max(earliest, self._next_slot)
        self._next_slot = start + spacing
        return start

    def _hold_back(self, until: float) -> None:
        self._not_before = max(self._not_before, until)

    def _is_held_back(self) -> bool:
        # A loop's timer may wake a little before its time.
        return self._not_before > self._clock.monotonic() + 0.001

    async def _sleep(self, seconds: float) -> None:
        """Wait, but not longer than until the cycle is stopped. Raises StoppedError then."""
        waiting = asyncio.ensure_future(self._clock.sleep(seconds))
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

    def _learn(
        self, response: ScimResponse, began: float, ended: float, policy: RetryPolicy
    ) -> None:
        """Adapt to what the answer says of the target's state."""
        if not (response.ok or has_answered(response)):
            self.concurrency.throttled(began, ended)
            self._unanswered(response, began, ended)
            return
        if tells_wall(response):
            wall = wall_ahead(response, self._clock.now(), self._sending)
            if wall is not None:
                self._learned.approach(wall, ended)
                self._hold_back(ended + wall.spacing)
        if response.ok or not asks_to_wait(response):
            self._breaker.answered()
            self._learned.answered(began, ended)
            self.concurrency.answered(began, ended)
            return
        self._refused(response, began, ended, policy)

    def _refused(
        self, response: ScimResponse, began: float, ended: float, policy: RetryPolicy
    ) -> None:
        """The target asks for fewer requests, or for a pause."""
        self.concurrency.throttled(began, ended)
        if response.status != UNAVAILABLE:
            self._learned.refused(began, ended)
        asked = asks_for_too_long(response, self._clock.now(), policy)
        if asked is None:
            self._breaker.answered()
        elif self._breaker.refused(began):
            self._give_up(
                f"The target asks for a pause of {_duration(asked)} ({response.status},"
                " Retry-After), and answers nothing before."
            )

    def _unanswered(self, response: ScimResponse, began: float, ended: float) -> None:
        pause = self._breaker.unanswered(began, ended)
        if pause is None:
            reason = response.failure_text or f"It answers {response.status}."
            self._give_up(
                f"The target has not answered {self._breaker.silent} requests in a row. {reason}"
            )
        elif pause:
            self._hold_back(ended + pause)

    def _give_up(self, why: str) -> None:
        if not self.unanswered:
            self.unanswered = why
            self.stopping.set()


def _duration(seconds: float) -> str:
    """A long time in words: minutes up to two hours, then hours, then days."""
    for unit, name in ((86400, "days"), (3600, "hours")):
        if seconds >= 2 * unit:
            return f"{min(seconds, 1e12) / unit:.0f} {name}"
    return f"{seconds / 60:.0f} minutes"
