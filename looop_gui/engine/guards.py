"""Guards: what must stop a cycle before its first write (section f.8 and what this tool adds).

They look at the work list, so a dry run meets them too.
"""

from dataclasses import dataclass
from enum import StrEnum

from looop_gui.engine.conversation import ObjectTask
from looop_gui.engine.cycle import CycleInput, CycleWork
from looop_gui.engine.decisions import Decision
from looop_gui.model.directory import ObjectType


class Guard(StrEnum):
    """The guards by name."""

    ACCIDENTAL_DELETION = "accidental deletion prevention"
    EMPTY_SOURCE = "empty source"


@dataclass(frozen=True, slots=True)
class GuardVerdict:
    """Why a cycle must not write. `staged` are the tasks that were held back."""

    guard: Guard
    sentence: str
    next_step: str
    staged: tuple[ObjectTask, ...]


def evaluate_guards(given: CycleInput, work: CycleWork) -> GuardVerdict | None:
    """The first guard that objects to this work, or None when it may be done."""
    return _empty_source(given) or _accidental_deletion(given, work)


def destructive_tasks(work: CycleWork) -> tuple[ObjectTask, ...]:
    """People to be disabled who are not yet, and everything to be deleted."""
    return tuple(task for task in work.tasks() if _destroys(task))


def exceeds(threshold: int, deletes: int, disables: int, group_deletes: int) -> bool:
    """The rule of section f.8: all of them together exceed the threshold."""
    return deletes + disables + group_deletes > threshold


def _destroys(task: ObjectTask) -> bool:
    if task.decision is Decision.DELETE:
        return True
    if task.decision not in (Decision.DISABLE, Decision.LEAVE):
        return False
    return task.link is not None and not task.link.disabled


def _empty_source(given: CycleInput) -> GuardVerdict | None:
    linked = sum(1 for link in given.links.values() if link.object_type is ObjectType.USER)
    if given.snapshot.users or not linked:
        return None
    if not given.rules.settings.prevent_accidental_deletion:
        return None
    return GuardVerdict(
        Guard.EMPTY_SOURCE,
        f"The source directory holds nobody, while {linked} people are linked. Nothing was sent "
        "to the target.",
        "Check the source directory. If everybody is really to be removed, switch the prevention "
        "of accidental deletion off for one cycle.",
        (),
    )


def _accidental_deletion(given: CycleInput, work: CycleWork) -> GuardVerdict | None:
    settings = given.rules.settings
    staged = destructive_tasks(work)
    groups = sum(1 for task in staged if task.object_type is ObjectType.GROUP)
    deletes = sum(1 for task in staged if task.decision is Decision.DELETE) - groups
    disables = len(staged) - groups - deletes
    if not settings.prevent_accidental_deletion:
        return None
    if not exceeds(settings.deletion_threshold, deletes, disables, groups):
        return None
    return GuardVerdict(
        Guard.ACCIDENTAL_DELETION,
        f"This cycle would disable {disables} people and delete {deletes} people and {groups} "
        f"groups, more than the threshold of {settings.deletion_threshold}. Nothing was sent to "
        "the target.",
        "Look at the staged deletions in the provisioning log. Allow them once, or correct the "
        "cause and restart provisioning.",
        staged,
    )
