"""Which operators a clause may use on an attribute, and why some attributes cannot be filtered.

Reference section e.2 (types of each operator) and e.3 (what is not supported).
"""

from collections.abc import Mapping
from dataclasses import replace

from looop_gui.model.mapping import (
    AttributeDefinition,
    AttributeType,
    ObjectMapping,
    SynchronizationSchema,
)
from looop_gui.model.scope import FilterClause, FilterOperator, ScopingFilter

_PRESENCE = (FilterOperator.IS_NULL, FilterOperator.IS_NOT_NULL)

OPERATORS: dict[AttributeType, tuple[FilterOperator, ...]] = {
    AttributeType.STRING: (
        FilterOperator.EQUALS,
        FilterOperator.NOT_EQUALS,
        FilterOperator.INCLUDES,
        FilterOperator.ENDS_WITH,
        FilterOperator.REGEX_MATCH,
        FilterOperator.NOT_REGEX_MATCH,
        FilterOperator.IS_IN,
        FilterOperator.IS_NOT_IN,
        *_PRESENCE,
    ),
    AttributeType.INTEGER: (
        FilterOperator.EQUALS,
        FilterOperator.NOT_EQUALS,
        FilterOperator.GREATER_THAN,
        FilterOperator.GREATER_THAN_OR_EQUALS,
        *_PRESENCE,
    ),
    AttributeType.BOOLEAN: (FilterOperator.IS_TRUE, FilterOperator.IS_FALSE, *_PRESENCE),
    AttributeType.BINARY: _PRESENCE,
}

_REFUSED_NAMES = {
    "members": "The members of a group cannot be used in a scoping filter.",
    "appRoleAssignments": "Role assignments cannot be used in a scoping filter.",
    "userType": "userType is not available to scoping filters.",
    "manager": "The manager cannot be used in a scoping filter.",
    "IsSoftDeleted": "IsSoftDeleted is computed from the scope and cannot be part of it.",
}

_DATES = frozenset({"employeeHireDate", "birthday", "hireDate"})


def operators_for(definition: AttributeDefinition) -> tuple[FilterOperator, ...]:
    """The operators that fit an attribute's type; none where the attribute is refused."""
    if refusal(definition):
        return ()
    return OPERATORS[definition.type]


def refusal(definition: AttributeDefinition) -> str:
    """Why an attribute cannot be used in a clause (section e.3); empty when it can."""
    if definition.name in _REFUSED_NAMES:
        return _REFUSED_NAMES[definition.name]
    if definition.multivalued:
        return f"{definition.name} has several values; only attributes with one value can be used."
    is_date = definition.name in _DATES or definition.name.endswith("DateTime")
    if is_date or definition.type is AttributeType.DATE_TIME:
        return f"{definition.name} is a date; scoping filters cannot compare dates."
    if definition.type is AttributeType.REFERENCE:
        return f"{definition.name} refers to another object and cannot be used."
    return ""


def finished(schema: SynchronizationSchema) -> SynchronizationSchema:
    """The schema without clauses that were begun and have no attribute yet."""
    return replace(
        schema,
        user_mapping=_finished(schema.user_mapping),
        group_mapping=_finished(schema.group_mapping),
    )


def scope_problems(schema: SynchronizationSchema) -> tuple[str, ...]:
    """Why clauses of the scoping filters cannot be used, as sentences; those block saving."""
    found: list[str] = []
    for mapping in (schema.user_mapping, schema.group_mapping):
        definitions = {d.name: d for d in schema.source_attributes_of(mapping.object_type)}
        for group in mapping.scope.groups:
            found += (clause_problem(clause, definitions) for clause in group.clauses)
    return tuple(sentence for sentence in found if sentence)


def clause_problem(clause: FilterClause, definitions: Mapping[str, AttributeDefinition]) -> str:
    """Why a clause cannot be used; empty when it can, or while it has no attribute yet."""
    if not clause.attribute:
        return ""
    definition = definitions.get(clause.attribute)
    if definition is None:
        return f"There is no source attribute {clause.attribute}."
    refused = refusal(definition)
    if refused or clause.operator in operators_for(definition):
        return refused
    return f"{clause.operator.value} does not fit an attribute of the type {definition.type.value}."


def _finished(mapping: ObjectMapping) -> ObjectMapping:
    groups = tuple(
        replace(group, clauses=tuple(clause for clause in group.clauses if clause.attribute))
        for group in mapping.scope.groups
    )
    return replace(mapping, scope=ScopingFilter(groups))
