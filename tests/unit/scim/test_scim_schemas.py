"""The schema files: what RFC 7643 section 8.7 and the Looop list say, and reading them back."""

import pytest

from looop_gui import resources
from looop_gui.scim.path import parse_path
from looop_gui.scim.schema import (
    ResourceType,
    SchemaSet,
    attribute_to_json,
    resource_type_from_json,
    resource_type_to_json,
    schema_from_json,
    schema_set_from_json,
    schema_to_json,
)

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LOOOP_URN = "urn:ietf:params:scim:schemas:extension:Looop:2.0:User"
FILES = [
    "user.json",
    "group.json",
    "enterprise-user.json",
    "looop-user.json",
    "service-provider-config.json",
    "resource-type.json",
    "schema.json",
]


@pytest.mark.parametrize("name", FILES)
def test_a_schema_file_is_written_as_it_was_read(name: str) -> None:
    value = resources.read_json("schemas", name)
    assert schema_to_json(schema_from_json(value)) == value


@pytest.mark.parametrize("name", ["rfc", "generic", "looop"])
def test_a_set_names_its_resource_types(name: str) -> None:
    value = resources.read_json("schemas", "sets", f"{name}.json")
    kinds = schema_set_from_json(
        value, lambda file: resources.read_json("schemas", file)
    ).resource_types
    assert [(kind.name, kind.endpoint) for kind in kinds] == [
        ("User", "/Users"),
        ("Group", "/Groups"),
    ]
    assert [resource_type_to_json(kind) for kind in kinds] == value["resourceTypes"]
    assert [resource_type_from_json(kind) for kind in value["resourceTypes"]] == list(kinds)


def test_c_5_the_looop_extension(schema_set: SchemaSet) -> None:
    schema = schema_set.schema(LOOOP_URN)
    assert schema is not None
    assert [(attribute.name, attribute.type) for attribute in schema.attributes] == [
        (name, "string")
        for name in ("area", "custom_1", "custom_2", "custom_3", "location", "position", "startAt")
    ]


CHARACTERISTICS = [
    ("User", "userName", {"required": True, "uniqueness": "server", "caseExact": False}),
    ("User", "id", {"mutability": "readOnly", "returned": "always", "caseExact": True}),
    ("User", "externalId", {"mutability": "readWrite", "caseExact": True}),
    ("User", "password", {"mutability": "writeOnly", "returned": "never"}),
    ("User", "groups", {"mutability": "readOnly", "multiValued": True}),
    ("User", "meta.lastModified", {"type": "dateTime", "mutability": "readOnly"}),
    ("User", "active", {"type": "boolean"}),
    ("User", "emails.type", {"canonicalValues": ["work", "home", "other"]}),
    ("User", "profileUrl", {"type": "reference", "referenceTypes": ["external"]}),
    ("User", "x509Certificates.value", {"type": "binary", "caseExact": True}),
    ("User", f"{ENTERPRISE}:manager.displayName", {"mutability": "readOnly"}),
    ("Group", "displayName", {"required": True}),
    ("Group", "members.value", {"mutability": "immutable"}),
    ("Group", "members.$ref", {"type": "reference", "referenceTypes": ["User", "Group"]}),
]


@pytest.mark.parametrize(("kind", "path", "expected"), CHARACTERISTICS)
def test_8_7_characteristics(kind: str, path: str, expected: dict, schema_set: SchemaSet) -> None:
    resource_type = schema_set.resource_type(kind)
    assert resource_type is not None
    found = schema_set.attribute(resource_type, parse_path(path))
    assert found is not None
    assert found.innermost is not None
    written = attribute_to_json(found.innermost)
    assert {name: written[name] for name in expected} == expected


def test_3_10_a_path_names_a_whole_extension(
    schema_set: SchemaSet, user_type: ResourceType
) -> None:
    found = schema_set.attribute(user_type, parse_path(ENTERPRISE.upper()))
    assert found is not None
    assert (found.extension, found.attribute) == (ENTERPRISE, None)


@pytest.mark.parametrize("path", ["bogus", "name.bogus", f"{ENTERPRISE}:bogus", "urn:x:2.0:Y:a"])
def test_3_10_a_path_of_nothing(path: str, schema_set: SchemaSet, user_type: ResourceType) -> None:
    assert schema_set.attribute(user_type, parse_path(path)) is None


def test_a_urn_without_a_version_is_found_too() -> None:
    made = schema_set_from_json(
        {
            "schemas": [
                {"id": "urn:example:core", "attributes": [{"name": "a"}]},
                {"id": "urn:example:more", "attributes": [{"name": "b"}]},
            ],
            "resourceTypes": [
                {
                    "name": "Thing",
                    "endpoint": "/Things",
                    "schema": "urn:example:core",
                    "schemaExtensions": [{"schema": "urn:example:more", "required": False}],
                }
            ],
        }
    )
    kind = made.resource_types[0]
    whole = made.attribute(kind, parse_path("urn:example:more"))
    part = made.attribute(kind, parse_path("urn:example:more:b"))
    assert whole is not None
    assert part is not None
    assert (whole.extension, whole.attribute) == ("urn:example:more", None)
    assert part.attribute is not None
    assert part.attribute.name == "b"


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        {"schemas": [], "resourceTypes": "x"},
        {"schemas": [{}], "resourceTypes": []},
        {"schemas": [{"id": "x", "attributes": [{}]}], "resourceTypes": []},
        {"schemas": [], "resourceTypes": [{"name": "x"}]},
        {"schemas": [], "resourceTypes": [{"name": "x", "endpoint": "/x", "schema": "y"}]},
    ],
    ids=repr,
)
def test_a_file_that_is_no_schema_set_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"schema|resource type|attribute"):
        schema_set_from_json(value)  # type: ignore[arg-type]
