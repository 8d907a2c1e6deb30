"""One pool of connections to a target over aiohttp, with the URL sent exactly as it was written.

Measured on loopback at concurrency 16 with small POSTs: httpx's own transport 600 requests/s, the
same client over httpx-aiohttp 3,700, that transport without the client around it 7,400; without
httpx's request and response objects 9,200. So httpx only unpacks compressed bodies here. yarl, which
aiohttp uses, would rewrite `%40` to `@`, and Entra sends `%40`; so it is told that the URL is
encoded already.
"""

import ssl
from collections.abc import AsyncIterator, Mapping
from functools import lru_cache

import aiohttp
import httpx
import yarl
from httpx_aiohttp.transport import AiohttpResponseStream

from looop_gui.client.limits import TargetLimits

KEEP_ALIVE_SECONDS = 15.0
_CHUNK = 16 * 1024


class VerbatimTransport:
    """One pool of connections to one origin. No cookies, no redirects, no environment."""

    def __init__(
        self,
        origin: str,
        context: ssl.SSLContext | None,
        proxy: str,
        limits: TargetLimits,
        connections: int,
    ) -> None:
        self._address = lru_cache(maxsize=32)(
            lambda target: yarl.URL(origin + target, encoded=True)
        )
        self._context = context
        self._proxy = proxy or None
        self._connections = connections
        self._timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=limits.connect_seconds, sock_read=limits.read_seconds
        )
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self, method: str, target: str, headers: Mapping[str, str], content: bytes
    ) -> aiohttp.ClientResponse:
        """Send and return the response with its body unread; whoever reads it closes it.

        `target` is path and query, and goes out as it is. Raises aiohttp.ClientError.
        """
        session = self._session or self._open()
        return await session.request(
            method,
            self._address(target),
            headers=headers,
            data=content or None,
            allow_redirects=False,
            timeout=self._timeout,
            proxy=self._proxy,
        )

    def _open(self) -> aiohttp.ClientSession:
        """Open the pool at the first request, because aiohttp wants a running loop."""
        connector = aiohttp.TCPConnector(
            limit=self._connections,
            keepalive_timeout=KEEP_ALIVE_SECONDS,
            ssl=self._context if self._context is not None else True,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )
        return self._session

    async def aclose(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


async def body_of(answer: aiohttp.ClientResponse, encoding: str, limit: int) -> bytes | None:
    """The whole body, decompressed; None when it is larger than `limit` bytes.

    `encoding` is its Content-Encoding. Raises aiohttp.ClientError, httpx.DecodingError.
    """
    length = answer.headers.get("Content-Length", "")
    if length.isdecimal() and len(length) < 18:
        if int(length) > limit:
            return None
        if not encoding:
            return await answer.read()
    chunks: list[bytes] = []
    size = 0
    async for chunk in _unpacked(answer) if encoding else answer.content.iter_chunked(_CHUNK):
        size += len(chunk)
        if size > limit:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


async def _unpacked(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    """What httpx makes of a compressed body, in pieces, so that it cannot grow without end."""
    response = httpx.Response(
        answer.status, headers=answer.raw_headers, stream=AiohttpResponseStream(answer)
    )
    async for chunk in response.aiter_bytes():
        yield chunk
