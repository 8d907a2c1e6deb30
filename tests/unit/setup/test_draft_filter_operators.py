"""Operators that fit an attribute's type, and what filters cannot use (sections e.2, e.3)."""

from dataclasses import replace

import pytest

from looop_gui.model.connection import Application
from looop_gui.model.mapping import AttributeDefinition, AttributeType
from looop_gui.model.scope import FilterClause, FilterGroup, FilterOperator, ScopingFilter
from looop_gui.setup.default_mappings import default_schema
from looop_gui.setup.filter_operators import finished, operators_for, refusal, scope_problems

SCHEMA = default_schema(Application.LOOOP)


@pytest.mark.parametrize(
    ("kind", "fits", "does_not"),
    [
        (AttributeType.STRING, FilterOperator.REGEX_MATCH, FilterOperator.GREATER_THAN),
        (AttributeType.INTEGER, FilterOperator.GREATER_THAN, FilterOperator.INCLUDES),
        (AttributeType.BOOLEAN, FilterOperator.IS_TRUE, FilterOperator.EQUALS),
        (AttributeType.BINARY, FilterOperator.IS_NULL, FilterOperator.EQUALS),
    ],
)
def test_operators_fit_the_type(
    kind: AttributeType, fits: FilterOperator, does_not: FilterOperator
) -> None:
    offered = operators_for(AttributeDefinition("x", kind))
    assert fits in offered
    assert does_not not in offered


@pytest.mark.parametrize(
    "definition",
    [
        AttributeDefinition("manager"),
        AttributeDefinition("members"),
        AttributeDefinition("userType"),
        AttributeDefinition("appRoleAssignments"),
        AttributeDefinition("otherMails", multivalued=True),
        AttributeDefinition("hired", AttributeType.DATE_TIME),
        AttributeDefinition("createdDateTime"),
        AttributeDefinition("sponsor", AttributeType.REFERENCE),
    ],
)
def test_what_filters_cannot_use_has_a_reason_and_no_operators(
    definition: AttributeDefinition,
) -> None:
    assert refusal(definition)
    assert operators_for(definition) == ()


def with_clauses(*clauses: FilterClause):
    scope = ScopingFilter((FilterGroup("f", clauses),))
    return replace(SCHEMA, user_mapping=replace(SCHEMA.user_mapping, scope=scope))


def test_unfinished_clauses_are_dropped_and_no_problem() -> None:
    good = FilterClause("department", FilterOperator.EQUALS, "Sales")
    schema = with_clauses(good, FilterClause("", FilterOperator.EQUALS, "x"))
    assert scope_problems(schema) == ()
    assert finished(schema).user_mapping.scope.groups[0].clauses == (good,)
    assert finished(SCHEMA) == SCHEMA


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        (FilterClause("nowhere", FilterOperator.EQUALS, "x"), "no source attribute nowhere"),
        (FilterClause("manager", FilterOperator.IS_NULL), "manager cannot"),
        (FilterClause("accountEnabled", FilterOperator.INCLUDES, "x"), "does not fit"),
    ],
)
def test_clauses_that_cannot_be_used_are_said(clause: FilterClause, words: str) -> None:
    (problem,) = scope_problems(with_clauses(clause))
    assert words in problem
