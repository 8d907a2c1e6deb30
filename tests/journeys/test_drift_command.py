"""`looop-gui drift`: what was changed in the target by hand is listed and repaired."""

import json
import urllib.request

import pytest

from tests.journeys.shell import Shell
from tests.journeys.tenant_process import TOKEN


def rename_by_hand(shell: Shell, endpoint: str, name: str) -> None:
    """Give somebody another display name, as an administrator of the target would."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
    listed = urllib.request.Request(f"{endpoint}/Users?count=1000", headers=headers)
    with urllib.request.urlopen(listed) as answer:
        users = json.load(answer)["Resources"]
    target_id = next(user["id"] for user in users if user["userName"] == f"{name}@x.org")
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "active", "value": False}],
    }
    changed = urllib.request.Request(
        f"{endpoint}/Users/{target_id}", json.dumps(body).encode(), headers, method="PATCH"
    )
    with urllib.request.urlopen(changed):
        return


@pytest.fixture
def changed(shell: Shell, endpoint: str) -> str:
    """Somebody who was disabled in the target after a cycle."""
    assert shell.summary()["created"] == 4
    name = next(iter(shell.people))
    rename_by_hand(shell, endpoint, name)
    return name


def test_before_the_first_cycle_nothing_can_be_compared(shell: Shell) -> None:
    result = shell("drift")

    assert result.exit_code == 2
    assert "Run a cycle" in result.stderr


def test_what_differs_is_listed_and_nothing_is_written(shell: Shell, changed: str) -> None:
    for _ in range(2):
        result = shell("drift")
        assert result.exit_code == 1
        assert f"({changed}): The account was disabled in the target." in result.stdout
        assert 'active: expected "True", actual "False"' in result.stdout
        assert "1 linked object differs in the target. Compared: 4 people" in result.stdout

    report = json.loads(shell("drift", "--json").stdout)
    assert report["event"] == "drift"
    (found,) = report["objects"]
    assert (found["sourceId"], found["kind"]) == (changed, "disabled")


def test_it_is_repaired_by_a_cycle(shell: Shell, changed: str) -> None:
    result = shell("drift", "--repair")

    assert result.exit_code == 0
    assert "Repaired by a cycle: Succeeded, 0 created, 1 updated" in result.stdout
    assert "differed in the target; what differed was written again." in result.stdout
    assert shell("drift").exit_code == 0
    assert "Drift check: nothing differs" in shell("status").stdout


def test_a_scheduled_report_is_shown_by_status_and_in_the_log(shell: Shell, changed: str) -> None:
    shell.settings |= {"driftCheck": "report", "driftHours": 0}

    ended = shell("sync")

    assert "1 linked object differs in the target." in ended.stdout
    assert "Drift check: 1 object differs" in shell("status").stdout
    listed = shell("logs", "--error-code", "TargetDrift")
    assert changed in listed.stdout
    assert "The account was disabled in the target." in listed.stdout
