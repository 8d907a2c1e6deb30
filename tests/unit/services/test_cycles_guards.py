"""The guards over the wire: each stops before the first write, in the dry run too, and lets pass
once exactly what it held back."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from looop_gui.engine.guards import FEW_GROUPS
from looop_gui.model.job import CycleEnd
from looop_gui.model.provisioning_log import LogFilter, ProvisioningAction
from looop_gui.services.cycle_rehearsal import rehearse
from looop_gui.store.jobs import open_job
from looop_gui.store.provisioning_log import read_rows
from tests.unit.services.test_cycles import Company, Desk, open_desk

PEOPLE = ("ann", "bob", "cyd", "dan")
GROUPS = tuple(f"group{number}" for number in range(FEW_GROUPS + 1))


@pytest.fixture
async def guarded(data_folder: Path) -> AsyncIterator[Desk]:
    async with open_desk(data_folder) as desk:
        for name in PEOPLE:
            desk.company.person(name)
        for name in GROUPS:
            desk.company.group(name, "ann")
        yield desk


def disable_two(company: Company) -> None:
    for name in ("ann", "bob"):
        company.person(name, accountEnabled="False")


def delete_one_of_each(company: Company) -> None:
    company.remove("ann")
    company.remove("group0")


def rename_two(company: Company) -> None:
    for name in ("ann", "bob"):
        company.person(name, userPrincipalName=f"{name}.new@contoso.com")


def give_two_one_name(company: Company) -> None:
    company.person("bob", userPrincipalName="ANN@contoso.com")
    company.person("eve")


def lose_two(company: Company) -> None:
    company.remove("ann")
    company.remove("bob")


def lose_groups(company: Company) -> None:
    for name in GROUPS:
        company.remove(name)


CASES = (
    pytest.param({"limit_disables": 1}, disable_two, "disable 2 people", id="disables"),
    pytest.param(
        {"limit_deletes": 1}, delete_one_of_each, "delete 1 person and 1 group", id="deletes"
    ),
    pytest.param({"limit_renames": 1}, rename_two, "matching value of 2 people", id="renames"),
    pytest.param(
        {"stop_on_duplicates": True}, give_two_one_name, '"ann@contoso.com"', id="duplicates"
    ),
    pytest.param(
        {"limit_source_shrink_percent": 49}, lose_two, "2 people instead of 4", id="shrank"
    ),
    pytest.param({}, lose_groups, "holds no groups", id="no groups"),
    pytest.param(
        {"limit_deletes": 1, "limit_source_shrink_percent": 10},
        lose_two,
        "2 people instead of 4. This cycle would delete 2 people",
        id="two guards at once",
    ),
)


@pytest.mark.parametrize(("limit", "change", "words"), CASES)
async def test_a_guard_stops_is_in_the_dry_run_and_lets_pass_once(
    guarded: Desk, limit: dict[str, Any], change: Callable[[Company], None], words: str
) -> None:
    guarded.configure(**limit)
    assert (await guarded.cycle()).ended_by is CycleEnd.COMPLETED
    before = (await guarded.users(), await guarded.groups())
    change(guarded.company)

    plan = (await rehearse(guarded.setting(), asyncio.Event())).plan
    assert words in plan.guard

    cycle = await guarded.cycle()
    assert cycle.ended_by is CycleEnd.GUARD
    assert words in cycle.sentence
    assert (await guarded.users(), await guarded.groups()) == before

    token = (await guarded.worker.run(open_job, "cycles")).guard_token
    assert (await guarded.cycle(allowed_guard=token)).ended_by is CycleEnd.COMPLETED
    assert (await guarded.users(), await guarded.groups()) != before
    assert (await guarded.cycle()).ended_by is CycleEnd.COMPLETED


@pytest.mark.parametrize(
    ("limit", "change"),
    [
        ({"limit_disables": 2}, disable_two),
        ({"limit_deletes": 2}, delete_one_of_each),
        ({"limit_renames": 2}, rename_two),
        ({"limit_renames": 1}, lambda company: company.person("ann", displayName="Anna")),
        ({"stop_on_duplicates": True}, rename_two),
        ({"limit_source_shrink_percent": 50}, lose_two),
        ({}, lambda company: company.remove(GROUPS[0])),
    ],
)
async def test_what_is_within_the_limit_passes(
    guarded: Desk, limit: dict[str, Any], change: Callable[[Company], None]
) -> None:
    guarded.configure(**limit)
    await guarded.cycle()
    change(guarded.company)

    assert (await guarded.cycle()).ended_by is CycleEnd.COMPLETED


async def test_other_letter_case_is_no_rename(guarded: Desk) -> None:
    guarded.configure(limit_renames=1)
    await guarded.cycle()
    for name in PEOPLE:
        guarded.company.person(name, userPrincipalName=f"{name.upper()}@CONTOSO.COM")

    assert (await guarded.cycle()).ended_by is CycleEnd.COMPLETED


async def test_a_cycle_that_need_not_read_the_source_keeps_its_size(guarded: Desk) -> None:
    guarded.configure(limit_source_shrink_percent=10)
    await guarded.cycle()
    await guarded.cycle()
    lose_two(guarded.company)

    assert (await guarded.cycle()).ended_by is CycleEnd.GUARD


async def test_what_was_held_back_is_in_the_log_by_what_it_would_have_been(guarded: Desk) -> None:
    guarded.configure(limit_renames=1)
    await guarded.cycle()
    rename_two(guarded.company)
    cycle = await guarded.cycle()

    rows = await guarded.worker.run(read_rows, LogFilter("cycles", cycle_id=cycle.id))
    assert {(row.source_id, row.action) for row in rows} == {
        ("ann", ProvisioningAction.OTHER),
        ("bob", ProvisioningAction.OTHER),
    }
