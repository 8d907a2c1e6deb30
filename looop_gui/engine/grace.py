"""The grace period before a deletion: disabled first, deleted when the time has passed.

Entra deletes at once who is hard-deleted in the source (section f.4). With a grace period the
account is disabled, the link remembers since when, and a later cycle deletes it; whoever comes back
before is enabled again with the same account. A group, or a person whom nothing can disable, stays
as it is until then. Members of a waiting group are left alone.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from msgspec import structs

from looop_gui.engine.conversation import ObjectTask
from looop_gui.engine.decisions import Decision
from looop_gui.engine.failure import ObjectFailedError, ObjectSkippedError
from looop_gui.engine.importing import imported_attributes, note_import, note_scoping
from looop_gui.engine.processing import DesiredValue, evaluate_object
from looop_gui.engine.record import ObjectRecord
from looop_gui.engine.rules import IS_SOFT_DELETED, ObjectRules
from looop_gui.engine.view import CycleView
from looop_gui.model.directory import DirectoryObject, ObjectType
from looop_gui.model.job import Link
from looop_gui.model.mapping import TargetObjectActions
from looop_gui.model.provisioning_log import ProvisioningAction, StepType

AWAITS_DELETION = "AwaitsDeletion"


def deletion_time(link: Link, days: int) -> datetime | None:
    """When a waiting object is to be deleted; None for one that does not wait."""
    return link.leaving_since + timedelta(days=days) if link.leaving_since is not None else None


def deletion_is_due(link: Link, days: int, now: datetime) -> bool:
    """True when an object waits and its grace period has passed."""
    due = deletion_time(link, days)
    return due is not None and due <= now


def with_grace(
    task: ObjectTask, days: int, began: datetime, now: datetime, *, again: bool = False
) -> ObjectTask | None:
    """What the grace period makes of a task that would delete; None while the object waits.

    `began` is when the cycle began: the period counts from there, after a crash as well. `again`
    disables somebody who waits once more, as the account was enabled in the target.
    """
    link = task.link
    if task.decision is not Decision.DELETE or link is None:
        return task
    since = link.leaving_since
    if since is None and days <= 0:
        return task
    if since is None:
        until = began + timedelta(days=days)
        words = f"It waits to be deleted until {until:%Y-%m-%d %H:%M} UTC, {_days(days)} from now."
        return _reworded(task, words, decision=Decision.AWAIT, since=began)
    if not deletion_is_due(link, days, now):
        return _reworded(task, "", decision=Decision.AWAIT, since=since) if again else None
    words = f"The grace period of {_days(days)} since {since:%Y-%m-%d %H:%M} UTC is over."
    return _reworded(task, words, decision=Decision.DELETE, since=None)


def values_of_leaver(
    record: ObjectRecord, rules: ObjectRules, view: CycleView
) -> list[DesiredValue]:
    """What a resource should hold while it waits for its deletion; nothing for a group.

    Raises ObjectSkippedError when the resource belongs to another person by now.
    """
    task = record.task
    source = task.source
    known = {IS_SOFT_DELETED: "True"}
    attributes = (
        known
        if source is None
        else imported_attributes(source, soft_deleted=True, roles=task.roles)
    )
    note_import(record, {} if source is None else attributes, rules.redacted_sources)
    note_scoping(record, task)
    link = task.link
    if link is not None and view.owners.of(link.object_type, link.target_id) != task.source_id:
        record.unlink = True
        raise ObjectSkippedError(
            "TakenOver", "The resource in the target belongs to another person now."
        )
    record.step(
        "EntrySynchronizationUpdate",
        StepType.PROCESSING,
        f"{task.object_type} '{task.source_name}' waits to be deleted in the target",
        {"reason": task.scope.reason},
    )
    if (
        task.object_type is ObjectType.GROUP
        or TargetObjectActions.UPDATE not in rules.mapping.actions
    ):
        return []
    return evaluate_object(disabling_rules(rules, source), attributes, view.context)


def disabling_rules(rules: ObjectRules, source: DirectoryObject | None) -> ObjectRules:
    """The mappings that say whether somebody is active; without a source, those that need none.

    Nothing else is written to an account that goes: a name that somebody else has by now would keep
    it from being disabled.
    """
    chosen = tuple(
        rule
        for rule in rules.attributes
        if IS_SOFT_DELETED in rule.sources and (source is not None or len(rule.sources) == 1)
    )
    return replace(rules, attributes=chosen)


def note_gone(record: ObjectRecord, failure: ObjectFailedError) -> None:
    """A resource that is gone already counts as deleted. Raises any other failure again."""
    if failure.code != "InvalidAnchor":
        raise failure
    record.action = ProvisioningAction.DELETE
    record.unlink = True
    record.step(
        "EntryExportDelete",
        StepType.EXPORT,
        f"{record.task.object_type} '{record.task.source_name}' was gone from the target already",
    )


def _reworded(
    task: ObjectTask, words: str, *, decision: Decision, since: datetime | None
) -> ObjectTask:
    scope = replace(task.scope, reason=f"{task.scope.reason} {words}".strip())
    return structs.replace(
        task, decision=decision, scope=scope, leaving_since=since, leaves_scope=False
    )


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"
