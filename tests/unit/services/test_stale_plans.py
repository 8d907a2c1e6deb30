"""A plan that does not fit any more stops before it writes something else, and says why."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from looop_gui.engine.plan import plan_problem
from looop_gui.model.job import Cycle, CycleEnd
from looop_gui.model.plan import PLAN_FORMAT, Plan, PlannedRequest
from looop_gui.services.cycle_launch import run_cycle
from looop_gui.services.cycle_rehearsal import rehearse
from tests.unit.services.test_cycles import Desk, open_desk


@pytest.fixture
async def desk(data_folder: Path) -> AsyncIterator[Desk]:
    async with open_desk(data_folder) as opened:
        opened.configure(concurrency=1)
        for name in ("ann", "bob", "cyd"):
            opened.company.person(name, surname="Old")
        opened.company.group("sales", "ann", "bob")
        yield opened


async def planned(desk: Desk) -> Plan:
    return (await rehearse(desk.setting(), asyncio.Event())).plan


async def applied(desk: Desk, plan: Plan) -> Cycle:
    setting = replace(desk.setting(), plan=plan)
    return await run_cycle(setting, None, stopping=asyncio.Event(), tell=lambda *_: None)


async def surnames(desk: Desk) -> dict[str, str]:
    return {name: user["name"]["familyName"] for name, user in (await desk.users()).items()}


async def renamed(desk: Desk) -> Plan:
    """Everybody is there, and the plan gives everybody another surname."""
    await desk.cycle()
    for name in ("ann", "bob", "cyd"):
        desk.company.person(name, surname="New")
    return await planned(desk)


async def source_changed(desk: Desk) -> None:
    desk.company.person("bob", surname="Newer")


async def person_is_disabled(desk: Desk) -> None:
    desk.company.person("bob", accountEnabled="False")


async def mapping_changed(desk: Desk) -> None:
    users = desk.schema.user_mapping
    kept = tuple(m for m in users.attribute_mappings if m.target_attribute != "name.familyName")
    desk.schema = replace(desk.schema, user_mapping=replace(users, attribute_mappings=kept))
    desk.company.person("bob", givenName="Robert")


async def target_changed(desk: Desk) -> None:
    found = (await desk.users())["bob"]
    replaced = {"op": "replace", "path": "name.givenName", "value": "Somebody"}
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [replaced],
    }
    await desk.tamper("PATCH", f"/Users/{found['id']}", body)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (source_changed, "the same with other content would be sent"),
        (person_is_disabled, "the same with other content would be sent"),
        (mapping_changed, "the same with other content would be sent"),
    ],
)
async def test_it_stops_at_the_object_that_would_be_written_otherwise(
    desk: Desk, change: Callable[[Desk], Coroutine[Any, Any, None]], words: str
) -> None:
    plan = await renamed(desk)
    await change(desk)
    before = {n: user for n, user in (await desk.users()).items() if n == "bob"}

    cycle = await applied(desk, plan)

    assert cycle.ended_by is CycleEnd.PLAN
    assert "The plan is stale: for Bob it has PATCH /Users/" in cycle.sentence
    assert words in cycle.sentence
    assert "Make the plan again" in cycle.sentence
    assert {n: user for n, user in (await desk.users()).items() if n == "bob"} == before


async def test_somebody_who_left_the_source_is_not_deleted_by_a_plan_that_changes_her(
    desk: Desk,
) -> None:
    plan = await renamed(desk)
    desk.company.remove("bob")

    cycle = await applied(desk, plan)

    assert cycle.ended_by is CycleEnd.PLAN
    assert "and now DELETE /Users/" in cycle.sentence
    assert "bob" in await desk.users()


async def test_who_was_deleted_in_the_target_is_not_made_anew_by_the_plan(desk: Desk) -> None:
    plan = await renamed(desk)
    await desk.tamper("DELETE", f"/Users/{(await desk.users())['bob']['id']}")

    cycle = await applied(desk, plan)

    assert (cycle.users.created, cycle.users.failed, cycle.users.updated) == (0, 1, 2)
    assert set(await desk.users()) == {"ann", "cyd"}


async def test_what_another_hand_changed_in_the_target_is_not_written_over_unplanned(
    desk: Desk,
) -> None:
    plan = await renamed(desk)
    await target_changed(desk)

    cycle = await applied(desk, plan)

    # The plan writes the surname alone; a given name that drifted is not in it.
    assert cycle.ended_by is CycleEnd.PLAN
    assert "for Bob" in cycle.sentence
    assert (await desk.users())["bob"]["name"]["givenName"] == "Somebody"


async def test_what_is_so_already_is_said_and_not_sent_again(desk: Desk) -> None:
    plan = await renamed(desk)
    found = (await desk.users())["bob"]
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "name.familyName", "value": "New"}],
    }
    await desk.tamper("PATCH", f"/Users/{found['id']}", body)

    cycle = await applied(desk, plan)

    assert cycle.ended_by is CycleEnd.COMPLETED
    assert cycle.sentence == (
        "Of the plan this was not sent, because there was nothing to write any more: Bob."
    )
    assert await surnames(desk) == {"ann": "New", "bob": "New", "cyd": "New"}


async def test_a_plan_that_was_stopped_half_way_is_applied_to_its_end(desk: Desk) -> None:
    plan = await renamed(desk)
    half = replace(plan, objects=plan.objects[:1])
    assert (await applied(desk, half)).sentence == ""

    cycle = await applied(desk, plan)

    assert cycle.ended_by is CycleEnd.COMPLETED
    assert cycle.users.updated == 2
    assert cycle.sentence.endswith(f"nothing to write any more: {half.objects[0].source_name}.")
    assert set((await surnames(desk)).values()) == {"New"}


def other_body(request: PlannedRequest) -> PlannedRequest:
    text = request.body["Operations"][0]
    return replace(request, body={**request.body, "Operations": [{**text, "value": "Evil"}]})


def other_person(request: PlannedRequest) -> PlannedRequest:
    return replace(request, path="/Users/somebody-else")


def other_method(request: PlannedRequest) -> PlannedRequest:
    return replace(request, method="DELETE", body=None)


@pytest.mark.parametrize("edit", [other_body, other_person, other_method])
async def test_a_plan_that_was_edited_by_hand_writes_nothing_that_the_cycle_would_not(
    desk: Desk, edit: Callable[[PlannedRequest], PlannedRequest]
) -> None:
    plan = await renamed(desk)
    one = next(o for o in plan.objects if o.source_id == "bob")
    forged = replace(one, requests=tuple(edit(request) for request in one.requests))
    objects = tuple(forged if o is one else o for o in plan.objects)

    cycle = await applied(desk, replace(plan, objects=objects))

    assert cycle.ended_by is CycleEnd.PLAN
    assert "for Bob" in cycle.sentence
    assert (await surnames(desk))["bob"] == "Old"
    assert set(await desk.users()) == {"ann", "bob", "cyd"}


async def test_objects_added_by_hand_are_not_written(desk: Desk) -> None:
    plan = await renamed(desk)
    one = plan.objects[0]
    ghost = replace(one, source_id="ghost", source_name="Ghost")

    cycle = await applied(desk, replace(plan, objects=(*plan.objects, ghost)))

    assert cycle.ended_by is CycleEnd.COMPLETED
    assert "Ghost" in cycle.sentence
    assert set(await desk.users()) == {"ann", "bob", "cyd"}


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ({}, ""),
        ({"connection_id": "other", "connection_name": "Other"}, "another connection (Other)"),
        ({"tenant_url": "https://old.looop.co/scim/v2"}, "was made for https://old.looop.co"),
        ({"configuration_digest": "another"}, "have changed since the plan was made"),
        ({"format": PLAN_FORMAT + 1}, "a later version of this program"),
    ],
)
async def test_a_plan_of_something_else_is_refused_before_anything_is_asked(
    desk: Desk, made: dict[str, Any], words: str
) -> None:
    plan = replace(await planned(desk), **made)
    connection = desk.connection
    original = await planned(desk)

    problem = plan_problem(
        plan, connection.id, connection.target.tenant_url, original.configuration_digest
    )

    assert words in problem
    assert bool(problem) is bool(words)
