"""What happens to an object: the decision table of section f.4 as a table.

The facts are four: is it linked (and still managed), is it gone from the source for good, is it
active there, is it in scope. What the configuration allows then narrows the decision.
"""

from dataclasses import dataclass
from enum import StrEnum

from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Link
from looop_gui.model.mapping import TargetObjectActions


class LinkState(StrEnum):
    """Whether an object has a link, and whether its scope exit was exported already."""

    UNLINKED = "unlinked"
    MANAGED = "managed"
    UNMANAGED = "unmanaged"


class Decision(StrEnum):
    """What to do. NOTHING leaves no trace, SKIP is an entry of the log.

    RETRACT concerns somebody without a link whose create may have arrived, and who is not wanted
    any more: looked for, and disabled or deleted when found. AWAIT is what a grace period makes of
    DELETE at first (`engine.grace`); the table does not know it.
    """

    PROVISION = "match, then create or update"
    UPDATE = "update"
    DISABLE = "disable"
    LEAVE = "disable and manage no longer"
    DELETE = "delete"
    AWAIT = "disable, and delete when the grace period is over"
    RETRACT = "find and retract"
    SKIP = "skip"
    NOTHING = "nothing"


def link_state_of(link: Link | None, *, touched: bool) -> LinkState:
    """The state of a link; `touched` counts one as managed that is so no more, to be safe."""
    if link is None:
        return LinkState.UNLINKED
    return LinkState.MANAGED if link.managed or touched else LinkState.UNMANAGED


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table; None stands for either."""

    link: LinkState
    hard_deleted: bool | None
    active: bool | None
    in_scope: bool | None
    decision: Decision


DECISION_TABLE = (
    Rule(LinkState.UNLINKED, True, None, None, Decision.NOTHING),
    Rule(LinkState.UNLINKED, False, True, True, Decision.PROVISION),
    Rule(LinkState.UNLINKED, False, False, None, Decision.SKIP),
    Rule(LinkState.UNLINKED, False, True, False, Decision.SKIP),
    Rule(LinkState.MANAGED, False, True, True, Decision.UPDATE),
    Rule(LinkState.MANAGED, False, False, None, Decision.DISABLE),
    Rule(LinkState.MANAGED, False, True, False, Decision.LEAVE),
    Rule(LinkState.MANAGED, True, None, None, Decision.DELETE),
    Rule(LinkState.UNMANAGED, False, True, True, Decision.UPDATE),
    Rule(LinkState.UNMANAGED, False, False, None, Decision.NOTHING),
    Rule(LinkState.UNMANAGED, False, True, False, Decision.NOTHING),
    Rule(LinkState.UNMANAGED, True, None, None, Decision.NOTHING),
)


@dataclass(frozen=True, slots=True)
class Permissions:
    """What the configuration of one object type lets the engine do.

    `maps_soft_deletion` says that some mapping uses IsSoftDeleted, without which a disable has
    nothing to send. `append_only` lets nothing be disabled or deleted.
    """

    actions: TargetObjectActions
    skip_out_of_scope_deletions: bool
    supports_soft_delete: bool
    maps_soft_deletion: bool
    append_only: bool = False


def decide(link: LinkState, *, hard_deleted: bool, active: bool, in_scope: bool) -> Decision:
    """The decision of the table for these facts."""
    return _LOOKUP[link, hard_deleted, active, in_scope]


def narrow(
    decision: Decision, object_type: ObjectType, permissions: Permissions
) -> tuple[Decision, str]:
    """What the configuration makes of a decision, and the reason when it becomes a skip.

    Groups cannot be disabled, so they are deleted; so are people where the target knows no soft
    deletion (notes below the table).
    """
    leaves = decision is Decision.LEAVE
    if permissions.append_only and decision in _TAKING_AWAY:
        return Decision.SKIP, "AppendOnly"
    if leaves and permissions.skip_out_of_scope_deletions:
        return Decision.SKIP, "SkipOutOfScopeDeletions"
    disables = leaves or decision is Decision.DISABLE
    if disables and (object_type is ObjectType.GROUP or not permissions.supports_soft_delete):
        decision = Decision.DELETE
    elif disables and not permissions.maps_soft_deletion:
        return Decision.SKIP, "IsSoftDeletedNotMapped"
    needed = _NEEDED_ACTION.get(decision)
    if needed is not None and needed not in permissions.actions:
        return Decision.SKIP, f"{str(needed.name).capitalize()}NotAllowed"
    return decision, ""


_TAKING_AWAY = (Decision.DISABLE, Decision.LEAVE, Decision.DELETE, Decision.RETRACT)

_NEEDED_ACTION = {
    Decision.UPDATE: TargetObjectActions.UPDATE,
    Decision.DISABLE: TargetObjectActions.UPDATE,
    Decision.LEAVE: TargetObjectActions.UPDATE,
    Decision.DELETE: TargetObjectActions.DELETE,
}
"""PROVISION needs none: without Create it still links and updates who is there already."""


def _matches(rule: Rule, hard_deleted: bool, active: bool, in_scope: bool) -> bool:
    facts = (hard_deleted, active, in_scope)
    conditions = (rule.hard_deleted, rule.active, rule.in_scope)
    return all(c is None or c is f for c, f in zip(conditions, facts, strict=True))


_LOOKUP = {
    (link, hard_deleted, active, in_scope): next(
        rule.decision
        for rule in DECISION_TABLE
        if rule.link is link and _matches(rule, hard_deleted, active, in_scope)
    )
    for link in LinkState
    for hard_deleted in (False, True)
    for active in (False, True)
    for in_scope in (False, True)
}
