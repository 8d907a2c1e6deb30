"""Plans for targets that do not take Entra's form, or no PATCH: applied whole, and undone whole."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from looop_gui.model.job import Cycle, CycleEnd
from looop_gui.services.cycle_launch import run_cycle
from looop_gui.services.cycle_rehearsal import rehearse
from looop_gui.services.provisioning_jobs import reset_job
from tests.unit.services.test_cycles import Desk, open_desk
from tests.unit.services.test_undo_run import undo


def company(desk: Desk) -> None:
    for name in ("ann", "bob", "cyd", "dan"):
        desk.company.person(name)
    desk.company.person("bob", manager="ann")
    desk.company.group("sales", "ann", "bob", "cyd")


def changes(desk: Desk) -> None:
    desk.company.remove("cyd")
    desk.company.person("ann", surname="New")
    desk.company.person("eve", manager="bob")
    desk.company.group("sales", "ann", "eve")


async def applied(desk: Desk) -> Cycle:
    plan = (await rehearse(desk.setting(), asyncio.Event())).plan
    setting = replace(desk.setting(), plan=plan)
    return await run_cycle(setting, None, stopping=asyncio.Event(), tell=lambda *_: None)


@pytest.mark.parametrize("separate", [False, True])
async def test_a_plan_of_whole_resources_fits_though_the_target_drops_whom_it_deletes(
    data_folder: Path, separate: bool
) -> None:
    async with open_desk(data_folder, quirks=("patch-not-advertised",)) as desk:
        desk.configure(separate_references=separate)
        company(desk)
        first = await applied(desk)
        assert (first.ended_by, first.sentence) == (CycleEnd.COMPLETED, "")
        changes(desk)

        second = await applied(desk)

        assert (second.ended_by, second.sentence) == (CycleEnd.COMPLETED, "")
        assert await desk.groups() == {"Sales": {"ann", "eve"}}


@pytest.mark.parametrize("quirk", ["lowercase-ops-only", "patch-not-implemented"])
async def test_what_a_target_refuses_as_planned_fails_and_a_cycle_writes_it(
    data_folder: Path, quirk: str
) -> None:
    async with open_desk(data_folder, quirks=(quirk,)) as desk:
        company(desk)

        cycle = await applied(desk)

        assert cycle.ended_by is CycleEnd.COMPLETED, cycle.sentence
        assert (cycle.users.created, cycle.groups.failed) == (4, 1)
        await desk.cycle()
        assert await desk.groups() == {"Sales": {"ann", "bob", "cyd"}}


@pytest.mark.parametrize("quirk", ["lowercase-ops-only", "patch-not-implemented"])
async def test_an_undo_comes_to_its_end_though_the_form_was_forgotten(
    data_folder: Path, quirk: str
) -> None:
    async with open_desk(data_folder, quirks=(quirk,)) as desk:
        company(desk)
        await desk.cycle()
        before = await desk.groups()
        changes(desk)
        cycle = await desk.cycle()
        await desk.worker.run(lambda store: reset_job(store, "cycles", full=False))

        _plan, undone = await undo(desk, cycle)

        assert undone.ended_by is CycleEnd.COMPLETED, undone.sentence
        assert (undone.users.failed, undone.groups.failed) == (0, 0)
        assert await desk.groups() == before
