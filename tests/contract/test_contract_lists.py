"""Paging, sorting and attributes over HTTP (RFC 7644 sections 3.4.2.3 to 3.4.2.5 and 3.9)."""

from typing import Any

import pytest

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
COUNT = 13


@pytest.fixture(scope="module")
def crowd(fresh: Any) -> Any:
    for number in range(COUNT):
        more = {} if number % 3 else {"title": f"T{COUNT - number:02}"}
        fresh.user(
            userName=f"{'uU'[number % 2]}{number:02}",
            name={"familyName": f"F{(number * 5) % COUNT:02}"},
            emails=[{"value": f"e{number:02}@x.org", "type": "work", "primary": True}],
            **more,
        )
    return fresh


# startIndex, count: the startIndex of the answer and the numbers of its users.
PAGES: dict[str, tuple[dict, int, range]] = {
    "no parameters": ({}, 1, range(COUNT)),
    "first page": ({"startIndex": 1, "count": 5}, 1, range(5)),
    "second page": ({"startIndex": 6, "count": 5}, 6, range(5, 10)),
    "last page": ({"startIndex": 11, "count": 5}, 11, range(10, COUNT)),
    "count alone": ({"count": 3}, 1, range(3)),
    "startIndex alone": ({"startIndex": 12}, 12, range(11, COUNT)),
    "startIndex 0 counts as 1": ({"startIndex": 0, "count": 2}, 1, range(2)),
    "startIndex below 0 counts as 1": ({"startIndex": -7, "count": 2}, 1, range(2)),
    "the last one": ({"startIndex": COUNT, "count": 5}, COUNT, range(12, COUNT)),
    "count 0": ({"count": 0}, 1, range(0)),
    "count below 0 counts as 0": ({"count": -1}, 1, range(0)),
    "count above the maximum": ({"count": 1000000}, 1, range(COUNT)),
    "names in another letter case": ({"STARTINDEX": 3, "Count": 2}, 3, range(2, 4)),
}


@pytest.mark.parametrize(("query", "start", "numbers"), PAGES.values(), ids=PAGES.keys())
def test_3_4_2_4_pages(query: dict, start: int, numbers: range, crowd: Any) -> None:
    for more in ({}, {"filter": 'userName sw "u"'}, {"sortBy": "userName"}):
        body = crowd.get("/Users", params=query | more).json()
        assert body["totalResults"] == COUNT
        assert body["startIndex"] == start
        assert [int(one["userName"][1:]) for one in body["Resources"]] == list(numbers)
    if "STARTINDEX" not in query:
        body = crowd.post("/Users/.search", {"schemas": [SEARCH], **query}).json()
        assert [int(one["userName"][1:]) for one in body["Resources"]] == list(numbers)


def test_3_4_2_4_beyond_the_end(crowd: Any) -> None:
    for start in (COUNT + 1, 10**9, 10**18):
        body = crowd.get("/Users", params={"startIndex": start, "count": 5}).json()
        assert (body["totalResults"], body["Resources"]) == (COUNT, [])
        assert body["itemsPerPage"] == 0
    search = {"schemas": [SEARCH], "startIndex": 10**30, "count": 10**30}
    assert crowd.post("/Users/.search", search).json()["totalResults"] == COUNT


def test_3_4_2_4_a_walk_meets_everyone_once(crowd: Any) -> None:
    seen: list[str] = []
    while True:
        query = {"startIndex": len(seen) + 1, "count": 4}
        body = crowd.get("/Users", params=query).json()
        seen.extend(one["id"] for one in body["Resources"])
        if len(seen) >= body["totalResults"]:
            break
    assert len(set(seen)) == len(seen) == COUNT


@pytest.mark.parametrize("value", ["ten", "1.5", "0x1", "1e2", "١"])
@pytest.mark.parametrize("name", ["startIndex", "count"])
def test_3_4_2_4_what_is_no_number_is_400(name: str, value: str, crowd: Any) -> None:
    crowd.refused(crowd.get("/Users", params={name: value}), 400)


SORTS: dict[str, tuple[dict, list[int]]] = {
    "ascending by default": ({"sortBy": "userName"}, list(range(COUNT))),
    "ascending": ({"sortBy": "userName", "sortOrder": "ascending"}, list(range(COUNT))),
    "descending": ({"sortBy": "userName", "sortOrder": "descending"}, list(range(COUNT))[::-1]),
    "letter case of the parameters": (
        {"sortby": "USERNAME", "SORTORDER": "Descending"},
        list(range(COUNT))[::-1],
    ),
    "sub-attribute": (
        {"sortBy": "name.familyName"},
        sorted(range(COUNT), key=lambda n: (n * 5) % COUNT),
    ),
    "multi-valued by the primary value": ({"sortBy": "emails"}, list(range(COUNT))),
    "multi-valued sub-attribute": ({"sortBy": "emails.value"}, list(range(COUNT))),
    "date": ({"sortBy": "meta.created"}, list(range(COUNT))),
    "URN": (
        {"sortBy": "urn:ietf:params:scim:schemas:core:2.0:User:userName"},
        list(range(COUNT)),
    ),
}


@pytest.mark.parametrize(("query", "numbers"), SORTS.values(), ids=SORTS.keys())
def test_3_4_2_3_sorting(query: dict, numbers: list[int], crowd: Any) -> None:
    body = crowd.get("/Users", params=query).json()
    assert [int(one["userName"][1:]) for one in body["Resources"]] == numbers


def test_3_4_2_3_the_unassigned_come_last_and_first(crowd: Any) -> None:
    def titles(order: str) -> list[str | None]:
        query = {"sortBy": "title", "sortOrder": order}
        return [one.get("title") for one in crowd.get("/Users", params=query).json()["Resources"]]

    assigned = sorted(title for title in titles("ascending") if title)
    unassigned = [None] * (COUNT - len(assigned))
    assert titles("ascending") == assigned + unassigned
    assert titles("descending") == unassigned + assigned[::-1]


def test_3_4_2_3_sorting_and_paging_go_together(crowd: Any) -> None:
    query = {"sortBy": "name.familyName", "startIndex": 4, "count": 3}
    body = crowd.get("/Users", params=query).json()
    assert [one["name"]["familyName"] for one in body["Resources"]] == ["F03", "F04", "F05"]


def test_3_4_2_3_a_wrong_order_is_400(crowd: Any) -> None:
    crowd.refused(crowd.get("/Users", params={"sortBy": "userName", "sortOrder": "up"}), 400)


ATTRIBUTES: dict[str, tuple[dict, set[str]]] = {
    "attributes": ({"attributes": "userName"}, {"userName"}),
    "attributes, several": ({"attributes": "userName,emails"}, {"userName", "emails"}),
    "attributes with blanks": ({"attributes": "userName, emails "}, {"userName", "emails"}),
    "attributes in another letter case": ({"attributes": "USERNAME"}, {"userName"}),
    "attributes, id alone": ({"attributes": "id"}, set()),
    "attributes, unknown": ({"attributes": "bogus"}, set()),
    "attributes, a sub-attribute": ({"attributes": "name.familyName"}, {"name"}),
    "attributes, URN": (
        {"attributes": "urn:ietf:params:scim:schemas:core:2.0:User:userName"},
        {"userName"},
    ),
    "attributes, extension": ({"attributes": ENTERPRISE}, {ENTERPRISE}),
    "attributes, part of an extension": (
        {"attributes": f"{ENTERPRISE}:department"},
        {ENTERPRISE},
    ),
    "attributes, meta": ({"attributes": "meta.created"}, {"meta"}),
    "excludedAttributes": (
        {"excludedAttributes": "emails,name,meta"},
        {"userName", "displayName", "active", ENTERPRISE},
    ),
    "excludedAttributes cannot take away id": (
        {"excludedAttributes": "id,schemas"},
        {"userName", "displayName", "active", "emails", "name", "meta", ENTERPRISE},
    ),
    "excludedAttributes, extension": (
        {"excludedAttributes": ENTERPRISE},
        {"userName", "displayName", "active", "emails", "name", "meta"},
    ),
}


@pytest.mark.parametrize(("query", "shown"), ATTRIBUTES.values(), ids=ATTRIBUTES.keys())
def test_3_9_attributes_of_every_answer(query: dict, shown: set[str], provider: Any) -> None:
    body = {
        "displayName": "B",
        "active": True,
        "name": {"familyName": "Lee", "givenName": "Ann"},
        "emails": [{"value": "a@b.c", "type": "work"}],
        ENTERPRISE: {"department": "Sales", "division": "D"},
    }
    user = provider.user(**body)
    path = f"/Users/{user['id']}"
    expected = {"schemas", "id"} | shown
    answers = [
        provider.get(path, params=query),
        provider.put(path, {n: v for n, v in user.items() if n != "meta"}, params=query),
        provider.patch(path, {"op": "replace", "path": "displayName", "value": "C"}, params=query),
    ]
    listed = provider.get(
        "/Users", params=query | {"filter": f'userName eq "{user["userName"]}"'}
    ).json()["Resources"]
    for answer in [*(one.json() for one in answers), *listed]:
        assert set(answer) == expected
    new = {"schemas": user["schemas"], "userName": provider.unique(), **body}
    assert set(provider.post("/Users", new, params=query).json()) == expected


def test_3_9_sub_attributes(provider: Any) -> None:
    user = provider.user(
        name={"familyName": "Lee", "givenName": "Ann"},
        emails=[{"value": "a@b.c", "type": "work"}, {"value": "d@e.f", "type": "home"}],
    )
    path = f"/Users/{user['id']}"
    shown = provider.get(path, params={"attributes": "name.familyName,emails.value"}).json()
    assert shown["name"] == {"familyName": "Lee"}
    assert shown["emails"] == [{"value": "a@b.c"}, {"value": "d@e.f"}]
    shown = provider.get(path, params={"excludedAttributes": "name.familyName,emails.type"}).json()
    assert shown["name"] == {"givenName": "Ann"}
    assert shown["emails"] == [{"value": "a@b.c"}, {"value": "d@e.f"}]


def test_3_9_several_parameters_of_one_name_add_up(provider: Any) -> None:
    user = provider.user(displayName="B", title="T")
    query = [("attributes", "userName"), ("attributes", "title")]
    shown = provider.get(f"/Users/{user['id']}", params=query).json()
    assert set(shown) == {"schemas", "id", "userName", "title"}


def test_3_4_2_an_empty_list(provider: Any) -> None:
    body = provider.get("/Users", params={"filter": 'userName eq "nobody at all"'}).json()
    assert body == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 0,
        "startIndex": 1,
        "itemsPerPage": 0,
        "Resources": [],
    }


@pytest.mark.parametrize("path", ["/.search", "/Users/.search", "/Groups/.search"])
def test_3_4_3_a_search_is_a_post(path: str, provider: Any) -> None:
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        provider.refused(provider.request(method, path), 405)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"filter": "title pr"},
        {"schemas": [ENTERPRISE]},
        {"schemas": [SEARCH], "count": "x"},
        {"schemas": [SEARCH], "startIndex": 1.5},
        {"schemas": [SEARCH], "attributes": {"a": 1}},
        {"schemas": [SEARCH], "filter": 5},
        {"schemas": [SEARCH], "sortBy": ["userName"]},
        {"schemas": [SEARCH], "sortOrder": "up"},
    ],
    ids=str,
)
def test_3_4_3_a_wrong_search_is_400(body: object, provider: Any) -> None:
    provider.refused(provider.post("/.search", body), 400)


def test_3_4_3_a_search_over_all_types(provider: Any) -> None:
    name = provider.unique("both")
    user = provider.user(displayName=name)
    group = provider.group(displayName=name)
    body = {
        "schemas": [SEARCH],
        "filter": f'displayName eq "{name}"',
        "attributes": ["displayName"],
        "sortBy": "displayName",
    }
    found = provider.post("/.search", body).json()
    assert {one["id"] for one in found["Resources"]} == {user["id"], group["id"]}
    only = provider.post("/Groups/.search", body).json()
    assert [one["id"] for one in only["Resources"]] == [group["id"]]
    by_type = body | {"filter": f'meta.resourceType eq "Group" and displayName eq "{name}"'}
    assert provider.post("/.search", by_type).json()["totalResults"] == 1
