"""Tests of one value against a filter's literal, by the attribute's type (RFC 7644 table 3)."""

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from looop_gui.scim.date_time import parse_date_time
from looop_gui.scim.errors import ScimProtocolError, invalid_filter, shorten
from looop_gui.scim.schema import SchemaAttribute

Test = Callable[[Any], bool]

_ORDER: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_TEXTUAL: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "co": lambda value, part: part in value,
    "sw": str.startswith,
    "ew": str.endswith,
}


def compile_test(attribute: SchemaAttribute, operator_name: str, literal: Any) -> Test:
    """A function that compares one value of an attribute with a literal that is not null.

    Raises ScimProtocolError 400 invalidFilter where type, operator and literal do not go together.
    """
    if attribute.type == "boolean":
        return _boolean_test(attribute, operator_name, literal)
    if attribute.type in ("integer", "decimal"):
        return _number_test(attribute, operator_name, literal)
    if attribute.type == "dateTime" and operator_name not in _TEXTUAL:
        return _date_time_test(attribute, operator_name, literal)
    return _text_test(attribute, operator_name, literal)


def fold(attribute: SchemaAttribute, text: str) -> str:
    """A text as it is compared: without regard to letter case unless `caseExact`."""
    return text if attribute.compares_exactly else text.casefold()


def boolean_of_text(text: str) -> bool | None:
    """True or False for such a text in any letter case, otherwise None."""
    return {"true": True, "false": False}.get(text.lower())


def _boolean_test(attribute: SchemaAttribute, operator_name: str, literal: Any) -> Test:
    # RFC 7644 section 3.4.2.2: ordering booleans SHALL fail.
    if operator_name not in ("eq", "ne"):
        raise _not_comparable(attribute, operator_name, literal)
    wanted = boolean_of_text(literal) if isinstance(literal, str) else literal
    if not isinstance(wanted, bool):
        raise _not_comparable(attribute, operator_name, literal)
    if operator_name == "eq":
        return lambda value: value is wanted
    return lambda value: value is not wanted


def _number_test(attribute: SchemaAttribute, operator_name: str, literal: Any) -> Test:
    wanted = _number_of_text(literal) if isinstance(literal, str) else literal
    if operator_name in _TEXTUAL or isinstance(wanted, bool) or wanted is None:
        raise _not_comparable(attribute, operator_name, literal)
    if operator_name == "eq":
        return lambda value: value == wanted
    if operator_name == "ne":
        return lambda value: value != wanted
    order = _ORDER[operator_name]
    return lambda value: isinstance(value, int | float) and order(value, wanted)


def _date_time_test(attribute: SchemaAttribute, operator_name: str, literal: Any) -> Test:
    wanted = parse_date_time(literal) if isinstance(literal, str) else None
    if wanted is None:
        raise _not_comparable(attribute, operator_name, literal)
    if operator_name == "eq":
        return lambda value: parse_date_time(value) == wanted
    if operator_name == "ne":
        return lambda value: parse_date_time(value) != wanted
    order = _ORDER[operator_name]

    def test(value: Any) -> bool:
        moment = parse_date_time(value)
        return moment is not None and order(moment, wanted)

    return test


def _text_test(attribute: SchemaAttribute, operator_name: str, literal: Any) -> Test:
    if isinstance(literal, bool) or (attribute.type == "binary" and operator_name in _ORDER):
        raise _not_comparable(attribute, operator_name, literal)
    wanted = fold(attribute, literal if isinstance(literal, str) else str(literal))
    compare = {"eq": operator.eq, "ne": operator.ne, **_ORDER, **_TEXTUAL}[operator_name]
    if attribute.compares_exactly:
        return lambda value: isinstance(value, str) and compare(value, wanted)
    return lambda value: isinstance(value, str) and compare(value.casefold(), wanted)


def _number_of_text(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _not_comparable(
    attribute: SchemaAttribute, operator_name: str, literal: Any
) -> ScimProtocolError:
    return invalid_filter(
        f"'{attribute.name}' is of type {attribute.type} and cannot be compared by "
        f"'{operator_name}' with {shorten(literal, 40)}."
    )
