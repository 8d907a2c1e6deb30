"""People as users.csv and users.json list them (sections b.2 and c.5)."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from looop_gui.model.connection import SourceSettings, SourceType
from looop_gui.model.directory import DirectorySnapshot
from looop_gui.model.errors import SourceError
from looop_gui.sources.people import home_name

ReadFolder = Callable[..., DirectorySnapshot]
PORTAL = (
    "userPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,department,"
    "accountEnabled,usageLocation,streetAddress,state,country,physicalDeliveryOfficeName,city,"
    "postalCode,telephoneNumber,mobile,authenticationPhoneNumber\n"
    "ann@contoso.com,Ann Lee,Lee,ann@contoso.com,Ann,a1,Member,Engineer,R&D,True,DE,Main 1,BE,"
    "Germany,B1,Berlin,10115,+49 30 1,+49 170 1,\n"
)


def test_the_portals_download_gives_every_column_with_a_value(read_folder: ReadFolder) -> None:
    person = read_folder(users_csv=PORTAL).users["a1"]
    assert person.attributes == {
        "userPrincipalName": "ann@contoso.com",
        "originalUserPrincipalName": "ann@contoso.com",
        "displayName": "Ann Lee",
        "surname": "Lee",
        "mail": "ann@contoso.com",
        "givenName": "Ann",
        "id": "a1",
        "objectId": "a1",
        "userType": "Member",
        "jobTitle": "Engineer",
        "department": "R&D",
        "accountEnabled": "True",
        "usageLocation": "DE",
        "streetAddress": "Main 1",
        "state": "BE",
        "country": "Germany",
        "physicalDeliveryOfficeName": "B1",
        "city": "Berlin",
        "postalCode": "10115",
        "telephoneNumber": "+49 30 1",
        "mobile": "+49 170 1",
    }


def test_human_headings_and_further_columns_are_attributes(read_folder: ReadFolder) -> None:
    snapshot = read_folder(
        users_csv="User principal name;Object ID;Display name;Account enabled;Job title;"
        "costCentre\n"
        "ann@contoso.com;a1;Ann;false;Boss;42\n"
    )
    person = snapshot.users["a1"]
    assert person.attributes["jobTitle"] == "Boss"
    assert person.attributes["costCentre"] == "42"
    assert not person.active
    assert snapshot.problems == ()


def test_graph_names_give_entra_names_besides(read_folder: ReadFolder) -> None:
    user = {
        "id": "a1",
        "userPrincipalName": "ann@contoso.com",
        "accountEnabled": True,
        "businessPhones": ["+1 555", "+1 556"],
        "mobilePhone": "+1 557",
        "faxNumber": "+1 558",
        "officeLocation": "12/3",
        "onPremisesExtensionAttributes": {"extensionAttribute1": "x", "extensionAttribute2": None},
        "employeeOrgData": {"division": "North"},
        "proxyAddresses": [],
        "age": 41,
        "@odata.type": "#microsoft.graph.user",
    }
    attributes = read_folder(users_json=json.dumps([user])).users["a1"].attributes
    expected = {
        "businessPhones": ("+1 555", "+1 556"),
        "telephoneNumber": "+1 555",
        "mobilePhone": "+1 557",
        "mobile": "+1 557",
        "facsimileTelephoneNumber": "+1 558",
        "physicalDeliveryOfficeName": "12/3",
        "extensionAttribute1": "x",
        "employeeOrgData.division": "North",
        "accountEnabled": "True",
        "age": "41",
        "objectId": "a1",
    }
    assert {name: attributes.get(name) for name in expected} == expected
    assert "proxyAddresses" not in attributes
    assert "extensionAttribute2" not in attributes


def test_a_graph_answer_with_value_is_read_like_the_array(read_folder: ReadFolder) -> None:
    user = {"id": "a1", "userPrincipalName": "a@b.c"}
    answer = {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users", "value": [user]}
    assert list(read_folder(users_json=json.dumps(answer)).users) == ["a1"]


def test_a_manager_is_an_id_a_name_or_an_expanded_object(read_folder: ReadFolder) -> None:
    users: list[dict[str, Any]] = [
        {"id": "a1", "userPrincipalName": "ann@b.c"},
        {"id": "b1", "userPrincipalName": "bob@b.c", "manager": "a1"},
        {"id": "c1", "userPrincipalName": "cy@b.c", "manager": "ANN@b.c"},
        {"id": "d1", "userPrincipalName": "di@b.c", "manager": {"id": "a1"}},
        {"id": "e1", "userPrincipalName": "ed@b.c", "manager": "nobody@b.c"},
    ]
    snapshot = read_folder(users_json=json.dumps(users, indent=1))
    assert [person.manager for person in snapshot.users.values()] == [None, "a1", "a1", "a1", None]
    (problem,) = snapshot.problems
    assert "nobody@b.c" in problem.sentence
    assert problem.line == 23


@pytest.mark.parametrize(
    ("raw", "home"),
    [
        ("ann_fabrikam.com#EXT#@contoso.onmicrosoft.com", "ann@fabrikam.com"),
        ("ann_b_lee_fabrikam.com#ext#@contoso.com", "ann_b_lee@fabrikam.com"),
        ("ann@contoso.com", "ann@contoso.com"),
        ("ann#EXT#@contoso.com", "ann"),
        ("ann#1@contoso.com", "ann#1@contoso.com"),
    ],
)
def test_guests_are_known_by_their_home_name(raw: str, home: str) -> None:
    assert home_name(raw) == home


def test_a_guest_keeps_her_original_name_and_may_be_a_manager_by_either(
    read_folder: ReadFolder,
) -> None:
    snapshot = read_folder(
        users_csv="id,userPrincipalName,manager\n"
        "g1,ann_fab.com#EXT#@contoso.com,\n"
        "a1,a@contoso.com,ann_fab.com#EXT#@contoso.com\nb1,b@contoso.com,ann@fab.com\n"
    )
    guest = snapshot.users["g1"].attributes
    assert guest["userPrincipalName"] == "ann@fab.com"
    assert guest["originalUserPrincipalName"] == "ann_fab.com#EXT#@contoso.com"
    assert snapshot.users["a1"].manager == snapshot.users["b1"].manager == "g1"
    assert snapshot.default_domain == "contoso.com"


def test_a_deletion_date_is_a_soft_delete(read_folder: ReadFolder) -> None:
    snapshot = read_folder(
        users_csv="id,userPrincipalName,deletedDateTime\na,a@b.c,2026-11-01T00:00:00Z\nb,b@b.c,\n"
    )
    assert [person.deleted for person in snapshot.users.values()] == [True, False]


def test_rows_that_cannot_be_used_are_listed_with_their_line(read_folder: ReadFolder) -> None:
    snapshot = read_folder(
        users_csv="id,userPrincipalName,accountEnabled\n"
        "a,a@b.c,TRUE\n"
        ",b@b.c,true\n"
        "a,c@b.c,true\n"
        "d,d@b.c,maybe\n"
        "e,,true\n"
        "f,a@b.c,true\n"
        "g,g@b.c\n"
    )
    assert list(snapshot.users) == ["a", "e", "f"]
    assert snapshot.unreadable == {"d", "g"}
    lines = {problem.line: problem.sentence for problem in snapshot.problems}
    assert sorted(lines) == [3, 4, 5, 6, 7, 8]
    assert "no id" in lines[3]
    assert "line 2" in lines[4]
    assert '"maybe"' in lines[5]
    assert "userPrincipalName" in lines[6]
    assert "line 2" in lines[7]
    assert "2 cells" in lines[8]


def test_somebody_whose_row_is_bad_has_not_left(read_folder: ReadFolder) -> None:
    person = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    snapshot = read_folder(
        users_csv="userPrincipalName,displayName,id,accountEnabled,manager\n"
        f"a@b.c,Lee, Ann,{person},true,\n"
        "d@b.c,D,d,perhaps,\n"
        "e@b.c,E,e,true,d\n"
    )
    assert list(snapshot.users) == ["e"]
    assert snapshot.unreadable == {person, "d"}
    assert snapshot.users["e"].manager == "d"


def test_a_line_behind_an_open_quotation_mark_names_its_person(read_folder: ReadFolder) -> None:
    snapshot = read_folder(
        users_csv='id,userPrincipalName,displayName\n7,a@b.c,"Ann\n8,b@b.c,Bob\n9,c@b.c,Cid\n'
    )
    assert list(snapshot.users) == ["8", "9"]
    assert snapshot.unreadable == {"7"}
    assert not snapshot.incomplete


def test_rows_without_an_id_of_their_own_keep_their_texts(read_folder: ReadFolder) -> None:
    snapshot = read_folder(
        users_csv="id,userPrincipalName,displayName\n"
        "1,a@b.c,Ann\n"
        ",b@b.c,Bob Lee\n"
        "1,c@b.c,Cid\n"
        "1,A@b.c,Ann\n"
    )
    assert snapshot.nameless == {"b@b.c", "bob lee", "1", "c@b.c", "cid"}
    assert len(snapshot.problems) == 3


@pytest.mark.parametrize(
    ("text", "cut_off"),
    [
        ("1,a@b.c,Ann\n2,b@b", True),
        ("1,a@b.c,Ann\n2,b@b\n", False),
        ("1,a@b.c,Ann\n2,b@b.c,Bob", False),
        ("1\n2,b@b.c,Bob", False),
    ],
)
def test_a_file_that_breaks_off_is_not_complete(
    read_folder: ReadFolder, text: str, cut_off: bool
) -> None:
    snapshot = read_folder(users_csv=f"id,userPrincipalName,displayName\n{text}")
    assert bool(snapshot.incomplete) is cut_off
    said = [problem for problem in snapshot.problems if "breaks off" in problem.sentence]
    assert [problem.line for problem in said] == ([3] if cut_off else [])


def test_a_file_without_the_matching_column_is_refused(read_folder: ReadFolder) -> None:
    with pytest.raises(SourceError, match=r"users.csv has no column for userPrincipalName") as info:
        read_folder(users_csv="id,full name\n1,Ann\n")
    assert "full name" in info.value.next_step


def test_an_empty_file_is_not_taken_as_everybody_having_left(read_folder: ReadFolder) -> None:
    with pytest.raises(SourceError, match="lists nobody"):
        read_folder(users_csv="id,userPrincipalName\n")


@pytest.mark.parametrize("text", ["{", "[1,]", '{"value": 1}', '"x"', "[" * 100_000])
def test_what_is_not_a_list_of_users_is_refused(read_folder: ReadFolder, text: str) -> None:
    with pytest.raises(SourceError, match=r"users\.json"):
        read_folder(users_json=text)


def test_an_element_that_is_no_object_is_listed(read_folder: ReadFolder) -> None:
    snapshot = read_folder(users_json='[\n{"id": "a", "userPrincipalName": "a@b.c"},\n7]')
    assert list(snapshot.users) == ["a"]
    assert [problem.line for problem in snapshot.problems] == [3]


def test_chosen_columns_overrule_the_headings(read_folder: ReadFolder) -> None:
    settings = SourceSettings(
        SourceType.FILES, columns=(("Login", "userPrincipalName"), ("Notes", ""), ("No", "id"))
    )
    snapshot = read_folder(settings, users_csv="No,Login,Notes,id\n1,a@b.c,secret,x9\n")
    assert list(snapshot.users) == ["1"]
    assert "Notes" not in snapshot.users["1"].attributes
    assert [p.sentence for p in snapshot.problems] == [
        'The column "id" is not read: another column gives that attribute.'
    ]


def test_a_deleted_namesake_does_not_stand_in_the_way(read_folder: ReadFolder) -> None:
    snapshot = read_folder(
        users_csv="id,userPrincipalName,deletedDateTime,manager\n"
        "old,a@b.c,2026-01-01,\nnew,A@b.c,,\nolder,a@b.c,2025-01-01,\nb,b@b.c,,a@b.c\n"
    )
    assert list(snapshot.users) == ["old", "new", "older", "b"]
    assert snapshot.users["b"].manager == "new"
    assert snapshot.problems == ()
