"""What leaving somebody out of a plan makes of the requests that refer to her, form by form."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from looop_gui.engine.plan_consequences import if_left_out
from looop_gui.engine.plan_thinning import thinned
from looop_gui.model.connection import Dialect
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import CycleKind
from looop_gui.model.plan import Plan, PlannedObject, PlannedRequest, PlanReference, ReferenceKind
from looop_gui.model.provisioning_log import ModifiedProperty, ProvisioningAction
from looop_gui.scim.dialect import (
    AttributeChange,
    add_members_request,
    create_request,
    remove_members_request,
    update_request,
)
from looop_gui.scim.messages import ScimRequest
from looop_gui.scim.target_path import target_path

MANAGER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"
ANN = "not-created-ann"


def change(path: str, value: Any, *, had: bool = True) -> AttributeChange:
    return AttributeChange(target_path(path), value, had, reference=path == MANAGER)


def row(
    request: ScimRequest, kind: ReferenceKind, changes: list[AttributeChange], which: str = "object"
) -> PlannedObject:
    attribute = MANAGER if kind is ReferenceKind.MANAGER else "members"
    return PlannedObject(
        ObjectType.USER if kind is ReferenceKind.MANAGER else ObjectType.GROUP,
        "bob",
        "Bob",
        which,
        ProvisioningAction.UPDATE,
        "",
        tuple(ModifiedProperty(one.path.text, None, str(one.value)) for one in changes),
        (PlannedRequest(request.method, request.path, request.body),),
        depends=(PlanReference(kind, "ann", "Ann", ANN, attribute),),
    )


def plan(*rows: PlannedObject) -> Plan:
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    return Plan(
        "c", "C", "http://t", Dialect.RFC7644, CycleKind.INITIAL, moment, "", "", tuple(rows)
    )


def of_left_out(planned: PlannedObject) -> tuple[PlannedObject | None, tuple[str, ...]]:
    thin = thinned(plan(planned))
    assert thinned(thin) == thin
    return (thin.objects[0] if thin.objects else None), thin.consequences


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("others", [[], ["department"], ["department", "costCenter"]])
def test_a_create_is_what_it_would_be_without_a_manager(
    dialect: Dialect, others: list[str]
) -> None:
    enterprise = MANAGER.removesuffix("manager")
    changes = [change("userName", "bob"), *(change(enterprise + one, one) for one in others)]
    made = create_request(ObjectType.USER, [*changes, change(MANAGER, ANN)], dialect)

    thin, said = of_left_out(row(made, ReferenceKind.MANAGER, [*changes, change(MANAGER, ANN)]))

    assert thin is not None
    assert thin.requests[0].body == create_request(ObjectType.USER, changes, dialect).body
    assert [one.display_name for one in thin.changes] == [one.path.text for one in changes]
    assert said == (
        "1 person refers to Ann, who is left out, as manager; their manager is written by a later "
        "cycle.",
    )


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("had_manager", [True, False])
@pytest.mark.parametrize(
    "others",
    [
        [change("title", "T")],
        [change("title", "T"), change("nickName", "B")],
        [change('emails[type eq "work"].value', "e"), change("title", "T"), change("userType", 1)],
        [change("title", "T"), change("nickName", "N", had=False)],
        [change("nickName", "N", had=False), change("title", "T"), change("locale", None)],
    ],
)
def test_a_change_is_what_it_would_be_without_a_manager(
    dialect: Dialect, had_manager: bool, others: list[AttributeChange]
) -> None:
    changes = [*others, change(MANAGER, ANN, had=had_manager)]
    sent = update_request(ObjectType.USER, "9", changes, dialect)

    thin, _ = of_left_out(row(sent, ReferenceKind.MANAGER, changes))

    assert thin is not None
    assert thin.requests[0].body == update_request(ObjectType.USER, "9", others, dialect).body


@pytest.mark.parametrize("dialect", list(Dialect))
def test_a_change_of_nothing_but_the_manager_is_left_out(dialect: Dialect) -> None:
    changes = [change(MANAGER, ANN)]
    sent = update_request(ObjectType.USER, "9", changes, dialect)
    assert of_left_out(row(sent, ReferenceKind.MANAGER, changes))[0] is None


@pytest.mark.parametrize("dialect", list(Dialect))
def test_members_come_in_batches_of_the_same_size(dialect: Dialect) -> None:
    there = ["1", ANN, "2", "3", "4"]
    batches = [add_members_request("g", there[i : i + 2], dialect) for i in (0, 2, 4)]
    requests = tuple(PlannedRequest(one.method, one.path, one.body) for one in batches)
    planned = replace(row(batches[0], ReferenceKind.MEMBER, [], "references"), requests=requests)

    thin, said = of_left_out(planned)

    assert thin is not None
    assert [one.body for one in thin.requests] == [
        add_members_request("g", ["1", "2"], dialect).body,
        add_members_request("g", ["3", "4"], dialect).body,
    ]
    assert thin.changes == (ModifiedProperty("members", None, "1; 2; 3; 4"),)
    assert said == (
        "1 group does not get Ann, who is left out, as a member; a later cycle adds the "
        "membership.",
    )


@pytest.mark.parametrize("dialect", list(Dialect))
def test_who_stays_managed_stays_a_member(dialect: Dialect) -> None:
    sent = remove_members_request("g", ["1", ANN, "2"], dialect)
    planned = row(sent, ReferenceKind.FORMER_MEMBER, [], "references")

    thin, said = of_left_out(planned)

    assert thin is not None
    assert thin.requests[0].body == remove_members_request("g", ["1", "2"], dialect).body
    assert thin.changes == (ModifiedProperty("members", "1; 2", None),)
    assert said == ("1 group keeps Ann, who is left out, as a member.",)
    assert if_left_out("Ann", [planned], "ann") == (
        "If left out: 1 group would keep Ann as a member."
    )


def test_who_is_written_whole_is_left_out_with_whoever_hangs_on_it() -> None:
    whole = ScimRequest("PUT", "/Users/9", body={"id": "9", MANAGER: ANN})
    bob = row(whole, ReferenceKind.MANAGER, [change(MANAGER, ANN)])
    hangs = PlanReference(ReferenceKind.MANAGER, "bob", "Bob", "9", MANAGER)
    changes = [change("title", "T"), change(MANAGER, "9")]
    sent = update_request(ObjectType.USER, "8", changes, Dialect.RFC7644)
    cyd = row(sent, ReferenceKind.MANAGER, changes)
    cyd = replace(cyd, source_id="cyd", source_name="Cyd", depends=(hangs,))

    thin = thinned(plan(bob, cyd))

    (kept,) = thin.objects
    expected = update_request(ObjectType.USER, "8", changes[:1], Dialect.RFC7644)
    assert kept.requests[0].body == expected.body
    assert thin.consequences[-1] == (
        "Bob is left out, too: the target takes only whole resources, and theirs would refer to "
        "Ann, who is left out."
    )
