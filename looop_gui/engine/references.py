"""The reference step: a person's manager and a group's members as target ids (section f.5).

References are written after the objects themselves, when both ends are linked. What was exported
last is remembered in the link, so targets that accept a reference and never return it are not
written to in every cycle (quirks 17 and 29). A reference to somebody without a link is left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace

from looop_gui.engine.adapting import BuildRequest
from looop_gui.engine.before_images import (
    note_doubt,
    note_manager,
    note_members_before,
    note_members_doubt,
)
from looop_gui.engine.conversation import Conversation, ObjectOutcome, ObjectTask
from looop_gui.engine.digests import with_references_left
from looop_gui.engine.exporting import ATTEMPTS, read_linked, write
from looop_gui.engine.failure import (
    ObjectFailedError,
    ObjectSkippedError,
    failure_of_answer,
    incompatible,
)
from looop_gui.engine.members_shown import shown_ids
from looop_gui.engine.processing import PlannedChange
from looop_gui.engine.record import ObjectRecord
from looop_gui.engine.request_limits import members_in_one_request
from looop_gui.engine.rules import ReferenceRule
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
    add_members_request,
    batches,
    remove_members_request,
    resource_path,
    update_request,
)
from looop_gui.scim.messages import JsonObject, ScimRequest
from looop_gui.scim.target_path import member, reference_id

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
    if held == target_id or (exported == wanted and held is None):
        return ManagerState(wanted, None, settled=True)
    return ManagerState(wanted, _manager_change(rule, target_id, held or exported), settled=True)


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
    record = _reference_record(task, link, view)
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
        return _note_failure(record, failure)
    record.wrote += 1
    record.link = replace(link, manager=state.wanted, source_digest=settled_digest(task, view))
    _note_export(record, view, "manager")
    return record.succeeded()


def provision_members(task: ObjectTask, view: CycleView) -> Conversation[ObjectOutcome | None]:
    """Write a group's members in batches; None when there is nothing to write."""
    link = view.links.get(task.source_id)
    if view.rules.groups.members is None or link is None or not link.managed:
        return None
    if task.references_uncertain or any(one.startswith(UNSURE) for one in link.members):
        try:
            link = yield from _read_back(link, view)
        except ObjectFailedError as failure:
            record = _reference_record(task, link, view)
            record.link = replace(link, members=link.members | {UNSURE})
            return _note_failure(record, failure)
    members = task.source.members if task.source is not None else ()
    wanted = {member_id for member_id in members if view.target_id(member_id) is not None}
    maybe = {member[len(UNSURE) :] for member in link.members if member.startswith(UNSURE)}
    certain = {member for member in link.members if not member.startswith(UNSURE)}
    added = sorted(wanted - certain)
    removed = sorted((certain | maybe) - wanted - view.left_out)
    chosen = task.chosen_members
    if chosen is not None:
        added, removed = sorted((wanted & chosen) - certain), []
    elif not added and not removed and link.members == view.links[task.source_id].members:
        return None
    # What a cut-off attempt of this cycle has written counts as written by it.
    arrived = task.references_uncertain and link.members != view.links[task.source_id].members
    link = replace(link, members=frozenset(certain) | _marked(maybe - wanted))
    record = _reference_record(task, link, view)
    left_out = len((set(members) if chosen is None else chosen) - wanted)
    there = "" if chosen is None else f"; {len(chosen & certain)} of those chosen are there already"
    record.step(
        "EntrySynchronizationUpdate",
        StepType.REFERENCE_RESOLUTION,
        f"{len(added)} members to add and {len(removed)} to remove; {left_out} are not provisioned"
        f"{there}",
        {"added": str(len(added)), "removed": str(len(removed)), "notProvisioned": str(left_out)},
    )
    try:
        yield from _export_members(record, link, view, added, removed)
    except ObjectFailedError as failure:
        return _note_failure(record, failure)
    if record.link is not None:
        record.link = replace(record.link, source_digest=settled_digest(task, view))
    if not record.wrote and not arrived:
        return record.skipped(ObjectSkippedError("RedundantExport", "Nothing had to be sent."))
    _note_export(record, view, "members")
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


def _export_members(
    record: ObjectRecord, link: Link, view: CycleView, added: list[str], removed: list[str]
) -> Conversation[None]:
    """Send the batches; what was acknowledged is in the record's link after each."""
    settings = view.rules.settings
    size = members_in_one_request(settings.member_batch_size, settings.request_limits)
    record.modified.extend(_member_changes(view, added, removed))
    for batch in batches(added, size):
        yield from _add_batch(record, link, view, batch)
        link = replace(link, members=link.members | frozenset(batch))
        record.link, record.wrote = link, record.wrote + 1
        record.added += batch
    # A member whose link is gone was deleted in the target, and its membership with it.
    gone = frozenset(key for key in removed if key not in view.links)
    for batch in batches((key for key in removed if key not in gone), size):
        yield from _remove_batch(record, link, view, batch)
        link = replace(link, members=link.members - frozenset(batch) - _marked(batch))
        record.link, record.wrote = link, record.wrote + 1
        record.removed += batch
    record.link = replace(link, members=link.members - gone - _marked(gone))


def _add_batch(
    record: ObjectRecord, link: Link, view: CycleView, batch: Sequence[str]
) -> Conversation[None]:
    """Put members into a group; what may have arrived is read back, and only the rest sent again.

    Adding twice should be adding once (RFC 7644 section 3.5.2.1), and there are targets that then
    hold a member twice.
    """
    doubt: ObjectFailedError | None = None
    while batch:
        targets = [view.links[key].target_id for key in batch]
        build = partial(add_members_request, link.target_id, targets)
        try:
            return (yield from _write_batch(record, link, view, build, added=batch, attempts=1))
        except ObjectFailedError as failure:
            if doubt is not None or not failure.unsure:
                raise
            doubt = failure
        try:
            held = yield from _members_held(link)
        except ObjectFailedError:
            raise doubt from None
        batch = [key for key in batch if held is None or view.links[key].target_id not in held]
    return None


def _remove_batch(
    record: ObjectRecord, link: Link, view: CycleView, batch: Sequence[str]
) -> Conversation[None]:
    """Take members out of a group.

    A target may refuse to remove who is no member (noTarget, RFC 7644 section 3.12), because an
    earlier removal has arrived or somebody did it by hand; then only the others are removed.
    """
    refused: ObjectFailedError | None = None
    while batch:
        targets = [view.links[key].target_id for key in batch]
        build = partial(remove_members_request, link.target_id, targets)
        try:
            return (yield from _write_batch(record, link, view, build, removed=batch))
        except ObjectFailedError as failure:
            if refused is not None or failure.code not in ("BadRequest", "InvalidAnchor"):
                raise
            refused = failure
        try:
            held = yield from _members_held(link)
        except ObjectFailedError:
            raise refused from None
        left = [key for key in batch if held is None or view.links[key].target_id in held]
        if len(left) == len(batch):
            raise refused
        batch = left
    return None


def _write_batch(
    record: ObjectRecord,
    link: Link,
    view: CycleView,
    build: BuildRequest,
    *,
    added: Sequence[str] = (),
    removed: Sequence[str] = (),
    attempts: int = ATTEMPTS,
) -> Conversation[None]:
    """Send a batch. When its outcome stays unknown, its members are marked as unsure."""
    note_members_before(record, added, removed)
    try:
        yield from write(view, build, attempts=attempts)
    except ObjectFailedError as failure:
        note_members_doubt(record, failure, added, removed)
        batch = (*added, *removed)
        if failure.unsure:
            members = (link.members - frozenset(batch)) | _marked(batch)
            record.link = replace(link, members=members)
        raise


def _marked(members: Iterable[str]) -> frozenset[str]:
    return frozenset(UNSURE + member_id for member_id in members)


def _read_back(link: Link, view: CycleView) -> Conversation[Link]:
    """The link with the members that the target has now, where it says so (quirk 29).

    Raises ObjectFailedError when the target cannot be asked; nobody knows then whom to remove.
    """
    ids = yield from _members_held(link)
    if ids is None:
        return replace(link, members=link.members - {UNSURE})
    known = (_member_of(view, link, key) for key in ids)
    return replace(link, members=frozenset(key for key in known if key is not None))


def _members_held(link: Link) -> Conversation[set[str] | None]:
    """The target ids of a group's members, None where the target does not show them (quirk 29).

    Raises ObjectFailedError when the target cannot be asked.
    """
    request = ScimRequest("GET", resource_path(ObjectType.GROUP, link.target_id))
    response = yield request
    if not response.ok:
        raise failure_of_answer(request, response)
    if not isinstance(response.body, dict):
        raise incompatible(request, "is not a SCIM resource but other text")
    members = member(response.body, "members")
    if not isinstance(members, list):
        return None
    return {key for key in map(reference_id, members) if key is not None}


def _member_of(view: CycleView, link: Link, target_id: str) -> str | None:
    """Who it is that the target calls so: of a person and a group, who was made a member."""
    found = view.owners.all(target_id)
    first = found[0] if found else None
    return next((key for key in found if {key, UNSURE + key} & link.members), first)


def _member_changes(
    view: CycleView, added: Iterable[str], removed: Iterable[str]
) -> list[ModifiedProperty]:
    changes = []
    if new := _shown_members(view, added):
        changes.append(ModifiedProperty("members", None, new))
    if old := _shown_members(view, removed):
        changes.append(ModifiedProperty("members", old, None))
    return changes


def _shown_members(view: CycleView, members: Iterable[str]) -> str:
    return shown_ids([view.links[member].target_id for member in members if member in view.links])


def _manager_change(rule: ReferenceRule, target_id: str | None, held: str | None) -> PlannedChange:
    return PlannedChange(
        AttributeChange(rule.path, target_id, bool(held), reference=True),
        ModifiedProperty(rule.path.text, held or None, target_id),
    )


def _reference_record(task: ObjectTask, link: Link, view: CycleView) -> ObjectRecord:
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
    if view.keeps_images and link.manager and before is None:
        held = reference_id(
            rule.path.read((yield from read_linked(ObjectType.USER, link.target_id)))
        )
    note_manager(record, link.target_id, rule.path.text, held, change.change.value, lost=False)


def _note_export(record: ObjectRecord, view: CycleView, what: str) -> None:
    task = record.task
    description = f"{task.object_type} '{task.source_name}' was updated in the target ({what})"
    record.exported("EntryExportUpdate", description, adapted=view.adapted)


def _note_failure(record: ObjectRecord, failure: ObjectFailedError) -> ObjectOutcome:
    record.step(
        "EntryExportUpdate",
        StepType.EXPORT,
        f"Failed to write the references of '{record.task.source_name}' in the target",
        {"reason": failure.reason},
        ProvisioningStatus.FAILURE,
    )
    return record.failed(failure)
