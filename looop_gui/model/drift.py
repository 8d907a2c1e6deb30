"""Drift: what the target holds otherwise than it was left, object by object."""

from dataclasses import dataclass
from enum import StrEnum

from looop_gui.model.directory import ObjectType


class DriftKind(StrEnum):
    """How an object differs: its values, or that it is gone, enabled or disabled there."""

    CHANGED = "changed"
    GONE = "gone"
    ENABLED = "enabled"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class DriftDifference:
    """One target attribute; None where there is no value. Members are named, not all of them."""

    attribute: str
    expected: str | None
    actual: str | None


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
        words = {
            DriftKind.ENABLED: "The account was enabled in the target",
            DriftKind.DISABLED: "The account was disabled in the target",
        }.get(self.kind, "The target holds other values")
        names = [one.attribute.rpartition(":")[2] for one in self.differences]
        shown = [name for name in dict.fromkeys(names) if name != "active"]
        if self.kind is DriftKind.CHANGED:
            return f"{words}: {', '.join(shown)}."
        return f"{words}; it holds other values, too: {', '.join(shown)}." if shown else f"{words}."


@dataclass(frozen=True, slots=True)
class DriftReport:
    """What a drift check found. `unread` counts resources that could not be read.

    Only linked objects are checked that a cycle has nothing else to do about. `repaired` says that
    the cycle has written what differed.
    """

    users: int
    groups: int
    unread: int
    objects: tuple[DriftedObject, ...]
    repaired: bool = False

    @property
    def left(self) -> int:
        """How many differ and are left so."""
        return 0 if self.repaired else len(self.objects)

    @property
    def sentence(self) -> str:
        """How many differ, for the cycle's row; "" when none does."""
        number = len(self.objects)
        if not number:
            return ""
        words = "1 linked object" if number == 1 else f"{number} linked objects"
        if self.repaired:
            return f"{words} differed in the target; what differed was written again."
        return f"{words} {'differs' if number == 1 else 'differ'} in the target."
