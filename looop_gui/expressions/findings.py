"""What lint says about an expression: a finding with its place, and a fix that can be applied."""

from dataclasses import dataclass
from enum import StrEnum

from looop_gui.expressions.tree import Span


class Severity(StrEnum):
    """Errors block saving; warnings ask."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Fix:
    """A change of the text that removes a finding: what stands at `span` is replaced."""

    title: str
    span: Span
    replacement: str

    def apply(self, text: str) -> str:
        """The expression's text with the change made."""
        return text[: self.span.start] + self.replacement + text[self.span.end :]


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One thing that is wrong or doubtful, and where; `message` is a sentence or two."""

    identifier: str
    severity: Severity
    message: str
    span: Span
    fix: Fix | None = None


def nearest(name: str, known: tuple[str, ...]) -> str | None:
    """The known name that is most like a name, if one is like it at all; letter case is nothing."""
    folded = {each.casefold(): each for each in reversed(known)}
    wanted = name.casefold()
    if wanted in folded:
        return folded[wanted]
    closest = min(folded, key=lambda each: _distance(wanted, each), default=None)
    if closest is None or _distance(wanted, closest) > max(1, len(wanted) // 3):
        return None
    return folded[closest]


def _distance(first: str, second: str) -> int:
    """The number of characters to insert, delete, change or swap with the next one."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for number, left in enumerate(first, start=1):
        earlier, before, row = before, row, [number]
        for place, right in enumerate(second, start=1):
            least = min(before[place] + 1, row[-1] + 1, before[place - 1] + (left != right))
            if earlier and place > 1 and left == second[place - 2] and right == first[number - 2]:
                least = min(least, earlier[place - 2] + 1)
            row.append(least)
    return row[-1]
