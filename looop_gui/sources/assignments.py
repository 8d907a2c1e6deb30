"""Makes app role assignments of assignments.csv, with the roles of roles.csv where there is one."""

import uuid
from collections.abc import Container

from looop_gui.model.directory import (
    DEFAULT_ACCESS,
    DEFAULT_ACCESS_ROLE_ID,
    AppRole,
    AppRoleAssignment,
)
from looop_gui.sources.people import People, resolve_person
from looop_gui.sources.records import Records, require_columns

_ROLE_NAMESPACE = uuid.UUID("6f1d3c1e-9d0f-5f55-8f0a-6a3f0d2c8b11")


def read_assignments(
    assignments: Records, roles: Records | None, people: People, groups: Container[str]
) -> tuple[AppRoleAssignment, ...]:
    """The assignments in the order of the file, each once.

    A principal is a person (object id or userPrincipalName) or a group (object id). An empty role
    is Default Access. Without a roles file the text is the role's value and its id is made of it.
    """
    require_columns(assignments, "principalId")
    known_roles = _read_roles(roles) if roles else {}
    found: dict[AppRoleAssignment, None] = {}
    for index, row in enumerate(assignments.rows):
        principal, role = row.get("principalId"), row.get("appRole", "")
        if not isinstance(principal, str) or not isinstance(role, str):
            if row:
                assignments.report(index, "The row has no principalId and is left out.")
            continue
        reference = principal.strip()
        person = resolve_person(reference, people)
        if person is None and reference not in groups and reference not in people.unreadable:
            assignments.report(
                index, f"The principal {reference} is neither a person nor a group; left out."
            )
            continue
        chosen = _resolve_role(role.strip(), known_roles)
        if roles and chosen is not DEFAULT_ACCESS and chosen.id not in known_roles:
            assignments.report(index, f'The role "{role}" is not in {roles.file}.')
        found[AppRoleAssignment(person or reference, chosen)] = None
    return tuple(found)


def role_named(text: str) -> AppRole:
    """The role a bare text stands for; an empty text or Default Access is Default Access."""
    if not text or text == DEFAULT_ACCESS_ROLE_ID or text.casefold() == "default access":
        return DEFAULT_ACCESS
    return AppRole(str(uuid.uuid5(_ROLE_NAMESPACE, text)), text, text)


def _read_roles(records: Records) -> dict[str, AppRole]:
    """The roles by id, by value and by display name, each case-folded."""
    require_columns(records, "id")
    roles: dict[str, AppRole] = {}
    for index, row in enumerate(records.rows):
        texts = [row.get(name, "") for name in ("id", "value", "displayName")]
        role_id, value, display_name = (text if isinstance(text, str) else "" for text in texts)
        if not role_id:
            records.report(index, "The role has no id and is left out.")
            continue
        role = AppRole(role_id, value, display_name or value)
        for key in (role_id, value.casefold(), display_name.casefold()):
            if key:
                roles.setdefault(key, role)
    return roles


def _resolve_role(text: str, roles: dict[str, AppRole]) -> AppRole:
    return roles.get(text) or roles.get(text.casefold()) or role_named(text)
