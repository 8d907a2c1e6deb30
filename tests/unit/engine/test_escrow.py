"""Escrows: retried in the next cycle, then less and less often (section f.6)."""

from datetime import UTC, datetime, timedelta

from looop_gui.engine.escrow import due, escrow_failure, open_failures
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Escrow

START = datetime(2026, 11, 24, tzinfo=UTC)
INTERVAL = timedelta(minutes=40)


def failed(previous: Escrow | None, now: datetime, *, is_reference: bool = False) -> Escrow:
    return escrow_failure(
        previous,
        "u1",
        ObjectType.USER,
        "Conflict",
        is_reference=is_reference,
        now=now,
        interval=INTERVAL,
    )


def test_waits_double_up_to_a_day() -> None:
    escrow, now, waits = None, START, []
    for _ in range(9):
        escrow = failed(escrow, now)
        waits.append((escrow.next_attempt - now) / timedelta(minutes=1))
        now = escrow.next_attempt

    assert waits == [0, 40, 80, 160, 320, 640, 1280, 1440, 1440]
    assert escrow is not None
    assert (escrow.first_failure, escrow.attempts) == (START, 9)


def test_only_escrows_whose_time_has_come_are_due() -> None:
    second = failed(failed(None, START), START)

    assert due({"u1": second}, START) == frozenset()
    assert due({"u1": second}, START + INTERVAL) == {"u1"}


def test_objects_and_references_are_counted_apart() -> None:
    escrows = [failed(None, START), failed(None, START, is_reference=True)]

    assert open_failures(escrows) == (1, 1)
