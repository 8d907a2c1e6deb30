"""A target: sends one SCIM request and gives one response, whatever happens on the way.

`Target.send` is the hot path of the engine. What never changes (URL, headers, trust, proxy) is
built once; the httpx transport is called without a client around it, which halves the cost of a
request. Trouble on the network is a response with status 0 and a failure, never an exception.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from time import perf_counter
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import aiohttp
import httpx
import msgspec

from looop_gui import __version__
from looop_gui.client.addresses import origin_of, request_target, usable_url
from looop_gui.client.authentication import Authentication
from looop_gui.client.body import RESET_CONTENT, is_framed, read_body
from looop_gui.client.failures import Failure, failure_of
from looop_gui.client.limits import TargetLimits
from looop_gui.client.transport import VerbatimTransport
from looop_gui.client.trust import proxy_for, ssl_context
from looop_gui.client.wire_record import (
    OnExchange,
    Redaction,
    RequestRecord,
    recorded_headers,
    wire_exchange,
)
from looop_gui.model.connection import TenantConnection
from looop_gui.model.errors import ConfigurationError
from looop_gui.scim.messages import MEDIA_TYPE, FailureKind, ScimRequest, ScimResponse

HeaderPairs = tuple[tuple[str, str], ...]

USER_AGENT = f"looop-gui/{__version__}"
ACCEPT = f"{MEDIA_TYPE}, application/json"
_READING = ("GET", "HEAD")
_REDIRECTS = (301, 302, 303, 307, 308)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Target:
    """A service provider at a tenant URL.

    `concurrency` is the number of connections. `on_exchange` gets the record of each exchange.
    Raises TenantUrlError or ConfigurationError when the connection cannot be used at all. Close it
    with `aclose()` or use it as an async context manager, in the loop that first sent with it.
    """

    def __init__(
        self,
        connection: TenantConnection,
        authentication: Authentication,
        *,
        concurrency: int = 8,
        limits: TargetLimits | None = None,
        on_exchange: OnExchange | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.url = usable_url(connection.tenant_url)
        self.on_exchange = on_exchange
        self._whole_url = httpx.URL(self.url)
        self._host = self._whole_url.host
        self._origin = f"{self._whole_url.scheme}://{self._whole_url.netloc.decode()}"
        self._path = self._whole_url.raw_path.decode().rstrip("/")
        self._limits = limits or TargetLimits()
        self._authentication = authentication
        self._redaction = Redaction(authentication.secrets())
        self._headers = {
            "Accept": _header_value(connection.accept) or ACCEPT,
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": _header_value(connection.user_agent) or USER_AGENT,
        }
        self._prepared = lru_cache(maxsize=8)(self._prepare_headers)
        self._now = now
        self._proxy = proxy_for(self.url, connection.proxy)
        context = ssl_context(connection.ca_file) if self.url.startswith("https:") else None
        self._transport = VerbatimTransport(
            self._origin, context, self._proxy, self._limits, concurrency
        )

    async def send(
        self,
        request: ScimRequest,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - a deadline for the exchange as a whole
        attempt: int = 1,
        on_exchange: OnExchange | None = None,
    ) -> ScimResponse:
        """Send a request and read the whole response.

        `timeout` is the deadline in seconds (the limits' total when absent). `attempt` is only
        recorded. `on_exchange` takes the record of this exchange instead of the target's hook.
        """
        content = b"" if request.body is None else _encoded(request.body)
        target = self._path + request_target(request)
        recorded, prepared = self._prepared(
            has_body=request.body is not None,
            own=request.headers,
            authenticating=await self._authentication.headers(),
        )
        hook = on_exchange or self.on_exchange
        started, began = self._now(), perf_counter()
        deadline = self._limits.total_seconds if timeout is None else timeout
        response, body = await self._attempted(request.method, target, prepared, content, deadline)
        if hook is not None:
            url = self._origin + target
            record = RequestRecord(request.method, url, recorded, content, started, attempt)
            milliseconds = (perf_counter() - began) * 1000
            limit = self._limits.record_bytes
            hook(wire_exchange(record, response, body, milliseconds, limit, self._redaction))
        return response

    def _prepare_headers(
        self, *, has_body: bool, own: HeaderPairs, authenticating: HeaderPairs
    ) -> tuple[HeaderPairs, httpx.Headers]:
        """The headers as they are recorded and as httpx has them, the same for most requests."""
        content_type = {"Content-Type": MEDIA_TYPE} if has_body else {}
        headers = self._headers | content_type | dict(own) | dict(authenticating)
        return recorded_headers(headers, self._redaction), httpx.Headers(headers)

    async def _attempted(
        self, method: str, target: str, headers: httpx.Headers, content: bytes, deadline: float
    ) -> tuple[ScimResponse, bytes]:
        """The response and its body's bytes; failures become a response."""
        try:
            async with asyncio.timeout(deadline):
                return await self._exchange(method, target, headers, content)
        except TimeoutError:
            sentence = f"{self._host} did not answer within {deadline:g} seconds."
            return _failed(Failure(FailureKind.TIMEOUT, sentence)), b""
        except (httpx.HTTPError, aiohttp.ClientError) as error:
            return _failed(failure_of(error, self._host, self._proxy)), b""
        except _GivenUpError as error:
            return _failed(error.failure, error.headers), b""

    async def _exchange(
        self, method: str, target: str, headers: httpx.Headers, content: bytes
    ) -> tuple[ScimResponse, bytes]:
        """Send, follow what may be followed, and read."""
        for _ in range(self._limits.redirects + 1):
            request = httpx.Request(
                method,
                self._whole_url,
                headers=headers,
                # As a stream it is taken as it is; Host and Content-Length are aiohttp's affair.
                stream=httpx.ByteStream(content),
                extensions={"target": target},
            )
            answer = await self._transport.handle_async_request(request)
            try:
                answer_headers = _header_texts(answer)
                location = answer_headers.get("location")
                if answer.status_code in _REDIRECTS and location is not None:
                    target = self._followed(method, target, location, answer_headers)
                    continue
                body = b""
                if answer.status_code != RESET_CONTENT:
                    # A bulk response tells in its body alone what became of the writes.
                    known = method not in _READING and not target.endswith("/Bulk")
                    body = await self._read(answer, answer_headers, may_do_without=known)
            finally:
                if not isinstance(answer.stream, httpx.ByteStream):
                    await answer.aclose()
            return self._response(answer.status_code, answer_headers, body), body
        sentence = f"{self._host} sent the request on more than {self._limits.redirects} times."
        raise _GivenUpError(FailureKind.REDIRECT, sentence, {})

    def _followed(self, method: str, target: str, location: str, headers: Mapping[str, str]) -> str:
        """Path and query to go on with, if a redirect may be followed: a GET in one origin."""
        try:
            following = urljoin(self._origin + target, location)
            parts = urlsplit(following)
            if method in _READING and origin_of(following) == origin_of(self._origin):
                return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        except ValueError:
            following = "an address that is none"
        shown = self._redaction.text(following.partition("?")[0])
        sentence = (
            f"{self._host} redirects to {shown}. It was not followed, "
            "so that the secret token is not sent elsewhere."
        )
        raise _GivenUpError(FailureKind.REDIRECT, sentence, headers)

    async def _read(
        self, answer: httpx.Response, headers: Mapping[str, str], *, may_do_without: bool
    ) -> bytes:
        """The body, decompressed, within the limit.

        With `may_do_without`, b"" where none begins although the head announced one.
        """
        limit = self._limits.response_bytes
        if isinstance(answer.stream, httpx.ByteStream) and "content-encoding" not in headers:
            content = b"".join(answer.stream)
            if len(content) <= limit:
                return self._redaction.content(content)
        length = headers.get("content-length", "")
        size = int(length) if length.isdecimal() and len(length) < 18 else 0
        if size <= limit:
            stream: Any = answer.aiter_bytes() if "content-encoding" in headers else answer.stream
            seconds = self._limits.body_seconds if may_do_without else None
            chunks, size = await read_body(stream, limit, framed=is_framed(headers), begin=seconds)
        if size > limit:
            sentence = f"The answer of {self._host} is larger than {limit // 1024} KiB."
            raise _GivenUpError(FailureKind.TOO_LARGE, sentence, headers)
        return self._redaction.content(chunks[0] if len(chunks) == 1 else b"".join(chunks))

    def _response(self, status: int, headers: dict[str, str], content: bytes) -> ScimResponse:
        headers = self._redaction.texts(headers)
        if not content:
            return ScimResponse(status, headers)
        try:
            return ScimResponse(status, headers, msgspec.json.decode(content))
        except (msgspec.DecodeError, RecursionError):
            return ScimResponse(status, headers, text=content.decode("utf-8-sig", "replace"))

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()


class _GivenUpError(Exception):
    """Ends an exchange whose response will not be used."""

    def __init__(self, kind: FailureKind, sentence: str, headers: Mapping[str, str]) -> None:
        super().__init__(sentence)
        self.failure = Failure(kind, sentence)
        self.headers = headers


def _header_value(text: str) -> str:
    """A configured header. Raises ConfigurationError for what cannot be in one."""
    if not (text.isascii() and text.isprintable()):
        raise ConfigurationError(
            "The User-Agent or Accept header of the connection has a character that headers "
            "cannot have.",
            safe="Nothing was sent.",
            next_step="Use plain letters, digits and punctuation.",
        )
    return text.strip()


def _encoded(body: object) -> bytes:
    try:
        return msgspec.json.encode(body)
    except UnicodeEncodeError:
        return json.dumps(body).encode()


def _header_texts(answer: httpx.Response) -> dict[str, str]:
    """The headers with names in lower case; those that come more than once are joined."""
    raw = answer.headers.raw
    texts = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in raw}
    return texts if len(texts) == len(raw) else dict(answer.headers.items())


def _failed(failure: Failure, headers: Mapping[str, str] | None = None) -> ScimResponse:
    return ScimResponse(0, headers or {}, failure=failure.kind, failure_text=failure.sentence)
