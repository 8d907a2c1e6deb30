"""Each write of a bulk request gets its own result, however the target names it (RFC 7644 3.7)."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from looop_gui.scim.messages import BULK_RESPONSE, ScimRequest, ScimResponse
from looop_gui.services.cycle_bulk import BulkLimits, BulkSender
from tests.unit.services.test_cycle_asking import Clock

PATCHES = [ScimRequest("PATCH", f"/Groups/g {one}", body={"one": one}) for one in range(3)]
DELETE = ScimRequest("DELETE", "/Groups/g 0")
POST = ScimRequest("POST", "/Users", body={"userName": "ann"})

Operation = dict[str, Any]
Answering = Callable[[list[Operation]], list[Any]]


async def results(answering: Answering, *requests: ScimRequest) -> list[ScimResponse]:
    """What each request is told when the target answers a bulk request like this."""

    class Target:
        async def send(self, request: ScimRequest, **_: object) -> ScimResponse:
            assert isinstance(request.body, dict)
            operations = answering(request.body["Operations"])
            return ScimResponse(200, body={"schemas": [BULK_RESPONSE], "Operations": operations})

    sender = BulkSender(Target(), BulkLimits(10, 1_000_000), Clock())
    return list(await asyncio.gather(*(sender.send(one) for one in requests)))


def named_by_location(operations: list[Operation]) -> list[Any]:
    """As scimmy answers: a bulkId for a POST alone. In another order, with escaped locations."""
    return [
        {
            "method": one["method"],
            "location": "https://tenant.example/scim" + one["path"].replace(" ", "%20"),
            "status": "200" if one["method"] == "PATCH" else "204",
        }
        for one in reversed(operations)
    ]


def named_by_place(operations: list[Operation]) -> list[Any]:
    return [{"status": str(200 + number)} for number, _ in enumerate(operations)]


async def test_a_result_without_a_bulk_id_is_known_by_its_location() -> None:
    answers = await results(named_by_location, *PATCHES, DELETE)

    assert [answer.status for answer in answers] == [200, 200, 200, 204]


async def test_results_that_name_nothing_are_known_by_their_place() -> None:
    answers = await results(named_by_place, *PATCHES)

    assert [answer.status for answer in answers] == [200, 201, 202]


@pytest.mark.parametrize(
    "answering",
    [
        lambda operations: named_by_place(operations)[1:],
        lambda operations: [
            {"location": f"/scim/Groups/other {number}", "status": "200"}
            for number, _ in enumerate(operations)
        ],
        lambda operations: [
            {"method": "DELETE", "location": one["path"], "status": "204"} for one in operations
        ],
        lambda operations: ["200" for _ in operations],
        lambda operations: [{"bulkId": "77", "status": "200"} for _ in operations],
    ],
)
async def test_a_write_without_a_result_of_its_own_is_not_known(answering: Answering) -> None:
    for answer in await results(answering, *PATCHES):
        assert (answer.status, answer.failure_text) == (
            0,
            "The bulk response has no result for this operation.",
        )


async def test_two_writes_of_one_resource_are_answered_in_their_order() -> None:
    def answering(operations: list[Operation]) -> list[Any]:
        return [
            {"method": "PATCH", "location": one["path"], "status": str(400 + number)}
            for number, one in enumerate(operations)
        ]

    answers = await results(answering, PATCHES[0], PATCHES[0])

    assert [answer.status for answer in answers] == [400, 401]


async def test_a_create_is_known_by_its_bulk_id_alone() -> None:
    def answering(operations: list[Operation]) -> list[Any]:
        return [{"method": "POST", "location": "/Users/7", "status": "201"} for _ in operations]

    answers = await results(answering, POST, PATCHES[0])

    assert [answer.status for answer in answers] == [0, 0]
