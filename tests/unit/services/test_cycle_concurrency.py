"""The number of requests under way finds what is best for a target, by simulated answers."""

import heapq
from collections.abc import Callable

import pytest

from looop_gui.services.cycle_concurrency import AdaptiveConcurrency


def most_under_way(
    gate: AdaptiveConcurrency, seconds_of: Callable[[int], float], answers: int
) -> list[int]:
    """How many were under way at each of `answers` answers.

    A target answers a request after as many seconds as `seconds_of` says of the number under way.
    """
    now, under_way, ends, seen = 0.0, 0, [], []
    for _ in range(answers):
        while gate.enter_at_once():
            under_way += 1
            heapq.heappush(ends, (now + seconds_of(under_way), now))
        now, began = heapq.heappop(ends)
        seen.append(under_way)
        under_way -= 1
        gate.leave()
        gate.answered(began, now)
    return seen


@pytest.mark.parametrize("capacity", [1, 4, 16])
def test_a_target_that_slows_down_is_asked_no_more_than_it_can_do(capacity: int) -> None:
    gate = AdaptiveConcurrency(64, searching=True)

    seen = most_under_way(gate, lambda number: 0.06 * max(1, number / capacity) ** 3, 600)

    assert sorted(seen)[len(seen) // 2] <= 2 * capacity
    assert gate.limit in (capacity, 2 * capacity)


def test_a_target_that_is_equally_fast_for_all_is_asked_as_much_as_is_allowed() -> None:
    gate = AdaptiveConcurrency(32, searching=True)

    seen = most_under_way(gate, lambda _number: 0.2, 120)

    assert gate.limit == 32
    assert seen[-1] == 32


def test_short_answers_are_no_reason_to_hold_back() -> None:
    gate = AdaptiveConcurrency(64, searching=True)

    most_under_way(gate, lambda number: 0.0004 * number, 100)

    assert gate.limit == 64


def test_a_target_that_becomes_slower_is_asked_less() -> None:
    gate = AdaptiveConcurrency(8, searching=True)
    limits: list[int] = []

    def seconds_of(number: int) -> float:
        limits.append(gate.limit)
        slower = max(1, number / 2) ** 2 if len(limits) >= 200 else 1
        return 0.06 * slower + len(limits) / 1e6

    most_under_way(gate, seconds_of, 400)

    assert limits[199] == 8
    assert sorted(limits[200:])[100] <= 4


def test_refusals_of_one_round_halve_once() -> None:
    gate = AdaptiveConcurrency(16)

    for _ in range(8):
        gate.throttled(began=1.0, now=2.0)

    assert gate.limit == 8
    gate.throttled(began=2.5, now=3.0)
    assert gate.limit == 4
