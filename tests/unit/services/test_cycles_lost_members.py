"""An initial cycle, as by a restart, makes good the memberships that a target has lost."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from looop_gui.model.connection import DriftCheck
from looop_gui.model.job import Cycle, CycleEnd, CycleKind, CycleState
from looop_gui.model.plan import Plan
from looop_gui.scim.messages import PATCH_OP, ScimRequest, ScimResponse
from looop_gui.services.cycle_launch import run_cycle
from looop_gui.services.cycle_rehearsal import rehearse
from tests.unit.services.test_cycles import Desk, open_desk

WHOLE = {"Sales": {"ann", "bob"}, "All": {"ann", "bob", "cyd"}}


def company(desk: Desk) -> None:
    for name in ("ann", "bob", "cyd"):
        desk.company.person(name)
    desk.company.group("sales", "ann", "bob")
    desk.company.group("all", "ann", "bob", "cyd")


@pytest.fixture
async def desk(data_folder: Path) -> AsyncIterator[Desk]:
    async with open_desk(data_folder) as desk:
        company(desk)
        await desk.cycle()
        assert await desk.groups() == WHOLE
        yield desk


async def change_members(desk: Desk, group: str, *operations: dict[str, Any]) -> None:
    (target_id,) = (g["id"] for g in await desk._all("/Groups") if g["displayName"] == group)
    body = {"schemas": [PATCH_OP], "Operations": list(operations)}
    await desk.tamper("PATCH", f"/Groups/{target_id}", body)


async def take_out(desk: Desk, group: str, name: str) -> None:
    target_id = (await desk.users())[name]["id"]
    path = f'members[value eq "{target_id}"]'
    await change_members(desk, group, {"op": "remove", "path": path})


async def put_in(desk: Desk, group: str, name: str) -> None:
    value = [{"value": (await desk.users())[name]["id"]}]
    await change_members(desk, group, {"op": "add", "path": "members", "value": value})


async def refused(desk: Desk, which: Callable[[ScimRequest], bool]) -> Cycle:
    """An initial cycle in which the target refuses some requests."""
    setting = desk.setting()

    class Refusing:
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        async def send(self, request: ScimRequest, **options: Any) -> ScimResponse:
            if which(request):
                return ScimResponse(403)
            answer: ScimResponse = await self.inner.send(request, **options)
            return answer

    @asynccontextmanager
    async def refusing(*given: Any) -> AsyncIterator[Any]:
        async with setting.open_target(*given) as sender:
            yield Refusing(sender)

    return await run_cycle(
        replace(setting, open_target=refusing),
        CycleKind.INITIAL,
        stopping=asyncio.Event(),
        tell=lambda _progress, _entries: None,
    )


async def forecast(desk: Desk, kind: CycleKind | None = CycleKind.INITIAL) -> Plan:
    return (await rehearse(desk.setting(), asyncio.Event(), kind)).plan


async def test_who_was_taken_out_by_hand_is_a_member_again(desk: Desk) -> None:
    await take_out(desk, "Sales", "bob")
    assert (await desk.cycle()).groups.updated == 0, "an incremental cycle does not look"

    cycle = await desk.cycle(CycleKind.INITIAL)

    assert (cycle.state, cycle.groups.updated) == (CycleState.SUCCEEDED, 1)
    assert await desk.groups() == WHOLE
    assert (await forecast(desk)).objects == ()


async def test_a_group_that_was_emptied_is_filled_again(desk: Desk) -> None:
    await change_members(desk, "Sales", {"op": "remove", "path": "members"})

    await desk.cycle(CycleKind.INITIAL)

    assert await desk.groups() == WHOLE


async def test_who_was_put_in_by_hand_stays_as_in_entra(desk: Desk) -> None:
    await put_in(desk, "Sales", "cyd")

    cycle = await desk.cycle(CycleKind.INITIAL)

    assert cycle.groups.updated == 0
    assert await desk.groups() == WHOLE | {"Sales": {"ann", "bob", "cyd"}}
    # The source may make a member of somebody who is one already: there is nothing to write.
    desk.company.group("sales", "ann", "bob", "cyd")
    assert (await desk.cycle(CycleKind.INITIAL)).groups.failed == 0
    assert await desk.groups() == WHOLE | {"Sales": {"ann", "bob", "cyd"}}


async def test_where_the_drift_is_repaired_who_was_put_in_goes_and_a_guard_counts_it(
    desk: Desk,
) -> None:
    await put_in(desk, "Sales", "cyd")
    desk.configure(drift_check=DriftCheck.REPAIR, limit_members_removed_percent=20)

    assert (await desk.cycle(CycleKind.INITIAL)).ended_by is CycleEnd.GUARD
    assert await desk.groups() == WHOLE | {"Sales": {"ann", "bob", "cyd"}}

    desk.configure(limit_members_removed_percent=0)
    await desk.cycle(CycleKind.INITIAL)
    assert await desk.groups() == WHOLE


async def test_the_plan_has_what_was_lost_and_is_applied(desk: Desk) -> None:
    await take_out(desk, "Sales", "bob")
    await change_members(desk, "All", {"op": "remove", "path": "members"})
    bob = (await desk.users())["bob"]["id"]

    plan = await forecast(desk)

    planned = {one.source_id: one for one in plan.objects}
    assert planned.keys() == {"sales", "all"}
    assert bob in str(planned["sales"].requests[0].body)
    assert len(planned["all"].changes) == 1
    cycle = await run_cycle(
        replace(desk.setting(), plan=plan),
        CycleKind.INITIAL,
        stopping=asyncio.Event(),
        tell=lambda _progress, _entries: None,
    )
    assert cycle.ended_by is CycleEnd.COMPLETED
    assert await desk.groups() == WHOLE


async def test_a_target_that_never_shows_members_is_not_written_to_again(
    data_folder: Path,
) -> None:
    async with open_desk(data_folder, quirks=("members-never-returned",)) as desk:
        company(desk)
        await desk.cycle()

        cycle = await desk.cycle(CycleKind.INITIAL)

    assert (cycle.state, cycle.groups.updated) == (CycleState.SUCCEEDED, 0)


async def test_a_group_that_cannot_be_read_is_taken_as_it_was_left(desk: Desk) -> None:
    await take_out(desk, "Sales", "bob")
    await take_out(desk, "All", "cyd")
    (sales,) = (g["id"] for g in await desk._all("/Groups") if g["displayName"] == "Sales")
    cycle = await refused(
        desk,
        lambda asked: (
            asked.method == "GET" and asked.path == f"/Groups/{sales}" and not asked.query
        ),
    )

    assert (cycle.state, cycle.groups.updated) == (CycleState.SUCCEEDED, 1)
    assert await desk.groups() == WHOLE | {"Sales": {"ann"}}


async def test_what_was_found_lost_is_made_good_though_its_group_fails_first(desk: Desk) -> None:
    await take_out(desk, "Sales", "bob")
    await refused(desk, lambda asked: asked.method == "PATCH")
    assert await desk.groups() == WHOLE | {"Sales": {"ann"}}

    await desk.worker.run(_retry_now)
    await desk.cycle()

    assert await desk.groups() == WHOLE


def _retry_now(store: Any) -> None:
    with store.transaction() as connection:
        connection.execute("UPDATE escrows SET next_attempt = '2000-01-01T00:00:00+00:00'")


async def test_the_drift_check_fills_a_group_that_was_emptied(desk: Desk) -> None:
    await change_members(desk, "Sales", {"op": "remove", "path": "members"})
    desk.configure(drift_check=DriftCheck.REPAIR, drift_hours=0)

    cycle = await desk.cycle()

    assert cycle.groups.updated == 1
    assert await desk.groups() == WHOLE
