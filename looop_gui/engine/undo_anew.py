"""Making a deleted resource anew from its before-image. It gets another id; references follow."""

from msgspec.structs import replace

from looop_gui.engine.adapting import is_conflict
from looop_gui.engine.before_images import note_doubt, note_update
from looop_gui.engine.conversation import Conversation
from looop_gui.engine.exporting import (
    ATTEMPTS,
    created_resource,
    fault_of,
    verified_update,
)
from looop_gui.engine.failure import (
    ObjectFailedError,
    ObjectSkippedError,
    failure_of_answer,
    incompatible,
)
from looop_gui.engine.object_steps import note_export
from looop_gui.engine.processing import PlannedChange
from looop_gui.engine.record import ObjectRecord
from looop_gui.engine.retry import outcome_is_unknown
from looop_gui.engine.undo_skips import (
    BEFORE_IMAGE_LOST,
    MEMBERS,
    changed_since,
    is_as_before,
)
from looop_gui.engine.undo_values import (
    body_of,
    differing,
    flat_values,
    is_as,
    manager_of,
    planned_value,
)
from looop_gui.engine.undo_work import UndoState
from looop_gui.engine.view import CycleView
from looop_gui.model.before_image import BeforeImage, ImageKind
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Link
from looop_gui.model.mapping import TargetObjectActions
from looop_gui.model.provisioning_log import ModifiedProperty, ProvisioningAction, StepType
from looop_gui.scim.dialect import ENDPOINTS, lookup_request, resource_path
from looop_gui.scim.messages import JsonObject, JsonValue, ScimRequest
from looop_gui.scim.target_path import comparable, member, target_path

_NAMES = {ObjectType.USER: "userName", ObjectType.GROUP: "displayName"}


def make_anew(
    record: ObjectRecord, image: BeforeImage, view: CycleView, state: UndoState
) -> Conversation[None]:
    """Create the resource again, unless it is there. Raises ObjectSkippedError, ObjectFailedError.

    The target is asked first: an undo that was cut off may have made it, or somebody else.
    """
    if image.resource is None:
        raise ObjectSkippedError(*BEFORE_IMAGE_LOST)
    body = body_of(image.resource)
    link = record.task.link
    if link is not None:
        yield from _is_there_already(record, image, body, link, state)
    found = yield from _found(image, body, view, state)
    if found is not None:
        _adopt(record, image, body, found, state)
        if found["id"] == image.target_id:
            yield from _bring_back(record, body, found, view)
            return
        raise is_as_before()
    if TargetObjectActions.CREATE not in view.rules.of(image.object_type).permissions.actions:
        raise ObjectSkippedError(
            "CreateNotAllowed", "The mapping does not let objects be created in the target."
        )
    record.step(
        "EntrySynchronizationAdd",
        StepType.PROCESSING,
        f"{image.object_type} '{image.name}' will be made anew in the target, with another id",
    )
    record.modified.extend(
        ModifiedProperty(path, None, _shown(value)) for path, _, value in flat_values(body)
    )
    yield from _create(record, image, body, view, state)
    note_export(record, view, "EntryExportAdd", "made anew")


def _is_there_already(
    record: ObjectRecord, image: BeforeImage, body: JsonObject, link: Link, state: UndoState
) -> Conversation[None]:
    """The object is linked again: by an earlier attempt of this undo, or by a later cycle."""
    request = ScimRequest("GET", resource_path(image.object_type, link.target_id))
    response = yield request
    is_the_same = link.target_id == image.target_id
    if is_the_same and response.status == 404:
        return  # the deletion has arrived, and no cycle has noticed yet
    if response.ok and isinstance(response.body, dict) and not differing(body, response.body):
        state.new_ids[image.target_id] = link.target_id
        record.target_id = link.target_id
        record.references_left = _has_references(image)
        raise is_as_before()
    if is_the_same and response.ok and isinstance(response.body, dict):
        raise changed_since(differing(body, response.body))
    raise ObjectSkippedError("ChangedSince", "It was made anew since, and is another one now.")


def _found(
    image: BeforeImage, body: JsonObject, view: CycleView, state: UndoState
) -> Conversation[JsonObject | None]:
    """The resource, where there is one with its name that belongs to nobody and is like it.

    It may also be the very one that was deleted: some targets only disable whom they delete.
    Raises ObjectSkippedError when somebody else has the name of a person.
    """
    name = _NAMES[image.object_type]
    value = member(body, name)
    if not isinstance(value, str) or not value:
        return None
    request = lookup_request(image.object_type, name, value)
    response = yield request
    if response.status == 404:
        return None  # quirk 12: a lookup without a match is answered like a resource's absence
    if not response.ok or not isinstance(response.body, dict):
        raise failure_of_answer(request, response)
    resources = member(response.body, "Resources")
    others: list[JsonObject] = []
    for one in resources if isinstance(resources, list) else ():
        if not isinstance(one, dict) or comparable(member(one, name)) != comparable(value):
            continue
        if one.get("id") == image.target_id:
            return one
        if one.get("id") in state.undone_ids:
            continue  # it is about to give the name back
        held = one.get("id")
        is_nobodys = not isinstance(held, str) or view.owners.of(image.object_type, held) is None
        if is_nobodys and not differing(body, one):
            return one
        others.append(one)
    if others and image.object_type is ObjectType.USER:
        raise ObjectSkippedError(
            "ChangedSince", f"Another resource has its {name} now, so it cannot be made anew."
        )
    return None


def _bring_back(
    record: ObjectRecord, body: JsonObject, current: JsonObject, view: CycleView
) -> Conversation[None]:
    """Give what was deleted and is there all the same its values back."""

    def plan_again(now: JsonObject) -> list[PlannedChange]:
        return [
            planned_value(path, held, value)
            for text, _, value in flat_values(body)
            for path in (target_path(text),)
            for held in (path.read(now),)
            if not is_as(value, held)
        ]

    planned = plan_again(current)
    if not planned:
        raise is_as_before()
    record.action = ProvisioningAction.UPDATE
    record.modified.extend(item.modified for item in planned)
    note_update(record, current, planned)
    kind = record.task.object_type
    try:
        yield from verified_update(kind, current["id"], planned, plan_again, view)
    except ObjectFailedError as failure:
        note_doubt(record, failure)
        raise
    record.wrote += 1
    note_export(record, view, "EntryExportUpdate", "brought back")


def _create(
    record: ObjectRecord, image: BeforeImage, body: JsonObject, view: CycleView, state: UndoState
) -> Conversation[None]:
    request = ScimRequest("POST", ENDPOINTS[image.object_type], body=body)
    for _ in range(ATTEMPTS):
        response = yield request
        made = created_resource(request, response)
        if made is not None:
            _adopt(record, image, body, made, state)
            record.wrote += 1
            return
        if not (response.ok or is_conflict(response) or outcome_is_unknown(request, response)):
            break
        found = yield from _found(image, body, view, state)
        if found is not None:
            _adopt(record, image, body, found, state)
            record.wrote += 1
            return
    if response.ok:
        raise incompatible(request, f"{fault_of(request, response)}, and none can be found")
    raise failure_of_answer(request, response)


def _adopt(
    record: ObjectRecord,
    image: BeforeImage,
    body: JsonObject,
    resource: JsonObject,
    state: UndoState,
) -> None:
    """Link the new resource as the old one was, and remember its id."""
    target_id = resource["id"]
    state.new_ids[image.target_id] = target_id
    record.target_id = target_id
    record.references_left = _has_references(image)
    record.link = Link(
        source_id=image.source_id,
        target_id=target_id,
        object_type=image.object_type,
        display_name=image.name,
        managed=image.managed,
        disabled=image.disabled,
    )
    created = replace(image, kind=ImageKind.CREATED, target_id=target_id, resource=None)
    # Whose members it gets again is not known yet, and some may be none of ours.
    withheld = (MEMBERS,) if image.object_type is ObjectType.GROUP else ()
    record.image = replace(created, values=flat_values(body), withheld=withheld)


def _has_references(image: BeforeImage) -> bool:
    resource = image.resource or {}
    return image.object_type is ObjectType.GROUP or manager_of(resource) is not None


def _shown(value: JsonValue) -> str:
    if isinstance(value, list):
        return "; ".join(_shown(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(inner)}" for name, inner in value.items())
    return str(value)
