"""A scripted HTTP server: each request is kept, each answer is the bytes that a test gives."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

Answer = bytes | Callable[["Received"], bytes | Awaitable[bytes]]


@dataclass
class Received:
    """One request as it came over the wire."""

    head: str
    body: bytes

    @property
    def request_line(self) -> str:
        return self.head.split("\r\n", 1)[0]

    @property
    def headers(self) -> dict[str, str]:
        lines = self.head.split("\r\n")[1:]
        pairs = (line.partition(":") for line in lines if line)
        return {name.lower(): value.strip() for name, _, value in pairs}


@dataclass
class ScriptedServer:
    """Listens on loopback. `answers` are used in turn, the last one for all further requests."""

    url: str
    answers: list[Answer]
    requests: list[Received] = field(default_factory=list)
    connections: int = 0

    def next_answer(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def http(
    body: bytes | str = b"",
    status: int = 200,
    *,
    headers: dict[str, str] | None = None,
    media_type: str = "application/scim+json",
) -> bytes:
    """An HTTP response as bytes."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Reason", f"Content-Length: {len(content)}"]
    if content:
        lines.append(f"Content-Type: {media_type}")
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + content


@asynccontextmanager
async def scripted(
    *answers: Answer, context: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[ScriptedServer]:
    """Serve the answers; b"" closes the connection without any."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        script.connections += 1
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                received = Received(head, b"")
                length = int(received.headers.get("content-length", 0))
                received.body = await reader.readexactly(length)
                script.requests.append(received)
                answer = script.next_answer()
                content = answer(received) if callable(answer) else answer
                if not isinstance(content, bytes):
                    content = await content
                if not content:
                    break
                writer.write(content)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            return
        finally:
            serving.discard(task)
            writer.close()

    serving: set[asyncio.Task[None]] = set()

    server = await asyncio.start_server(serve, host, 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    scheme = "https" if context else "http"
    script = ScriptedServer(f"{scheme}://{host}:{port}/scim/v2", list(answers))
    try:
        yield script
    finally:
        server.close()
        for task in tuple(serving):
            task.cancel()
        await asyncio.gather(*serving)


@pytest.fixture
def server() -> object:
    """The scripted server's maker: `async with server(http(...)) as script`."""
    return scripted
