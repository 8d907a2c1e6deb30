"""`looop-gui run` as a service runs it: a process that keeps the interval until its end."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from tests.journeys.tenant_process import TOKEN
from tests.journeys.test_sync_commands import Shell
from tests.journeys.test_sync_commands import endpoint as endpoint
from tests.journeys.test_sync_commands import shell as shell

CHECKOUT = Path(__file__).parents[2]


@contextmanager
def service(shell: Shell, connection: str) -> Iterator["subprocess.Popen[str]"]:
    """`looop-gui run` in a process of its own; ended when the block is left."""
    given = ["run", connection, "--json", "--data-dir", str(shell.data_folder)]
    process = subprocess.Popen(
        [sys.executable, "-m", "looop_gui", *given],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        env=os.environ | {"SHELL_TOKEN": TOKEN},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def told(output: IO[str] | None, name: str = "cycle") -> dict[str, Any]:
    """The next event of this name on standard output."""
    assert output is not None
    events = (json.loads(line) for line in output)
    return next(event for event in events if event["event"] == name)


def test_a_cycle_runs_at_once_and_a_signal_ends_the_wait(shell: Shell) -> None:
    shell("status")
    with service(shell, str(shell.folder / "connection.json")) as process:
        assert told(process.stdout)["cycle"] == "initial"
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0

    assert json.loads(shell("status", "--json").stdout)["lastCycle"]["kind"] == "initial"


def test_a_paused_connection_waits_until_it_resumes(shell: Shell) -> None:
    shell.document["settings"]["provisioningStatus"] = "off"
    assert shell("connections", "add").exit_code == 2  # writes the files
    add = ["connections", "add", str(shell.folder / "connection.json")]
    looop_gui(shell, *add)
    with service(shell, "shell") as process:
        assert process.stderr is not None
        assert "is paused" in process.stderr.readline()

        looop_gui(shell, "resume", "shell")

        assert told(process.stdout)["cycle"] == "initial"


def test_each_cycle_is_certified_where_the_connection_wants_it(shell: Shell) -> None:
    shell.document["settings"]["checkEndlessWrites"] = True
    shell("status")
    with service(shell, str(shell.folder / "connection.json")) as process:
        assert told(process.stdout, "certificate")["writes"] == 0


def looop_gui(shell: Shell, *arguments: str) -> None:
    """One command in a process of its own, which has to succeed."""
    subprocess.run(
        [sys.executable, "-m", "looop_gui", *arguments, "--data-dir", str(shell.data_folder)],
        check=True,
        cwd=CHECKOUT,
        env=os.environ | {"SHELL_TOKEN": TOKEN},
    )
