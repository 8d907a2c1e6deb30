"""The HTTP side of the tenant: framing, limits, errors, pipelining, slow clients."""

import asyncio
import json
from typing import Any

import pytest

from looop_gui.mockserver.http_connection import HttpLimits
from looop_gui.mockserver.http_reading import NESTING_LIMIT, parse_json
from looop_gui.scim.errors import ScimProtocolError

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


def new_user(name: str) -> bytes:
    return json.dumps({"schemas": [USER], "userName": name}).encode()


def raw(tenant: Any, first: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [first, f"Host: 127.0.0.1:{tenant.port}", f"Authorization: Bearer {tenant.token}"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


async def test_create_read_filter_over_one_connection(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant()
    async with wire(tenant) as client:
        created = await client.ask("POST", "/Users", new_user("ann@looop.example"))
        assert created.status == 201
        assert created.headers["content-type"] == "application/scim+json"
        assert created.headers["location"] == created.json["meta"]["location"]
        assert created.json["meta"]["location"].startswith(tenant.scim_endpoint)
        as_entra = await client.ask("GET", '/Users?filter=userName+eq+"ann%40looop.example"')
        assert as_entra.json["totalResults"] == 1


async def test_head_is_a_get_without_a_body(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant(users=1)
    async with wire(tenant) as client:
        full = await client.ask("GET", "/Users")
        head = await client.ask("HEAD", "/Users")
        assert (head.status, head.text) == (200, "")
        assert head.headers["content-length"] == full.headers["content-length"]
        assert (await client.ask("GET", "/Users")).text == full.text


async def test_options_tells_the_methods_and_nothing_of_other_origins(
    start_tenant: Any, wire: Any
) -> None:
    tenant = await start_tenant()
    async with wire(tenant) as client:
        answer = await client.ask("OPTIONS", "/Users", headers={"Origin": "https://evil.example"})
        assert answer.status == 204
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"
        assert not any(name.startswith("access-control") for name in answer.headers)


@pytest.mark.parametrize(
    ("body", "headers", "status", "scim_type"),
    [
        (b"{not json", {}, 400, "invalidSyntax"),
        (b"", {}, 400, "invalidSyntax"),
        (b"[]", {}, 400, "invalidSyntax"),
        (b'"text"', {}, 400, "invalidSyntax"),
        (b'{"schemas": ["\xff"]}', {}, 400, "invalidSyntax"),
        (b'{"userName": "\\ud800"}', {}, 400, "invalidSyntax"),
        (b"[" * 40 + b"]" * 40, {}, 400, "invalidSyntax"),
        (b"[" * 200_000, {}, 400, "invalidSyntax"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, {}, 400, "invalidSyntax"),
        (b"{}", {"Content-Type": "text/plain"}, 415, None),
        (b"{}", {"Content-Type": "application/x-www-form-urlencoded"}, 415, None),
        (b"{}", {"Content-Type": "application/scim+json; charset=utf-16"}, 415, None),
        (b"{}", {"Content-Encoding": "gzip"}, 415, None),
    ],
)
async def test_bodies_that_cannot_be_read(
    start_tenant: Any,
    wire: Any,
    body: bytes,
    headers: dict[str, str],
    status: int,
    scim_type: str | None,
) -> None:
    tenant = await start_tenant()
    async with wire(tenant) as client:
        answer = await client.ask("POST", "/Users", body, headers)
        assert answer.status == status
        assert answer.json["schemas"] == [ERROR]
        assert answer.json["status"] == str(status)
        assert answer.json.get("scimType") == scim_type
        assert (await client.ask("GET", "/Users")).status == 200


@pytest.mark.parametrize(
    "content_type",
    [
        "application/scim+json",
        "application/json",
        "application/scim+json; charset=utf-8",
        'Application/SCIM+JSON;charset="UTF-8"',
    ],
)
async def test_media_types_that_are_read(start_tenant: Any, wire: Any, content_type: str) -> None:
    tenant = await start_tenant()
    async with wire(tenant) as client:
        answer = await client.ask("POST", "/Users", new_user("ann"), {"Content-Type": content_type})
        assert answer.status == 201


@pytest.mark.parametrize(
    ("prefix", "path"),
    [("/scim/v2", "/Nothing"), ("/scim/v2", "/Users/1/2"), ("", "/"), ("", "/scim/v2x/Users")],
)
async def test_unknown_paths_are_404_with_an_error_body(
    start_tenant: Any, wire: Any, prefix: str, path: str
) -> None:
    tenant = await start_tenant()
    async with wire(tenant) as client:
        answer = await client.ask("GET", path, prefix=prefix)
        assert answer.status == 404
        assert answer.json["schemas"] == [ERROR]


async def test_a_body_above_the_limit_is_413_even_when_announced_or_chunked(
    start_tenant: Any, wire: Any
) -> None:
    tenant = await start_tenant(limits=HttpLimits(body_bytes=1000))
    async with wire(tenant) as client:
        await client.send(raw(tenant, "POST /scim/v2/Users HTTP/1.1", "Content-Length: 1001"))
        answer = await client.answer()
        assert (answer.status, answer.headers["connection"]) == (413, "close")
        assert answer.json["status"] == "413"
        assert await client.ended()
    async with wire(tenant) as client:
        head = raw(tenant, "POST /scim/v2/Users HTTP/1.1", "Transfer-Encoding: chunked")
        await client.send(head + b"3e9\r\n" + b"x" * 1001 + b"\r\n")
        assert (await client.answer()).status == 413


async def test_a_client_that_sends_on_can_still_read_the_413(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant(limits=HttpLimits(body_bytes=1000))
    async with wire(tenant) as client:
        size = 2_000_000
        await client.send(raw(tenant, "POST /scim/v2/Users HTTP/1.1", f"Content-Length: {size}"))
        client.writer.write(b"x" * size)
        assert (await client.answer()).status == 413


async def test_expect_continue_is_answered_before_the_body(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant()
    body = new_user("ann")
    async with wire(tenant) as client:
        await client.send(
            raw(
                tenant,
                "POST /scim/v2/Users HTTP/1.1",
                "Expect: 100-continue",
                "Content-Type: application/scim+json",
                f"Content-Length: {len(body)}",
            )
        )
        assert (await client.answer()).status == 100
        await client.send(body)
        assert (await client.answer()).status == 201
    async with wire(tenant) as client:
        await client.send(
            raw(
                tenant,
                "POST /scim/v2/Users HTTP/1.1",
                "Expect: 100-continue",
                "Content-Length: 999999999",
            )
        )
        assert (await client.answer()).status == 413


async def test_chunked_bodies_are_read(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant()
    body = new_user("ann")
    async with wire(tenant) as client:
        head = raw(tenant, "POST /scim/v2/Users HTTP/1.1", "Transfer-Encoding: chunked")
        chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
        await client.send(head + chunks)
        assert (await client.answer()).status == 201


async def test_pipelined_requests_are_answered_in_order(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant(faults=("latency=uniform:0ms-5ms",))
    async with wire(tenant) as client:
        await client.send(
            b"".join(raw(tenant, f"GET /scim/v2/Users/none-{n} HTTP/1.1") for n in range(50))
        )
        for number in range(50):
            assert f"none-{number}'" in (await client.answer()).json["detail"]


async def test_http_1_0_and_connection_close_end_the_connection(
    start_tenant: Any, wire: Any
) -> None:
    tenant = await start_tenant()
    for first, header in (
        ("GET /scim/v2/Users HTTP/1.0", "X: y"),
        ("GET /scim/v2/Users HTTP/1.1", "Connection: close"),
    ):
        async with wire(tenant) as client:
            await client.send(raw(tenant, first, header))
            answer = await client.answer()
            assert (answer.status, answer.headers["connection"]) == (200, "close")
            assert await client.ended()


async def test_an_offer_of_another_protocol_is_declined(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant()
    offer = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk")
    async with wire(tenant) as client:
        await client.send(raw(tenant, "GET /scim/v2/Users HTTP/1.1", *offer))
        answer = await client.answer()
        assert (answer.status, answer.headers.get("connection")) == (200, None)
        body = new_user("offered@looop.example")
        head = raw(
            tenant,
            "POST /scim/v2/Users HTTP/1.1",
            *offer,
            "Content-Type: application/scim+json",
            f"Content-Length: {len(body)}",
        )
        await client.send(head + body[:10])
        await client.send(body[10:] + raw(tenant, "GET /scim/v2/Users HTTP/1.1", *offer))
        assert (await client.answer()).status == 201
        assert (await client.answer()).json["totalResults"] == 1
    async with wire(tenant) as client:
        await client.send(raw(tenant, "CONNECT 127.0.0.1:80 HTTP/1.1"))
        assert (await client.answer()).status == 400


def test_bodies_are_read_as_deep_as_the_limit_and_no_deeper() -> None:
    def nested(depth: int) -> bytes:
        return (
            b'{"a":[' * (depth // 2)
            + b"[" * (depth % 2)
            + b"]" * (depth % 2)
            + b"]}" * (depth // 2)
        )

    assert parse_json(nested(NESTING_LIMIT)) is not None
    wide = b"[" + b",".join([nested(2)] * 40) + b"]"
    assert len(parse_json(wide)) == 40
    with pytest.raises(ScimProtocolError) as refused:
        parse_json(nested(NESTING_LIMIT + 1))
    assert (refused.value.status, refused.value.scim_type) == (400, "invalidSyntax")
    assert parse_json(b'"' + b"{" * 100 + b'"') == "{" * 100


async def test_a_byte_order_mark_before_the_body_is_ignored(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant()
    async with wire(tenant) as client:
        body = b"\xef\xbb\xbf" + new_user("mark@looop.example")
        assert (await client.ask("POST", "/Users", body)).status == 201


async def test_a_client_that_has_sent_all_gets_its_answer_and_the_end(
    start_tenant: Any, wire: Any
) -> None:
    tenant = await start_tenant(faults=("latency=20ms",))
    async with wire(tenant) as client:
        await client.send(raw(tenant, "GET /scim/v2/Users HTTP/1.1"))
        client.writer.write_eof()
        assert (await client.answer()).status == 200
        assert await asyncio.wait_for(client.ended(), 5)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"NONSENSE\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"GET /scim/v2/Users HTTP/1.1\r\nBad Header: x\r\n\r\n", 400),
        (b"POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nContent-Length: nine\r\n\r\n", 400),
        (
            b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            400,
        ),
        (b"GET /scim/v2/Users HTTP/1.1\r\n\r\n", 400),
        (b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + b"X: " + b"a" * 70_000, 431),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: miracles\r\n\r\n", 417),
    ],
)
async def test_requests_that_are_not_http(
    start_tenant: Any, wire: Any, data: bytes, status: int
) -> None:
    tenant = await start_tenant()
    async with wire(tenant) as client:
        await client.send(data)
        answer = await client.answer()
        assert answer.status == status
        assert answer.json["schemas"] == [ERROR]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:1234", 200),
        ("127.0.0.1", 200),
        ("[::1]:80", 200),
        ("contoso.looop.example", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("", 421),
    ],
)
async def test_only_our_own_host_names_are_answered(
    start_tenant: Any, wire: Any, host: str, status: int
) -> None:
    tenant = await start_tenant(organisation_domain="contoso.looop.example")
    async with wire(tenant) as client:
        assert (await client.ask("GET", "/Users", headers={"Host": host})).status == status


@pytest.mark.parametrize(
    ("path", "status", "scim_type"),
    [
        ("/Users?filter=%FF", 400, "invalidValue"),
        ("/Users/%FF", 400, "invalidValue"),
        ("/Users?filter=userName%20eq%20%22a%2Bb%22", 200, None),
        ('/Users?filter=userName+eq+"%C3%BC"', 200, None),
        ('/Users?filter=userName+eq+"ü"', 400, None),
        ("/Users/", 200, None),
        ("/Users?", 200, None),
        ("/Users?count=1&&count=2&=3", 200, None),
    ],
)
async def test_targets(
    start_tenant: Any, wire: Any, path: str, status: int, scim_type: str | None
) -> None:
    tenant = await start_tenant()
    async with wire(tenant) as client:
        answer = await client.ask("GET", path)
        assert (answer.status, answer.json.get("scimType")) == (status, scim_type)


async def test_a_wrong_token_is_401_with_a_challenge(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant()
    async with wire(tenant) as client:
        for header in ("Bearer wrong", "Bearer", "Basic YTpi", "bearer\tx", ""):
            answer = await client.ask("GET", "/Users", headers={"Authorization": header})
            assert answer.status == 401, header
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.json["status"] == "401"
        lower = await client.ask(
            "GET", "/Users", headers={"Authorization": f"bearer {tenant.token}"}
        )
        assert lower.status == 200


async def test_a_slow_client_gets_408_and_keeps_nobody_waiting(
    start_tenant: Any, wire: Any
) -> None:
    limits = HttpLimits(header_seconds=0.6, request_seconds=0.6, sweep_seconds=0.05)
    tenant = await start_tenant(limits=limits)
    async with wire(tenant) as slow_head, wire(tenant) as slow_body, wire(tenant) as other:
        await slow_head.send(b"GET /scim/v2/Users HTTP/1.1\r\nHost: ")
        await slow_body.send(
            raw(tenant, "POST /scim/v2/Users HTTP/1.1", "Content-Length: 10", body=b"{")
        )
        assert (await other.ask("GET", "/Users")).status == 200
        assert (await slow_head.answer()).status == 408
        assert (await slow_body.answer()).status == 408


async def test_an_idle_connection_is_closed(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant(limits=HttpLimits(idle_seconds=0.5, sweep_seconds=0.05))
    async with wire(tenant) as client:
        assert (await client.ask("GET", "/Users")).status == 200
        assert await asyncio.wait_for(client.ended(), 30)


async def test_a_client_that_does_not_read_is_cut_off(start_tenant: Any, wire: Any) -> None:
    limits = HttpLimits(write_seconds=0.1, sweep_seconds=0.05)
    tenant = await start_tenant(users=200, limits=limits)
    async with wire(tenant) as deaf, wire(tenant) as other:
        request = raw(tenant, "GET /scim/v2/Users?count=200 HTTP/1.1")
        deaf.writer.write(request * 500)
        while tenant.connections > 1:
            assert (await other.ask("GET", "/Users?count=1")).status == 200


async def test_above_the_limit_the_longest_waiting_connection_makes_room(
    start_tenant: Any, wire: Any
) -> None:
    tenant = await start_tenant(limits=HttpLimits(connections=3))
    async with wire(tenant) as first, wire(tenant) as second, wire(tenant) as third:
        for client in (second, third, first):
            assert (await client.ask("GET", "/Users")).status == 200
        async with wire(tenant) as fourth:
            assert (await fourth.ask("GET", "/Users")).status == 200
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await second.ask("GET", "/Users")
            assert (await third.ask("GET", "/Users")).status == 200


async def test_stopping_sends_the_answers_that_are_due(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant(faults=("latency=50ms",))
    async with wire(tenant) as busy, wire(tenant) as idle:
        await busy.send(raw(tenant, "GET /scim/v2/Users HTTP/1.1"))
        while not tenant.gateway.requests:
            await asyncio.sleep(0)
        await tenant.stop()
        assert (await busy.answer()).status == 200
        assert await busy.ended()
        assert await idle.ended()


async def test_a_defect_is_a_500_with_an_error_body_and_a_log_line(
    start_tenant: Any, wire: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tenant = await start_tenant()

    def fail(request: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(tenant.service, "answer", fail)
    async with wire(tenant) as client:
        answer = await client.ask("GET", "/Users")
        assert (answer.status, answer.json["status"]) == (500, "500")
    assert "a defect" in caplog.text
