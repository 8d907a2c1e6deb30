"""Guards on the command line: a dry run lists whom they concern, a token allows exactly that."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from looop_gui.cli.root import root
from looop_gui.store.instance_lock import InstanceLock
from tests.journeys.tenant_process import TOKEN, serving


@pytest.fixture
def endpoint() -> Iterator[str]:
    with serving() as endpoint:
        yield endpoint


class Desk:
    """A company of files, and the commands on it."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self.folder = folder
        self.people = {f"p{n}": "true" for n in range(10)}
        self.members = list(self.people)
        self.names: dict[str, str] = {}
        self.limits: dict[str, Any] = {}
        self.endpoint = endpoint
        (folder / "directory").mkdir()

    def __call__(self, *arguments: str) -> Result:
        directory = self.folder / "directory"
        rows = ["id,userPrincipalName,displayName,accountEnabled"]
        rows += [
            f"{name},{self.names.get(name, name)}@x.org,{name},{on}"
            for name, on in self.people.items()
        ]
        (directory / "users.csv").write_text("\n".join(rows), "utf-8")
        (directory / "groups.csv").write_text("id,displayName\ng,Team\n", "utf-8")
        lines = ["groupId,memberId", *(f"g,{member}" for member in self.members)]
        (directory / "members.csv").write_text("\n".join(lines), "utf-8")
        document = {
            "name": "guards",
            "application": "looop",
            "target": {"tenantUrl": self.endpoint, "secretToken": {"env": "GUARD_TOKEN"}},
            "source": {"type": "files", "folder": "directory"},
            "settings": {"scope": "all", "limits": self.limits},
        }
        file = self.folder / "connection.json"
        file.write_text(json.dumps(document), "utf-8")
        return self.run("sync", str(file), *arguments)

    def run(self, *arguments: str) -> Result:
        """Any command on the data folder, whatever the files of the company are."""
        given = [*arguments, "--data-dir", str(self.folder / "data")]
        return CliRunner().invoke(root, given, env={"GUARD_TOKEN": TOKEN})

    def events(self, *arguments: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self("--json", *arguments).stdout.splitlines()]


@pytest.fixture
def desk(tmp_path: Path, endpoint: str) -> Desk:
    desk = Desk(tmp_path, endpoint)
    assert desk().exit_code == 0
    return desk


def test_a_dry_run_lists_whom_a_guard_concerns_and_its_token_allows_them(desk: Desk) -> None:
    desk.limits = {"disablesPercent": 20}
    desk.people |= {"p1": "false", "p2": "false", "p3": "false"}

    tried = desk("--dry-run")
    assert tried.exit_code == 3
    assert "disable 3 of 10 linked people, more than 20 percent" in tried.stdout
    assert tried.stdout.count("more than 20 percent") == 1
    assert [f"  disable  p{n}  (p{n})" in tried.stdout for n in (1, 2, 3)] == [True] * 3
    token = tried.stdout.split("--allow-guard ")[1].strip()

    stopped = desk()
    assert stopped.exit_code == 3
    assert f"--allow-guard {token}" in stopped.stdout

    assert desk("--dry-run", "--allow-guard", token).exit_code == 0
    desk.people["p4"] = "false"
    assert desk("--allow-guard", token).exit_code == 3
    desk.people["p4"] = "true"
    assert desk("--allow-guard", token).exit_code == 0


def test_a_plan_that_a_guard_stops_is_applied_with_its_token_alone(desk: Desk) -> None:
    desk.limits = {"membersRemovedPercent": 40}
    desk.members = desk.members[:5]
    plan = desk.folder / "plan.json"
    events = desk.events("--plan-out", str(plan))

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

    assert desk("--apply-plan", str(plan)).exit_code == 3
    applied = desk.events("--apply-plan", str(plan), "--allow-guard", token)
    assert applied[-1]["groups"]["updated"] == 1


def remove_three(desk: Desk) -> None:
    desk.people = dict(list(desk.people.items())[3:])


def add_three(desk: Desk) -> None:
    desk.people |= {f"new{n}": "true" for n in range(3)}


def rename_three(desk: Desk) -> None:
    desk.names = {f"p{n}": f"other{n}" for n in range(3)}


@pytest.mark.parametrize(
    ("limits", "change", "words"),
    [
        ({"deletesPercent": 20}, remove_three, "delete 3 people and 0 groups"),
        ({"createsPercent": 20}, add_three, "create or match 3 of 10 linked people"),
        ({"creates": 2}, add_three, "create or match 3 people, more than 2"),
        ({"renamesPercent": 20}, rename_three, "matching value of 3 of 10 linked people"),
    ],
)
def test_every_limit_is_there_as_a_number_and_as_a_share(
    desk: Desk, limits: dict[str, int], change: Callable[[Desk], None], words: str
) -> None:
    desk.limits = limits
    change(desk)

    result = desk("--dry-run")

    assert result.exit_code == 3, result.output
    assert words in result.stdout


def accounts(desk: Desk) -> int:
    """How many people the tenant has."""
    request = urllib.request.Request(
        f"{desk.endpoint}/Users", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(request) as answer:
        return int(json.loads(answer.read())["totalResults"])


def test_what_a_guard_held_back_is_rejected_and_nothing_runs_until_it_is_resumed(
    desk: Desk,
) -> None:
    file = str(desk.folder / "connection.json")
    desk.limits = {"deletes": 2}
    desk()
    assert desk.run("connections", "add", file).exit_code == 0
    assert desk.run("resume", "guards").exit_code == 0
    remove_three(desk)
    assert desk().exit_code == 3
    stopped = desk.run("sync", "guards", "--json")
    assert stopped.exit_code == 3
    token = json.loads(stopped.stdout.splitlines()[-2])["guardToken"]
    assert f"looop-gui sync guards --reject-guard {token}" in desk.run("status", "guards").stdout

    rejected = desk.run("sync", "guards", "--reject-guard", token, "--json")

    assert rejected.exit_code == 0
    (event,) = [json.loads(line) for line in rejected.stdout.splitlines()]
    assert (event["event"], event["guardToken"]) == ("rejected", token)
    assert "Nothing of it was written" in event["sentence"]
    assert accounts(desk) == 10
    status = json.loads(desk.run("status", "guards", "--json").stdout)
    assert status["nextCycle"] is None
    assert "heldBack" not in status["extra"]
    assert desk.run("connections").stdout.splitlines()[-1].split()[3] == "off"
    again = desk.run("sync", "guards", "--reject-guard", token, "--json")
    assert again.exit_code == 2
    assert json.loads(again.stdout)["sentence"] == "No guard holds anything back."

    desk.people = {f"p{n}": "true" for n in range(10)}
    assert desk("--dry-run").exit_code == 0
    assert desk.run("resume", "guards").exit_code == 0
    assert desk.run("sync", "guards").exit_code == 0
    assert accounts(desk) == 10


def test_rejecting_is_for_exactly_what_is_held_back_and_runs_no_cycle(desk: Desk) -> None:
    desk.limits = {"deletes": 2}
    remove_three(desk)
    token = desk("--json").stdout.split('"guardToken":"')[1].split('"')[0]

    other = desk("--reject-guard", "0123456789abcdef")
    assert other.exit_code == 2
    assert f"its token is {token}" in other.stderr
    assert desk("--reject-guard", token, "--cycle", "initial").exit_code == 2
    both = desk("--reject-guard", token, "--allow-guard", "x")
    assert "--allow-guard is about one" in both.stderr

    rejected = desk("--reject-guard", token)
    assert rejected.exit_code == 0
    assert "its next cycle meets the guard again" in rejected.stdout
    assert desk("--json").exit_code == 3
    assert accounts(desk) == 10


def test_nothing_is_rejected_or_restarted_while_a_cycle_runs_in_another_program(desk: Desk) -> None:
    desk.limits = {"deletes": 2}
    remove_three(desk)
    token = desk("--json").stdout.split('"guardToken":"')[1].split('"')[0]
    (lock,) = (desk.folder / "data" / "locks").glob("cycle-*.lock")
    file = str(desk.folder / "connection.json")

    with InstanceLock(lock.parent, lock.stem):
        refused = [
            desk("--reject-guard", token),
            desk.run("restart", file),
            desk.run("reset", file, "--scope", "Full"),
        ]

    for result in refused:
        assert result.exit_code == 2
        assert "is running already" in result.stderr
        assert "wait for its end" in result.stderr
    assert desk("--reject-guard", token).exit_code == 0
