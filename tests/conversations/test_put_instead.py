"""A target without PATCH is read, changed and written whole (RFC 7644 section 3.5.1)."""

from dataclasses import replace

import pytest

from looop_gui.engine.decisions import Decision
from looop_gui.engine.membership import provision_members
from looop_gui.engine.owners import Owners
from looop_gui.engine.provisioning import provision_object
from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Adaptation
from looop_gui.scim.messages import FailureKind, ScimRequest, ScimResponse
from looop_gui.scim.replacing import replace_request

READ, PATCH, PUT = "GET /Users/u100", "PATCH /Users/u100", "PUT /Users/u100"
LOST = ScimResponse(0, failure=FailureKind.TIMEOUT, failure_text="It did not answer.")


@pytest.mark.parametrize("status", [405, 501])
def test_what_differs_is_merged_into_what_the_target_has(
    world, dialogue, make_person, make_resource, status
):
    world.link("ann", "u100")
    there = make_resource(
        name={"givenName": "Ann", "familyName": "Old"},
        nickName="Annie",
        meta={"version": "1"},
        groups=[{"value": "g1"}],
    )
    view = world.view

    talk = dialogue(
        provision_object(world.task(make_person(), Decision.UPDATE), view),
        [(READ, (200, there)), (PATCH, status), (READ, (200, there)), (PUT, (200, there))],
    )

    body = talk.bodies[-1]
    assert body["name"] == {"givenName": "Ann", "familyName": "Lee"}
    assert (body["nickName"], body["id"]) == ("Annie", "u100")
    assert not {"meta", "groups"} & body.keys()
    assert talk.result.wrote == 1

    again = dialogue(
        provision_object(world.task(make_person(), Decision.UPDATE), view),
        [(READ, (200, there)), (READ, (200, there)), (PUT, 200)],
    )
    assert again.result.wrote == 1


def test_a_put_without_an_answer_is_read_back(world, dialogue, make_person, make_resource):
    world.link("ann", "u100")
    there = make_resource(name={"givenName": "Ann", "familyName": "Old"})
    view = world.view
    view.puts = True

    talk = dialogue(
        provision_object(world.task(make_person(), Decision.UPDATE), view),
        [(READ, (200, there)), (READ, (200, there)), (PUT, LOST), (READ, (200, make_resource()))],
    )

    assert talk.result.wrote == 1


def test_without_adapting_it_fails_as_in_entra(world, dialogue, make_person, make_resource):
    world.settings = replace(world.settings, adapt_dialect=False)
    world.link("ann", "u100")
    there = make_resource(name={"givenName": "Ann", "familyName": "Old"})

    talk = dialogue(
        provision_object(world.task(make_person(), Decision.UPDATE), world.view),
        [(READ, (200, there)), (PATCH, 501)],
    )

    assert talk.result.error.error_code == "NotImplemented"


@pytest.mark.parametrize("shows_members", [True, False])
def test_members_that_the_target_does_not_show_are_not_lost(
    world, dialogue, make_group, shows_members
):
    for name in ("p1", "p2", "p3"):
        world.link(name, name.upper())
    world.link("sales", "g100", object_type=ObjectType.GROUP, members=frozenset({"p1", "p2"}))
    view = world.view
    view.puts = True
    view.owners = Owners(world.links.values())
    group = {"id": "g100", "displayName": "Sales"}
    if shows_members:
        group["members"] = [{"value": "P1"}, {"value": "P2"}]

    read, put = "GET /Groups/g100", "PUT /Groups/g100"
    after_adding = {**group, "members": [{"value": "P1"}, {"value": "P2"}, {"value": "P3"}]}
    talk = dialogue(
        provision_members(world.task(make_group("sales", "p1", "p3"), Decision.UPDATE), view),
        [(read, (200, group)), (put, 200), (read, (200, after_adding)), (put, 200)],
    )

    added, removed = [body["members"] for body in talk.bodies if body]
    assert added == [{"value": "P1"}, {"value": "P2"}, {"value": "P3"}]
    assert removed == [{"value": "P1"}, {"value": "P3"}]


@pytest.mark.parametrize(
    ("resource", "operation", "expected"),
    [
        ({}, {"op": "add", "path": "title", "value": "Boss"}, {"title": "Boss"}),
        ({"Title": "Old"}, {"op": "replace", "path": "title", "value": "Boss"}, {"title": "Boss"}),
        ({"title": "Old"}, {"op": "remove", "path": "title"}, {}),
        (
            {"name": {"givenName": "Ann", "familyName": "Lee"}},
            {"op": "remove", "path": "name.givenName"},
            {"name": {"familyName": "Lee"}},
        ),
        (
            {"emails": [{"type": "work", "value": "a"}, {"type": "home", "value": "b"}]},
            {"op": "replace", "path": 'emails[type eq "work"].value', "value": "c"},
            {"emails": [{"type": "work", "value": "c"}, {"type": "home", "value": "b"}]},
        ),
        (
            {"emails": [{"type": "work", "value": "a"}, {"type": "home", "value": "b"}]},
            {"op": "remove", "path": 'emails[type eq "work"]'},
            {"emails": [{"type": "home", "value": "b"}]},
        ),
        (
            {"emails": [{"type": "home", "value": "b"}]},
            {"op": "add", "path": "emails", "value": [{"type": "work", "value": "a"}]},
            {"emails": [{"type": "home", "value": "b"}, {"type": "work", "value": "a"}]},
        ),
        (
            {"schemas": ["urn:core"]},
            {"op": "add", "path": "urn:x:2.0:User:department", "value": "IT"},
            {"schemas": ["urn:core", "urn:x:2.0:User"], "urn:x:2.0:User": {"department": "IT"}},
        ),
    ],
)
def test_each_operation_does_in_the_whole_what_it_says(resource, operation, expected):
    patch = ScimRequest("PATCH", "/Users/u1", body={"Operations": [operation]})

    request = replace_request(patch, resource)

    assert (request.method, request.path, request.body) == ("PUT", "/Users/u1", expected)


@pytest.fixture
def sales(world):
    """A view of a target without PATCH, with p1 and p2 in Sales."""
    for name in ("p1", "p2", "p3"):
        world.link(name, name.upper())
    world.link("sales", "g100", object_type=ObjectType.GROUP, members=frozenset({"p1", "p2"}))
    view = world.view
    view.puts = True
    return view


def holding(*members):
    return {"id": "g100", "displayName": "Sales", "members": [{"value": one} for one in members]}


def test_groups_are_patched_where_the_target_ignores_the_members_in_a_put(
    world, dialogue, make_group, sales
):
    """django-scim2: 501 to a person's PATCH, so PUT; that of a group says 200 and does nothing."""
    read, put, patch = "GET /Groups/g100", "PUT /Groups/g100", "PATCH /Groups/g100"
    as_before = (200, holding("P1", "P2"))

    talk = dialogue(
        provision_members(world.task(make_group("sales", "p1", "p3"), Decision.UPDATE), sales),
        [(read, as_before), (put, as_before), (patch, 200), (patch, 200)],
    )

    assert talk.result.link.members == {"p1", "p3"}
    assert [step["op"] for step in (talk.operations(0)[0], talk.operations(1)[0])] == [
        "Add",
        "Remove",
    ]
    assert sales.adaptation == Adaptation.PUT | Adaptation.PATCHED_GROUPS


def test_members_that_neither_put_nor_patch_changes_are_a_failure(
    world, dialogue, make_group, sales
):
    read, put, patch = "GET /Groups/g100", "PUT /Groups/g100", "PATCH /Groups/g100"
    as_before = (200, holding("P1", "P2"))

    talk = dialogue(
        provision_members(
            world.task(make_group("sales", "p1", "p2", "p3"), Decision.UPDATE), sales
        ),
        [
            *[(read, as_before), (put, as_before)],
            *[(patch, 501), (read, as_before), (put, as_before)],
        ],
    )

    assert talk.result.error.error_code == "NotImplemented"
    assert talk.result.link is None or "p3" not in talk.result.link.members


@pytest.mark.parametrize(
    "answer", [204, (200, {"id": "g100"}), (200, holding("P1")), (200, holding("P1", "P2", "P3"))]
)
def test_an_answer_that_does_not_show_the_old_members_is_believed(
    world, dialogue, make_group, sales, answer
):
    talk = dialogue(
        provision_members(
            world.task(make_group("sales", "p1", "p2", "p3"), Decision.UPDATE), sales
        ),
        [("GET /Groups/g100", (200, holding("P1", "P2"))), ("PUT /Groups/g100", answer)],
    )

    assert talk.result.link.members == {"p1", "p2", "p3"}
    assert not sales.patches_groups
