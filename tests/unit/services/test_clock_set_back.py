"""The computer's clock is set back between cycles: nothing waits for the time to come again."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from looop_gui.engine.escrow import LONGEST_WAIT, due, is_due
from looop_gui.model.connection import DriftCheck
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import CycleKind, CycleState, Escrow
from tests.unit.services.test_cycles import open_desk
from tests.unit.services.test_cycles_grace_period import DatedDesk
from tests.unit.services.test_provisioning_service import Office
from tests.unit.services.test_provisioning_service import office as office

MOMENT = datetime(2026, 11, 24, 8, tzinfo=UTC)


async def test_the_schedule_goes_on(office: Office) -> None:
    first = office.waiting_for(lambda state: state.last_cycle is not None)
    await office.provisioning.set_provisioning("office", True)
    initial = (await first).last_cycle
    assert initial is not None

    office.clock.advance(days=-3)
    second = office.waiting_for(
        lambda state: state.last_cycle is not None and state.last_cycle.id != initial.id
    )
    office.provisioning.start_schedule()
    state = await second

    assert state.last_cycle is not None
    assert state.last_cycle.kind is CycleKind.INCREMENTAL
    assert state.next_cycle == office.clock.now() + timedelta(minutes=40)


async def test_a_quarantined_job_is_tried_again(office: Office) -> None:
    await office.refuse_token()
    ended = office.waiting_for(lambda state: state.last_cycle is not None)
    await office.provisioning.set_provisioning("office", True)
    await ended

    office.clock.advance(days=-30)
    tried = office.waiting_for(
        lambda state: state.quarantine is not None and state.quarantine.attempts == 1
    )
    office.provisioning.start_schedule()

    assert (await tried).quarantine is not None


@pytest.fixture
async def dated(data_folder: Path) -> AsyncIterator[DatedDesk]:
    async with open_desk(data_folder) as desk:
        for name in ("ann", "bob", "cyd"):
            desk.company.person(name)
        desk.company.group("sales", "ann", "bob")
        dated = DatedDesk(desk)
        await dated.cycle(10)
        yield dated


async def test_a_change_is_written_once_and_a_creation_too(dated: DatedDesk) -> None:
    dated.company.person("ann", surname="Married")
    dated.company.person("dan")
    dated.company.group("sales", "ann", "dan")

    cycle = await dated.cycle(3)
    again = await dated.cycle(2)

    assert (cycle.state, cycle.kind) == (CycleState.SUCCEEDED, CycleKind.INCREMENTAL)
    assert (cycle.users.updated, cycle.users.created, cycle.groups.updated) == (1, 1, 1)
    assert again.users == again.groups == type(again.users)()
    assert await dated.desk.groups() == {"Sales": {"ann", "dan"}}
    assert len(await dated.desk.users()) == 4


async def test_the_drift_is_checked_though_the_last_check_lies_ahead(dated: DatedDesk) -> None:
    dated.desk.configure(drift_check=DriftCheck.REPORT, drift_hours=24)
    await dated.cycle(11)
    ann = (await dated.desk.users())["ann"]["id"]
    await dated.desk.tamper("DELETE", f"/Users/{ann}")

    assert "2 linked objects differ" in (await dated.cycle(5)).sentence
    assert (await dated.cycle(5.1)).sentence == ""


async def test_a_cycle_in_which_the_clock_is_set_back_has_no_duration_below_zero(
    dated: DatedDesk,
) -> None:
    cycle = await dated.cycle(20)

    assert replace(cycle, ended=cycle.began - timedelta(hours=1)).seconds == 0.0


def test_what_failed_is_tried_again() -> None:
    escrow = Escrow(
        source_id="ann",
        object_type=ObjectType.USER,
        first_failure=MOMENT,
        attempts=9,
        next_attempt=MOMENT + LONGEST_WAIT,
        is_reference=False,
        error_code="Conflict",
    )

    assert not is_due(escrow, MOMENT)
    assert not is_due(escrow, MOMENT + timedelta(hours=23))
    assert is_due(escrow, MOMENT + LONGEST_WAIT)
    assert due({"ann": escrow}, MOMENT - timedelta(hours=1)) == {"ann"}
