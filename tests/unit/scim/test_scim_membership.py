"""A PATCH of members is recognised, and means the same as the full way."""

import pytest

from looop_gui.scim.conduct import LOOOP, RFC
from looop_gui.scim.membership import MembershipChanges, membership_changes
from looop_gui.scim.messages import PATCH_OP
from looop_gui.scim.patch import apply_patch
from looop_gui.scim.schema import ResourceType, SchemaSet


def patch(*operations: dict) -> dict:
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


GROUP = {"displayName": "G", "members": [{"value": f"u{n}", "type": "User"} for n in range(5)]}

RECOGNISED = {
    "nothing about members": patch({"op": "replace", "path": "displayName", "value": "H"}),
    "no operations": patch(),
    "r17 add": patch({"op": "Add", "path": "members", "value": [{"$ref": None, "value": "u9"}]}),
    "add what is there": patch({"op": "add", "path": "members", "value": [{"value": "u1"}]}),
    "add one object": patch({"op": "add", "path": "members", "value": {"value": "u9"}}),
    "add text": patch({"op": "add", "path": "members", "value": ["u9"]}),
    "r18 remove by value": patch({"op": "Remove", "path": "members", "value": [{"value": "u1"}]}),
    "r19 remove by filter": patch({"op": "remove", "path": 'members[value eq "u1"]'}),
    "remove by a filter of two": patch(
        {"op": "remove", "path": 'members[value eq "u1" or value eq "u2"]'}
    ),
    "remove all": patch({"op": "remove", "path": "members"}),
    "replace": patch({"op": "replace", "path": "members", "value": [{"value": "u2"}]}),
    "replace with nothing": patch({"op": "replace", "path": "members", "value": []}),
    "without a path": patch({"op": "add", "value": {"members": [{"value": "u8"}]}}),
    "without a path, and a name": patch(
        {"op": "replace", "value": {"displayName": "H", "members": [{"value": "u8"}]}}
    ),
    "with another operation": patch(
        {"op": "add", "path": "members", "value": [{"value": "u8"}]},
        {"op": "replace", "path": "displayName", "value": "H"},
        {"op": "remove", "path": 'members[value eq "u0"]'},
    ),
    "add and remove the same": patch(
        {"op": "add", "path": "members", "value": [{"value": "u8"}]},
        {"op": "remove", "path": 'members[value eq "u8"]'},
    ),
    "remove and add the same": patch(
        {"op": "remove", "path": 'members[value eq "u1"]'},
        {"op": "add", "path": "members", "value": [{"value": "u1", "type": "User"}]},
    ),
    "remove all, then add": patch(
        {"op": "remove", "path": "members"},
        {"op": "add", "path": "members", "value": [{"value": "u7"}]},
    ),
}


@pytest.mark.parametrize("body", RECOGNISED.values(), ids=RECOGNISED.keys())
def test_the_changes_give_what_the_full_way_gives(
    body: dict, schema_set: SchemaSet, group_type: ResourceType
) -> None:
    changes = membership_changes(body, schema_set, group_type, LOOOP)
    assert changes is not None
    full = apply_patch(GROUP, body, schema_set, group_type, LOOOP).resource
    current = {} if changes.replaced else {m["value"]: m for m in GROUP["members"]}
    for value in changes.removed:
        current.pop(value, None)
    for member in changes.added:
        current.setdefault(member["value"], member)
    assert list(current.values()) == full.get("members", [])
    rest = {"displayName": "G"}
    if changes.remaining is not None:
        rest = apply_patch(rest, changes.remaining, schema_set, group_type, LOOOP).resource
    assert rest["displayName"] == full["displayName"]


FULL_WAY = {
    "a sub-attribute": patch({"op": "replace", "path": "members.display", "value": "x"}),
    "by filter, add": patch({"op": "add", "path": 'members[value eq "u1"].display', "value": "x"}),
    "a filter on the type": patch({"op": "remove", "path": 'members[type eq "Group"]'}),
    "a filter with and": patch(
        {"op": "remove", "path": 'members[value eq "u1" and type eq "User"]'}
    ),
    "a member without a value": patch(
        {"op": "add", "path": "members", "value": [{"type": "User"}]}
    ),
}


@pytest.mark.parametrize("body", FULL_WAY.values(), ids=FULL_WAY.keys())
def test_anything_else_takes_the_full_way(
    body: dict, schema_set: SchemaSet, group_type: ResourceType
) -> None:
    assert membership_changes(body, schema_set, group_type, LOOOP) is None


def test_a_user_has_no_members(schema_set: SchemaSet, user_type: ResourceType) -> None:
    body = patch({"op": "add", "path": "members", "value": [{"value": "u1"}]})
    assert membership_changes(body, schema_set, user_type, LOOOP) is None


def test_3_5_2_2_strictly_a_remove_depends_on_who_is_a_member(
    schema_set: SchemaSet, group_type: ResourceType
) -> None:
    remove = patch({"op": "remove", "path": 'members[value eq "u1"]'})
    assert membership_changes(remove, schema_set, group_type, RFC) is None
    add = patch({"op": "add", "path": "members", "value": [{"value": "u1"}]})
    assert membership_changes(add, schema_set, group_type, RFC) == MembershipChanges(
        replaced=False, removed=(), added=({"value": "u1"},), remaining=None
    )
