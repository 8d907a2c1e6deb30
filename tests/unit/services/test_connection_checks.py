"""Test Connection: each trouble fails its own check with a sentence that can be acted on."""

import asyncio
import json
import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme

from looop_gui.client.limits import TargetLimits
from looop_gui.mockserver.server import TenantOptions, running_tenant
from looop_gui.model.connection import Application, TenantConnection
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.model.secret import SecretText
from looop_gui.services.clock import SystemClock
from looop_gui.services.connection_test import (
    Check,
    CheckState,
    ConnectionTestResult,
    ConnectionTestService,
)
from looop_gui.setup.default_mappings import default_schema
from tests.unit.client.conftest import Received, http, scripted

GUID = "3f9e3a36-8b4c-4a55-9a05-7a5f6c1f7a10"
TOKEN = SecretText("tok-0123456789")
LOOOP = default_schema(Application.LOOOP)
GENERIC = default_schema(Application.GENERIC)
ORDER = [
    "url",
    "name",
    "connection",
    "certificate",
    "authentication",
    "users",
    "groups",
    "discovery",
]
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
EMPTY = json.dumps({"schemas": [LIST], "totalResults": 0, "Resources": []})
QUICK = TargetLimits(connect_seconds=10, read_seconds=1, total_seconds=10)


def service() -> ConnectionTestService:
    return ConnectionTestService(SystemClock(), limits=QUICK, new_guid=lambda: GUID)


async def run(
    url: str,
    schema: SynchronizationSchema = LOOOP,
    token: SecretText = TOKEN,
    on_check: Callable[[Check], None] = lambda _: None,
    **target: Any,
) -> ConnectionTestResult:
    return await service().run(TenantConnection(url, **target), token, schema, on_check)


def states(result: ConnectionTestResult) -> dict[str, str]:
    return {check.identifier: check.state.value for check in result.checks}


def failed_at(result: ConnectionTestResult) -> Check:
    """The one check that failed: all before it passed, all after it were skipped."""
    assert [check.identifier for check in result.checks] == ORDER
    assert not result.passed
    failure = result.failure
    assert failure is not None
    place = result.checks.index(failure)
    assert all(check.state is not CheckState.FAILED for check in result.checks[:place])
    assert all(check.state is CheckState.SKIPPED for check in result.checks[place + 1 :])
    return failure


async def test_a_looop_tenant_passes() -> None:
    told: list[tuple[str, CheckState]] = []
    async with running_tenant(TenantOptions(users=3)) as tenant:
        result = await run(
            tenant.scim_endpoint,
            token=SecretText(tenant.token),
            on_check=lambda check: told.append((check.identifier, check.state)),
        )
    assert result.passed
    assert states(result) == {**dict.fromkeys(ORDER, "passed"), "certificate": "skipped"}
    assert told[: len(ORDER)] == [(key, CheckState.PENDING) for key in ORDER]
    ran = [key for key, state in told if state is CheckState.RUNNING]
    assert ran == ORDER


async def test_the_queries_are_those_of_the_portal() -> None:
    async with scripted(http(EMPTY)) as script:
        await run(script.url)
    lines = [received.request_line for received in script.requests]
    assert lines[:2] == [
        f"GET /scim/v2/Users?filter=userName+eq+%22{GUID}%22 HTTP/1.1",
        "GET /scim/v2/Groups?excludedAttributes=members"
        f"&filter=displayName+eq+%22{GUID}%22 HTTP/1.1",
    ]
    assert lines[2:] == [
        "GET /scim/v2/ServiceProviderConfig HTTP/1.1",
        "GET /scim/v2/Schemas HTTP/1.1",
    ]


async def test_the_matching_attribute_of_precedence_1_is_asked_for() -> None:
    mapping = LOOOP.user_mapping
    rows = tuple(
        replace(row, matching_priority=1 if row.target_attribute == "externalId" else 0)
        for row in mapping.attribute_mappings
    )
    schema = replace(LOOOP, user_mapping=replace(mapping, attribute_mappings=rows))
    async with scripted(http(EMPTY)) as script:
        result = await run(script.url, schema)
    assert script.requests[0].request_line.startswith("GET /scim/v2/Users?filter=externalId+eq+")
    assert "by externalId" in result.checks[5].sentence


async def test_groups_are_not_asked_for_when_their_mapping_is_off() -> None:
    schema = replace(LOOOP, group_mapping=replace(LOOOP.group_mapping, enabled=False))
    async with scripted(http(EMPTY)) as script:
        result = await run(script.url, schema)
    assert states(result)["groups"] == "skipped"
    assert not any("/Groups" in received.request_line for received in script.requests)


async def test_a_wrong_url() -> None:
    check = failed_at(await run("http://contoso.looop.co/scim/v2"))
    assert check.identifier == "url"
    assert "not encrypted" in check.sentence
    assert "https" in check.next_step


async def test_a_host_that_is_not_found() -> None:
    check = failed_at(await run("https://contoso.looop.invalid/scim/v2"))
    assert check.identifier == "name"
    assert check.sentence == "The name contoso.looop.invalid was not found."
    assert "spelt" in check.next_step


async def test_a_refused_connection(unused_tcp_port: int) -> None:
    check = failed_at(await run(f"http://127.0.0.1:{unused_tcp_port}/scim/v2"))
    assert check.identifier == "connection"
    assert f"refuses connections on port {unused_tcp_port}" in check.sentence


async def test_a_certificate_that_is_not_trusted(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    async with scripted(http(EMPTY), context=context) as script:
        check = failed_at(await run(script.url))
        assert script.requests == []
        trusted = await run(script.url, ca_file=str(tmp_path / "ca.pem"))
    assert check.identifier == "certificate"
    assert {"Subject", "Issuer", "Valid until"} <= dict(check.details).keys()
    assert states(trusted)["certificate"] == "passed"
    assert dict(trusted.checks[3].details)["Protocol"].startswith("TLS")


async def test_a_certificate_that_expires_soon_is_a_warning(tmp_path: Path) -> None:
    from datetime import UTC, datetime, timedelta

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    soon = datetime.now(UTC) + timedelta(days=5, hours=1)
    authority.issue_cert("127.0.0.1", not_after=soon).configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    async with scripted(http(EMPTY), context=context) as script:
        result = await run(script.url, ca_file=str(tmp_path / "ca.pem"))
    assert result.checks[3].state is CheckState.WARNING
    assert "expires in 5 days" in result.checks[3].sentence
    assert result.passed


@pytest.mark.parametrize(
    ("status", "sentence"), [(401, "The token was refused."), (403, "may not read users")]
)
async def test_a_refused_token(status: int, sentence: str) -> None:
    refusal = '{"detail": "no"}'
    async with scripted(http(refusal, status, headers={"WWW-Authenticate": "Bearer"})) as script:
        check = failed_at(await run(script.url))
        generic = failed_at(await run(script.url, GENERIC))
    assert check.identifier == "authentication"
    assert sentence in check.sentence
    assert "Account > Account Settings > Authentication > SCIM Integration" in check.next_step
    assert "press Reset Token; your account needs Admin permissions" in check.next_step
    assert check.code == "SystemForCrossDomainIdentityManagementCredentialValidationFailure"
    details = dict(check.details)
    assert details["Operation"] == "GET"
    assert details["Response Status Code"].startswith(str(status))
    assert "www-authenticate: Bearer" in details["Response Headers"]
    assert details["Resource"].startswith(script.url)
    assert "Looop" not in generic.next_step


async def test_a_token_that_is_missing() -> None:
    async with scripted(http("{}", 401)) as script:
        check = failed_at(await run(script.url, token=SecretText("")))
    assert "none was given" in check.sentence


@pytest.mark.parametrize("token", ["line\nbreak", "a blank"])
async def test_a_token_with_a_line_break_is_never_sent(token: str) -> None:
    async with scripted(http(EMPTY)) as script:
        check = failed_at(await run(script.url, token=SecretText(token)))
    assert check.identifier == "authentication"
    assert check.sentence.startswith("The secret token contains a")
    assert script.requests == []


async def test_a_wrong_path() -> None:
    async with scripted(http("<h1>Not Found</h1>", 404, media_type="text/html")) as script:
        check = failed_at(await run(script.url))
    assert check.identifier == "users"
    assert check.sentence == "There is no SCIM service at this tenant URL (404)."
    assert "/scim/v2" in check.next_step


async def test_a_service_that_says_404_for_nobody() -> None:
    error = '{"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "404"}'
    async with scripted(http(error, 404)) as script:
        check = failed_at(await run(script.url))
    assert "SCIM asks for 200 with an empty list" in check.sentence


@pytest.mark.parametrize(
    ("answer", "sentence", "code"),
    [
        (http("<!DOCTYPE html>", media_type="text/html"), "web page", "ServiceIncompatible"),
        (http("hello", media_type="text/plain"), "not JSON", "ServiceIncompatible"),
        (http(), "empty", "ServiceIncompatible"),
        (http("[]"), "not a SCIM list", "ServiceIncompatible"),
        (http('{"users": []}'), "not a SCIM list", "ServiceIncompatible"),
        (
            http(json.dumps({"schemas": [LIST], "totalResults": 40, "Resources": [{"id": "1"}]})),
            "returned 40 users",
            "MultipleEntriesInResponse",
        ),
        (
            http(json.dumps({"schemas": [LIST], "totalResults": 1, "Resources": [{"id": "1"}]})),
            "returned a user",
            "ServiceIncompatible",
        ),
        (http("{}", 400), "refuses to look for a user by userName", ""),
        (http("{}", 429, headers={"Retry-After": "7"}), "fewer requests", ""),
        (http("oops", 503), "internal problem (503 Service Unavailable)", ""),
        (http("{}", 418), "answered 418", ""),
    ],
)
async def test_an_answer_that_is_not_scim(answer: bytes, sentence: str, code: str) -> None:
    async with scripted(answer) as script:
        check = failed_at(await run(script.url))
    assert check.identifier == "users"
    assert sentence in check.sentence
    assert check.code.removeprefix("SystemForCrossDomainIdentityManagement") == code
    assert check.next_step


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (http(json.dumps({"schemas": [LIST], "Resources": []})), "lacks totalResults"),
        (http(EMPTY, media_type="text/plain"), "its type is text/plain"),
    ],
)
async def test_small_faults_are_warnings(answer: bytes, sentence: str) -> None:
    async with scripted(answer) as script:
        result = await run(script.url)
    assert result.passed
    assert result.checks[5].state is CheckState.WARNING
    assert sentence in result.checks[5].sentence


async def test_absent_resources_are_an_empty_list() -> None:
    async with scripted(http(json.dumps({"schemas": [LIST], "totalResults": 0}))) as script:
        result = await run(script.url)
    assert result.checks[5].state is CheckState.PASSED


async def test_a_hanging_server() -> None:
    async def hang(_: Received) -> bytes:
        await asyncio.Event().wait()
        return b""

    async with scripted(hang) as script:
        check = failed_at(await run(script.url))
    assert check.identifier == "authentication"
    assert "did not answer in time" in check.sentence


async def test_a_redirect_to_another_place_is_said_and_not_followed() -> None:
    async with scripted(http(EMPTY)) as other:
        moved = http(status=302, headers={"Location": f"{other.url}/login"})
        async with scripted(moved) as script:
            check = failed_at(await run(script.url))
    assert other.requests == []
    assert "redirects to" in check.sentence


async def test_trouble_behind_a_proxy_is_laid_at_its_door() -> None:
    refusal = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
    async with scripted(refusal) as proxy:
        address = proxy.url.removesuffix("/scim/v2")
        result = await run("https://contoso.looop.invalid/scim/v2", proxy=address)
    failure = result.failure
    assert failure is not None
    assert failure.identifier == "connection"
    assert "proxy" in failure.sentence
    assert result.checks[1].sentence == "The proxy 127.0.0.1 was found."


async def test_discovery_that_fails_is_a_warning() -> None:
    def answer(received: Received) -> bytes:
        found = "filter=" in received.request_line
        return http(EMPTY) if found else http("{}", 404)

    async with scripted(answer) as script:
        result = await run(script.url)
    assert result.passed
    assert result.checks[7].state is CheckState.WARNING
    assert "does not publish its schemas" in result.checks[7].sentence


async def test_discovery_names_mapped_attributes_that_are_missing() -> None:
    core = "urn:ietf:params:scim:schemas:core:2.0:User"
    schemas = {"schemas": [LIST], "totalResults": 1}
    schemas["Resources"] = [{"id": core, "attributes": [{"name": "USERNAME"}]}]  # type: ignore[assignment]
    configuration = {"patch": {"supported": False}, "filter": {"supported": True}}

    def answer(received: Received) -> bytes:
        line = received.request_line
        if "/Schemas" in line:
            return http(json.dumps(schemas))
        return http(json.dumps(configuration)) if "Config" in line else http(EMPTY)

    async with scripted(answer) as script:
        result = await run(script.url)
    sentence = result.checks[7].sentence
    assert "displayName" in sentence
    assert "userName" not in sentence
    assert "does not support PATCH" in sentence


async def test_no_check_ever_shows_the_token() -> None:
    told: list[Check] = []
    echo = http(json.dumps({"detail": f"bad {TOKEN.reveal()}"}), 401)
    async with scripted(echo) as script:
        result = await run(script.url, on_check=told.append)
    assert TOKEN.reveal() not in repr((result, told))
