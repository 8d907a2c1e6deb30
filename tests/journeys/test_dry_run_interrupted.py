"""Ctrl-C in a dry run: the process ends with 130, and nothing was written anywhere."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from looop_gui.mockserver.server import RunningTenant, TenantOptions, running_tenant

TOKEN = "token-of-the-interrupted"
CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
async def tenant() -> AsyncIterator[RunningTenant]:
    async with running_tenant(TenantOptions(token=TOKEN, faults=("latency=10ms",))) as running:
        yield running


async def test_an_interrupted_dry_run_is_exit_code_130_and_writes_no_plan(
    tenant: RunningTenant, tmp_path: Path
) -> None:
    connection = tmp_path / "connection.json"
    document = {
        "name": "interrupted",
        "application": "looop",
        "target": {"tenantUrl": tenant.scim_endpoint, "secretToken": {"env": "DRY_RUN_TOKEN"}},
        "source": {"type": "demo", "users": 3000},
        "settings": {"scope": "all", "matching": "filter"},
    }
    connection.write_text(json.dumps(document), "utf-8")
    plan, data = tmp_path / "plan.json", tmp_path / "data"
    arguments = ("sync", str(connection), "--json", "--plan-out", str(plan))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "looop_gui", *arguments, "--data-dir", str(data)),
        cwd=CHECKOUT,
        env={**os.environ, "DRY_RUN_TOKEN": TOKEN},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async for line in process.stdout:
        event = json.loads(line)
        assert (event["event"], event["dryRun"]) == ("progress", True)
        if event["done"] > 20:
            break
    process.send_signal(signal.SIGINT)
    _, errors = await process.communicate()

    assert process.returncode == 130
    assert "The dry run was stopped. It has written nothing." in errors.decode()
    assert not plan.exists()
    assert tenant.storage.count("User") == 0
