"""Guards: what must stop a cycle before its first write (section f.8 and what this tool adds).

They look at the work list, so a dry run meets them too. All are asked: where several object, their
verdicts are one. A verdict has a token that names exactly what it held back; with it, exactly that
may be let through once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from looop_gui.engine.conversation import ObjectTask
from looop_gui.engine.cycle import CycleInput, CycleWork
from looop_gui.engine.decisions import Decision
from looop_gui.engine.guarded_names import people_with_one_name, renamed_people
from looop_gui.expressions.values import EvaluationContext
from looop_gui.model.directory import DirectorySnapshot, ObjectType


class Guard(StrEnum):
    """The guards by name."""

    EMPTY_SOURCE = "empty source"
    ACCIDENTAL_DELETION = "accidental deletion prevention"
    DEPARTURES = "departures"
    CREATES = "creates"
    MEMBERS_REMOVED = "members removed"
    EMPTY_GROUPS = "no groups in the source"
    DISABLES = "disables"
    DELETES = "deletes"
    SOURCE_SHRANK = "source shrank"
    RENAMES = "renames"
    DUPLICATES = "duplicate matching values"


UNSENT = "Nothing was sent to the target."

FEW_GROUPS = 4
"""So many linked groups may all disappear from the source without a question."""


@dataclass(frozen=True, slots=True)
class GuardVerdict:
    """Why a cycle must not write. `staged` are the tasks that were held back.

    `facts` are what else the token stands for.
    """

    guard: Guard
    sentence: str
    next_step: str
    staged: tuple[ObjectTask, ...]
    facts: str = ""

    @property
    def token(self) -> str:
        """Names the guard and exactly what it held back."""
        held = sorted(
            f"{task.object_type} {task.source_id} {task.decision}" for task in self.staged
        )
        facts = (self.facts,) if self.facts else ()
        text = "\n".join((self.guard, *facts, *held))
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def evaluate_guards(
    given: CycleInput, work: CycleWork, context: EvaluationContext, allowed: str = ""
) -> GuardVerdict | None:
    """What the guards object to in this work, or None when it may be done.

    A verdict whose token is `allowed` does not count. `context` is for the expressions of names.
    """
    verdicts = [verdict for guard in _GUARDS if (verdict := guard(given, work)) is not None]
    verdicts += [
        verdict for look in _NAME_GUARDS if (verdict := look(given, work, context)) is not None
    ]
    if not verdicts:
        return None
    verdict = _together(verdicts)
    return None if verdict.token == allowed else verdict


def _together(verdicts: list[GuardVerdict]) -> GuardVerdict:
    """One verdict of all: with a token each, to allow one would only meet the next."""
    if len(verdicts) == 1:
        return verdicts[0]
    first = verdicts[0]
    sentences = [verdict.sentence.removesuffix(UNSENT).strip() for verdict in verdicts]
    staged = {(t.object_type, t.source_id): t for v in verdicts for t in v.staged}
    return GuardVerdict(
        first.guard,
        " ".join((*sentences, UNSENT)),
        first.next_step,
        tuple(staged.values()),
        " ".join(verdict.token for verdict in verdicts),
    )


def destructive_tasks(work: CycleWork) -> tuple[ObjectTask, ...]:
    """People to be disabled who are not yet, and everything to be deleted."""
    return tuple(task for task in work.tasks() if _destroys(task))


def exceeds(threshold: int, deletes: int, disables: int, group_deletes: int) -> bool:
    """The rule of section f.8: all of them together exceed the threshold."""
    return deletes + disables + group_deletes > threshold


def _destroys(task: ObjectTask) -> bool:
    if task.decision is Decision.DELETE:
        return True
    if task.decision not in (Decision.DISABLE, Decision.LEAVE, Decision.AWAIT):
        return False
    # A group that waits for its deletion is left as it is until then.
    is_person = task.object_type is ObjectType.USER
    return is_person and task.link is not None and not task.link.disabled


def _linked_people(given: CycleInput) -> int:
    return _linked(given, ObjectType.USER)


def _linked(given: CycleInput, object_type: ObjectType) -> int:
    return sum(1 for link in given.links.values() if link.object_type is object_type)


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


def _disables(given: CycleInput, work: CycleWork) -> GuardVerdict | None:
    limit = given.rules.settings.limit_disables
    staged = [t for t in destructive_tasks(work) if t.decision is not Decision.DELETE]
    if not limit or len(staged) <= limit:
        return None
    return _limited(Guard.DISABLES, f"disable {len(staged)} people, more than {limit}", staged)


def _deletes(given: CycleInput, work: CycleWork) -> GuardVerdict | None:
    limit = given.rules.settings.limit_deletes
    staged = [t for t in destructive_tasks(work) if t.decision is Decision.DELETE]
    if not limit or len(staged) <= limit:
        return None
    groups = sum(1 for task in staged if task.object_type is ObjectType.GROUP)
    what = f"delete {len(staged) - groups} people and {groups} groups, together more than {limit}"
    return _limited(Guard.DELETES, what, staged)


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


def _renames(given: CycleInput, work: CycleWork, context: EvaluationContext) -> GuardVerdict | None:
    limit = given.rules.settings.limit_renames
    staged = renamed_people(given, work, context) if limit else []
    if not limit or len(staged) <= limit:
        return None
    what = f"change userName or the matching value of {len(staged)} people, more than {limit}"
    return _limited(Guard.RENAMES, what, staged)


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


def _limited(guard: Guard, what: str, staged: Iterable[ObjectTask]) -> GuardVerdict:
    return GuardVerdict(
        guard,
        f"This cycle would {what}. {UNSENT}",
        "Look at who it concerns. Allow it once, or correct the cause.",
        tuple(staged),
    )


_GUARDS: tuple[Callable[[CycleInput, CycleWork], GuardVerdict | None], ...] = (
    _empty_source,
    _empty_groups,
    _source_shrank,
    _accidental_deletion,
    _departures,
    _disables,
    _deletes,
    _creates,
    _members_removed,
)

_NAME_GUARDS: tuple[
    Callable[[CycleInput, CycleWork, EvaluationContext], GuardVerdict | None], ...
] = (_renames, _duplicates)
