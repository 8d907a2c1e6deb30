"""How many small requests a second the client sends, beside what it is built on.

Run with `python tests/benchmarks/bench_client.py`; the server is a process of its own that answers
every request with the same list, so that the figures are the client's.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import httpx
import msgspec
from httpx_aiohttp import AiohttpTransport

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from looop_gui.client.authentication import BearerToken
from looop_gui.client.target import Target
from looop_gui.model.connection import TenantConnection
from looop_gui.model.secret import SecretText
from looop_gui.scim.messages import ScimRequest

CONCURRENCY = 16
REQUESTS = 8_000
SLOW_REQUESTS = 1_600
BODY = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "ann@contoso.com",
    "name": {"givenName": "Ann", "familyName": "Lee"},
    "emails": [{"type": "work", "value": "ann@contoso.com", "primary": True}],
    "active": True,
}
SERVER = """
import asyncio
BODY = (b'{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],'
        b'"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}')
ANSWER = (b"HTTP/1.1 200 OK\\r\\nContent-Type: application/scim+json\\r\\nContent-Length: %d"
          b"\\r\\n\\r\\n" % len(BODY)) + BODY

class Protocol(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.data = transport, b""

    def data_received(self, data):
        self.data += data
        while (end := self.data.find(b"\\r\\n\\r\\n")) >= 0:
            head = self.data[:end].lower()
            place = head.find(b"content-length:")
            length = int(head[place + 15:].split(b"\\r\\n")[0]) if place >= 0 else 0
            if len(self.data) < end + 4 + length:
                return
            self.data = self.data[end + 4 + length:]
            self.transport.write(ANSWER)

async def main():
    server = await asyncio.get_running_loop().create_server(Protocol, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

try:
    import uvloop
    uvloop.run(main())
except ImportError:
    asyncio.run(main())
"""


async def measure(name: str, number: int, send: Callable[[], Awaitable[object]]) -> float:
    """Requests a second at the concurrency; printed, too."""
    await send()
    todo = iter(range(number))

    async def work() -> None:
        for _ in todo:
            await send()

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(CONCURRENCY)))
    rate = number / (time.perf_counter() - began)
    print(f"{name:<44} {rate:8.0f} requests/s")
    return rate


async def bench(url: str) -> None:
    """All ways in one run, the slowest first."""
    token = "tok-0123456789"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}
    content = msgspec.json.encode(BODY)
    limits = httpx.Limits(max_connections=CONCURRENCY, max_keepalive_connections=CONCURRENCY)
    async with httpx.AsyncClient(trust_env=False, limits=limits) as client:
        base = await measure(
            "httpx, POST",
            SLOW_REQUESTS,
            lambda: client.post(f"{url}/Users", content=content, headers=headers),
        )
    transport = AiohttpTransport(verify=False, trust_env=False, limits=limits)
    async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
        await measure(
            "httpx over httpx-aiohttp, POST",
            REQUESTS,
            lambda: client.post(f"{url}/Users", content=content, headers=headers),
        )
    query = ScimRequest("GET", "/Users", (("filter", 'userName eq "ann@contoso.com"'),))
    create = ScimRequest("POST", "/Users", body=BODY)
    authentication = BearerToken(SecretText(token))
    connection = TenantConnection(url)
    async with Target(connection, authentication, concurrency=CONCURRENCY) as target:
        rate = await measure("Target.send, POST", REQUESTS, lambda: target.send(create))
        await measure("Target.send, GET with a filter", REQUESTS, lambda: target.send(query))
        target.on_exchange = lambda _record: None
        await measure("Target.send, POST, with wire record", REQUESTS, lambda: target.send(create))
    print(f"Target.send is {rate / base:.1f} times httpx.")


def main() -> None:
    """Start the server, measure on asyncio's loop and on uvloop."""
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        with closing(server.stdout):
            url = f"http://127.0.0.1:{int(server.stdout.readline())}/scim/v2"
            print("asyncio")
            asyncio.run(bench(url))
            try:
                import uvloop
            except ImportError:
                pass
            else:
                print("uvloop")
                uvloop.run(bench(url))
        server.kill()


if __name__ == "__main__":
    main()
