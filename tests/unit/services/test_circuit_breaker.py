"""When a silent target is left alone, tried, and given up."""

from looop_gui.engine.retry import BREAKER_LIMIT
from looop_gui.services.circuit_breaker import FIRST_PAUSE, LONGEST_SILENCE, CircuitBreaker


def opened(breaker: CircuitBreaker, now: float) -> float | None:
    pause: float | None = 0.0
    for _ in range(BREAKER_LIMIT):
        pause = breaker.unanswered(now, now)
    return pause


def test_it_opens_after_a_row_of_silence_and_only_then() -> None:
    breaker = CircuitBreaker()

    assert [breaker.unanswered(0.0, 0.0) for _ in range(BREAKER_LIMIT - 1)] == [0.0] * (
        BREAKER_LIMIT - 1
    )
    assert breaker.unanswered(0.0, 0.0) == FIRST_PAUSE


def test_an_answer_between_begins_anew() -> None:
    breaker = CircuitBreaker()
    for _ in range(BREAKER_LIMIT - 1):
        breaker.unanswered(0.0, 0.0)

    breaker.answered()

    assert breaker.unanswered(1.0, 1.0) == 0.0


def test_each_try_that_fails_waits_twice_as_long_until_patience_ends() -> None:
    breaker = CircuitBreaker()
    now, pauses = 0.0, []
    pause = opened(breaker, now)
    while pause is not None:
        pauses.append(pause)
        now += pause
        pause = breaker.unanswered(now, now)

    assert pauses == [2.0, 4.0, 8.0, 16.0]
    assert now <= LONGEST_SILENCE


def test_what_was_under_way_when_it_opened_tries_nothing() -> None:
    breaker = CircuitBreaker()
    opened(breaker, 10.0)

    assert breaker.unanswered(9.0, 10.5) == FIRST_PAUSE - 0.5
    assert breaker.unanswered(12.0, 12.0) == 2 * FIRST_PAUSE


def test_a_target_that_lets_each_request_time_out_is_given_up_at_once() -> None:
    breaker = CircuitBreaker()
    pauses = [breaker.unanswered(0.0, 60.0 * number) for number in range(1, BREAKER_LIMIT + 1)]

    assert pauses[-1] is None
