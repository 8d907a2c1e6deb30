"""Errors, lists, entity tags, sorting, query parameters and discovery as values."""

import pytest

from looop_gui.scim.discovery import (
    BEARER_TOKEN,
    ServiceProviderConfig,
    service_provider_config_from_json,
    service_provider_config_to_json,
)
from looop_gui.scim.errors import ScimProtocolError, invalid_filter, shorten
from looop_gui.scim.etag import matches, weak_etag
from looop_gui.scim.messages import SEARCH_REQUEST
from looop_gui.scim.responses import list_response
from looop_gui.scim.schema import ResourceType, SchemaSet
from looop_gui.scim.search import (
    SearchRequest,
    search_request_from_json,
    search_request_from_query,
)
from looop_gui.scim.sorting import sort_key


def test_3_12_the_error_body() -> None:
    assert invalid_filter("Unreadable.").to_body() == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": "400",
        "scimType": "invalidFilter",
        "detail": "Unreadable.",
    }
    assert "scimType" not in ScimProtocolError(404, None, "Gone.").to_body()


@pytest.mark.parametrize("text", ["a\nb\tc", "\ud800x", "y" * 500, "", "é🦊"])
def test_what_is_quoted_is_short_and_encodable(text: str) -> None:
    quoted = shorten(text)
    assert len(quoted) <= 80
    assert "\n" not in quoted
    assert quoted.encode("utf-8").decode("utf-8") == quoted


def test_3_4_2_a_list() -> None:
    body = list_response([{"id": "1"}], total_results=7, start_index=3)
    assert body == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 7,
        "startIndex": 3,
        "itemsPerPage": 1,
        "Resources": [{"id": "1"}],
    }


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('W/"1"', True),
        ('"1"', True),
        ("1", True),
        ('W/"2"', False),
        ('W/"2", W/"1"', True),
        ('W/"2","3"', False),
        ("*", True),
        (" * ", True),
        ("", False),
    ],
)
def test_3_14_entity_tags(header: str, expected: bool) -> None:
    assert matches(header, weak_etag(1)) is expected


PEOPLE = [
    {"id": "1", "userName": "bob", "active": True, "emails": [{"value": "z@x"}]},
    {"id": "2", "userName": "Alice", "name": {"familyName": "B"}},
    {
        "id": "3",
        "userName": "carol",
        "active": False,
        "name": {"familyName": "a"},
        "emails": [{"value": "y@x"}, {"value": "a@x", "primary": True}],
        "meta": {"created": "2026-01-01T00:00:00+02:00"},
    },
    {"id": "4", "userName": "dave", "meta": {"created": "2025-12-31T23:00:00Z"}},
]


@pytest.mark.parametrize(
    ("sort_by", "ascending"),
    [
        ("userName", "2134"),
        ("USERNAME", "2134"),
        ("urn:ietf:params:scim:schemas:core:2.0:User:userName", "2134"),
        ("name.familyName", "3214"),
        ("emails", "3124"),
        ("emails.value", "3124"),
        ("active", "3124"),
        ("meta.created", "3412"),
        ("bogus", "1234"),
        ("name", "1234"),
    ],
)
def test_3_4_2_3_sorting(
    sort_by: str, ascending: str, schema_set: SchemaSet, user_type: ResourceType
) -> None:
    key = sort_key(sort_by, schema_set, user_type)
    assert "".join(person["id"] for person in sorted(PEOPLE, key=key)) == ascending


def test_3_4_2_3_descending_what_has_no_value_comes_first(
    schema_set: SchemaSet, user_type: ResourceType
) -> None:
    key = sort_key("name.familyName", schema_set, user_type)
    ordered = sorted(PEOPLE, key=key, reverse=True)
    assert [person["id"] for person in ordered] == ["1", "4", "2", "3"]


@pytest.mark.parametrize("sort_by", ["a b", 'emails[type eq "work"].value', "name..x"])
def test_3_4_2_3_sorting_by_what_is_no_path(
    sort_by: str, schema_set: SchemaSet, user_type: ResourceType
) -> None:
    with pytest.raises(ScimProtocolError) as refused:
        sort_key(sort_by, schema_set, user_type)
    assert refused.value.scim_type == "invalidPath"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ([], SearchRequest()),
        ([("startIndex", "0"), ("count", "-5")], SearchRequest(start_index=1, count=0)),
        ([("startIndex", "-3"), ("count", "0")], SearchRequest(start_index=1, count=0)),
        ([("startindex", "7"), ("COUNT", "5")], SearchRequest(start_index=7, count=5)),
        ([("count", "")], SearchRequest()),
        (
            [("sortBy", "x"), ("sortOrder", "Descending")],
            SearchRequest(sort_by="x", descending=True),
        ),
        (
            [("attributes", "a,b"), ("attributes", "c"), ("excludedAttributes", "d")],
            SearchRequest(attributes=("a", "b", "c"), excluded_attributes=("d",)),
        ),
        ([("filter", "title pr"), ("other", "x")], SearchRequest(filter="title pr")),
    ],
    ids=repr,
)
def test_3_4_2_query_parameters(query: list[tuple[str, str]], expected: SearchRequest) -> None:
    assert search_request_from_query(query) == expected


@pytest.mark.parametrize(
    "query",
    [
        [("count", "ten")],
        [("count", "1.5")],
        [("startIndex", "9" * 3000)],
        [("startIndex", "--1")],
        [("sortOrder", "up")],
    ],
    ids=repr,
)
def test_3_4_2_query_parameters_that_are_no_numbers(query: list[tuple[str, str]]) -> None:
    with pytest.raises(ScimProtocolError) as refused:
        search_request_from_query(query)
    assert refused.value.status == 400


def test_3_4_3_a_search_body() -> None:
    body = {
        "schemas": [SEARCH_REQUEST],
        "attributes": ["displayName", "userName"],
        "filter": 'displayName sw "smith"',
        "startIndex": 1,
        "count": 10,
    }
    assert search_request_from_json(body) == SearchRequest(
        attributes=("displayName", "userName"),
        filter='displayName sw "smith"',
        start_index=1,
        count=10,
    )
    for wrong in (
        [],
        {"filter": "x"},
        body | {"count": "x"},
        body | {"attributes": 5},
        body | {"filter": 1},
    ):
        with pytest.raises(ScimProtocolError):
            search_request_from_json(wrong)


def test_5_the_service_provider_config_is_read_as_it_was_written() -> None:
    config = ServiceProviderConfig(
        bulk=True,
        bulk_maximum_operations=1000,
        bulk_maximum_payload_size=1048576,
        filter_maximum_results=200,
        sort=True,
        etag=True,
        authentication_schemes=(BEARER_TOKEN,),
        documentation_uri="https://example.com/help",
    )
    assert service_provider_config_from_json(service_provider_config_to_json(config)) == config


def test_5_a_foreign_service_provider_config_is_read_leniently() -> None:
    config = service_provider_config_from_json(
        {"Patch": {"Supported": "True"}, "filter": True, "bulk": None, "sort": {}}
    )
    assert (config.patch, config.filter, config.bulk, config.sort) == (True, True, False, False)
    with pytest.raises(ValueError, match="JSON object"):
        service_provider_config_from_json(["x"])
