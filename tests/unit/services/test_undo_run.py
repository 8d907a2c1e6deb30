"""Undo restores: cycles over HTTP into an embedded tenant, and then the tenant as it was before."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from looop_gui.model.errors import ConfigurationError, GuardError
from looop_gui.model.job import Cycle, CycleEnd, CycleKind, CycleState, JobState, JobStatus
from looop_gui.model.mapping import AttributeMapping, MappingType
from looop_gui.model.plan import Plan
from looop_gui.model.provisioning_log import ProvisioningAction
from looop_gui.model.undo import UndoOrder
from looop_gui.services.events import JobChanged
from looop_gui.services.services import Services
from looop_gui.services.undo_run import rehearse_undo, run_undo
from looop_gui.store.jobs import open_job
from looop_gui.store.links import load_links
from tests.unit.services.test_cycles import ENTERPRISE, Desk, open_desk

PEOPLE = ("ann", "bob", "cyd", "dan", "eve")


@pytest.fixture
async def desk(data_folder: Path) -> AsyncIterator[Desk]:
    async with open_desk(data_folder) as opened:
        for name in PEOPLE:
            opened.company.person(name, jobTitle="Clerk")
        opened.company.person("bob", manager="ann")
        opened.company.person("cyd", manager="bob")
        opened.company.group("sales", "ann", "bob", "dan")
        opened.company.group("all", "sales", "cyd")
        yield opened


async def content(desk: Desk) -> dict[str, Any]:
    """All resources by name, with names in the place of ids, and without what a target adds."""
    users, groups = await desk._all("/Users"), await desk._all("/Groups")
    names = {one["id"]: one.get("userName") or one["displayName"] for one in (*users, *groups)}
    return {names[one["id"]]: _named(one, names) for one in (*users, *groups)}


def _named(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        kept = {k: _named(v, names) for k, v in value.items() if k not in _ADDED}
        return {k: v for k, v in kept.items() if v not in (None, [], {}, "")}
    if isinstance(value, list):
        return sorted((_named(item, names) for item in value), key=repr)
    return names.get(value, value)


_ADDED = ("id", "meta", "$ref", "groups", "schemas")


async def plan_undo(desk: Desk, cycle: Cycle, **more: Any) -> Plan:
    order = UndoOrder(cycle.id, "2026-11-24 09:00 UTC", **more)
    return (await rehearse_undo(desk.setting(), asyncio.Event(), order)).plan


async def apply(desk: Desk, plan: Plan, allowed: str = "") -> Cycle:
    setting = replace(desk.setting(), plan=plan, allowed_guard=allowed)
    return await run_undo(setting, stopping=asyncio.Event(), tell=lambda *_: None)


async def undo(desk: Desk, cycle: Cycle, **more: Any) -> tuple[Plan, Cycle]:
    plan = await plan_undo(desk, cycle, **more)
    return plan, await apply(desk, plan)


def edit_everything(desk: Desk) -> None:
    """An update, a disable, a delete, another manager, other members, somebody new."""
    company = desk.company
    company.person("ann", surname="Other", department="Sales", mail=None)
    company.person("eve", accountEnabled="False")
    company.remove("bob")
    company.person("cyd", manager="ann")
    company.person("fay", manager="ann")
    company.group("sales", "ann", "eve", "fay")
    company.remove("all")
    company.group("new", "fay", "cyd")


async def test_a_run_that_did_everything_is_undone(desk: Desk) -> None:
    await desk.cycle()
    before = await content(desk)
    edit_everything(desk)
    cycle = await desk.cycle()
    assert cycle.state is CycleState.SUCCEEDED
    assert await content(desk) != before

    plan, undone = await undo(desk, cycle)

    assert undone.state is CycleState.SUCCEEDED, undone.sentence
    assert (undone.kind, undone.undoes) == (CycleKind.UNDO, cycle.id)
    assert plan.left_alone == ()
    assert await content(desk) == before


async def test_the_plan_of_an_undo_writes_nothing(desk: Desk) -> None:
    await desk.cycle()
    edit_everything(desk)
    cycle = await desk.cycle()
    before = await content(desk)

    plan = await plan_undo(desk, cycle)

    assert await content(desk) == before
    assert plan.kind is CycleKind.UNDO
    assert plan.undo is not None
    assert {(one.source_id, one.action) for one in plan.objects if one.which == "object"} >= {
        ("ann", ProvisioningAction.UPDATE),
        ("bob", ProvisioningAction.CREATE),
        ("fay", ProvisioningAction.DELETE),
        ("all", ProvisioningAction.CREATE),
        ("new", ProvisioningAction.DELETE),
    }


async def test_an_initial_cycle_is_undone_to_an_empty_target(desk: Desk) -> None:
    cycle = await desk.cycle()

    _, undone = await undo(desk, cycle)

    assert undone.state is CycleState.SUCCEEDED
    assert await content(desk) == {}
    job = await desk.worker.run(open_job, desk.connection.id)
    assert await desk.worker.run(load_links, job.number) == {}


async def test_the_next_cycle_does_again_what_was_undone(desk: Desk) -> None:
    await desk.cycle()
    edit_everything(desk)
    cycle = await desk.cycle()
    after = await content(desk)
    await undo(desk, cycle)

    again = await desk.cycle()

    assert again.state is CycleState.SUCCEEDED, again.sentence
    assert await content(desk) == after


async def test_an_undo_can_be_undone(desk: Desk) -> None:
    await desk.cycle()
    edit_everything(desk)
    cycle = await desk.cycle()
    after = await content(desk)
    _, undone = await undo(desk, cycle)

    plan, redone = await undo(desk, undone)

    assert plan.left_alone == ()
    assert redone.state is CycleState.SUCCEEDED
    assert await content(desk) == after


async def test_an_undo_of_what_is_undone_writes_nothing(desk: Desk) -> None:
    await desk.cycle()
    edit_everything(desk)
    cycle = await desk.cycle()
    await undo(desk, cycle)

    plan, again = await undo(desk, cycle)

    assert plan.objects == ()
    assert plan.left_alone == ()
    assert again.state is CycleState.SUCCEEDED


async def test_what_was_changed_since_is_listed_and_not_touched(desk: Desk) -> None:
    await desk.cycle()
    edit_everything(desk)
    cycle = await desk.cycle()
    users = await desk.users()
    for name, path, value in (
        ("ann", "name.familyName", "By hand"),
        ("fay", "name.givenName", "By hand"),
    ):
        operations = [{"op": "replace", "path": path, "value": value}]
        body = {"Operations": operations, "schemas": [_PATCH_OP]}
        await desk.tamper("PATCH", f"/Users/{users[name]['id']}", body)

    plan, undone = await undo(desk, cycle)

    left = {one.source_id: one for one in plan.left_alone}
    assert set(left) == {"ann", "fay"}
    assert {one.code for one in plan.left_alone} == {"ChangedSince"}
    assert "name.familyName" in left["ann"].reason
    users = await desk.users()
    assert users["ann"]["name"]["familyName"] == "By hand"
    assert users["eve"]["active"] is True
    assert users["fay"]["name"]["givenName"] == "By hand"
    assert users["cyd"][ENTERPRISE]["manager"]["value"] == users["bob"]["id"]
    assert undone.state is CycleState.SUCCEEDED


_PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


async def test_what_was_created_can_be_disabled_instead_of_deleted(desk: Desk) -> None:
    await desk.cycle()
    edit_everything(desk)
    cycle = await desk.cycle()

    plan, _ = await undo(desk, cycle, disable=True)

    users = await desk.users()
    assert users["fay"]["active"] is False
    assert [(one.source_id, one.code) for one in plan.left_alone] == [("new", "DisableNotAllowed")]


async def test_a_connection_that_is_append_only_deletes_nothing(desk: Desk) -> None:
    cycle = await desk.cycle()
    desk.configure(append_only=True)

    plan = await plan_undo(desk, cycle)

    assert plan.objects == ()
    assert {one.code for one in plan.left_alone} == {"AppendOnly"}


async def test_rows_that_are_left_out_are_not_written(desk: Desk) -> None:
    await desk.cycle()
    desk.company.person("ann", surname="Other")
    desk.company.person("dan", surname="Other")
    cycle = await desk.cycle()
    plan = await plan_undo(desk, cycle)
    kept = tuple(one for one in plan.objects if one.source_id != "dan")

    await apply(desk, replace(plan, objects=kept))

    users = await desk.users()
    assert users["ann"]["name"]["familyName"] == "Test"
    assert users["dan"]["name"]["familyName"] == "Other"


async def test_a_plan_that_went_stale_stops(desk: Desk) -> None:
    await desk.cycle()
    desk.company.person("ann", surname="Other", givenName="Anna")
    cycle = await desk.cycle()
    plan = await plan_undo(desk, cycle)
    ann = (await desk.users())["ann"]
    operations = [{"op": "replace", "path": "name.givenName", "value": "Ann"}]
    body = {"Operations": operations, "schemas": [_PATCH_OP]}
    await desk.tamper("PATCH", f"/Users/{ann['id']}", body)

    undone = await apply(desk, plan)

    assert undone.ended_by is CycleEnd.PLAN
    assert "stale" in undone.sentence
    assert (await desk.users())["ann"]["name"]["familyName"] == "Other"


async def test_names_that_went_from_one_to_another_go_back(desk: Desk) -> None:
    """A created person has the name of a renamed one, and a renamed one that of a deleted one."""
    await desk.cycle()
    before = await content(desk)
    desk.company.person("ann", userPrincipalName="ann.new@contoso.com")
    desk.company.remove("dan")
    cycle_one = await desk.cycle()
    desk.company.person("gus", userPrincipalName="ann@contoso.com")
    desk.company.person("eve", userPrincipalName="dan@contoso.com")
    cycle_two = await desk.cycle()
    assert cycle_two.users.failed == 0

    second, _ = await undo(desk, cycle_two)
    first, _ = await undo(desk, cycle_one)

    assert (second.left_alone, first.left_alone) == ((), ())
    assert await content(desk) == before


async def test_many_deletions_have_to_be_allowed(desk: Desk) -> None:
    cycle = await desk.cycle()
    desk.configure(prevent_accidental_deletion=True, deletion_threshold=3)

    plan = await plan_undo(desk, cycle)

    assert "delete or disable 7" in plan.guard
    with pytest.raises(GuardError) as refused:
        await apply(desk, plan)
    assert len(await content(desk)) == 7
    token = refused.value.next_step.rpartition(" ")[2]
    await apply(desk, plan, allowed=token)
    assert await content(desk) == {}


async def test_what_is_not_kept_is_left_alone_and_named(desk: Desk) -> None:
    mapping = desk.schema.user_mapping
    hidden = AttributeMapping("name.familyName", MappingType.EXPRESSION, "Redact([surname])")
    others = [
        one for one in mapping.attribute_mappings if one.target_attribute != hidden.target_attribute
    ]
    changed = replace(mapping, attribute_mappings=(*others, hidden))
    desk.schema = replace(desk.schema, user_mapping=changed)
    await desk.cycle()
    desk.company.person("ann", surname="Secretive")
    cycle = await desk.cycle()

    plan = await plan_undo(desk, cycle)

    assert plan.objects == ()
    assert [(one.source_id, one.code) for one in plan.left_alone] == [("ann", "NotKept")]
    assert "name.familyName" in plan.left_alone[0].reason


async def test_nothing_is_kept_of_a_run_that_wrote_nothing(desk: Desk) -> None:
    await desk.cycle()
    cycle = await desk.cycle(CycleKind.INITIAL)

    with pytest.raises(ConfigurationError, match="Nothing is kept"):
        await plan_undo(desk, cycle)


async def test_no_certificate_is_made_after_an_undo(services: Services) -> None:
    """The source is to differ from the target then."""
    began = datetime.now(UTC) + timedelta(hours=1)
    cycle = Cycle("u", "c1", CycleKind.UNDO, CycleState.SUCCEEDED, began, began)
    services.certificates.start()

    services.events.publish(JobChanged(JobState("c1", JobStatus.PAUSED, last_cycle=cycle)))

    assert services.certificates._ended.empty()
    initial = replace(cycle, id="i", kind=CycleKind.INITIAL)
    services.events.publish(JobChanged(JobState("c1", JobStatus.ACTIVE, last_cycle=initial)))
    assert not services.certificates._ended.empty()
    await services.certificates.idle()
