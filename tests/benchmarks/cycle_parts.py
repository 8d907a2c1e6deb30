"""What the benchmark of cycles is measured with: large directories, replays, and CPU by part."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import msgspec

from looop_gui.client.authentication import BearerToken
from looop_gui.client.limits import TargetLimits
from looop_gui.client.target import Target
from looop_gui.client.transport import VerbatimTransport
from looop_gui.model.connection import Connection, TenantConnection
from looop_gui.model.directory import DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.model.secret import SecretText
from looop_gui.scim.messages import MEDIA_TYPE, ScimRequest, ScimResponse
from looop_gui.services.cycle_asking import OnExchange, Sender

OpenTarget = Callable[[Connection, SecretText], AbstractAsyncContextManager[Sender]]


def with_groups(snapshot: DirectorySnapshot, groups: int, members: int) -> DirectorySnapshot:
    """The same people with that many groups of that many members each."""
    people = list(snapshot.users)
    made = {}
    for number in range(groups):
        start = number * 37 % len(people)
        chosen = (
            *people[start : start + members],
            *people[: max(0, start + members - len(people))],
        )
        attributes = {
            "displayName": f"Group {number}",
            "mailNickname": f"group-{number}",
            "securityEnabled": "True",
            "members": tuple(chosen),
        }
        made[f"bench-group-{number}"] = DirectoryObject(
            f"bench-group-{number}", ObjectType.GROUP, attributes
        )
    return replace(snapshot, groups=made)


class Recorder:
    """Opens targets that keep the creating requests which were sent over them."""

    def __init__(self, opened: OpenTarget) -> None:
        self._opened = opened
        self.creates: list[ScimRequest] = []

    @asynccontextmanager
    async def open(self, connection: Connection, token: SecretText) -> AsyncIterator[Sender]:
        """A sender to the connection's target."""
        async with self._opened(connection, token) as sender:
            yield _Recording(sender, self.creates)


class _Recording:
    def __init__(self, sender: Sender, creates: list[ScimRequest]) -> None:
        self._sender = sender
        self._creates = creates

    async def send(
        self,
        request: ScimRequest,
        *,
        timeout: float | None = None,
        attempt: int = 1,
        on_exchange: OnExchange | None = None,
    ) -> ScimResponse:
        """Keep a create, and send."""
        if request.method == "POST":
            self._creates.append(request)
        return await self._sender.send(
            request, timeout=timeout, attempt=attempt, on_exchange=on_exchange
        )


async def replay(url: str, token: str, creates: Sequence[ScimRequest], concurrency: int) -> float:
    """Requests a second when the same client sends the same bodies and does nothing else."""
    authentication = BearerToken(SecretText(token))
    async with Target(TenantConnection(url), authentication, concurrency=concurrency) as target:
        waiting = iter(creates)

        async def work() -> None:
            for request in waiting:
                response = await target.send(request)
                assert response.status == 201, response

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(concurrency)))
        return len(creates) / (time.perf_counter() - began)


async def replay_by_httpx(
    url: str, token: str, creates: Sequence[ScimRequest], concurrency: int
) -> float:
    """The same by a plain `httpx.AsyncClient` over the same transport, with the bodies encoded."""
    parts = httpx.URL(url)
    path = parts.raw_path.decode().rstrip("/")
    origin = f"{parts.scheme}://{parts.netloc.decode()}"
    transport = VerbatimTransport(origin, None, "", TargetLimits(), concurrency)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": MEDIA_TYPE}
    waiting = iter([(path + one.path, msgspec.json.encode(one.body)) for one in creates])
    async with httpx.AsyncClient(transport=transport, headers=headers, timeout=30) as client:

        async def work() -> None:
            for target, body in waiting:
                extensions = {"target": target}
                response = await client.post(origin + target, content=body, extensions=extensions)
                assert response.status_code == 201, response

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(concurrency)))
        return len(creates) / (time.perf_counter() - began)


def cpu_seconds(process: int) -> float:
    """The CPU time that a process has used (Linux)."""
    return _seconds(Path(f"/proc/{process}/stat"))


def main_thread_seconds() -> float:
    """The CPU time of this process's main thread: client and engine; the others are the store."""
    process = os.getpid()
    return _seconds(Path(f"/proc/{process}/task/{process}/stat"))


def peak_megabytes(process: int) -> float:
    """The most memory that a process has had resident (Linux)."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def _seconds(file: Path) -> float:
    fields = file.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
