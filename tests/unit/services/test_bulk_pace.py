"""The pace of writes that go together: the ceiling counts requests, a known limit each write."""

import asyncio
from random import Random

import pytest

from looop_gui.engine.request_limits import ALLOWANCES, Turns
from looop_gui.model.connection import RequestLimits
from looop_gui.scim.messages import BULK_RESPONSE, ScimRequest, ScimResponse
from looop_gui.services.cycle_asking import Asking, StoppedError
from looop_gui.services.cycle_bulk import BulkLimits, BulkSender
from looop_gui.services.request_pace import RequestPace
from tests.unit.services.test_cycle_asking import Clock

READ = ScimRequest("GET", "/Users/1")


class BulkTarget:
    """Takes bulk requests; notes when each request came, and with how many writes."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.came: list[tuple[float, int]] = []

    async def send(self, request: ScimRequest, **_: object) -> ScimResponse:
        bulk = request.path == "/Bulk" and isinstance(request.body, dict)
        operations = request.body["Operations"] if bulk else [{}]
        self.came.append((round(self.clock.seconds, 6), len(operations)))
        if not bulk:
            return ScimResponse(200, body={})
        results = [{"bulkId": one["bulkId"], "status": "200"} for one in operations]
        return ScimResponse(200, body={"schemas": [BULK_RESPONSE], "Operations": results})


def opened(pace: RequestPace, limits: BulkLimits) -> tuple[Asking, BulkTarget]:
    clock = Clock()
    target = BulkTarget(clock)
    sender = BulkSender(target, limits, clock)
    asking = Asking(sender, clock, Random(1), pace=pace, concurrency=500, gathers=True)
    sender.slot = asking.wait_for_slot
    return asking, target


def writes(number: int, size: int = 10) -> list[ScimRequest]:
    body = {"schemas": [], "displayName": "x" * size}
    return [ScimRequest("PATCH", f"/Users/{one}", body=body) for one in range(number)]


async def ask_all(asking: Asking, requests: list[ScimRequest]) -> list[ScimResponse]:
    return await asyncio.gather(*(asking.ask(one, print) for one in requests))


async def test_the_ceiling_counts_a_bulk_request_as_the_one_request_that_it_is() -> None:
    asking, target = opened(RequestPace(2.0), BulkLimits(10, 1_000_000))

    answers = await ask_all(asking, writes(30))

    assert {answer.status for answer in answers} == {200}
    assert target.came == [(0.0, 10), (0.5, 10), (1.0, 10)]
    await asking.ask(READ, print)
    assert target.came[-1] == (1.5, 1)


async def test_what_is_gathered_while_it_waits_keeps_the_size_that_the_target_takes() -> None:
    asking, target = opened(RequestPace(2.0), BulkLimits(100, 4_000))

    await ask_all(asking, writes(20, 500))

    assert sum(number for _, number in target.came) == 20
    assert max(number for _, number in target.came) <= 4
    times = [time for time, _ in target.came]
    assert times == pytest.approx([0.5 * number for number in range(len(times))])


async def test_a_write_too_large_for_others_beside_it_has_its_own_turn() -> None:
    asking, target = opened(RequestPace(2.0), BulkLimits(100, 4_000))

    for request in writes(3, 2_000):
        await asking.ask(request, print)

    assert target.came == [(0.0, 1), (0.5, 1), (1.0, 1)]


async def test_each_write_counts_for_the_limits_of_an_application() -> None:
    pace = RequestPace(0.0, ALLOWANCES[RequestLimits.SLACK])
    asking, target = opened(pace, BulkLimits(10, 1_000_000))

    await ask_all(asking, writes(20))
    await asking.ask(writes(1)[0], print)

    assert [time for time, _ in target.came[:-1]] == [0.0, 0.0]
    assert target.came[-1] == (pytest.approx(20 / 3), 1)


async def test_nothing_is_sent_any_more_once_the_cycle_is_stopped() -> None:
    asking, target = opened(RequestPace(2.0), BulkLimits(10, 1_000_000))
    await ask_all(asking, writes(10))
    asking.stopping.set()

    results = await asyncio.gather(
        *(asking.sender.send(one) for one in writes(5)), return_exceptions=True
    )

    assert [type(one) for one in results] == [StoppedError] * 5
    assert target.came == [(0.0, 10)]


@pytest.mark.parametrize(
    ("limits", "request_", "count", "seconds"),
    [
        (RequestLimits.SLACK, ScimRequest("PATCH", "/Groups/1", body={}), 80, 80 / 3),
        (RequestLimits.SLACK, ScimRequest("POST", "/Groups", body={}), 20, 20 / 3),
        (RequestLimits.SLACK, ScimRequest("GET", "/Users/1"), 300, 60),
        (RequestLimits.SLACK, ScimRequest("GET", "/Users"), 1000, 60),
        (RequestLimits.MIRO, ScimRequest("GET", "/Groups"), 5, 30),
        (RequestLimits.MIRO, ScimRequest("GET", "/Groups/1"), 20, 30),
        (RequestLimits.MIRO, ScimRequest("PUT", "/Users/1", body={}), 100, 30),
        (RequestLimits.MIRO, ScimRequest("PATCH", "/Groups/1", body={"x": "y" * 500}), 5, 30),
        (RequestLimits.MIRO, ScimRequest("PATCH", "/Groups/1", body={"x": "y" * 400}), 100, 30),
        (RequestLimits.GITHUB, ScimRequest("POST", "/Users", body={}), 1000, 3600),
    ],
)
def test_the_figures_of_the_vendors(
    limits: RequestLimits, request_: ScimRequest, count: int, seconds: float
) -> None:
    turns = Turns(ALLOWANCES[limits])

    moments = [turns.next(request_, 0.0) for _ in range(count + 1)]

    assert moments[count - 1] == 0.0
    assert moments[count] == pytest.approx(seconds)
