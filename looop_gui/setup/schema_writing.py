"""Writes mappings, scopes and attribute definitions as Graph JSON (reference section j).

What an imported file had besides is in `unknown["graph"]`, the JSON object as it was. Writing goes
on from there and touches only the fields whose value was changed since, so a round trip changes
nothing but what was edited.
"""

import copy
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from looop_gui.expressions.errors import ExpressionSyntaxError
from looop_gui.expressions.graph_form import to_graph
from looop_gui.expressions.parser import parse
from looop_gui.expressions.printer import quote
from looop_gui.model.mapping import (
    AttributeDefinition,
    AttributeMapping,
    MappingType,
    ObjectMapping,
    TargetObjectActions,
)
from looop_gui.model.scope import FilterClause, ScopingFilter

GRAPH = "graph"
"""The key of `unknown` under which the imported JSON object is kept."""

JsonObject = dict[str, Any]
T = TypeVar("T")

FLOW_TYPES = (
    (TargetObjectActions.CREATE, "Add"),
    (TargetObjectActions.UPDATE, "Update"),
    (TargetObjectActions.DELETE, "Delete"),
)
"""The portal's target object actions and Graph's words for them."""


def amended(
    raw: Mapping[str, Any],
    current: T,
    read: Callable[[Mapping[str, Any]], T],
    write: Callable[[T], JsonObject],
) -> JsonObject:
    """`raw` with the fields changed in which `current` differs from what `raw` says."""
    result = copy.deepcopy(dict(raw))
    before, after = write(read(raw)), write(current)
    for name, value in after.items():
        if before.get(name) != value:
            result[name] = value
    return result


def plain_attribute_mapping(mapping: AttributeMapping) -> JsonObject:
    """Graph's attributeMapping."""
    return {
        "defaultValue": mapping.default_value,
        "exportMissingReferences": False,
        "flowBehavior": mapping.flow_behavior.value,
        "flowType": mapping.flow_type.value,
        "matchingPriority": mapping.matching_priority,
        "targetAttributeName": mapping.target_attribute,
        "source": source_to_graph(mapping.mapping_type, mapping.source),
    }


def source_to_graph(mapping_type: MappingType, source: str) -> JsonObject | None:
    """Graph's attributeMappingSource; None for the mapping type None (section c.1).

    An expression keeps its own text; one that cannot be read is written without parameters.
    """
    match mapping_type:
        case MappingType.NONE:
            return None
        case MappingType.DIRECT:
            return _source(f"[{source}]", source, "Attribute")
        case MappingType.CONSTANT:
            return _source(quote(source), source, "Constant")
    try:
        graph = to_graph(parse(source))
    except ExpressionSyntaxError:
        return _source(source, "", "Function")
    return graph | {"expression": source}


def _source(expression: str, name: str, kind: str) -> JsonObject:
    return {"expression": expression, "name": name, "parameters": [], "type": kind}


def plain_object_mapping(mapping: ObjectMapping) -> JsonObject:
    """Graph's objectMapping without its attribute mappings."""
    return {
        "enabled": mapping.enabled,
        "flowTypes": flow_types_to_graph(mapping.actions),
        "metadata": [],
        "name": mapping.name,
        "scope": scope_to_graph(mapping.scope),
        "sourceObjectName": mapping.source_object_name,
        "targetObjectName": mapping.target_object_name,
        "attributeMappings": [],
    }


def flow_types_to_graph(actions: TargetObjectActions) -> str:
    """Graph's flowTypes: "Add, Update, Delete", or "None"."""
    return ", ".join(word for action, word in FLOW_TYPES if action in actions) or "None"


def scope_to_graph(scope: ScopingFilter) -> JsonObject | None:
    """Graph's filter (section e.1); None where there is no scoping filter."""
    if not scope.groups:
        return None
    return {
        "categoryFilterGroups": [],
        "groups": [
            {"clauses": [_clause(clause) for clause in group.clauses], "name": group.name}
            for group in scope.groups
        ],
        "inputFilterGroups": [],
    }


def _clause(clause: FilterClause) -> JsonObject:
    return {
        "operatorName": clause.operator.value,
        "sourceOperandName": clause.attribute,
        "targetOperand": {"values": [] if clause.operator.unary else [clause.value]},
    }


def plain_attribute_definition(definition: AttributeDefinition) -> JsonObject:
    """Graph's attributeDefinition."""
    return {
        "anchor": definition.anchor,
        "caseExact": definition.case_exact,
        "defaultValue": None,
        "flowNullValues": False,
        "multivalued": definition.multivalued,
        "mutability": definition.mutability.value,
        "name": definition.name,
        "required": definition.required,
        "type": definition.type.value,
        "metadata": [],
        "referencedObjects": [
            {"referencedObjectName": name, "referencedProperty": None}
            for name in definition.referenced_objects
        ],
    }
