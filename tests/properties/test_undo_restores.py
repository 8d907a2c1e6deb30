"""Undo restores: whatever a cycle did to a random company's tenant, its undo puts back.

Compared are whole resources, with the names of users and groups in the place of ids, because what
was deleted comes back under another id. What is not foreseen: a cycle in which objects failed.
"""

import asyncio
import re
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "simulation"))

from looop_gui.model.job import Cycle, CycleState
from looop_gui.model.plan import Plan
from looop_gui.model.provisioning_log import LogFilter
from looop_gui.model.undo import UndoOrder
from looop_gui.scim.messages import ScimRequest
from looop_gui.services.cycle_launch import CycleSetting
from looop_gui.services.undo_run import rehearse_undo, run_undo
from looop_gui.store.before_images import load_images
from looop_gui.store.provisioning_log import read_rows
from simulated_engine import CONNECTION, SimulatedEngine, SimulatedWorker, simulated_folder
from simulated_schedule import Schedule, _prepared, _reconfigure
from simulated_target import Fuse, SimulatedTenant
from simulated_time import SimulatedClock, run_simulated

BLOCKS, BLOCK = 4, 12

ADDED_BY_TARGET = ("id", "meta", "$ref", "groups", "schemas", "display", "displayName")
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.mark.parametrize("block", range(BLOCKS))
def test_an_undo_puts_back_what_a_cycle_did(block: int) -> None:
    undone = 0
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        with simulated_folder() as folder:
            undone += run_simulated(partial(_play, seed, folder))
    assert undone > BLOCK


async def _play(seed: int, folder: Path, clock: SimulatedClock) -> int:
    """Undo each of some cycles, at times twice, and let it happen again; gives how many."""
    schedule = _prepared(seed, folder, clock, [], faulty=False)
    random, engine, tenant = Random(seed), schedule.engine, schedule.tenant
    undone = 0
    try:
        for _ in range(3):
            before = content(tenant)
            cycle = await engine.cycle()
            assert cycle is not None
            if cycle.users.failed or cycle.groups.failed or not _wrote(engine, cycle):
                _edit(schedule, random)
                continue
            after = content(tenant)
            plan, ended = await undo(engine, cycle)
            story = f"seed {seed}\n" + "\n".join(schedule.story)
            assert plan.left_alone == (), story
            assert ended.state is CycleState.SUCCEEDED, (story, ended.sentence)
            assert content(tenant) == before, story
            assert _sent(plan) == _written(engine), story
            undone += 1
            if random.random() < 0.5:
                again, redone = await undo(engine, ended)
                assert again.left_alone == (), story
                assert redone.state is CycleState.SUCCEEDED, (story, failures(engine, redone))
            else:
                redone_cycle = await engine.cycle()
                assert redone_cycle is not None
                assert redone_cycle.state is CycleState.SUCCEEDED, (story, redone_cycle.sentence)
                if engine.settings.relink_references:
                    # The cycle after such a one may point to whom that one has linked.
                    after = content(tenant)
            assert content(tenant) == after, story
            _edit(schedule, random)
    finally:
        engine.close()
    return undone


def _edit(schedule: Schedule, random: Random) -> None:
    for _ in range(random.randint(0, 6)):
        schedule.story.append(schedule.company.edit())
        schedule.company.retired.clear()
    if random.random() < 0.3:
        schedule.story.append(_reconfigure(schedule))


def _wrote(engine: SimulatedEngine, cycle: Cycle) -> bool:
    return bool(load_images(engine.open(), cycle.id))


async def undo(
    engine: SimulatedEngine, cycle: Cycle, *, apply_it: bool = True
) -> tuple[Plan, Cycle]:
    """The plan of the undo of a cycle, and how it ended; the cycle itself if not applied."""
    order = UndoOrder(cycle.id, cycle.began.isoformat())
    plan = (await rehearse_undo(_setting(engine), asyncio.Event(), order)).plan
    assert engine.sender is not None
    assert engine.sender.written == []
    return plan, await apply(engine, plan) if apply_it else cycle


async def apply(engine: SimulatedEngine, plan: Plan, kill_at: int = 0) -> Cycle:
    """Carry out the plan of an undo."""
    setting = replace(_setting(engine, kill_at), plan=plan)
    return await run_undo(setting, stopping=asyncio.Event(), tell=lambda *_: None)


def _setting(engine: SimulatedEngine, kill_at: int = 0) -> CycleSetting:
    fuse = engine.fuse = Fuse(kill_at)
    return engine._setting(engine._new_sender(fuse), SimulatedWorker(engine.open(), fuse))


def _sent(plan: Plan) -> list[tuple[str, str]]:
    """The methods and endpoints of a plan's requests."""
    planned = (request for one in plan.objects for request in one.requests)
    return sorted((one.method, one.path.split("/")[1]) for one in planned)


def _written(engine: SimulatedEngine) -> list[tuple[str, str]]:
    assert engine.sender is not None
    return sorted((one.method, one.path.split("/")[1]) for one in engine.sender.written)


def content(tenant: SimulatedTenant) -> dict[str, Any]:
    """All resources by name."""
    resources = tenant.everything("/Users") | tenant.everything("/Groups")
    names = {
        key: f"{one.get('userName', '')}/{one.get('displayName', '')}"
        if "userName" in one
        else f"group {one['displayName']}"
        for key, one in resources.items()
    }
    return {names[key]: _named(one, names) for key, one in resources.items()}


def _named(value: Any, names: dict[str, str], depth: int = 0) -> Any:
    if isinstance(value, dict):
        left_out = ADDED_BY_TARGET if depth else ("id", "meta", "groups", "schemas")
        kept = {k: _named(v, names, depth + 1) for k, v in value.items() if k not in left_out}
        return {k: v for k, v in kept.items() if v not in (None, [], {}, "")}
    if isinstance(value, list):
        return sorted((_named(item, names, depth + 1) for item in value), key=repr)
    if isinstance(value, str) and _ID.fullmatch(value):
        return names.get(value, "somebody who is gone")
    return value


_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def failures(engine: SimulatedEngine, cycle: Cycle) -> list[str]:
    """What failed in a cycle, for the message of a test."""
    rows = read_rows(engine.open(), LogFilter(connection_id=CONNECTION, cycle_id=cycle.id))
    return [f"{one.source_id} {one.action} {one.summary}" for one in rows if one.error_code]


def by_hand(tenant: SimulatedTenant, path: str, attribute: str, value: Any) -> None:
    """Change an attribute as an administrator of the tenant would."""
    operations = [{"op": "replace", "path": attribute, "value": value}]
    body = {"schemas": [PATCH_OP], "Operations": operations}
    tenant.change(ScimRequest("PATCH", path, body=body))
