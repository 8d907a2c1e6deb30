"""Undo restores a foreign target, too: PyPI's scim2-server after a cycle that did everything."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from looop_gui.client.target import Target
from tests.journeys.test_foreign_server import ENTERPRISE, TOKEN, Office, listed, sync
from tests.journeys.test_foreign_server import server as server
from tests.journeys.test_foreign_server import target as target


async def undo(office: Office, data_folder: Path, *arguments: str) -> Any:
    """The lines that `looop-gui undo --json` writes."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "looop_gui", "undo", str(office.file), *arguments, "--json"),
        *("--data-dir", str(data_folder)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "T": TOKEN, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, output.decode()[-2000:] + errors.decode()
    return [json.loads(line) for line in output.splitlines()]


async def facts(target: Target) -> tuple[dict[str, Any], dict[str, set[str]]]:
    """What the target holds, by name."""
    users = {u["userName"].partition("@")[0]: u for u in await listed(target, "/Users")}
    groups = await listed(target, "/Groups")
    names = {user["id"]: name for name, user in users.items()}
    names |= {group["id"]: group["displayName"] for group in groups}
    told = {}
    for name, user in users.items():
        more = user.get(ENTERPRISE, {})
        manager = more.get("manager", {}).get("value")
        told[name] = (
            user["active"],
            user["name"]["familyName"],
            more.get("department"),
            names.get(manager),
            [(one.get("type"), one["value"]) for one in user.get("emails", ())],
        )
    return told, {
        one["displayName"]: {names.get(m["value"], "gone") for m in one.get("members", ())}
        for one in groups
    }


@pytest.mark.parametrize("dialect", ["legacy", "rfc7644"])
async def test_a_run_into_scim2_server_is_undone(
    tmp_path: Path, data_folder: Path, server: str, target: Target, dialect: str
) -> None:
    office = Office(tmp_path, server, dialect)
    await sync(office, data_folder)
    before = await facts(target)
    office.people["p5"] |= {"surname": "Changed", "manager": "p3", "mail": ""}
    office.people["p6"]["accountEnabled"] = "false"
    office.people["p30"] = office.people["p7"] | {"userPrincipalName": "p30@contoso.com"}
    del office.people["p1"]
    office.groups["g1"] = ["p2", "p7"]
    del office.groups["g2"]
    office.groups["g3"] = ["p30"]
    await sync(office, data_folder)
    assert await facts(target) != before

    events = await undo(office, data_folder, "last")

    assert [one for one in events if one["event"] == "left-alone"] == []
    assert events[-1]["failed"] == 0
    assert await facts(target) == before
