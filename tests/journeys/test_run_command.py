"""`looop-gui run` as a service runs it: a process that keeps the interval until its end."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from looop_gui.cli.run import until_next
from looop_gui.store.instance_lock import InstanceLock
from tests.journeys.shell import Shell
from tests.journeys.tenant_process import TOKEN, serving

CHECKOUT = Path(__file__).parents[2]


def hear_the_terminal_close() -> None:
    """The signal counts even where these tests were started with nohup, which is inherited."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@contextmanager
def service(shell: Shell, connection: str, **more: Any) -> Iterator["subprocess.Popen[str]"]:
    """`looop-gui run` in a process of its own; ended when the block is left."""
    given = ["run", connection, "--json", "--data-dir", str(shell.data_folder)]
    process = subprocess.Popen(
        [sys.executable, "-m", "looop_gui", *given],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        env=os.environ | {"SHELL_TOKEN": TOKEN},
        **{"preexec_fn": hear_the_terminal_close} | more,
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


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_cycle_runs_at_once_and_a_signal_ends_the_wait(shell: Shell, name: str) -> None:
    shell("status")
    with service(shell, str(shell.file)) as process:
        assert told(process.stdout)["cycle"] == "initial"
        process.send_signal(signal.Signals[name])
        assert process.wait(60) == 0
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()

    assert json.loads(shell("status", "--json").stdout)["lastCycle"]["kind"] == "initial"


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_in_the_middle_of_a_cycle_stops_it_and_the_next_goes_on(
    slow: Shell, name: str
) -> None:
    slow("status")
    with service(slow, str(slow.file)) as process:
        while told(process.stdout, "progress")["requests"] < 5:
            pass
        process.send_signal(signal.Signals[name])
        ended = told(process.stdout)
        assert process.wait(60) == 0

    assert (ended["state"], ended["endedBy"]) == ("Stopped", "stopped")
    summary = slow.summary()
    assert summary["failed"] == 0
    assert accounts(slow) == len(slow.people)


@pytest.mark.skipif(sys.platform != "linux", reason="There is no /proc.")
def test_who_ignores_a_hangup_goes_on_ignoring_it(shell: Shell) -> None:
    shell("status")

    def nohup() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with service(shell, str(shell.file), preexec_fn=nohup) as process:
        assert told(process.stdout)["cycle"] == "initial"
        lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        (ignored,) = (line.split()[1] for line in lines if line.startswith("SigIgn:"))
        assert int(ignored, 16) & 1 << (signal.SIGHUP - 1)


def test_standard_input_that_ends_is_no_reason_to_end(shell: Shell) -> None:
    shell("status")
    reading, writing = os.pipe()
    with service(shell, str(shell.file), stdin=reading) as process:
        os.close(writing)
        os.close(reading)
        assert told(process.stdout)["state"] == "Succeeded"
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_output_that_nobody_reads_any_more_ends_it_cleanly(slow: Shell) -> None:
    slow("status")
    with service(slow, str(slow.file)) as process:
        told(process.stdout, "progress")
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(60) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""

    last = json.loads(slow("status", "--json").stdout)["lastCycle"]
    assert last["endedBy"] == "stopped"
    assert slow.summary()["failed"] == 0
    assert accounts(slow) == len(slow.people)


def test_two_at_once_on_one_connection_are_one_too_many(shell: Shell) -> None:
    shell("status")
    file = str(shell.file)
    with service(shell, file) as first, service(shell, file) as second:
        # Whichever came first keeps the interval; the other one ends.
        ended, kept = (second, first) if told_or_ended(first) else (first, second)
        _, errors = ended.communicate(timeout=60)
        assert ended.returncode == 2
        assert "Another looop-gui run keeps the interval of shell" in errors
        assert kept.poll() is None


def test_a_sync_by_hand_meanwhile_does_not_end_the_service(slow: Shell) -> None:
    slow("status")
    (slow.data_folder / "locks").mkdir(parents=True, exist_ok=True)
    with service(slow, str(slow.file)) as process:
        assert told(process.stdout)["state"] == "Succeeded"
    (lock,) = (slow.data_folder / "locks").glob("cycle-*.lock")

    with (
        InstanceLock(lock.parent, lock.stem),
        service(slow, str(slow.file)) as process,
    ):
        event = told(process.stdout, "error")
        assert "is running already" in event["sentence"]
        assert "tried again in a minute" in event["nextStep"]
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_an_interval_lies_between_two_starts() -> None:
    assert until_next(2400.0, 300.0) == 2100.0
    assert until_next(2400.0, 2401.0) == 0.0


def test_a_paused_connection_waits_until_it_resumes(shell: Shell) -> None:
    shell.settings["provisioningStatus"] = "off"
    assert shell("connections", "add").exit_code == 2  # writes the files
    add = ["connections", "add", str(shell.file)]
    looop_gui(shell, *add)
    with service(shell, "shell") as process:
        assert process.stderr is not None
        assert "is paused" in process.stderr.readline()

        looop_gui(shell, "resume", "shell")

        assert told(process.stdout)["cycle"] == "initial"


def test_each_cycle_is_certified_where_the_connection_wants_it(shell: Shell) -> None:
    shell.settings["checkEndlessWrites"] = True
    shell("status")
    with service(shell, str(shell.file)) as process:
        assert told(process.stdout, "certificate")["writes"] == 0


@pytest.fixture
def slow(tmp_path: Path, data_folder: Path) -> Iterator[Shell]:
    """A tenant that takes its time, so that a cycle is still running when something happens."""
    with serving("--fault", "latency=60ms") as endpoint:
        shell = Shell(tmp_path, endpoint, data_folder)
        shell.people = {f"p{number}": "true" for number in range(60)}
        shell.settings["concurrency"] = 1
        yield shell


def accounts(shell: Shell) -> int:
    """How many people the tenant has."""
    endpoint = shell.document["target"]["tenantUrl"]
    request = urllib.request.Request(
        f"{endpoint}/Users", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(request) as answer:
        return int(json.loads(answer.read())["totalResults"])


def told_or_ended(process: "subprocess.Popen[str]") -> bool:
    """True when it tells of a cycle, False when it has ended without."""
    assert process.stdout is not None
    return any('"event":"cycle"' in line for line in process.stdout)


def looop_gui(shell: Shell, *arguments: str) -> None:
    """One command in a process of its own, which has to succeed."""
    subprocess.run(
        [sys.executable, "-m", "looop_gui", *arguments, "--data-dir", str(shell.data_folder)],
        check=True,
        cwd=CHECKOUT,
        env=os.environ | {"SHELL_TOKEN": TOKEN},
    )
