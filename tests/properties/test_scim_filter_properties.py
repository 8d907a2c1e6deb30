"""Filters: reading what was written, agreeing with a naive evaluation, and never breaking."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from looop_gui import resources
from looop_gui.scim.errors import ScimProtocolError
from looop_gui.scim.filter import parse_filter
from looop_gui.scim.filter_tree import (
    And,
    AttributePath,
    Comparison,
    Filter,
    Not,
    Or,
    Present,
    ValuePath,
    format_filter,
    format_path,
)
from looop_gui.scim.filtering import compile_filter, equalities
from looop_gui.scim.path import parse_path
from looop_gui.scim.schema import schema_set_from_json

SCHEMAS = schema_set_from_json(
    resources.read_json("schemas", "sets", "looop.json"),
    lambda name: resources.read_json("schemas", name),
)
USER = SCHEMAS.resource_types[0]
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

texts = st.text(max_size=8) | st.sampled_from(["ann", "ANN", "straße", "STRASSE", "é", "e\u0301"])
words = st.from_regex(r"[A-Za-z][A-Za-z0-9_\-]{0,6}", fullmatch=True).filter(
    lambda name: name.lower() not in ("and", "or", "not", "pr")
)
urns = st.sampled_from([None, ENTERPRISE, "urn:example:thing"])
scalars = (
    texts
    | st.booleans()
    | st.none()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
)
operators = st.sampled_from(["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"])
any_paths = st.builds(AttributePath, urns, words, st.none(), st.none() | words)


def trees(leaves: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    return st.recursive(
        leaves,
        lambda inner: (
            st.builds(lambda a, b: And((a, b)), inner, inner)
            | st.builds(lambda a, b: Or((a, b)), inner, inner)
            | st.builds(Not, inner)
        ),
        max_leaves=8,
    )


any_leaves = st.builds(Comparison, any_paths, operators, scalars) | st.builds(Present, any_paths)
any_trees = trees(
    any_leaves
    | st.builds(ValuePath, st.builds(AttributePath, urns, words), trees(any_leaves))
    | st.builds(
        lambda urn, name, term, sub, operator, value: Comparison(
            AttributePath(urn, name, term, sub), operator, value
        ),
        urns,
        words,
        trees(any_leaves),
        words,
        operators,
        scalars,
    )
)


def same(left: Any, right: Any) -> bool:
    """Equal in value and type, which `==` is not for true and 1."""
    return left == right and repr(left) == repr(right)


@settings(max_examples=100, deadline=None)
@given(any_trees)
def test_a_filter_that_was_written_reads_the_same(tree: Filter) -> None:
    assert same(parse_filter(format_filter(tree)), tree)


@settings(max_examples=100, deadline=None)
@given(any_paths, st.none() | trees(any_leaves))
def test_a_path_that_was_written_reads_the_same(path: AttributePath, term: Filter | None) -> None:
    made = AttributePath(path.urn, path.name, term, path.sub_attribute)
    assert same(parse_path(format_path(made)), made)


PIECES = ("(", ")", "[", "]", '"', "\\", " ", "not", "and", "or", "eq", "pr", "userName")
PIECES += ("emails", "emails.value", "type", "true", "null", "12", '"x"', ".value", "\x00")
noise = st.text(max_size=60) | st.lists(
    st.sampled_from([*PIECES, "urn:a:2.0:B:c"]), max_size=30
).map(" ".join)


@settings(max_examples=200, deadline=None)
@given(noise)
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (parse_filter, parse_path):
        error = refusal(read, text)
        assert error is None or error.status == 400
        assert error is None or json.dumps(error.to_body()).encode("utf-8")


def refusal(read: Callable[[str], object], text: str) -> ScimProtocolError | None:
    try:
        read(text)
    except ScimProtocolError as error:
        return error
    return None


# What users hold, and paths into it with the type and case rule that the schema gives them.
names = st.sampled_from(["ann", "Ann", "BOB", "bob", "x", ""])
dates = st.sampled_from(
    ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2025-12-31T23:59:59.5Z"]
)
users = st.fixed_dictionaries(
    {"userName": names},
    optional={
        "title": names,
        "externalId": names,
        "active": st.booleans(),
        "name": st.fixed_dictionaries({}, optional={"givenName": names, "familyName": names}),
        "emails": st.lists(
            st.fixed_dictionaries(
                {"value": names},
                optional={"type": st.sampled_from(["work", "home"]), "primary": st.booleans()},
            ),
            max_size=3,
        ),
        ENTERPRISE: st.fixed_dictionaries({}, optional={"department": names}),
        "meta": st.fixed_dictionaries({"created": dates}),
    },
)
TEXT = {"userName": False, "title": False, "externalId": True, "name.givenName": False}
TEXT |= {"emails.value": False, "emails.type": False, "emails": False}
TEXT |= {f"{ENTERPRISE}:department": False}
LOGICAL = ("active", "emails.primary")


def leaf(path: str, operator: str, value: Any) -> Comparison:
    return Comparison(parse_path(path), operator, value)


valid_leaves: st.SearchStrategy[Filter] = (
    st.builds(leaf, st.sampled_from(sorted(TEXT)), operators, names)
    | st.builds(leaf, st.sampled_from(LOGICAL), st.sampled_from(["eq", "ne"]), st.booleans())
    | st.builds(
        leaf,
        st.just("meta.created"),
        st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"]),
        dates,
    )
    | st.builds(
        leaf, st.sampled_from([*sorted(TEXT), *LOGICAL]), st.sampled_from(["eq", "ne"]), st.none()
    )
    | st.sampled_from([*sorted(TEXT), *LOGICAL, "name", "meta.created"]).map(
        lambda path: Present(parse_path(path))
    )
)
inner_leaves: st.SearchStrategy[Filter] = (
    st.builds(leaf, st.sampled_from(["value", "type"]), operators, names)
    | st.builds(leaf, st.just("primary"), st.sampled_from(["eq", "ne"]), st.booleans())
    | st.sampled_from(["value", "type", "primary"]).map(lambda path: Present(parse_path(path)))
)
valid_trees = trees(
    valid_leaves | st.builds(ValuePath, st.just(parse_path("emails")), trees(inner_leaves))
)


@settings(max_examples=300, deadline=None)
@given(valid_trees, st.lists(users, max_size=4))
def test_a_filter_agrees_with_a_naive_evaluation(tree: Filter, people: list[dict]) -> None:
    satisfies = compile_filter(tree, SCHEMAS, USER)
    reread = compile_filter(parse_filter(format_filter(tree)), SCHEMAS, USER)
    for person in people:
        expected = naive(tree, person)
        assert satisfies(person) is expected
        assert reread(person) is expected
        if expected:
            for path, value in equalities(tree):
                assert naive(Comparison(path, "eq", value), person)


def naive(tree: Filter, holder: dict) -> bool:
    match tree:
        case And(terms):
            return all(naive(term, holder) for term in terms)
        case Or(terms):
            return any(naive(term, holder) for term in terms)
        case Not(term):
            return not naive(term, holder)
        case ValuePath(_, term):
            return any(naive(term, element) for element in holder.get("emails", ()))
        case Present(path):
            return any(value not in ("", {}, []) for value in values(path, holder, whole=True))
        case Comparison(path, operator, value):
            return naive_comparison(path, operator, value, holder)
    raise AssertionError(tree)


def naive_comparison(path: AttributePath, operator: str, value: Any, holder: dict) -> bool:
    found = values(path, holder)
    if value is None:
        return bool(found) is (operator == "ne")
    if not found:
        return operator == "ne"
    exact = TEXT.get(format_path(path), False)

    def key(one: Any) -> Any:
        if path.sub_attribute == "created":
            return datetime.fromisoformat(one)
        return one if isinstance(one, bool) or exact else one.casefold()

    tests = {
        "eq": lambda a, b: a == b,
        "ne": lambda a, b: a != b,
        "co": lambda a, b: b in a,
        "sw": lambda a, b: a.startswith(b),
        "ew": lambda a, b: a.endswith(b),
        "gt": lambda a, b: a > b,
        "ge": lambda a, b: a >= b,
        "lt": lambda a, b: a < b,
        "le": lambda a, b: a <= b,
    }
    return any(tests[operator](key(one), key(value)) for one in found)


def values(path: AttributePath, holder: dict, *, whole: bool = False) -> list[Any]:
    start = holder if path.urn is None else holder.get(path.urn, {})
    found = start.get(path.name)
    listed = found if isinstance(found, list) else [] if found is None else [found]
    sub = path.sub_attribute
    if sub is None and path.name == "emails" and not whole:
        sub = "value"
    if sub is not None:
        listed = [one[sub] for one in listed if sub in one]
    if whole and path.name in ("name", "emails") and sub is None:
        return [inner for one in listed for inner in one.values()]
    return listed


@pytest.mark.parametrize("text", ["", " ", "()", "[", "a eq", '"', "not", "a b c"])
def test_short_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ScimProtocolError):
        parse_filter(text)
