"""The suggested change really puts somebody in scope, and no smaller change does."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from looop_gui.engine.census import take_census
from looop_gui.engine.explain import ChangeKind, ScopeStep, explain
from looop_gui.engine.scope_change import ScopeConfiguration, in_scope_ids, scope_change
from looop_gui.model.connection import Application, ConnectionSettings
from looop_gui.model.directory import (
    DEFAULT_ACCESS,
    AppRole,
    AppRoleAssignment,
    AttributeValue,
    DirectoryObject,
    DirectorySnapshot,
    ObjectType,
)
from looop_gui.model.scope import (
    FilterClause,
    FilterGroup,
    FilterOperator,
    ProvisioningScope,
    ScopingFilter,
)
from looop_gui.setup.default_mappings import default_schema

LEARNER = AppRole("r1", "learner", "Learner")
SCHEMA = default_schema(Application.LOOOP)
MATCHING = "userPrincipalName"
NAMES = ("x", "y", "accountEnabled")
VALUES = ("a", "b", "ab", "1", "2", "True", "False")
CANDIDATES: tuple[str | None, ...] = (None, *VALUES, "3", "aa", "ba", "bab", "aba", "other")

values = st.sampled_from(VALUES)
attribute_maps = st.dictionaries(st.sampled_from(NAMES), values)
clauses = st.builds(
    FilterClause,
    attribute=st.sampled_from(NAMES),
    operator=st.sampled_from(FilterOperator),
    value=st.sampled_from(("", "a", "b", "ab", "1", "2", "True", "a+", "[ab]b")),
)
filters = st.builds(
    ScopingFilter,
    st.lists(
        st.builds(FilterGroup, st.sampled_from("FG"), st.lists(clauses, max_size=3).map(tuple)),
        max_size=2,
    ).map(tuple),
)
configurations = st.builds(
    lambda scope, connection: ScopeConfiguration(
        replace(SCHEMA, user_mapping=replace(SCHEMA.user_mapping, scope=scope)), connection
    ),
    filters,
    st.builds(
        ConnectionSettings,
        scope=st.sampled_from(ProvisioningScope),
        exclude_default_access=st.booleans(),
        regex_search=st.booleans(),
    ),
)


@st.composite
def directories(draw: st.DrawFn) -> DirectorySnapshot:
    people = {
        name: DirectoryObject(
            name,
            ObjectType.USER,
            {MATCHING: draw(st.sampled_from((f"{name}@b.c", "")))} | draw(attribute_maps),
            draw(st.booleans()),
        )
        for name in ("ann", "bob")
    }
    members: dict[str, AttributeValue] = {
        "members": tuple(draw(st.sets(st.sampled_from(("ann", "bob")))))
    }
    groups = {"g": DirectoryObject("g", ObjectType.GROUP, members)}
    assignments = draw(
        st.lists(
            st.builds(
                AppRoleAssignment,
                st.sampled_from(("ann", "bob", "g")),
                st.sampled_from((DEFAULT_ACCESS, LEARNER)),
            ),
            max_size=3,
        )
    )
    return DirectorySnapshot(people, groups, tuple(assignments), "digest")


def is_in_scope(snapshot: DirectorySnapshot, configuration: ScopeConfiguration) -> bool:
    return "ann" in in_scope_ids(snapshot, configuration, ObjectType.USER)


def applied(snapshot: DirectorySnapshot, steps: Iterable[ScopeStep]) -> DirectorySnapshot:
    for step in steps:
        match step.kind:
            case ChangeKind.RESTORE:
                snapshot = restored(snapshot)
            case ChangeKind.ASSIGN:
                snapshot = assigned(snapshot, step.role or LEARNER)
            case ChangeKind.MATCHING:
                snapshot = with_value(snapshot, step.attribute, "ann@b.c")
            case ChangeKind.ENABLE_ACCOUNT | ChangeKind.ATTRIBUTE:
                snapshot = with_value(snapshot, step.attribute, step.value)
    return snapshot


def with_ann(snapshot: DirectorySnapshot, ann: DirectoryObject) -> DirectorySnapshot:
    return replace(snapshot, users={**snapshot.users, "ann": ann})


def restored(snapshot: DirectorySnapshot) -> DirectorySnapshot:
    return with_ann(snapshot, replace(snapshot.users["ann"], deleted=False))


def assigned(snapshot: DirectorySnapshot, role: AppRole) -> DirectorySnapshot:
    return replace(snapshot, assignments=(*snapshot.assignments, AppRoleAssignment("ann", role)))


def with_value(snapshot: DirectorySnapshot, attribute: str, value: str | None) -> DirectorySnapshot:
    ann = snapshot.users["ann"]
    attributes = {name: given for name, given in ann.attributes.items() if name != attribute}
    if value is not None:
        attributes[attribute] = value
    return with_ann(snapshot, replace(ann, attributes=attributes))


def changed_by(snapshot: DirectorySnapshot, count: int) -> Iterator[DirectorySnapshot]:
    """Every directory that `count` changes of different things make of this one."""
    for things in combinations(("restore", "assign", "name", *NAMES), count):
        choices = [CANDIDATES if thing in NAMES else (None,) for thing in things]
        for chosen in product(*choices):
            result = snapshot
            for thing, value in zip(things, chosen, strict=True):
                if thing == "restore":
                    result = restored(result)
                elif thing == "name":
                    result = with_value(result, MATCHING, "ann@b.c")
                elif thing == "assign":
                    result = assigned(result, LEARNER)
                else:
                    result = with_value(result, thing, value)
            yield result


@settings(max_examples=100, deadline=None)
@given(directories(), configurations)
def test_the_suggested_change_puts_in_scope_and_none_smaller_does(
    snapshot: DirectorySnapshot, configuration: ScopeConfiguration
) -> None:
    found = explain(snapshot.users["ann"], snapshot, configuration)
    assert found.in_scope == is_in_scope(snapshot, configuration)
    smallest = len(found.steps) if found.possible else 4
    for count in range(min(smallest, 3)):
        assert not any(is_in_scope(each, configuration) for each in changed_by(snapshot, count))
    if found.possible and all(
        step.known or step.kind is ChangeKind.MATCHING for step in found.steps
    ):
        assert is_in_scope(applied(snapshot, found.steps), configuration)


@settings(max_examples=100, deadline=None)
@given(directories(), configurations, configurations)
def test_counts_agree_with_one_another(
    snapshot: DirectorySnapshot, before: ScopeConfiguration, after: ScopeConfiguration
) -> None:
    census = take_census(snapshot, before)
    inside = in_scope_ids(snapshot, before, ObjectType.USER)
    assert census.users_in_scope == len(inside)
    skipped = [entry.id for row in census.rows for entry in row.entries]
    assert len(skipped) == len(set(skipped))
    assert {*skipped, *inside} >= snapshot.users.keys()
    for person in snapshot.users.values():
        assert explain(person, snapshot, before).in_scope == (person.id not in skipped)
    change = scope_change(snapshot, before, after)
    moved = len(change.entering) - len(change.leaving)
    assert change.in_scope_count == len(inside) + moved
