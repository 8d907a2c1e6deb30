"""A plan file from which rows were taken out: what follows is said, and exactly that is sent."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from looop_gui.cli.root import root
from tests.journeys.tenant_process import TOKEN, serving

MANAGERS = {"bob": "ann", "cyd": "ann", "dan": "ann", "eve": "bob"}


@pytest.fixture(params=["legacy", "aadOptscim062020", "rfc7644"])
def shell(request: pytest.FixtureRequest, tmp_path: Path, data_folder: Path) -> Iterator[Any]:
    with serving() as endpoint:
        folder = tmp_path / "directory"
        folder.mkdir()
        people = ["ann", *MANAGERS]
        rows = ["id,userPrincipalName,displayName,department,manager,accountEnabled"]
        rows += [f"{p},{p}@x.org,{p.title()},D,{MANAGERS.get(p, '')},true" for p in people]
        (folder / "users.csv").write_text("\n".join(rows) + "\n", "utf-8")
        (folder / "groups.csv").write_text("id,displayName\ng1,Sales\ng2,Ops\n", "utf-8")
        members = [("g1", "ann"), ("g1", "bob"), ("g2", "ann"), ("g1", "g2")]
        text = "groupId,memberId\n" + "".join(f"{g},{m}\n" for g, m in members)
        (folder / "members.csv").write_text(text, "utf-8")
        document = {
            "name": "thin",
            "application": "looop",
            "target": {"tenantUrl": endpoint, "secretToken": {"env": "THIN_TOKEN"}},
            "source": {"type": "files", "folder": "directory"},
            "settings": {"scope": "all"},
        }
        (tmp_path / "connection.json").write_text(json.dumps(document), "utf-8")
        dialect = () if request.param == "rfc7644" else ("--dialect", request.param)

        def run(*arguments: str) -> Result:
            given = ["sync", str(tmp_path / "connection.json"), *arguments, *dialect]
            given += ["--data-dir", str(data_folder)]
            return CliRunner().invoke(root, given, env={"THIN_TOKEN": TOKEN})

        yield run


def thin_out(file: Path, *names: str) -> None:
    plan = json.loads(file.read_text("utf-8"))
    plan["objects"] = [one for one in plan["objects"] if one["source_name"] not in names]
    file.write_text(json.dumps(plan), "utf-8")


def summary(result: Result) -> dict[str, Any]:
    return json.loads(result.stdout.splitlines()[-1])


def event(result: Result, name: str) -> dict[str, Any]:
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    return next(line for line in lines if line["event"] == name)


def test_the_reports_of_a_manager_who_was_taken_out_are_created_without_her(
    shell: Any, tmp_path: Path
) -> None:
    file = tmp_path / "plan.json"
    assert shell("--plan-out", str(file)).exit_code == 0
    thin_out(file, "Ann", "Ops")

    applied = shell("--apply-plan", str(file), "--json")

    assert applied.exit_code == 0, applied.output
    said = event(applied, "cycle")["sentence"]
    assert (
        "3 people refer to Ann, who is left out, as manager; their manager is written by a later "
        "cycle." in said
    )
    assert (
        "1 group does not get Ann and Ops, who are left out, as a member; a later cycle adds the "
        "membership." in said
    )
    assert "1 group does not get" in applied.stderr  # before anything was written
    assert summary(applied)["created"] == 5  # bob, cyd, dan, eve, Sales
    rest = summary(shell("--json"))
    assert (rest["created"], rest["failed"]) == (2, 0)
    assert summary(shell("--json"))["requests"] <= 2
    certified = shell("--json", "--cycle", "initial", "--certify")
    assert event(certified, "certificate")["writes"] == 0


def test_a_plan_file_in_which_only_the_second_pass_of_somebody_is_left_is_applied(
    shell: Any, tmp_path: Path
) -> None:
    """The create of a group was taken out by hand, its members were not."""
    file = tmp_path / "plan.json"
    shell("--plan-out", str(file))
    plan = json.loads(file.read_text("utf-8"))
    plan["objects"] = [
        one
        for one in plan["objects"]
        if (one["source_name"], one["which"]) not in (("Ops", "object"),)
    ]
    file.write_text(json.dumps(plan), "utf-8")

    applied = shell("--apply-plan", str(file), "--json")

    assert applied.exit_code == 0, applied.output
    assert summary(applied)["created"] == 6
    assert summary(shell("--json"))["created"] == 1
