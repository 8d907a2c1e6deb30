"""What the benchmark of cycles is measured with: large directories, replays, and shares by part."""

import asyncio
import sys
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

from looop_gui.client.authentication import BearerToken
from looop_gui.client.target import Target
from looop_gui.model.connection import Connection, TenantConnection
from looop_gui.model.directory import DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.model.secret import SecretText
from looop_gui.scim.messages import ScimRequest, ScimResponse
from looop_gui.services.cycle_asking import OnExchange, Sender

SAMPLE_SECONDS = 0.01
_PACKAGE = "looop_gui"

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


@contextmanager
def parts() -> Iterator[Counter[str]]:
    """Counts, a hundred times a second, which floor of the program each busy thread is in."""
    found: Counter[str] = Counter()
    ended = threading.Event()

    def look() -> None:
        own = threading.get_ident()
        while not ended.wait(SAMPLE_SECONDS):
            for thread, frame in sys._current_frames().items():
                part = _part(frame) if thread != own else ""
                if part:
                    found[part] += 1

    thread = threading.Thread(target=look, name="sampling")
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def _part(frame: object) -> str:
    """The floor of the innermost frame of ours, or the library where it works by itself."""
    library = ""
    while frame is not None:
        path = Path(frame.f_code.co_filename).parts  # type: ignore[attr-defined]
        if _PACKAGE in path[:-1]:
            floor = path[len(path) - path[::-1].index(_PACKAGE)]
            return f"{floor}, in {library}" if library else floor
        for name in ("aiohttp", "httpx", "yarl", "multidict"):
            library = library or (name if name in path else "")
        frame = frame.f_back  # type: ignore[attr-defined]
    return ""


def shares(found: Counter[str]) -> str:
    """The shares in words, the largest first."""
    whole = max(1, found.total())
    return ", ".join(f"{part} {100 * n / whole:.0f}%" for part, n in found.most_common(8))


def cpu_seconds(process: int) -> float:
    """The CPU time that a process has used (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100
