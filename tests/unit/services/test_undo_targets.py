"""Undo restores targets with quirks, too, and says what it could not do where one forbids it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from looop_gui.model.job import CycleState
from looop_gui.model.provisioning_log import ProvisioningAction
from looop_gui.scim.messages import USER_SCHEMA
from tests.unit.services.test_cycles import Desk, open_desk
from tests.unit.services.test_undo_run import PEOPLE, content, edit_everything, undo

OpenQuirky = Callable[[str], AbstractAsyncContextManager[Desk]]


@pytest.fixture
def quirky(data_folder: Path) -> OpenQuirky:
    @asynccontextmanager
    async def opened(quirk: str) -> AsyncIterator[Desk]:
        async with open_desk(data_folder, quirks=(quirk,)) as desk:
            for name in PEOPLE:
                desk.company.person(name)
            desk.company.person("bob", manager="ann")
            desk.company.person("cyd", manager="bob")
            desk.company.group("sales", "ann", "bob", "dan")
            desk.company.group("all", "sales", "cyd")
            yield desk

    return opened


@pytest.mark.parametrize(
    "quirk",
    [
        *("patch-not-advertised", "patch-not-implemented", "patch-not-routed"),
        *("manager-as-text", "manager-not-returned", "members-never-returned"),
        *("values-normalised", "id-changes-on-rename", "external-id-not-stored"),
        *("booleans-as-json-only", "member-removal-by-value-only", "filter-ignored"),
    ],
)
async def test_a_target_is_as_it_was_before(quirky: OpenQuirky, quirk: str) -> None:
    async with quirky(quirk) as desk:
        await desk.cycle()
        before = await content(desk)
        edit_everything(desk)
        cycle = await desk.cycle()
        assert await content(desk) != before

        plan, undone = await undo(desk, cycle)

        assert plan.left_alone == ()
        assert undone.state is CycleState.SUCCEEDED, undone.sentence
        assert await content(desk) == before


async def test_whom_a_target_only_disables_is_brought_back_under_the_same_id(
    quirky: OpenQuirky,
) -> None:
    async with quirky("delete-disables") as desk:
        await desk.cycle()
        before = (await desk.users())["bob"]
        desk.company.remove("bob")
        cycle = await desk.cycle()
        assert (await desk.users())["bob"]["active"] is False

        plan, undone = await undo(desk, cycle)

        assert [(one.source_id, one.action) for one in plan.objects if one.which == "object"] == [
            ("bob", ProvisioningAction.UPDATE)
        ]
        after = (await desk.users())["bob"]
        assert (after["id"], after["active"]) == (before["id"], True)
        assert undone.state is CycleState.SUCCEEDED


async def test_what_a_target_does_not_delete_stays_and_is_counted(quirky: OpenQuirky) -> None:
    async with quirky("delete-not-implemented") as desk:
        await desk.cycle()
        desk.company.person("ann", surname="Other")
        desk.company.person("fay")
        cycle = await desk.cycle()

        _, undone = await undo(desk, cycle)

        users = await desk.users()
        assert users["ann"]["name"]["familyName"] == "Test"
        assert "fay" in users
        assert undone.state is CycleState.ENTRY_LEVEL_ERRORS
        assert "1 object could not be put back" in undone.sentence


async def test_a_group_whose_member_cannot_come_back_says_that_it_stays_without(
    quirky: OpenQuirky,
) -> None:
    async with quirky("manager-not-returned") as desk:
        await desk.cycle()
        desk.company.remove("dan")
        cycle = await desk.cycle()
        # Somebody else has taken the name, so that dan cannot be made anew.
        dan = {"schemas": [USER_SCHEMA], "userName": "dan@contoso.com", "displayName": "Another"}
        await desk.tamper("POST", "/Users", dan)
        groups = await desk.groups()

        plan, undone = await undo(desk, cycle)

        assert {(one.source_id, one.code) for one in plan.left_alone} == {
            ("dan", "ChangedSince"),
            ("sales", "ReferenceGone"),
        }
        sentence = next(one.reason for one in plan.left_alone if one.source_id == "sales")
        assert sentence == (
            "A member from before the cycle is missing: dan@contoso.com could not be made anew "
            "(Another resource has its userName now, so it cannot be made anew)."
        )
        assert await desk.groups() == groups
        assert undone.state is CycleState.SUCCEEDED
