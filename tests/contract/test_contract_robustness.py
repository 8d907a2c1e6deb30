"""What no client should send: each gets its own right answer, never a 5xx, never a hang."""

import json
import socket
from random import Random
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from looop_gui.scim.messages import MEDIA_TYPE

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

NOT_JSON: dict[str, bytes] = {
    "text": b"hello",
    "open brace": b"{",
    "open text": b'{"a": "b',
    "comma at the end": b'{"a": 1,}',
    "single quotes": b"{'a': 1}",
    "two values": b"{} {}",
    "NaN": b'{"a": NaN}',
    "invalid UTF-8": b'{"schemas": ["\xff\xfe"]}',
    "half a character": b'{"userName": "\xc3"}',
    "UTF-16": '{"userName": "x"}'.encode("utf-16"),
    "a raw control character": b'{"userName": "a\x00b"}',
    "form data": b"userName=x",
    "XML": b"<user/>",
    "deep lists": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "deep and open": b"[" * 100_000,
}


@pytest.mark.parametrize("data", NOT_JSON.values(), ids=NOT_JSON.keys())
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/Users"),
        ("PUT", "/Users/{}"),
        ("PATCH", "/Users/{}"),
        ("POST", "/Bulk"),
        ("POST", "/.search"),
    ],
)
def test_3_12_a_body_that_is_no_json_is_400(
    method: str, path: str, data: bytes, looop: Any
) -> None:
    target = path.replace("{}", looop.user()["id"])
    response = looop.request(
        method, target, content=data, headers={"Content-Type": "application/scim+json"}
    )
    looop.refused(response, 400, "invalidSyntax")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_3_12_no_body_at_all_is_400(method: str, provider: Any) -> None:
    path = "/Users" if method == "POST" else f"/Users/{provider.user()['id']}"
    provider.refused(provider.request(method, path, content=b""), 400, "invalidSyntax")


MEDIA_TYPES = {
    "application/scim+json": True,
    "application/json": True,
    "application/scim+json; charset=utf-8": True,
    "Application/SCIM+JSON;charset=UTF-8": True,
    "application/json; charset=utf-8": True,
    "text/plain": False,
    "application/xml": False,
    "application/x-www-form-urlencoded": False,
    "multipart/form-data; boundary=x": False,
    "application/json; charset=utf-16": False,
}


@pytest.mark.parametrize(("media_type", "accepted"), MEDIA_TYPES.items(), ids=MEDIA_TYPES.keys())
def test_3_1_media_types(media_type: str, accepted: bool, provider: Any) -> None:
    data = json.dumps({"schemas": [USER], "userName": provider.unique()}).encode()
    response = provider.request(
        "POST", "/Users", content=data, headers={"Content-Type": media_type}
    )
    if accepted:
        assert response.status_code == 201
    else:
        provider.refused(response, 415)


@pytest.mark.parametrize(
    "accept", ["application/scim+json", "application/json", "*/*", "text/html, */*;q=0.1"]
)
def test_8_1_answers_are_scim_json(accept: str, provider: Any) -> None:
    response = provider.get("/Users", headers={"Accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(MEDIA_TYPE)


@pytest.mark.parametrize(
    "path",
    [
        "/Users/%ff",
        "/Users/%00",
        "/Users/..%2f..%2fetc%2fpasswd",
        "/Users/" + "x" * 5000,
        "/Users/%F0%9F%A6%8A",
        "/Users/a%20b",
        "/Users/;drop",
        "/Users?filter=%ff",
        "/Users?filter=%",
        "/Users?%ff=1",
        "/Users?filter",
        "/Users?&&&",
        "/Users?=x",
        "/Users?filter=" + "x" * 5000,
        "/Users?attributes=" + ",".join(["a"] * 2000),
        "/Users?sortBy=%5B%5D",
        "//Users//",
    ],
)
def test_strange_targets_are_answered(path: str, looop: Any) -> None:
    response = looop.get(looop.url + path)
    assert response.status_code in (200, 400, 404, 414)


def test_2_a_target_that_is_too_long_is_refused(looop: Any) -> None:
    response = looop.http.get("/Users", params={"filter": "x" * 60_000})
    assert response.status_code in (414, 431, 400)


def test_a_body_that_is_too_large_is_413(looop: Any) -> None:
    data = b'{"schemas": ["' + b"x" * 20_000_000 + b'"]}'
    try:
        response = looop.request(
            "POST", "/Users", content=data, headers={"Content-Type": "application/scim+json"}
        )
    except httpx.WriteError:
        pytest.skip("The connection was closed before the whole body was written.")
    looop.refused(response, 413)


STRANGE: dict[str, Any] = {
    "half a surrogate pair": {"userName": "\ud800"},
    "NUL": {"userName": "a\x00b"},
    "a long name": {"userName": "x" * 100_000},
    "a large number": {"userName": "x", "title": 10**300},
    "an exponent": {"userName": "x", "active": 1e300},
    "many unknown attributes": {f"a{number}": number for number in range(3000)},
    "nested thirty deep": {"name": {"a": [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}},
    "empty names": {"": 1, " ": 2, "userName": "y"},
    "__proto__": {"__proto__": {"x": 1}, "constructor": 1},
    "many e-mail addresses": {"emails": [{"value": f"{n}@x.org"} for n in range(5000)]},
    "schemas many times": {"schemas": [USER] * 1000},
}


@pytest.mark.parametrize("attributes", STRANGE.values(), ids=STRANGE.keys())
def test_strange_values_are_stored_or_refused(attributes: dict, provider: Any) -> None:
    body = {"schemas": [USER], "userName": provider.unique()} | attributes
    response = provider.post("/Users", body)
    assert response.status_code in (201, 400)
    if response.status_code == 201:
        user = response.json()
        assert provider.get(f"/Users/{user['id']}").json() == user
        provider.delete(f"/Users/{user['id']}")


STRANGE_PATCHES: dict[str, Any] = {
    "a path of five thousand dots": {"op": "add", "path": "." * 5000, "value": 1},
    "a path of brackets": {"op": "add", "path": "[" * 5000, "value": 1},
    "a path of parentheses": {"op": "remove", "path": "emails[" + "(" * 5000, "value": 1},
    "a deep filter": {
        "op": "remove",
        "path": "emails[" + "not (" * 500 + "type pr" + ")" * 500 + "]",
    },
    "a path in a path": {"op": "remove", "path": 'emails[emails[type eq "x"]]'},
    "value of itself": {"op": "add", "value": {USER: {USER: {USER: {"title": "x"}}}}},
    "text that is not Unicode": {"op": "add", "path": "title", "value": "\udc00"},
    "a path that is not Unicode": {
        "op": "add",
        "path": 'emails[type eq "\udc00"].value',
        "value": "x",
    },
    "an op that is a list": {"op": ["add"], "path": "title", "value": "x"},
    "a path that is an object": {"op": "add", "path": {}, "value": "x"},
    "schemas": {"op": "replace", "path": "schemas", "value": 5},
    "a key that is not Unicode": {"op": "add", "value": {"\udc00": 1, "title": 5}},
    "everything null": {"op": None, "path": None, "value": None},
}


@pytest.mark.parametrize("operation", STRANGE_PATCHES.values(), ids=STRANGE_PATCHES.keys())
def test_strange_patches_are_400(operation: Any, provider: Any) -> None:
    user = provider.user(emails=[{"value": "a@b"}])
    path = f"/Users/{user['id']}"
    provider.refused(provider.patch(path, operation), 400)
    assert provider.get(path).json() == user


def test_a_thousand_operations_in_one_patch(provider: Any) -> None:
    user = provider.user()
    operations = [{"op": "replace", "path": "title", "value": str(n)} for n in range(1000)]
    assert provider.patch(f"/Users/{user['id']}", *operations).json()["title"] == "999"


@pytest.mark.parametrize("method", ["TRACE", "CONNECTX", "PROPFIND"])
def test_an_unknown_method_is_refused(method: str, looop: Any) -> None:
    response = looop.http.request(method, "/Users")
    assert response.status_code in (400, 405, 501)


def test_2_a_foreign_host_is_refused(looop: Any) -> None:
    response = looop.http.get("/Users", headers={"Host": "attacker.example"})
    assert 400 <= response.status_code < 500


def test_no_cross_origin_access_is_granted(looop: Any) -> None:
    headers = {"Origin": "https://attacker.example", "Access-Control-Request-Method": "POST"}
    for method in ("OPTIONS", "GET"):
        response = looop.http.request(method, "/Users", headers=headers)
        assert not [name for name in response.headers if name.startswith("access-control")]


def noise(random: Random) -> bytes:
    """A request that is wrong in one of many ways."""
    method = random.choice([b"GET", b"POST", b"PATCH", b"PUT", b"DELETE", b"\x00", b"", b"X" * 50])
    path = random.choice([b"/scim/v2/Users", b"/scim/v2/Bulk", b"/scim/v2/Users/x", b"*", b""])
    path += random.choice([b"", b"?filter=" + random.randbytes(12).hex().encode(), b"?\xff", b" "])
    body = random.choice([b"", b"{}", b"[[[", random.randbytes(40), b'{"schemas":["' + b"\xff"])
    length = random.choice([b"%d" % len(body), b"0", b"-1", b"x", b"99999999999999", b"1"])
    lines = [
        method + b" " + path + random.choice([b" HTTP/1.1", b" HTTP/9.9", b"", b" HTTP/1.0"]),
        random.choice([b"Host: 127.0.0.1", b"Host:", b"Host: 127.0.0.1\r\nHost: b", b"\xff: \xff"]),
        b"Content-Length: " + length,
        b"Authorization: Bearer contract-token",
        random.choice([b"A: b", b"Transfer-Encoding: chunked", b": x", b"A: " + b"x" * 9000]),
        b"Connection: close",
    ]
    return b"\r\n".join(lines) + random.choice([b"\r\n\r\n", b"\n\n"]) + body


def test_random_requests_never_give_a_5xx(looop: Any) -> None:
    random = Random("noise")
    parts = urlsplit(looop.url)
    statuses = set()
    for _ in range(150):
        with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
            connection.sendall(noise(random))
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while chunk := connection.recv(65536):
                answer += chunk
        statuses.add(int(answer.split()[1]) if answer.startswith(b"HTTP/1.") else 0)
    assert {status for status in statuses if status >= 500} <= {501, 505}
    assert 400 in statuses
    assert looop.get("/Users").status_code == 200
