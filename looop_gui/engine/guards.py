"""Guards: what must stop a cycle before its first write (section f.8 and what this tool adds).

They look at the work list, so a dry run meets them too. A verdict has a token that names exactly
what it held back; with it, exactly that may be let through once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from looop_gui.engine.conversation import ObjectTask
from looop_gui.engine.cycle import CycleInput, CycleWork
from looop_gui.engine.decisions import Decision
from looop_gui.model.directory import ObjectType


class Guard(StrEnum):
    """The guards by name."""

    EMPTY_SOURCE = "empty source"
    ACCIDENTAL_DELETION = "accidental deletion prevention"
    DEPARTURES = "departures"
    CREATES = "creates"
    MEMBERS_REMOVED = "members removed"


@dataclass(frozen=True, slots=True)
class GuardVerdict:
    """Why a cycle must not write. `staged` are the tasks that were held back."""

    guard: Guard
    sentence: str
    next_step: str
    staged: tuple[ObjectTask, ...]

    @property
    def token(self) -> str:
        """Names the guard and exactly what it held back."""
        held = sorted(
            f"{task.object_type} {task.source_id} {task.decision}" for task in self.staged
        )
        text = "\n".join((self.guard, *held))
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def evaluate_guards(given: CycleInput, work: CycleWork, allowed: str = "") -> GuardVerdict | None:
    """The first guard that objects to this work, or None when it may be done.

    A verdict whose token is `allowed` does not count.
    """
    for guard in _GUARDS:
        verdict = guard(given, work)
        if verdict is not None and verdict.token != allowed:
            return verdict
    return None


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


def _linked_people(given: CycleInput) -> int:
    return sum(1 for link in given.links.values() if link.object_type is ObjectType.USER)


def _empty_source(given: CycleInput, _work: CycleWork) -> GuardVerdict | None:
    linked = _linked_people(given)
    if given.snapshot.users or not linked:
        return None
    if not given.rules.settings.prevent_accidental_deletion:
        return None
    return GuardVerdict(
        Guard.EMPTY_SOURCE,
        f"The source directory holds nobody, while {linked} people are linked. Nothing was sent "
        "to the target.",
        "Check the source directory. If everybody is really to be removed, allow it once.",
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


def _departures(given: CycleInput, work: CycleWork) -> GuardVerdict | None:
    limit = given.rules.settings.limit_departures_percent
    linked = _linked_people(given)
    staged = [t for t in destructive_tasks(work) if t.object_type is ObjectType.USER]
    if not limit or not linked or len(staged) * 100 <= limit * linked:
        return None
    what = f"disable or delete {len(staged)} of {linked} linked people, more than {limit} percent"
    return _limited(Guard.DEPARTURES, what, staged)


def _creates(given: CycleInput, work: CycleWork) -> GuardVerdict | None:
    limit = given.rules.settings.limit_creates
    staged = [task for task in work.users.tasks if task.decision is Decision.PROVISION]
    if not limit or len(staged) <= limit:
        return None
    return _limited(
        Guard.CREATES, f"create or match {len(staged)} people, more than {limit}", staged
    )


def _members_removed(given: CycleInput, work: CycleWork) -> GuardVerdict | None:
    limit = given.rules.settings.limit_members_removed
    tasks = (*work.groups.tasks, *work.groups.references_only)
    staged = [task for task in tasks if limit and _removed(task) > limit]
    if not staged:
        return None
    worst = max(staged, key=_removed)
    what = f"remove {_removed(worst)} members from the group {worst.source_name}, more than {limit}"
    return _limited(Guard.MEMBERS_REMOVED, what, staged)


def _removed(task: ObjectTask) -> int:
    if task.link is None or task.source is None:
        return 0
    return len(task.link.members.difference(task.source.members))


def _limited(guard: Guard, what: str, staged: Iterable[ObjectTask]) -> GuardVerdict:
    return GuardVerdict(
        guard,
        f"This cycle would {what}. Nothing was sent to the target.",
        "Look at who it concerns. Allow it once, or correct the cause.",
        tuple(staged),
    )


_GUARDS: tuple[Callable[[CycleInput, CycleWork], GuardVerdict | None], ...] = (
    _empty_source,
    _accidental_deletion,
    _departures,
    _creates,
    _members_removed,
)
