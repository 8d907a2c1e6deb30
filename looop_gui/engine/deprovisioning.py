"""Deleting a resource in the target, and breaking its link (section f.4).

Disabling somebody is an update and takes the way of one; only deletion is different.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from looop_gui.engine.before_images import (
    note_deletion,
    note_doubt,
    note_found_creation,
    note_gone,
    note_lost,
)
from looop_gui.engine.conversation import Conversation, ObjectTask
from looop_gui.engine.exporting import delete
from looop_gui.engine.failure import (
    ObjectFailedError,
    ObjectSkippedError,
    failure_of_answer,
    incompatible,
)
from looop_gui.engine.importing import note_import, note_scoping
from looop_gui.engine.matching import ask, matching_values
from looop_gui.engine.processing import DesiredValue, same
from looop_gui.engine.record import ObjectRecord
from looop_gui.engine.resource_age import made_after, made_since
from looop_gui.engine.retry import cannot_tell
from looop_gui.engine.rules import AttributeRule, ObjectRules
from looop_gui.engine.view import CycleView
from looop_gui.model.before_image import ImageKind
from looop_gui.model.provisioning_log import StepType
from looop_gui.scim.dialect import resource_path
from looop_gui.scim.messages import JsonObject, ScimRequest


def delete_object(record: ObjectRecord, view: CycleView) -> Conversation[None]:
    """Delete the linked resource; one that is gone already counts as deleted."""
    task = record.task
    note_import(record, task.source.attributes if task.source is not None else {})
    note_scoping(record, task)
    if task.link is None:
        raise ObjectSkippedError("NotLinked", "The object has no resource in the target.")
    owner = view.owners.of(task.object_type, task.link.target_id)
    if owner is not None and owner != task.source_id:
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
    if view.keeps_images:
        # With a group's members, unlike the reading of linked resources: an undo makes it anew.
        request = ScimRequest("GET", resource_path(task.object_type, task.link.target_id))
        held = yield request
        if cannot_tell(held):
            # What cannot be read now is not deleted now: nobody could make it anew.
            raise failure_of_answer(request, held)
        if held.ok and not isinstance(held.body, dict):
            raise incompatible(request, "is not a SCIM resource but other text")
        found = held.body if held.ok else None
        note_deletion(record, task.link.target_id, found, view.rules.of(task.object_type))
    was_there = yield from delete_noted(record, task.link.target_id)
    record.wrote += 1
    record.unlink = True
    outcome = "was deleted in the target" if was_there else "was gone from the target already"
    record.step(
        "EntryExportDelete",
        StepType.EXPORT,
        f"{task.object_type} '{task.source_name}' {outcome}",
    )


def delete_noted(record: ObjectRecord, target_id: str) -> Conversation[bool]:
    """Delete a resource of which the before-image is noted; False when it was gone already."""
    try:
        was_there = yield from delete(record.task.object_type, target_id)
    except ObjectFailedError as failure:
        note_doubt(record, failure)
        raise
    if not was_there:
        note_gone(record)
    return was_there


def find_unsure(
    record: ObjectRecord, rules: ObjectRules, desired: list[DesiredValue], view: CycleView
) -> Conversation[JsonObject]:
    """Find what a create may have left that nobody wants any more.

    Only a resource that was made since the attempt, and that belongs to nobody else, is taken for
    it. Raises ObjectSkippedError when there is none.
    """
    unsure = record.task.unsure
    values = list(matching_values(rules, desired))
    if unsure is not None and rules.matching:
        values[:0] = [(rules.matching[0], value) for value in unsure.values]
    resource = yield from _made_by_us(record, rules, values, desired, view)
    if resource is not None:
        return resource
    raise ObjectSkippedError(
        "NotEffectivelyEntitled", "The attempt to create the object did not reach the target."
    )


def find_former(
    record: ObjectRecord, rules: ObjectRules, desired: list[DesiredValue], view: CycleView
) -> Conversation[JsonObject | None]:
    """What creates may have left under matching values that have changed since; else None."""
    unsure = record.task.unsure
    if unsure is None or not rules.matching:
        return None
    rule = rules.matching[0]
    present = next((value for of, value in matching_values(rules, desired) if of is rule), None)
    former = [
        (rule, value)
        for value in unsure.values
        if present is None or not same(rule, present, value)
    ]
    return (yield from _made_by_us(record, rules, former, desired, view))


def _made_by_us(
    record: ObjectRecord,
    rules: ObjectRules,
    values: Sequence[tuple[AttributeRule, str]],
    desired: list[DesiredValue],
    view: CycleView,
) -> Conversation[JsonObject | None]:
    """The one resource with such a value that bears our mark and belongs to nobody.

    It was made since the attempt, or it has the externalId that the attempt would have given it.
    """
    unsure, source_id = record.task.unsure, record.task.source_id
    for rule, value in values:
        found, _ = yield from ask(rules.object_type, rule, value)
        if unsure is None or len(found) != 1:
            continue
        resource = found[0]
        kind, target_id = rules.object_type, resource["id"]
        owner = view.owners.of(kind, target_id) or view.claims.get((kind, target_id), source_id)
        ours = made_since(resource, unsure.since) or _has_external_id(resource, desired)
        if owner == source_id and ours:
            return resource
    return None


def _has_external_id(resource: JsonObject, desired: list[DesiredValue]) -> bool:
    """True when the resource has the externalId that the object gives it, which nobody else has."""
    for item in desired:
        if item.rule.path.text.casefold() == "externalid" and item.value is not None:
            return same(item.rule, item.value, item.rule.path.read(resource))
    return False


def done_before(task: ObjectTask, resource: JsonObject, began: datetime) -> tuple[str, str] | None:
    """What an attempt of this very cycle that was cut off had done: a step's name and words.

    None when it had done nothing: the resource was there, or was as it should be, before.
    """
    if not task.uncertain:
        return None
    if task.link is None:
        made = made_since(resource, began)
        return ("EntryExportAdd", "created before the cycle was cut off,") if made else None
    if task.link.source_digest.partition(".")[0] == task.digest.partition(".")[0]:
        return None
    return "EntryExportUpdate", "updated before the cycle was cut off,"


def note_found(
    record: ObjectRecord, resource: JsonObject, desired: list[DesiredValue], began: datetime
) -> None:
    """Note for an undo what an attempt of this cycle that was cut off is found to have done.

    Whether it has made the resource is known only where the resource is younger than the cycle.
    """
    if record.task.link is not None:
        note_lost(record, resource["id"])
        return
    note_found_creation(record, resource["id"], desired)
    if not made_after(resource, began) and record.image is not None:
        record.image = replace(record.image, kind=ImageKind.UPDATED, lost=True)
