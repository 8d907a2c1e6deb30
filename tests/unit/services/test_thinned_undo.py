"""Somebody left out of the plan of an undo: whoever refers to her goes without, and the rest is."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from looop_gui.engine.plan_thinning import thinned
from looop_gui.model.connection import Dialect
from looop_gui.model.job import CycleEnd, CycleState
from tests.unit.services.test_cycles import ENTERPRISE, Desk, open_desk
from tests.unit.services.test_undo_run import apply, edit_everything, plan_undo


@pytest.fixture(params=list(Dialect))
async def desk(request: pytest.FixtureRequest, data_folder: Path) -> AsyncIterator[Desk]:
    async with open_desk(data_folder) as opened:
        target = opened.connection.target
        opened.connection = replace(
            opened.connection, target=replace(target, dialect=request.param)
        )
        for name in ("ann", "bob", "cyd", "dan", "eve"):
            opened.company.person(name, jobTitle="Clerk")
        opened.company.person("bob", manager="ann")
        opened.company.person("cyd", manager="bob")
        opened.company.group("sales", "ann", "bob", "dan")
        opened.company.group("all", "sales", "cyd")
        yield opened


async def test_who_is_not_made_anew_is_nobodys_manager_and_no_member(desk: Desk) -> None:
    await desk.cycle()
    edit_everything(desk)
    plan = await plan_undo(desk, await desk.cycle())

    plan = thinned(plan, {"bob"})

    assert plan.consequences == (
        "1 person refers to bob@contoso.com, who is left out, as manager; "
        "their manager stays as it is.",
        "1 group does not get bob@contoso.com, who is left out, as a member.",
    )
    undone = await apply(desk, plan)
    assert undone.ended_by is CycleEnd.COMPLETED, undone.sentence
    users, groups = await desk.users(), await desk.groups()
    assert "bob" not in users
    assert groups == {"Sales": {"ann", "dan"}, "All": {"Sales", "cyd"}}
    assert users["cyd"][ENTERPRISE]["manager"]["value"] == users["ann"]["id"]


@pytest.mark.parametrize("name", ["ann", "bob", "cyd", "eve", "fay", "sales", "all", "new"])
async def test_whoever_is_left_out_the_rest_is_undone(desk: Desk, name: str) -> None:
    await desk.cycle()
    edit_everything(desk)
    plan = await plan_undo(desk, await desk.cycle())
    assert name in {one.source_id for one in plan.objects}

    undone = await apply(desk, thinned(plan, {name}))

    assert (undone.ended_by, undone.state) == (CycleEnd.COMPLETED, CycleState.SUCCEEDED)
