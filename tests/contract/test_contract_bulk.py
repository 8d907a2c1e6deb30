"""Bulk requests over HTTP (RFC 7644 section 3.7)."""

from typing import Any

import pytest

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def post_user(provider: Any, bulk_id: str, **more: Any) -> dict:
    data = {"schemas": [USER], "userName": provider.unique()} | more
    return {"method": "POST", "path": "/Users", "bulkId": bulk_id, "data": data}


def post_group(provider: Any, bulk_id: str, *members: str, **more: Any) -> dict:
    data = {
        "schemas": [GROUP],
        "displayName": provider.unique("bulk"),
        "members": [{"value": member} for member in members],
    } | more
    return {"method": "POST", "path": "/Groups", "bulkId": bulk_id, "data": data}


def bulk(provider: Any, *operations: dict, **more: Any) -> Any:
    return provider.post("/Bulk", {"schemas": [BULK], "Operations": list(operations), **more})


def results(response: Any) -> list[dict]:
    assert response.status_code == 200, response.text
    body = response.json()
    assert body["schemas"] == [RESPONSE]
    assert set(body) == {"schemas", "Operations"}
    for one in body["Operations"]:
        assert isinstance(one["status"], str)
        assert one["method"] in ("POST", "PUT", "PATCH", "DELETE")
        if int(one["status"]) >= 400:
            assert one["response"]["status"] == one["status"]
            assert one["response"]["detail"]
        elif one["method"] != "DELETE":
            assert one["location"].startswith("http")
            assert one["version"].startswith('W/"')
    listed: list[dict] = body["Operations"]
    return listed


def id_of(result: dict) -> str:
    return result["location"].rpartition("/")[2]


def test_3_7_every_method(provider: Any) -> None:
    put, patched, gone = provider.user(), provider.user(), provider.user()
    answers = results(
        bulk(
            provider,
            post_user(provider, "a"),
            {
                "method": "PUT",
                "path": f"/Users/{put['id']}",
                "data": {"schemas": [USER], "userName": put["userName"], "title": "T"},
            },
            {
                "method": "PATCH",
                "path": f"/Users/{patched['id']}",
                "version": patched["meta"]["version"],
                "data": {
                    "schemas": [PATCH_OP],
                    "Operations": [{"op": "add", "path": "title", "value": "T"}],
                },
            },
            {"method": "DELETE", "path": f"/Users/{gone['id']}"},
        )
    )
    assert [one["status"] for one in answers] == ["201", "200", "200", "204"]
    assert answers[0]["bulkId"] == "a"
    assert provider.get(f"/Users/{id_of(answers[0])}").status_code == 200
    assert provider.get(f"/Users/{put['id']}").json()["title"] == "T"
    assert provider.get(f"/Users/{patched['id']}").json()["title"] == "T"
    assert provider.get(f"/Users/{gone['id']}").status_code == 404


def test_3_7_2_a_bulk_id_in_members(provider: Any) -> None:
    answers = results(
        bulk(
            provider, post_user(provider, "qwerty"), post_group(provider, "ytrewq", "bulkId:qwerty")
        )
    )
    user_id, group_id = map(id_of, answers)
    members = provider.get(f"/Groups/{group_id}").json()["members"]
    assert [(one["value"], one["type"]) for one in members] == [(user_id, "User")]


def test_3_7_2_a_bulk_id_before_its_operation(provider: Any) -> None:
    answers = results(
        bulk(provider, post_group(provider, "g", "bulkId:u"), post_user(provider, "u"))
    )
    assert {one["status"] for one in answers} == {"201"}
    by_id = {one["bulkId"]: id_of(one) for one in answers}
    members = provider.get(f"/Groups/{by_id['g']}").json()["members"]
    assert [one["value"] for one in members] == [by_id["u"]]


def test_3_7_1_circular_references(provider: Any) -> None:
    answers = results(
        bulk(
            provider,
            post_group(provider, "a", "bulkId:b"),
            post_group(provider, "b", "bulkId:a"),
        )
    )
    assert {one["status"] for one in answers} == {"201"}
    by_id = {one["bulkId"]: id_of(one) for one in answers}
    for one, other in (("a", "b"), ("b", "a")):
        members = provider.get(f"/Groups/{by_id[one]}").json()["members"]
        assert [member["value"] for member in members] == [by_id[other]]


def test_3_7_2_a_bulk_id_in_a_path_and_in_a_patch(provider: Any) -> None:
    group = provider.group()
    answers = results(
        bulk(
            provider,
            post_user(provider, "u"),
            {
                "method": "PATCH",
                "path": f"/Groups/{group['id']}",
                "data": {
                    "schemas": [PATCH_OP],
                    "Operations": [
                        {"op": "add", "path": "members", "value": [{"value": "bulkId:u"}]}
                    ],
                },
            },
            {
                "method": "PATCH",
                "path": "/Users/bulkId:u",
                "data": {
                    "schemas": [PATCH_OP],
                    "Operations": [{"op": "add", "path": "title", "value": "T"}],
                },
            },
        )
    )
    assert answers[0]["status"] == "201"
    user = provider.get(f"/Users/{id_of(answers[0])}").json()
    assert user["title"] == "T"
    assert [one["value"] for one in user["groups"]] == [group["id"]]


def test_3_7_2_a_bulk_id_of_a_manager(provider: Any) -> None:
    held = {ENTERPRISE: {"manager": {"value": "bulkId:boss"}}}
    answers = results(bulk(provider, post_user(provider, "boss"), post_user(provider, "u", **held)))
    boss_id, user_id = map(id_of, answers)
    user = provider.get(f"/Users/{user_id}").json()
    assert user[ENTERPRISE]["manager"]["value"] == boss_id


def test_3_7_2_an_unknown_bulk_id_fails_its_operation_only(provider: Any) -> None:
    answers = results(
        bulk(provider, post_group(provider, "g", "bulkId:nobody"), post_user(provider, "u"))
    )
    by_id = {one["bulkId"]: one["status"] for one in answers}
    assert by_id["u"] == "201"
    assert by_id["g"] in ("400", "409", "412")


def test_3_7_3_failures_do_not_stop_the_others(provider: Any) -> None:
    user = provider.user()
    answers = results(
        bulk(
            provider,
            post_user(provider, "a", userName=user["userName"]),
            {"method": "DELETE", "path": "/Users/unknown"},
            {"method": "PATCH", "path": "/Bogus/x", "data": {}},
            post_user(provider, "b"),
        )
    )
    assert [one["status"] for one in answers] == ["409", "404", "404", "201"]
    assert answers[0]["response"]["scimType"] == "uniqueness"
    assert answers[0]["bulkId"] == "a"
    assert "location" not in answers[0]


@pytest.mark.parametrize(("limit", "tried"), [(1, 2), (2, 4), (3, 5)])
def test_3_7_3_fail_on_errors(limit: int, tried: int, provider: Any) -> None:
    taken = provider.user()["userName"]
    operations = [
        post_user(provider, "1"),
        post_user(provider, "2", userName=taken),
        post_user(provider, "3"),
        post_user(provider, "4", userName=taken),
        post_user(provider, "5"),
    ]
    answers = results(bulk(provider, *operations, failOnErrors=limit))
    assert len(answers) == tried
    last = operations[-1]["data"]["userName"]
    assert len(provider.found("/Users", f'userName eq "{last}"')) == (tried == 5)


def test_3_7_a_version_that_is_stale(provider: Any) -> None:
    user = provider.user()
    (answer,) = results(
        bulk(provider, {"method": "DELETE", "path": f"/Users/{user['id']}", "version": 'W/"x"'})
    )
    assert answer["status"] == "412"
    assert provider.get(f"/Users/{user['id']}").status_code == 200


def test_3_7_an_empty_list(provider: Any) -> None:
    assert results(bulk(provider)) == []


def test_3_7_names_in_any_letter_case(provider: Any) -> None:
    data = {"schemas": [USER], "userName": provider.unique()}
    body = {
        "SCHEMAS": [BULK],
        "operations": [{"METHOD": "post", "PATH": "/Users", "BULKID": "x", "DATA": data}],
    }
    (answer,) = results(provider.post("/Bulk", body))
    assert answer["status"] == "201"


SINGLE: dict[str, tuple[dict, set[str]]] = {
    "POST without a bulkId": ({"method": "POST", "path": "/Users", "data": {}}, {"400"}),
    "POST without data": ({"method": "POST", "path": "/Users", "bulkId": "a"}, {"400"}),
    "unknown method": ({"method": "GET", "path": "/Users"}, {"400", "405"}),
    "invalid data": (
        {"method": "POST", "path": "/Users", "bulkId": "a", "data": {"schemas": [USER]}},
        {"400"},
    ),
    "POST to a resource": (
        {"method": "POST", "path": "/Users/x", "bulkId": "a", "data": {}},
        {"400", "404", "405"},
    ),
    "DELETE of a collection": ({"method": "DELETE", "path": "/Users"}, {"400", "404", "405"}),
    "a bulk in a bulk": (
        {"method": "POST", "path": "/Bulk", "bulkId": "a", "data": {"schemas": [BULK]}},
        {"400", "404"},
    ),
}


@pytest.mark.parametrize(("operation", "statuses"), SINGLE.values(), ids=SINGLE.keys())
def test_3_7_3_an_operation_that_is_wrong(
    operation: dict, statuses: set[str], provider: Any
) -> None:
    good = post_user(provider, "good")
    response = bulk(provider, operation, good)
    if response.status_code == 200:
        answers = response.json()["Operations"]
        assert answers[0]["status"] in statuses | {"201"}
        assert answers[0]["status"] != "201"
        assert answers[1]["status"] == "201"
    else:
        provider.refused(response, 400)


WRONG: dict[str, Any] = {
    "a list": [],
    "no schemas": {"Operations": []},
    "other schemas": {"schemas": [USER], "Operations": []},
    "no operations": {"schemas": [BULK]},
    "operations an object": {"schemas": [BULK], "Operations": {}},
    "an operation that is text": {"schemas": [BULK], "Operations": ["x"]},
    "an operation without a method": {"schemas": [BULK], "Operations": [{"path": "/Users"}]},
    "an operation without a path": {"schemas": [BULK], "Operations": [{"method": "DELETE"}]},
    "failOnErrors text": {"schemas": [BULK], "Operations": [], "failOnErrors": "x"},
    "a bulkId twice": {
        "schemas": [BULK],
        "Operations": [
            {"method": "POST", "path": "/Users", "bulkId": "a", "data": {}},
            {"method": "POST", "path": "/Users", "bulkId": "a", "data": {}},
        ],
    },
}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG.keys())
def test_3_7_a_wrong_bulk_request_is_400(body: Any, provider: Any) -> None:
    provider.refused(provider.post("/Bulk", body), 400)


def test_3_7_4_too_many_operations(looop: Any) -> None:
    limit = looop.get("/ServiceProviderConfig").json()["bulk"]["maxOperations"]
    one = {"method": "DELETE", "path": "/Users/x"}
    looop.refused(bulk(looop, *[one] * (limit + 1)), 413)
    assert len(results(bulk(looop, *[one] * limit))) == limit


def test_3_7_4_too_large_a_payload(looop: Any) -> None:
    limit = looop.get("/ServiceProviderConfig").json()["bulk"]["maxPayloadSize"]
    large = post_user(looop, "a", title="x" * limit)
    looop.refused(bulk(looop, large), 413)
    assert looop.found("/Users", f'userName eq "{large["data"]["userName"]}"') == []


@pytest.mark.parametrize("path", ["/Bulk", "/Bulk/"])
def test_3_7_4_a_payload_above_the_advertised_size_is_413(provider: Any, path: str) -> None:
    limit = provider.get("/ServiceProviderConfig").json()["bulk"]["maxPayloadSize"]
    user = {"schemas": [USER], "userName": provider.unique(), "title": "x" * limit}
    operation = {"method": "POST", "path": "/Users", "bulkId": "large", "data": user}
    body = {"schemas": [BULK], "Operations": [operation]}
    provider.refused(provider.post(path, body), 413)
