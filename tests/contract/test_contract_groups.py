"""Groups over HTTP (RFC 7643 section 4.2): members both ways, nesting, large changes."""

from typing import Any

import pytest

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"


def member_ids(group: dict) -> list[str]:
    return [member["value"] for member in group.get("members", ())]


def add(*values: Any) -> dict:
    return {"op": "add", "path": "members", "value": [{"value": one} for one in values]}


def test_4_2_members_are_shown_with_reference_and_type(provider: Any) -> None:
    user, inner = provider.user(), provider.group()
    group = provider.group(user["id"], inner["id"])
    assert group["schemas"] == [GROUP]
    assert group["meta"]["resourceType"] == "Group"
    assert {m["value"]: (m["type"], m["$ref"]) for m in group["members"]} == {
        user["id"]: ("User", user["meta"]["location"]),
        inner["id"]: ("Group", inner["meta"]["location"]),
    }
    assert provider.get(f"/Groups/{group['id']}").json() == group


def test_4_1_2_the_groups_of_a_user_are_derived(provider: Any) -> None:
    user = provider.user()
    path = f"/Users/{user['id']}"
    group = provider.group(user["id"], displayName=provider.unique("Guides"))
    shown = provider.get(path).json()
    assert shown["groups"] == [
        {
            "value": group["id"],
            "$ref": group["meta"]["location"],
            "display": group["displayName"],
            "type": "direct",
        }
    ]
    assert shown["meta"]["version"] != user["meta"]["version"]
    found = provider.found("/Users", f'groups.value eq "{group["id"]}"')
    assert [one["id"] for one in found] == [user["id"]]
    provider.patch(f"/Groups/{group['id']}", {"op": "remove", "path": "members"})
    assert "groups" not in provider.get(path).json()


def test_4_1_2_nested_groups_are_indirect(provider: Any) -> None:
    user = provider.user()
    inner = provider.group(user["id"])
    middle = provider.group(inner["id"])
    outer = provider.group(middle["id"])
    groups = provider.get(f"/Users/{user['id']}").json()["groups"]
    assert {one["value"]: one["type"] for one in groups} == {
        inner["id"]: "direct",
        middle["id"]: "indirect",
        outer["id"]: "indirect",
    }


def test_4_2_a_circle_of_groups_ends(provider: Any) -> None:
    user = provider.user()
    one = provider.group(user["id"])
    two = provider.group(one["id"])
    assert provider.patch(f"/Groups/{one['id']}", add(two["id"])).status_code == 200
    groups = provider.get(f"/Users/{user['id']}").json()["groups"]
    assert {group["value"] for group in groups} == {one["id"], two["id"]}


def test_4_2_a_group_is_not_its_own_member(provider: Any) -> None:
    group = provider.group()
    provider.refused(provider.patch(f"/Groups/{group['id']}", add(group["id"])), 400)


def test_2_4_a_member_may_be_named_by_its_uri_alone(provider: Any) -> None:
    """RFC 7643 section 2.4: $ref is the URI of the resource that value names."""
    first, second = provider.user(), provider.user()
    by_uri = [{"$ref": one["meta"]["location"]} for one in (first, second)]
    group = provider.group(members=by_uri[:1])
    assert member_ids(group) == [first["id"]]
    operation = {"op": "add", "path": "members", "value": by_uri[1:]}
    after = provider.patch(f"/Groups/{group['id']}", operation).json()
    assert set(member_ids(after)) == {first["id"], second["id"]}
    assert after["members"][1]["$ref"] == second["meta"]["location"]


def test_3_6_a_deleted_user_leaves_its_groups(provider: Any) -> None:
    stays, goes = provider.user(), provider.user()
    group = provider.group(stays["id"], goes["id"])
    provider.delete(f"/Users/{goes['id']}")
    after = provider.get(f"/Groups/{group['id']}").json()
    assert member_ids(after) == [stays["id"]]
    assert after["meta"]["version"] != group["meta"]["version"]


def test_3_6_a_deleted_group_leaves_its_members_and_groups(provider: Any) -> None:
    user = provider.user()
    inner = provider.group(user["id"])
    outer = provider.group(inner["id"])
    assert provider.delete(f"/Groups/{inner['id']}").status_code == 204
    assert "groups" not in provider.get(f"/Users/{user['id']}").json()
    assert "members" not in provider.get(f"/Groups/{outer['id']}").json()


CHANGES: dict[str, tuple[Any, str]] = {
    "add": (lambda a, b, c: [add(c)], "abc"),
    "add several": (lambda a, b, c: [add(c, a)], "abc"),
    "add what is there": (lambda a, b, c: [add(a)], "ab"),
    "add twice": (lambda a, b, c: [add(c), add(c)], "abc"),
    "add one object": (
        lambda a, b, c: [{"op": "add", "path": "members", "value": {"value": c}}],
        "abc",
    ),
    "add with $ref null": (
        lambda a, b, c: [{"op": "Add", "path": "members", "value": [{"$ref": None, "value": c}]}],
        "abc",
    ),
    "add without a path": (
        lambda a, b, c: [{"op": "add", "value": {"members": [{"value": c}]}}],
        "abc",
    ),
    "remove by filter": (
        lambda a, b, c: [{"op": "remove", "path": f'members[value eq "{a}"]'}],
        "b",
    ),
    "remove by a filter of two": (
        lambda a, b, c: [{"op": "remove", "path": f'members[value eq "{a}" or value eq "{b}"]'}],
        "",
    ),
    "remove by type": (lambda a, b, c: [{"op": "remove", "path": 'members[type eq "User"]'}], ""),
    "remove all": (lambda a, b, c: [{"op": "remove", "path": "members"}], ""),
    "replace": (
        lambda a, b, c: [{"op": "replace", "path": "members", "value": [{"value": c}]}],
        "c",
    ),
    "replace without a path": (
        lambda a, b, c: [{"op": "replace", "value": {"members": [{"value": c}, {"value": a}]}}],
        "ac",
    ),
    "replace with nothing": (
        lambda a, b, c: [{"op": "replace", "path": "members", "value": []}],
        "",
    ),
    "add and remove": (
        lambda a, b, c: [add(c), {"op": "remove", "path": f'members[value eq "{a}"]'}],
        "bc",
    ),
    "remove and add again": (
        lambda a, b, c: [{"op": "remove", "path": f'members[value eq "{a}"]'}, add(a)],
        "ab",
    ),
    "with the name": (
        lambda a, b, c: [
            {"op": "replace", "path": "externalId", "value": "x"},
            add(c),
        ],
        "abc",
    ),
}


@pytest.mark.parametrize(("make", "expected"), CHANGES.values(), ids=CHANGES.keys())
def test_3_5_2_members_change(make: Any, expected: str, provider: Any) -> None:
    users = {letter: provider.user()["id"] for letter in "abc"}
    group = provider.group(users["a"], users["b"])
    path = f"/Groups/{group['id']}"
    response = provider.patch(path, *make(*users.values()))
    assert response.status_code == 200, response.text
    after = provider.get(path).json()
    assert response.json() == after
    assert sorted(member_ids(after)) == sorted(users[letter] for letter in expected)
    for letter, user_id in users.items():
        held = provider.get(f"/Users/{user_id}").json().get("groups", [])
        assert [one["value"] for one in held] == ([group["id"]] if letter in expected else [])


def test_3_5_2_a_refused_operation_leaves_the_members(provider: Any) -> None:
    users = [provider.user()["id"] for _ in range(2)]
    group = provider.group(users[0])
    path = f"/Groups/{group['id']}"
    bad = {"op": "replace", "path": "bogus", "value": "x"}
    provider.refused(provider.patch(path, add(users[1]), bad), 400, "invalidPath")
    provider.refused(provider.patch(path, bad, add(users[1])), 400, "invalidPath")
    assert provider.get(path).json() == group


def test_g_4_members_removed_by_a_value_array(lenient: Any) -> None:
    users = [lenient.user()["id"] for _ in range(3)]
    group = lenient.group(*users)
    path = f"/Groups/{group['id']}"
    gone = [{"value": users[0]}, {"value": users[2]}]
    assert (
        lenient.patch(path, {"op": "Remove", "path": "members", "value": gone}).status_code == 200
    )
    assert member_ids(lenient.get(path).json()) == [users[1]]
    # A retried remove changes nothing.
    again = lenient.patch(path, {"op": "remove", "path": f'members[value eq "{users[0]}"]'})
    assert again.status_code == 200


def test_table_9_strictly_nobody_to_remove_is_no_target(strict: Any) -> None:
    group = strict.group(strict.user()["id"])
    response = strict.patch(
        f"/Groups/{group['id']}", {"op": "remove", "path": 'members[value eq "x"]'}
    )
    strict.refused(response, 400, "noTarget")


def test_3_5_1_a_replace_sets_the_members(provider: Any) -> None:
    users = [provider.user()["id"] for _ in range(2)]
    group = provider.group(users[0])
    path = f"/Groups/{group['id']}"
    body = {
        "schemas": [GROUP],
        "displayName": group["displayName"],
        "members": [{"value": users[1]}],
    }
    assert member_ids(provider.put(path, body).json()) == [users[1]]
    del body["members"]
    assert "members" not in provider.put(path, body).json()
    assert "groups" not in provider.get(f"/Users/{users[1]}").json()


def test_3_4_2_groups_by_their_members(provider: Any) -> None:
    user = provider.user()
    group = provider.group(user["id"])
    provider.group(provider.user()["id"])
    for text in (
        f'members.value eq "{user["id"]}"',
        f'members eq "{user["id"]}"',
        f'members[value eq "{user["id"]}" and type eq "User"]',
        f'members[value eq "{user["id"]}"] and displayName eq "{group["displayName"].upper()}"',
    ):
        assert [one["id"] for one in provider.found("/Groups", text)] == [group["id"]]


def test_3_9_groups_without_their_members(provider: Any) -> None:
    group = provider.group(provider.user()["id"])
    path = f"/Groups/{group['id']}"
    assert "members" not in provider.get(path, params={"excludedAttributes": "members"}).json()
    assert set(provider.get(path, params={"attributes": "displayName"}).json()) == {
        "schemas",
        "id",
        "displayName",
    }
    shown = provider.get(path, params={"attributes": "members.value"}).json()["members"]
    assert [set(member) for member in shown] == [{"value"}]


def test_l_a_display_name_is_taken_once(lenient: Any, strict: Any) -> None:
    group = lenient.group()
    body = {"schemas": [GROUP], "displayName": group["displayName"].upper()}
    lenient.refused(lenient.post("/Groups", body), 409, "uniqueness")
    other = strict.group()
    assert strict.post("/Groups", body | {"displayName": other["displayName"]}).status_code == 201


def test_4_2_a_member_may_come_later(provider: Any) -> None:
    group = provider.group("not-yet-there")
    assert group["members"] == [{"value": "not-yet-there"}]
    path = f"/Groups/{group['id']}"
    response = provider.patch(path, {"op": "remove", "path": 'members[value eq "not-yet-there"]'})
    assert response.status_code == 200
    assert "members" not in provider.get(path).json()


@pytest.mark.parametrize(
    "members", ["x", 5, [5], [{"type": "User"}], [{"value": 5}], [[]]], ids=repr
)
def test_2_3_members_of_the_wrong_shape_are_400(members: Any, strict: Any) -> None:
    body = {"schemas": [GROUP], "displayName": strict.unique("g"), "members": members}
    strict.refused(strict.post("/Groups", body), 400)


def test_a_large_group_takes_small_changes_and_answers_204(looop: Any) -> None:
    ids = [f"somebody-{number}" for number in range(1500)]
    group = looop.group(*ids)
    path = f"/Groups/{group['id']}"
    user = looop.user()
    response = looop.patch(path, add(user["id"]))
    assert response.status_code == 204
    assert response.headers["etag"] != group["meta"]["version"]
    after = looop.get(path).json()
    assert set(member_ids(after)) == {*ids, user["id"]}
    asked = looop.patch(path, add("one-more"), params={"attributes": "displayName"})
    assert asked.json()["displayName"] == group["displayName"]
