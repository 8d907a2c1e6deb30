"""Somebody new: the target is asked by the matching attribute, then the person is created (f.2)."""

import pytest

from looop_gui.engine.provisioning import provision_object
from looop_gui.model.mapping import (
    AttributeMapping,
    FlowType,
    MappingType,
    TargetObjectActions,
)
from looop_gui.model.provisioning_log import ProvisioningAction, ProvisioningStatus, StepType
from looop_gui.scim.messages import FailureKind, ScimResponse

FIND = 'GET /Users?filter=userName eq "ann@contoso.com"'
CREATE = "POST /Users"
LOST = ScimResponse(0, failure=FailureKind.CONNECTION_LOST, failure_text="The connection was lost.")


def test_nobody_is_found_and_the_person_is_created(
    world, dialogue, make_person, make_resource, make_list
):
    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [(FIND, make_list()), (CREATE, (201, make_resource()))],
    )

    outcome = talk.result
    assert (outcome.action, outcome.status) == (
        ProvisioningAction.CREATE,
        ProvisioningStatus.SUCCESS,
    )
    assert outcome.link.target_id == "u100"
    assert outcome.link.source_digest == "new.digest"
    assert talk.bodies[1] == {
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        ],
        "meta": {"resourceType": "User"},
        "userName": "ann@contoso.com",
        "active": True,
        "emails": [{"type": "work", "value": "ann@contoso.com", "primary": True}],
        "name": {"givenName": "Ann", "familyName": "Lee"},
        "externalId": "ann",
        "roles": [],
    }


def test_the_log_tells_every_step_and_every_attribute(
    world, dialogue, make_person, make_resource, make_list
):
    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [(FIND, make_list()), (CREATE, (201, make_resource()))],
    )

    outcome = talk.result
    assert [(step.name, step.step_type) for step in outcome.steps] == [
        ("EntryImportAdd", StepType.IMPORT),
        ("EntrySynchronizationScoping", StepType.SCOPING),
        ("EntryImport", StepType.MATCHING),
        ("EntrySynchronizationAdd", StepType.PROCESSING),
        ("EntryExportAdd", StepType.EXPORT),
    ]
    changes = {item.display_name: item.new_value for item in outcome.modified_properties}
    assert changes["userName"] == "ann@contoso.com"
    assert changes["active"] == "True"
    assert all(item.old_value is None for item in outcome.modified_properties)


def test_a_lookup_that_answers_404_found_nobody(world, dialogue, make_person, make_resource):
    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [(FIND, 404), (CREATE, (201, make_resource()))],
    )

    assert talk.result.status is ProvisioningStatus.SUCCESS


def test_somebody_who_is_there_already_is_linked_and_updated(
    world, dialogue, make_person, make_resource, make_list
):
    there = make_resource(name={"givenName": "Anna", "familyName": "Lee"})

    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [(FIND, make_list(there)), ("PATCH /Users/u100", 204)],
    )

    assert talk.operations() == [{"op": "Replace", "path": "name.givenName", "value": "Ann"}]
    assert talk.result.action is ProvisioningAction.UPDATE
    assert talk.result.link.target_id == "u100"


def test_somebody_who_is_as_wanted_is_linked_and_skipped(
    world, dialogue, make_person, make_resource, make_list
):
    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [(FIND, make_list(make_resource()))],
    )

    assert talk.result.status is ProvisioningStatus.SKIPPED
    assert talk.result.skip_reason == "RedundantExport"
    assert talk.result.link.target_id == "u100"


def test_two_matches_fail_as_duplicates(world, dialogue, make_person, make_resource, make_list):
    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [(FIND, make_list(make_resource("u1"), make_resource("u2")))],
    )

    assert talk.result.error.error_code == "DuplicateTargetEntries"
    assert talk.result.link is None


def test_the_next_matching_attribute_is_asked_when_the_first_finds_nobody(
    world, dialogue, make_person, make_resource, make_list
):
    world.map_users(
        AttributeMapping("externalId", MappingType.DIRECT, "objectId", matching_priority=2)
    )

    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [
            (FIND, make_list()),
            ('GET /Users?filter=externalId eq "ann"', make_list(make_resource(userName="old"))),
            ("PATCH /Users/u100", 204),
        ],
    )

    assert talk.operations() == [{"op": "Replace", "path": "userName", "value": "ann@contoso.com"}]


def test_without_any_matching_value_the_import_is_skipped(world, dialogue, make_person):
    talk = dialogue(
        provision_object(world.task(make_person(userPrincipalName=None)), world.view), []
    )

    assert talk.result.skip_reason == "ImportSkipped"


def test_a_create_that_is_not_allowed_is_skipped_after_looking(
    world, dialogue, make_person, make_list
):
    world.map_users(actions=TargetObjectActions.UPDATE | TargetObjectActions.DELETE)

    talk = dialogue(provision_object(world.task(make_person()), world.view), [(FIND, make_list())])

    assert talk.result.skip_reason == "CreateNotAllowed"


def test_a_required_attribute_without_value_is_named(world, dialogue, make_person, make_list):
    world.map_users(
        AttributeMapping("userName", MappingType.DIRECT, "employeeId"),
        AttributeMapping("externalId", MappingType.DIRECT, "objectId", matching_priority=1),
    )

    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [('GET /Users?filter=externalId eq "ann"', make_list())],
    )

    assert talk.result.error.error_code == "MandatoryFieldsMissing"
    assert "userName" in talk.result.error.reason


def test_the_default_if_null_counts_at_creation(
    world, dialogue, make_person, make_resource, make_list
):
    world.map_users(
        AttributeMapping("name.givenName", MappingType.DIRECT, "givenName", default_value="N/A")
    )

    talk = dialogue(
        provision_object(world.task(make_person(givenName=None)), world.view),
        [(FIND, make_list()), (CREATE, (201, make_resource()))],
    )

    assert talk.bodies[1]["name"] == {"familyName": "Lee", "givenName": "N/A"}


def test_values_for_creation_only_are_sent_at_creation(
    world, dialogue, make_person, make_resource, make_list
):
    world.map_users(
        AttributeMapping(
            "externalId", MappingType.CONSTANT, "first", flow_type=FlowType.OBJECT_ADD_ONLY
        )
    )

    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [(FIND, make_list()), (CREATE, (201, make_resource()))],
    )

    assert talk.bodies[1]["externalId"] == "first"


@pytest.mark.parametrize("answer", [LOST, 504])
def test_a_create_without_answer_is_looked_for_and_adopted(
    world, dialogue, make_person, make_resource, make_list, answer
):
    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [(FIND, make_list()), (CREATE, answer), (FIND, make_list(make_resource()))],
    )

    assert talk.result.status is ProvisioningStatus.SUCCESS
    assert talk.result.action is ProvisioningAction.CREATE
    assert talk.result.link.target_id == "u100"


def test_a_create_that_did_not_arrive_is_sent_once_more(
    world, dialogue, make_person, make_resource, make_list
):
    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [
            (FIND, make_list()),
            (CREATE, LOST),
            (FIND, make_list()),
            (CREATE, (201, make_resource())),
        ],
    )

    assert talk.result.status is ProvisioningStatus.SUCCESS


def test_a_create_that_never_arrives_fails(world, dialogue, make_person, make_list):
    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [
            (FIND, make_list()),
            (CREATE, LOST),
            (FIND, make_list()),
            (CREATE, LOST),
            (FIND, make_list()),
        ],
    )

    assert talk.result.error.error_code == "WebExceptionProtocolError"
    assert talk.result.link is None


@pytest.mark.parametrize(
    "conflict",
    [409, (400, {"scimType": "uniqueness"}), (500, {"scimType": "uniqueness", "detail": "taken"})],
)
def test_a_conflict_makes_the_engine_look_again_and_adopt(
    world, dialogue, make_person, make_resource, make_list, conflict
):
    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [
            (FIND, make_list()),
            (CREATE, conflict),
            (FIND, make_list(make_resource(active=False))),
            ("PATCH /Users/u100", 204),
        ],
    )

    assert talk.operations() == [{"op": "Replace", "path": "active", "value": "True"}]
    assert talk.result.link.target_id == "u100"


def test_a_conflict_with_somebody_hidden_is_reported(world, dialogue, make_person, make_list):
    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [(FIND, make_list()), (CREATE, 409), (FIND, make_list())],
    )

    assert talk.result.error.error_code == "Conflict"


@pytest.mark.parametrize(
    ("found", "made_now"),
    [
        pytest.param({"created": "2026-11-24T12:00:01Z"}, True, id="made in this cycle, as sent"),
        pytest.param({"created": "2026-11-24T11:59:00Z"}, False, id="older than the cycle"),
        pytest.param({}, False, id="nobody knows how old"),
    ],
)
def test_a_create_without_answer_that_then_meets_itself_has_been_created(
    world, dialogue, make_person, make_resource, make_list, found, made_now
):
    """The look-up after the lost answer was stale, so the second attempt is refused."""
    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [
            (FIND, make_list()),
            (CREATE, LOST),
            (FIND, make_list()),
            (CREATE, 409),
            (FIND, make_list(make_resource(meta=found))),
        ],
    )

    assert (talk.result.action is ProvisioningAction.CREATE) == made_now
    assert (talk.result.image is not None) == made_now
    assert talk.result.link.target_id == "u100"


def test_somebody_else_whom_a_second_attempt_meets_has_not_been_created(
    world, dialogue, make_person, make_resource, make_list
):
    other = make_resource(externalId="other", meta={"created": "2026-11-24T12:00:01Z"})

    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [
            (FIND, make_list()),
            (CREATE, LOST),
            (FIND, make_list()),
            (CREATE, 409),
            (FIND, make_list(other)),
            ("PATCH /Users/u100", 204),
        ],
    )

    assert talk.result.action is ProvisioningAction.UPDATE


def test_a_created_resource_without_id_is_looked_for(
    world, dialogue, make_person, make_resource, make_list
):
    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [
            (FIND, make_list()),
            (CREATE, (201, {"userName": "ann@contoso.com"})),
            (FIND, make_list(make_resource())),
        ],
    )

    assert talk.result.link.target_id == "u100"


def test_html_in_place_of_a_created_resource_is_no_creation(
    world, dialogue, make_person, make_list
):
    talk = dialogue(
        provision_object(world.task(make_person()), world.view),
        [(FIND, make_list()), (CREATE, (200, "<html>Sign in</html>")), (FIND, make_list())],
    )

    assert talk.result.error.error_code.endswith("ServiceIncompatible")


def test_an_attempt_that_was_cut_off_counts_as_created_when_it_had_arrived(
    world, dialogue, make_person, make_resource, make_list
):
    arrived = make_resource(meta={"created": "2026-11-24T12:00:01Z"})

    talk = dialogue(
        provision_object(world.task(make_person(), uncertain=True), world.view),
        [(FIND, make_list(arrived))],
    )

    assert talk.result.action is ProvisioningAction.CREATE
    assert talk.result.status is ProvisioningStatus.SUCCESS


def test_somebody_who_was_there_before_does_not_count_as_created(
    world, dialogue, make_person, make_resource, make_list
):
    old = make_resource(meta={"created": "2020-01-01T00:00:00Z"})

    talk = dialogue(
        provision_object(world.task(make_person(), uncertain=True), world.view),
        [(FIND, make_list(old))],
    )

    assert talk.result.status is ProvisioningStatus.SKIPPED
