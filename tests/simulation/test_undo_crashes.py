"""A crash at every step of an undo: begun again, it ends with the target as it was before the run.

`LOOOP_SOAK=1` tries every step; else some, spread evenly.
"""

import os
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from looop_gui.model.connection import Dialect
from looop_gui.model.job import Cycle, CycleEnd, CycleKind, CycleState
from looop_gui.store.cycles import recent_cycles
from simulated_company import SimulatedCompany
from simulated_engine import CONNECTION, SimulatedEngine, simulated_folder
from simulated_target import KilledError, SimulatedTenant
from simulated_time import SimulatedClock, run_simulated
from simulated_undo import apply, content, undo
from test_crash_sweep import SETTINGS, _busy

TRIED = 24


@pytest.mark.timeout(600)
def test_an_undo_that_was_killed_is_begun_again_without_harm() -> None:
    steps: list[int] = []
    with simulated_folder() as folder:
        run_simulated(partial(_play, folder, 0, steps))
    stride = 1 if os.environ.get("LOOOP_SOAK") else max(1, steps[0] // TRIED)
    for step in range(1, steps[0], stride):
        with simulated_folder() as folder:
            run_simulated(partial(_play, folder, step, steps))


async def _play(folder: Path, kill_at: int, steps: list[int], clock: SimulatedClock) -> None:
    engine, before, cycle = await _changed(folder, clock)
    try:
        plan, _ = await undo(engine, cycle, apply_it=False)
        killed = await _killed(engine, plan, kill_at)
        steps.append(engine.fuse.steps)
        if killed:
            await clock.sleep(60)
            again, ended = await undo(engine, cycle)
            assert ended.state is CycleState.SUCCEEDED, f"crash at step {kill_at}"
            assert again.left_alone == (), f"crash at step {kill_at}: {again.left_alone}"
        assert content(engine.tenant) == before, f"crash at step {kill_at}"
        rows = recent_cycles(engine.open(), CONNECTION)
        assert all(one.ended is not None for one in rows)
        if len([one for one in rows if one.kind is CycleKind.UNDO]) > 1:
            assert rows[1].ended_by is CycleEnd.CRASH
    finally:
        engine.close()


async def _killed(engine: SimulatedEngine, plan: Any, kill_at: int) -> bool:
    """Whether the undo was killed at that step."""
    try:
        await apply(engine, plan, kill_at)
    except (KilledError, BaseExceptionGroup):
        if not engine.fuse.dead:
            raise
        engine.close()
        return True
    return False


async def _changed(
    folder: Path, clock: SimulatedClock
) -> tuple[SimulatedEngine, dict[str, Any], Cycle]:
    """An engine after a busy cycle, what the tenant held before it, and the cycle."""
    engine, company = _engine(folder, clock)
    await engine.cycle()
    before = content(engine.tenant)
    _busy(company)
    cycle = await engine.cycle()
    assert cycle is not None
    assert content(engine.tenant) != before
    return engine, before, cycle


def _engine(folder: Path, clock: SimulatedClock) -> tuple[SimulatedEngine, SimulatedCompany]:
    company = SimulatedCompany(Random(7))
    company.fill(7, 4)
    tenant = SimulatedTenant(clock, 7)
    engine = SimulatedEngine(tenant, folder, Random(7), company.snapshot, SETTINGS)
    assert engine.target.dialect is Dialect.ENTRA_LEGACY
    return engine, company


@pytest.mark.parametrize("kill_at", [12, 25, 40])
def test_a_cycle_after_a_killed_undo_does_again_what_the_source_says(kill_at: int) -> None:
    with simulated_folder() as folder:
        run_simulated(partial(_go_on, folder, kill_at))


async def _go_on(folder: Path, kill_at: int, clock: SimulatedClock) -> None:
    engine, _, cycle = await _changed(folder, clock)
    try:
        after = content(engine.tenant)
        plan, _ = await undo(engine, cycle, apply_it=False)
        assert await _killed(engine, plan, kill_at)
        await clock.sleep(60)

        again = await engine.cycle()

        assert again is not None
        assert again.state is CycleState.SUCCEEDED, again.sentence
        assert content(engine.tenant) == after
    finally:
        engine.close()


@pytest.mark.timeout(600)
def test_a_cycle_that_was_killed_and_gone_on_with_is_undone() -> None:
    """Whoever was written in the very moment of the crash is put back as well."""
    steps: list[int] = []
    with simulated_folder() as folder:
        run_simulated(partial(_undo_resumed, folder, 0, steps))
    stride = 1 if os.environ.get("LOOOP_SOAK") else max(1, steps[0] // TRIED)
    for step in range(2, steps[0], stride):
        with simulated_folder() as folder:
            run_simulated(partial(_undo_resumed, folder, step, steps))


async def _undo_resumed(
    folder: Path, kill_at: int, steps: list[int], clock: SimulatedClock
) -> None:
    engine, company = _engine(folder, clock)
    try:
        await engine.cycle()
        before = content(engine.tenant)
        _busy(company)
        await engine.cycle(kill_at=kill_at)
        steps.append(engine.fuse.steps)
        await clock.sleep(60)
        cycle = await engine.cycle() if kill_at else recent_cycles(engine.open(), CONNECTION)[0]
        assert cycle is not None
        plan, ended = await undo(engine, cycle)
        assert ended.state is CycleState.SUCCEEDED, f"crash at step {kill_at}"
        assert plan.left_alone == (), f"crash at step {kill_at}: {plan.left_alone}"
        assert content(engine.tenant) == before, f"crash at step {kill_at}"
    finally:
        engine.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", [True, False])
def test_a_cycle_that_was_killed_is_undone_without_being_gone_on_with(first: bool) -> None:
    """Whoever was being created in that moment goes again, though nobody knew that she arrived."""
    steps: list[int] = []
    with simulated_folder() as folder:
        run_simulated(partial(_undo_cut_off, folder, 0, first, steps))
    stride = 1 if os.environ.get("LOOOP_SOAK") else max(1, steps[0] // TRIED)
    for step in range(2, steps[0], stride):
        with simulated_folder() as folder:
            run_simulated(partial(_undo_cut_off, folder, step, first, steps))


async def _undo_cut_off(
    folder: Path, kill_at: int, first: bool, steps: list[int], clock: SimulatedClock
) -> None:
    engine, company = _engine(folder, clock)
    try:
        if not first:
            await engine.cycle()
            _busy(company)
        await clock.sleep(600)
        before = content(engine.tenant)
        await engine.cycle(kill_at=kill_at)
        steps.append(engine.fuse.steps)
        await clock.sleep(60)
        rows = recent_cycles(engine.open(), CONNECTION)
        if content(engine.tenant) == before or len(rows) < 1 + (not first):
            return  # nothing had arrived yet
        plan, ended = await undo(engine, rows[0])
        assert ended.state is CycleState.SUCCEEDED, f"crash at step {kill_at}"
        assert plan.left_alone == (), f"crash at step {kill_at}: {plan.left_alone}"
        assert content(engine.tenant) == before, f"crash at step {kill_at}"
    finally:
        engine.close()
