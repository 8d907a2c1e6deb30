"""Reads mappings, scopes and attribute definitions of Graph JSON (reference section j).

Reading is tolerant: letter case and spellings that Microsoft's own samples mix are accepted, and
what cannot be understood is noted and kept for the export.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar

from looop_gui.expressions.errors import ExpressionSyntaxError
from looop_gui.expressions.graph_form import from_graph
from looop_gui.expressions.printer import print_expression
from looop_gui.expressions.tree import StringLiteral
from looop_gui.model.directory import ObjectType
from looop_gui.model.errors import ConfigurationError
from looop_gui.model.mapping import (
    AttributeDefinition,
    AttributeMapping,
    AttributeType,
    FlowBehavior,
    FlowType,
    MappingType,
    Mutability,
    ObjectMapping,
    TargetObjectActions,
)
from looop_gui.model.scope import (
    FilterClause,
    FilterGroup,
    FilterOperator,
    ScopingFilter,
    parse_operator,
)
from looop_gui.setup.schema_writing import (
    FLOW_TYPES,
    GRAPH,
    plain_attribute_definition,
    plain_attribute_mapping,
    plain_object_mapping,
)

E = TypeVar("E", bound=StrEnum)
Note = Callable[[str], None]
"""Takes a sentence about something that was not understood."""

_MAPPING_FIELDS = frozenset(
    {"defaultValue", "exportMissingReferences", "flowBehavior", "flowType"}
    | {"matchingPriority", "targetAttributeName", "source"}
)
_OBJECT_FIELDS = frozenset(
    {"enabled", "flowTypes", "metadata", "name", "scope", "sourceObjectName"}
    | {"targetObjectName", "attributeMappings"}
)


def ignore_notes(sentence: str) -> None:
    """Takes a note and forgets it, where the same was read before."""


def read_attribute_mapping(raw: Mapping[str, Any], note: Note = ignore_notes) -> AttributeMapping:
    """One attributeMapping without what it had besides."""
    target = str(raw.get("targetAttributeName") or "")
    mapping_type, source = _read_source(raw.get("source"), target, note)
    _note_unknown_fields(raw, _MAPPING_FIELDS, f"The mapping of {target}", note)
    return AttributeMapping(
        target_attribute=target,
        mapping_type=mapping_type,
        source=source,
        default_value=_text_or_none(raw.get("defaultValue")),
        matching_priority=_number(raw.get("matchingPriority")),
        flow_type=_choice(FlowType, raw.get("flowType"), FlowType.ALWAYS, target, note),
        flow_behavior=_choice(
            FlowBehavior, raw.get("flowBehavior"), FlowBehavior.FLOW_WHEN_CHANGED, target, note
        ),
    )


def keep_attribute_mapping(raw: Mapping[str, Any], note: Note) -> AttributeMapping:
    """One attributeMapping with what it had besides in `unknown`."""
    mapping = read_attribute_mapping(raw, note)
    return replace(mapping, unknown=_besides(raw, plain_attribute_mapping(mapping)))


def _read_source(raw: Any, target: str, note: Note) -> tuple[MappingType, str]:
    if not isinstance(raw, Mapping):
        return MappingType.NONE, ""
    kind, name, text = str(raw.get("type") or "").casefold(), raw.get("name"), raw.get("expression")
    if kind == "attribute" and isinstance(name, str) and name:
        return MappingType.DIRECT, name
    if kind == "constant" and isinstance(name, str):
        return MappingType.CONSTANT, name
    if kind == "function" and isinstance(text, str) and text.strip():
        _note_wrong_expression(raw, target, note)
        return MappingType.EXPRESSION, text
    try:
        tree = from_graph(raw)
    except ExpressionSyntaxError as error:
        note(f"The source of {target} was not understood and is kept: {error.message}")
        return MappingType.EXPRESSION, text if isinstance(text, str) else str(name or "")
    if kind == "attribute":
        return MappingType.DIRECT, print_expression(tree).strip("[]")
    if isinstance(tree, StringLiteral):
        return MappingType.CONSTANT, tree.value
    return MappingType.EXPRESSION, print_expression(tree)


def _note_wrong_expression(raw: Mapping[str, Any], target: str, note: Note) -> None:
    try:
        from_graph(raw)
    except ExpressionSyntaxError as error:
        note(f"The expression of {target} cannot be read: {error.message}")


def read_object_mapping(
    raw: Mapping[str, Any], object_type: ObjectType, note: Note = ignore_notes
) -> ObjectMapping:
    """One objectMapping without its attribute mappings and without what it had besides."""
    name = str(raw.get("name") or "")
    _note_unknown_fields(raw, _OBJECT_FIELDS, f'The object mapping "{name}"', note)
    return ObjectMapping(
        name=name,
        object_type=object_type,
        source_object_name=str(raw.get("sourceObjectName") or object_type.value),
        target_object_name=str(raw.get("targetObjectName") or ""),
        attribute_mappings=(),
        enabled=raw.get("enabled") is not False,
        actions=read_flow_types(raw.get("flowTypes"), note),
        scope=read_scope(raw.get("scope"), note),
    )


def keep_object_mapping(
    raw: Mapping[str, Any], object_type: ObjectType, note: Note
) -> ObjectMapping:
    """One objectMapping whole, with what it had besides in `unknown`."""
    mapping = read_object_mapping(raw, object_type, note)
    without_rows = dict(raw)
    if raw.get("attributeMappings"):
        without_rows["attributeMappings"] = []
    rows = objects_in(raw.get("attributeMappings"))
    return replace(
        mapping,
        attribute_mappings=tuple(keep_attribute_mapping(row, note) for row in rows),
        unknown=_besides(without_rows, plain_object_mapping(mapping)),
    )


def read_flow_types(raw: Any, note: Note) -> TargetObjectActions:
    """The target object actions of a text such as "Add, Update, Delete"; all when it is absent."""
    if raw is None:
        return TargetObjectActions.CREATE | TargetObjectActions.UPDATE | TargetObjectActions.DELETE
    words = {word.strip().casefold() for word in str(raw).split(",")} - {"", "none"}
    actions = TargetObjectActions.NOTHING
    for action, word in FLOW_TYPES:
        if word.casefold() in words:
            actions |= action
            words.discard(word.casefold())
    if words:
        note(f"The target object actions {', '.join(sorted(words))} are not known and are kept.")
    return actions


def read_scope(raw: Any, note: Note) -> ScopingFilter:
    """The scoping filter; a clause that is not understood lets nobody pass until it is corrected.

    Leaving such a clause out would let more people in than the file meant.
    """
    if not isinstance(raw, Mapping):
        return ScopingFilter()
    for name in ("inputFilterGroups", "categoryFilterGroups"):
        if raw.get(name):
            note(f"{name} is kept, but has no effect here.")
    return ScopingFilter(
        tuple(
            FilterGroup(
                str(group.get("name") or ""),
                tuple(read_clause(clause, note) for clause in objects_in(group.get("clauses"))),
            )
            for group in objects_in(raw.get("groups"))
        )
    )


def read_clause(raw: Mapping[str, Any], note: Note) -> FilterClause:
    """One filterClause; one that is not understood becomes a clause that is never true."""
    attribute = str(raw.get("sourceOperandName") or "")
    operator_name = str(raw.get("operatorName") or "")
    operator = parse_operator(operator_name)
    operand = raw.get("targetOperand")
    values = operand.get("values") if isinstance(operand, Mapping) else None
    texts = [_text(value) for value in values] if isinstance(values, list) else []
    if operator is None or not attribute or len(texts) > 1:
        note(
            f"The clause {attribute} {operator_name} {', '.join(texts)} was not understood and is"
            " kept; its filter lets nobody pass until it is corrected."
        )
        return FilterClause(attribute, FilterOperator.EQUALS, "")
    return FilterClause(attribute, operator, texts[0] if texts else "")


def read_attribute_definition(
    raw: Mapping[str, Any], note: Note = ignore_notes
) -> AttributeDefinition:
    """One attributeDefinition without what it had besides."""
    name = str(raw.get("name") or "")
    return AttributeDefinition(
        name=name,
        type=_choice(AttributeType, raw.get("type"), AttributeType.STRING, name, note),
        anchor=raw.get("anchor") is True,
        required=raw.get("required") is True,
        multivalued=raw.get("multivalued") is True,
        case_exact=raw.get("caseExact") is True,
        mutability=_choice(Mutability, raw.get("mutability"), Mutability.READ_WRITE, name, note),
        referenced_objects=tuple(
            str(referenced.get("referencedObjectName") or "")
            for referenced in objects_in(raw.get("referencedObjects"))
        ),
    )


def keep_attribute_definition(
    raw: Mapping[str, Any], note: Note, known: Mapping[str, AttributeDefinition]
) -> AttributeDefinition:
    """One attributeDefinition with what it had besides, and what only our template knows."""
    read = read_attribute_definition(raw, note)
    template = known.get(read.name)
    return replace(
        read,
        filterable=template.filterable if template else False,
        canonical_values=template.canonical_values if template else (),
        unknown=_besides(raw, plain_attribute_definition(read)),
    )


def objects_in(value: Any) -> Sequence[Mapping[str, Any]]:
    """The JSON objects of a list; none where the field is null or absent.

    Raises ConfigurationError for anything else: a part that is dropped could be a filter.
    """
    if value is None:
        return ()
    if isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
        return value
    raise ConfigurationError(
        f"The schema has {json.dumps(value)[:60]} where a list of objects should be.",
        safe="The mappings are unchanged.",
        next_step="Download the schema again from Entra's schema editor.",
    )


def _besides(raw: Mapping[str, Any], plain: Mapping[str, Any]) -> dict[str, Any]:
    """The whole object under `GRAPH` when writing it plainly would not give it back."""
    return {} if json.dumps(raw) == json.dumps(plain) else {GRAPH: dict(raw)}


def _choice(kind: type[E], raw: Any, default: E, place: str, note: Note) -> E:
    if raw is None:
        return default
    for member in kind:
        if member.value.casefold() == str(raw).casefold():
            return member
    note(f'{place}: "{raw}" is not a known {kind.__name__}; it is kept, and read as {default}.')
    return default


def _note_unknown_fields(
    raw: Mapping[str, Any], known: frozenset[str], place: str, note: Note
) -> None:
    for name in raw:
        if name not in known and not name.startswith("@"):
            note(f"{place} has {name}, which is not known here; it is kept.")


def _text_or_none(value: Any) -> str | None:
    """A default value; Graph's samples write none as null and as an empty text."""
    return None if value is None or value == "" else _text(value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, bool) else json.dumps(value, ensure_ascii=False)


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0
