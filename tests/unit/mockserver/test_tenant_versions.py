"""Entity tags and conditional requests of the tenant (RFC 7644 section 3.14)."""

from typing import Any

import pytest


def test_an_unchanged_resource_is_304(call: Any) -> None:
    user = call.user()
    version = user["meta"]["version"]
    response = call.get(f"/Users/{user['id']}", headers={"if-none-match": version})
    assert (response.status, response.body) == (304, None)
    assert response.headers["etag"] == version


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_write_to_a_changed_resource_is_412(call: Any, method: str) -> None:
    user = call.user()
    response = call(method, f"/Users/{user['id']}", {}, {"if-match": 'W/"7"'})
    assert response.status == 412
    assert call.get(f"/Users/{user['id']}").body == user


def test_a_write_with_the_current_version_succeeds(call: Any) -> None:
    user = call.user()
    headers = {"if-match": user["meta"]["version"]}
    assert call("DELETE", f"/Users/{user['id']}", None, headers).status == 204


def test_any_version_matches_a_star(call: Any) -> None:
    user = call.user()
    assert call("DELETE", f"/Users/{user['id']}", None, {"if-match": "*"}).status == 204
