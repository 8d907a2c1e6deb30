"""PATCH over HTTP: RFC 7644 section 3.5.2, and both dialects of Entra (reference section g)."""

import json
from pathlib import Path
from typing import Any

import pytest

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
WORK = {"value": "ann@example.com", "type": "work", "primary": True}
HOME = {"value": "ann@home.org", "type": "home"}
BEFORE = {
    "displayName": "Ann Lee",
    "title": "Guide",
    "active": True,
    "name": {"familyName": "Lee", "givenName": "Ann"},
    "emails": [WORK, HOME],
    ENTERPRISE: {"department": "Sales", "employeeNumber": "7"},
}


def operation(op: str, path: str | None, *value: Any) -> dict:
    made: dict[str, Any] = {"op": op}
    if path is not None:
        made["path"] = path
    if value:
        made["value"] = value[0]
    return made


CHANGES: dict[str, tuple[list[dict], dict]] = {
    "3.5.2.1 add": ([operation("add", "nickName", "A")], {"nickName": "A"}),
    "3.5.2.1 add, no path": (
        [operation("add", None, {"nickName": "A", "title": "B"})],
        {"nickName": "A", "title": "B"},
    ),
    "3.5.2.1 add to multi-valued": (
        [operation("add", "emails", [{"value": "x@y.z", "type": "other"}])],
        {"emails": [WORK, HOME, {"value": "x@y.z", "type": "other"}]},
    ),
    "3.5.2.1 add to multi-valued, no path": (
        [operation("add", None, {"emails": [{"value": "x@y.z", "type": "other"}]})],
        {"emails": [WORK, HOME, {"value": "x@y.z", "type": "other"}]},
    ),
    "3.5.2.1 add the same again": (
        [operation("add", "emails", [HOME]), operation("add", "emails", [HOME])],
        {"emails": [WORK, HOME]},
    ),
    "3.5.2.1 add a sub-attribute": (
        [operation("add", "name.middleName", "M")],
        {"name": {"familyName": "Lee", "givenName": "Ann", "middleName": "M"}},
    ),
    "3.5.2.1 add by value filter": (
        [operation("add", 'emails[type eq "home"].display', "H")],
        {"emails": [WORK, HOME | {"display": "H"}]},
    ),
    "3.5.2.2 remove": ([operation("remove", "title")], {"title": None}),
    "3.5.2.2 remove what is not there": ([operation("remove", "nickName")], {"nickName": None}),
    "3.5.2.2 remove a sub-attribute": (
        [operation("remove", "name.givenName")],
        {"name": {"familyName": "Lee"}},
    ),
    "3.5.2.2 remove all values": ([operation("remove", "emails")], {"emails": None}),
    "3.5.2.2 remove by value filter": (
        [operation("remove", 'emails[type eq "work"]')],
        {"emails": [HOME]},
    ),
    "3.5.2.2 remove by value filter with and": (
        [operation("remove", 'emails[type eq "work" and value ew "example.com"]')],
        {"emails": [HOME]},
    ),
    "3.5.2.2 remove a part of a value": (
        [operation("remove", 'emails[type eq "work"].primary')],
        {"emails": [{"value": "ann@example.com", "type": "work"}, HOME]},
    ),
    "3.5.2.2 remove in an extension": (
        [operation("remove", f"{ENTERPRISE}:department")],
        {ENTERPRISE: {"employeeNumber": "7"}},
    ),
    "3.5.2.2 remove an extension": (
        [operation("remove", ENTERPRISE)],
        {ENTERPRISE: None, "schemas": [USER]},
    ),
    "3.5.2.3 replace": ([operation("replace", "title", "B")], {"title": "B"}),
    "3.5.2.3 replace what is not there": (
        [operation("replace", "nickName", "A")],
        {"nickName": "A"},
    ),
    "3.5.2.3 replace, no path": (
        [operation("replace", None, {"title": "B", "name": {"givenName": "Anna"}})],
        {"title": "B", "name": {"familyName": "Lee", "givenName": "Anna"}},
    ),
    "3.5.2.3 replace all values": (
        [operation("replace", "emails", [{"value": "n@x.org"}])],
        {"emails": [{"value": "n@x.org"}]},
    ),
    "3.5.2.3 replace by value filter": (
        [operation("replace", 'emails[type eq "home"]', {"value": "n@x.org", "type": "home"})],
        {"emails": [WORK, {"value": "n@x.org", "type": "home"}]},
    ),
    "3.5.2.3 replace a part of a value": (
        [operation("replace", 'emails[type eq "work"].value', "n@x.org")],
        {"emails": [WORK | {"value": "n@x.org"}, HOME]},
    ),
    "3.5.2.3 replace in an extension": (
        [operation("replace", f"{ENTERPRISE}:department", "R&D")],
        {ENTERPRISE: {"department": "R&D", "employeeNumber": "7"}},
    ),
    "3.5.2.3 replace an extension, no path": (
        [operation("replace", None, {ENTERPRISE: {"division": "D"}})],
        {ENTERPRISE: {"department": "Sales", "employeeNumber": "7", "division": "D"}},
    ),
    "3.5.2.3 replace with null": ([operation("replace", "title", None)], {"title": None}),
    "3.5.2 primary moves": (
        [operation("replace", 'emails[type eq "home"].primary', True)],
        {"emails": [WORK | {"primary": False}, HOME | {"primary": True}]},
    ),
    "3.5.2 in order": (
        [
            operation("add", "nickName", "1"),
            operation("replace", "nickName", "2"),
            operation("remove", "title"),
            operation("add", "title", "3"),
        ],
        {"nickName": "2", "title": "3"},
    ),
    "3.5.2 capitals": ([operation("Replace", "Title", "B")], {"title": "B"}),
    "3.10 core URN": ([operation("replace", f"{USER}:title", "B")], {"title": "B"}),
    "disable": ([operation("replace", "active", False)], {"active": False}),
    "disable, no path": ([operation("replace", None, {"active": False})], {"active": False}),
}


@pytest.mark.parametrize(("operations", "expected"), CHANGES.values(), ids=CHANGES.keys())
def test_a_patch_changes(operations: list[dict], expected: dict, provider: Any) -> None:
    user = provider.user(**BEFORE)
    path = f"/Users/{user['id']}"
    response = provider.patch(path, *operations)
    assert response.status_code == 200, response.text
    after = response.json()
    assert {name: after.get(name) for name in expected} == expected
    rest = set(user) - set(expected) - {"meta", "schemas"}
    assert {name: after.get(name) for name in rest} == {name: user[name] for name in rest}
    assert provider.get(path).json() == after
    same = {n: v for n, v in after.items() if n != "meta"} == {
        n: v for n, v in user.items() if n != "meta"
    }
    assert (after["meta"]["version"] == user["meta"]["version"]) is same


REFUSED: dict[str, tuple[Any, int, str | None]] = {
    "3.5.2 no schemas": ({"Operations": [operation("remove", "title")]}, 400, "invalidSyntax"),
    "3.5.2 no operations": ({"schemas": [PATCH_OP]}, 400, "invalidSyntax"),
    "3.5.2 a list": ([], 400, "invalidSyntax"),
    "3.5.2 unknown op": (operation("move", "title", "x"), 400, "invalidSyntax"),
    "3.5.2 no op": ({"path": "title", "value": "x"}, 400, "invalidSyntax"),
    "3.5.2.2 remove, no path": (operation("remove", None), 400, "noTarget"),
    "3.5.2 add, no value": (operation("add", "title"), 400, "invalidValue"),
    "3.5.2 text, no path": (operation("replace", None, "x"), 400, "invalidValue"),
    "3.5.2 unknown attribute": (operation("replace", "bogus", "x"), 400, "invalidPath"),
    "3.5.2 unknown sub-attribute": (operation("replace", "name.bogus", "x"), 400, "invalidPath"),
    "3.5.2 unknown URN": (operation("replace", "urn:x:2.0:User:a", "x"), 400, "invalidPath"),
    "3.5.2 malformed path": (operation("replace", "emails[", "x"), 400, "invalidPath"),
    "3.5.2 malformed filter": (operation("remove", "emails[type xx 1]"), 400, "invalidFilter"),
    "3.5.2.3 read-only id": (operation("replace", "id", "x"), 400, "mutability"),
    "3.5.2.3 read-only meta": (operation("replace", "meta.version", "x"), 400, "mutability"),
    "3.5.2.3 read-only groups": (operation("add", "groups", [{"value": "g"}]), 400, "mutability"),
    "3.5.2.2 required": (operation("remove", "userName"), 400, "mutability"),
    "3.5.2.3 empty userName": (operation("replace", "userName", ""), 400, "invalidValue"),
    "3.5.2.3 wrong type": (operation("replace", "active", "maybe"), 400, "invalidValue"),
    "3.5.2.3 number for text": (operation("replace", "title", 5), 400, "invalidValue"),
    "3.5.2.3 text for emails": (operation("replace", "emails", 5), 400, "invalidValue"),
    "2.4 two primary": (
        operation("replace", "emails", [WORK, HOME | {"primary": True}]),
        400,
        "invalidValue",
    ),
}


@pytest.mark.parametrize(("body", "status", "scim_type"), REFUSED.values(), ids=REFUSED.keys())
def test_3_12_a_patch_is_refused(body: Any, status: int, scim_type: str, provider: Any) -> None:
    user = provider.user(**BEFORE)
    path = f"/Users/{user['id']}"
    if isinstance(body, dict) and "schemas" not in body and "Operations" not in body:
        # In the middle of operations that could be applied: all or none.
        good = operation("replace", "displayName", "changed")
        body = {"schemas": [PATCH_OP], "Operations": [good, body, good]}
    provider.refused(provider.request("PATCH", path, body), status, scim_type)
    assert provider.get(path).json() == user


DIFFERENCES: dict[str, tuple[dict, str, dict]] = {
    "replace of an unmatched value filter": (
        operation("replace", 'phoneNumbers[type eq "work"].value', "1"),
        "noTarget",
        {"phoneNumbers": [{"type": "work", "value": "1"}]},
    ),
    "add to an unmatched value filter": (
        operation("Add", 'emails[type eq "other"].value', "o@x.org"),
        "noTarget",
        {"emails": [WORK, HOME, {"type": "other", "value": "o@x.org"}]},
    ),
    "boolean as text": (operation("Replace", "active", "False"), "invalidValue", {"active": False}),
    "flat keys": (
        operation("replace", None, {"name.givenName": "Anna", f"{ENTERPRISE}:employeeNumber": "8"}),
        "invalidPath",
        {
            "name": {"familyName": "Lee", "givenName": "Anna"},
            ENTERPRISE: {"department": "Sales", "employeeNumber": "8"},
        },
    ),
    "values removed by value": (
        operation("Remove", "emails", [{"value": "ann@home.org"}]),
        "invalidValue",
        {"emails": [WORK]},
    ),
    "free text for a reference": (
        operation("replace", "profileUrl", "my page"),
        "invalidValue",
        {"profileUrl": "my page"},
    ),
}


@pytest.mark.parametrize(
    ("given", "scim_type", "expected"), DIFFERENCES.values(), ids=DIFFERENCES.keys()
)
def test_where_the_presets_differ(
    given: dict, scim_type: str, expected: dict, provider: Any
) -> None:
    user = provider.user(**BEFORE)
    response = provider.patch(f"/Users/{user['id']}", given)
    if provider.preset == "rfc":
        provider.refused(response, 400, scim_type)
    else:
        assert response.status_code == 200
        assert {name: response.json()[name] for name in expected} == expected


MANAGERS: dict[str, Any] = {
    "r20 plain text": lambda one: one,
    "an object": lambda one: {"value": one},
    "an object in a list": lambda one: [{"$ref": f"../Users/{one}", "value": one}],
}


@pytest.mark.parametrize("make", MANAGERS.values(), ids=MANAGERS.keys())
@pytest.mark.parametrize("empty", ["", {}, [], None, {"value": ""}, {"value": None}], ids=repr)
def test_k_2_25_the_manager_is_added_replaced_and_cleared(
    make: Any, empty: Any, lenient: Any
) -> None:
    boss, other, user = lenient.user(), lenient.user(), lenient.user()
    path = f"/Users/{user['id']}"
    manager = f"{ENTERPRISE}:manager"
    added = lenient.patch(path, operation("Add", manager, make(boss["id"]))).json()
    assert added[ENTERPRISE]["manager"]["value"] == boss["id"]
    replaced = lenient.patch(path, operation("Replace", manager, make(other["id"]))).json()
    assert replaced[ENTERPRISE]["manager"]["value"] == other["id"]
    found = lenient.found("/Users", f'id eq "{user["id"]}" and manager eq "{other["id"]}"')
    assert [one["id"] for one in found] == [user["id"]]
    cleared = lenient.patch(path, operation("Replace", manager, empty))
    assert cleared.status_code == 200
    assert "manager" not in lenient.get(path).json().get(ENTERPRISE, {})


def test_k_2_16_a_value_is_emptied_and_then_nulled(lenient: Any) -> None:
    user = lenient.user(**BEFORE)
    path = f"/Users/{user['id']}"
    for name in ("displayName", "title", "name.givenName", 'emails[type eq "work"].value'):
        for value in ("", None):
            response = lenient.patch(path, operation("replace", name, value))
            assert response.status_code == 200, response.text
    after = lenient.get(path).json()
    assert after.get("displayName", "") == ""
    assert after["name"].get("givenName", "") == ""
    assert "ann@example.com" not in json.dumps(after)


def test_k_1_an_empty_list_of_operations(provider: Any) -> None:
    user = provider.user()
    response = provider.patch(f"/Users/{user['id']}")
    if provider.preset == "rfc":
        provider.refused(response, 400, "invalidSyntax")
    else:
        assert response.json() == user


def test_3_5_2_names_of_a_patch_in_any_letter_case(provider: Any) -> None:
    user = provider.user()
    body = {
        "SCHEMAS": [PATCH_OP],
        "operations": [{"OP": "ADD", "PATH": "TITLE", "VALUE": "Guide"}],
    }
    response = provider.request("PATCH", f"/Users/{user['id']}", body)
    assert response.json()["title"] == "Guide"


def requests() -> list[dict]:
    file = Path(__file__).parents[1] / "samples" / "reference" / "scim-requests.json"
    listed: list[dict] = json.loads(file.read_text("utf-8"))["scim_requests"]
    return listed


@pytest.mark.parametrize("asked", requests(), ids=lambda one: f"{one['id']} {one['what']}")
def test_g_every_request_of_entra_is_answered_as_it_expects(asked: dict, lenient: Any) -> None:
    boss = lenient.user()
    name = "ann@contoso.com"
    for found in lenient.found("/Users", f'userName eq "{name}"'):
        lenient.delete(f"/Users/{found['id']}")
    for found in lenient.found("/Groups", 'displayName eq "Sales"'):
        lenient.delete(f"/Groups/{found['id']}")
    if asked["method"] != "POST":
        user = lenient.user(userName=name, emails=[WORK | {"value": name}])
        group = lenient.group(user["id"], displayName="Sales")
    else:
        user, group = boss, {"id": "none"}
    text = json.dumps(asked.get("body"))
    path = asked["path"]
    for old, new in (("u100", user["id"]), ("g100", group["id"]), ("u200", boss["id"])):
        text, path = text.replace(old, new), path.replace(old, new)
    response = lenient.request(asked["method"], lenient.url + path, json.loads(text))
    expected = {"GET": (200,), "POST": (201,), "PATCH": (200, 204), "DELETE": (204,)}
    assert response.status_code in expected[asked["method"]], response.text
    _check_effect(asked["id"], response, lenient, user, group, boss)


def _check_effect(
    which: str, response: Any, lenient: Any, user: dict, group: dict, boss: dict
) -> None:
    body = response.json() if response.content else {}
    if which in ("r01", "r02", "r27"):
        assert body["totalResults"] == 0
    elif which in ("r03", "r04"):
        assert [one["id"] for one in body["Resources"]] == [user["id"]]
    elif which == "r05":
        assert "members" not in body["Resources"][0]
    elif which == "r07":
        assert "members" not in body
    elif which == "r08":
        assert body["emails"] == [{"primary": True, "type": "work", "value": "ann@contoso.com"}]
        assert body["active"] is True
        assert "roles" not in body
    elif which in ("r10", "r11"):
        assert body["displayName"] == "Ann B"
        assert body["name"]["givenName"] == "Ann"
        assert body["emails"] == [{"primary": True, "type": "work", "value": "annb@contoso.com"}]
        assert body[ENTERPRISE]["employeeNumber"] == "77"
    elif which in ("r14", "r15"):
        assert body["active"] is False
    elif which == "r17":
        members = lenient.get(f"/Groups/{group['id']}").json()["members"]
        assert [one["value"] for one in members] == [user["id"]]
    elif which in ("r18", "r19"):
        assert "members" not in lenient.get(f"/Groups/{group['id']}").json()
    elif which == "r20":
        assert body[ENTERPRISE]["manager"]["value"] == boss["id"]
    elif which in ("r21", "r22"):
        path = f"/Users/{user['id']}" if which == "r21" else f"/Groups/{group['id']}"
        assert lenient.get(path).status_code == 404
