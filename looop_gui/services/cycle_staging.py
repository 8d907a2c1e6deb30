"""The entries of the provisioning log for what a guard held back (section f.8)."""

from msgspec.structs import replace

from looop_gui.engine.conversation import ObjectTask
from looop_gui.engine.decisions import Decision
from looop_gui.engine.guard_verdict import GuardVerdict
from looop_gui.engine.record import ObjectRecord
from looop_gui.model.job import Cycle
from looop_gui.model.provisioning_log import (
    ProvisioningAction,
    ProvisioningLogEntry,
    StepType,
)
from looop_gui.services.cycle_entry import log_entry


def staged_entries(verdict: GuardVerdict, cycle: Cycle) -> list[tuple[ProvisioningLogEntry, str]]:
    """An entry, with its summary, for each object that a guard held back in an ended cycle.

    They are entries and nothing more: no outcome was had, so nothing is counted, no escrow is
    settled, and what an earlier attempt may have done stays as unknown as it was.
    """
    return [_staged(task, verdict.sentence, cycle) for task in verdict.staged]


def _staged(task: ObjectTask, sentence: str, cycle: Cycle) -> tuple[ProvisioningLogEntry, str]:
    destroys = task.decision not in (Decision.PROVISION, Decision.UPDATE)
    what = "disabling" if destroys else "provisioning"
    if task.decision is Decision.DELETE:
        what = "deletion"
    record = ObjectRecord(
        task, ProvisioningAction.STAGED_DELETE if destroys else ProvisioningAction.OTHER
    )
    record.step(
        "EntrySynchronizationSkip",
        StepType.PROCESSING,
        f"The {what} of '{task.source_name}' was staged: {sentence}",
    )
    entry = log_entry(
        replace(record.succeeded(), task=replace(task, decision=Decision.SKIP)),
        connection_id=cycle.connection_id,
        cycle_id=cycle.id,
        time=cycle.ended or cycle.began,
        milliseconds=0.0,
        exchanges=(),
    )
    return entry, f"The {what} was held back by a guard"
