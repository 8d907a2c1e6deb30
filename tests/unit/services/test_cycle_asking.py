"""Pace, back-off, adaptive concurrency and circuit breaker of a cycle's requests."""

import asyncio
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from looop_gui.engine.retry import BREAKER_LIMIT, RetryPolicy
from looop_gui.model.connection import (
    Application,
    Connection,
    ConnectionSettings,
    RequestLimits,
    SourceSettings,
    SourceType,
    TenantConnection,
)
from looop_gui.scim.messages import FailureKind, ScimRequest, ScimResponse
from looop_gui.services.circuit_breaker import LONGEST_SILENCE
from looop_gui.services.cycle_asking import Asking, StoppedError
from looop_gui.services.cycle_concurrency import AdaptiveConcurrency
from looop_gui.services.request_pace import RequestPace, pace_of

READ = ScimRequest("GET", "/Users/1")
WRITE = ScimRequest("PATCH", "/Users/1", body={})
GOOD = ScimResponse(200, body={})
LOST = ScimResponse(0, failure=FailureKind.TIMEOUT, failure_text="It did not answer.")


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 24, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)


class Target:
    """Answers from a list, the last answer for ever; notes when it was asked."""

    def __init__(self, clock: Clock, *answers: ScimResponse) -> None:
        self.clock, self.answers = clock, list(answers)
        self.asked: list[float] = []

    async def send(self, request: ScimRequest, **_: object) -> ScimResponse:
        self.asked.append(self.clock.seconds)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def asking() -> Callable[..., tuple[Asking, Target]]:
    def make(*answers: ScimResponse, **options: object) -> tuple[Asking, Target]:
        clock = Clock()
        target = Target(clock, *answers)
        return Asking(target, clock, Random(1), **options), target

    return make


async def test_a_read_is_repeated_until_it_is_answered(asking) -> None:
    ask, target = asking(LOST, ScimResponse(503), GOOD)

    assert await ask.ask(READ, print) is GOOD
    assert len(target.asked) == 3
    assert ask.traffic.retries == 2


async def test_a_write_with_unknown_outcome_is_not_repeated(asking) -> None:
    ask, target = asking(LOST, GOOD)

    assert await ask.ask(WRITE, print) is LOST
    assert len(target.asked) == 1


async def test_a_throttled_write_waits_as_long_as_it_was_asked_to(asking) -> None:
    ask, target = asking(ScimResponse(429, {"retry-after": "7"}), GOOD)

    assert await ask.ask(WRITE, print) is GOOD
    assert target.asked[1] >= 7.0
    assert ask.traffic.throttled == 1


async def test_patience_has_an_end(asking) -> None:
    ask, target = asking(ScimResponse(503), policy=RetryPolicy(attempts=3))

    assert (await ask.ask(READ, print)).status == 503
    assert len(target.asked) == 3


async def test_the_ceiling_is_kept(asking) -> None:
    ask, target = asking(GOOD, pace=RequestPace(10.0))

    for _ in range(5):
        await ask.ask(READ, print)

    assert target.asked == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4])


FILES = SourceSettings(SourceType.FILES, "directory")


async def test_the_limits_of_a_known_application_are_kept(asking) -> None:
    settings = ConnectionSettings(requests_per_second=0, request_limits=RequestLimits.SLACK)
    target = TenantConnection("https://api.slack.example/scim/v2")
    connection = Connection("c", "c", Application.GENERIC, target, FILES, settings)
    ask, asked = asking(GOOD, pace=pace_of(connection))
    write = ScimRequest("PATCH", "/Users/1")

    for _ in range(41):
        await ask.ask(write, print)
    await ask.ask(READ, print)

    assert asked.asked[19] == 0.0
    assert asked.asked[20] == pytest.approx(20 / 3)
    assert asked.asked[40:] == pytest.approx([40 / 3, 40 / 3])


async def test_a_dry_run_does_not_wait_for_what_it_does_not_send(asking) -> None:
    ask, target = asking(GOOD, pace=RequestPace(10.0, writes=False))

    for _ in range(5):
        await ask.ask(ScimRequest("PATCH", "/Users/1"), print)
        await ask.ask(READ, print)

    assert target.asked[-1] == pytest.approx(0.4)


def test_on_this_computer_there_is_no_limit() -> None:
    settings = ConnectionSettings(request_limits=RequestLimits.MIRO)
    target = TenantConnection("http://127.0.0.1:8080/scim/v2")

    pace = pace_of(Connection("c", "c", Application.GENERIC, target, FILES, settings))

    assert (pace.requests_per_second, pace.allowances) == (0.0, ())


async def test_it_slows_down_before_the_wall(asking) -> None:
    near = ScimResponse(200, {"ratelimit-remaining": "1", "ratelimit-reset": "8"}, body={})
    ask, target = asking(near)

    await ask.ask(READ, print)
    await ask.ask(READ, print)

    assert target.asked[1] == pytest.approx(4.0)


async def test_a_silent_target_stops_the_cycle(asking) -> None:
    ask, target = asking(LOST)

    async def go_on() -> None:
        while True:
            await ask.ask(READ, print)

    with pytest.raises(StoppedError):
        await go_on()

    assert len(target.asked) > BREAKER_LIMIT
    assert 20.0 < target.asked[-1] <= LONGEST_SILENCE
    assert "has not answered" in ask.unanswered


async def test_a_target_that_comes_back_is_gone_on_with(asking) -> None:
    silence = [ScimResponse(503)] * (BREAKER_LIMIT + 2)
    ask, target = asking(*silence, GOOD, policy=RetryPolicy(attempts=30, longest_delay=1.0))

    assert await ask.ask(READ, print) is GOOD

    assert target.asked[BREAKER_LIMIT] - target.asked[BREAKER_LIMIT - 1] >= 2.0
    assert target.asked[BREAKER_LIMIT + 1] - target.asked[BREAKER_LIMIT] >= 4.0
    assert ask.unanswered == ""


async def test_a_pause_of_an_hour_is_not_asked_away(asking) -> None:
    ask, target = asking(ScimResponse(429, {"retry-after": "3600"}))

    async def go_on() -> None:
        while True:
            await ask.ask(WRITE, print)

    with pytest.raises(StoppedError):
        await go_on()

    assert len(target.asked) == BREAKER_LIMIT
    assert ask.unanswered == (
        "The target asks for a pause of 60 minutes (429, Retry-After), and answers nothing before."
    )


async def test_a_refusal_slows_down_those_that_were_not_refused(asking) -> None:
    ask, target = asking(*[GOOD] * 4, ScimResponse(429), GOOD)

    for _ in range(12):
        await ask.ask(READ, print)

    spaces = [later - earlier for earlier, later in itertools.pairwise(target.asked)]
    assert max(spaces[:3]) == 0.0
    assert min(spaces[6:]) > 0.1


async def test_a_pause_asked_for_meanwhile_holds_who_waits_for_its_turn(asking) -> None:
    ask, target = asking(ScimResponse(429, {"retry-after": "7"}), GOOD, pace=RequestPace(2.0))
    ask.concurrency = AdaptiveConcurrency(8)

    await asyncio.gather(*(ask.ask(READ, print) for _ in range(4)))

    assert min(target.asked[1:]) >= 7.0


async def test_a_target_that_asks_to_wait_is_not_silent(asking) -> None:
    ask, _ = asking(ScimResponse(503, {"retry-after": "1"}), policy=RetryPolicy(attempts=30))

    await ask.ask(READ, print)

    assert ask.unanswered == ""


async def test_a_stop_ends_a_wait_at_once(asking) -> None:
    ask, _ = asking(ScimResponse(429, {"retry-after": "100"}), GOOD)
    ask._clock.sleep = lambda _seconds: asyncio.Event().wait()

    waiting = asyncio.create_task(ask.ask(READ, print))
    await asyncio.sleep(0)
    ask.stopping.set()

    with pytest.raises(StoppedError):
        await waiting


async def test_concurrency_halves_and_recovers() -> None:
    gate = AdaptiveConcurrency(16)

    gate.throttled()
    gate.throttled()
    assert gate.limit == 4
    for _ in range(200):
        gate.answered()
    assert gate.limit == 16
    for _ in range(10):
        gate.throttled()
    assert gate.limit == 1


async def test_no_more_than_the_limit_are_under_way() -> None:
    gate = AdaptiveConcurrency(3)
    under_way, most = 0, 0

    async def work() -> None:
        nonlocal under_way, most
        await gate.enter()
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        gate.leave()

    await asyncio.gather(*(work() for _ in range(50)))

    assert most == 3
