"""Attribute paths and filters as values, and how they are written (RFC 7644 section 3.4.2.2)."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

FilterValue = str | int | float | bool | None

OPERATORS: Final = ("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le")

_ATTRIBUTE = re.compile(
    r"(?:(?P<urn>urn:[A-Za-z0-9._~%+:\-]+):)?"
    r"(?P<name>[A-Za-z$][A-Za-z0-9_$\-]*)(?:\.(?P<sub>[A-Za-z$][A-Za-z0-9_$\-]*))?",
    re.IGNORECASE | re.ASCII,
)
# The version tells a schema's own URN ("...:2.0:User") from an attribute of a schema.
_BARE_SCHEMA = re.compile(
    r"urn:[A-Za-z0-9._~%+:\-]+:\d+(?:\.\d+)+:[A-Za-z0-9_\-]+", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True, slots=True)
class AttributePath:
    """Where an attribute is (RFC 7644 section 3.10), e.g. `emails[type eq "work"].value`.

    `urn` is the schema's URN in front, or None. `name` is empty when the path is a schema's URN
    alone. `value_filter` selects values of a multi-valued attribute (section 3.5.2).
    """

    urn: str | None
    name: str
    value_filter: "Filter | None" = None
    sub_attribute: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """An attribute compared with a JSON scalar; `operator` is one of `OPERATORS`."""

    path: AttributePath
    operator: str
    value: FilterValue


@dataclass(frozen=True, slots=True)
class Present:
    """`pr`: the attribute has a value that is not empty."""

    path: AttributePath


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more filters."""

    terms: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of two or more filters."""

    terms: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a filter."""

    term: "Filter"


@dataclass(frozen=True, slots=True)
class ValuePath:
    """A complex value filter: one and the same value of `path` satisfies `term`."""

    path: AttributePath
    term: "Filter"


Filter = Comparison | Present | And | Or | Not | ValuePath


def read_attribute(text: str) -> AttributePath | None:
    """Read an attribute path without a value filter; None when it is not one.

    A URN that ends in a version and a name ("...:2.0:User") is the schema itself.
    """
    if _BARE_SCHEMA.fullmatch(text):
        return AttributePath(urn=text, name="")
    found = _ATTRIBUTE.fullmatch(text)
    if found is None:
        return None
    return AttributePath(found["urn"], found["name"], None, found["sub"])


def format_path(path: AttributePath) -> str:
    """Write a path; reading the result gives the same path."""
    written = path.name if path.urn is None else f"{path.urn}:{path.name}".rstrip(":")
    if path.value_filter is not None:
        written += f"[{format_filter(path.value_filter)}]"
    return written if path.sub_attribute is None else f"{written}.{path.sub_attribute}"


def format_filter(tree: Filter) -> str:
    """Write a filter; reading the result gives the same tree."""
    match tree:
        case Comparison(path, operator, value):
            return f"{format_path(path)} {operator} {json.dumps(value, ensure_ascii=False)}"
        case Present(path):
            return f"{format_path(path)} pr"
        case ValuePath(path, term):
            return f"{format_path(path)}[{format_filter(term)}]"
        case Not(term):
            return f"not ({format_filter(term)})"
        case And(terms):
            return " and ".join(_grouped(term, (And, Or)) for term in terms)
        case Or(terms):
            return " or ".join(_grouped(term, (Or,)) for term in terms)


def _grouped(term: Filter, kinds: tuple[type, ...]) -> str:
    written = format_filter(term)
    return f"({written})" if isinstance(term, kinds) else written


def nodes(tree: Filter) -> Iterator[Filter]:
    """All nodes of a filter, the tree itself first."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        match node:
            case And(terms) | Or(terms):
                waiting.extend(reversed(terms))
            case Not(term) | ValuePath(_, term):
                waiting.append(term)
