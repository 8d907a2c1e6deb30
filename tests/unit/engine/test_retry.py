"""Which requests are sent again, and when."""

from datetime import UTC, datetime

import pytest

from looop_gui.engine.retry import (
    RetryPolicy,
    asks_for_too_long,
    cannot_tell,
    has_answered,
    may_have_arrived,
    may_retry,
    outcome_is_unknown,
    retry_after,
    retry_delay,
)
from looop_gui.scim.messages import FailureKind, ScimRequest, ScimResponse

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
READ, WRITE = ScimRequest("GET", "/Users/1"), ScimRequest("POST", "/Users", body={})


class Middle:
    """Always the middle of the range."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


def lost(kind: FailureKind) -> ScimResponse:
    return ScimResponse(0, failure=kind)


@pytest.mark.parametrize(
    ("response", "read", "write"),
    [
        (ScimResponse(429), True, True),
        (ScimResponse(503), True, True),
        (ScimResponse(502), True, False),
        (ScimResponse(504), True, False),
        (ScimResponse(500), False, False),
        (ScimResponse(400), False, False),
        (lost(FailureKind.CONNECT), True, True),
        (lost(FailureKind.NAME_RESOLUTION), True, True),
        (lost(FailureKind.TIMEOUT), True, False),
        (lost(FailureKind.CONNECTION_LOST), True, False),
        (lost(FailureKind.CERTIFICATE), False, False),
    ],
)
def test_a_write_is_repeated_only_when_it_cannot_have_happened(
    response: ScimResponse, read: bool, write: bool
) -> None:
    assert may_retry(READ, response) is read
    assert may_retry(WRITE, response) is write


def test_a_write_without_an_answer_has_an_unknown_outcome() -> None:
    assert outcome_is_unknown(WRITE, lost(FailureKind.TIMEOUT))
    assert outcome_is_unknown(WRITE, ScimResponse(504))
    assert not outcome_is_unknown(WRITE, lost(FailureKind.CONNECT))
    assert not outcome_is_unknown(READ, lost(FailureKind.TIMEOUT))


@pytest.mark.parametrize(
    ("response", "arrived", "untold", "there"),
    [
        (ScimResponse(200), False, False, True),
        (ScimResponse(404), False, False, True),
        (ScimResponse(429), False, True, True),
        (ScimResponse(500), True, True, True),
        (ScimResponse(501), False, True, True),
        (ScimResponse(502), True, True, False),
        (ScimResponse(503), True, True, False),
        (ScimResponse(503, {"retry-after": "1"}), True, True, True),
        (ScimResponse(504), True, True, False),
        (ScimResponse(599), True, True, True),
        (lost(FailureKind.TIMEOUT), False, True, False),
    ],
)
def test_what_an_answer_says_of_a_write_of_a_read_and_of_the_target(
    response: ScimResponse, arrived: bool, untold: bool, there: bool
) -> None:
    assert may_have_arrived(response) is arrived
    assert cannot_tell(response) is untold
    assert has_answered(response) is there


def test_delays_double_up_to_the_longest() -> None:
    policy = RetryPolicy(attempts=8, first_delay=1.0, longest_delay=6.0)

    delays = [retry_delay(n, ScimResponse(503), NOW, Middle(), policy) for n in range(1, 9)]

    assert delays == [0.75, 1.5, 3.0, 4.5, 4.5, 4.5, 4.5, None]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("Tue, 24 Nov 2026 12:00:30 GMT", 30.0),
        ("Tue, 24 Nov 2026 11:59:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("-3", None),
    ],
)
def test_retry_after_is_read_in_both_forms(text: str, seconds: float | None) -> None:
    assert retry_after(ScimResponse(429, {"retry-after": text}), NOW) == seconds


def test_the_target_is_given_at_least_the_time_it_asked_for() -> None:
    response = ScimResponse(429, {"retry-after": "20"})

    delay = retry_delay(1, response, NOW, Middle())

    assert delay is not None
    assert delay >= 20.0


def test_a_retry_after_beyond_patience_ends_the_attempts() -> None:
    assert retry_delay(1, ScimResponse(429, {"retry-after": "86400"}), NOW, Middle()) is None


@pytest.mark.parametrize(
    "text",
    ["Mon, 24 Nov 99999999999999 08:00:00 GMT", "Mon, 24 Nov 2026 08:00:00 +99999999", "1e9", "٣"],
)
def test_a_retry_after_that_is_no_time_is_as_none(text: str) -> None:
    assert retry_after(ScimResponse(429, {"retry-after": text}), NOW) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"retry-after": "30"},
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) + 30)},
    ],
)
def test_githubs_403_asks_to_wait(headers: dict[str, str]) -> None:
    response = ScimResponse(403, headers)

    assert may_retry(WRITE, response)
    delay = retry_delay(1, response, NOW, Middle())
    assert delay is not None
    assert delay >= 30.0


def test_a_403_without_a_word_about_limits_is_a_refusal() -> None:
    assert not may_retry(READ, ScimResponse(403))


def test_a_pause_that_no_cycle_waits_for_is_told() -> None:
    policy = RetryPolicy()

    assert asks_for_too_long(ScimResponse(429, {"retry-after": "3600"}), NOW, policy) == 3600.0
    assert asks_for_too_long(ScimResponse(429, {"retry-after": "30"}), NOW, policy) is None
    assert asks_for_too_long(ScimResponse(200, {"retry-after": "3600"}), NOW, policy) is None
