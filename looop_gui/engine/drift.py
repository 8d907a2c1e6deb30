"""The comparison of one linked object with what it was left as (Entra does not look: section f.3).

What a drift is, is decided by what an update would write: the same mappings, the same comparison.
Left out are what is only written at creation, what an expression makes anew each time, references
that were never exported, and members that no link knows: those are the target's own. A target that
never shows managers or members cannot be checked for them (quirks 17 and 29).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from msgspec import structs

from looop_gui.engine.failure import ObjectFailedError, ObjectSkippedError
from looop_gui.engine.grace import disabling_rules
from looop_gui.engine.importing import REDACTED, imported_attributes
from looop_gui.engine.processing import DesiredValue, evaluate_object, same, shown, update_changes
from looop_gui.engine.rules import IS_SOFT_DELETED, ConnectionRules, ObjectRules
from looop_gui.engine.shown_references import ShownReferences
from looop_gui.expressions.values import EvaluationContext
from looop_gui.model.directory import AttributeValue, DirectoryObject, ObjectType
from looop_gui.model.drift import DriftDifference, DriftedObject, DriftKind
from looop_gui.model.job import Link
from looop_gui.scim.messages import JsonObject
from looop_gui.scim.target_path import comparable, member, reference_id

SHOWN_MEMBERS = 20
LATER = timedelta(days=401, hours=7, seconds=11)
"""How far apart two evaluations are to tell what changes by itself."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A linked object to be compared; `source` is None for one that waits to be deleted.

    `soft_deleted` says that it is expected to be disabled, `whole` that all its attributes count
    and not only whether it is active, `references` that whom it refers to counts as well.
    """

    link: Link
    name: str
    source: DirectoryObject | None
    soft_deleted: bool = False
    whole: bool = True
    references: bool = True
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drift:
    """What a repair has to know: `itself` and `references` say what differs.

    `members` are the linked members that a group has in the target, by source id, `left_behind` the
    ids of members that are nobody's there.
    """

    found: DriftedObject
    itself: bool = False
    references: bool = False
    members: frozenset[str] | None = None
    left_behind: tuple[str, ...] = ()

    def as_found(self, link: Link | None) -> Link | None:
        """The link as the target is now, by which a cycle decides and its guards count."""
        if link is None or self.found.kind is DriftKind.GONE:
            return None
        disabled = link.disabled and self.found.kind is not DriftKind.ENABLED
        members = link.members if self.members is None else self.members
        return structs.replace(link, disabled=disabled, members=members)


def drift_of(
    rules: ConnectionRules,
    candidate: Candidate,
    resource: JsonObject | None,
    shown_there: ShownReferences,
    links: Mapping[str, Link],
    owners: Mapping[str, str],
    context: EvaluationContext,
) -> Drift | None:
    """How a resource differs from what is expected; None when it does not, or that is unknown."""
    link = candidate.link
    if resource is None:
        return Drift(drifted_object(candidate, DriftKind.GONE, ()), itself=True)
    own = _own_differences(rules.of(link.object_type), candidate, resource, context)
    manager = _manager(rules, candidate, resource, shown_there, links)
    held: frozenset[str] | None = None
    members: tuple[DriftDifference, ...] = ()
    if link.object_type is ObjectType.GROUP and rules.groups.members is not None:
        held, members = _members(candidate, resource, shown_there, links, owners)
    if not own and not manager and not members:
        return None
    return Drift(
        drifted_object(candidate, _kind(own), (*own, *manager, *members)),
        itself=bool(own or manager),
        references=bool(manager or members),
        members=held if members else None,
    )


def _own_differences(
    rules: ObjectRules, candidate: Candidate, resource: JsonObject, context: EvaluationContext
) -> tuple[DriftDifference, ...]:
    attributes: dict[str, AttributeValue] = {IS_SOFT_DELETED: "True"}
    if candidate.source is not None:
        attributes = imported_attributes(
            candidate.source, soft_deleted=candidate.soft_deleted, roles=candidate.roles
        )
    chosen = rules if candidate.whole else disabling_rules(rules, candidate.source)
    if _agrees(chosen, attributes, resource, context):
        return ()
    found = []
    for rule in chosen.attributes:
        alone = replace(rules, attributes=(rule,))
        desired = _desired(alone, attributes, context)
        held = rule.path.read(resource)
        if desired is None or not update_changes([desired], resource):
            continue
        if desired.value is not None and same(rule, desired.value, held):
            continue  # written always, though it is the same
        later = replace(context, now=context.now + LATER)
        again = _desired(alone, attributes, later)
        if again is None or not same(rule, again.value, desired.value):
            continue  # another value each time
        texts = (shown(desired.value), shown(held))
        if rule.redacted:
            texts = (REDACTED, REDACTED)
        found.append(DriftDifference(rule.path.text, *texts))
    return tuple(found)


def _agrees(
    rules: ObjectRules,
    attributes: Mapping[str, AttributeValue],
    resource: JsonObject,
    context: EvaluationContext,
) -> bool:
    """True when an update would write nothing: so for nearly everybody, told at once."""
    try:
        return not update_changes(evaluate_object(rules, attributes, context), resource)
    except (ObjectFailedError, ObjectSkippedError):
        return False


def _desired(
    rules: ObjectRules, attributes: Mapping[str, AttributeValue], context: EvaluationContext
) -> DesiredValue | None:
    try:
        return evaluate_object(rules, attributes, context)[0]
    except (ObjectFailedError, ObjectSkippedError):
        return None


def _kind(own: tuple[DriftDifference, ...]) -> DriftKind:
    for one in own:
        if one.attribute.casefold() == "active":
            expected = comparable(one.expected)
            return DriftKind.ENABLED if expected == "false" else DriftKind.DISABLED
    return DriftKind.CHANGED


def _manager(
    rules: ConnectionRules,
    candidate: Candidate,
    resource: JsonObject,
    shown_there: ShownReferences,
    links: Mapping[str, Link],
) -> tuple[DriftDifference, ...]:
    rule, source, link = rules.users.manager, candidate.source, candidate.link
    if rule is None or source is None or source.object_type is not ObjectType.USER:
        return ()
    manager = source.manager
    if not shown_there.managers or candidate.soft_deleted or not manager:
        return ()
    if not candidate.references:
        return ()
    exported = links.get(manager)
    if link.manager != manager or exported is None or not exported.managed:
        return ()
    held = reference_id(rule.path.read(resource))
    if held == exported.target_id:
        return ()
    return (DriftDifference(rule.path.text, exported.target_id, held),)


def _members(
    candidate: Candidate,
    resource: JsonObject,
    shown_there: ShownReferences,
    links: Mapping[str, Link],
    owners: Mapping[str, str],
) -> tuple[frozenset[str] | None, tuple[DriftDifference, ...]]:
    listed, source = member(resource, "members"), candidate.source
    counts = candidate.whole and candidate.references
    if source is None or not counts or not (shown_there.members or listed):
        return None, ()
    ids = [reference_id(one) for one in listed] if isinstance(listed, list) else []
    held = frozenset(owners[one] for one in ids if one is not None and one in owners)
    wanted = candidate.link.members.intersection(source.members).intersection(links)
    missing, surplus = wanted - held, held.difference(source.members)
    found = []
    if missing:
        found.append(DriftDifference("members", member_names(missing, links), None))
    if surplus:
        found.append(DriftDifference("members", None, member_names(surplus, links)))
    return held, tuple(found)


def member_names(members: Iterable[str], links: Mapping[str, Link]) -> str:
    """The names of members as a difference tells them."""
    names = sorted(links[one].display_name for one in members if one in links)
    more = f" and {len(names) - SHOWN_MEMBERS} more" if len(names) > SHOWN_MEMBERS else ""
    return "; ".join(names[:SHOWN_MEMBERS]) + more


def drifted_object(
    candidate: Candidate, kind: DriftKind, differences: tuple[DriftDifference, ...]
) -> DriftedObject:
    """A candidate with its differences."""
    link = candidate.link
    return DriftedObject(
        link.object_type, link.source_id, candidate.name, link.target_id, kind, differences
    )
