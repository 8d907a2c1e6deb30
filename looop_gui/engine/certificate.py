"""The no-op certificate: after a cycle, another one would write nothing; or why it would.

A target that normalises values (lower-cases a mail, trims a name, reformats a number) makes Entra
write the same attribute in every cycle (quirks 16 and 17). The plan of a cycle that looks at
everybody shows it: what is there now differs from what is wanted, although it was just written.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from looop_gui.model.plan import Plan

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class EndlessChange:
    """An attribute that every cycle would write again: for how many objects, for example how.

    `examples` are (held by the target, wanted); `cause` and `proposal` are sentences.
    """

    attribute: str
    count: int
    examples: tuple[tuple[str, str], ...]
    cause: str
    proposal: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """Whether another cycle would write nothing: `writes` is what it would send."""

    writes: int
    changes: tuple[EndlessChange, ...] = ()

    @property
    def clean(self) -> bool:
        """True when another cycle would write nothing."""
        return self.writes == 0


def certify(plan: Plan) -> Certificate:
    """The certificate of a plan that was made right after a cycle, for everybody."""
    pairs: dict[str, list[tuple[str, str]]] = {}
    for planned in plan.objects:
        for change in planned.changes:
            pair = (change.old_value or "", change.new_value or "")
            pairs.setdefault(change.display_name, []).append(pair)
    changes = [_endless(attribute, found) for attribute, found in sorted(pairs.items())]
    changes.sort(key=lambda change: -change.count)
    return Certificate(sum(len(planned.requests) for planned in plan.objects), tuple(changes))


def _endless(attribute: str, pairs: list[tuple[str, str]]) -> EndlessChange:
    cause, proposal = next(
        (words for test, words in _CAUSES if all(test(held, wanted) for held, wanted in pairs)),
        ("The target holds another value.", "Look at the attribute in the target's own pages."),
    )
    return EndlessChange(attribute, len(pairs), tuple(pairs[:EXAMPLES]), cause, proposal)


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


_CAUSES: Iterable[tuple[Callable[[str, str], bool], tuple[str, str]]] = (
    (
        lambda held, _wanted: not held,
        (
            "The target does not return what was written.",
            "Do not map the attribute, or apply the mapping only during object creation.",
        ),
    ),
    (
        lambda held, wanted: held.casefold() == wanted.casefold(),
        (
            "The target changes the letter case.",
            "Let the attribute not be caseExact, or map it with ToLower.",
        ),
    ),
    (
        lambda held, wanted: held.split() == wanted.split(),
        (
            "The target removes blanks.",
            "Map the attribute with Trim, or Replace runs of blanks.",
        ),
    ),
    (
        lambda held, wanted: bool(_digits(held)) and _digits(held) == _digits(wanted),
        (
            "The target writes numbers in its own way.",
            "Map the attribute with Replace so that it has the target's form.",
        ),
    ),
    (
        lambda held, wanted: bool(held) and (wanted.startswith(held) or held.startswith(wanted)),
        ("The target shortens or extends the value.", "Map the attribute with Left or Mid."),
    ),
)
