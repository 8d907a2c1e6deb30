"""Whether a request is sent again, and when: back-off with jitter, and Retry-After in both forms.

A request that certainly did not reach the target may always be repeated. One whose outcome is
unknown (the connection was lost or timed out after sending) may be repeated only when it does not
write; a write with unknown outcome is the conversation's affair, which reads back first.
"""

import email.utils
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from http import HTTPStatus
from typing import Final, NamedTuple, Protocol

from looop_gui.scim.messages import FailureKind, ScimRequest, ScimResponse

THROTTLED = HTTPStatus.TOO_MANY_REQUESTS


class Done(Enum):
    """Whether a write was carried out that was answered so."""

    NO = "it was not"
    PERHAPS = "a failure is told, and before or after it the target may have written"
    UNKNOWN = "whoever answers does not know what the target did"


class StatusMeaning(NamedTuple):
    """What a status without success says.

    `tells`: it is an answer to the question, so that a read may be relied on. `there`: the target
    is there at present. `again`: the same request may do better a little later.
    """

    done: Done
    tells: bool = False
    there: bool = True
    again: bool = False


_REFUSAL = StatusMeaning(Done.NO, tells=True)
_SERVER_ERROR = StatusMeaning(Done.PERHAPS)
_MEANINGS: Final[Mapping[int, StatusMeaning]] = {
    HTTPStatus.TOO_MANY_REQUESTS: StatusMeaning(Done.NO, again=True),
    HTTPStatus.NOT_IMPLEMENTED: StatusMeaning(Done.NO),
    HTTPStatus.BAD_GATEWAY: StatusMeaning(Done.UNKNOWN, there=False, again=True),
    # A cache says so, too, when the answer to a write that it has passed on was lost.
    HTTPStatus.SERVICE_UNAVAILABLE: StatusMeaning(Done.PERHAPS, there=False, again=True),
    HTTPStatus.GATEWAY_TIMEOUT: StatusMeaning(Done.UNKNOWN, there=False, again=True),
}
"""RFC 9110 sections 15.5 and 15.6, RFC 6585 section 4; any other is a refusal below 500."""

NEVER_SENT = frozenset({FailureKind.NAME_RESOLUTION, FailureKind.CONNECT})
UNKNOWN_OUTCOME = frozenset(
    {FailureKind.TIMEOUT, FailureKind.CONNECTION_LOST, FailureKind.TOO_LARGE}
)


class RandomSource(Protocol):
    """The one method of `random.Random` that the core asks for; injected, so tests repeat."""

    def uniform(self, a: float, b: float) -> float:
        """A number between a and b."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how patiently; times in seconds.

    `deadline` is for one attempt; None is the client's own.
    """

    attempts: int = 5
    first_delay: float = 0.5
    longest_delay: float = 30.0
    longest_retry_after: float = 300.0
    deadline: float | None = None


DEFAULT_RETRY_POLICY = RetryPolicy()
PROBE_POLICY = RetryPolicy(attempts=3, deadline=15.0)
"""For the question whether the target is there at all: nobody should wait long for the answer."""

BREAKER_LIMIT = 12
"""So many requests in a row without an answer stop a cycle (circuit breaker)."""


def may_retry(request: ScimRequest, response: ScimResponse) -> bool:
    """True when sending the same request again can do no harm and may help.

    502 and 504 come from a gateway that may have passed a write on, so a write is not repeated on
    them; 429 and 503 say that the request was not carried out (RFC 9110 section 15.6.4).
    """
    if response.failure is not None:
        if response.failure in NEVER_SENT:
            return True
        return response.failure in UNKNOWN_OUTCOME and not request.writes
    meaning = meaning_of(response.status)
    return meaning.again and not (request.writes and meaning.done is Done.UNKNOWN)


def meaning_of(status: int) -> StatusMeaning:
    """What a status without success says; 0, that of no answer, is taken for a refusal."""
    other = _SERVER_ERROR if status >= HTTPStatus.INTERNAL_SERVER_ERROR else _REFUSAL
    return _MEANINGS.get(status, other)


def outcome_is_unknown(request: ScimRequest, response: ScimResponse) -> bool:
    """True when a write may or may not have been carried out."""
    if not request.writes:
        return False
    if response.failure is not None:
        return response.failure in UNKNOWN_OUTCOME
    return not response.ok and meaning_of(response.status).done is Done.UNKNOWN


def may_have_arrived(response: ScimResponse) -> bool:
    """True for an answer that does not rule out that a write was carried out.

    A target may fail after it has written, and a cache before it says 503 when the answer was lost.
    Only 501 says that nothing was done (RFC 9110 section 15.6.2).
    """
    return not response.ok and meaning_of(response.status).done is not Done.NO


def cannot_tell(response: ScimResponse) -> bool:
    """True for an answer to a read that says nothing of what was asked, and may do so later."""
    if response.ok:
        return False
    return response.status == 0 or not meaning_of(response.status).tells


def retry_delay(
    attempt: int,
    response: ScimResponse,
    now: datetime,
    random: RandomSource,
    policy: RetryPolicy = DEFAULT_RETRY_POLICY,
) -> float | None:
    """Seconds to wait before attempt number `attempt` + 1; None when that is enough.

    The target's Retry-After counts as a minimum. One that is longer than the policy allows ends
    the attempts: the object is then tried again in the next cycle.
    """
    if attempt >= policy.attempts:
        return None
    asked = retry_after(response, now)
    if asked is not None and asked > policy.longest_retry_after:
        return None
    ceiling = min(policy.longest_delay, policy.first_delay * 2 ** (attempt - 1))
    delay = random.uniform(ceiling / 2, ceiling)
    return delay if asked is None else asked + random.uniform(0.0, ceiling / 4)


def retry_after(response: ScimResponse, now: datetime) -> float | None:
    """Retry-After in seconds from now, whichever form it has (RFC 9110 section 10.2.3).

    None when it is absent or unreadable; never negative.
    """
    text = response.headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        return None
    return max(0.0, (moment - now).total_seconds())


def has_answered(response: ScimResponse) -> bool:
    """False when a response says nothing but that the target is not there at present."""
    if response.failure is not None:
        return False
    meaning = _MEANINGS.get(response.status)
    return meaning is None or meaning.there or asks_to_wait(response)


def asks_to_wait(response: ScimResponse) -> bool:
    """True when the target wants fewer requests, or none for a while."""
    if response.status == THROTTLED:
        return True
    return response.status == HTTPStatus.SERVICE_UNAVAILABLE and "retry-after" in response.headers


def wall_delay(response: ScimResponse, now: datetime) -> float:
    """Seconds to wait before the next request, so as not to run into the target's rate limit.

    Read from RateLimit-Remaining and RateLimit-Reset, with or without X-, or from the one field
    RateLimit (IETF draft-ietf-httpapi-ratelimit-headers, older and newer): what is left is spread
    over the time that is left.
    """
    remaining = _number(response, "ratelimit-remaining", "r", "remaining")
    if remaining is None or remaining >= NEAR_THE_WALL:
        return 0.0
    reset = _number(response, "ratelimit-reset", "t", "reset")
    if reset is None:
        return 0.0
    if reset > now.timestamp() / 2:
        reset = reset - now.timestamp()
    return max(0.0, min(reset, LONGEST_WALL_DELAY)) / (max(0.0, remaining) + 1)


def tells_wall(response: ScimResponse) -> bool:
    """True when a response has one of the fields that `wall_delay` reads."""
    return not _WALL_FIELDS.isdisjoint(response.headers)


_WALL_FIELDS = frozenset({"ratelimit-remaining", "x-ratelimit-remaining", "ratelimit"})
NEAR_THE_WALL = 10
LONGEST_WALL_DELAY = 60.0


def _number(response: ScimResponse, name: str, *parameters: str) -> float | None:
    """The number of a field, or of a parameter of RateLimit; None for what is no finite number."""
    text = response.headers.get(name) or response.headers.get(f"x-{name}") or ""
    whole = response.headers.get("ratelimit", "")
    for part in whole.replace(",", ";").split(";") if not text else ():
        key, _, value = part.partition("=")
        if key.strip().casefold() in parameters:
            text = value
            break
    try:
        number = float(text.partition(",")[0].partition(";")[0])
    except ValueError:
        return None
    return number if math.isfinite(number) else None
