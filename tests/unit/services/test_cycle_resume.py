"""A cycle that is cut off by kill -9 or stopped: nothing twice, nothing lost, counts right."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from looop_gui.client.authentication import BearerToken
from looop_gui.client.target import Target
from looop_gui.mockserver.server import RunningTenant, TenantOptions, running_tenant
from looop_gui.model.connection import TenantConnection
from looop_gui.model.secret import SecretText
from looop_gui.scim.messages import ScimRequest
from looop_gui.services.cycle_lock import cycle_lock
from looop_gui.setup.connection_file import parse_connection_file

TOKEN = "token-of-the-resume-tests"
PEOPLE = 200


@pytest.fixture
async def tenant() -> AsyncIterator[RunningTenant]:
    async with running_tenant(TenantOptions(token=TOKEN, faults=("latency=20ms",))) as running:
        yield running


def connection_file(folder: Path, tenant: RunningTenant, **settings: Any) -> Path:
    source = folder / "directory"
    source.mkdir()
    lines = ["id,userPrincipalName,displayName,givenName,surname,accountEnabled,manager"]
    lines += [
        f"p{n},p{n}@contoso.com,Person {n},Person,Number {n},true,{f'p{n // 20}' if n else ''}"
        for n in range(PEOPLE)
    ]
    (source / "users.csv").write_text("\n".join(lines), "utf-8")
    (source / "groups.csv").write_text(
        "id,displayName,securityEnabled\n" + "\n".join(f"g{n},Group {n},true" for n in range(20)),
        "utf-8",
    )
    members = [f"g{n % 20},p{n}" for n in range(PEOPLE)]
    (source / "members.csv").write_text("groupId,memberId\n" + "\n".join(members), "utf-8")
    path = folder / "connection.json"
    path.write_text(
        json.dumps(
            {
                "name": "resume",
                "application": "looop",
                "target": {"tenantUrl": tenant.scim_endpoint, "secretToken": {"env": "T"}},
                "source": {"type": "files", "folder": "directory"},
                "settings": {"scope": "all", **settings},
            }
        )
    )
    return path


async def start_sync(path: Path, data_folder: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "looop_gui",
        "sync",
        str(path),
        "--json",
        "--data-dir",
        str(data_folder),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "T": TOKEN, "PYTHONPATH": str(Path(__file__).parents[3])},
    )


async def read_until(process: asyncio.subprocess.Process, requests: int) -> dict[str, Any]:
    """Read events until that many requests were sent; returns the last event."""
    event: dict[str, Any] = {}
    assert process.stdout is not None
    while line := await process.stdout.readline():
        event = json.loads(line)
        if event.get("requests", 0) >= requests:
            break
    return event


async def finish(process: asyncio.subprocess.Process) -> dict[str, Any]:
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    assert TOKEN.encode() not in output + errors
    return json.loads(output.splitlines()[-1])


async def everything(tenant: RunningTenant) -> tuple[list[dict], list[dict]]:
    connection = TenantConnection(tenant.scim_endpoint)
    async with Target(connection, BearerToken(SecretText(TOKEN))) as target:
        found = []
        for path in ("/Users", "/Groups"):
            response = await target.send(ScimRequest("GET", path, (("count", "1000"),)))
            found.append(response.body["Resources"])
    return found[0], found[1]


async def assert_complete(tenant: RunningTenant) -> None:
    users, groups = await everything(tenant)
    names = [user["userName"] for user in users]
    assert len(names) == len(set(names)) == PEOPLE
    assert len(groups) == len({group["displayName"] for group in groups}) == 20
    assert sum(len(group["members"]) for group in groups) == PEOPLE


@pytest.mark.parametrize(
    ("matching", "requests"),
    [("list", 110), ("list", 212), ("filter", 430)],
)
async def test_kill_at_any_moment_and_the_next_start_goes_on(
    tmp_path: Path, data_folder: Path, tenant: RunningTenant, requests: int, matching: str
) -> None:
    path = connection_file(tmp_path, tenant, matching=matching)
    first = await start_sync(path, data_folder)
    await read_until(first, requests)
    first.send_signal(signal.SIGKILL)
    await first.communicate()

    summary = await finish(await start_sync(path, data_folder))

    await assert_complete(tenant)
    assert summary["users"]["created"] == PEOPLE
    assert summary["groups"]["created"] == 20
    assert summary["failed"] == 0
    again = await finish(await start_sync(path, data_folder))
    assert again["requests"] <= 3


async def test_a_stop_is_at_once_and_the_next_cycle_completes(
    tmp_path: Path, data_folder: Path, tenant: RunningTenant
) -> None:
    path = connection_file(tmp_path, tenant)
    first = await start_sync(path, data_folder)
    await read_until(first, 100)
    first.send_signal(signal.SIGINT)
    output, _ = await first.communicate()

    assert first.returncode == 130
    stopped = json.loads(output.splitlines()[-1])
    assert stopped["event"] == "summary"
    users, _groups = await everything(tenant)
    assert len(users) == stopped["users"]["created"] < PEOPLE

    summary = await finish(await start_sync(path, data_folder))
    await assert_complete(tenant)
    assert summary["users"]["created"] == PEOPLE - len(users)


async def test_two_engines_cannot_run_on_one_connection(
    tmp_path: Path, data_folder: Path, tenant: RunningTenant
) -> None:
    path = connection_file(tmp_path, tenant)
    connection = parse_connection_file(path.read_bytes(), path.resolve()).connection

    with cycle_lock(data_folder, connection):
        refused = await start_sync(path, data_folder)
        _, errors = await refused.communicate()

    assert refused.returncode == 2
    assert b"running already" in errors
    assert await everything(tenant) == ([], [])
