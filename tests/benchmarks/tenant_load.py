"""A load generator: keeps so many connections busy with prepared requests and counts answers.

It is its own process beside the server, on uvloop, with requests made as bytes beforehand and
answers read by their Content-Length, so that it takes little of the two cores.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

import msgspec
import uvloop

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass(frozen=True)
class Measure:
    """What a run gave: answers a second, the slowest percentile in milliseconds, bad answers."""

    per_second: float
    p99_ms: float
    errors: int


class Endpoint:
    """Makes requests for one server. `base` is the path of the tenant URL."""

    def __init__(self, host: str, port: int, base: str, token: str) -> None:
        self.host, self.port = host, port
        self._base = base
        self._head = (
            f"Host: {host}:{port}\r\nAuthorization: Bearer {token}\r\n"
            "Accept: application/scim+json\r\n"
        )

    def get(self, path: str) -> bytes:
        """A GET of a path below the tenant URL."""
        return f"GET {self._base}{path} HTTP/1.1\r\n{self._head}\r\n".encode()

    def send(self, method: str, path: str, body: object) -> bytes:
        """A request with a JSON body."""
        data = msgspec.json.encode(body)
        head = (
            f"{method} {self._base}{path} HTTP/1.1\r\n{self._head}"
            f"Content-Type: application/scim+json\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        return head.encode() + data

    def create(self, number: int) -> bytes:
        """The POST of one user as Entra sends it."""
        return self.send("POST", "/Users", user(f"load{number:07d}"))

    def lookup(self, name: str) -> bytes:
        """The filter that finds one user."""
        query = quote(f'userName eq "{name}@looop.example"', safe="")
        return self.get(f"/Users?filter={query}")

    def patch(self, user_id: str, number: int) -> bytes:
        """A PATCH of two attributes of one user."""
        operations = [
            {"op": "replace", "path": "displayName", "value": f"Changed {number}"},
            {"op": "replace", "path": "name.givenName", "value": f"Given{number}"},
        ]
        return self.send(
            "PATCH", f"/Users/{user_id}", {"schemas": [PATCH_OP], "Operations": operations}
        )

    def page(self, start: int) -> bytes:
        """A page of 50 users."""
        return self.get(f"/Users?startIndex={start}&count=50")


def user(name: str) -> dict[str, object]:
    """A user with the attributes that Entra's default mappings fill."""
    return {
        "schemas": [USER, ENTERPRISE],
        "externalId": f"ext-{name}",
        "userName": f"{name}@looop.example",
        "active": True,
        "displayName": f"Person {name}",
        "title": "Engineer",
        "emails": [{"primary": True, "type": "work", "value": f"{name}@looop.example"}],
        "phoneNumbers": [{"type": "work", "value": "+49 30 1234567"}],
        "name": {"formatted": f"Person {name}", "familyName": name, "givenName": "Person"},
        ENTERPRISE: {"employeeNumber": name, "department": "Engineering"},
    }


_LAST_CHUNK = b"0\r\n\r\n"


class _Worker(asyncio.Protocol):
    """One connection that always has one request under way."""

    def __init__(self, run: "_Run") -> None:
        self._run = run
        self._buffer = b""
        self._wanted = -1
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        if self._wanted < 0:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            length = _content_length(self._buffer[:end])
            self._wanted = 0 if length is None else end + 4 + length
        if self._wanted == 0 and not self._buffer.endswith(_LAST_CHUNK):
            return
        if len(self._buffer) >= self._wanted:
            self._run.count(self._buffer, time.perf_counter() - self._sent_at)
            self._buffer, self._wanted = b"", -1
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._run.lost(self)

    def start(self) -> None:
        """Send the first request."""
        self._next()

    def _next(self) -> None:
        request = self._run.next_request()
        assert self._transport is not None
        if request is None:
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)


def _content_length(head: bytes) -> int | None:
    """The length of the body, or None when it comes in chunks."""
    lowered = head.lower()
    at = lowered.find(b"content-length:")
    if at < 0:
        return None if b"transfer-encoding: chunked" in lowered else 0
    line = lowered[at + 15 :].split(b"\r\n", 1)[0]
    return int(line)


class _Run:
    """One measurement under way."""

    def __init__(
        self,
        requests: Iterator[bytes],
        seen: Callable[[bytes], None] | None,
    ) -> None:
        self._requests = requests
        self._seen = seen
        self.latencies: list[float] = []
        self.errors = 0
        self._ends = 0.0
        self.open = 0
        self.done = asyncio.Event()

    def begin(self, seconds: float) -> float:
        """Start the clock; it is told."""
        now = time.perf_counter()
        self._ends = now + seconds
        return now

    def next_request(self) -> bytes | None:
        if time.perf_counter() >= self._ends:
            return None
        return next(self._requests, None)

    def count(self, answer: bytes, seconds: float) -> None:
        self.latencies.append(seconds)
        if answer[9:10] != b"2":
            self.errors += 1
        elif self._seen is not None:
            self._seen(answer)

    def lost(self, worker: _Worker) -> None:
        self.open -= 1
        if self.open == 0:
            self.done.set()


def measure(
    endpoint: Endpoint,
    concurrency: int,
    requests: Iterator[bytes],
    seconds: float,
    seen: Callable[[bytes], None] | None = None,
) -> Measure:
    """Keep `concurrency` connections busy for some seconds, or until there are no requests."""
    return uvloop.run(_measure(endpoint, concurrency, requests, seconds, seen))


async def _measure(
    endpoint: Endpoint,
    concurrency: int,
    requests: Iterator[bytes],
    seconds: float,
    seen: Callable[[bytes], None] | None,
) -> Measure:
    loop = asyncio.get_running_loop()
    run = _Run(requests, seen)
    workers: list[_Worker] = []
    for _ in range(concurrency):
        _, worker = await loop.create_connection(lambda: _Worker(run), endpoint.host, endpoint.port)
        workers.append(worker)
    run.open = concurrency
    began = run.begin(seconds)
    for worker in workers:
        worker.start()
    await run.done.wait()
    elapsed = time.perf_counter() - began
    ordered = sorted(run.latencies) or [0.0]
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return Measure(len(run.latencies) / elapsed, p99 * 1000, run.errors)


def ids_in(endpoint: Endpoint, limit: int) -> list[str]:
    """The ids of the first users."""
    found: list[str] = []

    def collect(answer: bytes) -> None:
        body = msgspec.json.decode(_body(answer))
        found.extend(one["id"] for one in body["Resources"])

    pages = iter([endpoint.page(start) for start in range(1, limit + 1, 50)])
    measure(endpoint, 1, pages, 60.0, collect)
    return found


def _body(answer: bytes) -> bytes:
    head, _, rest = answer.partition(b"\r\n\r\n")
    if _content_length(head) is not None:
        return rest
    body = b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        body, rest = body + rest[:length], rest[length + 2 :]
        if length == 0:
            break
    return body
