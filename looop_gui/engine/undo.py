"""Undoing what a cycle did to one object: conversations in the shape of `engine.provisioning`.

Each reads the resource first and compares it with what the cycle wrote. Whoever was changed since
is left alone and says so; whatever is as it was before the cycle is not written. So an undo may be
begun again after a crash, and a dry run of it is its plan.
"""

from collections.abc import Callable

from msgspec.structs import replace

from looop_gui.engine.before_images import note_deletion, note_doubt, note_update
from looop_gui.engine.conversation import Conversation, ObjectOutcome, ObjectTask, Pass
from looop_gui.engine.deprovisioning import delete_noted
from looop_gui.engine.exporting import read_linked, verified_update
from looop_gui.engine.failure import (
    ObjectFailedError,
    ObjectSkippedError,
    failure_of_answer,
    incompatible,
)
from looop_gui.engine.object_steps import concluded, note_export, note_processing
from looop_gui.engine.processing import PlannedChange
from looop_gui.engine.record import ObjectRecord
from looop_gui.engine.references import UNSURE
from looop_gui.engine.undo_anew import make_anew
from looop_gui.engine.undo_references import undo_manager, undo_members
from looop_gui.engine.undo_skips import (
    BEFORE_IMAGE_LOST,
    MEMBERS,
    changed_since,
    is_as_before,
    not_kept,
)
from looop_gui.engine.undo_values import (
    is_as,
    member_ids,
    planned_value,
    rule_of,
    still_holds,
    whole_elements,
)
from looop_gui.engine.undo_work import UndoState
from looop_gui.engine.view import CycleView
from looop_gui.model.before_image import BeforeImage, ImageKind
from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import TargetObjectActions
from looop_gui.model.provisioning_log import ProvisioningAction, StepType
from looop_gui.scim.dialect import resource_path
from looop_gui.scim.messages import JsonObject, ScimRequest
from looop_gui.scim.target_path import reference_id, target_path

PlanAgain = Callable[[JsonObject], list[PlannedChange]]

_ACTIVE = "active"


def undo(
    task: ObjectTask, which: Pass, view: CycleView, state: UndoState
) -> Conversation[ObjectOutcome | None]:
    """Undo what was done to one object in one pass; None when there was nothing to do or to say."""
    image = state.images[task.source_id]
    if which is Pass.OBJECT:
        return (yield from undo_object(task, image, view, state))
    if task.object_type is ObjectType.USER:
        return (yield from undo_manager(task, image, view, state))
    return (yield from undo_members(task, image, view, state))


def undo_object(
    task: ObjectTask, image: BeforeImage, view: CycleView, state: UndoState
) -> Conversation[ObjectOutcome]:
    """The first pass: the resource itself."""
    record = ObjectRecord(task, _action(image, state), view.on_step, view.ahead)
    record.target_id, record.target_name = image.target_id, image.name
    outcome = yield from concluded(record, _put_back(record, image, view, state))
    if outcome.error is not None and image.kind is ImageKind.DELETED and outcome.link is None:
        state.missing[image.source_id] = outcome.error.reason
    return outcome


def _put_back(
    record: ObjectRecord, image: BeforeImage, view: CycleView, state: UndoState
) -> Conversation[None]:
    if image.lost:
        raise ObjectSkippedError(*BEFORE_IMAGE_LOST)
    if image.kind is ImageKind.UPDATED and image.withheld and not image.values:
        raise not_kept(image.withheld)
    if image.kind is ImageKind.CREATED:
        yield from _take_back(record, image, view, state)
    elif image.kind is ImageKind.DELETED:
        yield from make_anew(record, image, view, state)
    else:
        yield from _restore(record, image, view, state)


def _action(image: BeforeImage, state: UndoState) -> ProvisioningAction:
    if image.kind is ImageKind.DELETED:
        return ProvisioningAction.CREATE
    if image.kind is ImageKind.CREATED:
        return ProvisioningAction.DISABLE if state.disable else ProvisioningAction.DELETE
    disables = any(path == _ACTIVE and is_as(False, was) for path, was, _ in image.values)
    return ProvisioningAction.DISABLE if disables else ProvisioningAction.UPDATE


def _take_back(
    record: ObjectRecord, image: BeforeImage, view: CycleView, state: UndoState
) -> Conversation[None]:
    """Delete, or disable, what the cycle created."""
    task, target_id = record.task, image.target_id
    check_permissions(image.object_type, view, state)
    request = ScimRequest("GET", resource_path(image.object_type, target_id))
    response = yield request
    link = task.link if task.link is not None and task.link.target_id == target_id else None
    if response.status == 404:
        record.unlink = link is not None
        raise ObjectSkippedError(
            "RedundantExport", "It is gone from the target already; there is nothing to do."
        )
    if not response.ok:
        raise failure_of_answer(request, response)
    if not isinstance(response.body, dict):
        raise incompatible(request, "is not a SCIM resource but other text")
    current = response.body
    changed = _changed(image, current, view, state)
    if _foreign_members(record, image, current, view, state):
        changed.append(MEMBERS)
    if changed:
        raise changed_since(changed)
    if state.disable:
        yield from disable(record, current, view)
        return
    record.step(
        "EntrySynchronizationDelete",
        StepType.PROCESSING,
        f"{image.object_type} '{image.name}' will be deleted in the target",
        {"reason": task.scope.reason},
    )
    note_deletion(record, target_id, current, view.rules.of(image.object_type))
    yield from delete_noted(record, target_id)
    record.wrote += 1
    record.unlink = link is not None
    note_export(record, view, "EntryExportDelete", "deleted")


def check_permissions(object_type: ObjectType, view: CycleView, state: UndoState) -> None:
    """What the connection forbids is not done by an undo either. Raises ObjectSkippedError."""
    permissions = view.rules.of(object_type).permissions
    if permissions.append_only:
        raise ObjectSkippedError(
            "AppendOnly", "The connection is append-only: nothing is disabled or deleted."
        )
    if state.disable:
        if object_type is ObjectType.GROUP:
            raise ObjectSkippedError("DisableNotAllowed", "A group cannot be disabled; it stays.")
        if TargetObjectActions.UPDATE not in permissions.actions:
            raise ObjectSkippedError(
                "DisableNotAllowed", "The mapping does not let objects be updated in the target."
            )
    elif TargetObjectActions.DELETE not in permissions.actions:
        raise ObjectSkippedError(
            "DeleteNotAllowed", "The mapping does not let objects be deleted in the target."
        )


def _foreign_members(
    record: ObjectRecord, image: BeforeImage, current: JsonObject, view: CycleView, state: UndoState
) -> bool:
    """True for a group with a member that this tool did not put there."""
    link = record.task.link
    if image.object_type is not ObjectType.GROUP or link is None or MEMBERS in image.withheld:
        return False
    # Of some it is not known whether they have arrived.
    members = {key.removeprefix(UNSURE) for key in link.members}
    ours = {view.links[key].target_id for key in members if key in view.links}
    # Who is about to be deleted by this undo may be gone from the links already.
    return not (ours | state.undone_ids).issuperset(member_ids(current) or ())


def disable(record: ObjectRecord, current: JsonObject, view: CycleView) -> Conversation[None]:
    """Write that the account is not active, unless it is so. Raises ObjectSkippedError then."""
    path = target_path(_ACTIVE)

    def plan_again(now: JsonObject) -> list[PlannedChange]:
        held = path.read(now)
        return [] if is_as(False, held) else [planned_value(path, held, False)]

    yield from _write(record, current, plan_again, view)
    if record.task.link is not None:
        record.link = replace(record.task.link, disabled=True, source_digest="")


def _restore(
    record: ObjectRecord, image: BeforeImage, view: CycleView, state: UndoState
) -> Conversation[None]:
    """Give attributes the values back that they had before the cycle."""
    if TargetObjectActions.UPDATE not in view.rules.of(image.object_type).permissions.actions:
        raise ObjectSkippedError(
            "UpdateNotAllowed", "The mapping does not let objects be updated in the target."
        )
    try:
        current = yield from read_linked(image.object_type, image.target_id)
    except ObjectFailedError as failure:
        if failure.code != "InvalidAnchor":
            raise
        raise ObjectSkippedError("ChangedSince", "It is gone from the target since.") from None
    changed = _changed(image, current, view, state)
    if changed:
        raise changed_since(changed, doubtful=image.doubtful)
    record.references_left = _waits(image, view, state) or bool(image.added or image.removed)
    _note_withheld(record, image)

    def plan_again(now: JsonObject) -> list[PlannedChange]:
        return _changes(image, now, view, state)

    _note_link(record, image, view)
    yield from _write(record, current, plan_again, view)


def _write(
    record: ObjectRecord,
    current: JsonObject,
    plan_again: PlanAgain,
    view: CycleView,
) -> Conversation[None]:
    planned = plan_again(current)
    if not planned:
        raise is_as_before(waits=record.references_left)
    record.modified.extend(item.modified for item in planned)
    note_processing(record, "EntrySynchronizationUpdate", "will be put back", planned)
    note_update(record, current, planned)
    sent = whole_elements(planned, current)
    try:
        yield from verified_update(
            record.task.object_type,
            current["id"],
            sent,
            lambda now: whole_elements(plan_again(now), now),
            view,
        )
    except ObjectFailedError as failure:
        note_doubt(record, failure)
        record.link = None
        raise
    record.wrote += 1
    note_export(record, view, "EntryExportUpdate", "put back")


def _changed(
    image: BeforeImage, current: JsonObject, view: CycleView, state: UndoState
) -> list[str]:
    """The attributes that hold neither what the cycle wrote nor what was there before."""
    rules = view.rules.of(image.object_type)
    manager = _manager_path(view)
    changed = []
    for text, before, after in image.values:
        held = target_path(text).read(current)
        if text == manager:
            was = reference_id(before)
            known = (None, was, state.id_now(was), reference_id(after))
            # Some targets keep referring to whom the cycle has deleted; an attempt of this undo
            # that was cut off may have made the manager anew.
            again = view.links.get(state.gone.get(was or "", ""))
            held_id = reference_id(held)
            if held_id in known or held_id in state.gone or (again and again.target_id == held_id):
                continue
        elif is_as(before, held) or still_holds(rule_of(rules, text), after, held):
            continue
        changed.append(text)
    return changed


def _changes(
    image: BeforeImage, current: JsonObject, view: CycleView, state: UndoState
) -> list[PlannedChange]:
    """What has to be written; a manager who is still to be made anew waits for the second pass."""
    manager = _manager_path(view)
    changes: list[PlannedChange] = []
    for text, before, _ in image.values:
        path = target_path(text)
        held = path.read(current)
        if text != manager:
            if not is_as(before, held):
                changes.append(planned_value(path, held, before))
        elif not _waits(image, view, state):
            wanted, now = state.id_now(reference_id(before)), reference_id(held)
            if wanted != now:
                changes.append(planned_value(path, now, wanted, reference=True))
    return changes


def _waits(image: BeforeImage, view: CycleView, state: UndoState) -> bool:
    manager = _manager_path(view)
    return any(text == manager and reference_id(was) in state.gone for text, was, _ in image.values)


def _manager_path(view: CycleView) -> str:
    rule = view.rules.users.manager
    return rule.path.text if rule is not None else ""


def _note_link(record: ObjectRecord, image: BeforeImage, view: CycleView) -> None:
    """The link as it was, but for its digest: the next cycle is to compare the object again."""
    link = record.task.link
    if link is None or link.target_id != image.target_id:
        return
    manager = _manager_path(view)
    before = next((reference_id(was) for text, was, _ in image.values if text == manager), None)
    written = any(text == manager for text, _, _ in image.values)
    record.link = replace(
        link,
        managed=image.managed,
        disabled=image.disabled,
        # Whose disabling is undone waits anew: no account is deleted that was active till then.
        leaving_since=link.leaving_since if image.disabled else None,
        source_digest="",
        manager=_owner(before, view) if written else link.manager,
    )


def _owner(target_id: str | None, view: CycleView) -> str:
    return view.owners.get(target_id, UNSURE) if target_id else ""


def _note_withheld(record: ObjectRecord, image: BeforeImage) -> None:
    if image.withheld:
        record.step(
            "EntrySynchronizationSkip",
            StepType.PROCESSING,
            "Not kept, and so left as the cycle wrote it: " + ", ".join(image.withheld),
        )
