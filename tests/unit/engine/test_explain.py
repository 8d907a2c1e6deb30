"""Why somebody is in scope or not, the smallest change, and the census of everybody skipped."""

from dataclasses import replace

import pytest

from looop_gui.engine.census import SkipCause, take_census
from looop_gui.engine.explain import ChangeKind, explain
from looop_gui.engine.scope_change import ScopeConfiguration, scope_change
from looop_gui.engine.scoping_clauses import UnsupportedFilterError
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
ALL = ConnectionSettings(scope=ProvisioningScope.ALL)


def person(object_id: str, *, deleted: bool = False, **attributes: str) -> DirectoryObject:
    given = {"displayName": object_id.title(), "userPrincipalName": f"{object_id}@b.c"}
    return DirectoryObject(object_id, ObjectType.USER, given | attributes, deleted)


def group(object_id: str, *members: str, secured: str = "True") -> DirectoryObject:
    attributes: dict[str, AttributeValue] = {
        "displayName": object_id.title(), "members": members, "securityEnabled": secured,
    }  # fmt: skip
    return DirectoryObject(object_id, ObjectType.GROUP, attributes)


def directory(
    *objects: DirectoryObject, assigned: tuple[str, ...] = (), role: AppRole = DEFAULT_ACCESS
) -> DirectorySnapshot:
    return DirectorySnapshot(
        {o.id: o for o in objects if o.object_type is ObjectType.USER},
        {o.id: o for o in objects if o.object_type is ObjectType.GROUP},
        tuple(AppRoleAssignment(one, role) for one in assigned),
        "digest",
    )


def clause(text: str) -> FilterClause:
    attribute, operator, value = (text + "||").split("|")[:3]
    return FilterClause(attribute, FilterOperator(operator), value)


def configuration(
    *filters: tuple[str, ...], settings: ConnectionSettings = ALL, groups_too: bool = False
) -> ScopeConfiguration:
    scope = ScopingFilter(
        tuple(
            FilterGroup(f"F{number}", tuple(map(clause, texts)))
            for number, texts in enumerate(filters, start=1)
        )
    )
    schema = replace(SCHEMA, user_mapping=replace(SCHEMA.user_mapping, scope=scope))
    if groups_too:
        schema = replace(schema, group_mapping=replace(schema.group_mapping, scope=scope))
    return ScopeConfiguration(schema, settings)


def test_somebody_in_scope_is_told_why() -> None:
    ann = person("ann", department="Sales")
    snapshot = directory(ann, group("g", "ann"), assigned=("ann", "g"), role=LEARNER)
    found = explain(
        ann, snapshot, configuration(("department|EQUALS|Sales",), settings=ConnectionSettings())
    )
    assert found.in_scope
    assert found.steps == ()
    assert found.summary == "Ann is in scope."
    assert found.reasons == (
        "Assigned directly with the role Learner.",
        "Assigned with the role Learner as a direct member of the group G.",
        'The filter "F1" passes.',
    )


def test_a_disabled_unassigned_person_of_another_department_needs_three_changes() -> None:
    ann = person("ann", department="IT", accountEnabled="False")
    others = [person(f"p{n}", department="Sales") for n in range(3)]
    snapshot = directory(ann, *others, group("g", "p1"), assigned=("g",))
    found = explain(
        ann, snapshot, configuration(("department|EQUALS|Sales",), settings=ConnectionSettings())
    )
    assert [step.sentence for step in found.steps] == [
        "Assign Ann to the application, or add Ann to the assigned group G.",
        "Enable the account of Ann.",
        'Set the department of Ann to "Sales", so that department EQUALS "Sales" is true.',
    ]
    assert found.summary == "Ann is not in scope; 3 changes would put it in scope."


def test_the_filter_with_the_fewest_attributes_to_change_is_taken() -> None:
    ann = person("ann", city="Rome", department="IT")
    found = explain(
        ann,
        directory(ann),
        configuration(
            ("department|EQUALS|Sales", "city|EQUALS|Oslo"),
            ("department|EQUALS|IT", "city|EQUALS|Bonn"),
        ),
    )
    assert [(s.attribute, s.value) for s in found.steps] == [("city", "Bonn")]


@pytest.mark.parametrize(
    ("clauses", "value"),
    [
        (("x|IS NOT NULL",), "shared"),
        (("x|NOT EQUALS|shared",), "other"),
        (("x|Greater_Than|41", "x|NOT EQUALS|42"), "43"),
        (("x|Greater_Than_OR_EQUALS|7",), "7"),
        (("x|Includes|lo", "x|ENDS_WITH|-b"), "lo-b"),
        (("x|REGEX MATCH|[A-Z]{2}\\d+", "x|NOT EQUALS|shared"), "AA1"),
        (("x|&|US,CA,MX", "x|NOT EQUALS|US"), "CA"),
        (("x|!&|shared values",), "other"),
        (("x|IS TRUE",), "True"),
        (("x|IS FALSE",), "False"),
    ],
)
def test_a_value_that_makes_all_clauses_of_an_attribute_true(
    clauses: tuple[str, ...], value: str
) -> None:
    ann = person("ann")
    snapshot = directory(ann, person("b", x="shared"), person("c", x="shared"))
    (step,) = explain(ann, snapshot, configuration(clauses)).steps
    assert (step.attribute, step.value) == ("x", value)


def test_is_null_takes_the_value_away() -> None:
    ann = person("ann", x="y")
    (step,) = explain(ann, directory(ann), configuration(("x|IS NULL",))).steps
    assert (step.value, step.known) == (None, True)
    assert step.sentence == "Take the x of Ann away, so that x IS NULL is true."


def test_a_value_nobody_can_guess_is_left_to_be_found() -> None:
    ann = person("ann")
    (step,) = explain(ann, directory(ann), configuration(("x|REGEX MATCH|(?=a)a\\p{L}",))).steps
    assert (step.value, step.known) == (None, False)
    assert step.sentence.startswith("Give Ann another x, so that")


@pytest.mark.parametrize(
    "clauses",
    [
        ("x|EQUALS|a", "x|EQUALS|b"),
        ("x|EQUALS|",),
        ("x|IS NULL", "x|IS NOT NULL"),
        ("accountEnabled|IS FALSE",),
        ("objectId|EQUALS|somebody else",),
    ],
)
def test_what_no_change_of_the_person_can_reach_is_a_matter_of_the_filter(
    clauses: tuple[str, ...],
) -> None:
    ann = person("ann", objectId="ann")
    found = explain(ann, directory(ann), configuration(clauses))
    assert not found.possible
    assert [step.kind for step in found.steps] == [ChangeKind.FILTER]


def test_enabling_the_account_also_makes_the_clause_true() -> None:
    ann = person("ann", accountEnabled="False")
    (step,) = explain(ann, directory(ann), configuration(("accountEnabled|IS TRUE",))).steps
    assert step.kind is ChangeKind.ENABLE_ACCOUNT


def test_default_access_where_it_is_excluded_needs_another_role() -> None:
    ann, bob = person("ann"), person("bob")
    snapshot = directory(ann, bob, assigned=("ann",))
    other = AppRoleAssignment("bob", LEARNER)
    snapshot = replace(snapshot, assignments=(*snapshot.assignments, other))
    settings = ConnectionSettings(exclude_default_access=True)
    found = explain(ann, snapshot, configuration(settings=settings))
    assert [(s.kind, s.role) for s in found.steps] == [(ChangeKind.ASSIGN, LEARNER)]
    assert "Default Access alone" in found.reasons[-1]


def test_nested_groups_and_groups_that_do_not_count_are_named() -> None:
    ann, bob = person("ann"), person("bob")
    snapshot = directory(
        ann, bob, group("outer", "inner"), group("inner", "ann"),
        group("mail", "bob", secured="False"),
        assigned=("outer", "mail"),
    )  # fmt: skip
    settings = configuration(settings=ConnectionSettings())
    assert any(
        "nested in the assigned group Outer" in r for r in explain(ann, snapshot, settings).reasons
    )
    assert any("not security-enabled" in r for r in explain(bob, snapshot, settings).reasons)
    mail = explain(snapshot.groups["mail"], snapshot, settings)
    assert [(s.attribute, s.value) for s in mail.steps] == [("securityEnabled", "True")]


def test_a_mapping_that_is_off_has_to_be_enabled() -> None:
    schema = replace(SCHEMA, group_mapping=replace(SCHEMA.group_mapping, enabled=False))
    snapshot = directory(group("g"))
    found = explain(snapshot.groups["g"], snapshot, ScopeConfiguration(schema, ALL))
    assert [step.kind for step in found.steps] == [ChangeKind.ENABLE_MAPPING]
    assert not found.in_scope


def test_an_unsupported_filter_is_refused() -> None:
    ann = person("ann")
    with pytest.raises(UnsupportedFilterError):
        explain(ann, directory(ann), configuration(("manager|EQUALS|x",)))


def test_nobody_without_a_matching_value_is_in_scope() -> None:
    snapshot = directory(person("gus", userPrincipalName=""), person("hal"))
    found = explain(snapshot.users["gus"], snapshot, configuration())
    assert not found.in_scope
    assert found.reasons[0] == "There is no value for any matching attribute (userPrincipalName)."
    (step,) = found.steps
    assert (step.kind, step.attribute, step.known) == (
        ChangeKind.MATCHING, "userPrincipalName", False,
    )  # fmt: skip
    asked_for = configuration(("userPrincipalName|EQUALS|gus@b.c",))
    (step,) = explain(snapshot.users["gus"], snapshot, asked_for).steps
    assert (step.kind, step.value) == (ChangeKind.ATTRIBUTE, "gus@b.c")
    change = scope_change(snapshot, configuration(), configuration())
    assert change.in_scope_count == take_census(snapshot, configuration()).users_in_scope == 1


def test_the_census_puts_everybody_under_one_cause() -> None:
    snapshot = directory(
        person("ann", department="Sales"),
        person("bob", department="IT"),
        person("cy", department="IT", accountEnabled="False"),
        person("di", deleted=True),
        person("ed"),
        person("flo"),
        person("gus", userPrincipalName=""),
        person("hal"),
        group("g", "ann", "bob", "cy", "di", "n"), group("n", "flo"),
        group("m", "hal", secured="False"),
        assigned=("g", "m"),
    )  # fmt: skip
    census = take_census(
        snapshot,
        configuration(("department|EQUALS|Sales", "x|IS NULL"), settings=ConnectionSettings()),
    )
    assert (census.users, census.users_in_scope) == (8, 1)
    assert (census.groups, census.groups_in_scope) == (3, 1)
    found = {(row.object_type, row.cause): [e.id for e in row.entries] for row in census.rows}
    user, kind = ObjectType.USER, SkipCause
    assert found == {
        (user, kind.FILTER): ["bob"],
        (user, kind.DISABLED): ["cy"],
        (user, kind.DELETED): ["di"],
        (user, kind.NOT_ASSIGNED): ["ed"],
        (user, kind.NESTED_ONLY): ["flo"],
        (user, kind.NO_MATCHING_VALUE): ["gus"],
        (user, kind.GROUP_REFUSED): ["hal"],
        (ObjectType.GROUP, kind.NOT_ASSIGNED): ["n"],
        (ObjectType.GROUP, kind.GROUP_REFUSED): ["m"],
    }
    (filtered,) = [row for row in census.rows if row.cause is SkipCause.FILTER]
    assert filtered.sentence == 'The scoping filter is false: department EQUALS "Sales".'


def test_a_scope_change_names_who_leaves_and_who_enters() -> None:
    snapshot = directory(
        person("ann", department="Sales"), person("bob", department="IT"), person("cy")
    )
    before = configuration(("department|EQUALS|Sales",))
    after = configuration(("department|EQUALS|IT",), ("department|IS NULL",))
    change = scope_change(snapshot, before, after)
    assert (change.in_scope_count, change.total) == (2, 3)
    assert [entry.id for entry in change.leaving] == ["ann"]
    assert [entry.id for entry in change.entering] == ["bob", "cy"]
    assert scope_change(snapshot, before, before).leaving == ()
    groups = scope_change(snapshot, before, after, ObjectType.GROUP)
    assert (groups.in_scope_count, groups.total) == (0, 0)
