"""Nothing a target says is believed without a check (target quirks 6, 20, 26, 27)."""

from dataclasses import replace

import pytest

from looop_gui.engine.conversation import Critical
from looop_gui.engine.decisions import Decision
from looop_gui.engine.provisioning import provision_object
from looop_gui.model.provisioning_log import ProvisioningStatus

FIND = 'GET /Users?filter=userName eq "ann@contoso.com"'


def test_somebody_else_is_never_taken_for_the_person_asked_for(
    world, dialogue, make_person, make_resource, make_list
):
    stranger = make_resource("u1", userName="zoe@contoso.com")

    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [(FIND, make_list(stranger)), ("POST /Users", (201, make_resource("u2")))],
    )

    assert talk.result.link.target_id == "u2"
    matching = next(step for step in talk.result.steps if step.step_type == "matching")
    assert "1 resources that do not fit" in matching.details["userName"]


def test_a_target_that_ignores_filters_is_read_to_its_end(
    world, dialogue, make_person, make_resource, make_list
):
    first = make_list(make_resource("u1", userName="a"), make_resource("u2", userName="b"), total=3)
    second = make_list(make_resource("u3"), total=3)

    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [(FIND, first), (f"{FIND}&startIndex=3", second)],
    )

    assert talk.result.link.target_id == "u3"


def test_pages_that_repeat_themselves_end_the_reading(
    world, dialogue, make_person, make_resource, make_list
):
    page = make_list(make_resource("u1", userName="a"), total=1000)

    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [(FIND, page), (f"{FIND}&startIndex=2", page), ("POST /Users", (201, make_resource("u9")))],
    )

    assert talk.result.link.target_id == "u9"


def test_names_in_another_letter_case_are_the_same_person(
    world, dialogue, make_person, make_resource, make_list
):
    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [(FIND, make_list(make_resource(userName="ANN@Contoso.com")))],
    )

    assert talk.result.skip_reason == "RedundantExport"


@pytest.mark.parametrize(
    "answer",
    [
        (200, "<html>Sign in</html>"),
        (200, {"Resources": "none"}),
        (200, {"totalResults": 1, "Resources": [{"userName": "ann@contoso.com"}]}),
        (200, {"totalResults": 1, "Resources": ["ann"]}),
        (200, {"hello": "world"}),
        (200, ["ann"]),
    ],
)
def test_an_answer_that_is_no_list_is_incompatible(world, dialogue, make_person, answer):
    talk = dialogue(provision_object(world.task(make_person()), world.view), [(FIND, answer)])

    assert talk.result.error.error_code.endswith("ServiceIncompatible")


@pytest.mark.parametrize(
    "answer", [(200, "<html>"), (200, {"userName": "ann@contoso.com"}), (200, {"id": "u7"})]
)
def test_a_linked_resource_must_be_the_one_asked_for(world, dialogue, make_person, answer):
    world.link("ann", "u100")

    talk = dialogue(
        provision_object(world.task(make_person(), Decision.UPDATE), world.view),
        [("GET /Users/u100", answer)],
    )

    assert talk.result.error.error_code.endswith("ServiceIncompatible")


def test_a_linked_resource_that_is_gone_is_not_created_again(world, dialogue, make_person):
    world.link("ann", "u100")

    talk = dialogue(
        provision_object(world.task(make_person(), Decision.UPDATE), world.view),
        [("GET /Users/u100", 404)],
    )

    assert talk.result.error.error_code == "InvalidAnchor"
    assert talk.result.link is None
    assert not talk.result.unlink


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "BadRequest"),
        (401, "Unauthorized"),
        (403, "InsufficientRights"),
        (405, "MethodNotAllowed"),
        (422, "UnprocessableEntity"),
        (429, "TooManyRequests"),
        (500, "InternalServerError"),
        (501, "NotImplemented"),
        (503, "InternalServerError"),
    ],
)
def test_a_refused_create_has_the_code_of_its_status(
    world, dialogue, make_person, make_list, status, code
):
    world.settings = replace(world.settings, adapt_dialect=False)

    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [(FIND, make_list()), ("POST /Users", (status, {"detail": "because"}))],
    )

    assert talk.result.status is ProvisioningStatus.FAILURE
    assert talk.result.error.error_code == code
    assert "because" in talk.result.error.reason


def test_a_refused_token_concerns_the_whole_job(world, dialogue, make_person):
    talk = dialogue(provision_object(world.task(make_person()), world.view), [(FIND, 401)])

    assert talk.result.critical is Critical.CREDENTIALS


def test_the_answer_of_another_request_links_nobody(
    world, dialogue, make_person, make_resource, make_list
):
    """A gateway that mixes answers up must not give Ann the account of Zoe."""
    zoe = make_resource(
        "u7", userName="zoe@contoso.com", externalId="zoe", emails=[{"value": "zoe@contoso.com"}]
    )
    create = ("POST /Users", (201, zoe))

    found = dialogue(
        provision_object(world.task(make_person()), world.view),
        [(FIND, make_list()), create, (FIND, make_list(make_resource("u8")))],
    )
    assert found.result.link.target_id == "u8"

    lost = dialogue(
        provision_object(world.task(make_person()), world.view),
        [(FIND, make_list()), create, (FIND, make_list())],
    )
    assert lost.result.link is None
    assert lost.result.unsure == "ann@contoso.com"
    assert "is about another resource" in lost.result.error.reason


@pytest.mark.parametrize(
    "changes",
    [
        {"userName": "ANN@contoso.com", "externalId": None, "emails": None},
        {"userName": "ann@tenant.example", "externalId": None},
        {"userName": None, "externalId": None, "emails": None},
    ],
)
def test_a_target_may_write_what_identifies_somebody_in_its_own_way(
    world, dialogue, make_person, make_resource, make_list, changes
):
    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [(FIND, make_list()), ("POST /Users", (201, make_resource("u8", **changes)))],
    )

    assert talk.result.link.target_id == "u8"


def test_a_change_answered_with_another_resource_is_read_back(
    world, dialogue, make_person, make_resource
):
    world.link("ann", "u100")
    old = make_resource(name={"givenName": "Ann", "familyName": "Old"})
    read, patch = "GET /Users/u100", "PATCH /Users/u100"
    other = make_resource("u7", userName="zoe@contoso.com", externalId="zoe")

    talk = dialogue(
        provision_object(world.task(make_person(), Decision.UPDATE), world.view),
        [(read, (200, old)), (patch, (200, other)), (read, (200, old)), (patch, (200, old))],
    )

    assert talk.result.status is ProvisioningStatus.SUCCESS


def test_an_id_that_changes_with_the_name_is_no_other_resource(
    world, dialogue, make_person, make_resource
):
    world.link("ann", "u100")
    old = make_resource(userName="anna@contoso.com")

    talk = dialogue(
        provision_object(world.task(make_person(), Decision.UPDATE), world.view),
        [
            ("GET /Users/u100", (200, old)),
            ("PATCH /Users/u100", (200, make_resource("u101"))),
        ],
    )

    assert talk.result.status is ProvisioningStatus.SUCCESS
