"""Objects that failed: kept, retried in the next cycle, then less and less often (section f.6).

The schedule is a model, as Entra's is not published: the next cycle, then doubling up to a day.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Escrow

LONGEST_WAIT = timedelta(hours=24)


def escrow_failure(
    previous: Escrow | None,
    source_id: str,
    object_type: ObjectType,
    error_code: str,
    *,
    digest: str = "",
    unsure: str = "",
    is_reference: bool,
    now: datetime,
    interval: timedelta,
) -> Escrow:
    """The escrow of an object that failed now; `interval` is the time between cycle starts.

    Once a create may have arrived, the object stays unsure until it was found or looked for.
    """
    attempts = 1 if previous is None else previous.attempts + 1
    # The first retry is the very next cycle, whenever somebody starts it.
    wait = timedelta(0) if attempts == 1 else min(LONGEST_WAIT, interval * 2 ** (attempts - 2))
    return Escrow(
        source_id=source_id,
        object_type=object_type,
        first_failure=now if previous is None else previous.first_failure,
        attempts=attempts,
        next_attempt=now + wait,
        is_reference=is_reference,
        error_code=error_code,
        digest=digest,
        unsure=unsure or (previous.unsure if previous is not None else ""),
    )


def is_due(escrow: Escrow, now: datetime) -> bool:
    """Whether an object is tried again: it has waited, or the clock was set back meanwhile.

    No wait is longer than a day, so that what lies further ahead was stored by another time.
    """
    return escrow.next_attempt <= now or escrow.next_attempt > now + LONGEST_WAIT


def due(escrows: Mapping[str, Escrow], now: datetime) -> frozenset[str]:
    """The source ids of escrows whose time has come."""
    return frozenset(key for key, escrow in escrows.items() if is_due(escrow, now))


def open_failures(escrows: Iterable[Escrow]) -> tuple[int, int]:
    """How many objects and how many references are in escrow, in this order."""
    objects = references = 0
    for escrow in escrows:
        if escrow.is_reference:
            references += 1
        else:
            objects += 1
    return objects, references
