"""Discovery over HTTP (RFC 7644 section 4, RFC 7643 sections 5 to 7)."""

from typing import Any

import pytest

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LOOOP = "urn:ietf:params:scim:schemas:extension:Looop:2.0:User"
ENDPOINTS = ("/ServiceProviderConfig", "/ResourceTypes", "/Schemas")


def test_5_service_provider_config(provider: Any) -> None:
    config = provider.get("/ServiceProviderConfig").json()
    assert config["schemas"] == ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"]
    for feature in ("patch", "bulk", "filter", "sort", "etag"):
        assert config[feature]["supported"] is True, feature
    assert isinstance(config["changePassword"]["supported"], bool)
    assert config["bulk"]["maxOperations"] > 0
    assert config["bulk"]["maxPayloadSize"] > 0
    assert config["filter"]["maxResults"] > 0
    schemes = config["authenticationSchemes"]
    assert [scheme["type"] for scheme in schemes] == ["oauthbearertoken"]
    assert all(scheme["name"] and scheme["description"] for scheme in schemes)
    assert config["meta"]["resourceType"] == "ServiceProviderConfig"
    assert config["meta"]["location"] == f"{provider.url}/ServiceProviderConfig"


def test_6_resource_types(provider: Any) -> None:
    body = provider.get("/ResourceTypes").json()
    assert body["totalResults"] == len(body["Resources"])
    by_name = {kind["name"]: kind for kind in body["Resources"]}
    assert by_name["User"]["endpoint"] == "/Users"
    assert by_name["User"]["schema"] == USER
    assert ENTERPRISE in [e["schema"] for e in by_name["User"]["schemaExtensions"]]
    assert by_name["Group"]["endpoint"] == "/Groups"
    assert by_name["Group"]["schema"] == GROUP
    for kind in body["Resources"]:
        assert kind["schemas"] == ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"]
        assert kind["meta"]["resourceType"] == "ResourceType"
        one = provider.get(f"/ResourceTypes/{kind['id']}")
        assert one.json() == kind
        assert kind["meta"]["location"] == f"{provider.url}/ResourceTypes/{kind['id']}"


def test_7_schemas(provider: Any) -> None:
    body = provider.get("/Schemas").json()
    assert body["totalResults"] == len(body["Resources"])
    by_id = {schema["id"]: schema for schema in body["Resources"]}
    assert {USER, GROUP, ENTERPRISE} <= set(by_id)
    for schema in body["Resources"]:
        assert schema["meta"]["resourceType"] == "Schema"
        assert schema["meta"]["location"] == f"{provider.url}/Schemas/{schema['id']}"
        assert provider.get(f"/Schemas/{schema['id']}").json() == schema
        for attribute in schema["attributes"]:
            _check_attribute(attribute)
            for sub in attribute.get("subAttributes", ()):
                _check_attribute(sub)


def _check_attribute(attribute: dict) -> None:
    kinds = {
        "string",
        "boolean",
        "decimal",
        "integer",
        "dateTime",
        "reference",
        "complex",
        "binary",
    }
    assert attribute["type"] in kinds
    assert isinstance(attribute["multiValued"], bool)
    assert isinstance(attribute["required"], bool)
    assert isinstance(attribute["caseExact"], bool)
    assert attribute["mutability"] in {"readOnly", "readWrite", "immutable", "writeOnly"}
    assert attribute["returned"] in {"always", "never", "default", "request"}
    assert attribute["uniqueness"] in {"none", "server", "global"}
    assert attribute["description"]
    assert ("subAttributes" in attribute) == (attribute["type"] == "complex")
    assert ("referenceTypes" in attribute) == (attribute["type"] == "reference")


def test_7_every_schema_of_a_resource_type_is_served(provider: Any) -> None:
    served = {schema["id"] for schema in provider.get("/Schemas").json()["Resources"]}
    for kind in provider.get("/ResourceTypes").json()["Resources"]:
        assert kind["schema"] in served
        assert {e["schema"] for e in kind.get("schemaExtensions", ())} <= served


def test_c_5_the_looop_extension_is_found_by_schema_discovery(looop: Any) -> None:
    attributes = looop.get(f"/Schemas/{LOOOP}").json()["attributes"]
    assert [attribute["name"] for attribute in attributes] == [
        "area",
        "custom_1",
        "custom_2",
        "custom_3",
        "location",
        "position",
        "startAt",
    ]


def test_8_7_1_the_password_is_write_only_and_never_returned(provider: Any) -> None:
    attributes = provider.get(f"/Schemas/{USER}").json()["attributes"]
    password = next(a for a in attributes if a["name"] == "password")
    assert (password["mutability"], password["returned"]) == ("writeOnly", "never")
    user_name = next(a for a in attributes if a["name"] == "userName")
    assert (user_name["required"], user_name["uniqueness"]) == (True, "server")
    assert user_name["caseExact"] is False


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ENDPOINTS)
def test_4_other_methods_on_discovery_are_405(path: str, method: str, provider: Any) -> None:
    response = provider.request(method, path, None if method == "DELETE" else {})
    provider.refused(response, 405)
    assert "GET" in response.headers["allow"]


@pytest.mark.parametrize("path", ENDPOINTS[1:])
def test_4_an_unknown_id_is_404(path: str, provider: Any) -> None:
    provider.refused(provider.get(f"{path}/bogus"), 404)


@pytest.mark.parametrize("path", ENDPOINTS)
def test_4_a_filter_on_discovery_is_403(path: str, provider: Any) -> None:
    provider.refused(provider.get(path, params={"filter": 'id eq "x"'}), 403)


@pytest.mark.parametrize("path", ENDPOINTS)
def test_4_paging_and_sorting_are_ignored_on_discovery(path: str, provider: Any) -> None:
    plain = provider.get(path).json()
    asked = provider.get(path, params={"sortBy": "id", "startIndex": 1, "count": 1000}).json()
    assert asked == plain


def test_7_a_schema_urn_is_found_in_any_letter_case(provider: Any) -> None:
    assert provider.get(f"/Schemas/{USER.lower()}").json()["id"] == USER
