"""Prove it can write: one disposable user is created, read, updated, disabled and deleted.

Whatever fails, the user is removed at the end; what could not be removed is said.
"""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import NoReturn

from looop_gui.client.addresses import request_target
from looop_gui.client.target import Target
from looop_gui.model.connection import Dialect
from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import MappingType, SynchronizationSchema
from looop_gui.scim.dialect import (
    AttributeChange,
    create_request,
    delete_request,
    lookup_request,
    read_request,
    update_request,
)
from looop_gui.scim.messages import FailureKind, JsonValue, ScimRequest, ScimResponse
from looop_gui.scim.target_path import comparable, member, target_path
from looop_gui.services.checks import Check, CheckState, ConnectionTestResult, OnCheck, Verdict
from looop_gui.services.connection_verdicts import exchange_details

CLEAN_UP_SECONDS = 20.0
DISPLAY_NAME = "Provisioning test, safe to delete"
CHANGED_NAME = "Provisioning test (updated), safe to delete"

_TITLES = {
    "create": "Create a user",
    "read": "Read the user",
    "update": "Update the user",
    "disable": "Disable the user",
    "delete": "Delete the user",
}


class _StoppedError(Exception):
    """A step failed and ends the proof."""


class WriteProof:
    """One proof. The user's name begins with `looop-gui-test-` and a part of `guid`."""

    def __init__(
        self,
        target: Target,
        dialect: Dialect,
        schema: SynchronizationSchema,
        guid: str,
        on_check: OnCheck,
    ) -> None:
        self._target = target
        self._dialect = dialect
        self._schema = schema
        self._name = f"looop-gui-test-{guid[:8]}@example.com"
        self._guid = guid
        self._on_check = on_check
        self._checks = {key: Check(key, title) for key, title in _TITLES.items()}
        self._attempted = False
        self._id = ""

    async def run(self) -> ConnectionTestResult:
        """All steps in order to the first that fails, then the clean-up."""
        for check in self._checks.values():
            self._on_check(check)
        left_behind = ""
        try:
            await self._create()
            await self._read()
            await self._update()
            await self._disable()
            await self._delete()
        except _StoppedError:
            self._skip_rest()
        finally:
            if self._attempted:
                left_behind = await self._clean_up()
        return ConnectionTestResult(tuple(self._checks.values()), left_behind)

    async def _create(self) -> None:
        self._begin("create")
        values: dict[str, JsonValue] = {
            "userName": self._name,
            "displayName": DISPLAY_NAME,
            "name.givenName": "Provisioning",
            "name.familyName": "Test",
            'emails[type eq "work"].value': self._name,
            "externalId": self._guid,
        }
        mapped = self._mapped_attributes()
        chosen = {path: value for path, value in values.items() if path in mapped}
        chosen |= {"userName": self._name, "active": True}
        changes = [self._change(path, value, had=False) for path, value in chosen.items()]
        self._attempted = True
        request, response, adapted = await self._adapting(
            lambda dialect: create_request(ObjectType.USER, changes, dialect)
        )
        identifier = member(response.body, "id")
        if not response.ok or not isinstance(identifier, str) or not identifier:
            self._attempted = not _surely_not_created(response)
            self._fail("create", request, response, "The tenant did not create the user")
        self._id = str(identifier)
        self._pass("create", f"{self._name} was created.", adapted=adapted)

    async def _read(self) -> None:
        self._begin("read")
        request = read_request(ObjectType.USER, self._id)
        response = await self._target.send(request)
        if not response.ok:
            self._fail("read", request, response, "The tenant did not return the user")
        if comparable(member(response.body, "userName")) != comparable(self._name):
            self._fail("read", request, response, "The tenant returned another user name")
        self._pass("read", "The tenant returned the user as it was created.")

    async def _update(self) -> None:
        mapped = self._mapped_attributes()
        changes = {"displayName": CHANGED_NAME, "name.givenName": "Updated", "title": "Updated"}
        attribute = next((name for name in changes if name in mapped), "userName")
        value = changes.get(attribute, f"changed-{self._name}")
        await self._write("update", attribute, value, "The tenant updated the user.")
        if attribute == "userName":
            self._name = value

    async def _disable(self) -> None:
        await self._write("disable", "active", False, "The tenant disabled the user.")

    async def _write(self, key: str, attribute: str, value: JsonValue, sentence: str) -> None:
        """Change one attribute by PATCH, and read it back."""
        self._begin(key)
        change = self._change(attribute, value, had=True)
        request, response, adapted = await self._adapting(
            lambda dialect: update_request(ObjectType.USER, self._id, [change], dialect)
        )
        if not response.ok:
            self._fail(key, request, response, "The tenant refused the change")
        reading = read_request(ObjectType.USER, self._id)
        response = await self._target.send(reading)
        if not response.ok or not isinstance(response.body, dict):
            self._fail(key, reading, response, "The tenant did not return the user afterwards")
        if comparable(target_path(attribute).read(response.body)) != comparable(value):
            self._fail(key, request, response, f"The tenant kept the old {attribute}")
        self._pass(key, sentence, adapted=adapted)

    async def _adapting(
        self, build: Callable[[Dialect], ScimRequest]
    ) -> tuple[ScimRequest, ScimResponse, bool]:
        """Send a write, and what was refused once more in the form of RFC 7644, as a cycle does."""
        request = build(self._dialect)
        response = await self._target.send(request)
        plain = build(Dialect.RFC7644)
        if response.status != HTTPStatus.BAD_REQUEST or plain == request:
            return request, response, False
        answer = await self._target.send(plain)
        return (plain, answer, True) if answer.ok else (request, response, False)

    async def _delete(self) -> None:
        self._begin("delete")
        request = delete_request(ObjectType.USER, self._id)
        response = await self._target.send(request)
        if not response.ok and response.status != 404:
            self._fail("delete", request, response, "The tenant did not delete the user")
        reading = read_request(ObjectType.USER, self._id)
        response = await self._target.send(reading)
        if response.ok and comparable(member(response.body, "active")) != "false":
            self._fail("delete", reading, response, "The tenant still returns the deleted user")
        self._id = ""
        self._attempted = False
        self._pass("delete", "The tenant deleted the user.")

    async def _clean_up(self) -> str:
        """Remove what is left; also after a creation whose answer never came."""
        identifiers = [self._id] if self._id else await self._found()
        for identifier in identifiers or ():
            request = delete_request(ObjectType.USER, identifier)
            response = await self._target.send(request, timeout=CLEAN_UP_SECONDS)
            if not response.ok and response.status != 404:
                return self._left_behind()
        return self._left_behind() if identifiers is None else ""

    async def _found(self) -> list[str] | None:
        """The ids of users with the disposable name; None when the tenant does not say."""
        request = lookup_request(ObjectType.USER, "userName", self._name)
        response = await self._target.send(request, timeout=CLEAN_UP_SECONDS)
        if not response.ok:
            return None
        resources = member(response.body, "Resources")
        return [
            str(member(resource, "id"))
            for resource in (resources if isinstance(resources, list) else ())
            if comparable(member(resource, "userName")) == comparable(self._name)
        ]

    def _left_behind(self) -> str:
        return f"The user {self._name} may be left in the tenant. Delete it there."

    def _mapped_attributes(self) -> frozenset[str]:
        rows = self._schema.user_mapping.attribute_mappings
        return frozenset(
            row.target_attribute for row in rows if row.mapping_type is not MappingType.NONE
        )

    def _change(self, path: str, value: JsonValue, *, had: bool) -> AttributeChange:
        return AttributeChange(target_path(path), value, had)

    def _begin(self, key: str) -> None:
        self._tell(replace(self._checks[key], state=CheckState.RUNNING))

    def _pass(self, key: str, sentence: str, *, adapted: bool = False) -> None:
        passed = replace(self._checks[key], state=CheckState.PASSED, sentence=sentence)
        if adapted:
            passed = replace(
                passed,
                state=CheckState.WARNING,
                sentence=f"{sentence} It refused Entra's form and took that of RFC 7644.",
                next_step="The workbench adapts by itself. Entra's own service would fail here.",
            )
        self._tell(passed)

    def _fail(
        self, key: str, request: ScimRequest, response: ScimResponse, sentence: str
    ) -> NoReturn:
        """Tell what failed and end the proof. Raises _StoppedError."""
        why = response.failure_text or f"{sentence} (status {response.status})."
        detail = member(response.body, "detail")
        verdict = Verdict(
            CheckState.FAILED,
            f"{why} {detail}" if isinstance(detail, str) else why,
            "The exchange is in the details; who runs the application can tell why.",
            exchange_details(request, self._target.url + request_target(request), response),
        )
        failed = replace(
            self._checks[key],
            state=verdict.state,
            sentence=verdict.sentence,
            next_step=verdict.next_step,
            details=verdict.details,
        )
        self._tell(failed)
        raise _StoppedError

    def _skip_rest(self) -> None:
        for check in self._checks.values():
            if check.state is CheckState.PENDING:
                self._tell(replace(check, state=CheckState.SKIPPED))

    def _tell(self, check: Check) -> None:
        self._checks[check.identifier] = check
        self._on_check(check)


def _surely_not_created(response: ScimResponse) -> bool:
    """True when the tenant refused, or was never reached."""
    never_reached = (FailureKind.NAME_RESOLUTION, FailureKind.CONNECT, FailureKind.CERTIFICATE)
    return 400 <= response.status < 500 or response.failure in never_reached
