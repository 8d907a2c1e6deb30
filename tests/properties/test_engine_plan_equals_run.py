"""The dry run sends the writes that the run sends: the same code asks, so the same is told.

What is guaranteed: with one conversation at a time, the same writes in the same order; with more of
them, the same writes for each object in the same order, since only the order among objects of one
wave depends on who answers first. Target ids of resources that a dry run only pretends to create
are made up; they stand for the real ones at the same places. What is not foreseen: a name that is
freed and taken within the same cycle, as the dry run finds the target as it stands.
"""

import json
import sys
from collections import defaultdict
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "simulation"))

from looop_gui.engine.plan import pretended_id
from looop_gui.scim.messages import ScimRequest
from simulated_engine import simulated_folder
from simulated_schedule import _prepared, _reconfigure
from simulated_time import SimulatedClock, run_simulated

BLOCKS, BLOCK = 4, 15


@pytest.mark.parametrize("block", range(BLOCKS))
def test_plan_and_run_send_the_same_writes(block: int) -> None:
    compared = 0
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        with simulated_folder() as folder:
            compared += run_simulated(partial(_compare, seed, folder))
    assert compared > BLOCK


async def _compare(seed: int, folder: Path, clock: SimulatedClock) -> int:
    """Rehearse and run some cycles of a random company; gives the number of writes compared."""
    schedule = _prepared(seed, folder, clock, [], faulty=False)
    random, engine = Random(seed), schedule.engine
    compared = 0
    try:
        for _ in range(4):
            tenant = schedule.tenant
            before = tenant.everything("/Users") | tenant.everything("/Groups")
            rehearsal = await engine.rehearse()
            cycle = await engine.cycle()
            assert cycle is not None
            assert engine.sender is not None
            if cycle.users.failed or cycle.groups.failed:
                continue  # a conflict in the target that no dry run can see
            planned = _named(list(rehearsal.writes), _pretended(rehearsal.writes))
            made = {
                link.target_id: f"<{link.source_id}>"
                for link in engine.links().values()
                if link.target_id not in before
            }
            sent = _named(engine.sender.written, made)
            if engine.settings.concurrency == 1:
                assert planned == sent, f"seed {seed}"
            assert _by_object(planned) == _by_object(sent), f"seed {seed}"
            counts = (rehearsal.forecast.users, rehearsal.forecast.groups)
            assert counts == (cycle.users, cycle.groups), f"seed {seed}"
            compared += len(sent)
            for _ in range(random.randint(0, 6)):
                schedule.company.edit()
                schedule.company.retired.clear()
            if random.random() < 0.3:
                _reconfigure(schedule)
    finally:
        engine.close()
    return compared


def _named(writes: list[ScimRequest], ids: dict[str, str]) -> list[str]:
    """Writes as texts in which a created resource has the name of the object it was made for."""
    texts = []
    for one in writes:
        body = json.dumps(one.body, sort_keys=True, ensure_ascii=False)
        text = f"{one.method} {one.path} {body}"
        for target_id, name in ids.items():
            text = text.replace(target_id, name)
        texts.append(text)
    return texts


def _pretended(writes: tuple[ScimRequest, ...]) -> dict[str, str]:
    return {
        pretended_id(one.body): f"<{one.body['externalId']}>"
        for one in writes
        if one.method == "POST"
    }


def _by_object(writes: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for write in writes:
        method, path, body = write.split(" ", 2)
        found[path if method != "POST" else _owner(body)].append(write)
    return dict(found)


def _owner(body: str) -> str:
    value: dict[str, Any] = json.loads(body)
    return str(value["externalId"])
