"""A manager who was removed in the target by hand is written again by a restart (section f.9)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from looop_gui.engine.certificate import certify
from looop_gui.model.connection import Dialect, DriftCheck, MatchingStrategy
from looop_gui.model.job import SHOWN, Adaptation, Cycle, CycleKind
from looop_gui.scim.messages import PATCH_OP
from looop_gui.services.cycle_launch import run_cycle
from looop_gui.services.cycle_rehearsal import rehearse
from looop_gui.services.provisioning_jobs import reset_job
from looop_gui.store.jobs import open_job
from tests.unit.services.test_cycles import ENTERPRISE, Desk, open_desk


@pytest.fixture
async def desk(data_folder: Path) -> AsyncIterator[Desk]:
    async with open_desk(data_folder) as opened:
        for name in ("ann", "bob", "cyd"):
            opened.company.person(name)
        opened.company.person("bob", manager="ann")
        yield opened


async def manager_of(desk: Desk, name: str) -> str | None:
    users = await desk.users()
    held = users[name].get(ENTERPRISE, {}).get("manager", {}).get("value")
    return next((other for other, user in users.items() if user["id"] == held), None)


async def remove_manager(desk: Desk, name: str) -> None:
    path = f"/Users/{(await desk.users())[name]['id']}"
    operation = {"op": "remove", "path": f"{ENTERPRISE}:manager"}
    await desk.tamper("PATCH", path, {"schemas": [PATCH_OP], "Operations": [operation]})
    assert await manager_of(desk, name) is None


async def restarted(desk: Desk) -> Cycle:
    await desk.worker.run(lambda store: reset_job(store, "cycles", full=False))
    return await desk.cycle()


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("matching", [MatchingStrategy.FILTER, MatchingStrategy.LIST])
@pytest.mark.parametrize("separate", [False, True])
@pytest.mark.parametrize("others", [False, True])
async def test_a_restart_writes_the_manager_again(
    desk: Desk, dialect: Dialect, matching: MatchingStrategy, separate: bool, others: bool
) -> None:
    """Also where nobody else has a manager from whom it could be told that they are shown."""
    desk.connection = replace(
        desk.connection, target=replace(desk.connection.target, dialect=dialect)
    )
    desk.configure(matching=matching, separate_references=separate)
    if others:
        desk.company.person("cyd", manager="ann")
    await desk.cycle()
    await remove_manager(desk, "bob")
    plan = (await rehearse(desk.setting(), asyncio.Event(), CycleKind.INITIAL)).plan
    assert [one.source_id for one in plan.objects] == ["bob"]

    cycle = await restarted(desk)

    assert cycle.users.updated == 1
    assert await manager_of(desk, "bob") == "ann"
    assert (await restarted(desk)).users.updated == 0


async def test_the_plan_of_a_restart_is_what_it_sends(desk: Desk) -> None:
    await desk.cycle()
    await remove_manager(desk, "bob")
    plan = (await rehearse(desk.setting(), asyncio.Event(), CycleKind.INITIAL)).plan
    setting = replace(desk.setting(), plan=plan)
    cycle = await run_cycle(
        setting, CycleKind.INITIAL, stopping=asyncio.Event(), tell=lambda *_: None
    )

    assert (cycle.users.updated, cycle.users.failed) == (1, 0), cycle.sentence
    assert await manager_of(desk, "bob") == "ann"


async def test_the_certificate_names_a_manager_whom_the_target_has_lost(desk: Desk) -> None:
    await desk.cycle()
    await remove_manager(desk, "bob")

    found = certify((await rehearse(desk.setting(), asyncio.Event(), CycleKind.INITIAL)).plan)

    assert [change.attribute.rpartition(":")[2] for change in found.changes] == ["manager"]


async def test_an_incremental_cycle_does_not_look_who_has_not_changed(desk: Desk) -> None:
    await desk.cycle()
    await remove_manager(desk, "bob")
    desk.company.person("cyd", surname="Other")

    await desk.cycle()

    assert await manager_of(desk, "bob") is None


async def test_a_target_that_shows_no_managers_is_not_written_to_by_a_restart(
    data_folder: Path,
) -> None:
    async with open_desk(data_folder, quirks=("manager-not-returned",)) as desk:
        desk.company.person("ann")
        desk.company.person("bob", manager="ann")
        await desk.cycle()

        assert (await restarted(desk)).users.updated == 0
        job = await desk.worker.run(open_job, "cycles")
        assert job.adaptation & SHOWN is Adaptation.NONE


async def test_drift_is_told_where_nobody_else_shows_a_manager_or_a_member(desk: Desk) -> None:
    """The target has shown them when they were written, so that their absence says something."""
    desk.company.group("sales", "ann")
    await desk.cycle()
    await remove_manager(desk, "bob")
    group = (await desk._all("/Groups"))[0]
    operation = {"op": "remove", "path": "members"}
    body = {"schemas": [PATCH_OP], "Operations": [operation]}
    await desk.tamper("PATCH", f"/Groups/{group['id']}", body)

    async def drifted() -> set[str]:
        setting = replace(desk.setting(), drift=DriftCheck.REPORT)
        found = (await rehearse(setting, asyncio.Event())).drift
        assert found is not None
        return {one.source_id for one in found.objects}

    assert await drifted() == {"bob", "sales"}
    desk.configure(drift_check=DriftCheck.REPAIR, drift_hours=0)
    await desk.cycle()
    assert await manager_of(desk, "bob") == "ann"
    assert await desk.groups() == {"Sales": {"ann"}}
    assert await drifted() == set()
