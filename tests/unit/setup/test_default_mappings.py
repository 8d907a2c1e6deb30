"""The default mappings are the facts of section c.5 and of Looop's tutorial."""

import pytest

from looop_gui.model.connection import Application
from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import ALL_ACTIONS, AttributeType, MappingType
from looop_gui.setup.default_mappings import default_doubts, default_schema

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:"
LOOOP = "urn:ietf:params:scim:schemas:extension:Looop:2.0:User:"


def test_looop_maps_what_its_tutorial_lists() -> None:
    schema = default_schema(Application.LOOOP)
    sources = {m.target_attribute: m.source for m in schema.user_mapping.attribute_mappings}
    assert sources == {
        "userName": "userPrincipalName",
        "active": 'Switch([IsSoftDeleted], , "False", "True", "True", "False")',
        'emails[type eq "work"].value': "mail",
        "name.givenName": "givenName",
        "name.familyName": "surname",
        "externalId": "objectId",
        f"{ENTERPRISE}department": "department",
        f"{ENTERPRISE}employeeNumber": "employeeId",
        f"{ENTERPRISE}manager": "manager",
    }


def test_looop_offers_its_extension_without_mapping_it() -> None:
    schema = default_schema(Application.LOOOP)
    offered = {a.name for a in schema.target_user_attributes if a.name.startswith(LOOOP)}
    last_parts = {name.removeprefix(LOOOP) for name in offered}
    assert last_parts == {
        "area", "custom_1", "custom_2", "custom_3", "location", "position", "startAt",
    }  # fmt: skip
    assert f"{LOOOP}".rstrip(":") in default_doubts(Application.LOOOP)


def test_generic_has_the_22_rows_of_the_portal_in_their_order() -> None:
    mappings = default_schema(Application.GENERIC).user_mapping.attribute_mappings
    assert len(mappings) == 22
    assert [m.target_attribute for m in mappings[:3]] == ["userName", "active", "displayName"]
    assert {m.mapping_type for m in mappings} == {MappingType.DIRECT, MappingType.EXPRESSION}


@pytest.mark.parametrize("application", Application)
def test_every_template_matches_people_by_user_name_and_groups_by_display_name(
    application: Application,
) -> None:
    schema = default_schema(application)
    assert [m.target_attribute for m in schema.user_mapping.matching] == ["userName"]
    assert [m.target_attribute for m in schema.group_mapping.matching] == ["displayName"]
    assert schema.user_mapping.actions == ALL_ACTIONS


@pytest.mark.parametrize("application", Application)
@pytest.mark.parametrize("object_type", ObjectType)
def test_every_mapping_names_attributes_of_the_lists(
    application: Application, object_type: ObjectType
) -> None:
    schema = default_schema(application)
    targets = {a.name: a for a in schema.target_attributes_of(object_type)}
    sources = {a.name for a in schema.source_attributes_of(object_type)}
    for mapping in schema.mapping_of(object_type).attribute_mappings:
        assert mapping.target_attribute in targets
        if mapping.mapping_type is MappingType.DIRECT:
            assert mapping.source in sources
        if mapping.matching_priority:
            assert targets[mapping.target_attribute].filterable
    assert [a.name for a in targets.values() if a.anchor] == ["id"]


@pytest.mark.parametrize("application", Application)
def test_manager_and_members_are_references(application: Application) -> None:
    schema = default_schema(application)
    types = {a.name: a.type for a in schema.target_user_attributes + schema.target_group_attributes}
    assert types[f"{ENTERPRISE}manager"] is AttributeType.REFERENCE
    assert types["members"] is AttributeType.REFERENCE


def test_the_demo_tenant_is_looop() -> None:
    assert default_schema(Application.DEMO) == default_schema(Application.LOOOP)
