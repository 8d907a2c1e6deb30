"""What a target says of its limits is read in every form."""

from datetime import UTC, datetime

import pytest

from looop_gui.engine.rate_limits import Wall, retry_after, wall_ahead
from looop_gui.scim.messages import ScimResponse

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"ratelimit-remaining": "1", "ratelimit-reset": "10"}, 5.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(NOW.timestamp() + 9)}, 9.0),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(NOW.timestamp() + 9)}, 9.0),
        ({"x-rate-limit-remaining": "1", "x-rate-limit-reset": str(NOW.timestamp() * 1000)}, 0.0),
        ({"ratelimit": '"default";r=4;t=20'}, 4.0),
        ({"ratelimit": "limit=100, remaining=1, reset=6"}, 3.0),
        ({"ratelimit": '"default";r=50;t=30'}, 0.0),
        ({"ratelimit-remaining": "-1", "ratelimit-reset": "5"}, 5.0),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "86400"}, 60.0),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "-5"}, 0.0),
        ({"ratelimit-remaining": "nan", "ratelimit-reset": "5"}, 0.0),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "inf"}, 0.0),
        ({"ratelimit-remaining": "0"}, 0.0),
        ({"ratelimit": "soon"}, 0.0),
    ],
)
def test_what_is_left_before_the_wall_is_spread(headers: dict[str, str], seconds: float) -> None:
    wall = wall_ahead(ScimResponse(200, headers), NOW)

    assert (wall.spacing if wall else 0.0) == pytest.approx(seconds)


def test_requests_under_way_are_taken_from_what_is_left() -> None:
    headers = {"ratelimit-remaining": "12", "ratelimit-reset": "10"}

    assert wall_ahead(ScimResponse(200, headers), NOW) is None
    assert wall_ahead(ScimResponse(200, headers), NOW, 8) == Wall(2.0, 10.0)


def test_a_date_to_wait_for_is_counted_from_the_date_of_the_answer() -> None:
    headers = {
        "date": "Tue, 24 Nov 2026 12:15:00 GMT",
        "retry-after": "Tue, 24 Nov 2026 12:15:04 GMT",
    }

    assert retry_after(ScimResponse(429, headers), NOW) == 4.0
