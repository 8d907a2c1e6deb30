"""The faults themselves: each decides before a request is served or changes the answer after.

A fault draws from its own seeded `Random`, so that switching one on does not change the others.
Times are seconds of the injected clock.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil
from random import Random

from looop_gui.mockserver.fault_text import (
    FaultTextError,
    read_chance,
    read_count,
    read_distribution,
    read_duration,
    split_at,
)
from looop_gui.mockserver.http_messages import Delivery, HttpAnswer, HttpRequest, error_answer

SIGN_IN_PAGE = (
    b"<!DOCTYPE html><html><head><title>Sign in</title></head>"
    b"<body><h1>Sign in to continue</h1><form method='post'></form></body></html>"
)
BAD_GATEWAY_PAGE = (
    b"<html><head><title>502 Bad Gateway</title></head>"
    b"<body><center><h1>502 Bad Gateway</h1></center></body></html>"
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request as a fault sees it. `path` is below the base path; `now` is the clock's time."""

    request: HttpRequest
    path: str
    now: float
    wall: float

    @property
    def writes(self) -> bool:
        """True when the request may change resources."""
        method = self.request.method
        return method not in ("GET", "HEAD", "OPTIONS") and not self.path.endswith("/.search")


class Fault:
    """A way to misbehave. Without its own methods it does nothing."""

    def before(self, arrival: Arrival) -> HttpAnswer | None:
        """An answer that keeps the request from being served, or None."""
        return None

    def after(self, arrival: Arrival, answer: HttpAnswer) -> HttpAnswer:
        """The answer to give in place of the service's."""
        return answer

    def token_was_reset(self) -> None:
        """The tenant has a new token."""


@dataclass(slots=True)
class Latency(Fault):
    """Delays each answer."""

    draw: Callable[[Random], float]
    random: Random

    def after(self, arrival: Arrival, answer: HttpAnswer) -> HttpAnswer:
        """The same answer, later."""
        delay = answer.delivery.delay + self.draw(self.random)
        return _deliver(answer, replace(answer.delivery, delay=delay))


@dataclass(slots=True)
class Errors(Fault):
    """Answers some requests with an error at random, unserved."""

    status: int
    chance: float
    random: Random

    def before(self, arrival: Arrival) -> HttpAnswer | None:
        """The error, when chance has it."""
        return failure_answer(self.status) if self.random.random() < self.chance else None


@dataclass(slots=True)
class ErrorBurst(Fault):
    """Answers the last `length` of every `period` requests with an error, unserved."""

    status: int
    length: int
    period: int
    seen: int = 0

    def before(self, arrival: Arrival) -> HttpAnswer | None:
        """The error, during a burst."""
        position = self.seen % self.period
        self.seen += 1
        return failure_answer(self.status) if position >= self.period - self.length else None


@dataclass(slots=True)
class ResetBeforeWrite(Fault):
    """Breaks the connection of some writes before anything was changed."""

    chance: float
    random: Random

    def before(self, arrival: Arrival) -> HttpAnswer | None:
        """A reset, when chance has it."""
        if arrival.writes and self.random.random() < self.chance:
            return HttpAnswer(0, delivery=Delivery(reset=True))
        return None


@dataclass(slots=True)
class ResetAfterWrite(Fault):
    """Breaks the connection of some writes after they were applied."""

    chance: float
    random: Random

    def after(self, arrival: Arrival, answer: HttpAnswer) -> HttpAnswer:
        """A reset in place of a write's answer, when chance has it."""
        if arrival.writes and self.random.random() < self.chance:
            return _deliver(answer, replace(answer.delivery, reset=True))
        return answer


@dataclass(slots=True)
class SlowBody(Fault):
    """Lets the bodies of some answers drip."""

    bytes_per_second: float
    chance: float
    random: Random

    def after(self, arrival: Arrival, answer: HttpAnswer) -> HttpAnswer:
        """The same answer, slowly."""
        if self.random.random() >= self.chance:
            return answer
        slow = replace(answer.delivery, bytes_per_second=self.bytes_per_second)
        return _deliver(answer, slow)


@dataclass(slots=True)
class TruncatedBody(Fault):
    """Ends the connection in the middle of some bodies."""

    chance: float
    random: Random

    def after(self, arrival: Arrival, answer: HttpAnswer) -> HttpAnswer:
        """The first half of the body."""
        if not answer.body or self.random.random() >= self.chance:
            return answer
        return _deliver(answer, replace(answer.delivery, keep_bytes=len(answer.body) // 2))


@dataclass(slots=True)
class BrokenJson(Fault):
    """Sends some bodies whole by their length, but with their end missing."""

    chance: float
    random: Random

    def after(self, arrival: Arrival, answer: HttpAnswer) -> HttpAnswer:
        """A body that no JSON parser accepts."""
        if not answer.body or self.random.random() >= self.chance:
            return answer
        return replace(answer, body=answer.body[: len(answer.body) * 2 // 3])


@dataclass(slots=True)
class HtmlPage(Fault):
    """Sends a sign-in page with status 200 in place of some answers; the write was not applied."""

    chance: float
    random: Random

    def before(self, arrival: Arrival) -> HttpAnswer | None:
        """The page, when chance has it."""
        if self.random.random() < self.chance:
            return HttpAnswer(200, SIGN_IN_PAGE, media_type="text/html; charset=utf-8")
        return None


@dataclass(slots=True)
class TokenExpiry(Fault):
    """Refuses the token after so many requests, until it is reset."""

    requests: int
    seen: int = 0

    def before(self, arrival: Arrival) -> HttpAnswer | None:
        """401 once the token has served its time."""
        self.seen += 1
        if self.seen <= self.requests:
            return None
        challenge = 'Bearer realm="SCIM", error="invalid_token", error_description="expired"'
        return error_answer(
            401, "The token has expired.", headers=(("WWW-Authenticate", challenge),)
        )

    def token_was_reset(self) -> None:
        """A new token lasts as long again."""
        self.seen = 0


@dataclass(slots=True)
class Maintenance(Fault):
    """Answers 503 with Retry-After from `begins` to `ends` on the clock."""

    begins: float
    ends: float

    def before(self, arrival: Arrival) -> HttpAnswer | None:
        """503 within the window."""
        if not self.begins <= arrival.now < self.ends:
            return None
        left = max(1, ceil(self.ends - arrival.now))
        return error_answer(
            503, "The service is down for maintenance.", headers=(("Retry-After", str(left)),)
        )


@dataclass(slots=True)
class DiskFull(Fault):
    """Refuses every write after so many more, as a server whose disk is full."""

    writes: int
    seen: int = 0

    def before(self, arrival: Arrival) -> HttpAnswer | None:
        """507 once the disk is full; deleting still works."""
        if not arrival.writes or arrival.request.method == "DELETE":
            return None
        self.seen += 1
        if self.seen <= self.writes:
            return None
        return error_answer(507, "The server has no space left to keep this change.")


@dataclass(slots=True)
class EventualConsistency(Fault):
    """Hides a created resource from lists and filters for some seconds; read by the service."""

    seconds: float


def failure_answer(status: int) -> HttpAnswer:
    """An error as a broken service or the proxy in front of it gives it."""
    if status == 502:
        return HttpAnswer(502, BAD_GATEWAY_PAGE, media_type="text/html")
    headers = (("Retry-After", "1"),) if status == 503 else ()
    return error_answer(status, "The service met an unexpected condition.", headers=headers)


def _deliver(answer: HttpAnswer, delivery: Delivery) -> HttpAnswer:
    return replace(answer, delivery=delivery)


# How each is read from its text


def make_errors(text: str, random: Random) -> Errors:
    """Read "503@0.1"."""
    status, chance = split_at(text)
    return Errors(_read_status(status), read_chance(chance, 1.0), random)


def make_error_burst(text: str) -> ErrorBurst:
    """Read "503:5/50"."""
    status, _, shape = text.partition(":")
    length, _, period = shape.partition("/")
    burst = ErrorBurst(_read_status(status), read_count(length), read_count(period))
    if not 0 < burst.length <= burst.period:
        raise FaultTextError(f"'{text}' is not a burst; write for example 503:5/50.")
    return burst


def make_slow_body(text: str, random: Random) -> SlowBody:
    """Read "200@0.1": bytes a second and a chance."""
    speed, chance = split_at(text)
    rate = read_count(speed.strip().removesuffix("B/s"))
    return SlowBody(float(max(1, rate)), read_chance(chance, 1.0), random)


def make_maintenance(text: str, now: float) -> Maintenance:
    """Read "30s" (now, for so long) or "60s+30s" (after a minute, for so long)."""
    first, plus, second = text.partition("+")
    begins = now + (read_duration(first) if plus else 0.0)
    return Maintenance(begins, begins + read_duration(second if plus else first))


def make_latency(text: str, random: Random) -> Latency:
    """Read "50ms" or "lognormal:50ms"."""
    return Latency(read_distribution(text), random)


def _read_status(text: str) -> int:
    status = read_count(text)
    if not 400 <= status <= 599:
        raise FaultTextError(f"'{text}' is not an error status.")
    return status
