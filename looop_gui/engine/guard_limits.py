"""The guards that count: so many people or groups at most, and such a share of what is linked.

Every limit is there twice, as a number and as a percentage; 0 is none, and the stricter one counts.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from looop_gui.engine.conversation import ObjectTask
from looop_gui.engine.cycle import CycleInput, CycleWork
from looop_gui.engine.decisions import Decision
from looop_gui.engine.guard_verdict import UNSENT, Guard, GuardVerdict
from looop_gui.model.directory import ObjectType


@dataclass(frozen=True, slots=True)
class Limit:
    """So many at most, and such a share of `base`; `of` says what the base is."""

    number: int
    percent: int
    base: int
    of: str

    def exceeded_by(self, count: int) -> str:
        """What is exceeded, as the end of a sentence; empty when nothing is."""
        if self.number and count > self.number:
            return f"more than {self.number}"
        if self._share and count * 100 > self.percent * self.base:
            return f"of {self.base} {self.of}, more than {self.percent} percent"
        return ""

    @property
    def most(self) -> int:
        """The largest count that exceeds neither."""
        allowed = [self.number] if self.number else []
        if self._share:
            allowed.append(self.percent * self.base // 100)
        return min(allowed, default=0)

    @property
    def _share(self) -> bool:
        """Whether there is a share to speak of: of nobody, everybody would be too many."""
        return self.percent > 0 and self.base > 0


def departures(given: CycleInput, work: CycleWork) -> GuardVerdict | None:
    """People who would be disabled or deleted, as a share of the linked people."""
    percent, linked = given.rules.settings.limit_departures_percent, linked_people(given)
    staged = [t for t in destructive_tasks(work) if t.object_type is ObjectType.USER]
    limit = Limit(0, percent, linked, "linked people")
    return _judged(Guard.DEPARTURES, "disable or delete {0}", staged, limit)


def disables(given: CycleInput, work: CycleWork) -> GuardVerdict | None:
    """People who would be disabled."""
    settings = given.rules.settings
    staged = [t for t in destructive_tasks(work) if t.decision is not Decision.DELETE]
    limit = Limit(
        settings.limit_disables,
        settings.limit_disables_percent,
        linked_people(given),
        "linked people",
    )
    return _judged(Guard.DISABLES, "disable {0}", staged, limit)


def deletes(given: CycleInput, work: CycleWork) -> GuardVerdict | None:
    """People and groups that would be deleted, together."""
    settings = given.rules.settings
    staged = [t for t in destructive_tasks(work) if t.decision is Decision.DELETE]
    groups = sum(1 for task in staged if task.object_type is ObjectType.GROUP)
    limit = Limit(
        settings.limit_deletes,
        settings.limit_deletes_percent,
        len(given.links),
        "linked people and groups",
    )
    what = f"delete {people_and_groups(len(staged) - groups, groups)}"
    if 0 < groups < len(staged):
        what += f", together {len(staged)},"
    return _judged(Guard.DELETES, what, staged, limit)


def creates(given: CycleInput, work: CycleWork) -> GuardVerdict | None:
    """People who would be created, or matched with an account that is there."""
    settings = given.rules.settings
    staged = [task for task in work.users.tasks if task.decision is Decision.PROVISION]
    limit = Limit(
        settings.limit_creates,
        settings.limit_creates_percent,
        linked_people(given),
        "linked people",
    )
    return _judged(Guard.CREATES, "create or match {0}", staged, limit)


def members_removed(given: CycleInput, work: CycleWork) -> GuardVerdict | None:
    """Groups of which too many members would be removed, counted for each."""
    tasks = (*work.groups.tasks, *work.groups.references_only)
    staged = [task for task in tasks if _members_limit(given, task).exceeded_by(_removed(task))]
    if not staged:
        return None
    worst = max(staged, key=_removed)
    exceeded = _members_limit(given, worst).exceeded_by(_removed(worst))
    removed = _counted(_removed(worst), "member", "members")
    what = f"remove {removed} from the group {worst.source_name}, {exceeded}"
    return limited(Guard.MEMBERS_REMOVED, what, staged, 0)


def renames(given: CycleInput, staged: Sequence[ObjectTask]) -> GuardVerdict | None:
    """People whose userName or matching value would change; who they are is known already."""
    what = "change userName or the matching value of {0}"
    return _judged(Guard.RENAMES, what, staged, rename_limit(given))


def rename_limit(given: CycleInput) -> Limit:
    """The limit of renames: to find them costs, so that it is looked at before."""
    settings = given.rules.settings
    return Limit(
        settings.limit_renames,
        settings.limit_renames_percent,
        linked_people(given),
        "linked people",
    )


def destructive_tasks(work: CycleWork) -> tuple[ObjectTask, ...]:
    """People to be disabled who are not yet, and everything to be deleted."""
    return tuple(
        [task for task in work.tasks() if task.decision in _DESTRUCTIVE and _destroys(task)]
    )


def linked_people(given: CycleInput) -> int:
    """How many people are linked."""
    return sum(1 for link in given.links.values() if link.object_type is ObjectType.USER)


def limited(guard: Guard, what: str, staged: Iterable[ObjectTask], most: int) -> GuardVerdict:
    """The verdict of a guard that counts."""
    return GuardVerdict(
        guard,
        f"This cycle would {what}. {UNSENT}",
        "Look at who it concerns. Allow it once, or correct the cause.",
        tuple(staged),
        most=most,
    )


COUNTING_GUARDS: tuple[Callable[[CycleInput, CycleWork], GuardVerdict | None], ...] = (
    departures,
    disables,
    deletes,
    creates,
    members_removed,
)


def _judged(
    guard: Guard, what: str, staged: Sequence[ObjectTask], limit: Limit
) -> GuardVerdict | None:
    exceeded = limit.exceeded_by(len(staged))
    if not exceeded:
        return None
    # "disable 2 people, more than 1" and "disable 2 of 8 linked people, more than 20 percent"
    share = exceeded.startswith("of ")
    words = what.format(len(staged) if share else _people(len(staged)))
    joined = f"{words} {exceeded}" if share or words.endswith(",") else f"{words}, {exceeded}"
    return limited(guard, joined, staged, limit.most)


def _members_limit(given: CycleInput, task: ObjectTask) -> Limit:
    settings = given.rules.settings
    members = len(task.link.members) if task.link is not None else 0
    return Limit(
        settings.limit_members_removed,
        settings.limit_members_removed_percent,
        members,
        "members",
    )


def _removed(task: ObjectTask) -> int:
    if task.link is None or task.source is None:
        return 0
    return len(task.link.members.difference(task.source.members))


_DESTRUCTIVE = frozenset({Decision.DELETE, Decision.DISABLE, Decision.LEAVE, Decision.AWAIT})


def _destroys(task: ObjectTask) -> bool:
    if task.decision is Decision.DELETE:
        return True
    # A group that waits for its deletion is left as it is until then.
    is_person = task.object_type is ObjectType.USER
    return is_person and task.link is not None and not task.link.disabled


def people_and_groups(people: int, groups: int) -> str:
    """Both counted in words, without the one of which there is none."""
    counted = [_people(people)] if people or not groups else []
    counted += [_counted(groups, "group", "groups")] if groups else []
    return " and ".join(counted)


def _people(count: int) -> str:
    return _counted(count, "person", "people")


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
