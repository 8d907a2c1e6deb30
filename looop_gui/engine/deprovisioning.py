"""Deleting a resource in the target, and breaking its link (section f.4).

Disabling somebody is an update and takes the way of one; only deletion is different.
"""

from looop_gui.engine.conversation import Conversation
from looop_gui.engine.exporting import delete
from looop_gui.engine.failure import ObjectSkippedError
from looop_gui.engine.importing import note_import, note_scoping
from looop_gui.engine.record import ObjectRecord
from looop_gui.engine.view import CycleView
from looop_gui.model.provisioning_log import StepType


def delete_object(record: ObjectRecord, view: CycleView) -> Conversation[None]:
    """Delete the linked resource; one that is gone already counts as deleted."""
    task = record.task
    note_import(record, task.source.attributes if task.source is not None else {})
    note_scoping(record, task)
    if task.link is None:
        raise ObjectSkippedError("NotLinked", "The object has no resource in the target.")
    if view.owners.get(task.link.target_id, task.source_id) != task.source_id:
        record.unlink = True
        raise ObjectSkippedError(
            "TakenOver", "The resource in the target belongs to another person now."
        )
    record.target_name = task.link.display_name
    record.step(
        "EntrySynchronizationDelete",
        StepType.PROCESSING,
        f"{task.object_type} '{task.source_name}' will be deleted in the target",
        {"reason": task.scope.reason},
    )
    was_there = yield from delete(task.object_type, task.link.target_id)
    record.wrote += 1
    record.unlink = True
    outcome = "was deleted in the target" if was_there else "was gone from the target already"
    record.step(
        "EntryExportDelete",
        StepType.EXPORT,
        f"{task.object_type} '{task.source_name}' {outcome}",
    )
