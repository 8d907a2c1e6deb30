"""Groups, members, assignments and roles in their own files."""

import json
from collections.abc import Callable

import pytest

from looop_gui.model.directory import (
    DEFAULT_ACCESS,
    DEFAULT_ACCESS_ROLE_ID,
    AppRole,
    AppRoleAssignment,
    DirectorySnapshot,
)
from looop_gui.model.errors import SourceError

ReadFolder = Callable[..., DirectorySnapshot]
USERS = "id,userPrincipalName\na,ann@b.c\nb,bob@b.c\n"
GROUPS = (
    "id,displayName,mailNickname,description,securityEnabled\n"
    "g,Group one,one,The first,true\nh,Group two,two,,FALSE\n"
)


def test_groups_have_their_members_in_order(read_folder: ReadFolder) -> None:
    snapshot = read_folder(
        users_csv=USERS,
        groups_csv=GROUPS,
        members_csv="groupId,memberId\ng,BOB@b.c\ng,a\ng,h\n",
    )
    group = snapshot.groups["g"]
    assert group.members == ("b", "a", "h")
    assert group.attributes["objectId"] == "g"
    assert group.attributes["description"] == "The first"
    assert snapshot.groups["h"].members == ()
    assert snapshot.groups["h"].attributes["securityEnabled"] == "False"
    assert snapshot.problems == ()


def test_the_portals_group_headings_are_known(read_folder: ReadFolder) -> None:
    snapshot = read_folder(
        users_csv=USERS,
        groups_csv="Object Id,Display name,Group type,Membership type,Security enabled,Source\n"
        "g,G,Security,Assigned,Yes,Cloud\n",
    )
    attributes = snapshot.groups["g"].attributes
    assert attributes["groupType"] == "Security"
    assert attributes["membershipType"] == "Assigned"
    assert attributes["securityEnabled"] == "True"


def test_groups_of_graph_may_bring_their_members(read_folder: ReadFolder) -> None:
    groups = [{"id": "g", "displayName": "G", "members": [{"id": "a"}, {"id": "b"}]}]
    snapshot = read_folder(users_csv=USERS, groups_json=json.dumps({"value": groups}))
    assert snapshot.groups["g"].members == ("a", "b")


def test_members_nobody_knows_are_listed(read_folder: ReadFolder) -> None:
    snapshot = read_folder(
        users_csv=USERS,
        groups_csv=GROUPS,
        members_csv="groupId,memberId\nx,a\ng,y\ng,a\ng,a\ng,\n",
    )
    assert snapshot.groups["g"].members == ("a",)
    assert [(p.file, p.line) for p in snapshot.problems] == [
        ("members.csv", line) for line in (2, 3, 5, 6)
    ]


def test_members_without_groups_are_all_listed(read_folder: ReadFolder) -> None:
    snapshot = read_folder(users_csv=USERS, members_csv="groupId,memberId\ng,a\n")
    assert snapshot.groups == {}
    assert [p.line for p in snapshot.problems] == [2]


def test_group_rows_that_cannot_be_used_are_listed(read_folder: ReadFolder) -> None:
    snapshot = read_folder(
        users_csv=USERS,
        groups_csv="id,displayName,securityEnabled\ng,G,true\n,H,true\ng,I,true\nj,,maybe\n",
    )
    assert list(snapshot.groups) == ["g", "j"]
    assert [p.line for p in snapshot.problems] == [3, 4, 5, 5]
    assert "securityEnabled" not in snapshot.groups["j"].attributes


def test_a_row_that_does_not_fit_ends_no_access_and_no_membership(read_folder: ReadFolder) -> None:
    snapshot = read_folder(
        users_csv=USERS,
        groups_csv=GROUPS,
        members_csv='groupId,memberId\ng,"a\ng,b,surplus\n',
        assignments_csv="principalId,appRole\na\nb,Editor,surplus\n",
    )
    assert snapshot.groups["g"].members == ("a", "b")
    assert [(a.principal_id, a.role.value) for a in snapshot.assignments] == [
        ("a", DEFAULT_ACCESS.value),
        ("b", "Editor"),
    ]
    assert [(p.file, p.line) for p in snapshot.problems] == [
        (file, line) for file in ("members.csv", "assignments.csv") for line in (2, 3)
    ]
    assert all("read as far as it goes" in p.sentence for p in snapshot.problems)


def test_an_empty_role_is_default_access(read_folder: ReadFolder) -> None:
    snapshot = read_folder(
        users_csv=USERS,
        groups_csv=GROUPS,
        assignments_csv="principalId,appRole\na,\n"
        f"bob@b.c,{DEFAULT_ACCESS_ROLE_ID}\ng,Default Access\n",
    )
    assert snapshot.assignments == tuple(
        AppRoleAssignment(principal, DEFAULT_ACCESS) for principal in ("a", "b", "g")
    )


def test_a_role_without_roles_file_is_its_text_with_a_lasting_id(read_folder: ReadFolder) -> None:
    files = {"users_csv": USERS, "assignments_csv": "principalId,appRole\na,Editor\nb,Editor\n"}
    first = read_folder(**files).assignments
    assert [a.role.value for a in first] == ["Editor", "Editor"]
    assert first[0].role == first[1].role
    assert read_folder(**files).assignments == first


@pytest.mark.parametrize("word", ["r1", "editor", "EDITOR", "The editors"])
def test_roles_are_found_by_id_value_and_name(read_folder: ReadFolder, word: str) -> None:
    snapshot = read_folder(
        users_csv=USERS,
        roles_csv="id,value,displayName\nr1,editor,The editors\n",
        assignments_csv=f"principalId,appRole\na,{word}\n",
    )
    assert snapshot.assignments == (AppRoleAssignment("a", AppRole("r1", "editor", "The editors")),)
    assert snapshot.problems == ()


def test_assignments_of_nobody_and_unknown_roles_are_listed(read_folder: ReadFolder) -> None:
    snapshot = read_folder(
        users_csv=USERS,
        roles_csv="id,value,displayName\nr1,editor,The editors\n",
        assignments_csv="principalId,appRole\nx,editor\na,visitor\n,editor\n",
    )
    assert [a.principal_id for a in snapshot.assignments] == ["a"]
    assert [(p.file, p.line) for p in snapshot.problems] == [
        ("assignments.csv", line) for line in (2, 3, 4)
    ]


def test_an_assignments_file_without_principals_is_refused(read_folder: ReadFolder) -> None:
    with pytest.raises(SourceError, match=r"assignments\.csv has no column for principalId"):
        read_folder(users_csv=USERS, assignments_csv="who,what\na,b\n")
