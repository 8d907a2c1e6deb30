"""The command line of provisioning: sync, status, provision-on-demand, restart, exit codes."""

import json
import re
from typing import Any

import pytest
from click.testing import CliRunner, Result

from looop_gui.cli.root import root
from tests.journeys.shell import Shell
from tests.journeys.tenant_process import TOKEN


def test_sync_ends_with_a_summary_of_people_and_groups(shell: Shell) -> None:
    result = shell("sync", "--json")

    summary = json.loads(result.stdout.splitlines()[-1])
    assert result.exit_code == 0
    assert summary["event"] == "summary"
    assert summary["created"] == summary["users"]["created"] == 4
    assert {"updated", "disabled", "deleted", "skipped", "failed", "requests", "seconds"} <= set(
        summary
    )
    assert shell.summary()["requests"] <= 3


def test_several_cycles_go_on_from_each_other(shell: Shell) -> None:
    result = shell("sync", "--json", "--cycles", "3")

    summaries = [json.loads(line) for line in result.stdout.splitlines()]
    created = [event["created"] for event in summaries if event["event"] == "summary"]
    assert created == [4, 0, 0]


def test_a_dry_run_writes_nothing(shell: Shell) -> None:
    result = shell("sync", "--dry-run")

    assert result.exit_code == 0
    assert "would create 4" in result.stdout
    assert shell.summary()["created"] == 4


def test_without_a_terminal_only_the_ends_of_cycles_are_shown(shell: Shell) -> None:
    result = shell("sync")

    assert "Initial cycle: Succeeded" in result.stdout
    assert "\r" not in result.output
    assert TOKEN not in result.output


def test_a_guard_is_exit_code_3_and_can_be_let_pass_once(shell: Shell) -> None:
    shell("sync")
    shell.settings["accidentalDeletionPrevention"] = {"enabled": True, "threshold": 1}
    shell.people = dict(list(shell.people.items())[2:])

    stopped = shell("sync", "--json")
    events = [json.loads(line) for line in stopped.stdout.splitlines()]
    token = next(event["guardToken"] for event in events if event["event"] == "cycle")
    assert stopped.exit_code == 3

    assert shell.summary("--allow-guard", token)["deleted"] == 2


def test_a_refused_token_is_exit_code_4_and_shown_by_status(shell: Shell) -> None:
    shell("sync")

    assert shell("sync", token="another-token-altogether").exit_code == 4
    status = shell("status")
    assert status.exit_code == 5
    assert "Quarantine: EncounteredQuarantineException" in status.stdout
    assert "Linked: 4 people" in status.stdout

    assert shell("sync").exit_code == 0
    assert shell("status").exit_code == 0


def test_a_target_that_cannot_be_reached_is_exit_code_4(shell: Shell) -> None:
    shell.document["target"]["tenantUrl"] = "http://127.0.0.1:9/scim/v2"

    assert shell("sync").exit_code == 4


def test_an_unusable_source_is_exit_code_2(shell: Shell) -> None:
    shell.document["source"]["folder"] = "nowhere"

    result = shell("sync")

    assert result.exit_code == 2


def test_on_demand_shows_the_steps(shell: Shell) -> None:
    person = next(iter(shell.people))

    tried = shell("provision-on-demand", "--user", person, "--dry-run")
    done = shell("provision-on-demand", "--user", person, "--json")
    again = shell("provision-on-demand", "--user", person)

    assert "DRY RUN" in tried.stdout
    assert "export" in tried.stdout
    assert json.loads(done.stdout)["action"] == "create"
    assert "RedundantExport" in again.stdout
    assert shell("provision-on-demand", "--user", "nobody").exit_code == 2
    assert shell.summary()["created"] == 3


def test_a_restart_makes_the_next_cycle_an_initial_one(shell: Shell) -> None:
    shell("sync")

    assert shell("restart").exit_code == 0
    result = shell("sync")

    assert "Initial cycle: Succeeded" in result.stdout
    assert "created 0" in result.stdout


def test_parts_of_the_state_are_forgotten_by_name(shell: Shell) -> None:
    shell("sync")

    cleared = shell("reset", "--scope", "Watermark", "--scope", "Escrows")
    assert (cleared.exit_code, "Escrows, Watermark" in cleared.stdout) == (0, True)
    assert "Linked: 4 people" in shell("status").stdout
    assert "Initial cycle: Succeeded" in shell("sync").stdout

    assert shell("reset", "--scope", "ConnectorDataStore").exit_code == 0
    assert "Linked: 4 people" not in shell("status").stdout
    assert shell.summary()["created"] == 0
    assert "Linked: 4 people" in shell("status").stdout


def test_a_dialect_is_chosen_for_one_run(shell: Shell) -> None:
    shell("sync")
    person = next(iter(shell.people))
    shell.people[person] = "false"
    plans = {}
    for dialect in ("legacy", "aadOptscim062020"):
        file = shell.folder / f"{dialect}.json"
        shell("sync", "--plan-out", str(file), "--dialect", dialect)
        (planned,) = json.loads(file.read_text("utf-8"))["objects"]
        (operation,) = planned["requests"][0]["body"]["Operations"]
        plans[dialect] = (operation["op"], operation["value"])
    assert plans == {"legacy": ("Replace", "False"), "aadOptscim062020": ("replace", False)}


def test_a_group_goes_on_demand_with_its_members(shell: Shell) -> None:
    first, second = list(shell.people)[:2]
    folder = shell.folder / "directory"
    group = f"{shell.folder.name}-team"
    (folder / "groups.csv").write_text(f"id,displayName\n{group},{group}\n", "utf-8")
    (folder / "members.csv").write_text(
        f"groupId,memberId\n{group},{first}\n{group},{second}\n", "utf-8"
    )
    asked = ("--group", group, "--member", first, "--member", second, "--json")

    result = shell("provision-on-demand", *asked)

    entries = json.loads(result.stdout)
    assert result.exit_code == 0, result.output
    assert [entry["source_id"] for entry in entries] == [first, second, group]
    assert all(entry["status"] == "success" for entry in entries)
    assert shell("provision-on-demand", "--user", first, "--member", second).exit_code == 2


def test_a_group_is_tried_with_a_member_who_is_not_there_yet(shell: Shell) -> None:
    people = [*shell.people, "e", "f"]
    folder = shell.folder / "directory"
    group = f"{shell.folder.name}-six"
    (folder / "groups.csv").write_text(f"id,displayName\n{group},{group}\n", "utf-8")
    lines = [f"{group},{member}" for member in people]
    (folder / "members.csv").write_text("\n".join(["groupId,memberId", *lines]), "utf-8")

    tried = shell("provision-on-demand", "--group", group, "--member", people[0], "--dry-run")

    sent = re.findall(r"^   (POST|PATCH) \S+/scim/v2(/\w+)\S*: Not sent", tried.stdout, re.M)
    assert tried.exit_code == 0, tried.output
    assert sent == [("POST", "/Users"), ("POST", "/Groups"), ("PATCH", "/Groups")]
    assert "Dialect: legacy" in tried.stdout
    assert shell.summary("--dry-run")["created"] == 5

    shell.people |= {"e": "true", "f": "true"}
    chosen = [word for member in people for word in ("--member", member)]
    refused = shell("provision-on-demand", "--group", group, *chosen)
    assert refused.exit_code == 2
    assert "6 members are chosen; at most 5 go with a group on demand." in refused.stderr


def test_a_saved_connection_is_paused_and_resumed(shell: Shell) -> None:
    shell("sync")
    file, data = str(shell.file), str(shell.data_folder)

    def ask(*arguments: str) -> Result:
        return CliRunner().invoke(root, [*arguments, "--data-dir", data])

    assert ask("connections", "add", file).exit_code == 0
    states = []
    for command in ("resume", "pause"):
        assert ask(command, "shell").exit_code == 0
        (saved,) = json.loads(ask("connections", "--json").stdout)
        states.append((saved["settings"]["provisioningOn"], saved["job"]["status"]))
    assert states == [(True, "Active"), (False, "Paused")]
    assert json.loads(ask("connections", "--json").stdout)[0]["job"]["linkedUsers"] == 4


def test_a_plan_is_written_and_exactly_it_is_applied(shell: Shell) -> None:
    file = shell.folder / "plan.json"
    made = shell("sync", "--plan-out", str(file))
    plan = json.loads(file.read_text("utf-8"))
    assert made.exit_code == 0
    assert len(plan["objects"]) == 4
    assert plan["objects"][0]["requests"][0]["method"] == "POST"
    assert TOKEN not in file.read_text("utf-8")

    plan["objects"] = plan["objects"][:2]
    file.write_text(json.dumps(plan), "utf-8")
    assert shell.summary("--apply-plan", str(file))["created"] == 2
    assert shell.summary()["created"] == 2


def test_a_plan_is_a_page_that_stands_alone(shell: Shell) -> None:
    shell.people["<script>alert(1)</script>"] = "true"
    file = shell.folder / "plan.html"

    assert shell("sync", "--plan-out", str(file)).exit_code == 0

    page = file.read_text("utf-8")
    assert "DRY RUN: nothing was written to the target." in page
    assert "This cycle would create 5." in page
    assert page.count("POST /Users") == 5
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert not re.search(r"(src|href)\s*=", page)
    assert TOKEN not in page
    assert shell.summary()["created"] == 5


def test_a_plan_of_another_connection_is_refused(shell: Shell) -> None:
    file = shell.folder / "plan.json"
    shell("sync", "--plan-out", str(file))
    plan = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps(plan | {"connection_id": "other"}), "utf-8")

    assert shell("sync", "--apply-plan", str(file)).exit_code == 2


def test_defects_of_the_source_are_told_by_every_cycle(shell: Shell) -> None:
    shell.people |= {f"ann{n} one-cell-too-many,": "true" for n in range(12)}

    for _ in range(2):
        result = shell("sync")
        assert result.exit_code == 0
        assert "The source has 12 defects" in result.stderr
        assert "users.csv:6:" in result.stderr
        assert result.stderr.count("  users.csv:") == 10
        assert "and 2 more" in result.stderr
        assert "12 defects in users.csv." in result.stdout


def test_defects_of_the_source_are_events_for_programs(shell: Shell) -> None:
    shell.people["ann one-cell-too-many,"] = "true"

    events = [json.loads(line) for line in shell("sync", "--json").stdout.splitlines()]

    assert [event for event in events if event["event"] == "source-problem"] == [
        {
            "event": "source-problem",
            "file": "users.csv",
            "line": 6,
            "sentence": next(e["sentence"] for e in events if e["event"] == "source-problem"),
        }
    ]
    assert {"event": "source-problems", "total": 1, "shown": 1} in events
    assert events[-1]["event"] == "summary"
    assert events[-1]["created"] == 4


def test_a_cycle_is_certified(shell: Shell) -> None:
    result = shell("sync", "--certify")

    assert result.exit_code == 0
    assert "Certified: another cycle would write nothing." in result.stdout
    assert shell.summary("--certify")["event"] == "summary"


def test_a_dry_run_tells_the_defects_of_the_source(shell: Shell) -> None:
    shell.people["ann one-cell-too-many,"] = "true"

    assert "1 defect in users.csv." in shell("sync", "--dry-run").stdout


def test_logs_take_a_connection_file(shell: Shell) -> None:
    shell("sync")

    result = shell("logs", "--action", "create")

    assert result.exit_code == 0
    assert "4 entries." in result.stderr


def test_status_has_the_sentence_about_defects_and_no_empty_list_of_them(shell: Shell) -> None:
    shell.people["ann one-cell-too-many,"] = "true"
    shell("sync")

    cycle = json.loads(shell("status", "--json").stdout)["lastCycle"]

    assert cycle["sentence"] == "1 defect in users.csv."
    assert "defects" not in cycle


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ({"format": 99}, "a later version of this program"),
        ({"tenant_url": "https://elsewhere.looop.co/scim/v2"}, "was made for https://elsewhere"),
        ({"configuration_digest": "another"}, "settings have changed since the plan was made"),
        ({"objects": "none"}, "is not a plan"),
    ],
)
def test_a_plan_of_something_else_sends_nothing(
    shell: Shell, edit: dict[str, Any], words: str
) -> None:
    file = shell.folder / "plan.json"
    shell("sync", "--plan-out", str(file))
    plan = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps(plan | edit), "utf-8")

    refused = shell("sync", "--apply-plan", str(file))

    assert refused.exit_code == 2
    assert words in refused.stderr
    assert "Nothing was sent to the target." in refused.stderr
    assert shell.summary()["created"] == 4


def test_a_plan_without_what_came_later_is_applied(shell: Shell) -> None:
    file = shell.folder / "plan.json"
    shell("sync", "--plan-out", str(file))
    plan = json.loads(file.read_text("utf-8"))
    for name in ("format", "guards", "guard_token", "undo", "left_alone"):
        plan.pop(name, None)
    file.write_text(json.dumps(plan), "utf-8")

    assert shell.summary("--apply-plan", str(file))["created"] == 4
