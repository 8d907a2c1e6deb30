"""When a job enters quarantine, and when a quarantined job is tried again (section f.7).

Counts are of failures that are still open: objects in escrow plus those that failed in the cycle
just run. Reference failures count toward the total of 60,000 only.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from looop_gui.model.job import Quarantine, QuarantineReason

EVALUATION_FLOOR = 5_000
BASE_LIMIT = 40_000
TOTAL_LIMIT = 60_000
PROPORTION_LIMIT = 0.40
LIFE = timedelta(days=28)
RETRY_AFTER = (timedelta(hours=6), timedelta(hours=12), timedelta(hours=24))
"""Time from the beginning of the quarantine to its first attempts; then once a day."""


class CriticalError(StrEnum):
    """What quarantines a job at any count of failures."""

    CREDENTIALS = "invalid_credentials"
    INCOMPATIBLE = "scim_incompatible"
    NOT_FOUND = "endpoint_not_found"


def quarantine_reason(
    failures: int,
    reference_failures: int,
    successes: int,
    critical: CriticalError | None = None,
) -> QuarantineReason | None:
    """The reason to quarantine a job, or None when it may go on.

    `failures` leaves reference failures out; `successes` is the number of objects of the same
    cycle that did not fail.
    """
    if critical is not None:
        return QuarantineReason.QUARANTINE_EXCEPTION
    if failures + reference_failures > TOTAL_LIMIT:
        return QuarantineReason.TOTAL_ESCROW_THRESHOLD
    if failures < EVALUATION_FLOOR:
        return None
    if failures > BASE_LIMIT:
        return QuarantineReason.BASE_ESCROW_THRESHOLD
    if failures > PROPORTION_LIMIT * (failures + successes):
        return QuarantineReason.ESCROW_PROPORTION_THRESHOLD
    return None


def enter_quarantine(
    previous: Quarantine | None, reason: QuarantineReason, sentence: str, now: datetime
) -> Quarantine:
    """The quarantine after an attempt failed: a new one, or the next attempt of the present one.

    The beginning of a series of attempts stays, whatever the reason becomes.
    """
    if previous is None:
        return Quarantine(reason, sentence, now, now + RETRY_AFTER[0])
    attempts = previous.attempts + 1
    next_attempt = _next_attempt(previous.began, attempts, now)
    return replace(
        previous, reason=reason, sentence=sentence, attempts=attempts, next_attempt=next_attempt
    )


def has_expired(quarantine: Quarantine, now: datetime) -> bool:
    """True when 28 days have passed, so that the job is disabled."""
    return now - quarantine.began >= LIFE


def attempt_is_due(quarantine: Quarantine, now: datetime) -> bool:
    """Whether the job is tried again: its time has come, or the clock was set back meanwhile."""
    wait = quarantine.next_attempt - now
    return wait <= timedelta(0) or wait > RETRY_AFTER[-1]


def _next_attempt(began: datetime, attempts: int, now: datetime) -> datetime:
    if attempts < len(RETRY_AFTER):
        return max(began + RETRY_AFTER[attempts], now + timedelta(minutes=1))
    return now + RETRY_AFTER[-1]
