"""Lists, filters, searches, sorting and paging of the tenant."""

from typing import Any

import pytest

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


@pytest.fixture
def many(call: Any) -> Any:
    for number in range(1, 8):
        call.user(
            f"u{number}@looop.example",
            displayName=f"Person {number}",
            externalId=f"E{number}",
            emails=[
                {"type": "work", "value": f"U{number}@work.example", "primary": True},
                {"type": "home", "value": f"u{number}@home.example"},
            ],
        )
    call.group("Sales")
    return call


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('userName eq "U3@LOOOP.example"', ["u3"]),
        ('externalId eq "E3"', ["u3"]),
        ('externalId eq "e3"', []),
        ('displayName eq "person 3"', ["u3"]),
        ('emails.value eq "u3@work.example"', ["u3"]),
        ('emails eq "u3@work.example"', ["u3"]),
        ('emails[type eq "work"].value eq "u3@work.example"', ["u3"]),
        ('emails[type eq "home"].value eq "u3@work.example"', []),
        ('emails[type eq "home" and value eq "u3@home.example"]', ["u3"]),
        ('userName eq "u3@looop.example" and active eq true', ["u3"]),
        ('userName eq "u3@looop.example" and active eq false', []),
        ('userName eq "u3@looop.example" or userName eq "u5@looop.example"', ["u3", "u5"]),
        ('(externalId eq "E1" or externalId eq "E2") and displayName co "2"', ["u2"]),
        ('userName sw "u3" or externalId eq "E4"', ["u3", "u4"]),
        ('not (userName co "u")', []),
        ('meta.resourceType eq "User" and userName ew "7@looop.example"', ["u7"]),
        ('meta.created gt "2020-01-01T00:00:00Z" and userName sw "u1"', ["u1"]),
        ('meta.lastModified lt "2020-01-01T00:00:00Z"', []),
        ('userName eq "nobody"', []),
        ("unknownAttribute pr", []),
    ],
)
def test_filters(many: Any, text: str, found: list[str]) -> None:
    names = [one["userName"].partition("@")[0] for one in many.find(text)]
    assert sorted(names) == found


def test_an_equality_reads_only_what_it_finds(many: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def scan(resource_type: str) -> None:
        raise AssertionError("the storage was scanned")

    monkeypatch.setattr(many.service.storage, "scan", scan)
    user = many.find('userName eq "u3@looop.example"')[0]
    assert many.find(f'id eq "{user["id"]}"') == [user]
    assert many.find(f'id eq "{user["id"]}" and emails.value eq "other"') == []
    assert many.find('emails[type eq "work"].value eq "u3@work.example"') == [user]
    assert many.find('displayName eq "Sales"', "/Groups")[0]["displayName"] == "Sales"


@pytest.mark.parametrize("preset", ["looop", "rfc"])
def test_an_extension_as_a_whole_is_present_or_not(call_with: Any, preset: str) -> None:
    call = call_with(preset)
    call.user("ann", schemas=[USER, ENTERPRISE], **{ENTERPRISE: {"department": "Sales"}})
    call.user("bob")
    assert [one["userName"] for one in call.find(f"{ENTERPRISE} pr")] == ["ann"]
    assert [one["userName"] for one in call.find(f"not ({ENTERPRISE.upper()} pr)")] == ["bob"]
    assert len(call.find(f'{USER} pr and userName sw "a"')) == 1
    for text in (f'{ENTERPRISE} eq "x"', f'{ENTERPRISE}[department eq "x"]'):
        response = call.get("/Users", filter=text)
        assert (response.status, response.body["scimType"]) == (400, "invalidFilter")


def test_a_filter_that_cannot_be_read_is_invalid_filter(call: Any) -> None:
    response = call.get("/Users", filter="userName eq")
    assert (response.status, response.body["scimType"]) == (400, "invalidFilter")


def test_an_unknown_attribute_in_a_filter_is_refused_only_in_the_strict_preset(
    call: Any, strict: Any
) -> None:
    assert call.get("/Users", filter='shoeSize eq "44"').body["totalResults"] == 0
    assert call.get("/Users", filter='emails[size eq "44"]').body["totalResults"] == 0
    for text in ('shoeSize eq "44"', 'emails[size eq "44"]', 'emails[size eq "4"].value pr'):
        response = strict.get("/Users", filter=text)
        assert (response.status, response.body["scimType"]) == (400, "invalidFilter")


@pytest.mark.parametrize(
    ("query", "start", "size"),
    [
        ({}, 1, 7),
        ({"count": "3"}, 1, 3),
        ({"startIndex": "6", "count": "3"}, 6, 2),
        ({"startIndex": "0", "count": "2"}, 1, 2),
        ({"startIndex": "-5", "count": "2"}, 1, 2),
        ({"startIndex": "8"}, 8, 0),
        ({"startIndex": "100000"}, 100000, 0),
        ({"count": "0"}, 1, 0),
        ({"count": "-1"}, 1, 0),
        ({"count": "100000"}, 1, 7),
        ({"count": "9" * 40}, 1, 7),
        ({"count": "-" + "9" * 40}, 1, 0),
        ({"startIndex": "9" * 40}, 2**53, 0),
    ],
)
@pytest.mark.parametrize("filtered", [False, True])
def test_paging(many: Any, query: dict[str, str], start: int, size: int, filtered: bool) -> None:
    query = {**query, "filter": "userName pr"} if filtered else query
    body = many.get("/Users", **query).body
    assert body["totalResults"] == 7
    assert body["startIndex"] == start
    assert body["itemsPerPage"] == len(body["Resources"]) == size


def test_a_count_above_the_maximum_gives_the_maximum(call: Any) -> None:
    for _ in range(1001):
        call.user()
    body = call.get("/Users", count="5000").body
    assert (body["totalResults"], body["itemsPerPage"]) == (1001, 1000)
    assert call.get("/Users").body["itemsPerPage"] == 1000


def test_pages_cover_everything_once(many: Any) -> None:
    seen = [
        one["id"]
        for start in (1, 4, 7)
        for one in many.get("/Users", startIndex=str(start), count="3").body["Resources"]
    ]
    assert len(seen) == len(set(seen)) == 7


def test_a_number_that_is_none_is_invalid_value(call: Any) -> None:
    response = call.get("/Users", count="many")
    assert (response.status, response.body["scimType"]) == (400, "invalidValue")


def test_a_whole_number_may_have_a_fraction_of_zero(many: Any) -> None:
    body = {"schemas": [SEARCH], "count": 2.0}
    assert many("POST", "/Users/.search", body).body["itemsPerPage"] == 2
    assert many("POST", "/Users/.search", {**body, "count": 2.5}).status == 400


def test_sorting(many: Any) -> None:
    down = many.get("/Users", sortBy="userName", sortOrder="descending", count="2").body
    assert [one["userName"][:2] for one in down["Resources"]] == ["u7", "u6"]
    by_time = many.get("/Users", sortBy="meta.created").body["Resources"]
    assert [one["userName"][:2] for one in by_time] == [f"u{n}" for n in range(1, 8)]


def test_search_at_the_root_looks_at_all_types(many: Any) -> None:
    body = {"schemas": [SEARCH], "filter": 'displayName eq "Sales" or userName sw "u1"'}
    found = many("POST", "/.search", body).body["Resources"]
    assert {one["meta"]["resourceType"] for one in found} == {"User", "Group"}


def test_search_of_a_type_takes_paging_and_attributes(many: Any) -> None:
    body = {
        "schemas": [SEARCH],
        "filter": "userName pr",
        "attributes": ["userName"],
        "sortBy": "userName",
        "startIndex": 2,
        "count": 1,
    }
    found = many("POST", "/Users/.search", body).body
    assert found["totalResults"] == 7
    assert [set(one) for one in found["Resources"]] == [{"schemas", "id", "userName"}]
    assert found["Resources"][0]["userName"] == "u2@looop.example"


def test_a_list_at_the_root_holds_all_types(many: Any) -> None:
    assert many.get("/").body["totalResults"] == 8


def test_discovery_lists_looops_extension(call: Any) -> None:
    schemas = {one["id"]: one for one in call.get("/Schemas").body["Resources"]}
    extension = schemas["urn:ietf:params:scim:schemas:extension:Looop:2.0:User"]
    assert {one["name"] for one in extension["attributes"]} == {
        "area", "custom_1", "custom_2", "custom_3", "location", "position", "startAt",
    }  # fmt: skip
    assert call.get("/Schemas/urn:ietf:params:scim:schemas:core:2.0:User").body["name"] == "User"
    assert call.get("/Schemas/none").status == 404
    kinds = call.get("/ResourceTypes").body["Resources"]
    assert {one["name"] for one in kinds} == {"User", "Group"}
    assert call.get("/ResourceTypes/User").body["endpoint"] == "/Users"


def test_discovery_refuses_a_filter(call: Any) -> None:
    for path in ("/Schemas", "/ResourceTypes", "/ServiceProviderConfig"):
        assert call.get(path, filter='id eq "x"').status == 403
