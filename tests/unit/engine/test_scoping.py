"""Who is in scope: assignment, nested groups, Default Access, activity, filters (section b)."""

import time

import pytest

from looop_gui.engine.entitlement import entitled
from looop_gui.engine.scoping import compile_scope, evaluate
from looop_gui.model.connection import ConnectionSettings
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

LEARNER = AppRole("r1", "learner", "Learner")
SETTINGS = ConnectionSettings()
ALL = ConnectionSettings(scope=ProvisioningScope.ALL)
SALES = ScopingFilter(
    (FilterGroup("Sales filter", (FilterClause("department", FilterOperator.EQUALS, "Sales"),)),)
)


def person(object_id: str, *, deleted: bool = False, **attributes: str) -> DirectoryObject:
    return DirectoryObject(object_id, ObjectType.USER, attributes, deleted)


def group(
    object_id: str, *members: str, deleted: bool = False, secured: str = "True"
) -> DirectoryObject:
    attributes: dict[str, AttributeValue] = {"members": members, "securityEnabled": secured}
    return DirectoryObject(object_id, ObjectType.GROUP, attributes, deleted)


def directory(
    *objects: DirectoryObject, assignments: tuple[AppRoleAssignment, ...] = ()
) -> DirectorySnapshot:
    users = {entry.id: entry for entry in objects if entry.object_type is ObjectType.USER}
    groups = {entry.id: entry for entry in objects if entry.object_type is ObjectType.GROUP}
    return DirectorySnapshot(users, groups, assignments, "digest")


def assigned(*principals: str, role: AppRole = DEFAULT_ACCESS) -> tuple[AppRoleAssignment, ...]:
    return tuple(AppRoleAssignment(principal, role) for principal in principals)


def test_assigned_are_direct_ones_and_direct_members_of_assigned_groups() -> None:
    snapshot = directory(
        person("a"), person("b"), person("c"), group("g", "b", "h"), group("h", "c"),
        assignments=assigned("a", "g"),
    )  # fmt: skip
    entitlement = entitled(snapshot, SETTINGS)
    reached = {x for x in ("a", "b", "c", "g", "h") if entitlement.is_entitled(x)}
    assert reached == {"a", "b", "g"}


def test_nested_groups_are_expanded_only_on_request_and_circles_end() -> None:
    snapshot = directory(
        person("c"), group("g", "h"), group("h", "c", "g"), assignments=assigned("g")
    )
    assert not entitled(snapshot, SETTINGS).is_entitled("c")
    expanded = entitled(snapshot, SETTINGS, expand_nested=True)
    assert expanded.is_entitled("c")
    assert not expanded.is_entitled("h")


@pytest.mark.parametrize(
    "refused", [group("g", "a", secured="False"), group("g", "a", deleted=True)]
)
def test_groups_deleted_or_not_security_enabled_reach_nobody(refused: DirectoryObject) -> None:
    entitlement = entitled(directory(person("a"), refused, assignments=assigned("g")), SETTINGS)
    assert not entitlement.is_entitled("a")
    assert not entitlement.is_entitled("g")
    assert "g" in entitlement.refused_groups


def test_somebody_unassigned_but_in_another_assigned_group_stays() -> None:
    snapshot = directory(
        person("a"), group("g", "a"), group("h", "a"), assignments=assigned("h", role=LEARNER)
    )
    entitlement = entitled(snapshot, SETTINGS)
    assert entitlement.is_entitled("a")
    assert entitlement.roles("a") == ("learner",)


def test_roles_come_from_all_assignments_each_once() -> None:
    snapshot = directory(
        person("a"), group("g", "a"), group("h", "a"),
        assignments=assigned("a") + assigned("g", "h", role=LEARNER),
    )  # fmt: skip
    assert entitled(snapshot, SETTINGS).roles("a") == ("Default Access", "learner")


def test_default_access_counts_unless_it_is_excluded() -> None:
    snapshot = directory(
        person("a"), person("b"), assignments=assigned("a", "b") + assigned("b", role=LEARNER)
    )
    assert entitled(snapshot, SETTINGS).is_entitled("a")
    legacy = entitled(snapshot, ConnectionSettings(exclude_default_access=True))
    assert legacy.is_assigned("a")
    assert not legacy.has_required_role("a")
    assert not legacy.is_entitled("a")
    assert legacy.is_entitled("b")


def test_sync_all_needs_no_assignment() -> None:
    entitlement = entitled(directory(person("a")), ALL)
    facts = compile_scope(ScopingFilter()).evaluate(person("a"), entitlement)
    assert facts.in_scope
    assert facts.details["Scope sync all"] == "True"


def test_the_facts_have_the_names_of_the_log() -> None:
    entry = person("a", department="Sales")
    entitlement = entitled(directory(entry, assignments=assigned("a")), SETTINGS)
    assert evaluate(entry, SALES, entitlement, SETTINGS).details == {
        "IsActive": "True",
        "Assigned": "True",
        "IsEffectivelyEntitledForProvisioning": "True",
        "IsInProvisioningScopeDisplayName": "True",
        "ScopeEvaluationResult": "{\"Sales filter.department EQUALS 'Sales'\":true}",
    }
    without_filter = evaluate(entry, ScopingFilter(), entitlement, SETTINGS)
    assert without_filter.details["ScopeEvaluationResult"] == "{}"


@pytest.mark.parametrize(
    ("entry", "is_assigned", "fact"),
    [
        (person("a", department="Sales", accountEnabled="False"), True, "active"),
        (person("a", department="Sales", deleted=True), True, "active"),
        (person("a", department="Sales"), False, "assigned"),
        (person("a", department="sales"), True, "filter_passed"),
    ],
)
def test_one_false_fact_is_enough(entry: DirectoryObject, is_assigned: bool, fact: str) -> None:
    snapshot = directory(entry, assignments=assigned("a") if is_assigned else ())
    entitlement = entitled(snapshot, SETTINGS)
    rules = compile_scope(SALES)
    facts = rules.evaluate(entry, entitlement)
    assert not facts.in_scope
    assert not rules.in_scope(entry, entitlement)
    names = ("active", "assigned", "has_required_role", "filter_passed")
    assert [name for name in names if not getattr(facts, name)] == [fact]


def test_a_hundred_thousand_people_are_decided_in_a_moment() -> None:
    people = [
        person(f"u{n}", department="Sales" if n % 3 else "IT", employeeId=str(n))
        for n in range(100_000)
    ]
    groups = [group(f"g{n}", *(f"u{m}" for m in range(n, 100_000, 50))) for n in range(50)]
    snapshot = directory(*people, *groups, assignments=assigned(*(f"g{n}" for n in range(25))))
    began = time.process_time()
    entitlement = entitled(snapshot, SETTINGS)
    rules = compile_scope(SALES)
    count = sum(rules.in_scope(entry, entitlement) for entry in people)
    assert time.process_time() - began < 3
    assert count == sum(1 for n in range(100_000) if n % 50 < 25 and n % 3)
