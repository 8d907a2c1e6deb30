"""Bulk requests of the tenant (RFC 7644 section 3.7)."""

from typing import Any

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def bulk(call: Any, *operations: dict[str, Any], **more: Any) -> Any:
    return call("POST", "/Bulk", {"schemas": [BULK], "Operations": list(operations), **more})


def new_user(name: str, **more: Any) -> dict[str, Any]:
    data = {"schemas": [USER], "userName": name, **more}
    return {"method": "POST", "path": "/Users", "bulkId": name, "data": data}


def new_group(name: str, *members: str) -> dict[str, Any]:
    values = [{"value": f"bulkId:{one}"} for one in members]
    data = {"schemas": [GROUP], "displayName": name, "members": values}
    return {"method": "POST", "path": "/Groups", "bulkId": name, "data": data}


def statuses(response: Any) -> list[str]:
    return [one["status"] for one in response.body["Operations"]]


def members(call: Any, group: dict[str, Any]) -> set[str]:
    body = call.get(f"/Groups/{group['id']}", attributes="members.display").body
    return {one["display"] for one in body["members"]}


def test_each_method_in_one_request(call: Any) -> None:
    old = call.user()
    path = f"/Users/{old['id']}"
    patch = {
        "schemas": [PATCH_OP],
        "Operations": [{"op": "add", "path": "title", "value": "Boss"}],
    }
    response = bulk(
        call,
        new_user("ann"),
        {"method": "PATCH", "path": path, "data": patch},
        {"method": "PUT", "path": path, "data": {"schemas": [USER], "userName": "renamed"}},
        {"method": "DELETE", "path": path},
    )
    assert response.status == 200
    assert statuses(response) == ["201", "200", "200", "204"]
    created = response.body["Operations"][0]
    assert created["bulkId"] == "ann"
    assert created["version"] == 'W/"1"'
    assert call.get(created["location"].removeprefix("http://tenant.example/scim/v2")).ok


def test_a_group_may_name_users_that_come_before_or_after_it(call: Any) -> None:
    response = bulk(call, new_user("ann"), new_group("Sales", "ann", "bob"), new_user("bob"))
    assert statuses(response) == ["201", "201", "201"]
    group = call.find('displayName eq "Sales"', "/Groups")[0]
    assert members(call, group) == {"ann", "bob"}


def test_groups_may_name_each_other_in_a_circle(call: Any) -> None:
    response = bulk(call, new_group("A", "B"), new_group("B", "C"), new_group("C", "A"))
    assert statuses(response) == ["201", "201", "201"]
    for name, member in (("A", "B"), ("B", "C"), ("C", "A")):
        group = call.find(f'displayName eq "{name}"', "/Groups")[0]
        assert members(call, group) == {member}


def test_a_manager_and_a_path_may_be_bulk_ids(call: Any) -> None:
    value = {"manager": {"value": "bulkId:boss"}}
    rename = {"schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "title", "value": "B"}]}
    response = bulk(
        call,
        new_user("ann", **{ENTERPRISE: value}),
        new_user("boss"),
        {"method": "PATCH", "path": "/Users/bulkId:boss", "data": rename},
    )
    assert statuses(response) == ["201", "201", "200"]
    boss = call.find('userName eq "boss"')[0]
    assert boss["title"] == "B"
    assert call.find('userName eq "ann"')[0][ENTERPRISE]["manager"]["value"] == boss["id"]


def test_an_unknown_bulk_id_fails_only_its_operation(call: Any) -> None:
    response = bulk(call, new_group("Sales", "nobody"), new_user("ann"))
    assert statuses(response) == ["400", "201"]
    failed = response.body["Operations"][0]["response"]
    assert failed["scimType"] == "invalidValue"


def test_what_refers_to_a_failed_operation_is_409(call: Any) -> None:
    call.user("ann")
    response = bulk(call, new_user("ann"), new_group("Sales", "ann"))
    assert statuses(response) == ["409", "409"]
    assert call.get("/Groups").body["totalResults"] == 0


def test_fail_on_errors_ends_the_work(call: Any) -> None:
    call.user("ann")
    response = bulk(call, new_user("ann"), new_user("bob"), failOnErrors=1)
    assert statuses(response) == ["409"]
    assert call.get("/Users").body["totalResults"] == 1


def test_without_fail_on_errors_all_are_tried(call: Any) -> None:
    call.user("ann")
    response = bulk(call, new_user("ann"), {"method": "DELETE", "path": "/Users/x"}, new_user("b"))
    assert statuses(response) == ["409", "404", "201"]


def test_a_version_is_a_condition(call: Any) -> None:
    user = call.user()
    patch = {"schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "title", "value": "B"}]}
    operation = {"method": "PATCH", "path": f"/Users/{user['id']}", "data": patch}
    response = bulk(call, {**operation, "version": 'W/"9"'}, {**operation, "version": 'W/"1"'})
    assert statuses(response) == ["412", "200"]
    for result in response.body["Operations"]:
        assert result["location"] == user["meta"]["location"]


def test_more_operations_than_allowed_are_413(call: Any) -> None:
    response = bulk(call, *({"method": "DELETE", "path": "/Users/x"} for _ in range(1001)))
    assert response.status == 413


def test_a_long_chain_of_references_is_followed(call: Any) -> None:
    groups = [new_group(f"G{n}", f"G{n + 1}") for n in range(400)]
    response = bulk(call, *groups, new_group("G400"))
    assert set(statuses(response)) == {"201"}
    assert members(call, call.find('displayName eq "G399"', "/Groups")[0]) == {"G400"}


def test_paths_that_are_not_resources_fail(call: Any) -> None:
    response = bulk(
        call,
        {"method": "POST", "path": "/Bulk", "bulkId": "1", "data": {"schemas": [BULK]}},
        {"method": "DELETE", "path": "/Users"},
    )
    assert statuses(response) == ["404", "405"]
