"""kill -9 of a real `looop-gui undo`: begun again, the tenant is as it was before the run."""

import asyncio
import contextlib
import json
import signal
from typing import Any

import pytest

from tests.journeys.test_crash_kill import Site, start
from tests.journeys.test_crash_kill import site as site
from tests.journeys.test_crash_kill import tenant as tenant


async def start_undo(site: Site, *arguments: str) -> asyncio.subprocess.Process:
    connection = str(site.write_connection())
    return await start(
        "undo", connection, *arguments, "--json", "--data-dir", str(site.data_folder)
    )


async def output_of(process: asyncio.subprocess.Process) -> list[Any]:
    output, errors = await process.communicate()
    assert process.returncode == 0, (output + errors).decode()
    return [json.loads(line) for line in output.splitlines()]


async def writing(process: asyncio.subprocess.Process, requests: int) -> None:
    """Read what an undo tells until it has sent that many requests, after its plan was made."""
    assert process.stdout is not None
    while line := await process.stdout.readline():
        event = json.loads(line)
        applies = event["event"] == "progress" and not event.get("dryRun")
        if applies and event["requests"] >= requests:
            return


@pytest.mark.parametrize("requests", [8, 40])
async def test_an_undo_that_was_killed_is_begun_again(site: Site, requests: int) -> None:
    await site.sync()
    site.write_source(changed=60)
    await site.sync()
    await site.check(changed=60)
    run = (await output_of(await start_undo(site)))[0][0]["id"]
    process = await start_undo(site, run)
    await writing(process, requests)
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGKILL)
    await process.communicate()
    assert process.returncode == -signal.SIGKILL

    events = await output_of(await start_undo(site, run))

    assert [one for one in events if one["event"] == "left-alone"] == []
    assert events[-1]["failed"] == 0
    assert events[-1]["updated"] <= 60
    await site.check(changed=0)
    runs = (await output_of(await start_undo(site)))[0]
    assert [(one["kind"], one["undone"]) for one in runs][-2:] == [
        ("incremental", True),
        ("initial", False),
    ]
