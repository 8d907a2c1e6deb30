"""The reference step: a person's manager and a group's members as target ids (section f.5).

References are written after the objects themselves, when both ends are linked. What was exported
last is remembered in the link, so targets that accept a reference and never return it are not
written to in every cycle (quirks 17 and 29). A reference to somebody without a link is left out.
"""

from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace

from looop_gui.engine.before_images import (
    note_doubt,
    note_manager,
)
from looop_gui.engine.conversation import Conversation, ObjectOutcome, ObjectTask
from looop_gui.engine.digests import with_references_left
from looop_gui.engine.exporting import read_linked, write
from looop_gui.engine.failure import (
    ObjectFailedError,
)
from looop_gui.engine.processing import PlannedChange
from looop_gui.engine.record import ObjectRecord
from looop_gui.engine.rules import ReferenceRule
from looop_gui.engine.secret_names import is_secret
from looop_gui.engine.view import CycleView
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Link
from looop_gui.model.provisioning_log import (
    ModifiedProperty,
    ProvisioningAction,
    ProvisioningStatus,
    StepType,
)
from looop_gui.scim.dialect import (
    AttributeChange,
    update_request,
)
from looop_gui.scim.messages import JsonObject
from looop_gui.scim.target_path import reference_id

UNSURE = "?"
"""Stands in a link for a manager, and before a member, whose last write may have arrived."""


@dataclass(frozen=True, slots=True)
class ManagerState:
    """How a person's manager stands: the wanted source id, and what to send if anything."""

    wanted: str
    change: PlannedChange | None
    settled: bool


def manager_state(
    rule: ReferenceRule, task: ObjectTask, view: CycleView, current: JsonObject | None
) -> ManagerState:
    """Compare the source's manager with what was exported last and what the target holds.

    `current` is the resource where it was read. Not settled means that the manager has no link
    yet, so that only a later pass can tell.
    """
    wanted = (task.source.manager or "") if task.source is not None else ""
    exported = task.link.manager if task.link else ""
    if task.uncertain or task.references_uncertain or task.unsure is not None:
        exported = UNSURE
    held = reference_id(rule.path.read(current)) if current is not None else None
    if not wanted:
        nothing_held = current is not None and held is None and exported == UNSURE
        if not exported or nothing_held:
            return ManagerState("", None, settled=True)
        return ManagerState("", _manager_change(rule, None, held or exported), settled=True)
    target_id = view.target_id(wanted)
    if target_id is None:
        return ManagerState(exported, None, settled=False)
    if held is not None:
        view.shown.seen = True
    unshown = exported == wanted and held is None
    missing = unshown and view.shown.is_missing(task.source_id, read=current is not None)
    if held == target_id or (unshown and not missing):
        return ManagerState(wanted, None, settled=True)
    before = held or ("" if missing else exported)
    return ManagerState(wanted, _manager_change(rule, target_id, before), settled=True)


def exported_manager(task: ObjectTask, state: ManagerState | None) -> str:
    """The manager to remember in a link; what a create may have left had one perhaps."""
    if state is not None:
        return state.wanted
    if task.link is not None:
        return task.link.manager
    may_have_one = task.unsure is not None and task.object_type is ObjectType.USER
    return UNSURE if may_have_one else ""


def provision_manager(task: ObjectTask, view: CycleView) -> Conversation[ObjectOutcome | None]:
    """Write a person's manager; None when there is nothing to write or to say."""
    rule = view.rules.users.manager
    link = view.links.get(task.source_id)
    if rule is None or link is None or not link.managed:
        return None
    state = manager_state(rule, replace(task, link=link), view, None)
    if state.change is None:
        return None
    record = reference_record(task, link, view)
    record.step(
        "EntrySynchronizationUpdate",
        StepType.REFERENCE_RESOLUTION,
        f"The manager of '{task.source_name}' was looked up among the links",
        {"manager": state.wanted},
    )
    record.modified.append(state.change.modified)
    build = partial(update_request, ObjectType.USER, link.target_id, [state.change.change])
    try:
        yield from _note_manager_before(record, rule, link, view, state.change)
        yield from write(view, build)
    except ObjectFailedError as failure:
        note_doubt(record, failure)
        if failure.unsure:
            record.link = replace(link, manager=UNSURE)
        return note_failure(record, failure)
    record.wrote += 1
    record.link = replace(link, manager=state.wanted, source_digest=settled_digest(task, view))
    note_export(record, view, "manager")
    return record.succeeded()


def settled_digest(task: ObjectTask, view: CycleView) -> str:
    """The digest for the link after the references were exported.

    As long as somebody who is referred to has failed, the references stay to be done: who arrives
    late for that reason must not be left out for ever. Members that were not chosen stay, too, and
    so do references to whom a plan leaves out.
    """
    source = task.source
    if task.chosen_members is not None:
        return with_references_left(task.digest)
    if source is None or not (view.escrows or view.left_out):
        return task.digest
    referred = (source.manager or "",) if source.object_type is ObjectType.USER else source.members
    left = any(key in view.escrows and view.target_id(key) is None for key in referred)
    if view.left_out:
        link = view.links.get(task.source_id)
        left = left or not view.left_out.isdisjoint((*referred, *(link.members if link else ())))
    return with_references_left(task.digest) if left else task.digest


def _manager_change(rule: ReferenceRule, target_id: str | None, held: str | None) -> PlannedChange:
    return PlannedChange(
        AttributeChange(rule.path, target_id, bool(held), reference=True),
        ModifiedProperty(rule.path.text, held or None, target_id),
        is_secret(rule.path.text),
    )


def reference_record(task: ObjectTask, link: Link, view: CycleView) -> ObjectRecord:
    """The record of a second pass over an object, which has a link by then."""
    task = replace(task, link=link)
    record = ObjectRecord(task, ProvisioningAction.UPDATE, view.on_step, view.ahead)
    record.target_name = link.display_name
    return record


def _note_manager_before(
    record: ObjectRecord, rule: ReferenceRule, link: Link, view: CycleView, change: PlannedChange
) -> Conversation[None]:
    """What an undo puts back. The link tells who it was; else the resource has to be read."""
    before = view.links.get(link.manager)
    held = before.target_id if before is not None else None
    if record.task.source_id in view.shown.without:
        held = None
    elif view.keeps_images and link.manager and before is None:
        held = reference_id(
            rule.path.read((yield from read_linked(ObjectType.USER, link.target_id)))
        )
    note_manager(record, link.target_id, rule.path.text, held, change.change.value, lost=False)


def note_export(record: ObjectRecord, view: CycleView, what: str) -> None:
    """Note that references were written; `what` names them."""
    task = record.task
    description = f"{task.object_type} '{task.source_name}' was updated in the target ({what})"
    record.exported("EntryExportUpdate", description, adapted=view.adapted)


def note_failure(record: ObjectRecord, failure: ObjectFailedError) -> ObjectOutcome:
    """The outcome of references that could not be written."""
    record.step(
        "EntryExportUpdate",
        StepType.EXPORT,
        f"Failed to write the references of '{record.task.source_name}' in the target",
        {"reason": failure.reason},
        ProvisioningStatus.FAILURE,
    )
    return record.failed(failure)
