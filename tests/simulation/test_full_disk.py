"""A disk that stays full until the reserve is given up: the cycle ends, and says why."""

from random import Random
from typing import Any

from looop_gui.model.connection import ConnectionSettings
from looop_gui.model.directory import DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.model.job import CycleEnd, CycleState
from looop_gui.model.scope import ProvisioningScope
from looop_gui.store.cycles import recent_cycles
from simulated_engine import CONNECTION, SimulatedEngine, SimulatedWorker, simulated_folder
from simulated_target import SimulatedTenant
from simulated_time import SimulatedClock, run_simulated


def _snapshot() -> DirectorySnapshot:
    users = {
        key: DirectoryObject(
            key, ObjectType.USER, {"userPrincipalName": f"{key}@contoso.com", "displayName": key}
        )
        for key in ("ann", "bob", "cyd")
    }
    return DirectorySnapshot(users, {}, (), "one")


def _room(worker: SimulatedWorker) -> bool:
    worker.full = range(0)
    return True


def test_a_cycle_that_meets_a_full_disk_leaves_an_ended_row_and_the_next_loses_nothing() -> None:
    with simulated_folder() as folder:

        async def main(clock: SimulatedClock) -> None:
            settings = ConnectionSettings(scope=ProvisioningScope.ALL)
            tenant = SimulatedTenant(clock, 1)
            engine = SimulatedEngine(tenant, folder, Random(1), _snapshot, settings)
            engine.make_room = _room
            await _play(engine)
            engine.close()

        run_simulated(main)


async def _play(engine: SimulatedEngine) -> None:
    cycle = await engine.cycle(full=range(4, 1_000))

    assert cycle is not None
    assert (cycle.state, cycle.ended_by) == (CycleState.FAILED, CycleEnd.STORE)
    assert cycle.sentence == "The disk is full."
    assert cycle.ended is not None
    assert recent_cycles(engine.open(), CONNECTION) == [cycle]

    following: Any = await engine.cycle()

    assert following.state is CycleState.SUCCEEDED
    assert len(engine.tenant.everything("/Users")) == len(engine.links()) == 3
