"""What a plan comes to: a sentence, and its changes grouped into patterns, the largest first."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from looop_gui.model.plan import Plan, PlannedObject
from looop_gui.model.provisioning_log import ModifiedProperty, ProvisioningAction


class ChangeShape(StrEnum):
    """How a value changes; the words complete "department ..."."""

    SET = "gets a value"
    EMPTIED = "becomes empty"
    CASE = "changes case only"
    CHANGED = "changes"


@dataclass(frozen=True, slots=True)
class PlanPattern:
    """One kind of change: how many objects it concerns."""

    action: ProvisioningAction
    attribute: str
    shape: ChangeShape
    count: int


def shape_of(change: ModifiedProperty) -> ChangeShape:
    """How one value changes."""
    old, new = change.old_value or "", change.new_value or ""
    if not old:
        return ChangeShape.SET
    if not new:
        return ChangeShape.EMPTIED
    return ChangeShape.CASE if old.casefold() == new.casefold() else ChangeShape.CHANGED


def plan_patterns(plan: Plan) -> tuple[PlanPattern, ...]:
    """The changes of a plan by action, attribute and shape, the largest first."""
    return counted_patterns(
        (planned.action, change) for planned in plan.objects for change in planned.changes
    )


def counted_patterns(
    changes: Iterable[tuple[ProvisioningAction, ModifiedProperty]],
) -> tuple[PlanPattern, ...]:
    """Changes, each with the action it belongs to, counted by kind, the largest first."""
    counted = Counter((action, change.display_name, shape_of(change)) for action, change in changes)
    return tuple(PlanPattern(*key, count) for key, count in counted.most_common())


def has_pattern(planned: PlannedObject, pattern: PlanPattern) -> bool:
    """Whether an object has a change of that kind."""
    return planned.action is pattern.action and any(
        change.display_name == pattern.attribute and shape_of(change) is pattern.shape
        for change in planned.changes
    )


def plan_sentence(plan: Plan) -> str:
    """What the cycle would do, in one sentence; an object counts once, by its first action."""
    what = "cycle" if plan.undo is None else "undo"
    actions: dict[str, ProvisioningAction] = {}
    for planned in plan.objects:
        actions.setdefault(planned.source_id, planned.action)
    if not actions:
        return f"This {what} would write nothing."
    counted = Counter(actions.values())
    parts = [
        f"{action.value} {counted[action]:,}" for action in ProvisioningAction if counted[action]
    ]
    # What a new object is given is in its creation, also what a later pass gives it.
    changed = counted_patterns(
        (planned.action, change)
        for planned in plan.objects
        if actions[planned.source_id] is not ProvisioningAction.CREATE
        for change in planned.changes
    )
    largest = next(iter(changed), None)
    end = ""
    if largest is not None:
        # The name alone: a URN would be most of the sentence.
        name = largest.attribute.rpartition(":")[2] or largest.attribute
        end = f"; largest: {name} {largest.shape} for {largest.count:,}"
    return f"This {what} would {', '.join(parts)}{end}."
