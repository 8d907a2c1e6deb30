"""A plan from which rows were left out is applied as it is then shown, and nothing is lost."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from looop_gui.engine.plan_thinning import thinned
from looop_gui.model.job import CycleEnd
from looop_gui.model.plan import Plan
from looop_gui.scim.messages import ScimRequest
from looop_gui.services.store_worker import StoreWorker
from tests.properties.test_plan_equals_run import World
from tests.properties.test_plan_equals_run_everywhere import AnyWorld


@pytest.fixture
async def worker(data_folder: Path) -> AsyncIterator[StoreWorker]:
    opened = await StoreWorker.open(data_folder)
    yield opened
    await opened.close()


def thinned_out(random: Random, plan: Plan) -> Plan:
    people = sorted({one.source_id for one in plan.objects})
    return thinned(plan, {one for one in people if random.random() < 0.35})


@pytest.mark.parametrize("seed", range(24))
async def test_what_is_left_of_a_plan_is_what_is_sent(
    seed: int, data_folder: Path, worker: StoreWorker
) -> None:
    world = World(seed, data_folder, worker)
    draw = Random(seed + 77)
    for _ in range(4):
        world.change()
        plan = thinned_out(draw, await world.plan())
        planned = world.planned(plan)

        cycle = await world.cycle(plan)

        assert cycle.ended_by is CycleEnd.COMPLETED, cycle.sentence
        assert world.sent() == planned


@pytest.mark.parametrize("seed", range(24))
async def test_with_everything_that_changes_requests(
    seed: int, data_folder: Path, worker: StoreWorker
) -> None:
    world = AnyWorld(seed, data_folder, worker)
    draw = Random(seed + 99)
    for _ in range(3):
        world.change()
        plan = thinned_out(draw, await world.plan())
        planned = world.planned(plan)

        cycle = await world.allowed(plan.guard_token, plan)

        if cycle.ended_by is CycleEnd.GUARD:  # what is left is another list than the guard's
            assert not world.target.writes
            await world.allowed((await world.plan()).guard_token)
            continue
        assert cycle.ended_by is CycleEnd.COMPLETED, cycle.sentence
        assert world.sent() == planned


@pytest.mark.parametrize("seed", range(12))
async def test_later_cycles_write_what_was_left_out(
    seed: int, data_folder: Path, worker: StoreWorker, tmp_path: Path
) -> None:
    """What was left out, and what followed from it, is there in the end."""
    world = World(seed, data_folder, worker)
    draw = Random(seed + 55)
    for _ in range(3):
        world.change()
        await world.cycle(thinned_out(draw, await world.plan()))
    for _ in range(2):
        await world.cycle()
    other = await StoreWorker.open(tmp_path / "other")
    try:
        fresh = World(seed, tmp_path / "other", other)
        fresh.people, fresh.groups, fresh.version = world.people, world.groups, world.version
        await fresh.cycle()
        active = {key: one for key, one in held(fresh).items() if one["active"] is True}
        now = {key: one for key, one in held(world).items() if one["active"] is True}
        assert now == active
    finally:
        await other.close()


def held(world: World) -> dict[str, Any]:
    """Everybody by name with her manager's name, and the groups she is in."""
    service = world.target.tenant.service

    def listed(path: str) -> list[Any]:
        return service.answer(ScimRequest("GET", path, (("count", "1000"),))).body["Resources"]

    users = {one["id"]: one for one in listed("/Users")}
    enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    groups = listed("/Groups")
    found = {}
    for key, one in users.items():
        manager = one.get(enterprise, {}).get("manager", {}).get("value")
        of_hers = [
            g["displayName"] for g in groups if key in {m["value"] for m in g.get("members", ())}
        ]
        found[one["userName"]] = {
            "active": one["active"],
            "manager": users[manager]["userName"] if manager in users else None,
            "groups": sorted(of_hers),
        }
    return found
