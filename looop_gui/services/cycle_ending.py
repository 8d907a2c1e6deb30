"""How a cycle ended: its state, its sentence, and what becomes of the job (sections f.7, f.8)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from looop_gui.engine.escrow import open_failures
from looop_gui.engine.guard_verdict import GuardVerdict
from looop_gui.engine.quarantine import enter_quarantine, quarantine_reason
from looop_gui.model.drift import DriftReport
from looop_gui.model.errors import SourceError, StoreError
from looop_gui.model.job import (
    Adaptation,
    Cycle,
    CycleCounts,
    CycleEnd,
    CycleState,
    Escrow,
    Quarantine,
    QuarantineReason,
    Watermark,
)
from looop_gui.services.cycle_asking import StoppedError
from looop_gui.services.cycle_counts import OutcomeCounts
from looop_gui.services.cycle_failures import CycleFailedError, CycleGuardedError
from looop_gui.services.cycle_staging import staged_entries
from looop_gui.store.before_images import drop_surplus_images
from looop_gui.store.cycles import save_cycle
from looop_gui.store.database import Database
from looop_gui.store.jobs import (
    StoredJob,
    save_adaptation,
    save_drift,
    save_guard,
    save_quarantine,
    save_watermark,
)
from looop_gui.store.journal import clear_journal
from looop_gui.store.provisioning_log import append_entries


@dataclass(frozen=True, slots=True)
class CycleEnding:
    """The state and sentence of an ended cycle; `quarantine` is the job's from now on.

    `completed` says that everything was gone through, so that the watermark may be stored;
    `verdict` is that of the guard that stopped it, `source_size` is how many people and groups the
    source had, `adaptation` what the target has made the job do.
    """

    state: CycleState
    end: CycleEnd
    sentence: str
    quarantine: Quarantine | None
    completed: bool = False
    verdict: GuardVerdict | None = None
    source_size: tuple[int, int] = (0, 0)
    adaptation: Adaptation = Adaptation.NONE
    drift: DriftReport | None = None

    @property
    def words(self) -> str:
        """The sentence of the cycle's row: how it ended, and what a drift check found."""
        repaired = self.drift is not None and self.drift.repaired and self.completed
        drift = None if self.drift is None else replace(self.drift, repaired=repaired)
        found = drift.sentence if drift is not None else ""
        return f"{self.sentence} {found}".strip()


def ending_of(
    error: Exception | None,
    job: StoredJob,
    now: datetime,
    counts: OutcomeCounts | None = None,
    escrows: Mapping[str, Escrow] | None = None,
    *,
    whole: bool = True,
) -> CycleEnding:
    """The ending that an exception, or none, stands for.

    Not `whole` is a cycle that left something out on purpose, so that no watermark is stored.
    """
    before = job.quarantine
    match error:
        case None:
            total = counts.total() if counts is not None else CycleCounts()
            ending = _completed(total, escrows or {}, before, now)
            return replace(ending, completed=whole)
        case StoppedError():
            sentence = "The cycle was stopped. What was written is recorded; the rest was not sent."
            return CycleEnding(CycleState.STOPPED, CycleEnd.STOPPED, sentence, before)
        case CycleGuardedError():
            sentence = error.verdict.sentence
            quarantine = enter_quarantine(before, QuarantineReason.TOO_MANY_DELETES, sentence, now)
            return CycleEnding(
                CycleState.FAILED, CycleEnd.GUARD, sentence, quarantine, verdict=error.verdict
            )
        case CycleFailedError():
            return _failed(error, before, now)
        case SourceError():
            return CycleEnding(CycleState.FAILED, CycleEnd.SOURCE, error.sentence, before)
        case StoreError():
            return CycleEnding(CycleState.FAILED, CycleEnd.STORE, error.sentence, before)
        case _:
            raise error


def store_ending(
    database: Database,
    job: StoredJob,
    number: int,
    cycle: Cycle,
    ending: CycleEnding,
    source_digest: str,
    configuration_digest: str,
    unknown: Mapping[str, Mapping[str, str]],
) -> None:
    """Store the end of a cycle, with the watermark if it completed, in one transaction.

    `unknown` are those whose writes may have arrived, by pass. What a guard held back is logged
    here, so that the list and the permission to let exactly it pass are stored together.
    """
    verdict = ending.verdict
    with database.transaction() as connection:
        save_cycle(connection, cycle)
        clear_journal(connection, job.number, number, unknown)
        drop_surplus_images(connection, job.number)
        save_quarantine(connection, job.number, ending.quarantine)
        save_guard(connection, job.number, verdict.token if verdict is not None else "")
        if verdict is not None:
            append_entries(connection, job.number, number, staged_entries(verdict, cycle))
        save_adaptation(connection, job.number, ending.adaptation)
        if ending.completed and ending.drift is not None:
            moment = cycle.ended or cycle.began
            save_drift(connection, job.number, moment, ending.drift.left, cycle.id)
        if ending.completed:
            moment = cycle.ended or cycle.began
            watermark = Watermark(source_digest, configuration_digest, moment, *ending.source_size)
            save_watermark(connection, job.number, watermark)
        elif job.watermark is not None:
            # Some of a newer state may have been exported, so even the old one must be compared.
            save_watermark(connection, job.number, replace(job.watermark, source_digest=""))


def close_cycle(
    database: Database,
    job: StoredJob,
    number: int,
    cycle: Cycle,
    unknown: Mapping[str, Mapping[str, str]],
) -> None:
    """Store the end of a cycle that nobody goes on with; `unknown` is as for `store_ending`."""
    with database.transaction() as connection:
        save_cycle(connection, cycle)
        clear_journal(connection, job.number, number, unknown)


def _completed(
    total: CycleCounts,
    escrows: Mapping[str, Escrow],
    before: Quarantine | None,
    now: datetime,
) -> CycleEnding:
    failures, references = open_failures(escrows.values())
    successes = total.created + total.updated + total.disabled + total.deleted + total.skipped
    reason = quarantine_reason(failures, references, successes)
    if reason is not None:
        sentence = f"Too many objects failed ({failures} of {failures + successes})."
        quarantine = enter_quarantine(before, reason, sentence, now)
        return CycleEnding(
            CycleState.FAILED, CycleEnd.COMPLETED, sentence, quarantine, completed=True
        )
    if total.failed:
        what = "object" if total.failed == 1 else "objects"
        return CycleEnding(
            CycleState.ENTRY_LEVEL_ERRORS,
            CycleEnd.COMPLETED,
            f"{total.failed} {what} failed and will be tried again.",
            None,
            completed=True,
        )
    return CycleEnding(CycleState.SUCCEEDED, CycleEnd.COMPLETED, "", None, completed=True)


def _failed(error: CycleFailedError, before: Quarantine | None, now: datetime) -> CycleEnding:
    failure = error.failure
    end = CycleEnd.CREDENTIALS if failure.credentials else CycleEnd.TARGET
    if failure.stale:
        end = CycleEnd.PLAN
    quarantine = before
    if failure.critical is not None:
        reason = quarantine_reason(0, 0, 0, failure.critical)
        if reason is not None:
            quarantine = enter_quarantine(before, reason, failure.sentence, now)
    return CycleEnding(CycleState.FAILED, end, failure.sentence, quarantine)
