"""Entity tags and conditional requests over HTTP (RFC 7644 section 3.14)."""

from typing import Any

import pytest

USER = "urn:ietf:params:scim:schemas:core:2.0:User"


@pytest.fixture
def user(provider: Any) -> dict:
    made: dict = provider.user()
    return made


def path_of(user: dict) -> str:
    return f"/Users/{user['id']}"


def test_3_14_the_version_changes_with_each_change(provider: Any, user: dict) -> None:
    versions = [user["meta"]["version"]]
    for number in range(3):
        operation = {"op": "replace", "path": "title", "value": f"T{number}"}
        response = provider.patch(path_of(user), operation)
        versions.append(response.json()["meta"]["version"])
        assert response.headers["etag"] == versions[-1]
    assert len(set(versions)) == 4
    assert provider.get(path_of(user)).json()["meta"]["version"] == versions[-1]


def test_3_14_a_change_of_nothing_keeps_the_version(provider: Any, user: dict) -> None:
    operation = {"op": "replace", "path": "userName", "value": user["userName"]}
    after = provider.patch(path_of(user), operation).json()
    assert after["meta"] == user["meta"]


def test_3_14_a_new_password_is_a_change(provider: Any, user: dict) -> None:
    """RFC 7643 section 5: changePassword says that it is supported."""
    config = provider.get("/ServiceProviderConfig").json()
    assert config["changePassword"] == {"supported": True}
    operation = {"op": "replace", "path": "password", "value": "correct horse"}
    after = provider.patch(path_of(user), operation).json()
    assert after["meta"]["version"] != user["meta"]["version"]
    body = {"schemas": [USER], "userName": user["userName"], "password": "battery staple"}
    replaced = provider.put(path_of(user), body).json()
    assert replaced["meta"]["version"] != after["meta"]["version"]


def test_3_14_last_modified_moves_on(provider: Any, user: dict) -> None:
    after = provider.patch(path_of(user), {"op": "add", "path": "title", "value": "T"}).json()
    assert after["meta"]["created"] == user["meta"]["created"]
    assert after["meta"]["lastModified"] > user["meta"]["lastModified"]


# The header of a GET as made from the version, and the status.
READS = {
    "If-None-Match, same": ("If-None-Match", "{}", 304),
    "If-None-Match, strong": ("If-None-Match", "{strong}", 304),
    "If-None-Match, in a list": ("If-None-Match", 'W/"x", {}', 304),
    "If-None-Match, *": ("If-None-Match", "*", 304),
    "If-None-Match, other": ("If-None-Match", 'W/"x"', 200),
    "If-Match, same": ("If-Match", "{}", 200),
    "If-Match, *": ("If-Match", "*", 200),
    "If-Match, other": ("If-Match", 'W/"x"', 412),
}


@pytest.mark.parametrize(("header", "value", "status"), READS.values(), ids=READS.keys())
def test_3_14_conditional_reads(
    header: str, value: str, status: int, provider: Any, user: dict
) -> None:
    version = user["meta"]["version"]
    text = value.replace("{strong}", version.removeprefix("W/")).replace("{}", version)
    response = provider.get(path_of(user), headers={header: text})
    assert response.status_code == status
    if status == 304:
        assert response.headers["etag"] == version


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_3_14_conditional_writes(method: str, provider: Any, user: dict) -> None:
    body: Any = {
        "PUT": {"schemas": [USER], "userName": user["userName"], "title": "T"},
        "PATCH": {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "add", "path": "title", "value": "T"}],
        },
        "DELETE": None,
    }[method]
    path = path_of(user)
    stale = provider.request(method, path, body, headers={"If-Match": 'W/"stale"'})
    provider.refused(stale, 412)
    assert provider.get(path).json() == user
    headers = {"If-Match": f'W/"stale", {user["meta"]["version"]}'}
    assert provider.request(method, path, body, headers=headers).status_code in (200, 204)


def test_3_14_any_version_will_do(provider: Any, user: dict) -> None:
    headers = {"If-Match": "*"}
    assert provider.delete(path_of(user), headers=headers).status_code == 204
    provider.refused(provider.delete(path_of(user), headers=headers), 404)


def test_3_14_a_lost_update_is_noticed(provider: Any, user: dict) -> None:
    path, headers = path_of(user), {"If-Match": user["meta"]["version"]}
    first = provider.patch(path, {"op": "add", "path": "title", "value": "1"}, headers=headers)
    assert first.status_code == 200
    second = provider.patch(path, {"op": "add", "path": "title", "value": "2"}, headers=headers)
    provider.refused(second, 412)
    assert provider.get(path).json()["title"] == "1"


def test_3_14_versions_of_lists(provider: Any, user: dict) -> None:
    (listed,) = provider.found("/Users", f'userName eq "{user["userName"]}"')
    assert listed["meta"]["version"] == user["meta"]["version"]
