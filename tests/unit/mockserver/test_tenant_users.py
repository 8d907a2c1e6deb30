"""Users of the tenant: create, read, replace, patch and delete, over both storages."""

import json
from pathlib import Path
from typing import Any

import pytest

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LOOOP = "urn:ietf:params:scim:schemas:extension:Looop:2.0:User"


def test_a_created_user_has_id_meta_location_and_version(call: Any) -> None:
    body = {"schemas": [USER], "userName": "ann@looop.example", "externalId": "ann"}
    response = call("POST", "/Users", body)
    assert response.status == 201
    user = response.body
    assert user["externalId"] == "ann"
    assert user["meta"]["resourceType"] == "User"
    assert user["meta"]["created"] == user["meta"]["lastModified"]
    assert user["meta"]["location"] == f"http://tenant.example/scim/v2/Users/{user['id']}"
    assert response.headers["location"] == user["meta"]["location"]
    assert response.headers["etag"] == user["meta"]["version"] == 'W/"1"'
    assert call.get(f"/Users/{user['id']}").body == user


def test_the_password_is_taken_and_kept_nowhere(call: Any) -> None:
    user = call.user(password="t0p-secret")
    assert "password" not in user
    record = call.service.storage.get("User", user["id"])
    assert "t0p-secret" not in json.dumps(record.document)


def test_a_second_user_name_in_other_letter_case_is_a_conflict(call: Any) -> None:
    call.user("Ann@looop.example")
    response = call("POST", "/Users", {"schemas": [USER], "userName": "ann@LOOOP.example"})
    assert response.status == 409
    assert response.body["scimType"] == "uniqueness"
    assert response.body["status"] == "409"


def test_a_rename_to_a_taken_user_name_is_a_conflict_and_changes_nothing(call: Any) -> None:
    call.user("ann@looop.example")
    bob = call.user("bob@looop.example")
    operation = {"op": "replace", "path": "userName", "value": "ANN@looop.example"}
    assert call.patch(f"/Users/{bob['id']}", operation).status == 409
    assert call.get(f"/Users/{bob['id']}").body == bob


def test_a_user_name_is_free_again_after_a_rename_and_after_a_delete(call: Any) -> None:
    ann = call.user("ann@looop.example")
    call.patch(f"/Users/{ann['id']}", {"op": "replace", "path": "userName", "value": "b@x.example"})
    second = call.user("ann@looop.example")
    assert call("DELETE", f"/Users/{second['id']}").status == 204
    assert call.user("ann@looop.example")["id"] != second["id"]


def test_a_patch_answers_200_with_the_resource_and_a_new_version(call: Any) -> None:
    user = call.user()
    response = call.patch(
        f"/Users/{user['id']}", {"op": "Replace", "path": "active", "value": "False"}
    )
    assert response.status == 200
    assert response.body["active"] is False
    assert response.body["meta"]["version"] == 'W/"2"'
    assert response.body["meta"]["created"] == user["meta"]["created"]


def test_a_patch_that_changes_nothing_keeps_the_version(call: Any) -> None:
    user = call.user(title="Boss")
    response = call.patch(
        f"/Users/{user['id']}", {"op": "replace", "path": "title", "value": "Boss"}
    )
    assert response.status == 200
    assert response.body == user


def test_a_patch_that_fails_in_its_second_operation_changes_nothing(call: Any) -> None:
    user = call.user(title="Boss")
    response = call.patch(
        f"/Users/{user['id']}",
        {"op": "replace", "path": "title", "value": "Clerk"},
        {"op": "replace", "path": "id", "value": "other"},
    )
    assert response.status == 400
    assert response.body["scimType"] == "mutability"
    assert call.get(f"/Users/{user['id']}").body == user


def test_a_put_clears_what_it_does_not_name(call: Any) -> None:
    user = call.user(title="Boss", nickName="Annie")
    response = call(
        "PUT", f"/Users/{user['id']}", {"schemas": [USER], "userName": user["userName"]}
    )
    assert response.status == 200
    assert "title" not in response.body
    assert response.body["id"] == user["id"]


def test_attributes_and_excluded_attributes_shape_the_answer_to_a_write(call: Any) -> None:
    body = {"schemas": [USER], "userName": "ann@looop.example", "title": "Boss"}
    created = call("POST", "/Users", body, None, attributes="userName")
    assert set(created.body) == {"schemas", "id", "userName"}
    operation = {"op": "replace", "path": "title", "value": "Clerk"}
    patched = call.patch(f"/Users/{created.body['id']}", operation, excludedAttributes="title")
    assert "title" not in patched.body
    assert patched.body["userName"] == "ann@looop.example"


def test_looops_extension_is_kept_and_announced_in_schemas(call: Any) -> None:
    user = call.user(**{LOOOP: {"area": "North", "custom_1": "x", "startAt": "2026-01-01"}})
    assert LOOOP in user["schemas"]
    response = call.patch(
        f"/Users/{user['id']}", {"op": "replace", "path": f"{LOOOP}:area", "value": "South"}
    )
    assert response.body[LOOOP]["area"] == "South"
    assert call.find(f'{LOOOP}:area eq "south"')[0]["id"] == user["id"]


def test_the_manager_is_shown_as_an_object_with_its_name(call: Any) -> None:
    boss = call.user(displayName="Boss")
    user = call.user()
    response = call.patch(
        f"/Users/{user['id']}", {"op": "Add", "path": f"{ENTERPRISE}:manager", "value": boss["id"]}
    )
    manager = response.body[ENTERPRISE]["manager"]
    assert manager["value"] == boss["id"]
    assert manager["$ref"].endswith(f"/Users/{boss['id']}")
    asked = call.get(f"/Users/{user['id']}", attributes=f"{ENTERPRISE}:manager.displayName")
    assert asked.body[ENTERPRISE] == {"manager": {"displayName": "Boss"}}


def test_what_does_not_exist_is_404_for_every_method(call: Any) -> None:
    for method, body in (("GET", None), ("PUT", {}), ("PATCH", {}), ("DELETE", None)):
        response = call(method, "/Users/none", body)
        assert response.status == 404, method
        assert response.body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


def test_a_second_delete_is_404(call: Any) -> None:
    user = call.user()
    assert call("DELETE", f"/Users/{user['id']}").status == 204
    assert call("DELETE", f"/Users/{user['id']}").status == 404


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/Users", "GET, HEAD, OPTIONS, POST"),
        ("PUT", "/Users", "GET, HEAD, OPTIONS, POST"),
        ("GET", "/.search", "OPTIONS, POST"),
        ("GET", "/Bulk", "OPTIONS, POST"),
        ("POST", "/Schemas", "GET, HEAD, OPTIONS"),
    ],
)
def test_methods_that_are_not_allowed_are_405_with_those_that_are(
    call: Any, method: str, path: str, allowed: str
) -> None:
    response = call(method, path, {})
    assert response.status == 405
    assert response.headers["allow"] == allowed
    assert response.body["status"] == "405"


def test_me_is_501_with_an_error_body(call: Any) -> None:
    response = call.get("/Me")
    assert response.status == 501
    assert response.body["status"] == "501"


def test_every_request_that_entra_sends_is_accepted(call: Any, samples: Path) -> None:
    user = call.user("u100@contoso.com", displayName="Ann")
    manager = call.user("u200@contoso.com")
    group = call.group("Existing")
    ids = {"u100": user["id"], "u200": manager["id"], "g100": group["id"]}
    requests = json.loads((samples / "reference" / "scim-requests.json").read_text())
    for request in requests["scim_requests"]:
        text = json.dumps(request)
        for name, real in ids.items():
            text = text.replace(f"/{name}", f"/{real}").replace(f'"{name}"', f'"{real}"')
            text = text.replace(f'\\"{name}\\"', f'\\"{real}\\"')
        request = json.loads(text)
        if request["method"] == "DELETE":
            continue
        path, _, query = request["path"].partition("?")
        pairs = dict(
            part.partition("=")[::2]
            for part in query.replace("+", " ").replace("%40", "@").split("&")
            if part
        )
        response = call(request["method"], path, request.get("body"), None, **pairs)
        assert response.ok or response.status == 409, (request["id"], response.body)
