"""Schema sets and resources that the tests of the SCIM floor share."""

import pytest

from looop_gui import resources
from looop_gui.scim.schema import ResourceType, SchemaSet, schema_set_from_json

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def _read_set(name: str) -> SchemaSet:
    return schema_set_from_json(
        resources.read_json("schemas", "sets", f"{name}.json"),
        lambda file: resources.read_json("schemas", file),
    )


@pytest.fixture(scope="session")
def schema_set() -> SchemaSet:
    return _read_set("looop")


@pytest.fixture(scope="session")
def user_type(schema_set: SchemaSet) -> ResourceType:
    found = schema_set.resource_type("User")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def group_type(schema_set: SchemaSet) -> ResourceType:
    found = schema_set.resource_type("Group")
    assert found is not None
    return found


@pytest.fixture
def barbara() -> dict:
    """The full user of RFC 7643 section 8.2, shortened."""
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "id": "2819c223-7f76-453a-919d-413861904646",
        "externalId": "701984",
        "userName": "bjensen@example.com",
        "name": {
            "formatted": "Ms. Barbara J Jensen, III",
            "familyName": "Jensen",
            "givenName": "Barbara",
        },
        "displayName": "Babs Jensen",
        "title": "Tour Guide",
        "userType": "Employee",
        "active": True,
        "emails": [
            {"value": "bjensen@example.com", "type": "work", "primary": True},
            {"value": "babs@jensen.org", "type": "home"},
        ],
        "phoneNumbers": [
            {"value": "555-555-5555", "type": "work"},
            {"value": "555-555-4444", "type": "mobile"},
        ],
        "addresses": [
            {"type": "work", "locality": "Hollywood", "country": "USA", "primary": True},
            {"type": "home", "locality": "Burbank"},
        ],
        ENTERPRISE: {
            "employeeNumber": "701984",
            "department": "Tour Operations",
            "manager": {"value": "26118915-6090-4610-87e4-49d8ca9f808d"},
        },
        "meta": {
            "resourceType": "User",
            "created": "2010-01-23T04:56:22Z",
            "lastModified": "2011-05-13T04:42:34Z",
            "version": 'W/"3694e05e9dff591"',
            "location": "https://example.com/v2/Users/2819c223-7f76-453a-919d-413861904646",
        },
    }
