"""The no-op certificate: after a cycle, another one would write nothing; or why it would.

A target that normalises values (lower-cases a mail, trims a name, reformats a number) makes Entra
write the same attribute in every cycle (quirks 16 and 17). The plan of a cycle that looks at
everybody shows it: what is there now differs from what is wanted, although it was just written.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from looop_gui.engine.importing import REDACTED
from looop_gui.engine.normalisations import Pair, expression_for, recognise
from looop_gui.engine.plan import PRETENDED_ID
from looop_gui.expressions.printer import quote
from looop_gui.model.directory import ObjectType
from looop_gui.model.drift import DriftedObject
from looop_gui.model.mapping import (
    AttributeMapping,
    AttributeType,
    FlowType,
    MappingType,
    SynchronizationSchema,
)
from looop_gui.model.plan import Plan
from looop_gui.model.provisioning_log import ModifiedProperty, ProvisioningAction

EXAMPLES = 3

_UPDATES = (ProvisioningAction.UPDATE, ProvisioningAction.DISABLE)


class MappingRepair(StrEnum):
    """What ends an endless change: an expression, to write a value only when an object is created,
    not to compare letter case, or something that only a person can do."""

    EXPRESSION = "expression"
    ONLY_DURING_CREATION = "only during creation"
    NOT_CASE_EXACT = "not caseExact"
    BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class EndlessChange:
    """An attribute that every cycle would write again: for how many objects, for example how.

    `examples` are (held by the target, wanted); `cause` and `proposal` are sentences. `expression`
    is what to put into the mapping so that nothing is left to write, or "" when there is none.
    `repair` is what `repaired` does to the mapping.
    """

    attribute: str
    count: int
    examples: tuple[tuple[str, str], ...]
    cause: str
    proposal: str
    expression: str = ""
    object_type: ObjectType = ObjectType.USER
    repair: MappingRepair = MappingRepair.BY_HAND


@dataclass(frozen=True, slots=True)
class Certificate:
    """Whether another cycle would write nothing: `writes` is what it would send.

    `others` says how many objects it would not update but create, delete and so on; those failed,
    or changed since. Updates among them only wait to refer to one of those. `left_behind` is what
    the target keeps of what was deleted, which no cycle would write.
    """

    writes: int
    changes: tuple[EndlessChange, ...] = ()
    others: tuple[tuple[ProvisioningAction, int], ...] = ()
    left_behind: tuple[DriftedObject, ...] = ()

    @property
    def clean(self) -> bool:
        """True when another cycle would write nothing."""
        return self.writes == 0


def certify(
    plan: Plan,
    schema: SynchronizationSchema | None = None,
    left_behind: tuple[DriftedObject, ...] = (),
) -> Certificate:
    """The certificate of a plan that was made right after a cycle, for everybody.

    With the schema that the cycle had, a proposal has the expression to put into the mapping.
    """
    pairs: dict[tuple[ObjectType, str], list[Pair]] = {}
    others = Counter(one.action for one in plan.objects if one.action not in _UPDATES)
    for planned in plan.objects:
        changes_of = planned.changes if planned.action in _UPDATES else ()
        endless = [change for change in changes_of if not _waits(change)]
        others[planned.action] += bool(changes_of) and not endless
        for change in endless:
            pair = (change.old_value or "", change.new_value or "")
            pairs.setdefault((planned.object_type, change.display_name), []).append(pair)
    changes = [
        _endless(kind, attribute, found, schema)
        for (kind, attribute), found in sorted(pairs.items())
    ]
    changes.sort(key=lambda change: -change.count)
    writes = sum(len(planned.requests) for planned in plan.objects)
    return Certificate(writes, tuple(changes), tuple(sorted((+others).items())), left_behind)


def _waits(change: ModifiedProperty) -> bool:
    """True for a reference to what is not in the target: no value that the target has changed."""
    return any(one.startswith(PRETENDED_ID) for one in (change.new_value or "").split("; "))


def repaired(schema: SynchronizationSchema, change: EndlessChange) -> SynchronizationSchema | None:
    """The schema with the proposal in it; None where there is nothing to put in."""
    mapping = _mapping(schema, change.object_type, change.attribute)
    if mapping is None:
        return None
    match change.repair:
        case MappingRepair.EXPRESSION:
            edited = replace(mapping, mapping_type=MappingType.EXPRESSION, source=change.expression)
        case MappingRepair.ONLY_DURING_CREATION:
            edited = replace(mapping, flow_type=FlowType.OBJECT_ADD_ONLY)
        case MappingRepair.NOT_CASE_EXACT:
            return _without_case(schema, change)
        case _:
            return None
    known = schema.mapping_of(change.object_type)
    rows = tuple(edited if row is mapping else row for row in known.attribute_mappings)
    changed = replace(known, attribute_mappings=rows)
    if change.object_type is ObjectType.USER:
        return replace(schema, user_mapping=changed)
    return replace(schema, group_mapping=changed)


def _without_case(schema: SynchronizationSchema, change: EndlessChange) -> SynchronizationSchema:
    wanted = change.attribute.casefold()
    known = tuple(
        replace(one, case_exact=False) if one.name.casefold() == wanted else one
        for one in schema.target_attributes_of(change.object_type)
    )
    if change.object_type is ObjectType.USER:
        return replace(schema, target_user_attributes=known)
    return replace(schema, target_group_attributes=known)


def _mapping(
    schema: SynchronizationSchema | None, kind: ObjectType, attribute: str
) -> AttributeMapping | None:
    mappings = schema.mapping_of(kind).attribute_mappings if schema is not None else ()
    wanted = attribute.casefold()
    return next((one for one in mappings if one.target_attribute.casefold() == wanted), None)


def _endless(
    kind: ObjectType, attribute: str, pairs: Sequence[Pair], schema: SynchronizationSchema | None
) -> EndlessChange:
    mapping = _mapping(schema, kind, attribute)
    readable = all(REDACTED not in pair for pair in pairs)
    steps = recognise(pairs) if readable else ()
    if steps:
        cause = f"The target {' and '.join(step.words for step in steps)}."
        expression = expression_for(steps, _own_expression(mapping) or "[attribute]")
        proposal = f"Map the attribute with the expression {expression}."
        repair = MappingRepair.EXPRESSION
    else:
        expression = ""
        cause, proposal, repair = next(
            (words for test, words in _CAUSES if all(test(held, wanted) for held, wanted in pairs)),
            _ANOTHER_VALUE,
        )
    if mapping is None or _is_reference(schema, kind, attribute):
        expression, repair = "", MappingRepair.BY_HAND
    examples = tuple(pairs[:EXAMPLES])
    return EndlessChange(attribute, len(pairs), examples, cause, proposal, expression, kind, repair)


def _is_reference(schema: SynchronizationSchema | None, kind: ObjectType, attribute: str) -> bool:
    """References are compared with what was exported last, whatever the mapping's flow type."""
    known = schema.target_attributes_of(kind) if schema is not None else ()
    return any(
        one.type is AttributeType.REFERENCE and one.name.casefold() == attribute.casefold()
        for one in known
    )


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
    "The target answers that it took the value, and keeps another one; or the source has changed "
    "since the last cycle.",
    "Where the source has changed, run a cycle and check again. Else look at the attribute in the "
    "target's own pages: it may be read-only there, or take only certain values. If so, do not map "
    "it, or apply the mapping only during object creation.",
    MappingRepair.ONLY_DURING_CREATION,
)

_CAUSES: Iterable[tuple[Callable[[str, str], bool], tuple[str, str, MappingRepair]]] = (
    (
        lambda held, _wanted: not held,
        (
            "The target does not return what was written: it ignores the value silently, or hides "
            "it.",
            "Do not map the attribute, or apply the mapping only during object creation.",
            MappingRepair.ONLY_DURING_CREATION,
        ),
    ),
    (
        lambda held, wanted: held.casefold() == wanted.casefold(),
        (
            "The target changes the letter case.",
            "Let the attribute not be caseExact in the target attribute list.",
            MappingRepair.NOT_CASE_EXACT,
        ),
    ),
    (
        lambda held, wanted: held.split() == wanted.split(),
        (
            "The target changes blanks.",
            "Map the attribute with Replace so that it has the target's form.",
            MappingRepair.BY_HAND,
        ),
    ),
    (
        lambda held, wanted: bool(_digits(held)) and _digits(held) == _digits(wanted),
        (
            "The target writes numbers in its own way.",
            "Map the attribute with Replace so that it has the target's form.",
            MappingRepair.BY_HAND,
        ),
    ),
    (
        lambda held, wanted: bool(held) and (wanted.startswith(held) or held.startswith(wanted)),
        (
            "The target shortens or extends the value.",
            "Map the attribute with Mid so that it is as long as the target lets it be.",
            MappingRepair.BY_HAND,
        ),
    ),
)
