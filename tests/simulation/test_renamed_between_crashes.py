"""Somebody is renamed after each of two crashes: under which of her names she was made is not lost.

Each crash is tried at some steps (`LOOOP_SOAK=1`: at every one), so that the first, the second or
no attempt has made her account.
"""

import os
from pathlib import Path
from random import Random

import pytest

from looop_gui.model.connection import ConnectionSettings, MatchingStrategy
from looop_gui.model.job import CycleState
from looop_gui.model.scope import ProvisioningScope
from simulated_company import SimulatedCompany
from simulated_engine import SimulatedEngine, simulated_folder
from simulated_target import SimulatedTenant
from simulated_time import SimulatedClock, run_simulated

SOAK = bool(os.environ.get("LOOOP_SOAK"))
STEPS = range(1, 16, 1 if SOAK else 3)
SETTINGS = ConnectionSettings(
    scope=ProvisioningScope.ALL,
    prevent_accidental_deletion=False,
    supports_soft_delete=False,
    matching=MatchingStrategy.FILTER,
)


async def _play(
    clock: SimulatedClock, folder: Path, kills: tuple[int, int], *, lost: bool, leaves: bool
) -> None:
    company = SimulatedCompany(Random(7))
    company.fill(1, 0)
    person = next(iter(company.people.values()))
    person.attributes["accountEnabled"] = "True"
    tenant = SimulatedTenant(clock, 1)
    engine = SimulatedEngine(tenant, folder, Random(1), company.snapshot, SETTINGS)
    if lost:
        # Her first attempt fails with an outcome that is not known.
        tenant.faults.switch_on("reset-after-write=1")
        await engine.cycle()
        tenant.faults.clear()
    for number, kill_at in enumerate(kills):
        await engine.cycle(kill_at=kill_at)
        person.attributes["userPrincipalName"] = f"renamed-{number}@contoso.com"
        company.version += 1
        await clock.sleep(60)
    if leaves:
        company.people.clear()

    cycle = await engine.cycle()

    assert cycle is not None
    assert cycle.state is CycleState.SUCCEEDED
    names = [account["userName"] for account in tenant.everything("/Users").values()]
    assert names == ([] if leaves else ["renamed-1@contoso.com"]), kills
    engine.close()


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("leaves", [False, True])
def test_renamed_after_each_of_two_crashes_nobody_has_two_accounts(
    lost: bool, leaves: bool
) -> None:
    for first in STEPS:
        for second in STEPS:
            with simulated_folder() as folder:
                run_simulated(
                    lambda clock, folder=folder, kills=(first, second): _play(
                        clock, folder, kills, lost=lost, leaves=leaves
                    )
                )
