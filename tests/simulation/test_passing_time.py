"""28 days in an instant: the cadence of quarantine and the back-off of escrows (f.6 and f.7)."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from looop_gui.engine.quarantine import has_expired
from looop_gui.model.connection import ConnectionSettings
from looop_gui.model.directory import DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.model.job import CycleEnd, CycleState, QuarantineReason
from looop_gui.model.scope import ProvisioningScope
from looop_gui.scim.messages import USER_SCHEMA
from simulated_engine import SimulatedEngine, simulated_folder
from simulated_target import SimulatedTenant
from simulated_time import SimulatedClock, run_simulated

HOUR = timedelta(hours=1)
CYCLES_BETWEEN_ATTEMPTS = [1, 1, 2, 4, 8, 16, 32, 36, 36, 36, 36, 36]


def _snapshot() -> DirectorySnapshot:
    names = {"ann": "ann@contoso.com", "dup": "dup@contoso.com"}
    users = {
        key: DirectoryObject(key, ObjectType.USER, {"userPrincipalName": name})
        for key, name in names.items()
    }
    return DirectorySnapshot(users, {}, (), "one")


def _with_engine(play: Any) -> None:
    with simulated_folder() as folder:

        async def main(clock: SimulatedClock) -> None:
            engine = _engine(clock, folder)
            await play(clock, engine)
            engine.close()

        run_simulated(main)


def _engine(clock: SimulatedClock, folder: Path) -> SimulatedEngine:
    tenant = SimulatedTenant(clock, 1)
    settings = ConnectionSettings(scope=ProvisioningScope.ALL)
    return SimulatedEngine(tenant, folder, Random(1), _snapshot, settings)


async def _quarantined(clock: SimulatedClock, engine: SimulatedEngine) -> None:
    """Try whenever the quarantine says so, for 28 days, with a token that is refused."""
    offsets: list[float] = []
    while True:
        engine.tenant.faults.switch_on("token-expiry=0")
        cycle = await engine.cycle()
        assert cycle is not None
        assert cycle.ended_by is CycleEnd.CREDENTIALS
        quarantine = engine.job.quarantine
        assert quarantine is not None
        assert quarantine.reason is QuarantineReason.QUARANTINE_EXCEPTION
        if has_expired(quarantine, clock.now()):
            break
        offsets.append((quarantine.next_attempt - quarantine.began) / HOUR)
        await clock.sleep((quarantine.next_attempt - clock.now()).total_seconds())
    assert [round(one) for one in offsets[:6]] == [6, 12, 24, 48, 72, 96]
    assert len(offsets) == 30
    assert clock.now() - quarantine.began >= timedelta(days=28)


def test_a_quarantined_job_is_tried_after_6_12_24_hours_then_daily_for_28_days() -> None:
    _with_engine(_quarantined)


async def _lifted(clock: SimulatedClock, engine: SimulatedEngine) -> None:
    engine.tenant.faults.switch_on("token-expiry=0")
    await engine.cycle()
    assert engine.job.quarantine is not None
    engine.tenant.faults.clear()
    cycle = await engine.cycle()
    assert cycle is not None
    assert cycle.state is CycleState.SUCCEEDED
    assert engine.job.quarantine is None


def test_a_cycle_that_succeeds_lifts_the_quarantine() -> None:
    _with_engine(_lifted)


async def _escrowed(clock: SimulatedClock, engine: SimulatedEngine) -> None:
    """One object fails in a week of cycles every 40 minutes; attempts get rare, up to daily."""
    await engine.cycle()
    taken = {"schemas": [USER_SCHEMA], "userName": "taken@contoso.com"}
    engine.tenant.local("/Users", taken)
    renamed = dict(_snapshot().users)
    renamed["dup"] = DirectoryObject(
        "dup", ObjectType.USER, {"userPrincipalName": "taken@contoso.com"}
    )
    engine.snapshot = lambda: DirectorySnapshot(renamed, {}, (), "two")
    attempts: list[float] = []
    began = clock.now()
    for _ in range(7 * 36):
        await engine.cycle()
        assert engine.sender is not None
        if any(request.method == "PATCH" for request in engine.sender.sent):
            attempts.append((clock.now() - began) / HOUR)
        await clock.sleep(40 * 60)
    waits = [round((later - earlier) * 1.5) for earlier, later in pairwise(attempts)]
    assert waits == CYCLES_BETWEEN_ATTEMPTS
    assert len(engine.escrows()) == 1


def test_an_object_that_keeps_failing_is_tried_less_and_less_often() -> None:
    _with_engine(_escrowed)
