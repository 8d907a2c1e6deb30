"""One client connection: bytes in, complete requests out; answers in, bytes out.

An asyncio.Protocol over the httptools parser. Requests of one connection are answered one after
another and in order (pipelining). A request that breaks a limit is answered at once with an error
body; the connection is then half closed and what the client still sends is thrown away for a
moment, so that it can read the answer.
"""

import asyncio
import socket
import struct
import sys
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, cast

import httptools

from looop_gui.mockserver.http_messages import (
    FIELD_NAMES,
    HttpAnswer,
    HttpRequest,
    error_answer,
    head_bytes,
    head_without_offer,
)

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_RESET_ON_CLOSE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
_PENDING_LIMIT = 32
_DRIP_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What a client may take. Sizes in bytes, times in seconds."""

    header_bytes: int = 64 * 1024
    target_bytes: int = 32 * 1024
    body_bytes: int = 8 * 1024 * 1024
    header_seconds: float = 10.0
    request_seconds: float = 60.0
    idle_seconds: float = 75.0
    write_seconds: float = 30.0
    linger_seconds: float = 2.0
    connections: int = 1000
    sweep_seconds: float = 1.0


class ConnectionOwner(Protocol):
    """What a connection needs of its server."""

    limits: HttpLimits

    def opened(self, connection: "HttpConnection") -> None:
        """A connection was accepted."""

    def closed(self, connection: "HttpConnection") -> None:
        """A connection has gone."""

    def received(self, connection: "HttpConnection", request: HttpRequest) -> None:
        """A complete request; `connection.deliver` must be called once, now or later."""


class HttpConnection(asyncio.Protocol):
    """The state of one connection."""

    def __init__(self, owner: ConnectionOwner, loop: asyncio.AbstractEventLoop) -> None:
        self._owner = owner
        self._limits = owner.limits
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._pending: deque[HttpRequest | HttpAnswer] = deque()
        self._current: HttpRequest | None = None
        self._answering = False
        self._reading_paused = False
        self._closing = False
        self._ended = False
        self._timer: asyncio.TimerHandle | None = None
        self.waiting_since = loop.time()
        self._receiving = False
        self._headers_done = False
        self._header_bytes = 0
        self._write_blocked_since: float | None = None
        self._lingering_since: float | None = None
        self.on_message_begin()

    # The transport's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client connected."""
        # uvloop's transports are not subclasses of asyncio's, but do the same.
        self._transport = cast(asyncio.Transport, transport)
        self._owner.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection ended, by either side."""
        self._transport = None
        self._pending.clear()
        if self._timer is not None:
            self._timer.cancel()
        self._owner.closed(self)

    def data_received(self, data: bytes) -> None:
        """Bytes of the client."""
        if self._closing:
            return
        if not self._receiving:
            self._receiving = True
            self.waiting_since = self._loop.time()
        if not self._headers_done:
            self._header_bytes += len(data)
        try:
            self._feed(data)
        except httptools.HttpParserCallbackError:
            self._refuse(error_answer(400, "The request could not be read."))
        except httptools.HttpParserError:
            self._refuse(error_answer(400, "This is not a valid HTTP/1.1 request."))
        too_large = self._header_bytes > self._limits.header_bytes
        if too_large and self._receiving and not self._headers_done:
            self._refuse(error_answer(431, "The header section is too large."))
        self._advance()

    def _feed(self, data: bytes) -> None:
        """Let the parser read; it stops after the head of a request that offers a protocol."""
        rest: bytes | None = data
        while rest is not None:
            try:
                self._parser.feed_data(rest)
                return
            except httptools.HttpParserUpgrade as offer:
                rest = self._decline_upgrade(rest[offer.args[0] :])

    def eof_received(self) -> bool:
        """The client has sent all it will; answers under way are still delivered."""
        self._ended = True
        return self._answering or bool(self._pending)

    def pause_writing(self) -> None:
        """The client reads slower than the answers come."""
        self._write_blocked_since = self._loop.time()

    def resume_writing(self) -> None:
        """The client reads again."""
        self._write_blocked_since = None
        self._advance()

    # The parser's side

    def on_message_begin(self) -> None:
        """A request begins."""
        self._target: list[bytes] = []
        self._target_bytes = 0
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._body_bytes = 0

    def on_url(self, url: bytes) -> None:
        """A piece of the request target."""
        self._target.append(url)
        self._target_bytes += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header field."""
        key = FIELD_NAMES.get(name) or name.decode("latin-1").lower()
        text = value.decode("latin-1")
        headers = self._headers
        if key in headers:
            text = f"{headers[key]}, {text}"
        headers[key] = text

    def on_headers_complete(self) -> None:
        """The header section is whole: check what it announces."""
        self._headers_done = True
        limits = self._limits
        if self._target_bytes > limits.target_bytes:
            self._refuse(error_answer(414, "The request target is too long."))
            return
        length = self._headers.get("content-length", "")
        if length.isdecimal() and int(length) > limits.body_bytes:
            self._refuse(self._too_large())
            return
        expect = self._headers.get("expect")
        if expect is None:
            return
        if expect.lower() != "100-continue":
            self._refuse(error_answer(417, "Only 'Expect: 100-continue' is supported."))
        elif not self._answering and not self._pending and self._transport is not None:
            self._transport.write(_CONTINUE)

    def on_body(self, body: bytes) -> None:
        """A piece of the body, its transfer coding removed."""
        if self._closing:
            return
        self._body_bytes += len(body)
        if self._body_bytes > self._limits.body_bytes:
            self._refuse(self._too_large())
            return
        self._body.append(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        if self._closing:
            return
        self._receiving = False
        self._headers_done = False
        self._header_bytes = 0
        self.waiting_since = self._loop.time()
        self._pending.append(
            HttpRequest(
                self._parser.get_method().decode("latin-1"),
                self._target[0] if len(self._target) == 1 else b"".join(self._target),
                self._headers,
                self._body[0] if len(self._body) == 1 else b"".join(self._body),
                self._parser.should_keep_alive(),
            )
        )

    def _too_large(self) -> HttpAnswer:
        limit = self._limits.body_bytes
        return error_answer(413, f"The body is larger than {limit} bytes.")

    # Answering

    def deliver(self, answer: HttpAnswer) -> None:
        """Send the answer to the current request, as its delivery says."""
        transport = self._transport
        if transport is None:
            self._answering = False
            return
        delivery = answer.delivery
        if delivery.delay > 0:
            self._timer = self._loop.call_later(delivery.delay, self._send, answer)
            return
        self._send(answer)

    def _send(self, answer: HttpAnswer) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        delivery = answer.delivery
        if delivery.reset:
            self.reset()
            return
        request = self._current
        keep_alive = not answer.close and (request is None or request.keep_alive)
        head_only = request is not None and request.method == "HEAD"
        head = head_bytes(answer, keep_alive=keep_alive and delivery.keep_bytes is None)
        body = b"" if head_only else answer.body
        if delivery.keep_bytes is not None:
            body = body[: delivery.keep_bytes]
            keep_alive = False
        if delivery.bytes_per_second is not None and body:
            transport.write(head)
            self._drip(body, delivery.bytes_per_second, keep_alive)
            return
        transport.write(head + body)
        self._answered(keep_alive)

    def _drip(self, body: bytes, bytes_per_second: float, keep_alive: bool) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        size = max(1, int(bytes_per_second * _DRIP_SECONDS))
        transport.write(body[:size])
        rest = body[size:]
        if not rest:
            self._answered(keep_alive)
            return
        pause = size / bytes_per_second
        self._timer = self._loop.call_later(pause, self._drip, rest, bytes_per_second, keep_alive)

    def _answered(self, keep_alive: bool) -> None:
        self._answering = False
        self._current = None
        self._timer = None
        last = (self._ended or self._closing) and not self._pending
        if last or not keep_alive:
            self._close_gently()
        elif self._pending:
            self._loop.call_soon(self._advance)
        elif self._reading_paused and self._transport is not None:
            self._reading_paused = False
            self._transport.resume_reading()

    def _advance(self) -> None:
        """Hand the next request over; one in a turn of the loop, so that others have theirs."""
        if self._answering or not self._pending or self._transport is None:
            return
        if self._write_blocked_since is not None:
            return  # answers must not pile up for a client that does not read them
        if len(self._pending) > _PENDING_LIMIT and not self._reading_paused:
            self._reading_paused = True
            self._transport.pause_reading()
        item = self._pending.popleft()
        self._answering = True
        if isinstance(item, HttpAnswer):
            self._current = None
            self._send(item)
            return
        self._current = item
        self._owner.received(self, item)

    # Ending

    def _decline_upgrade(self, rest: bytes) -> bytes | None:
        """What to read instead of a request that offers another protocol: it without the offer.

        A server may ignore Upgrade (RFC 9110 section 7.8). The parser gives up at the end of such
        a head, so a new one reads the head again and then what comes after it.
        """
        request = self._pending[-1] if self._pending else None
        if not isinstance(request, HttpRequest) or self._closing:
            return None
        self._pending.pop()
        if request.method == "CONNECT":
            self._refuse(error_answer(400, "This server does not change protocols."))
            return None
        version = self._parser.get_http_version()
        self._parser = httptools.HttpRequestParser(self)
        self._receiving = True
        return head_without_offer(request, version) + rest

    def _refuse(self, answer: HttpAnswer) -> None:
        """Answer an unacceptable request, after those before it, and read no further."""
        if self._closing:
            return
        self._closing = True
        self._receiving = False
        answer.close = True
        self._pending.append(answer)

    def _close_gently(self) -> None:
        transport = self._transport
        if transport is None:
            return
        self._pending.clear()
        if self._closing and transport.can_write_eof():
            self._lingering_since = self._loop.time()
            with suppress(OSError):  # the client may be gone
                transport.write_eof()
            return
        self._closing = True
        transport.close()

    def reset(self) -> None:
        """Break the connection so that the client sees a reset, not an end."""
        transport = self._transport
        if transport is None:
            return
        sock = transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()

    def shut(self) -> None:
        """End the connection once the answer under way has been sent."""
        if self._transport is None:
            return
        if self._answering:
            self._closing = True
        else:
            self._transport.close()

    @property
    def busy(self) -> bool:
        """True while an answer is due or being sent."""
        return self._answering

    @property
    def gone(self) -> bool:
        """True when there is nobody to answer to."""
        return self._transport is None

    def expire(self, now: float) -> None:
        """Enforce the time limits; called about once a second."""
        transport = self._transport
        limits = self._limits
        if transport is None:
            return
        if self._lingering_since is not None:
            if now - self._lingering_since > limits.linger_seconds:
                transport.abort()
        elif self._write_blocked_since is not None:
            if now - self._write_blocked_since > limits.write_seconds:
                transport.abort()
        elif self._answering:
            return
        elif self._receiving:
            allowed = limits.request_seconds if self._headers_done else limits.header_seconds
            if now - self.waiting_since > allowed:
                self._refuse(error_answer(408, "The request took too long to arrive."))
                self._advance()
        elif now - self.waiting_since > limits.idle_seconds:
            transport.close()
