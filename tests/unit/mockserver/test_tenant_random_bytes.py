"""Whatever bytes arrive, the tenant never answers 5xx, never hangs and never dies."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from looop_gui.mockserver.server import RunningTenant, TenantOptions, running_tenant

QUICK = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
TOKEN = "property-token"


@pytest.fixture(scope="module")
def tenant() -> Iterator[RunningTenant]:
    """A tenant on a loop of its own thread, for tests that are not coroutines."""
    started: list[RunningTenant] = []
    ready, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def run() -> None:
        options = TenantOptions(token=TOKEN, users=5, seed=1)
        async with running_tenant(options) as tenant:
            started.append(tenant)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    assert ready.wait(10)
    yield started[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    loop.close()


def exchange(tenant: RunningTenant, data: bytes) -> bytes:
    """Send bytes, say that no more follow, and read all that comes."""
    with socket.create_connection(("127.0.0.1", tenant.port), timeout=10) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except ConnectionResetError:
            pass
    return received


def check(tenant: RunningTenant, answer: bytes) -> None:
    for line in answer.split(b"\r\n"):
        if line.startswith(b"HTTP/1.1 "):
            assert line[9:10] in b"1234", answer
    alive = exchange(tenant, http("GET", b"/scim/v2/Users", b""))
    assert alive.startswith(b"HTTP/1.1 200"), alive


def http(method: str, target: bytes, body: bytes, *headers: bytes) -> bytes:
    head = [
        method.encode() + b" " + target + b" HTTP/1.1",
        b"Host: 127.0.0.1",
        b"Authorization: Bearer " + TOKEN.encode(),
        b"Content-Length: %d" % len(body),
        *headers,
    ]
    return b"\r\n".join([*head, b"", b""]) + body


@QUICK
@given(st.binary(max_size=300))
def test_random_bytes(tenant: RunningTenant, data: bytes) -> None:
    check(tenant, exchange(tenant, data))


@QUICK
@given(st.binary(max_size=80).filter(lambda data: not set(data) & set(b" \r\n")))
def test_random_targets(tenant: RunningTenant, target: bytes) -> None:
    check(tenant, exchange(tenant, http("GET", b"/scim/v2/Users?filter=" + target, b"")))
    check(tenant, exchange(tenant, http("GET", b"/scim/v2/" + target, b"")))


@QUICK
@given(st.sampled_from(["POST", "PUT", "PATCH"]), st.binary(max_size=300))
def test_random_bodies(tenant: RunningTenant, method: str, body: bytes) -> None:
    for path in (b"/scim/v2/Users", b"/scim/v2/Bulk", b"/scim/v2/.search"):
        check(tenant, exchange(tenant, http(method, path, body)))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
names = st.sampled_from(
    [
        "schemas", "userName", "displayName", "emails", "name", "members", "active", "id", "meta",
        "Operations", "op", "path", "value", "method", "bulkId", "data", "filter", "count",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "manager", "groups",
    ]
)  # fmt: skip
scim_like = st.dictionaries(
    names,
    json_values
    | st.dictionaries(names, json_values, max_size=4)
    | st.lists(json_values, max_size=3),
    max_size=6,
)
SCHEMAS = {
    "/scim/v2/Users": "urn:ietf:params:scim:schemas:core:2.0:User",
    "/scim/v2/Groups": "urn:ietf:params:scim:schemas:core:2.0:Group",
    "/scim/v2/Bulk": "urn:ietf:params:scim:api:messages:2.0:BulkRequest",
    "/scim/v2/.search": "urn:ietf:params:scim:api:messages:2.0:SearchRequest",
}
operations = st.lists(
    st.fixed_dictionaries(
        {
            "op": st.sampled_from(["add", "Replace", "remove", "move"]),
            "path": st.sampled_from(
                ["userName", "emails", 'emails[type eq "work"].value', "name.givenName", "members",
                 "active", "meta", "urn:x:y", "", None, "emails[", "manager", "groups", "schemas"]
            )
            | st.text(max_size=10),
            "value": json_values | scim_like,
        }
    ),
    max_size=4,
)  # fmt: skip


@QUICK
@given(st.sampled_from(sorted(SCHEMAS)), scim_like)
def test_random_json_in_the_shape_of_scim(tenant: RunningTenant, path: str, body: Any) -> None:
    data = json.dumps({"schemas": [SCHEMAS[path]], **body}).encode()
    check(tenant, exchange(tenant, http("POST", path.encode(), data)))


@QUICK
@given(operations)
def test_random_patches(tenant: RunningTenant, given_operations: Any) -> None:
    users = [record.id for record in tenant.storage.page("User", 0, 1)]
    schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
    data = json.dumps({"schemas": schemas, "Operations": given_operations}).encode()
    check(tenant, exchange(tenant, http("PATCH", f"/scim/v2/Users/{users[0]}".encode(), data)))


@QUICK
@given(st.text(max_size=40))
def test_random_filters(tenant: RunningTenant, text: str) -> None:
    body = json.dumps({"schemas": [SCHEMAS["/scim/v2/.search"]], "filter": text}).encode()
    check(tenant, exchange(tenant, http("POST", b"/scim/v2/Users/.search", body)))
