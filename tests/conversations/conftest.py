"""A scripted target: a test is the dialogue on the wire, line by line.

`dialogue(conversation, [(request, response), ...])` carries a conversation and checks that it asks
exactly these questions in this order. A request is written `"GET /Users?filter=userName eq "ann""`,
a response is a status, a (status, body) pair, or a ScimResponse.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from looop_gui.engine.conversation import ObjectTask, ScopeFacts
from looop_gui.engine.decisions import Decision
from looop_gui.engine.rules import ConnectionRules, compile_rules
from looop_gui.engine.view import CycleView
from looop_gui.expressions.values import EvaluationContext
from looop_gui.model.connection import Application, ConnectionSettings, Dialect
from looop_gui.model.directory import DirectoryObject, ObjectType
from looop_gui.model.job import Link
from looop_gui.model.mapping import AttributeMapping, SynchronizationSchema
from looop_gui.scim.messages import ScimRequest, ScimResponse
from looop_gui.setup.default_mappings import default_schema

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def written(request: ScimRequest) -> str:
    query = "&".join(f"{name}={value}" for name, value in request.query)
    return f"{request.method} {request.path}" + (f"?{query}" if query else "")


def answered(response: Any) -> ScimResponse:
    if isinstance(response, ScimResponse):
        return response
    if isinstance(response, int):
        return ScimResponse(response)
    status, body = response
    return (
        ScimResponse(status, text=body)
        if isinstance(body, str)
        else ScimResponse(status, body=body)
    )


@dataclass
class Dialogue:
    """The result of a conversation and the bodies that were sent."""

    result: Any
    bodies: list[Any] = field(default_factory=list)

    def operations(self, number: int = -1) -> list[dict[str, Any]]:
        patches = [body for body in self.bodies if body and "Operations" in body]
        return patches[number]["Operations"]


def carry(conversation: Any, script: list[tuple[str, Any]]) -> Dialogue:
    bodies: list[Any] = []
    waiting = list(script)
    try:
        request = next(conversation)
        while True:
            assert waiting, f"an unexpected question: {written(request)} {request.body}"
            expected, response = waiting.pop(0)
            assert written(request) == expected
            bodies.append(request.body)
            request = conversation.send(answered(response))
    except StopIteration as end:
        assert not waiting, f"questions that were not asked: {waiting}"
        return Dialogue(end.value, bodies)


@pytest.fixture
def dialogue() -> Callable[..., Dialogue]:
    return carry


@dataclass
class World:
    """A configuration, its links, and people to provision."""

    schema: SynchronizationSchema = field(default_factory=lambda: default_schema(Application.LOOOP))
    settings: ConnectionSettings = field(default_factory=ConnectionSettings)
    dialect: Dialect = Dialect.ENTRA_LEGACY
    links: dict[str, Link] = field(default_factory=dict)

    @property
    def rules(self) -> ConnectionRules:
        return compile_rules(self.schema, self.settings, self.dialect, "Looop")

    @property
    def view(self) -> CycleView:
        return CycleView(self.rules, self.links, EvaluationContext(NOW, Random(1)), NOW)

    def map_users(self, *mappings: AttributeMapping, **changes: Any) -> None:
        """Replace the mappings of the same target attributes, or add them."""
        names = {mapping.target_attribute for mapping in mappings}
        kept = [
            m
            for m in self.schema.user_mapping.attribute_mappings
            if m.target_attribute not in names
        ]
        mapping = replace(
            self.schema.user_mapping, attribute_mappings=(*kept, *mappings), **changes
        )
        self.schema = replace(self.schema, user_mapping=mapping)

    def link(self, source_id: str, target_id: str, **more: Any) -> Link:
        kind = more.pop("object_type", ObjectType.USER)
        link = Link(source_id, target_id, kind, source_id, **more)
        self.links[source_id] = link
        return link

    def task(
        self, source: DirectoryObject | None, decision: Decision = Decision.PROVISION, **more: Any
    ) -> ObjectTask:
        link = self.links.get(source.id) if source else more.pop("link")
        kind = source.object_type if source else link.object_type
        return ObjectTask(
            object_type=kind,
            source_id=source.id if source else link.source_id,
            source_name=source.display_name if source else link.display_name,
            decision=decision,
            source=source,
            link=link,
            scope=ScopeFacts(True),
            digest="new.digest",
            leaves_scope=decision is Decision.LEAVE,
            soft_deleted=more.pop("soft_deleted", decision in (Decision.DISABLE, Decision.LEAVE)),
            **more,
        )


@pytest.fixture
def world() -> World:
    return World()


def person(source_id: str = "ann", **attributes: Any) -> DirectoryObject:
    usual = {
        "userPrincipalName": f"{source_id}@contoso.com",
        "displayName": "Ann Lee",
        "givenName": "Ann",
        "surname": "Lee",
        "mail": f"{source_id}@contoso.com",
        "accountEnabled": "True",
    }
    given = {key: value for key, value in (usual | attributes).items() if value is not None}
    return DirectoryObject(source_id, ObjectType.USER, given)


def group(source_id: str = "sales", *members: str, **attributes: Any) -> DirectoryObject:
    usual = {"displayName": "Sales", "securityEnabled": "True", "members": members}
    return DirectoryObject(source_id, ObjectType.GROUP, usual | attributes)


@pytest.fixture
def make_person() -> Callable[..., DirectoryObject]:
    return person


@pytest.fixture
def make_group() -> Callable[..., DirectoryObject]:
    return group


def resource(target_id: str = "u100", **changes: Any) -> dict[str, Any]:
    body = {
        "id": target_id,
        "userName": "ann@contoso.com",
        "active": True,
        "emails": [{"type": "work", "value": "ann@contoso.com", "primary": True}],
        "name": {"givenName": "Ann", "familyName": "Lee"},
        "externalId": "ann",
    }
    return {key: value for key, value in (body | changes).items() if value is not None}


@pytest.fixture
def make_resource() -> Callable[..., dict[str, Any]]:
    return resource


def listed(*resources: dict[str, Any], total: int | None = None) -> tuple[int, dict[str, Any]]:
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": len(resources) if total is None else total,
        "Resources": list(resources),
    }
    return 200, body


@pytest.fixture
def make_list() -> Callable[..., tuple[int, dict[str, Any]]]:
    return listed
