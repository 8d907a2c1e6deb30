"""Undo restores: whatever a cycle did to a random company's tenant, its undo puts back.

Compared are whole resources, with the names of users and groups in the place of ids, because what
was deleted comes back under another id. What is not foreseen: a cycle in which objects failed.
"""

import sys
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "simulation"))

from looop_gui.model.job import Cycle, CycleState
from looop_gui.model.plan import Plan
from looop_gui.model.provisioning_log import LogFilter
from looop_gui.scim.messages import ScimRequest
from looop_gui.store.before_images import load_images
from looop_gui.store.provisioning_log import read_rows
from simulated_engine import CONNECTION, SimulatedEngine, simulated_folder
from simulated_schedule import Schedule, _prepared, _reconfigure
from simulated_target import SimulatedTenant
from simulated_time import SimulatedClock, run_simulated
from simulated_undo import content, undo

BLOCKS, BLOCK = 4, 12

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


def _sent(plan: Plan) -> list[tuple[str, str]]:
    """The methods and endpoints of a plan's requests."""
    planned = (request for one in plan.objects for request in one.requests)
    return sorted((one.method, one.path.split("/")[1]) for one in planned)


def _written(engine: SimulatedEngine) -> list[tuple[str, str]]:
    assert engine.sender is not None
    return sorted((one.method, one.path.split("/")[1]) for one in engine.sender.written)


def failures(engine: SimulatedEngine, cycle: Cycle) -> list[str]:
    """What failed in a cycle, for the message of a test."""
    rows = read_rows(engine.open(), LogFilter(connection_id=CONNECTION, cycle_id=cycle.id))
    return [f"{one.source_id} {one.action} {one.summary}" for one in rows if one.error_code]


def by_hand(tenant: SimulatedTenant, path: str, attribute: str, value: Any) -> None:
    """Change an attribute as an administrator of the tenant would."""
    operations = [{"op": "replace", "path": attribute, "value": value}]
    body = {"schemas": [PATCH_OP], "Operations": operations}
    tenant.change(ScimRequest("PATCH", path, body=body))
