"""The no-op certificate from the command line, against a tenant that forgets what it is told."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.shell import Shell
from tests.journeys.tenant_process import serving


@pytest.fixture(scope="module")
def forgetful() -> Iterator[str]:
    """A tenant in a process of its own that does not store externalId."""
    with serving("--quirk", "external-id-not-stored") as endpoint:
        yield endpoint


@pytest.fixture
def shell(tmp_path: Path, data_folder: Path, forgetful: str) -> Shell:
    opened = Shell(tmp_path, forgetful, data_folder)
    opened.settings["checkEndlessWrites"] = True
    return opened


def certificates(shell: Shell, *arguments: str) -> list[dict[str, Any]]:
    result = shell("sync", "--json", *arguments)
    assert result.exit_code == 0, result.output
    events = [json.loads(line) for line in result.stdout.splitlines()]
    return [event for event in events if event["event"] == "certificate"]


def test_the_setting_certifies_each_sync_and_the_option_one(shell: Shell) -> None:
    (wanted,) = certificates(shell)
    shell.settings["checkEndlessWrites"] = False
    assert certificates(shell) == []
    (asked,) = certificates(shell, "--certify")

    assert wanted["writes"] == asked["writes"] == len(shell.people)
    (change,) = asked["changes"]
    assert (change["attribute"], change["count"]) == ("externalId", len(shell.people))
    assert change["repair"] == "only during creation"
    assert asked["others"] == []


def test_status_keeps_the_answer_and_says_when_it_is_outdated(shell: Shell) -> None:
    assert json.loads(shell("status", "--json").stdout)["certificate"] is None
    shell("sync")
    kept = json.loads(shell("status", "--json").stdout)["certificate"]
    assert (kept["certificate"]["writes"], kept["outdated"]) == (4, False)
    assert kept["certificate"]["changes"][0]["objectType"] == "User"
    assert "a second cycle would send 4 writes, checked" in shell("status").stdout

    shell.settings["checkEndlessWrites"] = False
    shell("sync")
    assert "UTC; a cycle has run since" in shell("status").stdout


def test_it_is_told_in_sentences(shell: Shell) -> None:
    result = shell("sync", "--certify")

    assert f"Another cycle would send {len(shell.people)} writes:" in result.stdout
    assert "externalId, 4 times. The target does not return what was written" in result.stdout
