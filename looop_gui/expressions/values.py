"""The values of expressions: text, lists of text, null, and the two keywords that stop a flow.

Inside the language everything is text (reference section d.1 rule 11): booleans are "True" and
"False", numbers decimal text, dates "M/d/yyyy h:mm:ss tt" in UTC. A list is a tuple of texts.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

TRUE = "True"
FALSE = "False"

MAX_VALUE_LENGTH = 1_000_000
"""No value of an expression is longer, in characters; nested replacements could grow for ever."""


class FlowControl(Enum):
    """The keywords that stop a flow instead of giving a value (reference section d.3)."""

    IGNORE_ATTRIBUTE_FLOW = "IgnoreAttributeFlow"
    IGNORE_OBJECT_FLOW = "IgnoreObjectFlow"


IGNORE_ATTRIBUTE_FLOW = FlowControl.IGNORE_ATTRIBUTE_FLOW
IGNORE_OBJECT_FLOW = FlowControl.IGNORE_OBJECT_FLOW

Value = str | tuple[str, ...] | None | FlowControl
"""What an expression, or a part of one, evaluates to."""

Result = Value
"""What a whole expression evaluates to: None means that nothing flows."""


class RandomSource(Protocol):
    """What Guid and RandomString need of `random.Random` or `random.SystemRandom`."""

    def randrange(self, start: int, /) -> int:
        """A whole number from 0 to `start` - 1."""
        ...


@dataclass(frozen=True, slots=True)
class EvaluationContext:
    """What an expression may know besides the attributes of its object.

    `now` has a time zone; `taken` holds the values that the target already has, or answers for one
    value (SelectUniqueValue); `default_domain` is what DefaultDomain() gives.
    """

    now: datetime
    random: RandomSource
    taken: Collection[str] | Callable[[str], bool] = frozenset()
    default_domain: str = ""

    def is_taken(self, value: str) -> bool:
        """True when the target already has that value."""
        return self.taken(value) if callable(self.taken) else value in self.taken


@dataclass(frozen=True, slots=True)
class EvaluationOptions:
    """`extended` admits the functions of the cloud-sync page (reference section d.3, below)."""

    extended: bool = False


DEFAULT_OPTIONS = EvaluationOptions()
