"""Who is provisioned: the scope mode and scoping filters (reference sections b.1 and e)."""

from dataclasses import dataclass
from enum import StrEnum


class ProvisioningScope(StrEnum):
    """The portal's Scope setting (Graph secret SyncAll)."""

    ASSIGNED = "assigned"
    ALL = "all"


class FilterOperator(StrEnum):
    """The operators of a clause, spelled as the portal spells them (section e.2)."""

    EQUALS = "EQUALS"
    NOT_EQUALS = "NOT EQUALS"
    IS_TRUE = "IS TRUE"
    IS_FALSE = "IS FALSE"
    IS_NULL = "IS NULL"
    IS_NOT_NULL = "IS NOT NULL"
    REGEX_MATCH = "REGEX MATCH"
    NOT_REGEX_MATCH = "NOT REGEX MATCH"
    GREATER_THAN = "Greater_Than"
    GREATER_THAN_OR_EQUALS = "Greater_Than_OR_EQUALS"
    INCLUDES = "Includes"
    ENDS_WITH = "ENDS_WITH"
    IS_IN = "&"
    IS_NOT_IN = "!&"

    @property
    def unary(self) -> bool:
        """True for operators that take no value."""
        return self in _UNARY


_UNARY = frozenset(
    {
        FilterOperator.IS_TRUE,
        FilterOperator.IS_FALSE,
        FilterOperator.IS_NULL,
        FilterOperator.IS_NOT_NULL,
    }
)


def parse_operator(text: str) -> FilterOperator | None:
    """The operator of that name in any spelling: blanks, underscores and letter case are free.

    Graph's spelling of most operators is not published, so several are understood (section e.2).
    """
    return _SPELLINGS.get(_plain(text))


def _plain(text: str) -> str:
    return "".join(text.casefold().replace("_", " ").split())


_SPELLINGS = {_plain(operator.value): operator for operator in FilterOperator} | {
    "isin": FilterOperator.IS_IN,
    "in": FilterOperator.IS_IN,
    "isnotin": FilterOperator.IS_NOT_IN,
    "notin": FilterOperator.IS_NOT_IN,
    "contains": FilterOperator.INCLUDES,
    "equal": FilterOperator.EQUALS,
    "notequal": FilterOperator.NOT_EQUALS,
    "regexnotmatch": FilterOperator.NOT_REGEX_MATCH,
    "greaterthanorequal": FilterOperator.GREATER_THAN_OR_EQUALS,
}


@dataclass(frozen=True, slots=True)
class FilterClause:
    """One condition on one source attribute."""

    attribute: str
    operator: FilterOperator
    value: str = ""


@dataclass(frozen=True, slots=True)
class FilterGroup:
    """A titled scoping filter: its clauses are joined by AND (section e.1)."""

    name: str
    clauses: tuple[FilterClause, ...]


@dataclass(frozen=True, slots=True)
class ScopingFilter:
    """All scoping filters of one object mapping, joined by OR; none means everybody passes."""

    groups: tuple[FilterGroup, ...] = ()
