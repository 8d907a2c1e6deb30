"""Reads the body of an answer to its end, also where the target does not say where that is.

An answer with neither a length nor chunks ends where the connection does (RFC 9112 section 6.3).
There are targets that leave the connection open all the same, and those that announce a compressed
body and send none: whoever waits for the end waits for a time-out then, and does not know what
became of a write that the target has long answered. So such a body ends where its JSON does, and
one that is dispensable need not begin.
"""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Mapping

import msgspec

RESET_CONTENT = 205
"""The status that never has a body (RFC 9110 section 15.3.6)."""

_ENDS = (b"}", b"]")


def is_framed(headers: Mapping[str, str]) -> bool:
    """Whether the head says where the body ends."""
    return "content-length" in headers or "chunked" in headers.get("transfer-encoding", "").lower()


async def read_body(
    stream: AsyncIterable[bytes], limit: int, *, framed: bool, begin: float | None
) -> tuple[list[bytes], int]:
    """The chunks of a body and their size; reading ends with the chunk that exceeds `limit` bytes.

    With `begin`, there are none when the first has not come within so many seconds. Not `framed`
    ends where it is a whole JSON object or array.
    """
    chunks: list[bytes] = []
    size = 0
    iterator = aiter(stream)
    first = await _first(iterator, begin)
    if first is None:
        return [], 0
    chunks.append(first)
    size = len(first)
    while size <= limit and (framed or not _is_whole(chunks)):
        chunk = await anext(iterator, None)
        if chunk is None:
            break
        chunks.append(chunk)
        size += len(chunk)
    return chunks, size


async def _first(iterator: AsyncIterator[bytes], seconds: float | None) -> bytes | None:
    """The first chunk; None where there is none, or none in time."""
    whole = asyncio.timeout(seconds)
    try:
        async with whole:
            return await anext(iterator, None)
    except TimeoutError:
        if whole.expired():
            return None
        raise


def _is_whole(chunks: list[bytes]) -> bool:
    if not chunks[-1].rstrip().endswith(_ENDS):
        return False
    try:
        msgspec.json.decode(b"".join(chunks))
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
