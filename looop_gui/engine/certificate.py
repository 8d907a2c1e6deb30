"""The no-op certificate: after a cycle, another one would write nothing; or why it would.

A target that normalises values (lower-cases a mail, trims a name, reformats a number) makes Entra
write the same attribute in every cycle (quirks 16 and 17). The plan of a cycle that looks at
everybody shows it: what is there now differs from what is wanted, although it was just written.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from looop_gui.engine.importing import REDACTED
from looop_gui.engine.normalisations import Pair, expression_for, recognise
from looop_gui.expressions.printer import quote
from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import AttributeMapping, MappingType, SynchronizationSchema
from looop_gui.model.plan import Plan

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class EndlessChange:
    """An attribute that every cycle would write again: for how many objects, for example how.

    `examples` are (held by the target, wanted); `cause` and `proposal` are sentences. `expression`
    is what to put into the mapping so that nothing is left to write, or "" when there is none.
    """

    attribute: str
    count: int
    examples: tuple[tuple[str, str], ...]
    cause: str
    proposal: str
    expression: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Whether another cycle would write nothing: `writes` is what it would send."""

    writes: int
    changes: tuple[EndlessChange, ...] = ()

    @property
    def clean(self) -> bool:
        """True when another cycle would write nothing."""
        return self.writes == 0


def certify(plan: Plan, schema: SynchronizationSchema | None = None) -> Certificate:
    """The certificate of a plan that was made right after a cycle, for everybody.

    With the schema that the cycle had, a proposal has the expression to put into the mapping.
    """
    pairs: dict[tuple[ObjectType, str], list[Pair]] = {}
    for planned in plan.objects:
        for change in planned.changes:
            pair = (change.old_value or "", change.new_value or "")
            pairs.setdefault((planned.object_type, change.display_name), []).append(pair)
    changes = [
        _endless(attribute, found, _mapping(schema, kind, attribute))
        for (kind, attribute), found in sorted(pairs.items())
    ]
    changes.sort(key=lambda change: -change.count)
    return Certificate(sum(len(planned.requests) for planned in plan.objects), tuple(changes))


def _mapping(
    schema: SynchronizationSchema | None, kind: ObjectType, attribute: str
) -> AttributeMapping | None:
    mappings = schema.mapping_of(kind).attribute_mappings if schema is not None else ()
    wanted = attribute.casefold()
    return next((one for one in mappings if one.target_attribute.casefold() == wanted), None)


def _endless(
    attribute: str, pairs: Sequence[Pair], mapping: AttributeMapping | None
) -> EndlessChange:
    cause, proposal, expression = _explained(pairs, mapping)
    return EndlessChange(
        attribute, len(pairs), tuple(pairs[:EXAMPLES]), cause, proposal, expression
    )


def _explained(pairs: Sequence[Pair], mapping: AttributeMapping | None) -> tuple[str, str, str]:
    """The cause, the proposal, and the expression of it if there is one."""
    readable = all(REDACTED not in pair for pair in pairs)
    steps = recognise(pairs) if readable else ()
    if steps:
        cause = f"The target {' and '.join(step.words for step in steps)}."
        inner = _own_expression(mapping) or "[attribute]"
        expression = expression_for(steps, inner)
        proposal = f"Map the attribute with the expression {expression}."
        return cause, proposal, expression if mapping is not None else ""
    cause, proposal = next(
        (words for test, words in _CAUSES if all(test(held, wanted) for held, wanted in pairs)),
        _ANOTHER_VALUE,
    )
    return cause, proposal, ""


def _own_expression(mapping: AttributeMapping | None) -> str:
    """What the mapping says now, as an expression; "" when it says nothing."""
    if mapping is None:
        return ""
    match mapping.mapping_type:
        case MappingType.DIRECT:
            return f"[{mapping.source}]"
        case MappingType.CONSTANT:
            return quote(mapping.source)
        case MappingType.EXPRESSION:
            return mapping.source
        case _:
            return ""


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


_ANOTHER_VALUE = (
    "The target answers that it took the value, and keeps another one.",
    "Look at the attribute in the target's own pages: it may be read-only there, or take only "
    "certain values. If so, do not map it, or apply the mapping only during object creation.",
)

_CAUSES: Iterable[tuple[Callable[[str, str], bool], tuple[str, str]]] = (
    (
        lambda held, _wanted: not held,
        (
            "The target does not return what was written: it ignores the value silently, or hides "
            "it.",
            "Do not map the attribute, or apply the mapping only during object creation.",
        ),
    ),
    (
        lambda held, wanted: held.casefold() == wanted.casefold(),
        (
            "The target changes the letter case.",
            "Let the attribute not be caseExact in the target attribute list.",
        ),
    ),
    (
        lambda held, wanted: held.split() == wanted.split(),
        (
            "The target changes blanks.",
            "Map the attribute with Replace so that it has the target's form.",
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
        (
            "The target shortens or extends the value.",
            "Map the attribute with Mid so that it is as long as the target lets it be.",
        ),
    ),
)
