"""A target that refuses a manager without an address gets one (RFC 7643 section 4.3)."""

import pytest

from looop_gui.engine.decisions import Decision
from looop_gui.engine.provisioning import provision_object
from looop_gui.engine.references import provision_manager
from looop_gui.engine.referring import with_reference
from looop_gui.model.job import Adaptation
from looop_gui.scim.messages import ScimRequest

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
FIND = 'GET /Users?filter=userName eq "ann@contoso.com"'
CREATE = "POST /Users"
NO_ADDRESS = (
    400,
    {"detail": f"Field '$ref' is required but value is missing: {ENTERPRISE}:manager"},
)
ADDRESSED = {"value": "u200", "$ref": "../Users/u200"}


def test_the_address_is_sent_where_the_refusal_names_it(
    world, dialogue, make_person, make_resource, make_list
):
    world.link("boss", "u200")
    view = world.view
    found_nobody = [(FIND, make_list()), (CREATE, 400), (CREATE, NO_ADDRESS)]

    talk = dialogue(
        provision_object(world.task(make_person(manager="boss")), view),
        [*found_nobody, (CREATE, (201, make_resource()))],
    )

    assert talk.bodies[-1][ENTERPRISE] == {"manager": ADDRESSED}
    assert view.adaptation == Adaptation.RFC7644 | Adaptation.REFERENCE

    # From then on, the first request has it.
    world.link("ann", "u100")
    view.links = world.links
    again = dialogue(
        provision_manager(world.task(make_person(manager="boss"), Decision.UPDATE), view),
        [("PATCH /Users/u100", 204)],
    )
    assert again.operations()[0]["value"] == ADDRESSED


@pytest.mark.parametrize(
    "refusal", [400, (400, {"detail": "Extra inputs are not permitted"}), NO_ADDRESS]
)
def test_what_the_target_goes_on_refusing_is_the_failure(
    world, dialogue, make_person, make_list, refusal
):
    world.link("boss", "u200")
    tries = 3 if refusal is NO_ADDRESS else 2
    view = world.view

    talk = dialogue(
        provision_object(world.task(make_person(manager="boss")), view),
        [(FIND, make_list()), *[(CREATE, refusal)] * tries],
    )

    assert talk.result.error.error_code == "BadRequest"
    assert view.adaptation == Adaptation.NONE


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({ENTERPRISE: {"manager": {"value": "u1"}}}, {ENTERPRISE: {"manager": "*"}}),
        ({ENTERPRISE: {"manager": {"value": "u1", "$ref": "x"}}}, None),
        ({ENTERPRISE: {"manager": "u1", "department": "a"}}, None),
        ({"name": {"manager": {"value": "u1"}}}, None),
        (
            {
                "Operations": [
                    {"op": "add", "path": f"{ENTERPRISE}:manager", "value": {"value": "u1"}}
                ]
            },
            {"Operations": [{"op": "add", "path": f"{ENTERPRISE}:manager", "value": "*"}]},
        ),
        (
            {
                "Operations": [
                    {"op": "replace", "value": {ENTERPRISE: {"manager": {"value": "u1"}}}}
                ]
            },
            {"Operations": [{"op": "replace", "value": {ENTERPRISE: {"manager": "*"}}}]},
        ),
        ({"Operations": [{"op": "remove", "path": f"{ENTERPRISE}:manager"}]}, None),
    ],
)
def test_only_a_managers_id_gets_an_address(body, expected):
    sent = with_reference(ScimRequest("PATCH", "/Users/u9", body=body)).body

    assert sent == (body if expected is None else _filled(expected))


def _filled(value):
    if value == "*":
        return {"value": "u1", "$ref": "../Users/u1"}
    if isinstance(value, dict):
        return {name: _filled(inner) for name, inner in value.items()}
    return [_filled(one) for one in value] if isinstance(value, list) else value
