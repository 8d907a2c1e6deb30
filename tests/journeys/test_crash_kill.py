"""kill -9 with real processes: `looop-gui sync` against the embedded tenant, at seeded moments.

Whatever was being done, the next `sync` goes on: nobody twice, nobody skipped, the counts right.
"""

import asyncio
import contextlib
import json
import os
import resource
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest

from looop_gui.client.authentication import BearerToken
from looop_gui.client.target import Target
from looop_gui.mockserver.server import RunningTenant, TenantOptions, running_tenant
from looop_gui.model.connection import TenantConnection
from looop_gui.model.secret import SecretText
from looop_gui.scim.messages import ScimRequest

TOKEN = "token-of-the-crash-tests"
PEOPLE, GROUPS = 80, 4
CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass
class Site:
    """A tenant process, a directory of files and a connection file between them."""

    folder: Path
    endpoint: str

    @property
    def data_folder(self) -> Path:
        return self.folder / "data"

    def write_source(self, changed: int = 0) -> None:
        """Everybody; the first `changed` people have another name, and every tenth is disabled."""
        source = self.folder / "directory"
        source.mkdir(exist_ok=True)
        lines = ["id,userPrincipalName,displayName,givenName,surname,accountEnabled,manager"]
        for n in range(PEOPLE):
            surname = "Married" if n < changed else "Single"
            enabled = "false" if n < changed and n % 10 == 0 else "true"
            manager = f"p{n // 10}" if n else ""
            lines.append(f"p{n},p{n}@contoso.com,Person {n},P,{surname},{enabled},{manager}")
        (source / "users.csv").write_text("\n".join(lines), "utf-8")
        groups = [f"g{n},Group {n},true" for n in range(GROUPS)]
        (source / "groups.csv").write_text(
            "\n".join(["id,displayName,securityEnabled", *groups]), "utf-8"
        )
        members = [f"g{n % GROUPS},p{n}" for n in range(PEOPLE)]
        (source / "members.csv").write_text("\n".join(["groupId,memberId", *members]), "utf-8")

    def write_connection(self) -> Path:
        path = self.folder / "connection.json"
        content = {
            "name": "crash",
            "application": "looop",
            "target": {"tenantUrl": self.endpoint, "secretToken": {"env": "CRASH_TOKEN"}},
            "source": {"type": "files", "folder": "directory"},
            "settings": {"scope": "all", "concurrency": 4},
        }
        path.write_text(json.dumps(content), "utf-8")
        return path

    async def start_sync(self, **limits: Any) -> asyncio.subprocess.Process:
        return await start(
            "sync",
            str(self.write_connection()),
            "--json",
            "--data-dir",
            str(self.data_folder),
            **limits,
        )

    async def sync(self) -> dict[str, Any]:
        process = await self.start_sync()
        output, errors = await process.communicate()
        assert process.returncode == 0, (output + errors).decode()
        return json.loads(output.splitlines()[-1])

    async def resources(self, path: str) -> list[dict[str, Any]]:
        connection = TenantConnection(self.endpoint)
        async with Target(connection, BearerToken(SecretText(TOKEN))) as target:
            response = await target.send(ScimRequest("GET", path, (("count", "1000"),)))
            return list(response.body["Resources"])

    async def check(self, changed: int) -> None:
        """The tenant holds exactly what the directory says."""
        users = {one["userName"]: one for one in await self.resources("/Users")}
        assert len(await self.resources("/Users")) == len(users) == PEOPLE
        for n in range(PEOPLE):
            user = users[f"p{n}@contoso.com"]
            assert user["name"]["familyName"] == ("Married" if n < changed else "Single")
            assert user["active"] is not (n < changed and n % 10 == 0)
        groups = await self.resources("/Groups")
        assert len(groups) == GROUPS
        assert sum(len(group["members"]) for group in groups) == PEOPLE


async def start(*arguments: str, **more: Any) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "looop_gui",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "CRASH_TOKEN": TOKEN, "PYTHONPATH": str(CHECKOUT)},
        **more,
    )


@pytest.fixture
async def tenant() -> AsyncIterator[RunningTenant]:
    """It answers in the loop of the test, so that no sync gets ahead of a test that is kept
    waiting by a busy machine."""
    options = TenantOptions(token=TOKEN, faults=("latency=60ms",))
    async with running_tenant(options) as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, tenant: RunningTenant) -> Site:
    made = Site(tmp_path, tenant.scim_endpoint)
    made.write_source()
    return made


async def events_until(process: asyncio.subprocess.Process, requests: int) -> None:
    """Read what a sync tells until it has sent that many requests."""
    assert process.stdout is not None
    while line := await process.stdout.readline():
        if json.loads(line).get("requests", 0) >= requests:
            break


async def killed_after(process: asyncio.subprocess.Process, requests: int) -> None:
    """Kill a sync once it has sent that many requests; it must not have ended by then."""
    await events_until(process, requests)
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGKILL)
    await process.communicate()
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("seed", range(2))
async def test_killed_again_and_again_the_last_start_completes(site: Site, seed: int) -> None:
    random = Random(seed)
    for _ in range(2):
        await killed_after(await site.start_sync(), random.randint(1, PEOPLE // 3))
    summary = await site.sync()
    await site.check(changed=0)
    assert summary["failed"] == 0
    assert summary["users"]["created"] == PEOPLE
    assert summary["groups"]["created"] == GROUPS

    site.write_source(changed=60)
    await killed_after(await site.start_sync(), random.randint(1, 50))
    summary = await site.sync()
    await site.check(changed=60)
    assert (summary["users"]["updated"], summary["users"]["disabled"]) == (54, 6)
    assert (await site.sync())["requests"] <= 3


async def test_two_at_once_are_refused_and_an_interrupted_one_is_safe(
    site: Site, tenant: RunningTenant
) -> None:
    first = await site.start_sync()
    await events_until(first, 10)
    tenant.faults.switch_on("latency=1s")
    second = await site.start_sync()
    _, errors = await second.communicate()
    assert second.returncode == 2
    assert b"running already" in errors

    tenant.faults.clear()
    first.send_signal(signal.SIGINT)
    await first.communicate()
    assert first.returncode == 130
    assert (await site.sync())["failed"] == 0
    await site.check(changed=0)


async def test_a_database_that_cannot_grow_stops_the_cycle_with_a_sentence(site: Site) -> None:
    site.data_folder.mkdir(mode=0o700)
    limit = 200 * 1024

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = await site.start_sync(preexec_fn=limited)
    output, errors = await process.communicate()
    assert process.returncode not in (0, 130, -9)
    assert b"Traceback" not in errors + output
    assert errors.strip()

    assert (await site.sync())["failed"] == 0
    await site.check(changed=0)


async def test_a_locked_database_stops_the_cycle_with_a_sentence(site: Site) -> None:
    assert (await site.sync())["failed"] == 0
    site.write_source(changed=20)
    database = sqlite3.connect(site.data_folder / "workbench.sqlite3", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    process = await site.start_sync()
    output, errors = await process.communicate()
    database.execute("ROLLBACK")
    database.close()
    assert process.returncode not in (0, 130)
    assert b"Traceback" not in errors + output
    assert errors.strip()

    assert (await site.sync())["failed"] == 0
    await site.check(changed=20)
