"""Notes, while a plan is recorded, which of its references hang on what it does to somebody else.

Only who is created, found and linked, or managed again by the plan can be referred to because of
it; only who is managed no more is taken out of a group because of it. All others are as they are,
whether their row is left out or not.
"""

from collections.abc import Iterator, Sequence

from looop_gui.engine.conversation import ObjectOutcome, Pass
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Link
from looop_gui.model.plan import PlannedRequest, PlanReference, ReferenceKind


class Arrivals:
    """Who begins and who ends to be managed by the rows of a plan, as far as it is recorded.

    In an undo, only who is made anew: whom else it refers to is there in any case.
    """

    def __init__(self, *, undo: bool = False) -> None:
        self._undo = undo
        self._come: dict[str, tuple[str, str]] = {}
        self._go: dict[str, tuple[str, str]] = {}

    def note(self, outcome: ObjectOutcome, which: Pass, requests: Sequence[PlannedRequest]) -> None:
        """Take in what a row of the first pass does."""
        task, link = outcome.task, outcome.link
        if which is not Pass.OBJECT:
            return
        creates = any(one.method == "POST" for one in requests)
        begins = not self._undo and (task.link is None or not task.link.managed)
        if link is not None and (creates or begins) and (link.managed or self._undo):
            self._come[task.source_id] = task.source_name, link.target_id
        ends = outcome.unlink or (link is not None and not link.managed)
        if ends and not self._undo and task.link is not None and task.link.managed:
            self._go[task.source_id] = task.source_name, task.link.target_id

    def depends(self, outcome: ObjectOutcome, which: Pass) -> tuple[PlanReference, ...]:
        """The references of a row that hang on rows before it."""
        if not (self._come or self._go):
            return ()
        return tuple(self._found(outcome, which))

    def _found(self, outcome: ObjectOutcome, which: Pass) -> Iterator[PlanReference]:
        task = outcome.task
        if which is Pass.REFERENCES and task.source_id in self._come:
            yield self._reference(ReferenceKind.ITSELF, task.source_id)
        if task.object_type is ObjectType.USER:
            yield from self._manager(outcome)
        elif which is Pass.REFERENCES:
            before, after = _members(task.link), _members(outcome.link)
            for key in sorted((after - before) & self._come.keys()):
                yield self._reference(ReferenceKind.MEMBER, key, "members")
            for key in sorted((before - after) & self._go.keys()):
                yield self._reference(ReferenceKind.FORMER_MEMBER, key, "members")

    def _manager(self, outcome: ObjectOutcome) -> Iterator[PlanReference]:
        """The manager is the one that the link then says, or, in an undo, whom a change names."""
        key = outcome.link.manager if outcome.link is not None else ""
        if key not in self._come:
            return
        _, target_id = self._come[key]
        for change in outcome.modified_properties:
            if change.new_value == target_id:
                yield self._reference(ReferenceKind.MANAGER, key, change.display_name)
                return

    def _reference(self, kind: ReferenceKind, key: str, attribute: str = "") -> PlanReference:
        name, target_id = (self._go if kind is ReferenceKind.FORMER_MEMBER else self._come)[key]
        return PlanReference(kind, key, name, target_id, attribute)


def _members(link: Link | None) -> frozenset[str]:
    return link.members if link is not None else frozenset()
