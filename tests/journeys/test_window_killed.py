"""kill -9 of the real application in the middle of editing: the next start shows every edit."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from looop_gui.model.connection import (
    Application,
    Connection,
    SourceSettings,
    SourceType,
    TenantConnection,
    TokenStorage,
)
from looop_gui.services.engine_local import EngineLocation
from looop_gui.services.services import close_services, open_services

SCRIPT = Path(__file__).with_name("window_to_kill.py")
SECONDS = 90


async def make_connection(data_folder: Path) -> Connection:
    services = await open_services(data_folder, engine=EngineLocation.IN_PROCESS)
    connection = Connection(
        id="c1",
        name="Looop",
        application=Application.LOOOP,
        target=TenantConnection("https://contoso.looop.co/scim/v2", TokenStorage.MEMORY),
        source=SourceSettings(SourceType.DEMO, users=20),
    )
    await services.connections.create(connection, None)
    await close_services(services)
    return connection


async def start(task: str, data_folder: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        str(SCRIPT),
        task,
        str(data_folder),
        "c1",
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        cwd=Path(__file__).resolve().parents[2],
    )


async def said(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), SECONDS)
    assert line, "the application ended without a word"
    shown: dict[str, Any] = json.loads(line)
    return shown


async def test_what_was_edited_when_the_window_was_killed_is_there_again(tmp_path: Path) -> None:
    data_folder = tmp_path / "data"
    await make_connection(data_folder)
    before = await start("read", data_folder)
    untouched = await said(before)
    assert await asyncio.wait_for(before.wait(), SECONDS) == 0
    assert untouched["email"] == ""

    editing = await start("edit", data_folder)
    edited = await said(editing)
    editing.send_signal(signal.SIGKILL)
    assert await asyncio.wait_for(editing.wait(), SECONDS) == -signal.SIGKILL
    assert edited["targets"] == untouched["targets"][1:]
    assert edited["email"] == "it@example.org"

    again = await start("read", data_folder)
    restored = await said(again)
    assert await asyncio.wait_for(again.wait(), SECONDS) == 0
    assert (restored["targets"], restored["email"]) == (edited["targets"], edited["email"])
    assert restored["banner"] == "Settings that were not saved last time are shown again."
