"""Creates and replaces against the schema (RFC 7643 section 2, RFC 7644 sections 3.3 and 3.5.1)."""

import copy

import pytest

from looop_gui.scim.conduct import LOOOP, RFC, Conduct
from looop_gui.scim.errors import ScimProtocolError
from looop_gui.scim.schema import (
    ResourceType,
    Schema,
    SchemaAttribute,
    SchemaExtension,
    SchemaSet,
)
from looop_gui.scim.validation import validate_create, validate_replace

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LOOOP_URN = "urn:ietf:params:scim:schemas:extension:Looop:2.0:User"
MINIMAL = {"schemas": [CORE], "userName": "bj"}

# id: what is sent besides schemas and userName, what is stored besides them by both conducts.
STORED: dict[str, tuple[dict, dict]] = {
    "2.1 names in any letter case": (
        {"DISPLAYNAME": "B", "Name": {"GIVENNAME": "Barbara"}},
        {"displayName": "B", "name": {"givenName": "Barbara"}},
    ),
    "2.5 null is unassigned": ({"title": None, "name": {"givenName": None}}, {}),
    "2.5 an empty list is unassigned": ({"emails": []}, {}),
    "an empty complex value is unassigned": ({"name": {}, "emails": [{}]}, {}),
    "2.3.2 boolean": ({"active": False}, {"active": False}),
    "2.3.6 binary": (
        {"x509Certificates": [{"value": "MIIDQzCCAqw="}]},
        {"x509Certificates": [{"value": "MIIDQzCCAqw="}]},
    ),
    "2.3.7 reference": (
        {"profileUrl": "https://login.example.com/bj"},
        {"profileUrl": "https://login.example.com/bj"},
    ),
    "2.4 equal values once": (
        {"emails": [{"value": "a@b", "type": "work"}, {"type": "work", "value": "a@b"}]},
        {"emails": [{"value": "a@b", "type": "work"}]},
    ),
    "2.4 the same value with two types": (
        {"emails": [{"value": "a@b", "type": "work"}, {"type": "home", "value": "a@b"}]},
        {"emails": [{"value": "a@b", "type": "work"}, {"type": "home", "value": "a@b"}]},
    ),
    "2.4 one object for multi-valued": (
        {"emails": {"value": "a@b"}},
        {"emails": [{"value": "a@b"}]},
    ),
    "7 a canonical value is only suggested": (
        {"emails": [{"value": "a@b", "type": "school"}]},
        {"emails": [{"value": "a@b", "type": "school"}]},
    ),
    "3.3 read-only values are ignored": (
        {"id": "mine", "meta": {"version": "9"}, "groups": [{"value": "g"}]},
        {},
    ),
    "3.3 read-only sub-attributes are ignored": (
        {ENTERPRISE: {"manager": {"value": "1", "displayName": "Boss"}}},
        {ENTERPRISE: {"manager": {"value": "1"}}, "schemas": [CORE, ENTERPRISE]},
    ),
    "3.3 an extension": (
        {LOOOP_URN: {"area": "North", "startAt": "2026-01-01"}},
        {LOOOP_URN: {"area": "North", "startAt": "2026-01-01"}, "schemas": [CORE, LOOOP_URN]},
    ),
    "3.3 a URN in any letter case": (
        {LOOOP_URN.upper(): {"AREA": "North"}},
        {LOOOP_URN: {"area": "North"}, "schemas": [CORE, LOOOP_URN]},
    ),
    "3 an extension that is named but empty": (
        {"schemas": [CORE, ENTERPRISE], ENTERPRISE: {}},
        {"schemas": [CORE]},
    ),
    "4.1.1 a password is stored": ({"password": "t1meMa$heen"}, {"password": "t1meMa$heen"}),
    "many scripts": (
        {"displayName": "Bárbara Jensén 芭芭拉 🦊"},
        {"displayName": "Bárbara Jensén 芭芭拉 🦊"},
    ),
}


@pytest.mark.parametrize("conduct", [RFC, LOOOP], ids=lambda conduct: conduct.name)
@pytest.mark.parametrize(("sent", "stored"), STORED.values(), ids=STORED.keys())
def test_a_create_is_stored(
    sent: dict, stored: dict, conduct: Conduct, schema_set: SchemaSet, user_type: ResourceType
) -> None:
    body = MINIMAL | sent
    before = copy.deepcopy(body)
    resource = validate_create(body, schema_set, user_type, conduct)
    assert body == before
    if "active" not in stored:
        assert resource.pop("active", None) is (True if conduct.active_by_default else None)
    assert resource == MINIMAL | stored


REFUSED: dict[str, tuple[object, str]] = {
    "not an object": ([], "invalidSyntax"),
    "3.3 without schemas": ({"userName": "bj"}, "invalidSyntax"),
    "3.3 schemas is text": ({"schemas": CORE, "userName": "bj"}, "invalidSyntax"),
    "3.3 schemas is empty": ({"schemas": [], "userName": "bj"}, "invalidSyntax"),
    "3.3 schemas holds a number": ({"schemas": [CORE, 5], "userName": "bj"}, "invalidSyntax"),
    "3.3 schemas lacks the core schema": (
        {"schemas": [ENTERPRISE], "userName": "bj"},
        "invalidSyntax",
    ),
    "7 required is missing": ({"schemas": [CORE]}, "invalidValue"),
    "7 required is null": ({"schemas": [CORE], "userName": None}, "invalidValue"),
    "7 required is empty": ({"schemas": [CORE], "userName": ""}, "invalidValue"),
    "7 required is blank": ({"schemas": [CORE], "userName": "  "}, "invalidValue"),
    "2.3.1 a number for text": (MINIMAL | {"displayName": 5}, "invalidValue"),
    "2.3.1 a boolean for text": (MINIMAL | {"displayName": True}, "invalidValue"),
    "2.3.1 an object for text": (MINIMAL | {"displayName": {}}, "invalidValue"),
    "2.3.1 a list for text": (MINIMAL | {"displayName": ["a", "b"]}, "invalidValue"),
    "2.3.2 a number for a boolean": (MINIMAL | {"active": 1}, "invalidValue"),
    "2.3.2 text for a boolean": (MINIMAL | {"active": "yes"}, "invalidValue"),
    "2.3.6 not base64": (MINIMAL | {"x509Certificates": [{"value": "?!"}]}, "invalidValue"),
    "2.3.7 a number for a reference": (MINIMAL | {"profileUrl": 5}, "invalidValue"),
    "2.3.8 a number for a complex value": (MINIMAL | {"name": 5}, "invalidValue"),
    "2.4 a number for a value": (MINIMAL | {"emails": [5]}, "invalidValue"),
    "2.4 a list in a list": (MINIMAL | {"emails": [[{"value": "a"}]]}, "invalidValue"),
    "2.4 two primary values": (
        MINIMAL | {"emails": [{"value": "a", "primary": True}, {"value": "b", "primary": True}]},
        "invalidValue",
    ),
    "2.1 a name twice": (MINIMAL | {"USERNAME": "x"}, "invalidSyntax"),
    "2.1 a sub-attribute twice": (
        MINIMAL | {"name": {"givenName": "a", "GIVENNAME": "b"}},
        "invalidSyntax",
    ),
    "an extension that is text": (MINIMAL | {ENTERPRISE: "x"}, "invalidValue"),
    "text that is not Unicode": (MINIMAL | {"displayName": "\udfff"}, "invalidValue"),
}


@pytest.mark.parametrize("conduct", [RFC, LOOOP], ids=lambda conduct: conduct.name)
@pytest.mark.parametrize(("body", "scim_type"), REFUSED.values(), ids=REFUSED.keys())
def test_a_create_is_refused(
    body: object,
    scim_type: str,
    conduct: Conduct,
    schema_set: SchemaSet,
    user_type: ResourceType,
) -> None:
    with pytest.raises(ScimProtocolError) as refused:
        validate_create(body, schema_set, user_type, conduct)
    assert (refused.value.status, refused.value.scim_type) == (400, scim_type)


def test_2_4_a_repeated_value_adds_what_the_first_does_not_say(
    schema_set: SchemaSet, user_type: ResourceType
) -> None:
    first, again = {"value": "a@x", "type": "work"}, {"value": "a@x", "type": "work"}
    body = MINIMAL | {"emails": [first, again | {"primary": True, "type": "Work"}]}
    stored = validate_create(body, schema_set, user_type, RFC)
    assert stored["emails"] == [first | {"primary": True}]


DIFFERENCES: dict[str, tuple[dict, dict]] = {
    "booleans_as_text": ({"active": "True"}, {"active": True}),
    "booleans_as_text in roles": (
        {"roles": [{"value": "a", "primary": "True"}]},
        {"roles": [{"value": "a", "primary": True}]},
    ),
    "text_for_complex": (
        {ENTERPRISE: {"manager": "77"}},
        {ENTERPRISE: {"manager": {"value": "77"}}, "schemas": [CORE, ENTERPRISE]},
    ),
    "text_for_complex in a list": ({"emails": ["a@b"]}, {"emails": [{"value": "a@b"}]}),
    "values_in_lists": ({"title": ["Chief"]}, {"title": "Chief"}),
    "free_text_references": ({"profileUrl": "my page"}, {"profileUrl": "my page"}),
    "unknown_attributes_ignored": ({"shoeSize": 42, "name": {"nick": "B"}}, {}),
    "unknown_schemas_ignored": ({"schemas": [CORE, "urn:example:x"]}, {}),
}


@pytest.mark.parametrize(("sent", "stored"), DIFFERENCES.values(), ids=DIFFERENCES.keys())
def test_where_the_conducts_differ(
    sent: dict, stored: dict, schema_set: SchemaSet, user_type: ResourceType
) -> None:
    body = MINIMAL | sent
    with pytest.raises(ScimProtocolError):
        validate_create(body, schema_set, user_type, RFC)
    resource = validate_create(body, schema_set, user_type, LOOOP)
    assert resource == MINIMAL | {"active": True} | stored


def test_3_5_1_a_replace_clears_what_is_not_sent(
    barbara: dict, schema_set: SchemaSet, user_type: ResourceType
) -> None:
    old = barbara | {"password": "secret", "groups": [{"value": "g"}]}
    replaced = validate_replace(old, MINIMAL | {"title": "Chief"}, schema_set, user_type, RFC)
    assert replaced == {
        "schemas": [CORE],
        "userName": "bj",
        "title": "Chief",
        "id": barbara["id"],
        "meta": barbara["meta"],
        "groups": [{"value": "g"}],
        "password": "secret",
    }


def test_3_5_1_read_only_values_of_a_replace_are_ignored(
    barbara: dict, schema_set: SchemaSet, user_type: ResourceType
) -> None:
    body = copy.deepcopy(barbara) | {"id": "other", "meta": {"version": "x"}}
    replaced = validate_replace(barbara, body, schema_set, user_type, RFC)
    assert replaced == barbara


def test_3_5_1_immutable_values_must_match() -> None:
    urn = "urn:example:2.0:Badge"
    badge = Schema(
        urn,
        "Badge",
        "",
        (
            SchemaAttribute("serial", mutability="immutable"),
            SchemaAttribute("level", "integer"),
            SchemaAttribute("weight", "decimal"),
            SchemaAttribute("issued", "dateTime"),
        ),
    )
    kind = ResourceType("Badge", "/Badges", urn)
    badges = SchemaSet([badge], [kind])
    old = validate_create(
        {"schemas": [urn], "serial": "1", "level": 5.0, "issued": "2026-01-01T00:00:00Z"},
        badges,
        kind,
        RFC,
    )
    assert old["level"] == 5
    kept = validate_replace(old, {"schemas": [urn], "weight": 1.5}, badges, kind, RFC)
    assert kept == {"schemas": [urn], "serial": "1", "weight": 1.5}
    with pytest.raises(ScimProtocolError) as refused:
        validate_replace(old, {"schemas": [urn], "serial": "2"}, badges, kind, RFC)
    assert refused.value.scim_type == "mutability"
    for wrong in (
        {"level": 1.5},
        {"level": True},
        {"weight": "x"},
        {"issued": "2026-13-01T00:00:00Z"},
    ):
        with pytest.raises(ScimProtocolError):
            validate_create({"schemas": [urn], **wrong}, badges, kind, RFC)
    assert validate_create({"schemas": [urn], "level": "7"}, badges, kind, LOOOP)["level"] == 7


def test_6_a_required_extension_must_be_there() -> None:
    core = Schema("urn:example:2.0:Thing", "Thing", "", (SchemaAttribute("name"),))
    more = Schema("urn:example:2.0:More", "More", "", (SchemaAttribute("colour", required=True),))
    kind = ResourceType("Thing", "/Things", core.id, (SchemaExtension(more.id, required=True),))
    things = SchemaSet([core, more], [kind])
    with pytest.raises(ScimProtocolError):
        validate_create({"schemas": [core.id]}, things, kind, RFC)
    with pytest.raises(ScimProtocolError):
        validate_create({"schemas": [core.id], more.id: {"x": 1}}, things, kind, LOOOP)
    made = validate_create({"schemas": [core.id], more.id: {"colour": "red"}}, things, kind, RFC)
    assert made["schemas"] == [core.id, more.id]
