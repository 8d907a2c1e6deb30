"""Whatever bytes a target answers with, `send` gives a response and the next request works."""

import asyncio

from hypothesis import example, given, settings
from hypothesis import strategies as st

from looop_gui.client.authentication import BearerToken
from looop_gui.client.limits import TargetLimits
from looop_gui.client.target import Target
from looop_gui.model.connection import TenantConnection
from looop_gui.model.secret import SecretText
from looop_gui.scim.messages import ScimRequest, ScimResponse
from tests.unit.client.conftest import Received, http, scripted

LIMITS = TargetLimits(connect_seconds=1, read_seconds=0.05, total_seconds=0.2, response_bytes=4000)
USERS = ScimRequest("GET", "/Users")
PIECES = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 204 No Content\r\n",
        b"HTTP/1.1 301 Moved\r\n",
        b"HTTP/1.1 999 \xff\r\n",
        b"HTTP/1.0 200\r\n",
        b"HTTP/9.9 abc\r\n",
        b"Location: \r\n",
        b"Location: http://[\r\n",
        b"Location: /\xff\xfe\r\n",
        b"Content-Length: 5\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: " + b"9" * 5000 + b"\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Encoding: gzip\r\n",
        b"Content-Encoding: br, deflate, what\r\n",
        b"Content-Type: application/scim+json; charset=\x00\r\n",
        b"X-\xe9: \xff\r\n",
        b"no colon\r\n",
        b"\r\n",
        b"{}",
        b"[1]",
        b"5\r\nhello\r\n",
        b"zz\r\n",
        b"\x1f\x8b\x08",
        b"\xff\xfe\x00",
        b"A" * 5000,
    ]
)


async def answers(content: bytes) -> tuple[ScimResponse, ScimResponse]:
    """What the bytes become, and what the request after them gets."""
    given_out = iter([content])

    def answer(_: Received) -> bytes:
        return next(given_out, http("[]"))

    async with scripted(answer) as script:
        connection = TenantConnection(script.url)
        token = BearerToken(SecretText("tok-12345678"))
        async with Target(connection, token, concurrency=1, limits=LIMITS) as target:
            first = await target.send(USERS)
            # The rest of the bytes may spoil one more answer on the same connection.
            second = await target.send(USERS)
            return first, second if second.body == [] else await target.send(USERS)


@given(st.lists(PIECES, max_size=8).map(b"".join) | st.binary(max_size=60))
@settings(max_examples=60, deadline=None)
@example(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc")
@example(b"HTTP/1.1 301 Moved\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n")
@example(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
def test_any_answer_becomes_a_response(content: bytes) -> None:
    first, second = asyncio.run(answers(content))
    assert isinstance(first, ScimResponse)
    assert (first.status == 0) == (first.failure is not None)
    assert second.body == []
