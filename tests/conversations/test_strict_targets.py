"""A target that refuses Entra's forms gets the plain ones of RFC 7644, and the log says so."""

from dataclasses import replace

from looop_gui.engine.decisions import Decision
from looop_gui.engine.membership import provision_members
from looop_gui.engine.provisioning import provision_object
from looop_gui.model.directory import ObjectType
from looop_gui.model.provisioning_log import ProvisioningStatus

FIND = 'GET /Groups?excludedAttributes=members&filter=displayName eq "Sales"'
CREATE, PATCH = "POST /Groups", "PATCH /Groups/g100"
SALES = {"id": "g100", "displayName": "Sales", "externalId": "sales"}


def test_a_refused_create_is_sent_plainly(world, dialogue, make_group, make_list):
    talk = dialogue(
        provision_object(world.task(make_group()), world.view),
        [(FIND, make_list()), (CREATE, 400), (CREATE, (201, SALES))],
    )

    assert talk.bodies[2] == {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "Sales",
        "externalId": "sales",
    }
    assert talk.result.steps[-1].status is ProvisioningStatus.WARNING
    assert "RFC 7644" in talk.result.steps[-1].details["dialect"]


def test_the_rest_of_the_cycle_is_sent_plainly_at_once(world, dialogue, make_group, make_list):
    view = world.view
    dialogue(
        provision_object(world.task(make_group()), view),
        [(FIND, make_list()), (CREATE, 400), (CREATE, (201, SALES))],
    )
    for name in ("p1", "p2"):
        world.link(name, name.upper())
    world.link("sales", "g100", object_type=ObjectType.GROUP, members=frozenset({"p2"}))

    talk = dialogue(
        provision_members(world.task(make_group("sales", "p1"), Decision.UPDATE), view),
        [(PATCH, 204), (PATCH, 204)],
    )

    assert talk.operations(0) == [{"op": "add", "path": "members", "value": [{"value": "P1"}]}]
    assert talk.operations(1) == [{"op": "remove", "path": 'members[value eq "P2"]'}]


def test_what_is_refused_in_both_forms_fails_with_the_first_answer(
    world, dialogue, make_group, make_list
):
    talk = dialogue(
        provision_object(world.task(make_group()), world.view),
        [(FIND, make_list()), (CREATE, (400, {"detail": "first"})), (CREATE, 400)],
    )

    assert "first" in talk.result.error.reason


def test_a_conflict_of_the_plain_form_is_looked_into(world, dialogue, make_group, make_list):
    talk = dialogue(
        provision_object(world.task(make_group()), world.view),
        [(FIND, make_list()), (CREATE, 400), (CREATE, 409), (FIND, make_list(SALES))],
    )

    assert talk.result.link.target_id == "g100"


def test_without_adapting_the_failure_is_entras(world, dialogue, make_group, make_list):
    world.settings = replace(world.settings, adapt_dialect=False)

    talk = dialogue(
        provision_object(world.task(make_group()), world.view),
        [(FIND, make_list()), (CREATE, 400)],
    )

    assert talk.result.error.error_code == "BadRequest"
