"""Drift: what the target holds otherwise than it was left, object by object."""

from dataclasses import dataclass
from enum import StrEnum

from looop_gui.model.directory import ObjectType


class DriftKind(StrEnum):
    """How an object differs: its values, or that it is gone, enabled or disabled there.

    STAYS: a cycle has deleted it, and it is there all the same. NORMALISED: the target writes
    values in its own way, as its certificate has named it; that is no drift.
    """

    CHANGED = "changed"
    GONE = "gone"
    ENABLED = "enabled"
    DISABLED = "disabled"
    STAYS = "stays"
    NORMALISED = "normalised"


@dataclass(frozen=True, slots=True)
class DriftDifference:
    """One target attribute; None where there is no value. Members are named, not all of them.

    `cause` says in words why it differs, where that is known.
    """

    attribute: str
    expected: str | None
    actual: str | None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class DriftedObject:
    """A linked object that the target holds otherwise than expected."""

    object_type: ObjectType
    source_id: str
    source_name: str
    target_id: str
    kind: DriftKind
    differences: tuple[DriftDifference, ...]

    @property
    def sentence(self) -> str:
        """What was changed in the target, in one sentence."""
        if self.kind is DriftKind.GONE:
            return "The account is gone in the target."
        if self.kind is DriftKind.STAYS:
            return (
                "A cycle has deleted it, the target answered that it did, and has it all the same."
            )
        if self.kind is DriftKind.NORMALISED:
            return f"{self._names()}: normalised by the target. {self.differences[0].cause}"
        causes = {one.cause for one in self.differences}
        if len(causes) == 1 and (cause := causes.pop()):
            return f"{self._names()}: {cause}."
        words = {
            DriftKind.ENABLED: "The account was enabled in the target",
            DriftKind.DISABLED: "The account was disabled in the target",
        }.get(self.kind, "The target holds other values")
        names = [one.attribute.rpartition(":")[2] for one in self.differences]
        shown = [name for name in dict.fromkeys(names) if name != "active"]
        if self.kind is DriftKind.CHANGED:
            return f"{words}: {', '.join(shown)}."
        return f"{words}; it holds other values, too: {', '.join(shown)}." if shown else f"{words}."

    def _names(self) -> str:
        names = (one.attribute.rpartition(":")[2] for one in self.differences)
        return ", ".join(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class DriftReport:
    """What a drift check found. `unread` counts resources that could not be read.

    Only linked objects are checked that a cycle has nothing else to do about. `repaired` says that
    the cycle has written what differed; resources that a DELETE has left are not among that.
    `normalised` are those that the target only writes in its own way; they are not repaired.
    """

    users: int
    groups: int
    unread: int
    objects: tuple[DriftedObject, ...]
    repaired: bool = False
    normalised: tuple[DriftedObject, ...] = ()

    @property
    def left(self) -> int:
        """How many differ and are left so."""
        return len(self.objects) - (self.repairable if self.repaired else 0)

    @property
    def repairable(self) -> int:
        """How many a repair would write."""
        return sum(1 for one in self.objects if one.kind is not DriftKind.STAYS)

    @property
    def sentence(self) -> str:
        """How many differ, for the cycle's row; "" when none does."""
        return " ".join(filter(None, (self._differing(), self._normalising())))

    def _differing(self) -> str:
        number = self.repairable if self.repaired else len(self.objects)
        left = self.left if self.repaired else 0
        parts = []
        if number:
            words = "1 linked object" if number == 1 else f"{number} linked objects"
            verb = "differs" if number == 1 else "differ"
            if self.repaired:
                parts.append(f"{words} differed in the target; what differed was written again.")
            else:
                parts.append(f"{words} {verb} in the target.")
        if left:
            what = "1 that was deleted is" if left == 1 else f"{left} that were deleted are"
            parts.append(f"{what} still in the target.")
        return " ".join(parts)

    def _normalising(self) -> str:
        number = len(self.normalised)
        if not number:
            return ""
        if number == 1:
            return "1 differs only in values that the target normalises; it is left as it is."
        return f"{number} differ only in values that the target normalises; they are left so."
