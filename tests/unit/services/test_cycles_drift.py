"""The drift check over the wire: what was changed in the target by hand is told, or mended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from looop_gui.model.connection import DriftCheck, MatchingStrategy
from looop_gui.model.drift import DriftKind, DriftReport
from looop_gui.model.job import CycleEnd, CycleKind, CycleState
from looop_gui.model.provisioning_log import LogFilter, ProvisioningStatus
from looop_gui.scim.messages import PATCH_OP, USER_SCHEMA
from looop_gui.services.cycle_launch import run_cycle
from looop_gui.services.cycle_rehearsal import rehearse
from looop_gui.store.jobs import open_job
from looop_gui.store.provisioning_log import read_entry, read_rows
from tests.unit.services.test_cycles import ENTERPRISE, Desk, open_desk
from tests.unit.services.test_cycles_grace_period import DatedDesk


def company(desk: Desk) -> None:
    for name in ("ann", "bob", "cyd", "dan"):
        desk.company.person(name)
    desk.company.person("bob", manager="ann")
    desk.company.group("sales", "ann", "bob")
    desk.company.group("all", "ann", "bob", "cyd", "dan")


@pytest.fixture
async def dated(data_folder: Path) -> AsyncIterator[DatedDesk]:
    async with open_desk(data_folder) as desk:
        company(desk)
        desk.configure(drift_check=DriftCheck.REPORT, drift_hours=24)
        dated = DatedDesk(desk)
        await dated.cycle(0)
        yield dated


async def change(desk: Desk, path: str, *operations: dict[str, Any]) -> None:
    await desk.tamper("PATCH", path, {"schemas": [PATCH_OP], "Operations": list(operations)})


async def by_hand(desk: Desk) -> None:
    """What an administrator of the target does on a bad day."""
    users = await desk.users()
    groups = {group["displayName"]: group for group in await desk._all("/Groups")}
    ann, bob, cyd, dan = (users[name]["id"] for name in ("ann", "bob", "cyd", "dan"))
    await change(
        desk, f"/Users/{ann}", {"op": "replace", "path": "name.familyName", "value": "Other"}
    )
    await change(desk, f"/Users/{bob}", {"op": "replace", "path": "active", "value": False})
    await desk.tamper("DELETE", f"/Users/{dan}")
    sales = f"/Groups/{groups['Sales']['id']}"
    await change(
        desk,
        sales,
        {"op": "remove", "path": f'members[value eq "{bob}"]'},
        {"op": "add", "path": "members", "value": [{"value": cyd}]},
    )


async def report(desk: Desk, mode: DriftCheck = DriftCheck.REPORT) -> DriftReport:
    found = await rehearse(replace(desk.setting(), drift=mode), asyncio.Event())
    assert found.drift is not None
    return found.drift


EXPECTED = {
    "ann": (DriftKind.CHANGED, {("name.familyName", "Test", "Other")}),
    "bob": (DriftKind.DISABLED, {("active", "True", "False")}),
    "dan": (DriftKind.GONE, set[Any]()),
    "sales": (
        DriftKind.CHANGED,
        {("members", "bob@contoso.com", None), ("members", None, "cyd@contoso.com")},
    ),
    "all": (DriftKind.CHANGED, {("members", "dan@contoso.com", None)}),
}


def as_told(found: DriftReport) -> dict[str, Any]:
    return {
        one.source_id: (
            one.kind,
            {(d.attribute, d.expected, d.actual) for d in one.differences},
        )
        for one in found.objects
    }


@pytest.mark.parametrize("matching", [MatchingStrategy.FILTER, MatchingStrategy.LIST])
async def test_a_check_on_demand_tells_each_object_and_attribute(
    dated: DatedDesk, matching: MatchingStrategy
) -> None:
    desk = dated.desk
    desk.configure(matching=matching)
    await by_hand(desk)

    found = await report(desk)

    assert as_told(found) == EXPECTED
    assert (found.users, found.groups, found.unread) == (4, 2, 0)
    assert found.sentence == "5 linked objects differ in the target."
    # Nothing was written, neither there nor here.
    assert await report(desk) == found
    assert "familyName" in found.objects[0].sentence


async def test_nothing_differs_right_after_a_cycle(dated: DatedDesk) -> None:
    found = await report(dated.desk)

    assert (found.users, found.groups, found.objects) == (4, 2, ())
    assert found.sentence == ""


async def test_a_report_is_a_warning_in_the_log_and_a_sentence_of_the_cycle(
    dated: DatedDesk,
) -> None:
    desk = dated.desk
    await by_hand(desk)

    cycle = await dated.cycle(1)

    assert cycle.state is CycleState.SUCCEEDED
    assert cycle.sentence == "5 linked objects differ in the target."
    assert (cycle.users + cycle.groups) == type(cycle.users)()
    wanted = LogFilter("cycles", cycle_id=cycle.id, error_code="TargetDrift")
    rows = await desk.worker.run(lambda store: read_rows(store, wanted, limit=10))
    assert {row.source_id for row in rows} == EXPECTED.keys()
    assert {row.status for row in rows} == {ProvisioningStatus.WARNING}
    ann = next(row for row in rows if row.source_id == "ann")
    entry = await desk.worker.run(read_entry, ann.key)
    assert entry is not None
    (changed,) = entry.modified_properties
    assert (changed.display_name, changed.old_value, changed.new_value) == (
        "name.familyName",
        "Other",
        "Test",
    )
    job = await desk.worker.run(open_job, "cycles")
    assert (job.drift_found, job.drift_cycle) == (5, cycle.id)
    assert (await desk.users())["ann"]["name"]["familyName"] == "Other"


async def test_it_is_checked_once_in_so_many_hours(dated: DatedDesk) -> None:
    await dated.cycle(1)
    await by_hand(dated.desk)

    assert (await dated.cycle(1.5)).requests == 1
    assert (await dated.cycle(2)).sentence == "5 linked objects differ in the target."
    dated.desk.configure(drift_hours=0)
    assert (await dated.cycle(2.001)).sentence == "5 linked objects differ in the target."
    dated.desk.configure(drift_check=DriftCheck.OFF)
    assert (await dated.cycle(9)).requests == 1


async def test_a_repair_writes_what_differs_and_is_then_silent(dated: DatedDesk) -> None:
    desk = dated.desk
    desk.configure(drift_check=DriftCheck.REPAIR)
    before = {name: user["id"] for name, user in (await desk.users()).items()}
    await by_hand(desk)

    cycle = await dated.cycle(1)

    assert cycle.state is CycleState.SUCCEEDED
    assert (cycle.users.updated, cycle.users.created, cycle.groups.updated) == (2, 1, 2)
    users = await desk.users()
    assert users["ann"]["name"]["familyName"] == "Test"
    assert users["bob"]["active"]
    assert users["dan"]["id"] != before["dan"]
    assert await desk.groups() == {"Sales": {"ann", "bob"}, "All": {"ann", "bob", "cyd", "dan"}}
    entry = await dated.last_entry("ann")
    assert [step.description for step in entry.steps if step.name == "DriftCheck"] == [
        "The target holds other values: name.familyName."
    ]
    assert (await report(desk)).objects == ()


async def test_a_pending_change_of_the_source_is_no_drift(dated: DatedDesk) -> None:
    dated.company.person("ann", surname="Married")

    assert (await report(dated.desk)).objects == ()
    cycle = await dated.cycle(1)
    assert (cycle.users.updated, cycle.sentence) == (1, "")


async def test_who_was_disabled_and_is_enabled_by_hand(dated: DatedDesk) -> None:
    desk = dated.desk
    dated.company.person("ann", accountEnabled="False")
    await dated.cycle(1)
    ann = (await desk.users())["ann"]["id"]
    await change(desk, f"/Users/{ann}", {"op": "replace", "path": "active", "value": True})

    (found,) = (await report(desk)).objects
    assert (found.source_id, found.kind) == ("ann", DriftKind.ENABLED)
    desk.configure(drift_check=DriftCheck.REPAIR, deletion_threshold=0)
    # A guard counts it as the disabling that it is.
    assert (await dated.cycle(3)).ended_by is CycleEnd.GUARD
    desk.configure(deletion_threshold=5)
    assert (await dated.cycle(4)).users.disabled == 1
    assert not (await desk.users())["ann"]["active"]


async def test_who_waits_to_be_deleted_and_is_enabled_by_hand(dated: DatedDesk) -> None:
    desk = dated.desk
    desk.configure(delete_grace_days=30)
    dated.company.remove("cyd")
    dated.company.group("all", "ann", "bob", "dan")
    await dated.cycle(1)
    cyd = (await desk.users())["cyd"]["id"]
    await change(desk, f"/Users/{cyd}", {"op": "replace", "path": "active", "value": True})
    desk.configure(drift_check=DriftCheck.REPAIR)

    assert (await dated.cycle(3)).users.disabled == 1

    assert not (await desk.users())["cyd"]["active"]
    link = await dated.link("cyd")
    assert link is not None
    assert link.leaving_since is not None
    assert (await dated.cycle(32)).users.deleted == 1


async def test_a_manager_that_was_changed_by_hand(dated: DatedDesk) -> None:
    desk = dated.desk
    dated.company.person("cyd", manager="ann")
    await dated.cycle(1)
    users = await desk.users()
    path = f"{ENTERPRISE}:manager"
    await change(
        desk,
        f"/Users/{users['bob']['id']}",
        {"op": "replace", "path": path, "value": {"value": users["dan"]["id"]}},
    )

    (found,) = (await report(desk)).objects
    assert [(d.expected, d.actual) for d in found.differences] == [
        (users["ann"]["id"], users["dan"]["id"])
    ]
    desk.configure(drift_check=DriftCheck.REPAIR)
    assert (await dated.cycle(3)).users.updated == 1
    manager = (await desk.users())["bob"][ENTERPRISE]["manager"]
    assert manager["value"] == users["ann"]["id"]
    assert (await report(desk)).objects == ()


@pytest.mark.parametrize("quirk", ["members-never-returned", "manager-not-returned"])
async def test_what_a_target_never_shows_is_no_drift(data_folder: Path, quirk: str) -> None:
    async with open_desk(data_folder, quirks=(quirk,)) as desk:
        company(desk)
        await desk.cycle()

        assert (await report(desk)).objects == ()


async def test_members_that_nobody_knows_are_the_targets_own(dated: DatedDesk) -> None:
    desk = dated.desk
    await desk.tamper("POST", "/Users", {"schemas": [USER_SCHEMA], "userName": "local@contoso.com"})
    local = (await desk.users())["local"]["id"]
    sales = next(g["id"] for g in await desk._all("/Groups") if g["displayName"] == "Sales")
    await change(
        desk, f"/Groups/{sales}", {"op": "add", "path": "members", "value": [{"value": local}]}
    )

    assert (await report(desk)).objects == ()


async def test_a_plan_has_the_repairs_and_is_applied(dated: DatedDesk) -> None:
    desk = dated.desk
    desk.configure(drift_check=DriftCheck.REPAIR)
    await by_hand(desk)
    dated.calendar.days = 1

    plan = (await rehearse(desk.setting(), asyncio.Event())).plan
    assert {planned.source_id for planned in plan.objects} == EXPECTED.keys()
    assert next(p.reason for p in plan.objects if p.source_id == "bob") == (
        "The account was disabled in the target."
    )
    cycle = await run_cycle(
        replace(desk.setting(), plan=plan),
        None,
        stopping=asyncio.Event(),
        tell=lambda _progress, _entries: None,
    )
    assert cycle.ended_by is CycleEnd.COMPLETED
    assert (await report(desk)).objects == ()


async def test_an_initial_cycle_compares_everybody_in_any_case(dated: DatedDesk) -> None:
    cycle = await dated.cycle(5, CycleKind.INITIAL)

    assert cycle.sentence == ""
    found = await rehearse(
        replace(dated.desk.setting(), drift=DriftCheck.REPORT), asyncio.Event(), CycleKind.INITIAL
    )
    assert found.drift is None


async def test_what_cannot_be_read_is_counted_and_not_told_as_gone(dated: DatedDesk) -> None:
    desk = dated.desk
    desk.configure(matching=MatchingStrategy.FILTER)
    setting = desk.setting()
    ann = (await desk.users())["ann"]["id"]

    class Blind:
        """A target that fails for one account."""

        def __init__(self, inner: Any) -> None:
            self.inner = inner

        async def send(self, request: Any, **options: Any) -> Any:
            answer = await self.inner.send(request, **options)
            return (
                structs.replace(answer, status=403) if request.path == f"/Users/{ann}" else answer
            )

    @asynccontextmanager
    async def half_blind(*given: Any) -> AsyncIterator[Any]:
        async with setting.open_target(*given) as sender:
            yield Blind(sender)

    found = await rehearse(
        replace(setting, open_target=half_blind, drift=DriftCheck.REPORT), asyncio.Event()
    )

    assert found.drift is not None
    assert (found.drift.unread, found.drift.objects) == (1, ())
