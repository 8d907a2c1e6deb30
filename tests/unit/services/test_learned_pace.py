"""The pace that is learnt from refusals settles at what a target takes."""

import pytest

from looop_gui.engine.rate_limits import Wall
from looop_gui.services.learned_pace import LearnedPace


def refusals_of(rate: float, requests: int) -> tuple[int, float]:
    """Refusals and seconds until a target that takes `rate` a second has taken `requests`."""
    pace, now, taken, refused = LearnedPace(), 0.0, 0, 0
    bucket, filled = 1.0, 0.0
    while taken < requests:
        bucket, filled = min(1.0 + rate, bucket + (now - filled) * rate), now
        if bucket >= 1.0:
            bucket -= 1.0
            taken += 1
            pace.answered(now, now)
        else:
            refused += 1
            pace.refused(now, now)
        now += max(pace.spacing(now), 0.01)
    return refused, now


@pytest.mark.parametrize("rate", [2.0, 10.0, 50.0])
def test_a_target_without_a_word_about_its_limit_is_asked_at_its_rate(rate: float) -> None:
    refused, seconds = refusals_of(rate, 400)

    assert refused < 60
    assert seconds < 400 / rate + 10


def test_refusals_of_one_round_count_once() -> None:
    pace = LearnedPace()
    for number in range(20):
        pace.answered(number / 20, number / 20)
    pace.refused(0.9, 1.0)
    once = pace.spacing(1.0)

    pace.refused(0.95, 1.0)

    assert pace.spacing(1.0) == once > 0.05


def test_the_way_to_a_wall_is_spread_until_it_is_filled_again() -> None:
    pace = LearnedPace()

    pace.approach(Wall(0.5, 3.0), 10.0)

    assert pace.spacing(11.0) == 0.5
    assert pace.spacing(13.0) == 0.0
