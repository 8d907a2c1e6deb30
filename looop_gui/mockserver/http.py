"""The listening side: accepts connections within limits and sends answers once they are durable.

Requests that arrive in one turn of the event loop are carried out at once, but their answers wait
for the end of the turn, when the storage commits all their writes together (a group commit). So an
acknowledged write is on the disk, and eight clients share one flush of it. Queries that look at
many resources go on in slices, a few milliseconds in each turn.
"""

import asyncio
import contextlib
import socket
from collections import deque
from typing import Protocol

from looop_gui.mockserver.http_connection import HttpConnection, HttpLimits
from looop_gui.mockserver.http_messages import HttpAnswer, HttpRequest
from looop_gui.mockserver.slow_query import SlowAnswer

_BACKLOG = 1024
_STOP_SECONDS = 1.0
_SLOW_SECONDS = 0.004


class Application(Protocol):
    """What answers the requests."""

    def begin(self, request: HttpRequest) -> HttpAnswer | SlowAnswer:
        """The answer to a request, its writes perhaps uncommitted; or one for `advance`."""

    def advance(self, slow: SlowAnswer) -> HttpAnswer | None:
        """Do the next slice of a slow answer; the answer once it is finished."""

    @property
    def uncommitted(self) -> bool:
        """True when answers must wait for `commit`."""

    def commit(self) -> HttpAnswer | None:
        """Make the writes durable; an answer to send instead of all others when that failed."""


class HttpServer:
    """Serves an application on one address."""

    def __init__(self, application: Application, limits: HttpLimits | None = None) -> None:
        self.limits = limits or HttpLimits()
        self._application = application
        self._connections: set[HttpConnection] = set()
        self._all_closed = asyncio.Event()
        self._outbox: list[tuple[HttpConnection, HttpAnswer]] = []
        self._slow: deque[tuple[HttpConnection, SlowAnswer]] = deque()
        self._flush_due = False
        self._listener: asyncio.Server | None = None
        self._sweeper: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.port = 0

    async def start(self, host: str, port: int) -> None:
        """Listen. `port` 0 takes a free one; `self.port` then tells which. Raises OSError."""
        loop = asyncio.get_running_loop()
        self._loop = loop
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = await loop.create_server(
            lambda: HttpConnection(self, loop), host, port, family=family, backlog=_BACKLOG
        )
        self.port = self._listener.sockets[0].getsockname()[1]
        self._sweeper = loop.call_later(self.limits.sweep_seconds, self._sweep)

    async def stop(self) -> None:
        """Stop listening, send what is due and close every connection."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        if self._listener is not None:
            self._listener.close()
        self._flush()
        for connection in tuple(self._connections):
            connection.shut()
        if self._connections:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._all_closed.wait(), _STOP_SECONDS)
        for connection in tuple(self._connections):
            connection.reset()
        if self._listener is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._listener.wait_closed(), _STOP_SECONDS)

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    # What connections say

    def opened(self, connection: HttpConnection) -> None:
        """Count the connection; above the limit the longest-waiting one makes room."""
        self._connections.add(connection)
        self._all_closed.clear()
        if len(self._connections) > self.limits.connections:
            waiting = [one for one in self._connections if not one.busy and one is not connection]
            victim = min(waiting, key=lambda one: one.waiting_since, default=connection)
            victim.reset()

    def closed(self, connection: HttpConnection) -> None:
        """Forget the connection."""
        self._connections.discard(connection)
        if not self._connections:
            self._all_closed.set()

    def received(self, connection: HttpConnection, request: HttpRequest) -> None:
        """Carry a request out; its answer leaves now or with the group commit of this turn."""
        answer = self._application.begin(request)
        if isinstance(answer, HttpAnswer):
            self._answered(connection, answer)
            return
        self._slow.append((connection, answer))
        if len(self._slow) == 1 and self._loop is not None:
            self._loop.call_soon(self._advance)

    def _advance(self) -> None:
        """Work on the slow answers for some milliseconds, in turn, and let others have theirs."""
        loop = self._loop
        if loop is None:
            return
        connection, slow = self._slow.popleft()
        if not connection.gone:
            pause = loop.time() + _SLOW_SECONDS
            answer = self._application.advance(slow)
            while answer is None and loop.time() < pause:
                answer = self._application.advance(slow)
            if answer is None:
                self._slow.append((connection, slow))
            else:
                self._answered(connection, answer)
        if self._slow:
            loop.call_soon(self._advance)

    def _answered(self, connection: HttpConnection, answer: HttpAnswer) -> None:
        if not self._application.uncommitted:
            connection.deliver(answer)
            return
        self._outbox.append((connection, answer))
        if not self._flush_due and self._loop is not None:
            self._flush_due = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flush_due = False
        outbox, self._outbox = self._outbox, []
        if not outbox:
            return
        failure = self._application.commit()
        for connection, answer in outbox:
            connection.deliver(answer if failure is None else failure)

    def _sweep(self) -> None:
        loop = self._loop
        if loop is None:
            return
        now = loop.time()
        for connection in tuple(self._connections):
            connection.expire(now)
        self._sweeper = loop.call_later(self.limits.sweep_seconds, self._sweep)
