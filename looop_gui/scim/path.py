"""Reads attribute paths of PATCH, `attributes` and `sortBy` (RFC 7644 sections 3.5.2 and 3.10)."""

from functools import lru_cache
from typing import Final

from looop_gui.scim.errors import invalid_filter, invalid_path, shorten
from looop_gui.scim.filter import MAXIMUM_LENGTH, parse_filter
from looop_gui.scim.filter_tree import (
    AttributePath,
    Comparison,
    Filter,
    Present,
    ValuePath,
    format_path,
    nodes,
    read_attribute,
)

__all__ = ["AttributePath", "format_path", "parse_path"]


# Longer ones are read anew each time, so that the cache cannot grow large.
_CACHED_LENGTH: Final = 256


def parse_path(text: str) -> AttributePath:
    """Read a path such as `name.familyName`, `members[value eq "2819"]` or a schema's URN.

    Raises ScimProtocolError 400 invalidPath, or invalidFilter for what stands in the brackets.
    """
    return _parse_short(text) if len(text) <= _CACHED_LENGTH else _parse(text)


def _parse(text: str) -> AttributePath:
    text = text.strip(" ")
    if len(text) > MAXIMUM_LENGTH:
        raise invalid_path(f"The path is longer than {MAXIMUM_LENGTH} characters.")
    opening = text.find("[")
    if opening < 0:
        path = read_attribute(text)
        if path is None:
            raise _not_a_path(text)
        return path
    return _filtered(text, opening)


_parse_short = lru_cache(maxsize=4096)(_parse)


def _filtered(text: str, opening: int) -> AttributePath:
    closing = text.rfind("]")
    path = read_attribute(text[:opening].rstrip(" "))
    if path is None or not path.name or path.sub_attribute or closing < opening:
        raise _not_a_path(text)
    inside, after = text[opening + 1 : closing], text[closing + 1 :]
    sub_attribute = None
    if after:
        sub = read_attribute(after[1:]) if after.startswith(".") else None
        if sub is None or sub.urn or not sub.name or sub.sub_attribute:
            raise _not_a_path(text)
        sub_attribute = sub.name
    return AttributePath(path.urn, path.name, _value_filter(inside), sub_attribute)


def _value_filter(inside: str) -> Filter:
    tree = parse_filter(inside)
    if any(_selects_values(node) for node in nodes(tree)):
        raise invalid_filter("A value filter cannot hold another value filter.")
    return tree


def _selects_values(node: Filter) -> bool:
    if isinstance(node, ValuePath):
        return True
    return isinstance(node, Comparison | Present) and node.path.value_filter is not None


def _not_a_path(text: str) -> Exception:
    return invalid_path(f"'{shorten(text)}' is not an attribute path.")
