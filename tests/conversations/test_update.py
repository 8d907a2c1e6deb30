"""A linked object is read by id, compared, and patched where it differs (f.3, g.2, g.5)."""

import pytest

from looop_gui.engine.decisions import Decision
from looop_gui.engine.provisioning import provision_object
from looop_gui.model.connection import Dialect
from looop_gui.model.mapping import AttributeMapping, FlowBehavior, FlowType, MappingType
from looop_gui.model.provisioning_log import ProvisioningAction, ProvisioningStatus
from looop_gui.scim.messages import FailureKind, ScimResponse

READ, PATCH = "GET /Users/u100", "PATCH /Users/u100"
LOST = ScimResponse(0, failure=FailureKind.TIMEOUT, failure_text="It did not answer.")


@pytest.fixture
def update(world, dialogue, make_person):
    """Carries an update of Ann, linked to u100."""

    def carry(script, decision=Decision.UPDATE, **attributes):
        world.link("ann", "u100")
        task = world.task(make_person(**attributes), decision)
        return dialogue(provision_object(task, world.view), script)

    return carry


def test_only_what_differs_is_sent(update, make_resource):
    there = make_resource(
        name={"givenName": "Ann", "familyName": "Old"},
        emails=[{"type": "home", "value": "ann@contoso.com"}],
    )

    talk = update([(READ, (200, there)), (PATCH, 204)])

    assert talk.operations() == [
        {"op": "Add", "path": 'emails[type eq "work"].value', "value": "ann@contoso.com"},
        {"op": "Replace", "path": "name.familyName", "value": "Lee"},
    ]
    changes = {
        item.display_name: (item.old_value, item.new_value)
        for item in talk.result.modified_properties
    }
    assert changes["name.familyName"] == ("Old", "Lee")


def test_nothing_is_sent_when_nothing_differs(update, make_resource):
    talk = update([(READ, (200, make_resource()))])

    assert talk.result.skip_reason == "RedundantExport"
    assert talk.result.link.source_digest == "new.digest"


@pytest.mark.parametrize("active", [True, "True", "true"])
def test_booleans_as_text_are_no_difference(update, make_resource, active):
    assert update([(READ, (200, make_resource(active=active)))]).result.skip_reason


def test_letter_case_counts_only_for_exact_attributes(update, make_resource):
    there = make_resource(userName="ANN@contoso.com", externalId="ANN")

    talk = update([(READ, (200, there)), (PATCH, 204)])

    assert talk.operations() == [{"op": "Replace", "path": "externalId", "value": "ann"}]


def test_attribute_names_may_come_in_any_letter_case(update, make_resource):
    there = {key.upper() if key != "id" else key: value for key, value in make_resource().items()}

    assert update([(READ, (200, there))]).result.skip_reason == "RedundantExport"


def test_null_is_never_provisioned(update, make_resource):
    talk = update([(READ, (200, make_resource()))], givenName=None, mail=None)

    assert talk.result.skip_reason == "RedundantExport"


def test_the_default_if_null_does_not_count_on_update(world, update, make_resource):
    world.map_users(
        AttributeMapping("name.givenName", MappingType.DIRECT, "givenName", default_value="N/A")
    )

    talk = update([(READ, (200, make_resource(name={"familyName": "Lee"})))], givenName=None)

    assert talk.result.skip_reason == "RedundantExport"


@pytest.mark.parametrize(
    ("flow_type", "held", "sent"),
    [
        (FlowType.ALWAYS, "old", True),
        (FlowType.OBJECT_ADD_ONLY, "old", False),
        (FlowType.OBJECT_ADD_ONLY, None, False),
        (FlowType.ATTRIBUTE_ADD_ONLY, "old", False),
        (FlowType.ATTRIBUTE_ADD_ONLY, None, True),
    ],
)
def test_flow_types_on_update(world, update, make_resource, flow_type, held, sent):
    world.map_users(
        AttributeMapping("externalId", MappingType.DIRECT, "objectId", flow_type=flow_type)
    )
    script = [(READ, (200, make_resource(externalId=held)))] + ([(PATCH, 204)] if sent else [])

    talk = update(script)

    assert bool(talk.result.modified_properties) is sent


def test_flow_always_sends_an_equal_value(world, update, make_resource):
    world.map_users(
        AttributeMapping(
            "externalId",
            MappingType.DIRECT,
            "objectId",
            flow_behavior=FlowBehavior.FLOW_ALWAYS,
        )
    )

    talk = update([(READ, (200, make_resource())), (PATCH, 204)])

    assert talk.operations() == [{"op": "Replace", "path": "externalId", "value": "ann"}]


@pytest.mark.parametrize(("held", "sent"), [(None, True), ("kept", False)])
def test_the_mapping_type_none_fills_only_what_is_empty(world, update, make_resource, held, sent):
    world.map_users(AttributeMapping("title", MappingType.NONE, default_value="Guest"))
    script = [(READ, (200, make_resource(title=held)))] + ([(PATCH, 204)] if sent else [])

    talk = update(script)

    assert bool(talk.result.modified_properties) is sent


def test_ignore_object_flow_leaves_the_object_out(world, update):
    world.map_users(
        AttributeMapping(
            "title",
            MappingType.EXPRESSION,
            'IIF([department] = "Secret", IgnoreObjectFlow, "x")',
        )
    )

    talk = update([], department="Secret")

    assert talk.result.skip_reason == "IgnoreObjectFlow"


def test_ignore_flow_if_null_or_empty_drops_the_attribute(world, update, make_resource):
    world.map_users(
        AttributeMapping("title", MappingType.EXPRESSION, "IgnoreFlowIfNullOrEmpty([jobTitle])")
    )

    talk = update([(READ, (200, make_resource(title="kept")))])

    assert talk.result.skip_reason == "RedundantExport"


def test_a_redacted_value_is_sent_and_not_shown(world, update, make_resource):
    world.map_users(AttributeMapping("title", MappingType.EXPRESSION, "Redact([jobTitle])"))

    talk = update([(READ, (200, make_resource(title="old"))), (PATCH, 204)], jobTitle="Spy")

    assert talk.operations() == [{"op": "Replace", "path": "title", "value": "Spy"}]
    shown = next(i for i in talk.result.modified_properties if i.display_name == "title")
    assert (shown.old_value, shown.new_value) == ("[Redact]", "[Redact]")
    assert "Spy" not in repr(talk.result.steps)


def test_several_values_for_a_single_attribute_fail(world, update):
    world.map_users(AttributeMapping("title", MappingType.DIRECT, "proxyAddresses"))

    talk = update([], proxyAddresses=("a", "b"))

    assert talk.result.error.error_code == "SchemaPropertyCanOnlyAcceptValue"


def test_an_expression_without_a_value_fails_this_object_only(world, update):
    world.map_users(AttributeMapping("title", MappingType.EXPRESSION, 'CDate("never")'))

    talk = update([])

    assert talk.result.error.error_code == "InternalError"
    assert "title" in talk.result.error.reason


@pytest.mark.parametrize(
    ("dialect", "operation"),
    [
        (Dialect.ENTRA_LEGACY, {"op": "Replace", "path": "active", "value": "False"}),
        (Dialect.ENTRA_COMPLIANT, {"op": "replace", "path": "active", "value": False}),
        (Dialect.RFC7644, {"op": "replace", "path": "active", "value": False}),
    ],
)
def test_a_disable_is_an_update_of_active(world, update, make_resource, dialect, operation):
    world.dialect = dialect

    talk = update([(READ, (200, make_resource())), (PATCH, 204)], Decision.DISABLE)

    assert talk.operations() == [operation]
    assert talk.result.action is ProvisioningAction.DISABLE
    assert talk.result.link.disabled
    assert talk.result.link.managed


def test_who_leaves_scope_is_disabled_and_no_longer_managed(update, make_resource):
    talk = update([(READ, (200, make_resource())), (PATCH, 204)], Decision.LEAVE)

    assert talk.result.action is ProvisioningAction.DISABLE
    assert not talk.result.link.managed


def test_who_comes_back_is_active_and_managed_again(world, update, make_resource):
    talk = update([(READ, (200, make_resource(active=False))), (PATCH, 204)])

    assert talk.operations() == [{"op": "Replace", "path": "active", "value": "True"}]
    assert talk.result.link.managed
    assert not talk.result.link.disabled


def test_other_changes_flow_together_with_the_disable(update, make_resource):
    talk = update(
        [(READ, (200, make_resource())), (PATCH, 204)], Decision.DISABLE, surname="Married"
    )

    assert [operation["path"] for operation in talk.operations()] == ["active", "name.familyName"]


def test_an_update_without_answer_is_read_back(update, make_resource):
    before, after = make_resource(active=False), make_resource()

    talk = update([(READ, (200, before)), (PATCH, LOST), (READ, (200, after))])

    assert talk.result.status is ProvisioningStatus.SUCCESS


def test_an_update_that_did_not_arrive_is_sent_once_more(update, make_resource):
    before = make_resource(active=False)

    talk = update([(READ, (200, before)), (PATCH, LOST), (READ, (200, before)), (PATCH, 204)])

    assert talk.result.status is ProvisioningStatus.SUCCESS


def test_an_update_that_never_arrives_fails_and_keeps_the_old_link(update, make_resource):
    before = make_resource(active=False)

    talk = update(
        [
            (READ, (200, before)),
            (PATCH, LOST),
            (READ, (200, before)),
            (PATCH, LOST),
            (READ, (200, before)),
        ]
    )

    assert talk.result.error.error_code == "Timeout"
    assert talk.result.link is None


def test_a_sign_in_page_in_place_of_an_answer_is_read_back(update, make_resource):
    before, after = make_resource(active=False), make_resource()

    talk = update([(READ, (200, before)), (PATCH, (200, "<html>")), (READ, (200, after))])

    assert talk.result.status is ProvisioningStatus.SUCCESS
