"""A crash at every step of provision on demand, and then the source says something else.

Whatever the step, the next cycle finds what was written: nobody has a second account, an account
that nobody wants any more is gone, and neither a membership nor a manager stays that only the
interrupted attempt has given.
"""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from looop_gui.model.connection import ConnectionSettings, MatchingStrategy
from looop_gui.model.job import CycleEnd, CycleState
from looop_gui.model.scope import ProvisioningScope
from looop_gui.store.cycles import recent_cycles
from oracle import ENTERPRISE
from simulated_company import SimulatedCompany
from simulated_engine import CONNECTION, SimulatedEngine, simulated_folder
from simulated_on_demand import demand
from simulated_target import SimulatedTenant
from simulated_time import SimulatedClock, run_simulated

SETTINGS = ConnectionSettings(
    scope=ProvisioningScope.ALL,
    prevent_accidental_deletion=False,
    supports_soft_delete=False,
    matching=MatchingStrategy.FILTER,
)
BOSS, ANN, GROUP = "p1", "p2", "g3"
Change = Callable[[SimulatedCompany], None]


def _company() -> SimulatedCompany:
    company = SimulatedCompany(Random(7))
    company.fill(2, 1)
    for entry in (*company.people.values(), *company.groups.values()):
        entry.attributes |= {"accountEnabled": "True", "securityEnabled": "True"}
        entry.attributes.pop("manager", None)
    company.people[ANN].attributes["department"] = "Sales"
    company.groups[GROUP].attributes["members"] = ()
    return company


def _set(source_id: str, name: str, value: Any) -> Change:
    def change(company: SimulatedCompany) -> None:
        entry = company.people.get(source_id) or company.groups[source_id]
        if value is None:
            entry.attributes.pop(name, None)
        else:
            entry.attributes[name] = value
        company.version += 1

    return change


def _leaves(company: SimulatedCompany) -> None:
    del company.people[ANN]
    company.version += 1


def _nothing(_: SimulatedCompany) -> None:
    """All stays as it is."""


CASES = [
    pytest.param((False, _nothing, ANN, _nothing), id="the very first thing"),
    pytest.param((False, _nothing, ANN, _leaves), id="the very first thing, then she leaves"),
    pytest.param(
        (False, _nothing, ANN, _set(ANN, "userPrincipalName", "new@contoso.com")),
        id="the very first thing, then a rename",
    ),
    pytest.param(
        (True, _set(ANN, "department", "Elsewhere"), ANN, _set(ANN, "department", "Sales")),
        id="a change and back again",
    ),
    pytest.param(
        (True, _set(ANN, "manager", BOSS), ANN, _set(ANN, "manager", None)), id="a manager"
    ),
    pytest.param(
        (True, _set(GROUP, "members", (ANN,)), GROUP, _set(GROUP, "members", ())), id="a member"
    ),
    pytest.param(
        (True, _set(ANN, "accountEnabled", "False"), ANN, _set(ANN, "accountEnabled", "True")),
        id="deleted, and wanted again",
    ),
]


async def _play(clock: SimulatedClock, folder: Path, case: Any, kill_at: int) -> tuple[int, Any]:
    after_cycle, before, source_id, after = case
    company = _company()
    tenant = SimulatedTenant(clock, 1)
    engine = SimulatedEngine(tenant, folder, Random(1), company.snapshot, SETTINGS)
    if after_cycle:
        await engine.cycle()
    before(company)
    await clock.sleep(2_400)
    members = (ANN,) if source_id == GROUP else None
    await demand(engine, source_id, members, kill_at)
    steps = engine.fuse.steps
    after(company)
    await clock.sleep(2_400)

    cycle = await engine.cycle()

    assert cycle is not None
    assert cycle.state is CycleState.SUCCEEDED, f"crash at step {kill_at}: {cycle.sentence}"
    held = _content(tenant)
    assert await engine.cycle() is not None
    assert engine.sender is not None
    assert engine.sender.written == []
    rows = recent_cycles(engine.open(), CONNECTION)
    assert all(one.ended_by is CycleEnd.COMPLETED for one in rows if one.sentence == "")
    engine.close()
    return steps, held


def _content(tenant: SimulatedTenant) -> Any:
    """Who there is, by source id, with what the cases are about; two of one are an error."""
    everybody = [*tenant.everything("/Users").values(), *tenant.everything("/Groups").values()]
    owners = {one["id"]: one["externalId"] for one in everybody}
    assert len(set(owners.values())) == len(owners), "somebody has two accounts"
    found = {}
    for one in everybody:
        extension = one.get(ENTERPRISE, {})
        manager = extension.get("manager", {}).get("value")
        members = tuple(owners.get(member["value"]) for member in one.get("members", ()))
        name = one.get("userName", one.get("displayName"))
        kept = (name, one.get("active"), extension.get("department"), owners.get(manager), members)
        found[one["externalId"]] = kept
    return found


def _played(case: Any, kill_at: int) -> tuple[int, Any]:
    with simulated_folder() as folder:
        results: list[tuple[int, Any]] = []

        async def main(clock: SimulatedClock) -> None:
            results.append(await _play(clock, folder, case, kill_at))

        run_simulated(main)
        return results[0]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("case", CASES)
def test_what_an_interrupted_on_demand_has_written_is_found_by_the_next_cycle(case: Any) -> None:
    steps, undisturbed = _played(case, 0)
    for kill_at in range(1, steps + 1):
        assert _played(case, kill_at)[1] == undisturbed, f"crash at step {kill_at} of {steps}"
