"""The manager is written as a target id, when both people are linked (section f.5)."""

from dataclasses import replace

import pytest

from looop_gui.engine.decisions import Decision
from looop_gui.engine.provisioning import provision_object
from looop_gui.engine.references import provision_manager
from looop_gui.model.connection import Dialect
from looop_gui.model.provisioning_log import ProvisioningStatus

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
MANAGER = f"{ENTERPRISE}:manager"
FIND = 'GET /Users?filter=userName eq "ann@contoso.com"'


def test_a_manager_who_is_linked_goes_with_the_new_person(
    world, dialogue, make_person, make_resource, make_list
):
    world.link("boss", "u200")

    talk = dialogue(
        provision_object(world.task(make_person(manager="boss")), world.view),
        [(FIND, make_list()), ("POST /Users", (201, make_resource()))],
    )

    assert talk.bodies[1][ENTERPRISE] == {"manager": "u200"}
    assert talk.result.link.manager == "boss"
    assert not talk.result.references_left


def test_exactly_like_entra_the_manager_is_a_request_of_its_own(
    world, dialogue, make_person, make_resource, make_list
):
    world.settings = replace(world.settings, separate_references=True)
    world.link("boss", "u200")
    task = world.task(make_person(manager="boss"))

    first = dialogue(
        provision_object(task, world.view),
        [(FIND, make_list()), ("POST /Users", (201, make_resource()))],
    )
    assert ENTERPRISE not in first.bodies[1]
    assert first.result.references_left

    world.links["ann"] = first.result.link
    second = dialogue(provision_manager(task, world.view), [("PATCH /Users/u100", 204)])
    assert second.operations() == [{"op": "Add", "path": MANAGER, "value": "u200"}]
    assert second.result.link.manager == "boss"


def test_a_manager_who_is_linked_later_is_left_to_the_second_pass(
    world, dialogue, make_person, make_resource, make_list
):
    task = world.task(make_person(manager="boss"))
    first = dialogue(
        provision_object(task, world.view),
        [(FIND, make_list()), ("POST /Users", (201, make_resource()))],
    )
    assert first.result.references_left

    world.links["ann"] = first.result.link
    world.link("boss", "u200")
    second = dialogue(provision_manager(task, world.view), [("PATCH /Users/u100", 204)])

    assert second.operations() == [{"op": "Add", "path": MANAGER, "value": "u200"}]


def test_a_manager_without_a_link_is_left_out(world, dialogue, make_person):
    world.link("ann", "u100")
    task = world.task(make_person(manager="boss"), Decision.UPDATE)

    assert dialogue(provision_manager(task, world.view), []).result is None


def test_a_manager_who_left_scope_is_not_referred_to(world, dialogue, make_person):
    world.link("ann", "u100")
    world.link("boss", "u200", managed=False)
    task = world.task(make_person(manager="boss"), Decision.UPDATE)

    assert dialogue(provision_manager(task, world.view), []).result is None


@pytest.mark.parametrize("held", [{"value": "u200"}, "u200", None])
def test_a_manager_that_was_exported_is_not_sent_again(
    world, dialogue, make_person, make_resource, held
):
    """Targets return the manager as an object, as plain text, or never (quirk 17)."""
    world.link("boss", "u200")
    world.link("ann", "u100", manager="boss")
    there = make_resource(**{ENTERPRISE: None if held is None else {"manager": held}})

    talk = dialogue(
        provision_object(world.task(make_person(manager="boss"), Decision.UPDATE), world.view),
        [("GET /Users/u100", (200, there))],
    )

    assert talk.result.skip_reason == "RedundantExport"


def test_a_manager_the_target_holds_already_is_only_noted(
    world, dialogue, make_person, make_resource, make_list
):
    world.link("boss", "u200")
    there = make_resource(**{ENTERPRISE: {"manager": {"value": "u200"}}})

    talk = dialogue(
        provision_object(world.task(make_person(manager="boss")), world.view),
        [(FIND, make_list(there))],
    )

    assert talk.result.skip_reason == "RedundantExport"
    assert talk.result.link.manager == "boss"


@pytest.mark.parametrize(
    ("dialect", "operation"),
    [
        (Dialect.ENTRA_LEGACY, {"op": "Replace", "path": MANAGER, "value": "u300"}),
        (Dialect.ENTRA_COMPLIANT, {"op": "replace", "path": MANAGER, "value": "u300"}),
        (Dialect.RFC7644, {"op": "replace", "path": MANAGER, "value": {"value": "u300"}}),
    ],
)
def test_another_manager_replaces_the_old_one(
    world, dialogue, make_person, make_resource, dialect, operation
):
    world.dialect = dialect
    world.link("old", "u200")
    world.link("new", "u300")
    world.link("ann", "u100", manager="old")
    there = make_resource(**{ENTERPRISE: {"manager": {"value": "u200"}}})

    talk = dialogue(
        provision_object(world.task(make_person(manager="new"), Decision.UPDATE), world.view),
        [("GET /Users/u100", (200, there)), ("PATCH /Users/u100", 204)],
    )

    assert talk.operations() == [operation]
    assert talk.result.link.manager == "new"


def test_a_manager_who_is_gone_from_the_source_is_taken_away(
    world, dialogue, make_person, make_resource
):
    world.link("old", "u200")
    world.link("ann", "u100", manager="old")
    there = make_resource(**{ENTERPRISE: {"manager": {"value": "u200"}}})

    talk = dialogue(
        provision_object(world.task(make_person(), Decision.UPDATE), world.view),
        [("GET /Users/u100", (200, there)), ("PATCH /Users/u100", 204)],
    )

    assert talk.operations() == [{"op": "Replace", "path": MANAGER, "value": ""}]
    change = next(i for i in talk.result.modified_properties if i.display_name == MANAGER)
    assert (change.old_value, change.new_value) == ("u200", None)
    assert talk.result.link.manager == ""


def test_a_refused_manager_fails_as_a_reference(world, dialogue, make_person):
    world.link("boss", "u200")
    world.link("ann", "u100")
    task = world.task(make_person(manager="boss"), Decision.UPDATE)

    talk = dialogue(provision_manager(task, world.view), [("PATCH /Users/u100", 403)])

    assert talk.result.status is ProvisioningStatus.FAILURE
    assert talk.result.link is None
