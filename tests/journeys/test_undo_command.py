"""`looop-gui undo`: runs are listed, planned, undone, and what was changed since is left alone."""

import json
from pathlib import Path

from looop_gui.model.plan import Plan
from tests.journeys.shell import Shell


def events(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_runs_that_can_be_undone_are_listed(shell: Shell) -> None:
    assert "There is no run" in shell("undo").stdout
    shell("sync")

    listed = shell("undo")

    assert listed.exit_code == 0
    assert "initial      4 objects  created 4" in listed.stdout
    (run,) = json.loads(shell("undo", "--json").stdout)
    assert (run["kind"], run["objects"], run["undone"]) == ("initial", 4, False)
    assert listed.stdout.startswith(run["id"][:8])


def test_a_dry_run_and_a_plan_file_write_nothing(shell: Shell, tmp_path: Path) -> None:
    shell("sync")

    dry = shell("undo", "last", "--dry-run")
    page = shell("undo", "last", "--plan-out", str(tmp_path / "plan.html"))
    file = shell("undo", "last", "--plan-out", str(tmp_path / "plan.json"))

    assert [one.exit_code for one in (dry, page, file)] == [0, 0, 0]
    assert "DRY RUN" in dry.stdout
    assert "This undo would delete 4" in dry.stdout
    assert "undoes the cycle of" in (tmp_path / "plan.html").read_text("utf-8")
    assert shell.summary("--cycle", "initial")["skipped"] == 4


def test_a_run_is_undone_and_marked_so(shell: Shell) -> None:
    shell("sync")

    done = shell("undo", "last", "--json")

    assert done.exit_code == 0, done.output
    assert events(done.stdout)[-1]["deleted"] == 4
    undo, initial = json.loads(shell("undo", "--json").stdout)
    assert (undo["kind"], undo["undoes"]) == ("undo", initial["id"])
    assert (undo["undone"], initial["undone"]) == (False, True)
    assert json.loads(shell("status", "--json").stdout)["lastCycle"]["kind"] == "undo"
    assert shell.summary()["created"] == 4


def test_a_plan_of_an_undo_is_applied_from_its_file(shell: Shell, tmp_path: Path) -> None:
    shell("sync")
    plan = tmp_path / "plan.json"
    shell("undo", "last", "--plan-out", str(plan))

    applied = shell.summary("--apply-plan", str(plan))

    assert applied["deleted"] == 4


def test_by_the_beginning_of_its_id(shell: Shell) -> None:
    shell("sync")
    (run,) = json.loads(shell("undo", "--json").stdout)

    assert shell("undo", run["id"][:6], "--dry-run").exit_code == 0
    assert shell("undo", "ffff", "--dry-run").exit_code == 2


def test_as_much_as_a_guard_holds_back_has_to_be_allowed(shell: Shell) -> None:
    shell("sync")
    shell.settings["accidentalDeletionPrevention"] = {"enabled": True, "threshold": 1}

    held = shell("undo", "last", "--json")
    token = events(held.stdout)[-1]["guardToken"]

    assert held.exit_code == 3
    assert shell.summary("--cycle", "initial")["skipped"] == 4
    run = json.loads(shell("undo", "--json").stdout)[-1]["id"]
    assert shell("undo", run, "--allow-guard", str(token)).exit_code == 0
    assert shell.summary()["created"] == 4


def test_the_file_says_whose_undo_it_is(shell: Shell, tmp_path: Path) -> None:
    shell("sync")
    shell("undo", "last", "--plan-out", str(tmp_path / "plan.json"))

    content = json.loads((tmp_path / "plan.json").read_text("utf-8"))

    assert content["undo"]["cycle_id"] == json.loads(shell("undo", "--json").stdout)[0]["id"]
    assert "left_alone" in Plan.__dataclass_fields__
