"""Groups of the tenant: membership both ways, nesting, and PATCHes of large groups."""

from typing import Any

import pytest

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def member_ids(call: Any, group_id: str) -> set[str]:
    body = call.get(f"/Groups/{group_id}").body
    return {one["value"] for one in body.get("members", ())}


def test_membership_shows_on_both_sides(call: Any) -> None:
    user = call.user(displayName="Ann")
    group = call.group("Sales", [user["id"]])
    assert group["members"] == [
        {"value": user["id"], "$ref": user["meta"]["location"], "type": "User"}
    ]
    asked = call.get(f"/Groups/{group['id']}", attributes="members.display")
    assert asked.body["members"] == [{"display": "Ann"}]
    shown = call.get(f"/Users/{user['id']}").body
    assert shown["groups"] == [
        {
            "value": group["id"],
            "$ref": group["meta"]["location"],
            "display": "Sales",
            "type": "direct",
        }
    ]


def test_groups_through_nesting_are_indirect(call: Any) -> None:
    user = call.user()
    inner = call.group("Inner", [user["id"]])
    middle = call.group("Middle", [inner["id"]])
    outer = call.group("Outer", [middle["id"], user["id"]])
    shown = {one["display"]: one["type"] for one in call.get(f"/Users/{user['id']}").body["groups"]}
    assert shown == {"Inner": "direct", "Outer": "direct", "Middle": "indirect"}
    assert {one["type"] for one in outer["members"]} == {"User", "Group"}


def test_groups_may_form_a_circle(call: Any) -> None:
    user = call.user()
    first = call.group("First", [user["id"]])
    second = call.group("Second", [first["id"]])
    added = call.patch(
        f"/Groups/{first['id']}",
        {"op": "add", "path": "members", "value": [{"value": second["id"]}]},
    )
    assert added.ok
    shown = {one["display"] for one in call.get(f"/Users/{user['id']}").body["groups"]}
    assert shown == {"First", "Second"}


def test_deleting_a_user_takes_it_out_of_its_groups_and_changes_their_version(call: Any) -> None:
    ann, bob = call.user(), call.user()
    group = call.group("Sales", [ann["id"], bob["id"]])
    call("DELETE", f"/Users/{ann['id']}")
    after = call.get(f"/Groups/{group['id']}")
    assert {one["value"] for one in after.body["members"]} == {bob["id"]}
    assert after.headers["etag"] != group["meta"]["version"]


def test_deleting_a_group_ends_the_membership_of_its_members(call: Any) -> None:
    user = call.user()
    group = call.group("Sales", [user["id"]])
    call("DELETE", f"/Groups/{group['id']}")
    assert "groups" not in call.get(f"/Users/{user['id']}").body


def test_a_users_version_changes_with_its_groups(call: Any) -> None:
    user = call.user()
    group = call.group("Sales")
    before = call.get(f"/Users/{user['id']}").headers["etag"]
    call.patch(
        f"/Groups/{group['id']}", {"op": "add", "path": "members", "value": [{"value": user["id"]}]}
    )
    after = call.get(f"/Users/{user['id']}", headers={"if-none-match": before})
    assert after.status == 200
    assert after.headers["etag"] != before


@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "Remove", "path": "members", "value": [{"value": "ANN"}]}],
        [{"op": "remove", "path": 'members[value eq "ANN"]'}],
        [{"op": "remove", "path": 'members[value eq "ANN" or value eq "nobody"]'}],
        [{"op": "replace", "path": "members", "value": [{"value": "BOB"}]}],
        [{"op": "replace", "value": {"members": [{"value": "BOB"}]}}],
        [
            {"op": "remove", "path": "members"},
            {"op": "add", "path": "members", "value": {"value": "BOB"}},
        ],
        [{"op": "remove", "path": 'members[display eq "Ann"]'}],
        [{"op": "remove", "path": 'members[value eq "ANN" and type eq "User"]'}],
    ],
)
def test_ways_to_remove_a_member(call: Any, operations: list[dict[str, Any]]) -> None:
    ann, bob = call.user(displayName="Ann"), call.user(displayName="Bob")
    group = call.group("Sales", [ann["id"], bob["id"]])
    text = repr(operations).replace("ANN", ann["id"]).replace("BOB", bob["id"])
    response = call.patch(f"/Groups/{group['id']}", *eval(text))
    assert response.ok, response.body
    assert member_ids(call, group["id"]) == {bob["id"]}


def test_adding_a_member_twice_changes_nothing(call: Any) -> None:
    user = call.user()
    group = call.group("Sales", [user["id"]])
    add = {"op": "Add", "path": "members", "value": [{"$ref": None, "value": user["id"]}]}
    response = call.patch(f"/Groups/{group['id']}", add)
    assert response.status == 200
    assert response.headers["etag"] == group["meta"]["version"]
    assert member_ids(call, group["id"]) == {user["id"]}


def test_a_member_that_is_no_resource_is_kept_as_it_is(call: Any) -> None:
    user = call.user()
    group = call.group("Sales", [user["id"], "u-elsewhere"])
    assert member_ids(call, group["id"]) == {user["id"], "u-elsewhere"}
    assert {"value": "u-elsewhere"} in group["members"]
    assert call.find('members.value eq "u-elsewhere"', "/Groups")[0]["id"] == group["id"]
    remove = {"op": "remove", "path": 'members[value eq "u-elsewhere"]'}
    assert call.patch(f"/Groups/{group['id']}", remove).ok
    assert member_ids(call, group["id"]) == {user["id"]}


def test_a_patch_of_a_group_that_fails_changes_nothing(call: Any) -> None:
    user = call.user()
    group = call.group("Sales")
    response = call.patch(
        f"/Groups/{group['id']}",
        {"op": "add", "path": "members", "value": [{"value": user["id"]}]},
        {"op": "remove", "path": "displayName"},
    )
    assert (response.status, response.body["scimType"]) == (400, "mutability")
    assert call.get(f"/Groups/{group['id']}").body == group


def test_a_group_is_not_a_member_of_itself(call: Any) -> None:
    group = call.group("Sales")
    add = {"op": "add", "path": "members", "value": [{"value": group["id"]}]}
    assert call.patch(f"/Groups/{group['id']}", add).status == 400


def test_members_and_name_in_one_patch(call: Any) -> None:
    user = call.user()
    group = call.group("Sales")
    value = {"displayName": "Sales EU", "members": [{"value": user["id"]}]}
    assert call.patch(f"/Groups/{group['id']}", {"op": "add", "value": value}).ok
    after = call.get(f"/Groups/{group['id']}").body
    assert after["displayName"] == "Sales EU"
    assert member_ids(call, group["id"]) == {user["id"]}


def test_a_put_replaces_the_membership(call: Any) -> None:
    ann, bob = call.user(), call.user()
    group = call.group("Sales", [ann["id"]])
    body = {"schemas": [GROUP], "displayName": "Sales", "members": [{"value": bob["id"]}]}
    response = call("PUT", f"/Groups/{group['id']}", body)
    assert response.status == 200
    assert member_ids(call, group["id"]) == {bob["id"]}


def test_a_patch_of_a_large_group_answers_204_unless_attributes_are_asked_for(call: Any) -> None:
    group = call.group("Everybody", [f"somebody-{number}" for number in range(1001)])
    replace = {"op": "replace", "path": "displayName", "value": "All"}
    quiet = call.patch(f"/Groups/{group['id']}", replace)
    assert (quiet.status, quiet.body) == (204, None)
    assert quiet.headers["etag"] == 'W/"2"'
    asked = call.patch(f"/Groups/{group['id']}", replace, attributes="displayName")
    assert (asked.status, asked.body["displayName"]) == (200, "All")
    assert "members" not in asked.body


def test_a_second_group_of_a_name_is_a_conflict_unless_strict(call: Any, strict: Any) -> None:
    call.group("Sales")
    response = call("POST", "/Groups", {"schemas": [GROUP], "displayName": "sales"})
    assert (response.status, response.body["scimType"]) == (409, "uniqueness")
    assert strict("POST", "/Groups", {"schemas": [GROUP], "displayName": "sales"}).status == 201


def test_members_are_left_out_when_excluded(call: Any) -> None:
    group = call.group("Sales", [call.user()["id"]])
    assert "members" not in call.get(f"/Groups/{group['id']}", excludedAttributes="members").body
    listed = call.get("/Groups", excludedAttributes="members", filter='displayName eq "SALES"')
    assert listed.body["totalResults"] == 1
    assert "members" not in listed.body["Resources"][0]


def test_groups_are_found_by_their_members(call: Any) -> None:
    ann, bob = call.user(), call.user()
    sales = call.group("Sales", [ann["id"]])
    call.group("Legal", [bob["id"]])
    for text in (f'members.value eq "{ann["id"]}"', f'members[value eq "{ann["id"]}"]'):
        assert [one["id"] for one in call.find(text, "/Groups")] == [sales["id"]], text


def test_users_are_found_by_their_groups(call: Any) -> None:
    ann = call.user()
    call.user()
    sales = call.group("Sales", [ann["id"]])
    assert [one["id"] for one in call.find(f'groups.value eq "{sales["id"]}"')] == [ann["id"]]
    assert [one["id"] for one in call.find('groups[display eq "sales"]')] == [ann["id"]]
    outer = call.group("Outer", [sales["id"]])
    indirect = f'groups[value eq "{outer["id"]}" and type eq "indirect"]'
    assert [one["id"] for one in call.find(indirect)] == [ann["id"]]
    assert call.find(f'groups[value eq "{sales["id"]}" and type eq "indirect"]') == []


def test_a_patch_of_one_member_neither_loads_nor_rewrites_the_membership(
    call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = call.user()["id"], call.user()["id"]
    group = call.group("Everybody", [first, *(f"somebody-{number}" for number in range(1001))])
    kind = type(call.service.storage)
    touched: list[str] = []
    add, remove = kind.add_members, kind.remove_members

    def refuse(storage: Any, group_id: str) -> None:
        raise AssertionError("the membership was loaded")

    def counted(original: Any) -> Any:
        def change(storage: Any, group_id: str, ids: Any) -> int:
            named = list(ids)
            touched.extend(named)
            return original(storage, group_id, named)

        return change

    monkeypatch.setattr(kind, "members", refuse)
    monkeypatch.setattr(kind, "add_members", counted(add))
    monkeypatch.setattr(kind, "remove_members", counted(remove))
    path = f"/Groups/{group['id']}"
    assert call.patch(path, {"op": "add", "path": "members", "value": [{"value": last}]}).ok
    assert call.patch(path, {"op": "remove", "path": f'members[value eq "{first}"]'}).ok
    monkeypatch.undo()
    assert touched == [last, first]
    after = member_ids(call, group["id"])
    assert last in after
    assert first not in after
    assert len(after) == 1002
