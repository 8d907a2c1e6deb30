"""The clauses of scoping filters: every operator with its null rule (reference sections e.2, e.3).

A value that is null or empty makes every clause false, except IS NULL. Comparisons are ordinal and
case-sensitive; only booleans are read in any letter case, since files write them so.
"""

import re
from collections.abc import Callable, Mapping

from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.functions.regular_expressions import (
    TIME_LIMIT,
    CompiledPattern,
    compile_pattern,
)
from looop_gui.model.directory import AttributeValue
from looop_gui.model.errors import ConfigurationError
from looop_gui.model.scope import FilterClause, FilterOperator

ClauseTest = Callable[[Mapping[str, AttributeValue]], bool]
"""Whether a clause is true of somebody's attributes."""

_Compare = Callable[[str], bool]

_REASONS = {
    "members": "the members of a group cannot be used in scoping filters",
    "appRoleAssignments": "role assignments cannot be used in scoping filters",
    "userType": "userType is not available as a source attribute",
    "manager": "a reference to another person cannot be used in scoping filters",
    "memberOf": "group membership cannot be used in scoping filters; assign the group instead",
    "IsMemberOf": "group membership cannot be used in scoping filters; assign the group instead",
    "directReports": "references to other people cannot be used in scoping filters",
    "IsSoftDeleted": "it is computed from the scope and cannot decide it",
}
_MULTIVALUED = frozenset(
    {"proxyAddresses", "businessPhones", "otherMails", "imAddresses", "assignedLicenses"}
    | {"assignedPlans", "identities", "interests", "responsibilities", "schools", "skills"}
)
_DATES = frozenset({"employeeHireDate", "birthday", "hireDate"})
_MOST_KNOWN_VALUES = 5_000
_INTEGER = re.compile(r"\s*[+-]?[0-9]+\s*", re.ASCII)


class UnsupportedFilterError(ConfigurationError):
    """A scoping filter uses what scoping filters cannot use (section e.3), or cannot be decided."""


def unsupported_reason(attribute: str) -> str | None:
    """Why an attribute cannot be used in a scoping filter, by its name; None when it can.

    That an attribute of the directory's own has several values shows only in its values.
    """
    if attribute in _REASONS:
        return _REASONS[attribute]
    if attribute in _MULTIVALUED:
        return "attributes with several values cannot be used in scoping filters"
    if attribute in _DATES or attribute.endswith("DateTime"):
        return "dates cannot be used in scoping filters"
    return None


def compile_clause(clause: FilterClause, *, regex_search: bool = False) -> ClauseTest:
    """The clause as a function. REGEX MATCH is of the whole value unless `regex_search`.

    Raises UnsupportedFilterError for an attribute that cannot be used and for a pattern that is
    none. So does the function for a value of several values or a pattern that takes too long.
    """
    reason = unsupported_reason(clause.attribute)
    if reason:
        raise UnsupportedFilterError(f"{clause.attribute} is refused: {reason}.")
    name = clause.attribute
    if clause.operator is FilterOperator.IS_NULL:
        return lambda attributes: not _single(attributes, name)
    compare = _comparison(clause, regex_search=regex_search)

    def test(attributes: Mapping[str, AttributeValue]) -> bool:
        value = attributes.get(name)
        if not value:
            return False
        if value.__class__ is not str:
            value = _single(attributes, name)
        return compare(value)

    return test


def _single(attributes: Mapping[str, AttributeValue], name: str) -> str:
    value = attributes.get(name) or ""
    if isinstance(value, str):
        return value
    raise UnsupportedFilterError(
        f"{name} is refused: attributes with several values cannot be used in scoping filters."
    )


def integer(text: str) -> int | None:
    """The integer that `text` is, with blanks around it ignored; None when it is none."""
    return int(text) if _INTEGER.fullmatch(text) else None


def _comparison(clause: FilterClause, *, regex_search: bool) -> _Compare:
    """The operator applied to a value that is neither null nor empty."""
    entered = clause.value
    match clause.operator:
        case FilterOperator.REGEX_MATCH:
            return _pattern_test(clause, search=regex_search)
        case FilterOperator.NOT_REGEX_MATCH:
            matches = _pattern_test(clause, search=regex_search)
            return lambda value: not matches(value)
        case FilterOperator.GREATER_THAN | FilterOperator.GREATER_THAN_OR_EQUALS:
            return _integer_test(clause)
        case operator:
            test = _TEXT_TESTS[operator]
            return lambda value: test(value, entered)


_TEXT_TESTS: dict[FilterOperator, Callable[[str, str], bool]] = {
    FilterOperator.EQUALS: lambda value, entered: value == entered,
    FilterOperator.NOT_EQUALS: lambda value, entered: value != entered,
    FilterOperator.IS_TRUE: lambda value, _: value.casefold() == "true",
    FilterOperator.IS_FALSE: lambda value, _: value.casefold() == "false",
    FilterOperator.IS_NOT_NULL: lambda value, _: True,
    FilterOperator.INCLUDES: lambda value, entered: entered in value,
    FilterOperator.ENDS_WITH: lambda value, entered: value.endswith(entered),
    FilterOperator.IS_IN: lambda value, entered: value in entered,
    FilterOperator.IS_NOT_IN: lambda value, entered: value not in entered,
}


def _integer_test(clause: FilterClause) -> _Compare:
    bound = integer(clause.value)
    if bound is None:
        return lambda value: False
    least = bound + 1 if clause.operator is FilterOperator.GREATER_THAN else bound

    def test(value: str) -> bool:
        number = integer(value)
        return number is not None and number >= least

    return test


def _pattern_test(clause: FilterClause, *, search: bool) -> _Compare:
    pattern = _compiled(clause)
    match = pattern.pattern.search if search else pattern.pattern.fullmatch
    known: dict[str, bool] = {}

    def test(value: str) -> bool:
        # Departments and cities repeat by the thousand.
        if value in known:
            return known[value]
        try:
            found = match(value, timeout=TIME_LIMIT) is not None
        except TimeoutError as error:
            raise UnsupportedFilterError(
                f"The pattern {clause.value} on {clause.attribute} takes too long.",
                safe="Nothing was changed.",
                next_step="Write it without repetitions inside repetitions.",
            ) from error
        if len(known) < _MOST_KNOWN_VALUES:
            known[value] = found
        return found

    return test


def _compiled(clause: FilterClause) -> CompiledPattern:
    try:
        return compile_pattern(clause.value)
    except EvaluationError as error:
        raise UnsupportedFilterError(
            f"The pattern on {clause.attribute} cannot be used. {error.sentence}"
        ) from error
