"""Quarantine: when a job enters it, when it is tried again, when it ends (section f.7)."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from looop_gui.engine.quarantine import (
    CriticalError,
    enter_quarantine,
    has_expired,
    quarantine_reason,
)
from looop_gui.model.job import QuarantineReason

SAMPLES = Path(__file__).parents[2] / "samples" / "reference" / "engine-examples.json"
EXAMPLES = json.loads(SAMPLES.read_text("utf-8"))["quarantine"]
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["id"] for example in EXAMPLES])
def test_documented_examples(example: dict) -> None:
    critical = CriticalError(example["critical"]) if "critical" in example else None

    reason = quarantine_reason(
        example["nonref_failures"], example["ref_failures"], example["successes"], critical
    )

    assert (reason is not None) is example["expected"]


@pytest.mark.parametrize(
    ("failures", "references", "successes", "reason"),
    [
        (40_001, 0, 10**6, QuarantineReason.BASE_ESCROW_THRESHOLD),
        (40_000, 20_001, 10**6, QuarantineReason.TOTAL_ESCROW_THRESHOLD),
        (5_001, 0, 100, QuarantineReason.ESCROW_PROPORTION_THRESHOLD),
    ],
)
def test_reasons_have_graphs_names(
    failures: int, references: int, successes: int, reason: QuarantineReason
) -> None:
    assert quarantine_reason(failures, references, successes) is reason


def test_attempts_come_after_6_12_and_24_hours_and_then_daily() -> None:
    quarantine = enter_quarantine(None, QuarantineReason.QUARANTINE_EXCEPTION, "refused", NOON)
    attempts = [quarantine.next_attempt]
    for _ in range(4):
        now = quarantine.next_attempt
        quarantine = enter_quarantine(quarantine, quarantine.reason, "refused", now)
        attempts.append(quarantine.next_attempt)

    hours = [(moment - NOON) / timedelta(hours=1) for moment in attempts]

    assert hours == [6, 12, 24, 48, 72]


def test_the_beginning_stays_when_the_reason_changes() -> None:
    first = enter_quarantine(None, QuarantineReason.QUARANTINE_EXCEPTION, "refused", NOON)
    later = enter_quarantine(
        first, QuarantineReason.TOO_MANY_DELETES, "deletes", NOON + timedelta(hours=6)
    )

    assert later.began == NOON
    assert later.reason is QuarantineReason.TOO_MANY_DELETES


def test_a_job_is_disabled_after_28_days() -> None:
    quarantine = enter_quarantine(None, QuarantineReason.UNKNOWN, "", NOON)

    assert not has_expired(quarantine, NOON + timedelta(days=27, hours=23))
    assert has_expired(quarantine, NOON + timedelta(days=28))
