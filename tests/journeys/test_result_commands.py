"""What came of a cycle as a file: a page that stands alone, JSON, the plan beside its result."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from looop_gui.cli.root import root
from looop_gui.model.cycle_result import PlannedOutcome
from tests.journeys.tenant_process import TOKEN, serving

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def endpoint() -> Iterator[str]:
    with serving() as endpoint:
        yield endpoint


class Desk:
    """A company of files, and the commands on it."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self.folder, self.endpoint = folder, endpoint
        self.people = {f"p{n}": f"p{n}@x.org" for n in range(4)}
        self.surnames: dict[str, str] = {}
        self.settings: dict[str, Any] = {"scope": "all"}
        (folder / "directory").mkdir()

    def __call__(self, command: str, *arguments: str) -> Result:
        rows = ["id,userPrincipalName,displayName,accountEnabled,surname"]
        rows += [
            f"{one},{name},{one},true,{self.surnames.get(one, 'Clerk')}"
            for one, name in self.people.items()
        ]
        (self.folder / "directory" / "users.csv").write_text("\n".join(rows), "utf-8")
        document = {
            "name": "results",
            "application": "looop",
            "target": {"tenantUrl": self.endpoint, "secretToken": {"env": "RESULT_TOKEN"}},
            "source": {"type": "files", "folder": "directory"},
            "settings": self.settings,
        }
        file = self.folder / "connection.json"
        file.write_text(json.dumps(document), "utf-8")
        given = [command, str(file), *arguments, "--data-dir", str(self.folder / "data")]
        return CliRunner().invoke(root, given, env={"RESULT_TOKEN": TOKEN})

    def result(self, *arguments: str) -> dict[str, Any]:
        answer = self("result", *arguments)
        assert answer.exit_code == 0, answer.output
        return json.loads(answer.stdout)


@pytest.fixture
def desk(tmp_path: Path, endpoint: str) -> Desk:
    return Desk(tmp_path, endpoint)


def test_a_cycle_leaves_a_page_that_stands_alone(desk: Desk) -> None:
    desk.people[EVIL] = "evil@x.org"
    page_file = desk.folder / "result.html"

    done = desk("sync", "--result-out", str(page_file))

    assert done.exit_code == 0, done.output
    page = page_file.read_text("utf-8")
    assert f"WRITTEN TO {desk.endpoint}" in page
    assert "This cycle created 5." in page
    assert page.count("<details>") == 5
    assert "POST /scim/v2/Users -&gt; 201" in page
    assert "Clerk" in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert not re.search(r"(src|href)\s*=|url\(|@import", page)
    assert TOKEN not in page
    assert page_file.stat().st_mode & 0o077 == 0


def test_the_result_of_a_cycle_is_read_later(desk: Desk) -> None:
    assert desk("sync").exit_code == 0
    desk.surnames = {"p1": "Boss"}
    assert desk("sync").exit_code == 0

    last = desk.result()
    (changed,) = last["objects"]
    assert (changed["source_id"], changed["action"]) == ("p1", "update")
    (change,) = changed["changes"]
    assert (change["old_value"], change["new_value"]) == ("Clerk", "Boss")
    assert [r["method"] for r in changed["requests"]][-1] == "PATCH"
    assert ["PATCH", 204, 1] in last["answers"] or ["PATCH", 200, 1] in last["answers"]
    assert last["plan"] is None

    listed = json.loads(desk("status", "--json").stdout)
    assert listed["lastCycle"]["id"] == last["cycle"]["id"]
    assert desk.result("--cycle", last["cycle"]["id"]) == last
    assert desk("result", "--cycle", "unknown").exit_code == 2


def test_the_plan_stands_beside_the_result(desk: Desk) -> None:
    plan, page_file = desk.folder / "plan.json", desk.folder / "result.html"
    assert desk("sync", "--plan-out", str(plan)).exit_code == 0

    done = desk("sync", "--apply-plan", str(plan), "--result-out", str(page_file))
    assert done.exit_code == 0, done.output
    compared = desk.result()["plan"]
    assert {one["outcome"] for one in compared["objects"]} == {PlannedOutcome.WRITTEN}
    assert len(compared["objects"]) == 4
    assert compared["sentence"] == "This cycle would create 4."
    page = page_file.read_text("utf-8")
    assert "Plan and result" in page
    assert "What did not go as planned" not in page


def test_what_did_not_go_as_planned_is_listed(desk: Desk) -> None:
    plan, page_file = desk.folder / "plan.json", desk.folder / "result.html"
    assert desk("sync", "--plan-out", str(plan)).exit_code == 0
    desk.settings["concurrency"] = 1
    desk.surnames = {"p2": "Boss"}

    done = desk("sync", "--apply-plan", str(plan), "--result-out", str(page_file))

    assert done.exit_code == 3
    outcomes = {o["source_id"]: o["outcome"] for o in desk.result()["plan"]["objects"]}
    assert outcomes["p2"] == PlannedOutcome.NOT_WRITTEN
    page = page_file.read_text("utf-8")
    assert "What did not go as planned" in page
    assert "The plan is stale: for p2" in page


def test_what_a_guard_held_back_is_a_result_too(desk: Desk) -> None:
    assert desk("sync").exit_code == 0
    desk.settings["accidentalDeletionPrevention"] = {"enabled": True, "threshold": 1}
    desk.people = dict(list(desk.people.items())[2:])
    page_file = desk.folder / "result.html"

    assert desk("sync", "--result-out", str(page_file)).exit_code == 3

    result = desk.result()
    assert [one["action"] for one in result["objects"]] == ["stageddelete"] * 2
    page = page_file.read_text("utf-8")
    assert "NOTHING was written to the target." in page
    assert "more than the threshold of 1" in page


def test_a_dry_run_has_no_result(desk: Desk) -> None:
    refused = desk("sync", "--dry-run", "--result-out", str(desk.folder / "r.html"))

    assert refused.exit_code == 2
    assert "--plan-out" in refused.output


def test_what_went_in_bulk_requests_is_in_the_result_one_by_one(desk: Desk) -> None:
    desk.settings["bulk"] = True
    plan = desk.folder / "plan.json"
    assert desk("sync", "--plan-out", str(plan)).exit_code == 0

    assert desk("sync", "--apply-plan", str(plan)).exit_code == 0

    result = desk.result()
    assert {one["outcome"] for one in result["plan"]["objects"]} == {PlannedOutcome.WRITTEN}
    assert result["cycle"]["users"]["created"] == 4
    assert all(one["requests"][-1]["status"] == 201 for one in result["objects"])
