"""A crash at every step of the cycles of a grace period and of a repair of drift.

Whatever the step, somebody who is gone is disabled, waits as long as she is to, and is deleted
once; what was changed by hand is as it should be; nobody else is touched, and the counts are right.
"""

from pathlib import Path
from random import Random

import pytest

from looop_gui.model.connection import ConnectionSettings, DriftCheck
from looop_gui.model.job import CycleState
from looop_gui.model.scope import ProvisioningScope
from looop_gui.scim.messages import PATCH_OP, ScimRequest
from looop_gui.store.cycles import recent_cycles
from simulated_company import SimulatedCompany
from simulated_engine import CONNECTION, SimulatedEngine, simulated_folder
from simulated_target import SimulatedTenant
from simulated_time import SimulatedClock, run_simulated

DAY = 86_400
SETTINGS = ConnectionSettings(
    scope=ProvisioningScope.ALL,
    concurrency=2,
    delete_grace_days=2,
    drift_check=DriftCheck.REPAIR,
    drift_hours=0,
)


async def _through(engine: SimulatedEngine, kill_at: int) -> int:
    """A cycle that is killed and gone on with; how many steps it had."""
    cycle = await engine.cycle(kill_at=kill_at)
    steps = engine.fuse.steps
    if cycle is None:
        cycle = await engine.cycle()
    assert cycle is not None
    assert cycle.state is CycleState.SUCCEEDED
    return steps


async def _leave(clock: SimulatedClock, folder: Path, kill_at: int) -> int:
    company = SimulatedCompany(Random(7))
    company.fill(5, 1)
    for entry in (*company.people.values(), *company.groups.values()):
        entry.attributes |= {"accountEnabled": "True", "securityEnabled": "True"}
    tenant = SimulatedTenant(clock, 1)
    engine = SimulatedEngine(tenant, folder, Random(1), company.snapshot, SETTINGS)
    await engine.cycle()
    gone, changed, *others = company.people
    links = engine.links()
    operation = {"op": "replace", "path": "name.familyName", "value": "By hand"}
    body = {"schemas": [PATCH_OP], "Operations": [operation]}
    tenant.change(ScimRequest("PATCH", f"/Users/{links[changed].target_id}", body=body))
    for entry in (*company.people.values(), *company.groups.values()):
        if entry.attributes.get("manager") == gone:
            del entry.attributes["manager"]
        members = entry.attributes.get("members", ())
        if gone in members:
            entry.attributes["members"] = tuple(one for one in members if one != gone)
    del company.people[gone]
    company.version += 1
    await clock.sleep(DAY)

    steps = await _through(engine, kill_at)

    accounts = tenant.everything("/Users")
    assert not accounts[links[gone].target_id]["active"]
    assert all(accounts[links[one].target_id]["active"] for one in (changed, *others))
    assert accounts[links[changed].target_id]["name"]["familyName"] != "By hand"
    since = engine.links()[gone].leaving_since
    assert since is not None
    await clock.sleep(DAY)
    more = await _through(engine, kill_at)
    assert tenant.everything("/Users").keys() == accounts.keys()
    assert engine.links()[gone].leaving_since == since
    steps = max(steps, more)
    await clock.sleep(1.5 * DAY)
    more = await _through(engine, kill_at)
    assert tenant.everything("/Users").keys() == accounts.keys() - {links[gone].target_id}
    assert gone not in engine.links()
    counts = [cycle.users for cycle in recent_cycles(engine.open(), CONNECTION)]
    assert sum(one.disabled for one in counts) == 1
    assert sum(one.deleted for one in counts) == 1
    engine.close()
    return max(steps, more)


def _played(kill_at: int) -> int:
    with simulated_folder() as folder:
        steps: list[int] = []

        async def main(clock: SimulatedClock) -> None:
            steps.append(await _leave(clock, folder, kill_at))

        run_simulated(main)
        return steps[0]


@pytest.mark.timeout(900)
def test_a_crash_at_any_step_leaves_the_grace_period_and_the_repair_whole() -> None:
    for step in range(1, _played(0) + 1):
        _played(step)
