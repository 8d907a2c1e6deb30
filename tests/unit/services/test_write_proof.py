"""Prove it can write: the disposable user comes, changes and goes, whatever fails on the way."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from looop_gui.mockserver.server import RunningTenant, TenantOptions, running_tenant
from looop_gui.model.connection import Application, Dialect, TenantConnection
from looop_gui.model.errors import CredentialsError
from looop_gui.model.secret import SecretText
from looop_gui.services.clock import SystemClock
from looop_gui.services.connection_test import Check, CheckState, ConnectionTestService
from looop_gui.setup.default_mappings import default_schema
from tests.unit.client.conftest import Received, http, scripted

SCHEMA = default_schema(Application.GENERIC)
GUID = "3f9e3a36-8b4c-4a55-9a05-7a5f6c1f7a10"
NAME = "looop-gui-test-3f9e3a36@example.com"
STEPS = ["create", "read", "update", "disable", "delete"]


def prove(url: str, token: str, dialect: Dialect = Dialect.ENTRA_LEGACY, **options: Any) -> Any:
    service = ConnectionTestService(SystemClock(), new_guid=lambda: GUID)
    on_check = options.get("on_check", lambda _: None)
    target = TenantConnection(url, dialect=dialect)
    return service.prove_write(target, SecretText(token), options.get("schema", SCHEMA), on_check)


def users_of(tenant: RunningTenant) -> int:
    return tenant.storage.count("User")


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("application", list(Application))
async def test_every_dialect_passes_and_leaves_nothing(
    dialect: Dialect, application: Application
) -> None:
    schema = default_schema(application)
    async with running_tenant() as tenant:
        result = await prove(tenant.scim_endpoint, tenant.token, dialect, schema=schema)
        assert users_of(tenant) == 0
    assert result.passed
    assert [(c.identifier, c.state.value) for c in result.checks] == [(s, "passed") for s in STEPS]


async def test_a_user_name_is_enough_where_nothing_else_is_mapped() -> None:
    rows = tuple(
        m for m in SCHEMA.user_mapping.attribute_mappings if m.target_attribute == "userName"
    )
    schema = replace(SCHEMA, user_mapping=replace(SCHEMA.user_mapping, attribute_mappings=rows))
    async with running_tenant(TenantOptions(preset="generic")) as tenant:
        result = await prove(tenant.scim_endpoint, tenant.token, schema=schema)
        assert users_of(tenant) == 0
    assert result.passed


class Provider:
    """A small service provider that can fail one step; `users` are those it holds."""

    def __init__(self, fail: str = "", answer: bytes = http("{}", 500)) -> None:
        self.users: dict[str, str] = {}
        self.fail = fail
        self.answer = answer
        self.asked: list[str] = []

    def __call__(self, received: Received) -> bytes | Awaitable[bytes]:
        method = received.request_line.split()[0]
        step = method
        if method == "PATCH":
            step = "disable" if b"active" in received.body else "update"
        self.asked.append(step)
        if step == self.fail:
            return self.answer
        return self._done(method, received)

    def _done(self, method: str, received: Received) -> bytes:
        if method == "POST":
            self.users["7"] = NAME
            return http(f'{{"id": "7", "userName": "{NAME}"}}', 201)
        if method == "DELETE":
            self.users.clear()
            return http(status=204)
        if method == "PATCH":
            return http(status=204)
        if "filter=" in received.request_line:
            found = f'{{"id": "7", "userName": "{NAME}"}}' if self.users else ""
            return http(f'{{"totalResults": {len(self.users)}, "Resources": [{found}]}}')
        if not self.users:
            return http("{}", 404)
        disabled = "disable" in self.asked
        active, name = str(not disabled).lower(), "Provisioning test (updated), safe to delete"
        return http(f'{{"id":"7","userName":"{NAME}","active":{active},"displayName":"{name}"}}')


@pytest.mark.parametrize("step", ["GET", "update", "disable"])
async def test_a_failed_step_is_cleaned_up(step: str) -> None:
    provider = Provider(step)
    async with scripted(provider) as script:
        result = await prove(script.url, "tok-12345678")
    identifier = "read" if step == "GET" else step
    assert result.failure is not None
    assert result.failure.identifier == identifier
    assert "500" in result.failure.sentence
    assert dict(result.failure.details)["Response Status Code"] == "500 Internal Server Error"
    assert (provider.users, result.left_behind) == ({}, "")
    assert result.checks[-1].state is CheckState.SKIPPED


async def test_a_strict_tenant_is_adapted_to_and_that_is_said() -> None:
    provider = Provider()

    def strict(received: Received) -> Any:
        if received.request_line.startswith("PATCH") and b'"Replace"' in received.body:
            return http('{"detail": "op must be lower case"}', 400)
        return provider(received)

    async with scripted(strict) as script:
        result = await prove(script.url, "tok-12345678")
    assert result.passed
    states = {check.identifier: check.state for check in result.checks}
    assert (states["update"], states["disable"]) == (CheckState.WARNING, CheckState.WARNING)
    assert "took that of RFC 7644" in result.checks[2].sentence
    assert (states["delete"], provider.users) == (CheckState.PASSED, {})


async def test_what_cannot_be_removed_is_said() -> None:
    provider = Provider("DELETE")
    async with scripted(provider) as script:
        result = await prove(script.url, "tok-12345678")
    assert result.failure is not None
    assert result.failure.identifier == "delete"
    assert result.left_behind == f"The user {NAME} may be left in the tenant. Delete it there."
    assert not result.passed


async def test_a_creation_whose_answer_was_lost_is_cleaned_up() -> None:
    provider = Provider()

    def lose_the_answer(received: Received) -> Any:
        if received.request_line.startswith("POST"):
            provider(received)
            return b""
        return provider(received)

    async with scripted(lose_the_answer) as script:
        result = await prove(script.url, "tok-12345678")
    assert result.failure is not None
    assert result.failure.identifier == "create"
    assert (provider.users, result.left_behind) == ({}, "")
    assert provider.asked[-2:] == ["GET", "DELETE"]


async def test_a_refused_creation_leaves_nothing_to_clean_up() -> None:
    provider = Provider("POST", http('{"detail": "Licence limit reached."}', 403))
    async with scripted(provider) as script:
        result = await prove(script.url, "tok-12345678")
    assert provider.asked == ["POST"]
    assert result.failure is not None
    assert "Licence limit reached." in result.failure.sentence
    assert result.left_behind == ""


async def test_a_change_that_was_not_kept_is_found() -> None:
    provider = Provider()
    provider.asked.append("disable")
    keep: Callable[[Received], Any] = lambda received: (  # noqa: E731
        http(f'{{"id": "7", "userName": "{NAME}", "displayName": "old"}}')
        if received.request_line.startswith("GET") and provider.users
        else provider(received)
    )
    async with scripted(keep) as script:
        result = await prove(script.url, "tok-12345678")
    assert result.failure is not None
    assert result.failure.identifier == "update"
    assert "kept the old displayName" in result.failure.sentence
    assert provider.users == {}


async def test_cancelling_cleans_up_too() -> None:
    provider, reached = Provider(), asyncio.Event()

    async def hang(received: Received) -> bytes:
        if received.request_line.startswith("PATCH"):
            reached.set()
            await asyncio.Event().wait()
        answer = provider(received)
        assert isinstance(answer, bytes)
        return answer

    async with scripted(hang) as script:
        proving = asyncio.create_task(prove(script.url, "tok-12345678"))
        await reached.wait()
        proving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await proving
    assert provider.users == {}


async def test_checks_are_told_as_they_happen() -> None:
    told: list[Check] = []
    async with scripted(Provider()) as script:
        await prove(script.url, "tok-12345678", on_check=told.append)
    states = [(check.identifier, check.state.value) for check in told]
    assert states[:5] == [(step, "pending") for step in STEPS]
    assert states[5:] == [(step, state) for step in STEPS for state in ("running", "passed")]


async def test_a_token_that_cannot_be_one_is_not_sent() -> None:
    with pytest.raises(CredentialsError):
        await prove("http://127.0.0.1:9/", "line\nbreak")
