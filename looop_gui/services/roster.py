"""Everybody of a source directory with assignment, role and scope, for a list on the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from looop_gui.engine.entitlement import Entitlement, entitled
from looop_gui.engine.scoping import ScopeEvaluation, ScopeRules, compile_scope
from looop_gui.model.connection import Connection
from looop_gui.model.directory import (
    DEFAULT_ACCESS_ROLE_ID,
    AppRole,
    DirectoryObject,
    DirectorySnapshot,
    ObjectType,
    SourceProblem,
)
from looop_gui.model.mapping import SynchronizationSchema

if TYPE_CHECKING:
    from looop_gui.services.services import Services


class AccountState(StrEnum):
    """How an object stands in the source."""

    ACTIVE = "active"
    DISABLED = "disabled"
    DELETED = "deleted"


class ScopeReason(StrEnum):
    """Why an object is in scope or what keeps it out; the first that applies."""

    IN_SCOPE = "in scope"
    INACTIVE = "not active in the source"
    NOT_ASSIGNED = "not assigned"
    ROLE = "Default Access alone, which is excluded"
    FILTER = "kept out by a scoping filter"
    NOT_PROVISIONED = "groups are not provisioned"


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person or group. `direct` says that the assignment is its own, not a group's."""

    entry: DirectoryObject
    state: AccountState
    roles: tuple[AppRole, ...]
    direct: bool
    reason: ScopeReason

    @property
    def assigned(self) -> bool:
        """Whether any assignment reaches it."""
        return bool(self.roles)

    @property
    def in_scope(self) -> bool:
        """Whether it would be provisioned."""
        return self.reason is ScopeReason.IN_SCOPE


@dataclass(frozen=True, slots=True)
class Roster:
    """All rows by name, people first; `default_access_only` counts people with that role alone.

    `problems` are the defects that were found while reading the source.
    """

    connection: Connection
    rows: tuple[RosterRow, ...]
    roles: tuple[AppRole, ...]
    default_access_only: int
    problems: tuple[SourceProblem, ...] = ()


async def read_roster(services: Services, connection_id: str) -> Roster:
    """Read the source of a connection and evaluate everybody. Raises SourceError."""
    connection = await services.connections.get(connection_id)
    snapshot = await services.directory.snapshot(connection.source, connection_id)
    schema = await services.mappings.schema(connection_id)
    return await asyncio.to_thread(make_roster, connection, snapshot, schema)


def make_roster(
    connection: Connection, snapshot: DirectorySnapshot, schema: SynchronizationSchema
) -> Roster:
    """The roster of a snapshot under a connection's settings and a schema's filters."""
    entitlement = entitled(snapshot, connection.settings)
    direct = {assignment.principal_id for assignment in snapshot.assignments}
    rows = [
        *_rows(snapshot.users.values(), ObjectType.USER, connection, schema, entitlement, direct),
        *_rows(snapshot.groups.values(), ObjectType.GROUP, connection, schema, entitlement, direct),
    ]
    roles = {assignment.role.id: assignment.role for assignment in snapshot.assignments}
    only_default = sum(1 for row in rows if _default_only(row))
    return Roster(
        connection,
        tuple(rows),
        tuple(sorted(roles.values(), key=lambda role: role.display_name)),
        only_default,
        snapshot.problems,
    )


def _rows(
    entries: Iterable[DirectoryObject],
    kind: ObjectType,
    connection: Connection,
    schema: SynchronizationSchema,
    entitlement: Entitlement,
    direct: set[str],
) -> list[RosterRow]:
    mapping = schema.mapping_of(kind)
    rules = compile_scope(mapping.scope, regex_search=connection.settings.regex_search)
    rows = [_row(entry, mapping.enabled, rules, entitlement, direct) for entry in entries]
    return sorted(rows, key=lambda row: row.entry.display_name.casefold())


def _row(
    entry: DirectoryObject,
    enabled: bool,
    rules: ScopeRules,
    entitlement: Entitlement,
    direct: set[str],
) -> RosterRow:
    if entry.deleted:
        state = AccountState.DELETED
    else:
        state = AccountState.ACTIVE if entry.account_enabled else AccountState.DISABLED
    grants = entitlement.grants.get(entry.id, ())
    roles = tuple({grant.role.id: grant.role for grant in grants}.values())
    reason = _reason(rules.evaluate(entry, entitlement)) if enabled else ScopeReason.NOT_PROVISIONED
    return RosterRow(entry, state, roles, entry.id in direct, reason)


def _reason(evaluation: ScopeEvaluation) -> ScopeReason:
    if not evaluation.active:
        return ScopeReason.INACTIVE
    if not evaluation.assigned:
        return ScopeReason.NOT_ASSIGNED
    if not evaluation.has_required_role:
        return ScopeReason.ROLE
    return ScopeReason.IN_SCOPE if evaluation.filter_passed else ScopeReason.FILTER


def _default_only(row: RosterRow) -> bool:
    return bool(row.roles) and all(role.id == DEFAULT_ACCESS_ROLE_ID for role in row.roles)
