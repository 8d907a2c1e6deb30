"""A plan: every write that a cycle would send, with the person, the changes and the reason."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from looop_gui.model.connection import Dialect
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import CycleKind
from looop_gui.model.provisioning_log import ModifiedProperty, ProvisioningAction
from looop_gui.model.undo import LeftAlone, UndoOrder

PLAN_FORMAT = 1
"""Of the plans that this program makes; one with a larger number it does not understand."""


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """One write; `body` is the JSON value or None. Ids of what is not created yet are pretended."""

    method: str
    path: str
    body: Any = None


class ReferenceKind(StrEnum):
    """How one planned object hangs on another one of the plan."""

    MANAGER = "manager"
    MEMBER = "member"
    FORMER_MEMBER = "former member"
    ITSELF = "itself"


@dataclass(frozen=True, slots=True)
class PlanReference:
    """A reference that is written only because of what the plan does to somebody else.

    A manager or a member who becomes one that can be referred to, a member who is taken out of a
    group because she is managed no longer, or, in the second pass, the object of the first.
    `attribute` is the path of the reference.
    """

    kind: ReferenceKind
    source_id: str
    source_name: str
    target_id: str
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class PlannedObject:
    """What would be sent for one object in one pass ("object" or "references"), in order.

    `target_id` is the id that the plan pretends for what it creates, else "". `depends` are the
    references that are not written when somebody is left out of the plan.
    """

    object_type: ObjectType
    source_id: str
    source_name: str
    which: str
    action: ProvisioningAction
    reason: str
    changes: tuple[ModifiedProperty, ...]
    requests: tuple[PlannedRequest, ...]
    target_id: str = ""
    depends: tuple[PlanReference, ...] = ()


@dataclass(frozen=True, slots=True)
class GuardedObject:
    """Somebody in the list of a guard; `what` completes "would ..."."""

    object_type: ObjectType
    source_id: str
    source_name: str
    what: str


@dataclass(frozen=True, slots=True)
class PlanGuard:
    """A guard that would stop the cycle: its name, why, what to do next, and whom it concerns.

    With so many of its objects as `most` it would not object; -1: whoever is left out, it would.
    """

    guard: str
    sentence: str
    next_step: str
    objects: tuple[GuardedObject, ...]
    most: int = -1


@dataclass(frozen=True, slots=True)
class Plan:
    """All writes of a cycle in the order in which it begins them.

    The two digests say of which source and which configuration it was made. `guard` is the sentence
    of the guards that would stop it, or ""; `guards` has each with its list, and `guard_token` lets
    pass once exactly what they object to. With `undo`, it is the plan of an undo, and `left_alone`
    are the objects that it does not touch. `consequences` are sentences about what was left out of
    it together with somebody else.
    """

    connection_id: str
    connection_name: str
    tenant_url: str
    dialect: Dialect
    kind: CycleKind
    made: datetime
    source_digest: str
    configuration_digest: str
    objects: tuple[PlannedObject, ...]
    guard: str = ""
    guards: tuple[PlanGuard, ...] = ()
    guard_token: str = ""
    format: int = PLAN_FORMAT
    undo: UndoOrder | None = None
    left_alone: tuple[LeftAlone, ...] = ()
    consequences: tuple[str, ...] = ()


def objecting_guards(plan: Plan, left_out: Collection[str] = frozenset()) -> tuple[PlanGuard, ...]:
    """The guards that still object when some source ids are left out of a plan."""
    return tuple(
        guard
        for guard in plan.guards
        if guard.most < 0
        or sum(1 for one in guard.objects if one.source_id not in left_out) > guard.most
    )
