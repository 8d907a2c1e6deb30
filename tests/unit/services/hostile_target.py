"""A small SCIM service provider on a socket that keeps to the rules, but for one thing each."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    authorization: str

    @property
    def is_list(self) -> bool:
        return self.method == "GET" and self.path.endswith(("/Users", "/Groups"))


Conduct = Callable[["HostileTarget", Asked, bytes], bytes]


def message(
    body: Any, status: str = "200 OK", kind: str = "application/scim+json", headers: str = ""
) -> bytes:
    """An HTTP response; `headers` are further lines, each with its line end."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n"
    return f"{head}{headers}\r\n".encode() + content


def error(status: str, **more: Any) -> bytes:
    return message({"schemas": [ERROR], "status": status[:3], **more}, status)


@dataclass
class HostileTarget:
    """Answers as it should, and lets its `conduct` make something else of it.

    An empty answer of the conduct closes the connection.
    """

    conduct: Conduct
    resources: dict[str, dict[str, dict[str, Any]]] = field(
        default_factory=lambda: {"Users": {}, "Groups": {}}
    )
    asked: list[Asked] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    elsewhere_port: int = 0
    port: int = 0
    next_id: Callable[[int], Any] = "id-{}".format

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/scim/v2"

    def created(self, kind: str = "Users") -> list[str]:
        """The names that were sent to be created."""
        posts = [one for one in self.asked if one.method == "POST" and one.path.endswith(kind)]
        return [str(one.body.get("userName", one.body.get("displayName"))) for one in posts]

    def answer(self, asked: Asked) -> bytes:
        kind, _, rest = asked.path.removeprefix("/scim/v2/").partition("/")
        held = self.resources.get(kind)
        if held is None:
            return error("404 Not Found")
        if asked.method == "POST":
            made = asked.body | {"id": self.next_id(len(held))}
            held[str(made["id"])] = made
            return message(made, "201 Created")
        if not rest:
            return self._list(list(held.values()), asked.query)
        one = held.get(unquote(rest))
        if one is None:
            return error("404 Not Found")
        if asked.method == "DELETE":
            del held[unquote(rest)]
            return b"HTTP/1.1 204 No Content\r\n\r\n"
        return message(one)

    def _list(self, found: list[dict[str, Any]], query: dict[str, str]) -> bytes:
        if text := query.get("filter", ""):
            value = text.split('"')[1].casefold()
            names = ("userName", "displayName", "externalId")
            found = [r for r in found if value in (str(r.get(n)).casefold() for n in names)]
        start = int(query.get("startIndex", "1")) - 1
        page = found[start : start + int(query.get("count", "100"))]
        return message({"totalResults": len(found), "Resources": page, "startIndex": start + 1})

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while answer := self.conduct(self, *await self._read(reader)):
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> tuple[Asked, bytes]:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ", 2)
        headers = {
            name.casefold(): value.strip() for name, _, value in (x.partition(":") for x in head)
        }
        content = await reader.readexactly(int(headers.get("content-length", "0")))
        path, _, query = target.partition("?")
        asked = Asked(
            method,
            path,
            dict(parse_qsl(query)),
            json.loads(content) if content else None,
            headers.get("authorization", ""),
        )
        self.asked.append(asked)
        return asked, self.answer(asked)

    async def serve_elsewhere(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Another host: nothing must come here."""
        self.elsewhere.append((await reader.read(65_536)).decode("latin-1"))
        writer.close()


@asynccontextmanager
async def hostile_target(conduct: Conduct, **more: Any) -> AsyncIterator[HostileTarget]:
    """A target with that conduct, listening."""
    target = HostileTarget(conduct, **more)
    elsewhere = await asyncio.start_server(target.serve_elsewhere, "127.0.0.1", 0)
    server = await asyncio.start_server(target.serve, "127.0.0.1", 0)
    target.elsewhere_port = elsewhere.sockets[0].getsockname()[1]
    target.port = server.sockets[0].getsockname()[1]
    try:
        yield target
    finally:
        for one in (server, elsewhere):
            one.close()


def bomb() -> bytes:
    """A small body that is 64 MB when it is decompressed."""
    return gzip.compress(b"0" * (64 * 1024 * 1024))
