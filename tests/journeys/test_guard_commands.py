"""Guards on the command line: a dry run lists whom they concern, a token allows exactly that."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from looop_gui.store.instance_lock import InstanceLock
from tests.journeys.shell import Shell
from tests.journeys.tenant_process import TOKEN, serving


@pytest.fixture
def shell(tmp_path: Path, data_folder: Path) -> Iterator[Shell]:
    """Ten people and their group, in step with a tenant of their own."""
    with serving() as endpoint:
        shell = Shell(tmp_path, endpoint, data_folder, name="guards")
        shell.people = {f"p{n}": "true" for n in range(10)}
        shell.members = list(shell.people)
        assert shell("sync").exit_code == 0
        yield shell


def test_a_dry_run_lists_whom_a_guard_concerns_and_its_token_allows_them(shell: Shell) -> None:
    shell.settings["limits"] = {"disablesPercent": 20}
    shell.people |= {"p1": "false", "p2": "false", "p3": "false"}

    tried = shell("sync", "--dry-run")
    assert tried.exit_code == 3
    assert "disable 3 of 10 linked people, more than 20 percent" in tried.stdout
    assert tried.stdout.count("more than 20 percent") == 1
    assert [f"  disable  p{n}  (p{n})" in tried.stdout for n in (1, 2, 3)] == [True] * 3
    token = tried.stdout.split("--allow-guard ")[1].strip()

    stopped = shell("sync")
    assert stopped.exit_code == 3
    assert f"--allow-guard {token}" in stopped.stdout

    assert shell("sync", "--dry-run", "--allow-guard", token).exit_code == 0
    shell.people["p4"] = "false"
    assert shell("sync", "--allow-guard", token).exit_code == 3
    shell.people["p4"] = "true"
    assert shell("sync", "--allow-guard", token).exit_code == 0


def test_a_plan_that_a_guard_stops_is_applied_with_its_token_alone(shell: Shell) -> None:
    shell.settings["limits"] = {"membersRemovedPercent": 40}
    shell.members = shell.members[:5]
    plan = shell.folder / "plan.json"
    events = shell.events("--plan-out", str(plan))

    (guard,) = [event for event in events if event["event"] == "guard"]
    assert guard["objects"] == [
        {
            "object_type": "Group",
            "source_id": "g",
            "source_name": "Team",
            "what": "remove 5 members",
        }
    ]
    token = events[-1]["guardToken"]
    assert json.loads(plan.read_text("utf-8"))["guard_token"] == token

    assert shell("sync", "--apply-plan", str(plan)).exit_code == 3
    applied = shell.events("--apply-plan", str(plan), "--allow-guard", token)
    assert applied[-1]["groups"]["updated"] == 1


def remove_three(shell: Shell) -> None:
    shell.people = dict(list(shell.people.items())[3:])


def add_three(shell: Shell) -> None:
    shell.people |= {f"new{n}": "true" for n in range(3)}


def rename_three(shell: Shell) -> None:
    shell.user_names = {f"p{n}": f"other{n}@x.org" for n in range(3)}


@pytest.mark.parametrize(
    ("limits", "change", "words"),
    [
        ({"deletesPercent": 20}, remove_three, "delete 3 people of"),
        ({"createsPercent": 20}, add_three, "create or match 3 of 10 linked people"),
        ({"creates": 2}, add_three, "create or match 3 people, more than 2"),
        ({"renamesPercent": 20}, rename_three, "matching value of 3 of 10 linked people"),
    ],
)
def test_every_limit_is_there_as_a_number_and_as_a_share(
    shell: Shell, limits: dict[str, int], change: Callable[[Shell], None], words: str
) -> None:
    shell.settings["limits"] = limits
    change(shell)

    result = shell("sync", "--dry-run")

    assert result.exit_code == 3, result.output
    assert words in result.stdout


def accounts(shell: Shell) -> int:
    """How many people the tenant has."""
    request = urllib.request.Request(
        f"{shell.endpoint}/Users", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(request) as answer:
        return int(json.loads(answer.read())["totalResults"])


def test_what_a_guard_held_back_is_rejected_and_nothing_runs_until_it_is_resumed(
    shell: Shell,
) -> None:
    file = str(shell.file)
    shell.settings["limits"] = {"deletes": 2}
    shell("sync")
    assert shell.run("connections", "add", file).exit_code == 0
    assert shell.run("resume", "guards").exit_code == 0
    remove_three(shell)
    assert shell("sync").exit_code == 3
    stopped = shell.run("sync", "guards", "--json")
    assert stopped.exit_code == 3
    token = json.loads(stopped.stdout.splitlines()[-2])["guardToken"]
    assert f"looop-gui sync guards --reject-guard {token}" in shell.run("status", "guards").stdout

    rejected = shell.run("sync", "guards", "--reject-guard", token, "--json")

    assert rejected.exit_code == 0
    (event,) = [json.loads(line) for line in rejected.stdout.splitlines()]
    assert (event["event"], event["guardToken"]) == ("rejected", token)
    assert "Nothing of it was written" in event["sentence"]
    assert accounts(shell) == 10
    status = json.loads(shell.run("status", "guards", "--json").stdout)
    assert status["nextCycle"] is None
    assert "heldBack" not in status["extra"]
    assert shell.run("connections").stdout.splitlines()[-1].split()[3] == "off"
    again = shell.run("sync", "guards", "--reject-guard", token, "--json")
    assert again.exit_code == 2
    assert json.loads(again.stdout)["sentence"] == "No guard holds anything back."

    shell.people = {f"p{n}": "true" for n in range(10)}
    assert shell("sync", "--dry-run").exit_code == 0
    assert shell.run("resume", "guards").exit_code == 0
    assert shell.run("sync", "guards").exit_code == 0
    assert accounts(shell) == 10


def test_rejecting_is_for_exactly_what_is_held_back_and_runs_no_cycle(shell: Shell) -> None:
    shell.settings["limits"] = {"deletes": 2}
    remove_three(shell)
    token = shell("sync", "--json").stdout.split('"guardToken":"')[1].split('"')[0]

    other = shell("sync", "--reject-guard", "0123456789abcdef")
    assert other.exit_code == 2
    assert f"its token is {token}" in other.stderr
    assert shell("sync", "--reject-guard", token, "--cycle", "initial").exit_code == 2
    both = shell("sync", "--reject-guard", token, "--allow-guard", "x")
    assert "--allow-guard is about one" in both.stderr

    rejected = shell("sync", "--reject-guard", token)
    assert rejected.exit_code == 0
    assert "its next cycle meets the guard again" in rejected.stdout
    assert shell("sync", "--json").exit_code == 3
    assert accounts(shell) == 10


def test_nothing_is_rejected_or_restarted_while_a_cycle_runs_in_another_program(
    shell: Shell,
) -> None:
    shell.settings["limits"] = {"deletes": 2}
    remove_three(shell)
    token = shell("sync", "--json").stdout.split('"guardToken":"')[1].split('"')[0]
    (lock,) = (shell.data_folder / "locks").glob("cycle-*.lock")
    file = str(shell.file)

    with InstanceLock(lock.parent, lock.stem):
        refused = [
            shell("sync", "--reject-guard", token),
            shell.run("restart", file),
            shell.run("reset", file, "--scope", "Full"),
        ]

    for result in refused:
        assert result.exit_code == 2
        assert "is running already" in result.stderr
        assert "wait for its end" in result.stderr
    assert shell("sync", "--reject-guard", token).exit_code == 0
