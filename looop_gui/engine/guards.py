"""Guards: what must stop a cycle before its first write (section f.8 and what this tool adds).

They look at the work list, so a dry run meets them too. All are asked: where several object, their
verdicts are one. A verdict has a token that names exactly what it held back; with it, exactly that
may be let through once.
"""

from collections.abc import Callable
from dataclasses import replace

from looop_gui.engine.cycle import CycleInput, CycleWork, WorkList
from looop_gui.engine.decisions import Decision
from looop_gui.engine.guard_limits import (
    COUNTING_GUARDS,
    destructive_tasks,
    linked_people,
    people_and_groups,
    rename_limit,
    renames,
)
from looop_gui.engine.guard_verdict import UNSENT, Guard, GuardVerdict, together
from looop_gui.engine.guarded_names import people_with_one_name, renamed_people
from looop_gui.expressions.values import EvaluationContext
from looop_gui.model.directory import DirectorySnapshot, ObjectType

FEW_GROUPS = 4
"""So many linked groups may all disappear from the source without a question."""


def evaluate_guards(
    given: CycleInput, work: CycleWork, context: EvaluationContext, allowed: str = ""
) -> GuardVerdict | None:
    """What the guards object to in this work, or None when it may be done.

    A verdict whose token is `allowed` does not count. A plan that is applied may hold less than the
    whole work: it passes, too, when the guards do not object to what it has. `context` is for the
    expressions of names.
    """
    verdict = _verdict(given, work, context)
    if verdict is None or verdict.token == allowed:
        return None
    if given.planned is None:
        return verdict
    verdict = _verdict(given, _planned_work(work, given.planned), context)
    return None if verdict is None or verdict.token == allowed else verdict


def _verdict(given: CycleInput, work: CycleWork, context: EvaluationContext) -> GuardVerdict | None:
    verdicts = [verdict for guard in _GUARDS if (verdict := guard(given, work)) is not None]
    verdicts += [
        verdict for look in _NAME_GUARDS if (verdict := look(given, work, context)) is not None
    ]
    return together(verdicts) if verdicts else None


def _planned_work(work: CycleWork, planned: frozenset[str]) -> CycleWork:
    """What of the work a plan has."""
    return replace(work, users=_planned(work.users, planned), groups=_planned(work.groups, planned))


def _planned(work: WorkList, planned: frozenset[str]) -> WorkList:
    return replace(
        work,
        tasks=tuple(task for task in work.tasks if task.source_id in planned),
        references_only=tuple(task for task in work.references_only if task.source_id in planned),
    )


def exceeds(threshold: int, deletes: int, disables: int, group_deletes: int) -> bool:
    """The rule of section f.8: all of them together exceed the threshold."""
    return deletes + disables + group_deletes > threshold


def _linked(given: CycleInput, object_type: ObjectType) -> int:
    return sum(1 for link in given.links.values() if link.object_type is object_type)


def _empty_source(given: CycleInput, _work: CycleWork) -> GuardVerdict | None:
    linked = linked_people(given)
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


def _empty_groups(given: CycleInput, _work: CycleWork) -> GuardVerdict | None:
    if given.snapshot.groups or not given.rules.groups.enabled:
        return None
    linked = _linked(given, ObjectType.GROUP)
    if linked <= FEW_GROUPS or not given.rules.settings.prevent_accidental_deletion:
        return None
    return GuardVerdict(
        Guard.EMPTY_GROUPS,
        f"The source directory holds no groups, while {linked} groups are linked. {UNSENT}",
        "Check the source directory, for instance whether groups.csv is there. If all groups are "
        "really to be removed, allow it once.",
        (),
        f"{linked}",
    )


def _source_shrank(given: CycleInput, work: CycleWork) -> GuardVerdict | None:
    limit, before = given.rules.settings.limit_source_shrink_percent, given.watermark
    if not limit or before is None:
        return None
    people, groups = source_size(given.snapshot)
    sizes = ((before.source_users, people, "people"), (before.source_groups, groups, "groups"))
    smaller = [
        f"{now} {what} instead of {then}"
        for then, now, what in sizes
        if (then - now) * 100 > limit * then
    ]
    if not smaller:
        return None
    return GuardVerdict(
        Guard.SOURCE_SHRANK,
        f"The source directory has shrunk since the last completed cycle by more than {limit} "
        f"percent: it holds {' and '.join(smaller)}. {UNSENT}",
        "Check whether the source is complete. If so many have really left, allow it once.",
        tuple(task for task in work.tasks() if task.source is None),
        " and ".join(smaller),
    )


def source_size(snapshot: DirectorySnapshot) -> tuple[int, int]:
    """How many people and groups the source holds; rows that cannot be read count as people."""
    unreadable = snapshot.unreadable - snapshot.groups.keys() - snapshot.users.keys()
    return len(snapshot.users) + len(unreadable), len(snapshot.groups)


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
        f"This cycle would {_destroyed(disables, deletes, groups)}, more than the threshold of "
        f"{settings.deletion_threshold}. {UNSENT}",
        "Look at who it concerns. Allow it once, or correct the cause.",
        staged,
        most=settings.deletion_threshold,
    )


def _destroyed(disables: int, deletes: int, groups: int) -> str:
    """What would be done to how many, without what would be done to nobody."""
    parts = [f"disable {people_and_groups(disables, 0)}"] if disables else []
    if deletes or groups:
        parts.append(f"delete {people_and_groups(deletes, groups)}")
    return " and ".join(parts)


def _renames(given: CycleInput, work: CycleWork, context: EvaluationContext) -> GuardVerdict | None:
    limit = rename_limit(given)
    if not limit.number and not limit.percent:
        return None
    return renames(given, renamed_people(given, work, context))


def _duplicates(
    given: CycleInput, work: CycleWork, context: EvaluationContext
) -> GuardVerdict | None:
    if not given.rules.settings.stop_on_duplicates:
        return None
    shared = people_with_one_name(given, work, context)
    if not shared:
        return None
    value, people = next(iter(shared.items()))
    who = ", ".join(f"'{person.display_name}'" for person in people[:_NAMED])
    more = f", and so have people of {len(shared) - 1} more values" if len(shared) > 1 else ""
    concerned = {person.id for group in shared.values() for person in group}
    return GuardVerdict(
        Guard.DUPLICATES,
        f'{len(people)} people in scope have the matching value "{value}" ({who}){more}. {UNSENT}',
        "Give each of them a value of their own in the source directory. If you allow it once, "
        "the first of them is provisioned and the others fail.",
        tuple(task for task in work.users.tasks if task.source_id in concerned),
        "\n".join(sorted(concerned)),
    )


_NAMED = 3
"""How many people a sentence names."""


_GUARDS: tuple[Callable[[CycleInput, CycleWork], GuardVerdict | None], ...] = (
    _empty_source,
    _empty_groups,
    _source_shrank,
    _accidental_deletion,
    *COUNTING_GUARDS,
)

_NAME_GUARDS: tuple[
    Callable[[CycleInput, CycleWork, EvaluationContext], GuardVerdict | None], ...
] = (_renames, _duplicates)
