"""One request to a target: what goes over the wire, and what every kind of answer becomes."""

import asyncio
import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from looop_gui.client.authentication import BearerToken
from looop_gui.client.limits import TargetLimits
from looop_gui.client.target import Target
from looop_gui.model.connection import TenantConnection
from looop_gui.model.errors import ConfigurationError, CredentialsError, TenantUrlError
from looop_gui.model.provisioning_log import WireExchange
from looop_gui.model.secret import SecretText
from looop_gui.scim.messages import FailureKind, ScimRequest
from tests.unit.client.conftest import Received, http

TOKEN = "tok-0123456789abcdef"
EMPTY_LIST = (
    '{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],'
    '"totalResults":0,"Resources":[]}'
)
USERS = ScimRequest("GET", "/Users")
QUICK = TargetLimits(connect_seconds=2, read_seconds=0.1, total_seconds=2)


def target_at(url: str, token: str = TOKEN, **options: Any) -> Target:
    return Target(TenantConnection(url), BearerToken(SecretText(token)), **options)


async def test_a_query_goes_out_as_entra_writes_it(server: Any) -> None:
    request = ScimRequest("GET", "/Users", (("filter", 'userName eq "ann@contoso.com"'),))
    async with server(http(EMPTY_LIST)) as script, target_at(script.url) as target:
        response = await target.send(request)
    (received,) = script.requests
    line = "GET /scim/v2/Users?filter=userName+eq+%22ann%40contoso.com%22 HTTP/1.1"
    assert received.request_line == line
    assert received.headers["authorization"] == f"Bearer {TOKEN}"
    assert received.headers["accept"] == "application/scim+json, application/json"
    assert received.headers["user-agent"].startswith("looop-gui/")
    assert "content-type" not in received.headers
    assert "cookie" not in received.headers
    assert response.ok
    assert response.body == json.loads(EMPTY_LIST)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (
            'emails[type eq "work"].value eq "a+b"',
            "emails%5Btype+eq+%22work%22%5D.value+eq+%22a%2Bb%22",
        ),
        ('displayName eq "Ünï & 50%"', "displayName+eq+%22%C3%9Cn%C3%AF+%26+50%25%22"),
        ('externalId eq "o\'Neil#1"', "externalId+eq+%22o%27Neil%231%22"),
    ],
)
async def test_special_characters_are_escaped(server: Any, value: str, written: str) -> None:
    async with server(http(EMPTY_LIST)) as script, target_at(script.url) as target:
        await target.send(ScimRequest("GET", "/Users", (("filter", value),)))
    assert script.requests[0].request_line == f"GET /scim/v2/Users?filter={written} HTTP/1.1"


async def test_an_id_in_the_path_is_escaped(server: Any) -> None:
    async with server(http(EMPTY_LIST)) as script, target_at(script.url + "/") as target:
        await target.send(ScimRequest("GET", "/Users/a b?c#d%é"))
    assert script.requests[0].request_line == "GET /scim/v2/Users/a%20b%3Fc%23d%25%C3%A9 HTTP/1.1"


async def test_a_body_is_scim_json_and_headers_can_be_added(server: Any) -> None:
    body = {"userName": "ännchen", "active": True, "nothing": None}
    request = ScimRequest("POST", "/Users", headers=(("If-Match", 'W/"1"'),), body=body)
    async with server(http('{"id":"1"}', 201)) as script, target_at(script.url) as target:
        response = await target.send(request)
    (received,) = script.requests
    assert received.headers["content-type"] == "application/scim+json"
    assert received.headers["if-match"] == 'W/"1"'
    assert json.loads(received.body) == body
    assert (response.status, response.body) == (201, {"id": "1"})


async def test_user_agent_and_accept_are_configurable(server: Any) -> None:
    async with server(http(EMPTY_LIST)) as script:
        connection = TenantConnection(script.url, user_agent="Entra", accept="*/*")
        async with Target(connection, BearerToken(SecretText(TOKEN))) as target:
            await target.send(USERS)
    headers = script.requests[0].headers
    assert (headers["user-agent"], headers["accept"]) == ("Entra", "*/*")


@pytest.mark.parametrize("value", ["two\r\nX-Other: 1", "\x00", "é"])
def test_a_header_cannot_smuggle_another_in(value: str) -> None:
    connection = TenantConnection("https://contoso.looop.co", user_agent=value)
    with pytest.raises(ConfigurationError, match="character that headers cannot have"):
        Target(connection, BearerToken(SecretText(TOKEN)))


async def test_a_lone_surrogate_in_a_value_is_sent_escaped(server: Any) -> None:
    async with server(http("{}", 201)) as script, target_at(script.url) as target:
        await target.send(ScimRequest("POST", "/Users", body={"displayName": "\ud800x"}))
    assert script.requests[0].body == b'{"displayName": "\\ud800x"}'


async def test_one_connection_serves_many_requests(server: Any) -> None:
    async with server(http(EMPTY_LIST)) as script, target_at(script.url) as target:
        for _ in range(5):
            await target.send(USERS)
    assert (len(script.requests), script.connections) == (5, 1)


async def test_connections_are_limited_by_the_concurrency(server: Any) -> None:
    async with server(http(EMPTY_LIST)) as script, target_at(script.url, concurrency=2) as target:
        await asyncio.gather(*(target.send(USERS) for _ in range(8)))
    assert (len(script.requests), script.connections) == (8, 2)


async def test_cookies_are_not_kept(server: Any) -> None:
    answer = http(EMPTY_LIST, headers={"Set-Cookie": "session=1; Path=/"})
    async with server(answer) as script, target_at(script.url) as target:
        await target.send(USERS)
        await target.send(USERS)
    assert "cookie" not in script.requests[1].headers


async def test_no_body_and_no_json_are_told_apart(server: Any) -> None:
    page = http("<html>Sign in</html>", media_type="text/html")
    async with server(http(status=204), page) as script, target_at(script.url) as target:
        empty, html = await target.send(USERS), await target.send(USERS)
    assert (empty.status, empty.body, empty.text) == (204, None, "")
    assert (html.status, html.body, html.text) == (200, None, "<html>Sign in</html>")
    assert html.headers["content-type"] == "text/html"


async def test_deeply_nested_json_is_text_and_no_crash(server: Any) -> None:
    async with server(http("[" * 100_000)) as script, target_at(script.url) as target:
        response = await target.send(USERS)
    assert response.body is None
    assert response.text.startswith("[[[")


async def test_a_compressed_answer_is_read(server: Any) -> None:
    answer = http(gzip.compress(EMPTY_LIST.encode()), headers={"Content-Encoding": "gzip"})
    async with server(answer) as script, target_at(script.url) as target:
        response = await target.send(USERS)
    assert response.body["totalResults"] == 0


@pytest.mark.parametrize(
    "answer",
    [
        http(b"[" + b" " * 5000 + b"]"),
        http(gzip.compress(b"[" + b" " * 5000 + b"]"), headers={"Content-Encoding": "gzip"}),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"800\r\n" + b" " * 2048 + b"\r\n" + b"800\r\n" + b" " * 2048 + b"\r\n0\r\n\r\n",
    ],
    ids=["length", "compressed", "chunked"],
)  # fmt: skip
async def test_a_body_above_the_limit_is_given_up(server: Any, answer: bytes) -> None:
    limits = TargetLimits(response_bytes=4000)
    async with (
        server(answer, http(EMPTY_LIST)) as script,
        target_at(script.url, limits=limits) as target,
    ):
        response = await target.send(USERS)
        again = await target.send(USERS)
    assert (response.status, response.failure) == (0, FailureKind.TOO_LARGE)
    assert "larger than" in response.failure_text
    assert again.ok


async def test_a_broken_compression_is_no_answer(server: Any) -> None:
    answer = http(b"no gzip at all", headers={"Content-Encoding": "gzip"})
    async with server(answer) as script, target_at(script.url) as target:
        response = await target.send(USERS)
    assert (response.status, response.failure) == (0, FailureKind.CONNECTION_LOST)
    assert "cannot be unpacked" in response.failure_text


async def test_headers_are_lower_case_and_joined(server: Any) -> None:
    answer = b"HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 0\r\n\r\n"
    async with server(answer) as script, target_at(script.url) as target:
        response = await target.send(USERS)
    assert response.headers["x-a"] == "1, 2"


async def test_a_hanging_server_is_a_time_out(server: Any) -> None:
    async def hang(_: Received) -> bytes:
        await asyncio.Event().wait()
        return b""

    async with server(hang) as script, target_at(script.url, limits=QUICK) as target:
        silent = await target.send(USERS)
        late = await target.send(USERS, timeout=0.05)
    assert (silent.status, silent.failure) == (0, FailureKind.TIMEOUT)
    assert "did not answer in time" in silent.failure_text
    assert (late.status, late.failure) == (0, FailureKind.TIMEOUT)
    assert "within 0.05 seconds" in late.failure_text


async def test_a_dripping_server_meets_the_deadline(server: Any) -> None:
    async def drip(_: Received) -> bytes:
        return b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n["

    async with server(drip) as script, target_at(script.url) as target:
        response = await target.send(USERS, timeout=0.1)
    assert response.failure is FailureKind.TIMEOUT


async def test_a_name_in_another_script_is_looked_up() -> None:
    async with target_at("https://bücher.invalid/scim") as target:
        response = await target.send(USERS)
    assert response.failure_text == "The name bücher.invalid was not found."


async def test_a_path_with_a_blank_is_escaped(server: Any) -> None:
    async with server(http(EMPTY_LIST)) as script, target_at(f"{script.url}/a b/é") as target:
        await target.send(USERS)
    assert script.requests[0].request_line == "GET /scim/v2/a%20b/%C3%A9/Users HTTP/1.1"


async def test_a_refused_connection_never_reached_the_target(unused_tcp_port: int) -> None:
    async with target_at(f"http://127.0.0.1:{unused_tcp_port}/scim") as target:
        response = await target.send(USERS)
    assert (response.status, response.failure) == (0, FailureKind.CONNECT)
    assert "cannot be reached" in response.failure_text


async def test_a_name_that_does_not_exist_is_said() -> None:
    async with target_at("https://contoso.looop.invalid/scim/v2") as target:
        response = await target.send(USERS)
    assert (response.status, response.failure) == (0, FailureKind.NAME_RESOLUTION)
    assert response.failure_text == "The name contoso.looop.invalid was not found."


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{", b"not http at all\r\n\r\n"],
    ids=["closed", "cut off", "other protocol"],
)
async def test_a_lost_connection_is_no_answer(server: Any, answer: bytes) -> None:
    def then_close(_: Received) -> bytes:
        script.answers[:] = [b""]
        return answer

    async with server(then_close) as script, target_at(script.url, limits=QUICK) as target:
        response = await target.send(ScimRequest("POST", "/Users", body={}))
    assert response.status == 0
    assert response.failure in (FailureKind.CONNECTION_LOST, FailureKind.TIMEOUT)
    assert "127.0.0.1" in response.failure_text


async def test_cancelling_frees_the_connection(server: Any) -> None:
    asked = asyncio.Event()

    async def hang_once(_: Received) -> bytes:
        asked.set()
        await asyncio.Event().wait()
        return b""

    async with (
        server(hang_once, http(EMPTY_LIST)) as script,
        target_at(script.url, concurrency=1) as target,
    ):
        sending = asyncio.create_task(target.send(USERS))
        await asked.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert (await target.send(USERS)).ok


async def test_a_redirect_within_the_origin_is_followed_for_reading(server: Any) -> None:
    moved = http(status=307, headers={"Location": "/other/Users?x=1"})
    async with server(moved, http(EMPTY_LIST)) as script, target_at(script.url) as target:
        response = await target.send(USERS)
    assert response.ok
    assert [r.request_line for r in script.requests] == [
        "GET /scim/v2/Users HTTP/1.1",
        "GET /other/Users?x=1 HTTP/1.1",
    ]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_redirect_to_another_origin_never_gets_the_token(
    server: Any, status: int, method: str
) -> None:
    async with server(http(EMPTY_LIST)) as other:
        moved = http(status=status, headers={"Location": f"{other.url}/Users"})
        async with server(moved) as script, target_at(script.url) as target:
            response = await target.send(ScimRequest(method, "/Users"))
    assert (response.status, response.failure) == (0, FailureKind.REDIRECT)
    assert other.url in response.failure_text
    assert other.requests == []
    assert len(script.requests) == 1


async def test_a_write_is_not_repeated_by_a_redirect(server: Any) -> None:
    moved = http(status=308, headers={"Location": "/elsewhere"})
    async with server(moved) as script, target_at(script.url) as target:
        response = await target.send(ScimRequest("DELETE", "/Users/1"))
    assert response.failure is FailureKind.REDIRECT
    assert len(script.requests) == 1


@pytest.mark.parametrize("location", ["http://[bad", "//other.example/x", "https://127.0.0.1/x"])
async def test_odd_redirects_are_not_followed(server: Any, location: str) -> None:
    moved = http(status=302, headers={"Location": location})
    async with server(moved) as script, target_at(script.url) as target:
        response = await target.send(USERS)
    assert response.failure is FailureKind.REDIRECT
    assert len(script.requests) == 1


async def test_a_circle_of_redirects_ends(server: Any) -> None:
    moved = http(status=302, headers={"Location": "/scim/v2/Users"})
    async with server(moved) as script, target_at(script.url) as target:
        response = await target.send(USERS)
    assert response.failure is FailureKind.REDIRECT
    assert len(script.requests) == 4


async def test_the_wire_record_has_everything_but_the_token(server: Any) -> None:
    records: list[WireExchange] = []
    answer = http(f'{{"echo": "{TOKEN}"}}', 400, headers={"X-Echo": TOKEN, "Set-Cookie": "a=b"})
    moment = datetime(2026, 11, 24, 9, tzinfo=UTC)
    async with (
        server(answer) as script,
        target_at(script.url, on_exchange=records.append, now=lambda: moment) as target,
    ):
        body = {"userName": "ann"}
        response = await target.send(ScimRequest("POST", "/Users", body=body), attempt=2)
    (record,) = records
    assert script.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in repr(record)
    assert TOKEN not in repr(response)
    assert (record.method, record.url, record.status) == ("POST", f"{script.url}/Users", 400)
    assert dict(record.request_headers) == {
        "Accept": "application/scim+json, application/json",
        "Content-Type": "application/scim+json",
        "User-Agent": dict(record.request_headers)["User-Agent"],
    }
    assert record.request_body == '{"userName":"ann"}'
    assert record.response_body == '{"echo": "***"}'
    assert "set-cookie" not in dict(record.response_headers)
    assert (record.started, record.attempt, record.failure) == (moment, 2, "")
    assert record.duration_milliseconds > 0


async def test_long_bodies_are_cut_in_the_record_only(server: Any) -> None:
    records: list[WireExchange] = []
    long = json.dumps({"x": "é" * 500}, ensure_ascii=False)
    async with (
        server(http(long)) as script,
        target_at(script.url, limits=TargetLimits(record_bytes=100)) as target,
    ):
        response = await target.send(USERS, on_exchange=records.append)
    assert response.body == json.loads(long)
    assert records[0].response_body.endswith("bytes more")
    assert len(records[0].response_body) < 150


async def test_failures_are_recorded_too(unused_tcp_port: int) -> None:
    records: list[WireExchange] = []
    async with target_at(f"http://127.0.0.1:{unused_tcp_port}") as target:
        target.on_exchange = records.append
        await target.send(USERS)
    assert (records[0].status, "cannot be reached" in records[0].failure) == (0, True)


@pytest.mark.parametrize(
    "token", ["with blank", "line\nbreak", "line\r\nX-Other: 1", "\ttab", "Bearer abc", "ünicode"]
)
def test_a_token_that_cannot_be_one_is_refused_unseen(token: str) -> None:
    with pytest.raises(CredentialsError) as raised:
        BearerToken(SecretText(token))
    assert token not in f"{raised.value} {raised.value.next_step} {raised.value.safe}"
    assert raised.value.safe == "Nothing was sent."


async def test_a_blank_token_sends_no_header(server: Any) -> None:
    async with server(http(EMPTY_LIST)) as script, target_at(script.url, token="") as target:
        await target.send(USERS)
    assert "authorization" not in script.requests[0].headers


@pytest.mark.parametrize(
    "url",
    [
        "http://contoso.looop.co/scim/v2",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        "http://10.0.0.1/scim",
        "http://[2001:db8::1]/scim",
        "ftp://127.0.0.1/",
        "https:///scim",
        "https://host:bad/",
        "https://host:0/",
        "https://two..dots/",
        "https://with blank/",
        "https://exa%6dple.com/",
        "https://\ud800.example/",
        f"https://{'a' * 64}.example/",
        "https://contoso.looop.co/scim/v2?aadOptscim062020",
        "",
    ],
)
def test_only_https_and_loopback_are_tenant_urls(url: str) -> None:
    with pytest.raises(TenantUrlError) as raised:
        target_at(url)
    assert raised.value.safe.startswith("Nothing was sent")


@pytest.mark.parametrize(
    "url", ["http://127.9.8.7:1/", "http://[::1]/scim", "http://LOCALHOST/", "https://example.com"]
)
def test_loopback_may_be_plain(url: str) -> None:
    assert target_at(url).url == url.rstrip("/")


async def test_a_proxy_is_used_for_other_hosts(server: Any) -> None:
    async with server(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n") as script:
        proxy = script.url.removesuffix("/scim/v2")
        connection = TenantConnection("https://contoso.looop.invalid/scim/v2", proxy=proxy)
        async with Target(connection, BearerToken(SecretText(TOKEN))) as target:
            response = await target.send(USERS)
    assert script.requests[0].request_line == "CONNECT contoso.looop.invalid:443 HTTP/1.1"
    assert TOKEN not in script.requests[0].head
    assert response.failure is FailureKind.CONNECT
    assert "proxy" in response.failure_text


async def test_this_computer_is_never_reached_through_a_proxy(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with server(http(EMPTY_LIST)) as script, target_at(script.url) as target:
        assert (await target.send(USERS)).ok


async def test_the_environments_proxy_is_resolved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://user:pass@127.0.0.1:9")
    async with target_at("https://contoso.looop.invalid/scim") as target:
        monkeypatch.delenv("https_proxy")
        response = await target.send(USERS)
    assert response.failure is FailureKind.CONNECT
    assert "pass" not in response.failure_text


def test_a_proxy_of_another_kind_is_refused() -> None:
    connection = TenantConnection("https://contoso.looop.invalid/scim", proxy="socks5://x:1")
    with pytest.raises(ConfigurationError, match="not an HTTP proxy"):
        Target(connection, BearerToken(SecretText(TOKEN)))


def test_a_ca_file_that_cannot_be_read_is_said(tmp_path: Any) -> None:
    for path in (tmp_path / "absent.pem", tmp_path / "empty.pem"):
        connection = TenantConnection("https://contoso.looop.invalid/scim", ca_file=str(path))
        with pytest.raises(ConfigurationError, match="cannot be read as PEM"):
            Target(connection, BearerToken(SecretText(TOKEN)))
        (tmp_path / "empty.pem").write_text("")
