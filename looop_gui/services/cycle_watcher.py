"""Who looks on while a cycle runs: records its plan, or holds it to one."""

from typing import Protocol, TypeVar

from looop_gui.engine.conversation import Conversation, ObjectOutcome, ObjectTask, Pass

T = TypeVar("T")


class Watcher(Protocol):
    """Sees each conversation of a cycle before it begins, and what it came to.

    One that `applies` a plan lets nothing else through; where it `fixes_form`, a write that the
    target refuses is tried in no other form.
    """

    applies: bool
    fixes_form: bool

    def watch(
        self, task: ObjectTask, which: Pass, conversation: Conversation[T]
    ) -> Conversation[T]:
        """The conversation, watched."""

    def ended(self, outcome: ObjectOutcome, which: Pass) -> None:
        """Told what a conversation came to."""

    @property
    def words(self) -> str:
        """What it has to say at the end, or ""."""
