"""Answers whose body ends nowhere, or was announced and does not come, over a real socket.

The connection stays open each time: whoever waited for its end would wait for the deadline.
"""

import gzip
from typing import Any

import pytest

from looop_gui.client.limits import TargetLimits
from looop_gui.scim.messages import FailureKind, ScimRequest
from tests.unit.client.conftest import http
from tests.unit.client.test_target import target_at

CREATE = ScimRequest("POST", "/Users", body={"userName": "ann"})
READ = ScimRequest("GET", "/Users/1")
BULK = ScimRequest("POST", "/Bulk", body={"Operations": []})
PACKED = gzip.compress(b'{"id":"1"}', mtime=0)
HASTY = TargetLimits(body_seconds=0.05, read_seconds=20, total_seconds=20)
"""So little patience with a body's beginning that nothing else ends the wait in a test."""


def head(status: str, *lines: str) -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", *lines, "", "")).encode()


GZIP = "Content-Encoding: gzip"
EMPTY = {
    "no length": head("201 Created", "Location: /Users/1"),
    "no length, gzip": head("201 Created", GZIP),
    "a length and nothing, gzip": head("201 Created", GZIP, "Content-Length: 20"),
    "chunks that never come": head("201 Created", "Transfer-Encoding: chunked"),
    "length 0, gzip": head("201 Created", GZIP, "Content-Length: 0"),
    "no chunks, gzip": head("201 Created", GZIP, "Transfer-Encoding: chunked") + b"0\r\n\r\n",
    "nothing packed": http(gzip.compress(b"", mtime=0), 201, headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("answer", EMPTY.values(), ids=EMPTY)
async def test_a_write_that_is_answered_without_a_body_is_answered(
    server: Any, answer: bytes
) -> None:
    answers = server(answer, http('{"id":"2"}'))
    async with answers as script, target_at(script.url, limits=HASTY) as target:
        response = await target.send(CREATE)
        following = await target.send(READ)

    assert (response.status, response.body, response.failure) == (201, None, None)
    # What may still come on that connection is not taken for the next answer.
    assert following.body == {"id": "2"}


@pytest.mark.parametrize("answer", [head("205 Reset"), head("205 Reset", GZIP)])
async def test_reset_content_has_no_body(server: Any, answer: bytes) -> None:
    async with server(answer) as script, target_at(script.url) as target:
        response = await target.send(CREATE)

    assert (response.status, response.failure) == (205, None)


@pytest.mark.parametrize("request_", [CREATE, READ, BULK], ids=["create", "read", "bulk"])
@pytest.mark.parametrize(
    "answer",
    [head("200 OK") + b'{"id":"1"}\r\n', head("200 OK", GZIP) + PACKED],
    ids=["plain", "gzip"],
)
async def test_a_body_without_an_end_ends_where_its_json_does(
    server: Any, answer: bytes, request_: ScimRequest
) -> None:
    async with server(answer) as script, target_at(script.url) as target:
        response = await target.send(request_)

    assert (response.status, response.body) == (200, {"id": "1"})


@pytest.mark.parametrize("request_", [READ, BULK], ids=["read", "bulk"])
async def test_what_tells_by_its_body_alone_is_waited_for(
    server: Any, request_: ScimRequest
) -> None:
    async with server(head("200 OK")) as script, target_at(script.url, limits=HASTY) as target:
        response = await target.send(request_, timeout=0.3)

    assert response.failure is FailureKind.TIMEOUT


async def test_a_body_that_has_begun_is_waited_for(server: Any) -> None:
    begun = head("201 Created", "Content-Length: 10") + b'{"id":'

    async with server(begun) as script, target_at(script.url, limits=HASTY) as target:
        response = await target.send(CREATE, timeout=0.3)

    assert response.failure is FailureKind.TIMEOUT


async def test_a_body_without_an_end_has_a_limit(server: Any) -> None:
    limits = TargetLimits(response_bytes=1_000)
    endless = head("200 OK") + b"[" + b"1," * 1_000

    async with server(endless) as script, target_at(script.url, limits=limits) as target:
        response = await target.send(READ)

    assert response.failure is FailureKind.TOO_LARGE
