"""A crash at every step of a cycle: before and after each store job, each request, each write.

Whatever the step, the next start must end with the same target, the same counts and nothing left to
write, as if nothing had happened. `LOOOP_SOAK=1` tries every step; else some, spread evenly.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from looop_gui.model.connection import ConnectionSettings, Dialect, MatchingStrategy
from looop_gui.model.job import CycleEnd, CycleState
from looop_gui.model.scope import ProvisioningScope
from looop_gui.store.cycles import recent_cycles
from oracle import ENTERPRISE
from simulated_company import SimulatedCompany
from simulated_engine import CONNECTION, SimulatedEngine, simulated_folder
from simulated_target import SimulatedTenant
from simulated_time import SimulatedClock, run_simulated

SOAK = bool(os.environ.get("LOOOP_SOAK"))
TRIED = 12
"""How many steps of a cycle are tried where not all are."""

KEPT_BY_TARGET = ("id", "meta", "groups", "schemas")


@dataclass(frozen=True)
class Sweep:
    """One cycle to cut off: its settings, and what happens in the directory before it."""

    settings: ConnectionSettings
    dialect: Dialect
    prepare: Callable[[SimulatedCompany], None] | None = None


SETTINGS = ConnectionSettings(
    scope=ProvisioningScope.ALL,
    prevent_accidental_deletion=False,
    member_batch_size=2,
    concurrency=2,
    matching=MatchingStrategy.FILTER,
)


def _busy(company: SimulatedCompany) -> None:
    """Somebody joins, somebody leaves for good or for a while, people and groups change."""
    company.version += 1
    people, groups = list(company.people.values()), list(company.groups.values())
    people[0].attributes["department"] = "Elsewhere"
    people[1].attributes["userPrincipalName"] = "renamed@contoso.com"
    people[2].attributes["accountEnabled"] = "False"
    people[3].attributes["manager"] = people[0].id
    del company.people[people[4].id]
    del company.groups[groups[0].id]
    groups[1].attributes["members"] = (people[0].id, people[1].id, people[3].id)
    groups[2].attributes["displayName"] = "Renamed"
    groups[2].attributes["members"] = ()
    company.hire()
    company.found_group()


SWEEPS = [
    pytest.param(Sweep(SETTINGS, Dialect.RFC7644), id="initial"),
    pytest.param(Sweep(SETTINGS, Dialect.ENTRA_LEGACY, _busy), id="incremental"),
    pytest.param(
        Sweep(
            replace(SETTINGS, separate_references=True, matching=MatchingStrategy.LIST),
            Dialect.ENTRA_COMPLIANT,
            _busy,
        ),
        id="incremental-references-apart",
    ),
    pytest.param(
        Sweep(replace(SETTINGS, supports_soft_delete=False), Dialect.RFC7644, _busy),
        id="incremental-deletes",
    ),
    pytest.param(
        Sweep(replace(SETTINGS, delete_grace_days=30), Dialect.RFC7644, _busy),
        id="incremental-grace",
    ),
]


@dataclass
class Result:
    """What a cycle left: the target, the cycle's counts, and its number of steps."""

    target: dict[str, Any]
    counts: tuple[Any, Any]
    steps: int


@pytest.mark.timeout(900)
@pytest.mark.parametrize("sweep", SWEEPS)
def test_a_crash_at_any_step_changes_nothing(sweep: Sweep) -> None:
    undisturbed = _played(sweep, 0)
    steps = range(1, undisturbed.steps + 1)
    stride = 1 if SOAK else max(1, len(steps) // TRIED)
    for step in steps[::stride]:
        found = _played(sweep, step)
        assert found.target == undisturbed.target, f"crash at step {step}"
        assert found.counts == undisturbed.counts, f"crash at step {step}"


def _played(sweep: Sweep, kill_at: int) -> Result:
    with simulated_folder() as folder:
        results: list[Result] = []

        async def main(clock: SimulatedClock) -> None:
            results.append(await _play(sweep, kill_at, folder, clock))

        run_simulated(main)
        return results[0]


async def _play(sweep: Sweep, kill_at: int, folder: Path, clock: SimulatedClock) -> Result:
    company = SimulatedCompany(Random(7))
    company.fill(7, 4)
    for entry in (*company.people.values(), *company.groups.values()):
        entry.attributes |= {"accountEnabled": "True", "securityEnabled": "True"}
    tenant = SimulatedTenant(clock, 1)
    engine = SimulatedEngine(tenant, folder, Random(1), company.snapshot, sweep.settings)
    engine.target = replace(engine.target, dialect=sweep.dialect)
    if sweep.prepare is not None:
        await engine.cycle()
        sweep.prepare(company)
        await clock.sleep(2_400)
    cycle = await engine.cycle(kill_at=kill_at)
    steps = engine.fuse.steps
    if kill_at:
        assert engine.fuse.dead, f"there is no step {kill_at}"
        if cycle is None:
            await clock.sleep(60)
            assert await engine.cycle() is not None
    # After a crash behind the last store job there is another cycle, which has nothing to do.
    cycle = recent_cycles(engine.open(), CONNECTION)[::-1][sweep.prepare is not None]
    assert (cycle.state, cycle.ended_by) == (CycleState.SUCCEEDED, CycleEnd.COMPLETED)
    target = _content(tenant)
    await _expect_silence(engine)
    engine.close()
    return Result(target, (cycle.users, cycle.groups), steps)


async def _expect_silence(engine: SimulatedEngine) -> None:
    for restarts in (False, True):
        if restarts:
            engine.restart()
        assert await engine.cycle() is not None
        assert engine.sender is not None
        assert engine.sender.written == []


def _content(tenant: SimulatedTenant) -> dict[str, Any]:
    """The target by source id, with references as source ids; two of one are told apart."""
    resources = [*tenant.everything("/Users").values(), *tenant.everything("/Groups").values()]
    owners = {one["id"]: one["externalId"] for one in resources}
    assert len(set(owners.values())) == len(owners), "somebody has two accounts"
    found = {}
    for one in resources:
        known = {name: value for name, value in one.items() if name not in KEPT_BY_TARGET}
        if "members" in known:
            known["members"] = sorted(owners[member["value"]] for member in known["members"])
        manager = known.get(ENTERPRISE, {}).get("manager")
        if manager:
            known[ENTERPRISE] = known[ENTERPRISE] | {"manager": owners[manager["value"]]}
        found[one["externalId"]] = known
    return found
