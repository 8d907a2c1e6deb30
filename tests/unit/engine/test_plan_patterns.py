"""What a plan comes to: shapes of changes, patterns by size, the sentence."""

from datetime import UTC, datetime

import pytest

from looop_gui.engine.plan_patterns import (
    ChangeShape,
    has_pattern,
    plan_patterns,
    plan_sentence,
    shape_of,
)
from looop_gui.model.connection import Dialect
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import CycleKind
from looop_gui.model.plan import Plan, PlannedObject, PlannedRequest
from looop_gui.model.provisioning_log import ModifiedProperty, ProvisioningAction


def planned(
    name: str, action: ProvisioningAction, *changes: tuple[str, str | None, str | None]
) -> PlannedObject:
    return PlannedObject(
        object_type=ObjectType.USER,
        source_id=name,
        source_name=name,
        which="object",
        action=action,
        reason="",
        changes=tuple(ModifiedProperty(*change) for change in changes),
        requests=(PlannedRequest("PATCH", f"/Users/{name}"),),
    )


def plan(*objects: PlannedObject) -> Plan:
    return Plan(
        connection_id="c",
        connection_name="C",
        tenant_url="https://c.looop.co/scim/v2",
        dialect=Dialect.ENTRA_LEGACY,
        kind=CycleKind.INCREMENTAL,
        made=datetime(2026, 11, 24, tzinfo=UTC),
        source_digest="s",
        configuration_digest="c",
        objects=objects,
    )


@pytest.mark.parametrize(
    ("old", "new", "shape"),
    [
        (None, "Sales", ChangeShape.SET),
        ("", "Sales", ChangeShape.SET),
        ("Sales", "", ChangeShape.EMPTIED),
        ("Sales", None, ChangeShape.EMPTIED),
        ("Sales", "SALES", ChangeShape.CASE),
        ("Straße", "STRASSE", ChangeShape.CASE),
        ("Sales", "Sale", ChangeShape.CHANGED),
    ],
)
def test_the_shape_of_a_change(old: str | None, new: str | None, shape: ChangeShape) -> None:
    assert shape_of(ModifiedProperty("department", old, new)) is shape


def test_patterns_come_by_size_and_find_their_objects() -> None:
    update, create = ProvisioningAction.UPDATE, ProvisioningAction.CREATE
    one = planned("a", update, ("department", "Sales", "SALES"), ("title", "x", "y"))
    other = planned("b", update, ("department", "Research", "RESEARCH"))
    made = planned("c", create, ("department", None, "Sales"))

    first, *rest = plan_patterns(plan(one, other, made))

    assert (first.action, first.attribute, first.shape, first.count) == (
        update,
        "department",
        ChangeShape.CASE,
        2,
    )
    assert {each.count for each in rest} == {1}
    assert [has_pattern(each, first) for each in (one, other, made)] == [True, True, False]


def test_the_sentence_counts_everybody_once_and_names_the_largest_change() -> None:
    update, disable = ProvisioningAction.UPDATE, ProvisioningAction.DISABLE
    objects = [planned(f"p{n}", update, ("department", "Sales", "SALES")) for n in range(3)]
    again = planned("p0", update, ("manager", None, "m"))
    gone = planned("g", disable, ("active", "True", "False"))
    assert plan_sentence(plan(*objects, again, gone)) == (
        "This cycle would update 3, disable 1; largest: department changes case only for 3."
    )
    assert plan_sentence(plan()) == "This cycle would write nothing."


def test_the_sentence_names_no_change_of_somebody_who_is_only_created() -> None:
    create, update = ProvisioningAction.CREATE, ProvisioningAction.UPDATE
    made = planned("g", create, ("displayName", None, "Sales"))
    filled = planned("g", update, ("members", None, "a, b"))
    assert plan_sentence(plan(made, filled)) == "This cycle would create 1."
