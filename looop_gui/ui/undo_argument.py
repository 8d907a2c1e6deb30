"""What other pages hand to the plan's page to have the undo of a run planned."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UndoArgument:
    """The id of the cycle to undo; with `disable`, whom it created is disabled, not deleted."""

    cycle_id: str
    disable: bool = False
