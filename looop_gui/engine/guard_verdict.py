"""What a guard says: why a cycle must not write, whom it concerns, and the token that allows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from looop_gui.engine.conversation import ObjectTask
from looop_gui.engine.decisions import Decision
from looop_gui.model.plan import GuardedObject, PlanGuard


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

NO_MATTER_HOW_FEW = -1
"""A guard with this `most` objects to a state of the source, whoever is left out."""


@dataclass(frozen=True, slots=True)
class GuardVerdict:
    """Why a cycle must not write. `staged` are the tasks that were held back.

    `facts` are what else the token stands for. With so many of the staged as `most`, the guard
    would not have objected. `parts` are the verdicts that were put together into this one.
    """

    guard: Guard
    sentence: str
    next_step: str
    staged: tuple[ObjectTask, ...]
    facts: str = ""
    most: int = NO_MATTER_HOW_FEW
    parts: "tuple[GuardVerdict, ...]" = ()

    @property
    def token(self) -> str:
        """Names the guard and exactly what it held back."""
        held = sorted(
            f"{task.object_type} {task.source_id} {task.decision}" for task in self.staged
        )
        facts = (self.facts,) if self.facts else ()
        text = "\n".join((self.guard, *facts, *held))
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def together(verdicts: Sequence[GuardVerdict]) -> GuardVerdict:
    """One verdict of all: with a token each, to allow one would only meet the next."""
    first = verdicts[0]
    if len(verdicts) == 1:
        return first
    sentences = [verdict.sentence.removesuffix(UNSENT).strip() for verdict in verdicts]
    staged = {(t.object_type, t.source_id): t for v in verdicts for t in v.staged}
    return GuardVerdict(
        first.guard,
        " ".join((*sentences, UNSENT)),
        first.next_step,
        tuple(staged.values()),
        " ".join(verdict.token for verdict in verdicts),
        parts=tuple(verdicts),
    )


def plan_guards(verdict: GuardVerdict | None) -> tuple[PlanGuard, ...]:
    """What a plan says about the guards that would stop it, each with its own list."""
    if verdict is None:
        return ()
    return tuple(
        PlanGuard(
            guard=str(one.guard),
            sentence=one.sentence.removesuffix(UNSENT).strip(),
            next_step=one.next_step,
            objects=tuple(_guarded(one, task) for task in one.staged),
            most=one.most,
        )
        for one in verdict.parts or (verdict,)
    )


def _guarded(verdict: GuardVerdict, task: ObjectTask) -> GuardedObject:
    what = _WHAT.get(task.decision, "leave as it is")
    if verdict.guard is Guard.MEMBERS_REMOVED and task.link is not None and task.source is not None:
        what = f"remove {len(task.link.members.difference(task.source.members)):,} members"
    return GuardedObject(task.object_type, task.source_id, task.source_name, what)


_WHAT = {
    Decision.PROVISION: "create or match",
    Decision.UPDATE: "update",
    Decision.DISABLE: "disable",
    Decision.LEAVE: "disable",
    Decision.DELETE: "delete",
    Decision.RETRACT: "take back",
}
