"""`looop-gui retry`: what failed is listed, and made due one by one."""

import json

import pytest

from tests.journeys.shell import Shell


@pytest.fixture
def waiting(shell: Shell) -> str:
    """Somebody who has failed twice, because somebody else has that userName."""
    name = next(iter(shell.people))
    shell.people[name.upper()] = "true"
    for _ in range(2):
        assert shell.summary()["failed"] == 1
    assert shell.summary()["failed"] == 0
    return name.upper()


def test_what_waits_is_listed(shell: Shell, waiting: str) -> None:
    listed = shell("retry")

    assert listed.exit_code == 0
    assert f"User {waiting}: DuplicateSourceEntries, tried 2 times, waits until" in listed.stdout
    assert [one["sourceId"] for one in json.loads(shell("retry", "--json").stdout)] == [waiting]


@pytest.mark.parametrize("by_name", [True, False])
def test_one_is_made_due_and_tried_in_the_next_cycle(
    shell: Shell, waiting: str, by_name: bool
) -> None:
    done = shell("retry", waiting if by_name else "--all")

    assert done.exit_code == 0
    assert "due in the next cycle" in done.stdout
    assert shell.summary()["failed"] == 1


def test_what_does_not_wait_is_said(shell: Shell) -> None:
    assert "Nothing waits" in shell("retry").stdout

    result = shell("retry", "nobody")

    assert result.exit_code == 2
    assert "nobody does not wait" in result.stderr
