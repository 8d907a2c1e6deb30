"""The undo of a run: which cycle is undone and how, and what it leaves as it is."""

from dataclasses import dataclass

from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Cycle


@dataclass(frozen=True, slots=True)
class UndoOrder:
    """The cycle to undo, by its id; `began` is when it began, for sentences.

    What the cycle created is deleted; with `disable`, people are disabled and groups stay.
    """

    cycle_id: str
    began: str = ""
    disable: bool = False


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """An object that an undo does not touch, and why: a code and a sentence."""

    object_type: ObjectType
    source_id: str
    source_name: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class UndoableRun:
    """A cycle of which before-images are kept; `undone` says that it was undone since."""

    cycle: Cycle
    objects: int
    undone: bool
