"""Sentences about what is left out of a plan together with somebody who is left out."""

from collections.abc import Iterable, Sequence

from looop_gui.model.directory import ObjectType
from looop_gui.model.plan import PlannedObject, PlanReference, ReferenceKind

_NAMED = 3
"""How many names a sentence has."""


class Consequences:
    """Collects them, row by row, and says them at the end. An undo has no later cycle.

    Who is referred to has been left out, or has `failed`.
    """

    def __init__(self, *, undo: bool = False, failed: bool = False) -> None:
        self._undo = undo
        self._failed = failed
        self._managed: dict[str, None] = {}
        self._managers: dict[str, str] = {}
        self._groups: dict[str, None] = {}
        self._members: dict[str, str] = {}
        self._keeping: dict[str, None] = {}
        self._kept: dict[str, str] = {}
        self._whole: dict[str, str] = {}
        self._referred: dict[str, str] = {}

    def note(
        self, row: PlannedObject, thin: PlannedObject, missing: Iterable[PlanReference]
    ) -> None:
        """References that a row has lost: `thin` is what is left of it."""
        if row.requests == thin.requests:
            return
        for one in missing:
            if one.kind is ReferenceKind.MANAGER:
                self._managed[row.source_id] = None
                self._managers[one.source_id] = one.source_name
            elif one.kind is ReferenceKind.MEMBER:
                self._groups[row.source_id] = None
                self._members[one.source_id] = one.source_name
            elif one.kind is ReferenceKind.FORMER_MEMBER:
                self._keeping[row.source_id] = None
                self._kept[one.source_id] = one.source_name

    def whole(self, row: PlannedObject, missing: Iterable[PlanReference]) -> None:
        """A row that is left out itself, because it cannot be written without a reference."""
        self._whole[row.source_id] = row.source_name
        self._referred |= {one.source_id: one.source_name for one in missing}

    def sentences(self) -> list[str]:
        """One for each kind of consequence."""
        sentences = []
        if self._managed:
            who, verb = _count(len(self._managed), ObjectType.USER), _verb(self._managed, "refer")
            left = self._left_out(self._managers)
            sentences.append(
                f"{who} {verb} to {left} as manager; their manager "
                f"{'stays as it is' if self._undo else 'is written by a later cycle'}."
            )
        if self._groups:
            who = _count(len(self._groups), ObjectType.GROUP)
            verb = "does" if len(self._groups) == 1 else "do"
            later = "" if self._undo else "; a later cycle adds the membership"
            left = self._left_out(self._members)
            sentences.append(f"{who} {verb} not get {left} as a member{later}.")
        if self._keeping:
            who, verb = _count(len(self._keeping), ObjectType.GROUP), _verb(self._keeping, "keep")
            sentences.append(f"{who} {verb} {self._left_out(self._kept)} as a member.")
        if self._whole:
            names, verb = _names(self._whole), "is" if len(self._whole) == 1 else "are"
            left = self._left_out(self._referred).rstrip(",")
            sentences.append(
                f"{names} {verb} left out, too: the target takes only whole resources, and "
                f"theirs would refer to {left}."
            )
        return sentences

    def _left_out(self, names: dict[str, str]) -> str:
        if self._failed:
            return f"{_names(names)}, who failed,"
        return f"{_names(names)}, who {'is' if len(names) == 1 else 'are'} left out,"


def if_left_out(name: str, rows: Sequence[PlannedObject], source_id: str) -> str:
    """What would follow from leaving somebody out whom these rows refer to; "" for nothing."""
    kinds = {
        kind: sum(
            any(one.source_id == source_id and one.kind is kind for one in row.depends)
            for row in rows
        )
        for kind in ReferenceKind
    }
    managed, groups = kinds[ReferenceKind.MANAGER], kinds[ReferenceKind.MEMBER]
    keeping = kinds[ReferenceKind.FORMER_MEMBER]
    parts = []
    if managed:
        parts.append(f"{_count(managed, ObjectType.USER)} would go without {name} as manager")
    if groups:
        parts.append(f"{_count(groups, ObjectType.GROUP)} would go without {name} as a member")
    if keeping:
        parts.append(f"{_count(keeping, ObjectType.GROUP)} would keep {name} as a member")
    return f"If left out: {', '.join(parts)}." if parts else ""


def _names(names: dict[str, str]) -> str:
    listed = list(names.values())
    more = len(listed) - _NAMED
    if more > 0:
        return f"{', '.join(listed[:_NAMED])} and {more:,} more"
    return " and ".join(filter(None, (", ".join(listed[:-1]), listed[-1])))


def _count(number: int, object_type: ObjectType) -> str:
    if object_type is ObjectType.USER:
        return "1 person" if number == 1 else f"{number:,} people"
    return "1 group" if number == 1 else f"{number:,} groups"


def _verb(of: dict[str, None], verb: str) -> str:
    return f"{verb}s" if len(of) == 1 else verb
