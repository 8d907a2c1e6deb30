"""What came of a cycle as a file: a page that stands alone, JSON, the plan beside its result."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from looop_gui.model.cycle_result import PlannedOutcome
from tests.journeys.shell import Shell
from tests.journeys.tenant_process import TOKEN, serving

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def shell(tmp_path: Path, data_folder: Path) -> Iterator[Shell]:
    """Four clerks, and a tenant of their own."""
    with serving() as endpoint:
        shell = Shell(tmp_path, endpoint, data_folder, name="results")
        shell.people = {f"p{n}": "true" for n in range(4)}
        shell.surnames = dict.fromkeys(shell.people, "Clerk")
        yield shell


def result_of(shell: Shell, *arguments: str) -> dict[str, Any]:
    answer = shell("result", *arguments)
    assert answer.exit_code == 0, answer.output
    result: dict[str, Any] = json.loads(answer.stdout)
    return result


def test_a_cycle_leaves_a_page_that_stands_alone(shell: Shell) -> None:
    shell.people[EVIL] = "true"
    shell.user_names[EVIL] = "evil@x.org"
    page_file = shell.folder / "result.html"

    done = shell("sync", "--result-out", str(page_file))

    assert done.exit_code == 0, done.output
    page = page_file.read_text("utf-8")
    assert f"WRITTEN TO {shell.endpoint}" in page
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


def test_the_result_of_a_cycle_is_read_later(shell: Shell) -> None:
    assert shell("sync").exit_code == 0
    shell.surnames["p1"] = "Boss"
    assert shell("sync").exit_code == 0

    last = result_of(shell)
    (changed,) = last["objects"]
    assert (changed["source_id"], changed["action"]) == ("p1", "update")
    (change,) = changed["changes"]
    assert (change["old_value"], change["new_value"]) == ("Clerk", "Boss")
    assert [r["method"] for r in changed["requests"]][-1] == "PATCH"
    assert ["PATCH", 204, 1] in last["answers"] or ["PATCH", 200, 1] in last["answers"]
    assert last["plan"] is None

    listed = json.loads(shell("status", "--json").stdout)
    assert listed["lastCycle"]["id"] == last["cycle"]["id"]
    assert result_of(shell, "--cycle", last["cycle"]["id"]) == last
    assert shell("result", "--cycle", "unknown").exit_code == 2


def test_the_plan_stands_beside_the_result(shell: Shell) -> None:
    plan, page_file = shell.folder / "plan.json", shell.folder / "result.html"
    assert shell("sync", "--plan-out", str(plan)).exit_code == 0

    done = shell("sync", "--apply-plan", str(plan), "--result-out", str(page_file))
    assert done.exit_code == 0, done.output
    compared = result_of(shell)["plan"]
    assert {one["outcome"] for one in compared["objects"]} == {PlannedOutcome.WRITTEN}
    assert len(compared["objects"]) == 4
    assert compared["sentence"] == "This cycle would create 4."
    page = page_file.read_text("utf-8")
    assert "Plan and result" in page
    assert "What did not go as planned" not in page


def test_what_did_not_go_as_planned_is_listed(shell: Shell) -> None:
    plan, page_file = shell.folder / "plan.json", shell.folder / "result.html"
    assert shell("sync", "--plan-out", str(plan)).exit_code == 0
    shell.settings["concurrency"] = 1
    shell.surnames["p2"] = "Boss"

    done = shell("sync", "--apply-plan", str(plan), "--result-out", str(page_file))

    assert done.exit_code == 3
    outcomes = {o["source_id"]: o["outcome"] for o in result_of(shell)["plan"]["objects"]}
    assert outcomes["p2"] == PlannedOutcome.NOT_WRITTEN
    page = page_file.read_text("utf-8")
    assert "What did not go as planned" in page
    assert "The plan is stale: for p2" in page


def test_what_a_guard_held_back_is_a_result_too(shell: Shell) -> None:
    assert shell("sync").exit_code == 0
    shell.settings["accidentalDeletionPrevention"] = {"enabled": True, "threshold": 1}
    shell.people = dict(list(shell.people.items())[2:])
    page_file = shell.folder / "result.html"

    assert shell("sync", "--result-out", str(page_file)).exit_code == 3

    result = result_of(shell)
    assert [one["action"] for one in result["objects"]] == ["stageddelete"] * 2
    page = page_file.read_text("utf-8")
    assert "NOTHING was written to the target." in page
    assert "more than the threshold of 1" in page


def test_a_dry_run_has_no_result(shell: Shell) -> None:
    refused = shell("sync", "--dry-run", "--result-out", str(shell.folder / "r.html"))

    assert refused.exit_code == 2
    assert "--plan-out" in refused.output


def test_what_went_in_bulk_requests_is_in_the_result_one_by_one(shell: Shell) -> None:
    shell.settings["bulk"] = True
    plan = shell.folder / "plan.json"
    assert shell("sync", "--plan-out", str(plan)).exit_code == 0

    assert shell("sync", "--apply-plan", str(plan)).exit_code == 0

    result = result_of(shell)
    assert {one["outcome"] for one in result["plan"]["objects"]} == {PlannedOutcome.WRITTEN}
    assert result["cycle"]["users"]["created"] == 4
    assert all(one["requests"][-1]["status"] == 201 for one in result["objects"])
