"""Whether a request is sent again, and when: back-off with jitter, and what the target asks for.

A request that certainly did not reach the target may always be repeated. One whose outcome is
unknown (the connection was lost or timed out after sending) may be repeated only when it does not
write; a write with unknown outcome is the conversation's affair, which reads back first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from http import HTTPStatus
from typing import Final, NamedTuple, Protocol

from looop_gui.engine.rate_limits import asks_to_wait, retry_after
from looop_gui.scim.messages import FailureKind, ScimRequest, ScimResponse


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

    `throttled_attempts` count where the target asked to wait: it works, and says when it is free.
    `deadline` is for one attempt; None is the client's own.
    """

    attempts: int = 5
    throttled_attempts: int = 12
    first_delay: float = 0.5
    longest_delay: float = 30.0
    longest_retry_after: float = 300.0
    deadline: float | None = None


DEFAULT_RETRY_POLICY = RetryPolicy()
PROBE_POLICY = RetryPolicy(attempts=3, throttled_attempts=3, deadline=15.0)
"""For the question whether the target is there at all: nobody should wait long for the answer."""

BREAKER_LIMIT = 12
"""So many requests in a row without an answer open the circuit breaker."""


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
    if asks_to_wait(response):
        return True
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
    if response.status == 0 or not meaning_of(response.status).tells:
        return True
    return asks_to_wait(response)


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
    most = policy.throttled_attempts if asks_to_wait(response) else policy.attempts
    if attempt >= most:
        return None
    asked = retry_after(response, now)
    if asked is not None and asked > policy.longest_retry_after:
        return None
    ceiling = min(policy.longest_delay, policy.first_delay * 2 ** (attempt - 1))
    delay = random.uniform(ceiling / 2, ceiling)
    return delay if asked is None else asked + random.uniform(0.0, ceiling / 4)


def asks_for_too_long(response: ScimResponse, now: datetime, policy: RetryPolicy) -> float | None:
    """The seconds that a target asks to wait, if a cycle does not wait that long; else None."""
    if not asks_to_wait(response):
        return None
    asked = retry_after(response, now)
    return asked if asked is not None and asked > policy.longest_retry_after else None


def has_answered(response: ScimResponse) -> bool:
    """False when a response says nothing but that the target is not there at present."""
    if response.failure is not None:
        return False
    meaning = _MEANINGS.get(response.status)
    return meaning is None or meaning.there or asks_to_wait(response)
