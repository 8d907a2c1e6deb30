"""The fewest attributes to change so that somebody passes a scoping filter, and to which values.

The clauses of one filter are joined by AND, so each attribute of a filter is a problem of its own:
find one value that makes all of its clauses true. Values are tried that the clauses themselves
suggest, then those that several people of the directory share; each is checked by the clauses.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from looop_gui.engine.pattern_example import example_of
from looop_gui.engine.scoping_clauses import compile_clause, integer
from looop_gui.model.directory import AttributeValue
from looop_gui.model.scope import FilterClause, FilterGroup, FilterOperator

SharedValues = Callable[[str], Sequence[str]]
"""Values of an attribute that several people share, the commonest first."""

FIXED_ATTRIBUTES = frozenset({"id", "objectId", "originalUserPrincipalName"})
"""Attributes that the directory gives and nobody can change."""

_WORDS = re.compile(r"[^\s,;|]+")
_MOST_PIECES = 2_000
_COMPLETE = frozenset(
    {FilterOperator.EQUALS, FilterOperator.IS_NULL, FilterOperator.IS_TRUE, FilterOperator.IS_FALSE}
)


@dataclass(frozen=True, slots=True)
class AttributeRepair:
    """One attribute to change, and the clauses of it that are false now.

    `value` is a value that makes all clauses true; None takes the value away. Where no value could
    be found although there may be one, `known` is False and `value` is None.
    """

    attribute: str
    value: str | None
    known: bool
    failing: tuple[FilterClause, ...]


@dataclass(frozen=True, slots=True)
class FilterRepair:
    """What makes one filter true, with as few attributes as possible."""

    group: FilterGroup
    repairs: tuple[AttributeRepair, ...]

    @property
    def cost(self) -> tuple[int, int]:
        """How many attributes change, then how many of them to a value one has to find."""
        return len(self.repairs), sum(not repair.known for repair in self.repairs)


def repair_filter(
    groups: Sequence[FilterGroup],
    attributes: Mapping[str, AttributeValue],
    *,
    regex_search: bool,
    not_false: Collection[str] = (),
    shared_values: SharedValues = lambda attribute: (),
) -> FilterRepair | None:
    """The cheapest way through one of `groups`; None when there is no way through any.

    Besides the clauses, the attributes `not_false` (accountEnabled) have to be other than False;
    the repair then includes them. Raises UnsupportedFilterError.
    """
    found = [
        repair
        for group in groups
        if (repair := _repair_group(group, attributes, regex_search, not_false, shared_values))
    ]
    return min(found, key=lambda repair: repair.cost, default=None)


def _repair_group(
    group: FilterGroup,
    attributes: Mapping[str, AttributeValue],
    regex_search: bool,
    not_false: Collection[str],
    shared_values: SharedValues,
) -> FilterRepair | None:
    clauses: dict[str, list[FilterClause]] = {attribute: [] for attribute in not_false}
    for clause in group.clauses:
        clauses.setdefault(clause.attribute, []).append(clause)
    repairs = []
    for attribute, demands in clauses.items():
        test = _Demand(
            attribute, demands, regex_search=regex_search, not_false=attribute in not_false
        )
        if test.met_by(attributes):
            continue
        repair = _repair_attribute(test, attributes, shared_values)
        if repair is None:
            return None
        repairs.append(repair)
    return FilterRepair(group, tuple(repairs))


class _Demand:
    """All clauses on one attribute, as one test of a value."""

    def __init__(
        self,
        attribute: str,
        clauses: Sequence[FilterClause],
        *,
        regex_search: bool,
        not_false: bool,
    ) -> None:
        self.attribute = attribute
        self.clauses = clauses
        self.not_false = not_false
        self._tests = [compile_clause(c, regex_search=regex_search) for c in clauses]

    def met_by(self, attributes: Mapping[str, AttributeValue]) -> bool:
        """Whether all clauses are true, and the value is not False where it may not be."""
        if self.not_false and _is_false(attributes.get(self.attribute)):
            return False
        return all(test(attributes) for test in self._tests)

    def accepts(self, value: str | None) -> bool:
        """Whether this value would meet the demand."""
        return self.met_by({} if value is None else {self.attribute: value})

    def failing(self, attributes: Mapping[str, AttributeValue]) -> tuple[FilterClause, ...]:
        """The clauses that are false now."""
        pairs = zip(self.clauses, self._tests, strict=True)
        return tuple(clause for clause, test in pairs if not test(attributes))


def _is_false(value: AttributeValue | None) -> bool:
    return isinstance(value, str) and value.casefold() == "false"


def _repair_attribute(
    demand: _Demand, attributes: Mapping[str, AttributeValue], shared_values: SharedValues
) -> AttributeRepair | None:
    if demand.attribute in FIXED_ATTRIBUTES:
        return None
    failing = demand.failing(attributes)
    present = attributes.get(demand.attribute)
    own = present if isinstance(present, str) else ""
    for value in _candidates(demand, own, shared_values):
        if value != "" and demand.accepts(value):
            return AttributeRepair(demand.attribute, value, True, failing)
    if any(clause.operator in _COMPLETE for clause in demand.clauses):
        return None
    return AttributeRepair(demand.attribute, None, False, failing)


def _candidates(demand: _Demand, own: str, shared_values: SharedValues) -> Iterator[str | None]:
    """Values worth a try, the most natural first; None is no value at all."""
    operators = {clause.operator for clause in demand.clauses}
    if demand.not_false or operators & {FilterOperator.IS_TRUE, FilterOperator.IS_FALSE}:
        yield from ("True", "False")
    if FilterOperator.IS_NULL in operators:
        yield None
        return
    for clause in demand.clauses:
        if clause.operator is FilterOperator.EQUALS:
            yield clause.value
            return
    yield from shared_values(demand.attribute)
    pieces = list(_pieces(demand.clauses))
    yield from pieces
    yield from _composed(demand.clauses, pieces, own)
    yield from ("other", "1", "another value")


def _pieces(clauses: Iterable[FilterClause]) -> Iterator[str]:
    """What each clause alone would accept."""
    for clause in clauses:
        match clause.operator:
            case FilterOperator.REGEX_MATCH:
                example = example_of(clause.value)
                if example:
                    yield example
            case FilterOperator.GREATER_THAN | FilterOperator.GREATER_THAN_OR_EQUALS:
                yield from _integers_from(clause.value)
            case FilterOperator.IS_IN:
                yield from _parts(clause.value)
            case FilterOperator.INCLUDES | FilterOperator.ENDS_WITH:
                yield clause.value


def _integers_from(text: str) -> Iterator[str]:
    bound = integer(text)
    if bound is not None:
        yield from (str(bound + step) for step in range(4))


def _parts(text: str) -> Iterator[str]:
    """The words of a list, then every part of it, the shortest first."""
    yield from _WORDS.findall(text)
    yield text
    made = 0
    for length in range(1, len(text) + 1):
        for start in range(len(text) - length + 1):
            yield text[start : start + length]
            made += 1
            if made > _MOST_PIECES:
                return


def _composed(clauses: Sequence[FilterClause], pieces: Sequence[str], own: str) -> Iterator[str]:
    """What several clauses accept together: parts in one text, then the ending."""
    contained = [c.value for c in clauses if c.operator is FilterOperator.INCLUDES]
    endings = sorted((c.value for c in clauses if c.operator is FilterOperator.ENDS_WITH), key=len)
    if not contained and not endings:
        return
    end = endings[-1] if endings else ""
    for begin in (own, own.partition("@")[0], "", "a", *pieces[:20]):
        yield begin + "".join(contained) + end
        yield begin + " ".join(contained) + end
