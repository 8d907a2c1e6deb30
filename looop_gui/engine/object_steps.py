"""The steps of one object as its log entry tells them (section i.1)."""

from looop_gui.engine.conversation import Conversation, ObjectOutcome
from looop_gui.engine.failure import ObjectFailedError, ObjectSkippedError
from looop_gui.engine.matching import Search
from looop_gui.engine.processing import PlannedChange
from looop_gui.engine.record import ObjectRecord
from looop_gui.engine.view import CycleView
from looop_gui.model.provisioning_log import ProvisioningAction, ProvisioningStatus, StepType


def note_matching(record: ObjectRecord, search: Search) -> None:
    """What was looked for in the target, where, and what was found."""
    details = {}
    for lookup in search.lookups:
        where = "asked the target" if lookup.asked_target else "looked in the target's list"
        text = f'"{lookup.value}": {lookup.found} found ({where})'
        if lookup.ignored:
            text += f"; {lookup.ignored} resources that do not fit the query were left out"
        details[lookup.attribute] = text
    task = record.task
    if search.resource is None:
        description = f"{task.object_type} '{task.source_name}' was not found in the target"
    else:
        description = f"Retrieved {task.object_type} '{task.source_name}' from the target"
    record.step("EntryImport", StepType.MATCHING, description, details)


def note_processing(
    record: ObjectRecord, name: str, what: str, planned: list[PlannedChange]
) -> None:
    """What will be written, attribute by attribute."""
    task = record.task
    record.step(
        name,
        StepType.PROCESSING,
        f"{task.object_type} '{task.source_name}' {what} in the target ({task.decision})",
        {item.modified.display_name: item.modified.new_value or "" for item in planned},
    )


def note_export(record: ObjectRecord, view: CycleView, name: str, what: str) -> None:
    """What was written."""
    task = record.task
    description = f"{task.object_type} '{task.source_name}' was {what} in the target"
    record.exported(name, description, adapted=view.adapted)


def concluded(record: ObjectRecord, doing: Conversation[None]) -> Conversation[ObjectOutcome]:
    """What came of doing something with an object: what ends it early becomes its outcome."""
    try:
        yield from doing
    except ObjectSkippedError as skip:
        note_skip(record, skip)
        return record.skipped(skip)
    except ObjectFailedError as failure:
        note_failure(record, failure)
        return record.failed(failure)
    return record.succeeded()


def note_skip(record: ObjectRecord, skip: ObjectSkippedError) -> None:
    """Why the object was left as it is."""
    record.step(
        "EntrySynchronizationSkip",
        StepType.EXPORT,
        skip.reason,
        {"SkipReason": skip.skip_reason},
        ProvisioningStatus.SKIPPED,
    )


def note_failure(record: ObjectRecord, failure: ObjectFailedError) -> None:
    """What could not be done, and the error."""
    task = record.task
    record.step(
        f"EntryExport{_EXPORT_NAMES.get(record.action, 'Update')}",
        StepType.EXPORT,
        f"Failed to {record.action} {task.object_type} '{task.source_name}' in the target",
        {"ErrorCode": failure.code, "Reason": failure.reason},
        ProvisioningStatus.FAILURE,
    )


_EXPORT_NAMES = {
    ProvisioningAction.CREATE: "Add",
    ProvisioningAction.UPDATE: "Update",
    ProvisioningAction.DELETE: "Delete",
    ProvisioningAction.DISABLE: "Update",
}
