"""Undoing a create of which the run never learnt whether it has arrived.

A run that was stopped or cut off while a create was on its way, or that had no answer to it, has
kept no image: there was nothing to look at. What is known is the name, and when the run began and
ended. A resource of that name that belongs to nobody and was made within the run is what it made.
"""

from datetime import datetime

from looop_gui.engine.before_images import note_deletion
from looop_gui.engine.conversation import Conversation, ObjectOutcome, ObjectTask
from looop_gui.engine.deprovisioning import delete_noted
from looop_gui.engine.failure import ObjectSkippedError
from looop_gui.engine.matching import ask
from looop_gui.engine.object_steps import concluded, note_export
from looop_gui.engine.record import ObjectRecord
from looop_gui.engine.resource_age import made_after, made_since
from looop_gui.engine.undo import check_permissions, disable
from looop_gui.engine.undo_work import UndoState
from looop_gui.engine.view import CycleView
from looop_gui.model.provisioning_log import ProvisioningAction, StepType
from looop_gui.scim.messages import JsonObject

NOT_THERE = (
    "RedundantExport",
    "Its creation has not reached the target, or was not the run's; there is nothing to do.",
)


def undo_unsure(task: ObjectTask, view: CycleView, state: UndoState) -> Conversation[ObjectOutcome]:
    """Delete, or disable, what the create has made, if it has; what may be its own is listed."""
    action = ProvisioningAction.DISABLE if state.disable else ProvisioningAction.DELETE
    record = ObjectRecord(task, action, view.on_step, view.ahead)
    record.target_name = task.source_name
    return (yield from concluded(record, _take_back(record, view, state)))


def _take_back(record: ObjectRecord, view: CycleView, state: UndoState) -> Conversation[None]:
    task = record.task
    rules = view.rules.of(task.object_type)
    found = yield from _found(task, view, state)
    made = [one for one in found if _is_of_run(one, state.began, state.ended)]
    if len(made) != 1:
        maybe = [one for one in found if state.began is None or made_since(one, state.began)]
        raise ObjectSkippedError(*(_doubtful(maybe[0]) if maybe else NOT_THERE))
    record.target_id = made[0]["id"]
    check_permissions(task.object_type, view, state)
    if state.disable:
        yield from disable(record, made[0], view)
        return
    record.step(
        "EntrySynchronizationDelete",
        StepType.PROCESSING,
        f"{task.object_type} '{task.source_name}' will be deleted in the target",
        {"reason": task.scope.reason},
    )
    note_deletion(record, made[0]["id"], made[0], rules)
    yield from delete_noted(record, made[0]["id"])
    record.wrote += 1
    note_export(record, view, "EntryExportDelete", "deleted")


def _found(task: ObjectTask, view: CycleView, state: UndoState) -> Conversation[list[JsonObject]]:
    """The resources with one of the names that belong to nobody."""
    rules = view.rules.of(task.object_type)
    found: dict[str, JsonObject] = {}
    for value in task.unsure.values if task.unsure is not None and rules.matching else ():
        resources, _ = yield from ask(task.object_type, rules.matching[0], value)
        for one in resources:
            target_id = one["id"]
            is_linked = view.owners.of(task.object_type, target_id) is not None
            if not is_linked and target_id not in state.undone_ids:
                found[target_id] = one
    return list(found.values())


def _is_of_run(resource: JsonObject, began: datetime | None, ended: datetime | None) -> bool:
    within = began is not None and made_after(resource, began)
    return within and (ended is None or not made_after(resource, ended))


def _doubtful(resource: JsonObject) -> tuple[str, str]:
    return (
        "MayBeCreated",
        f"A resource of that name is there ({resource['id']}). The answer to its creation was "
        "lost, and the target does not say that it was made within the run. It stays as it is.",
    )
