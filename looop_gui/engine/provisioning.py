"""Provisioning one object: the generator at the heart of the engine.

Theory of operation. Provisioning is a protocol, so it is written without I/O, in the shape of
httpx's `auth_flow`: a generator yields a `ScimRequest`, is sent the `ScimResponse`, and returns an
`ObjectOutcome`. It has one effect, to ask the target. What it may look at is handed in: the task
(what was decided about the object, by the cycle), the compiled rules, and a view of the cycle
(links made so far, the target's list where it was read).

A driver answers the questions. The live run asks the target over HTTP and repeats what may be
repeated; the dry run asks only what reads and answers writes itself; a test answers from a script,
so that a test *is* the conversation on the wire. All run this same code, so what a plan says and
what a run does cannot drift apart.

The steps are those of the provisioning log, a file each: importing, scoping, matching, processing,
references, exporting; and deprovisioning. An object ends in one of three ways: written, skipped
(ObjectSkippedError) or failed (ObjectFailedError). A failure concerns this object only; an outcome
with `critical` set concerns the job.
"""

from msgspec.structs import replace

from looop_gui.engine.before_images import (
    note_creation,
    note_deletion,
    note_doubt,
    note_found_creation,
    note_update,
)
from looop_gui.engine.conversation import Conversation, ObjectOutcome, ObjectTask, Pass
from looop_gui.engine.decisions import Decision
from looop_gui.engine.deprovisioning import (
    delete_noted,
    delete_object,
    done_before,
    find_former,
    find_unsure,
    note_found,
)
from looop_gui.engine.digests import with_references_left
from looop_gui.engine.exporting import create, read_linked, verified_update
from looop_gui.engine.failure import ObjectFailedError, ObjectSkippedError
from looop_gui.engine.grace import AWAITS_DELETION, note_gone, values_of_leaver
from looop_gui.engine.identity import identity
from looop_gui.engine.importing import imported_attributes, note_import, note_scoping
from looop_gui.engine.matching import Search, find_match
from looop_gui.engine.membership import provision_members
from looop_gui.engine.object_steps import (
    concluded,
    note_export,
    note_matching,
    note_processing,
)
from looop_gui.engine.processing import (
    DesiredValue,
    PlannedChange,
    creation_values,
    evaluate_object,
    evaluate_rule,
    shown,
    update_changes,
)
from looop_gui.engine.record import ObjectRecord
from looop_gui.engine.references import (
    UNSURE,
    ManagerState,
    exported_manager,
    manager_state,
    provision_manager,
)
from looop_gui.engine.resource_age import made_after
from looop_gui.engine.rules import ObjectRules
from looop_gui.engine.view import CycleView
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Link
from looop_gui.model.mapping import TargetObjectActions
from looop_gui.model.provisioning_log import ProvisioningAction
from looop_gui.scim.messages import JsonObject

_ACTIONS = {
    Decision.PROVISION: ProvisioningAction.CREATE,
    Decision.UPDATE: ProvisioningAction.UPDATE,
    Decision.DISABLE: ProvisioningAction.DISABLE,
    Decision.LEAVE: ProvisioningAction.DISABLE,
    Decision.DELETE: ProvisioningAction.DELETE,
    Decision.AWAIT: ProvisioningAction.DISABLE,
    Decision.RETRACT: ProvisioningAction.DISABLE,
    Decision.SKIP: ProvisioningAction.OTHER,
    Decision.NOTHING: ProvisioningAction.OTHER,
}


DISABLING = (Decision.DISABLE, Decision.LEAVE, Decision.RETRACT, Decision.AWAIT)
"""Decisions after which the resource is not active."""


def provision(task: ObjectTask, which: Pass, view: CycleView) -> Conversation[ObjectOutcome | None]:
    """Provision one object in one pass; None when there was nothing to do or to say."""
    if which is Pass.OBJECT:
        return provision_object(task, view)
    if task.object_type is ObjectType.USER:
        return provision_manager(task, view)
    return provision_members(task, view)


def provision_object(task: ObjectTask, view: CycleView) -> Conversation[ObjectOutcome]:
    """The first pass: create, update, disable or delete one object; references come later."""
    record = ObjectRecord(task, _ACTIONS[task.decision], view.on_step, view.ahead)
    return concluded(record, _carried_out(record, view))


def _carried_out(record: ObjectRecord, view: CycleView) -> Conversation[None]:
    decision = record.task.decision
    if decision is Decision.DELETE:
        return delete_object(record, view)
    if decision is Decision.RETRACT:
        return _retract(record, view)
    if decision is Decision.AWAIT:
        return _await_deletion(record, view)
    return _export(record, view)


def _export(record: ObjectRecord, view: CycleView) -> Conversation[None]:
    task, rules = record.task, view.rules.of(record.task.object_type)
    if task.source is None:
        raise ObjectSkippedError("NotEffectivelyEntitled", "The object is gone from the source.")
    attributes = imported_attributes(task.source, soft_deleted=task.soft_deleted, roles=task.roles)
    note_import(record, attributes, rules.redacted_sources)
    note_scoping(record, task)
    if task.decision is Decision.SKIP:
        _note_as_seen(record)
        raise ObjectSkippedError(task.skip_reason or "NotEffectivelyEntitled", task.scope.reason)
    desired = evaluate_object(rules, attributes, view.context)
    record.identity = identity(desired)
    if task.link is not None:
        yield from _update_linked(record, view, rules, desired, task.link)
    else:
        yield from _match_or_create(record, view, rules, desired)


def creation_hint(task: ObjectTask, view: CycleView) -> str:
    """By what a resource that is about to be created can be found, should this program end now.

    The object type and the first matching value; "" for a task that creates nothing.
    """
    rules = view.rules.of(task.object_type)
    if task.link is not None or task.source is None or not rules.matching:
        return task.hint
    attributes = imported_attributes(task.source, soft_deleted=task.soft_deleted, roles=task.roles)
    try:
        value = evaluate_rule(rules.matching[0], attributes, view.context)
    except (ObjectFailedError, ObjectSkippedError):
        return ""
    return f"{task.object_type} {shown(value)}" if value is not None else ""


def _retract(record: ObjectRecord, view: CycleView) -> Conversation[None]:
    """Disable or delete what a create may have left that nobody wants any more."""
    task, rules = record.task, view.rules.of(record.task.object_type)
    desired: list[DesiredValue] = []
    if task.source is not None:
        attributes = imported_attributes(task.source, soft_deleted=True, roles=task.roles)
        note_import(record, attributes, rules.redacted_sources)
        desired = evaluate_object(rules, attributes, view.context)
    resource = yield from find_unsure(record, rules, desired, view)
    record.target_id = resource["id"]
    made_here = made_after(resource, view.began)
    deletes = task.object_type is ObjectType.GROUP or not rules.permissions.supports_soft_delete
    if task.source is not None and not deletes:
        yield from _write_differences(record, view, rules, desired, resource)
        if made_here:
            note_found_creation(record, resource["id"], desired)
        return
    record.action = ProvisioningAction.DELETE
    if not made_here:
        note_deletion(record, resource["id"], resource, rules)
    yield from delete_noted(record, resource["id"])
    record.wrote += 1
    note_export(record, view, "EntryExportDelete", "deleted")


def _await_deletion(record: ObjectRecord, view: CycleView) -> Conversation[None]:
    """Disable what is to be deleted when its grace period is over."""
    task, rules = record.task, view.rules.of(record.task.object_type)
    desired = values_of_leaver(record, rules, view)
    assert task.link is not None
    try:
        current = yield from read_linked(task.object_type, task.link.target_id)
    except ObjectFailedError as failure:
        note_gone(record, failure)
        return
    cut_off = task.uncertain and not task.link.disabled and bool(desired)
    if not update_changes(desired, current) and not cut_off:
        _link(record, task.link.target_id, current, None)
        raise ObjectSkippedError(AWAITS_DELETION, task.scope.reason)
    yield from _write_differences(record, view, rules, desired, current)


def _note_as_seen(record: ObjectRecord) -> None:
    """Remember in the link that this state was looked at, so that it is not in every cycle.

    Whom append only keeps stays managed, so that she is looked at again when it is turned off.
    """
    task = record.task
    if task.link is not None:
        leaves = task.leaves_scope and task.skip_reason != "AppendOnly"
        managed = task.link.managed and not leaves
        record.link = replace(task.link, source_digest=task.digest, managed=managed)


def _match_or_create(
    record: ObjectRecord, view: CycleView, rules: ObjectRules, desired: list[DesiredValue]
) -> Conversation[None]:
    task = record.task
    known = None if task.uncertain else view.lists.get(task.object_type)
    search = Search()
    if task.unsure is not None:
        search.resource = yield from find_former(record, rules, desired, view)
    if search.resource is None:
        search = yield from find_match(rules, desired, known)
    note_matching(record, search)
    if search.resource is not None:
        record.action = ProvisioningAction.CREATE if task.uncertain else ProvisioningAction.UPDATE
        yield from _adopt(record, view, rules, desired, search.resource)
        return
    if TargetObjectActions.CREATE not in rules.mapping.actions:
        raise ObjectSkippedError(
            "CreateNotAllowed", "The mapping does not let objects be created in the target."
        )
    planned = creation_values(desired)
    manager = _manager_now(record, view, None)
    if manager is not None and manager.change is not None:
        planned.append(manager.change)
    record.modified += [item.modified for item in planned]
    note_processing(record, "EntrySynchronizationAdd", "will be created", planned)
    resource, is_new = yield from create(rules, desired, [item.change for item in planned], view)
    if not is_new:
        record.modified.clear()
        record.action = ProvisioningAction.UPDATE
        yield from _adopt(record, view, rules, desired, resource)
        return
    record.wrote += 1
    note_creation(record, resource["id"], planned)
    view.created.add(task.source_id)
    _check_owner(record, view, resource["id"])
    _link(record, resource["id"], resource, manager)
    note_export(record, view, "EntryExportAdd", "created")


def _adopt(
    record: ObjectRecord,
    view: CycleView,
    rules: ObjectRules,
    desired: list[DesiredValue],
    resource: JsonObject,
) -> Conversation[None]:
    """Link a resource that was found, and update what differs."""
    _check_owner(record, view, resource["id"])
    _link(record, resource["id"], resource, None)
    if TargetObjectActions.UPDATE in rules.mapping.actions and record.link is not None:
        # Until the update has succeeded, the link must not say that anything was exported.
        record.link = replace(record.link, source_digest="")
    if TargetObjectActions.UPDATE not in rules.mapping.actions:
        raise ObjectSkippedError(
            "UpdateNotAllowed",
            "The object was linked; the mapping does not let objects be updated in the target.",
        )
    yield from _write_differences(record, view, rules, desired, resource)


def _check_owner(record: ObjectRecord, view: CycleView, target_id: str) -> None:
    """Two objects must not share a resource; one that is gone leaves it to its successor.

    The latter happens when a directory was moved and everybody has another object id.
    """
    source_id, kind = record.task.source_id, record.task.object_type
    claimant = view.claims.setdefault((kind, target_id), source_id)
    owner = claimant
    if claimant == source_id:
        owner = view.owners.of(kind, target_id) or source_id
    if owner == source_id:
        return
    link = view.links.get(owner)
    if claimant == source_id and (link is None or owner in view.gone or not link.managed):
        record.taken_from = owner
        return
    name = link.display_name if link is not None else owner
    raise ObjectFailedError(
        "DuplicateSourceEntries",
        f"The resource in the target belongs to '{name}' already, whose matching "
        "value in the source directory is the same.",
        "Give the two people different values of the matching attribute.",
    )


def _update_linked(
    record: ObjectRecord,
    view: CycleView,
    rules: ObjectRules,
    desired: list[DesiredValue],
    link: Link,
) -> Conversation[None]:
    current = view.listed(rules.object_type, link.target_id)
    if current is None:
        try:
            current = yield from read_linked(rules.object_type, link.target_id)
        except ObjectFailedError as failure:
            if failure.code != "InvalidAnchor" or not record.task.uncertain:
                raise
            # An attempt that was cut off has deleted it; the object is wanted again.
            record.task = replace(record.task, link=None)
            return (yield from _match_or_create(record, view, rules, desired))
    yield from _write_differences(record, view, rules, desired, current)


def _write_differences(
    record: ObjectRecord,
    view: CycleView,
    rules: ObjectRules,
    desired: list[DesiredValue],
    current: JsonObject,
) -> Conversation[None]:
    target_id = current["id"]
    manager = _manager_now(record, view, current)

    def plan_again(now: JsonObject) -> list[PlannedChange]:
        state = _manager_now(record, view, now)
        changes = update_changes(desired, now)
        return changes if state is None or state.change is None else [*changes, state.change]

    planned = plan_again(current)
    record.modified.extend(item.modified for item in planned)
    note_processing(record, "EntrySynchronizationUpdate", "will be updated", planned)
    if not planned:
        _link(record, target_id, current, manager)
        if done := done_before(record.task, current, view.began):
            note_found(record, current, desired, view.began)
            note_export(record, view, *done)
            return
        raise ObjectSkippedError(
            "RedundantExport", "The target holds all values already; there is nothing to do."
        )
    note_update(record, current, planned)
    try:
        yield from verified_update(rules.object_type, target_id, planned, plan_again, view)
    except ObjectFailedError as failure:
        note_doubt(record, failure)
        known = record.link or record.task.link
        if known is not None and manager is not None and manager.change is not None:
            record.link = replace(known, manager=UNSURE)
        raise
    record.wrote += 1
    if record.task.uncertain and record.task.link is None and made_after(current, view.began):
        note_found_creation(record, target_id, desired)
    _link(record, target_id, current, manager)
    note_export(record, view, "EntryExportUpdate", "updated")


def _manager_now(
    record: ObjectRecord, view: CycleView, current: JsonObject | None
) -> ManagerState | None:
    """The manager to write together with the object; None when it goes in the second pass."""
    rule = view.rules.users.manager
    task = record.task
    if rule is None or task.object_type is not ObjectType.USER:
        return None
    if task.decision in DISABLING:
        return None
    state = manager_state(rule, task, view, current)
    if view.rules.settings.separate_references and state.change is not None:
        record.references_left = True
        return None
    record.references_left = not state.settled or view.shown.waits(task.source_id)
    return state


def _link(
    record: ObjectRecord, target_id: str, resource: JsonObject, manager: ManagerState | None
) -> None:
    """The link to store: with the digest of what was exported, so that it need not be again."""
    task = record.task
    name = resource.get("displayName") or resource.get("userName")
    record.target_id = target_id
    record.target_name = name if isinstance(name, str) else task.source_name
    if task.object_type is ObjectType.GROUP and task.decision is not Decision.AWAIT:
        record.references_left = True
    digest = with_references_left(task.digest) if record.references_left else task.digest
    record.link = Link(
        source_id=task.source_id,
        target_id=target_id,
        object_type=task.object_type,
        display_name=record.target_name,
        managed=not task.leaves_scope,
        disabled=task.decision in DISABLING,
        source_digest=digest,
        manager=exported_manager(task, manager),
        members=task.link.members if task.link else frozenset(),
        identity=record.identity or (task.link.identity if task.link else ""),
        leaving_since=task.leaving_since,
    )
