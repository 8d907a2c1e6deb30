"""A crash at every step of a cycle that a guard stops, and what a guard must not forget.

Whatever the step, the next start holds the same list back, nothing has been written, and what is
then allowed once is written as if nothing had happened.
"""

import os
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from looop_gui.model.connection import ConnectionSettings
from looop_gui.model.job import CycleEnd, CycleState
from looop_gui.model.provisioning_log import LogFilter, ProvisioningAction
from looop_gui.model.scope import ProvisioningScope
from looop_gui.store.provisioning_log import read_rows
from simulated_company import SimulatedCompany
from simulated_engine import CONNECTION, SimulatedEngine, simulated_folder
from simulated_target import SimulatedTenant
from simulated_time import SimulatedClock, run_simulated

SOAK = bool(os.environ.get("LOOOP_SOAK"))
SETTINGS = ConnectionSettings(
    scope=ProvisioningScope.ALL,
    prevent_accidental_deletion=True,
    deletion_threshold=1,
    concurrency=2,
)


def _engine(clock: SimulatedClock, folder: Path) -> tuple[SimulatedEngine, SimulatedCompany]:
    company = SimulatedCompany(Random(7))
    company.fill(7, 2)
    for entry in (*company.people.values(), *company.groups.values()):
        entry.attributes |= {"accountEnabled": "True", "securityEnabled": "True"}
    tenant = SimulatedTenant(clock, 1)
    return SimulatedEngine(tenant, folder, Random(1), company.snapshot, SETTINGS), company


async def _held_back(clock: SimulatedClock, folder: Path, kill_at: int) -> int:
    """Three leave and a cycle is killed; returns how many steps it would have had."""
    engine, company = _engine(clock, folder)
    await engine.cycle()
    people = list(company.people.values())
    people[0].attributes["accountEnabled"] = "False"
    people[1].attributes["accountEnabled"] = "False"
    del company.people[people[2].id]
    company.version += 1
    await clock.sleep(2_400)
    before = engine.tenant.everything("/Users")
    cycle = await engine.cycle(kill_at=kill_at)
    steps = engine.fuse.steps
    if cycle is None:
        cycle = await engine.cycle()
    assert cycle is not None
    assert (cycle.ended_by, cycle.users.skipped) == (CycleEnd.GUARD, 0)
    assert engine.tenant.everything("/Users") == before
    staged = LogFilter(CONNECTION, cycle_id=cycle.id)
    rows = read_rows(engine.open(), staged, limit=100)
    assert sorted(row.source_id for row in rows) == sorted(one.id for one in people[:3])
    assert {row.action for row in rows} == {ProvisioningAction.STAGED_DELETE}

    cycle = await engine.cycle(allowed_guard=engine.job.guard_token)
    assert cycle is not None
    assert (cycle.state, cycle.users.disabled, cycle.users.deleted) == (CycleState.SUCCEEDED, 2, 1)
    engine.close()
    return steps


def _played(kill_at: int) -> int:
    with simulated_folder() as folder:
        steps: list[int] = []

        async def main(clock: SimulatedClock) -> None:
            steps.append(await _held_back(clock, folder, kill_at))

        run_simulated(main)
        return steps[0]


@pytest.mark.timeout(900)
def test_a_crash_while_a_guard_holds_back_changes_nothing() -> None:
    for step in range(1, _played(0)):
        _played(step)


async def _unsure(clock: SimulatedClock, folder: Path) -> None:
    """Whether her account was made is unknown; then a guard holds her creation back."""
    engine, company = _engine(clock, folder)
    engine.tenant.faults.switch_on("reset-after-write=1")
    await engine.cycle(kill_at=14)
    engine.tenant.faults.clear()
    made = set(engine.tenant.everything("/Users"))
    assert made
    engine.configure(limit_creates=1)
    for person in company.people.values():
        person.attributes["userPrincipalName"] = f"new-{person.id}@contoso.com"
    company.version += 1

    held = await engine.cycle()
    assert held is not None
    assert held.ended_by is CycleEnd.GUARD
    engine.settings = replace(engine.settings, limit_creates=0)
    cycle = await engine.cycle()
    assert cycle is not None
    assert cycle.state is CycleState.SUCCEEDED
    accounts = engine.tenant.everything("/Users").values()
    owners = [account["externalId"] for account in accounts]
    assert sorted(owners) == sorted(company.people)
    assert made <= {account["id"] for account in accounts}
    engine.close()


def test_what_a_guard_holds_back_keeps_what_is_not_known_of_it() -> None:
    with simulated_folder() as folder:
        run_simulated(lambda clock: _unsure(clock, folder))
