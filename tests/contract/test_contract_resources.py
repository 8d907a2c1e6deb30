"""Create, read, replace and delete over HTTP (RFC 7644 sections 3.3 to 3.6)."""

import re
from typing import Any

import pytest

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LOOOP = "urn:ietf:params:scim:schemas:extension:Looop:2.0:User"
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")

FULL = {
    "externalId": "701984",
    "name": {
        "formatted": "Ms. Barbara J Jensen, III",
        "familyName": "Jensen",
        "givenName": "Barbara",
        "middleName": "Jane",
        "honorificPrefix": "Ms.",
        "honorificSuffix": "III",
    },
    "displayName": "Babs Jensen",
    "nickName": "Babs",
    "profileUrl": "https://login.example.com/bjensen",
    "emails": [
        {"value": "bjensen@example.com", "type": "work", "primary": True},
        {"value": "babs@jensen.org", "type": "home"},
    ],
    "addresses": [
        {
            "type": "work",
            "streetAddress": "100 Universal City Plaza",
            "locality": "Hollywood",
            "region": "CA",
            "postalCode": "91608",
            "country": "US",
            "formatted": "100 Universal City Plaza\nHollywood, CA 91608 USA",
            "primary": True,
        }
    ],
    "phoneNumbers": [{"value": "tel:+1-555-555-5555;ext=1", "type": "work"}],
    "ims": [{"value": "someaimhandle", "type": "aim"}],
    "photos": [{"value": "https://photos.example.com/F", "type": "photo"}],
    "userType": "Employee",
    "title": "Tour Guide",
    "preferredLanguage": "en-US",
    "locale": "en-US",
    "timezone": "America/Los_Angeles",
    "active": True,
    "roles": [{"value": "guide", "display": "Guide", "type": "x", "primary": False}],
    "entitlements": [{"value": "e1"}],
    "x509Certificates": [{"value": "MIIDQzCCAqygAwIBAgICEAAwDQYJKoZIhvcNAQEFBQAwTjELMAkGA1UEBhMC"}],
    ENTERPRISE: {
        "employeeNumber": "701984",
        "costCenter": "4130",
        "organization": "Universal Studios",
        "division": "Theme Park",
        "department": "Tour Operations",
    },
}


def test_3_3_create_answers_201_with_the_resource(provider: Any) -> None:
    name = provider.unique()
    response = provider.post("/Users", {"schemas": [USER], "userName": name})
    assert response.status_code == 201
    user = response.json()
    assert user["userName"] == name
    assert user["schemas"] == [USER]
    assert user["meta"]["resourceType"] == "User"
    assert user["meta"]["location"] == f"{provider.url}/Users/{user['id']}"
    assert response.headers["location"] == user["meta"]["location"]
    assert response.headers["etag"] == user["meta"]["version"]
    assert user["meta"]["version"].startswith('W/"')
    assert DATE_TIME.fullmatch(user["meta"]["created"])
    assert user["meta"]["created"] == user["meta"]["lastModified"]


def test_8_2_a_full_user_comes_back_as_it_was_sent(provider: Any) -> None:
    user = provider.user(**FULL)
    assert {name: user[name] for name in FULL} == FULL
    assert set(user["schemas"]) == {USER, ENTERPRISE}
    assert provider.get(f"/Users/{user['id']}").json() == user


def test_c_5_the_looop_extension_is_stored(looop: Any) -> None:
    held = {"area": "North", "custom_1": "a", "location": "Oslo", "startAt": "2026-12-01"}
    user = looop.user(**{LOOOP: held})
    assert user[LOOOP] == held
    assert LOOOP in user["schemas"]


def test_4_1_1_the_password_is_never_returned(provider: Any) -> None:
    user = provider.user(password="t1meMa$heen")
    path = f"/Users/{user['id']}"
    assert "password" not in user
    assert "password" not in provider.get(path).json()
    assert "password" not in provider.get(path, params={"attributes": "password"}).json()
    patched = provider.patch(path, {"op": "replace", "path": "password", "value": "n3w"})
    assert patched.status_code == 200
    assert "password" not in patched.json()


def test_3_3_the_client_does_not_choose_id_and_meta(provider: Any) -> None:
    user = provider.user(id="mine", meta={"created": "2000-01-01T00:00:00Z", "version": "x"})
    assert user["id"] != "mine"
    assert not user["meta"]["created"].startswith("2000")


def test_3_3_groups_of_a_user_are_read_only(provider: Any) -> None:
    user = provider.user(groups=[{"value": "x"}])
    assert "groups" not in user


@pytest.mark.parametrize(
    "other",
    [str.upper, str.lower, str.title, lambda text: text],
    ids=["upper", "lower", "title", "same"],
)
def test_3_12_a_user_name_is_unique_in_any_letter_case(other: Any, provider: Any) -> None:
    name = provider.unique("Ünique.Name")
    provider.user(userName=name)
    response = provider.post("/Users", {"schemas": [USER], "userName": other(name)})
    provider.refused(response, 409, "uniqueness")


def test_3_12_a_deleted_user_name_is_free_again(provider: Any) -> None:
    user = provider.user()
    provider.delete(f"/Users/{user['id']}")
    assert provider.user(userName=user["userName"])["id"] != user["id"]


def test_3_12_a_replaced_user_name_is_free_again(provider: Any) -> None:
    user = provider.user()
    body = {"schemas": [USER], "userName": provider.unique()}
    assert provider.put(f"/Users/{user['id']}", body).status_code == 200
    provider.user(userName=user["userName"])


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_3_12_a_change_must_not_take_anothers_user_name(method: str, provider: Any) -> None:
    first, second = provider.user(), provider.user()
    path = f"/Users/{second['id']}"
    if method == "PUT":
        response = provider.put(path, {"schemas": [USER], "userName": first["userName"]})
    else:
        operation = {"op": "replace", "path": "userName", "value": first["userName"].upper()}
        response = provider.patch(path, operation)
    provider.refused(response, 409, "uniqueness")
    assert provider.get(path).json() == second


INVALID = {
    "3.3 without schemas": ({"userName": "x"}, "invalidSyntax"),
    "3.3 empty schemas": ({"schemas": [], "userName": "x"}, "invalidSyntax"),
    "3.3 schema of another type": ({"schemas": [GROUP], "userName": "x"}, "invalidSyntax"),
    "7 without userName": ({"schemas": [USER]}, "invalidValue"),
    "7 userName null": ({"schemas": [USER], "userName": None}, "invalidValue"),
    "7 userName empty": ({"schemas": [USER], "userName": ""}, "invalidValue"),
    "2.3 userName a number": ({"schemas": [USER], "userName": 5}, "invalidValue"),
    "2.3 userName an object": ({"schemas": [USER], "userName": {"a": 1}}, "invalidValue"),
    "2.3 active a number": ({"schemas": [USER], "userName": "x", "active": 1}, "invalidValue"),
    "2.3 name text": ({"schemas": [USER], "userName": "x", "name": 7}, "invalidValue"),
    "2.4 emails a number": ({"schemas": [USER], "userName": "x", "emails": 7}, "invalidValue"),
    "2.4 emails of numbers": ({"schemas": [USER], "userName": "x", "emails": [1]}, "invalidValue"),
    "2.4 two primary": (
        {
            "schemas": [USER],
            "userName": "x",
            "emails": [{"value": "a", "primary": True}, {"value": "b", "primary": True}],
        },
        "invalidValue",
    ),
    "3.3 a list": ([], "invalidSyntax"),
    "3.3 a number": (5, "invalidSyntax"),
    "3.3 text": ("x", "invalidSyntax"),
}


@pytest.mark.parametrize(("body", "scim_type"), INVALID.values(), ids=INVALID.keys())
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_3_12_an_invalid_user_is_400(
    method: str, body: object, scim_type: str, provider: Any
) -> None:
    path = "/Users"
    if method == "PUT":
        user = provider.user()
        path = f"/Users/{user['id']}"
    provider.refused(provider.request(method, path, body), 400, scim_type)
    if method == "PUT":
        assert provider.get(path).json() == user


def test_3_3_a_group_needs_a_display_name(provider: Any) -> None:
    provider.refused(provider.post("/Groups", {"schemas": [GROUP]}), 400, "invalidValue")


def test_2_1_attribute_names_in_any_letter_case(provider: Any) -> None:
    name = provider.unique()
    body = {"SCHEMAS": [USER], "USERNAME": name, "DisplayNAME": "B", "Name": {"FAMILYname": "J"}}
    response = provider.post("/Users", body)
    assert response.status_code == 201, response.text
    user = response.json()
    assert (user["userName"], user["displayName"]) == (name, "B")
    assert user["name"] == {"familyName": "J"}


def test_2_5_null_and_empty_lists_are_unassigned(provider: Any) -> None:
    user = provider.user(title=None, emails=[], name={"givenName": None}, nickName="x")
    assert not {"title", "emails", "name"} & set(user)
    assert user["nickName"] == "x"


@pytest.mark.parametrize(
    "text",
    [
        "Ünïcödé",
        "芭芭拉",
        "🦊🦊",
        "\u202eright",
        'quote " back \\ slash',
        "a\tb\nc",
        "' OR 1=1 --",
        "%_*",
    ],
)
def test_2_3_1_text_is_stored_unchanged(text: str, provider: Any) -> None:
    user = provider.user(displayName=text, title=text)
    assert provider.get(f"/Users/{user['id']}").json()["displayName"] == text


def test_3_4_1_an_unknown_id_is_404(provider: Any) -> None:
    for path in ("/Users/unknown", "/Groups/unknown"):
        for method in ("GET", "DELETE"):
            provider.refused(provider.request(method, path), 404)
        provider.refused(provider.put(path, {"schemas": [USER], "userName": "x"}), 404)
        provider.refused(provider.patch(path, {"op": "remove", "path": "title"}), 404)


def test_3_4_1_the_id_of_another_type_is_404(provider: Any) -> None:
    user, group = provider.user(), provider.group()
    provider.refused(provider.get(f"/Groups/{user['id']}"), 404)
    provider.refused(provider.get(f"/Users/{group['id']}"), 404)


def test_3_5_1_replace(provider: Any) -> None:
    user = provider.user(**FULL)
    body = {"schemas": [USER], "id": user["id"], "userName": user["userName"], "title": "Chief"}
    response = provider.put(f"/Users/{user['id']}", body)
    assert response.status_code == 200
    replaced = response.json()
    assert replaced["title"] == "Chief"
    assert "nickName" not in replaced
    assert "emails" not in replaced
    assert ENTERPRISE not in replaced
    assert replaced["schemas"] == [USER]
    assert replaced["meta"]["created"] == user["meta"]["created"]
    assert replaced["meta"]["version"] != user["meta"]["version"]
    assert provider.get(f"/Users/{user['id']}").json() == replaced


def test_3_5_1_what_was_read_can_be_put_back(provider: Any) -> None:
    user = provider.user(**FULL)
    response = provider.put(f"/Users/{user['id']}", user)
    assert response.status_code == 200
    same = response.json()
    assert {n: v for n, v in same.items() if n != "meta"} == {
        n: v for n, v in user.items() if n != "meta"
    }


def test_3_5_1_read_only_values_of_a_replace_are_ignored(provider: Any) -> None:
    user = provider.user()
    body = {
        "schemas": [USER],
        "id": "other",
        "userName": user["userName"],
        "meta": {"resourceType": "Group"},
        "groups": [{"value": "x"}],
    }
    replaced = provider.put(f"/Users/{user['id']}", body).json()
    assert replaced["id"] == user["id"]
    assert replaced["meta"]["resourceType"] == "User"
    assert "groups" not in replaced


def test_3_6_delete(provider: Any) -> None:
    user = provider.user()
    path = f"/Users/{user['id']}"
    response = provider.delete(path)
    assert response.status_code == 204
    assert response.content == b""
    provider.refused(provider.get(path), 404)
    provider.refused(provider.delete(path), 404)
    provider.refused(provider.patch(path, {"op": "remove", "path": "title"}), 404)
    provider.refused(provider.put(path, {"schemas": [USER], "userName": "x"}), 404)
    assert provider.found("/Users", f'userName eq "{user["userName"]}"') == []


def test_g_1_a_disabled_user_is_still_shown(provider: Any) -> None:
    user = provider.user(active=True)
    path = f"/Users/{user['id']}"
    patched = provider.patch(path, {"op": "replace", "path": "active", "value": False})
    assert patched.json()["active"] is False
    assert provider.get(path).json()["active"] is False
    found = provider.found("/Users", f'userName eq "{user["userName"]}"')
    assert [one["active"] for one in found] == [False]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/Users", "POST"), ("/Groups", "POST"), ("/Users/{id}", "PATCH"), ("/Bulk", "POST")],
)
def test_3_2_other_methods_are_405_with_allow(path: str, allowed: str, provider: Any) -> None:
    target = path.replace("{id}", provider.user()["id"])
    methods = ["POST"] if "{id}" in path else ["PUT", "PATCH", "DELETE"]
    for method in methods:
        response = provider.request(method, target, {})
        provider.refused(response, 405)
        assert allowed in response.headers["allow"]


@pytest.mark.parametrize(
    "path",
    ["/", "/Bogus", "/Users/x/y", "/Bogus/x", "/Users/x/.search", "/Schemas/x/y", "/users"],
)
def test_3_2_an_unknown_path_is_404_with_an_error_body(path: str, provider: Any) -> None:
    if path == "/":
        assert provider.get("/").status_code in (200, 404, 501)
    else:
        provider.refused(provider.get(path), 404)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_3_11_me_is_501(method: str, provider: Any) -> None:
    body = {} if method in ("POST", "PUT", "PATCH") else None
    provider.refused(provider.request(method, "/Me", body), 501)


def test_3_4_1_head_is_get_without_a_body(provider: Any) -> None:
    user = provider.user()
    head = provider.request("HEAD", f"/Users/{user['id']}")
    assert head.status_code == 200
    assert head.headers["etag"] == user["meta"]["version"]


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": ""}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eA=="}],
    ids=str,
)
@pytest.mark.parametrize("path", ["/Users", "/ServiceProviderConfig", "/Bogus"])
def test_2_without_the_token_401(path: str, headers: dict, provider: Any) -> None:
    response = provider.get(path, headers=headers)
    provider.refused(response, 401)
    assert response.headers["www-authenticate"].startswith("Bearer")


def test_2_the_scheme_is_read_in_any_letter_case(provider: Any) -> None:
    token = provider.http.headers["authorization"].partition(" ")[2]
    assert provider.get("/Users", headers={"Authorization": f"bearer {token}"}).status_code == 200
