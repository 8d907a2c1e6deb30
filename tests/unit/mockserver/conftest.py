"""Tenants for tests: a service over each storage, a tenant in this process, and one of its own."""

import asyncio
import contextlib
import itertools
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from looop_gui.mockserver.conduct import tenant_conduct
from looop_gui.mockserver.schema_sets import load_schema_set
from looop_gui.mockserver.server import RunningTenant, TenantOptions, running_tenant
from looop_gui.mockserver.service import ScimService
from looop_gui.mockserver.storage.memory import MemoryStorage
from looop_gui.mockserver.storage.protocol import Storage
from looop_gui.mockserver.storage.sqlite import SqliteStorage
from looop_gui.scim.messages import GROUP_SCHEMA, PATCH_OP, USER_SCHEMA, ScimRequest, ScimResponse

ENDPOINT = "http://tenant.example/scim/v2"


@pytest.fixture(params=["memory", "sqlite"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    opened: Storage = (
        MemoryStorage() if request.param == "memory" else SqliteStorage(tmp_path / "tenant.sqlite")
    )
    yield opened
    opened.close()


class Caller:
    """Calls a service as a client would."""

    def __init__(self, service: ScimService) -> None:
        self.service = service
        self._numbers = itertools.count(1)

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        **query: str,
    ) -> ScimResponse:
        request = ScimRequest(
            method, path, tuple(query.items()), tuple((headers or {}).items()), body
        )
        return self.service.handle(request)

    def get(self, path: str, headers: dict[str, str] | None = None, **query: str) -> ScimResponse:
        return self("GET", path, None, headers, **query)

    def find(self, text: str, path: str = "/Users") -> list[Any]:
        response = self.get(path, filter=text)
        assert response.status == 200, response.body
        return response.body["Resources"]

    def user(self, name: str | None = None, /, **attributes: Any) -> dict[str, Any]:
        user_name = name or f"person{next(self._numbers)}@looop.example"
        body = {"schemas": [USER_SCHEMA], "userName": user_name, **attributes}
        response = self("POST", "/Users", body)
        assert response.status == 201, response.body
        return response.body

    def group(self, name: str, members: list[str] = [], /, **attributes: Any) -> dict[str, Any]:  # noqa: B006
        values = [{"value": one} for one in members]
        body = {"schemas": [GROUP_SCHEMA], "displayName": name, "members": values, **attributes}
        response = self("POST", "/Groups", body)
        assert response.status == 201, response.body
        return response.body

    def patch(self, path: str, *operations: dict[str, Any], **query: str) -> ScimResponse:
        body = {"schemas": [PATCH_OP], "Operations": list(operations)}
        return self("PATCH", path, body, None, **query)


def make_service(storage: Storage, preset: str = "looop", **options: Any) -> ScimService:
    conduct = tenant_conduct(preset)
    service = ScimService(storage, load_schema_set(conduct.schema_set), conduct, **options)
    service.base_url = ENDPOINT
    return service


@pytest.fixture
def make_call() -> Callable[..., Caller]:
    """Makes a caller of a service over a storage."""
    return lambda storage, preset="looop": Caller(make_service(storage, preset))


@pytest.fixture
def call_with(storage: Storage) -> Callable[..., Caller]:
    """Makes a caller of a service with a preset and options such as quirks."""
    return lambda preset="looop", **options: Caller(make_service(storage, preset, **options))


@pytest.fixture
def call(storage: Storage) -> Caller:
    return Caller(make_service(storage))


@pytest.fixture
def strict(storage: Storage) -> Caller:
    return Caller(make_service(storage, "rfc"))


@dataclass
class Answer:
    """An HTTP answer as read from the wire."""

    status: int
    headers: dict[str, str]
    text: str
    whole: bool = True

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Wire:
    """One connection to a tenant."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    token: str
    port: int
    _closed: bool = field(default=False)

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        *,
        token: str | None = None,
        prefix: str = "/scim/v2",
    ) -> Answer:
        given = {"Host": f"127.0.0.1:{self.port}", "Authorization": f"Bearer {token or self.token}"}
        if body is not None:
            given |= {"Content-Type": "application/scim+json", "Content-Length": str(len(body))}
        given |= headers or {}
        lines = [f"{method} {prefix}{path} HTTP/1.1"] + [f"{k}: {v}" for k, v in given.items()]
        await self.send("\r\n".join([*lines, "", ""]).encode() + (body or b""))
        return await self.answer(head_only=method == "HEAD")

    async def answer(self, *, head_only: bool = False) -> Answer:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)
        }
        length = 0 if head_only else int(headers.get("content-length", "0"))
        try:
            body, whole = await self.reader.readexactly(length), True
        except asyncio.IncompleteReadError as error:
            body, whole = error.partial, False
        return Answer(int(first.split()[1]), headers, body.decode(), whole)

    async def ended(self) -> bool:
        return await self.reader.read(1) == b""

    def close(self) -> None:
        self.writer.close()


@pytest.fixture
def wire() -> Any:
    """Opens a connection to a tenant: `async with wire(tenant) as connection`."""
    return open_wire


@contextlib.asynccontextmanager
async def open_wire(tenant: RunningTenant) -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_connection("127.0.0.1", tenant.port)
    connection = Wire(reader, writer, tenant.token, tenant.port)
    try:
        yield connection
    finally:
        connection.close()


StartTenant = Callable[..., Any]


@pytest.fixture
async def start_tenant() -> AsyncIterator[StartTenant]:
    """Starts tenants in this process and stops them at the end."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(**options: Any) -> RunningTenant:
            return await stack.enter_async_context(running_tenant(TenantOptions(**options)))

        yield start


@dataclass
class TenantProcess:
    """A tenant started by `looop-gui serve`."""

    process: "subprocess.Popen[bytes]"
    said: dict[str, str]

    @property
    def port(self) -> int:
        return int(self.said["scimEndpoint"].split(":")[2].split("/")[0])


@pytest.fixture
def tenant_process() -> Any:
    """Starts a tenant of its own: `with tenant_process("--users", "3") as tenant`."""
    return start_process


@contextlib.contextmanager
def start_process(*arguments: str) -> Iterator[TenantProcess]:
    command = [sys.executable, "-m", "looop_gui", "serve", *arguments]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield TenantProcess(process, json.loads(process.stdout.readline()))
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()
        if process.stdin is not None:
            process.stdin.close()
