"""Reads the parameters of a query, from a URL or a `.search` body (RFC 7644 section 3.4)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from looop_gui.scim.errors import invalid_syntax, invalid_value, shorten
from looop_gui.scim.messages import (
    SEARCH_REQUEST,
    JsonObject,
    JsonValue,
    lower_names,
    names_schema,
)
from looop_gui.scim.projection import split_attribute_names

# Larger numbers mean the same and fit into no database.
_LARGEST: Final = 2**53
_INTEGER: Final = re.compile(r" *[+-]?[0-9]{1,1000} *")


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What a query asks for.

    `start_index` is 1 or more: less counts as 1. `count` is None when it was not given, and 0 or
    more otherwise: less counts as 0 (section 3.4.2.4).
    """

    attributes: tuple[str, ...] = ()
    excluded_attributes: tuple[str, ...] = ()
    filter: str | None = None
    sort_by: str | None = None
    descending: bool = False
    start_index: int = 1
    count: int | None = None


def search_request_from_query(query: Iterable[tuple[str, str]]) -> SearchRequest:
    """Read the unescaped names and values of a URL's query; other names are ignored.

    Names are read in any letter case. Raises ScimProtocolError 400 for a number that is not one.
    """
    given: JsonObject = {}
    for name, value in query:
        lowered = name.lower()
        if lowered in ("attributes", "excludedattributes"):
            given.setdefault(lowered, []).extend(split_attribute_names(value))
        else:
            given[lowered] = value
    return _read(given)


def search_request_from_json(body: JsonValue) -> SearchRequest:
    """Read a SearchRequest body. Raises ScimProtocolError 400 when it is not one."""
    if not isinstance(body, dict):
        raise invalid_syntax("The body of a search must be a JSON object.")
    given = lower_names(body)
    if not names_schema(given.get("schemas"), SEARCH_REQUEST):
        raise invalid_syntax(f"'schemas' of a search must be ['{SEARCH_REQUEST}'].")
    return _read(given)


def _read(given: JsonObject) -> SearchRequest:
    if len(given) == 1 and isinstance(given.get("filter"), str):
        return SearchRequest(filter=given["filter"] or None)  # a look-up
    start_index = _integer(given, "startindex", "startIndex")
    count = _integer(given, "count", "count")
    return SearchRequest(
        attributes=_names(given, "attributes"),
        excluded_attributes=_names(given, "excludedattributes"),
        filter=_text(given, "filter"),
        sort_by=_text(given, "sortby"),
        descending=_is_descending(given),
        start_index=1 if start_index is None else min(max(1, start_index), _LARGEST),
        count=None if count is None else min(max(0, count), _LARGEST),
    )


def _names(given: JsonObject, name: str) -> tuple[str, ...]:
    value = given.get(name)
    if value is None:
        return ()
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise invalid_value(f"'{name}' must be a list of attribute names.")
    return tuple(part for text in texts for part in split_attribute_names(text))


def _text(given: JsonObject, name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise invalid_value(f"'{name}' must be text.")
    return value or None


def _is_descending(given: JsonObject) -> bool:
    order = _text(given, "sortorder")
    if order is not None and order.lower() not in ("ascending", "descending"):
        raise invalid_value(f"'sortOrder' must be ascending or descending, not {shorten(order)}.")
    return order is not None and order.lower() == "descending"


def _integer(given: JsonObject, lowered: str, name: str) -> int | None:
    value = given.get(lowered)
    if value is None or value == "":
        return None
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)  # JSON does not tell 10.0 from 10
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid_value(f"'{name}' must be an integer, not {shorten(value, 40)}.")
    return value
