"""The grace period from the command line: a connection file, `status`, `lint`."""

import json

from tests.journeys.shell import Shell


def test_who_waits_to_be_deleted_is_told_by_status(shell: Shell) -> None:
    shell.settings["deleteGraceDays"] = 30
    shell("sync")
    name, others = next(iter(shell.people)), dict(list(shell.people.items())[1:])
    shell.people = others

    summary = shell.summary()
    assert (summary["disabled"], summary["deleted"]) == (1, 0)
    assert "Waiting to be deleted: 1, the first at" in shell("status").stdout
    state = json.loads(shell("status", "--json").stdout)
    assert state["leaving"] == 1
    assert state["nextDeletion"] > state["lastCycle"]["began"]

    shell.people = {name: "true"} | others
    summary = shell.summary()
    assert (summary["created"], summary["updated"]) == (0, 1)
    assert "Waiting to be deleted" not in shell("status").stdout


def test_what_contradicts_itself_is_a_finding(shell: Shell) -> None:
    shell.settings |= {"deleteGraceDays": 30, "appendOnly": True}

    found = json.loads(shell("lint", "--json").stdout)

    assert [one["identifier"] for one in found if "grace" in one["identifier"]] == [
        "grace-and-append-only"
    ]
