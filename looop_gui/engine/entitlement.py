"""Who is assigned to the application, through what, and with which roles (sections b.2, b.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from looop_gui.model.connection import ConnectionSettings
from looop_gui.model.directory import (
    DEFAULT_ACCESS_ROLE_ID,
    AppRoleAssignment,
    DirectoryObject,
    DirectorySnapshot,
)
from looop_gui.model.scope import ProvisioningScope


@dataclass(frozen=True, slots=True)
class Entitlement:
    """The assignments that reach each object of a snapshot.

    `grants` has for a person her own assignments and those of the groups she is a direct member
    of, for a group its own. `refused_groups` are assigned groups whose assignment reaches nobody,
    with the reason: not security-enabled, or deleted.
    """

    scope: ProvisioningScope
    exclude_default_access: bool
    grants: Mapping[str, tuple[AppRoleAssignment, ...]]
    refused_groups: Mapping[str, str] = field(default_factory=dict)

    def is_assigned(self, object_id: str) -> bool:
        """Assigned, or everything is in the scope anyway."""
        return self.scope is ProvisioningScope.ALL or object_id in self.grants

    def has_required_role(self, object_id: str) -> bool:
        """False for somebody who has Default Access alone where that is excluded (section b.3).

        Where everybody is in scope, assigned or not, roles do not matter either.
        """
        if not self.exclude_default_access or self.scope is ProvisioningScope.ALL:
            return True
        grants = self.grants.get(object_id, ())
        return not grants or any(is_admissible(grant) for grant in grants)

    def is_entitled(self, object_id: str) -> bool:
        """Assigned with an admissible role; says nothing of filters."""
        return self.is_assigned(object_id) and self.has_required_role(object_id)

    def roles(self, object_id: str) -> tuple[str, ...]:
        """The values of the roles, each once, as appRoleAssignments has them (section c.7)."""
        grants = self.grants.get(object_id, ())
        return tuple(dict.fromkeys(g.role.value or g.role.display_name for g in grants))


def is_admissible(grant: AppRoleAssignment) -> bool:
    """Whether an assignment counts where Default Access is excluded."""
    return grant.role.id != DEFAULT_ACCESS_ROLE_ID


def entitled(
    snapshot: DirectorySnapshot, settings: ConnectionSettings, *, expand_nested: bool | None = None
) -> Entitlement:
    """Who is assigned directly or as a direct member of an assigned group.

    Members of nested groups do not count (section b.2) unless `expand_nested`, or the settings
    where it is None, say so.
    """
    if expand_nested is None:
        expand_nested = settings.expand_nested_groups
    reached: dict[str, list[AppRoleAssignment]] = {}
    refused: dict[str, str] = {}
    for assignment in snapshot.assignments:
        group = snapshot.groups.get(assignment.principal_id)
        if group is None:
            reached.setdefault(assignment.principal_id, []).append(assignment)
            continue
        reason = _refusal(group)
        if reason:
            refused[group.id] = reason
            continue
        reached.setdefault(group.id, []).append(assignment)
        for member in _people_in(group, snapshot, expand_nested=expand_nested):
            reached.setdefault(member, []).append(assignment)
    return Entitlement(
        scope=settings.scope,
        exclude_default_access=settings.exclude_default_access,
        grants={object_id: tuple(grants) for object_id, grants in reached.items()},
        refused_groups=refused,
    )


def _refusal(group: DirectoryObject) -> str:
    if group.deleted:
        return "the group is deleted"
    if group.attributes.get("securityEnabled") == "False":
        return "the group is not security-enabled"
    return ""


def _people_in(
    group: DirectoryObject, snapshot: DirectorySnapshot, *, expand_nested: bool
) -> list[str]:
    if not expand_nested:
        return [member for member in group.members if member not in snapshot.groups]
    people: dict[str, None] = {}
    waiting, seen = [group], {group.id}
    while waiting:
        for member in waiting.pop().members:
            nested = snapshot.groups.get(member)
            if nested is None:
                people[member] = None
            elif member not in seen:
                seen.add(member)
                waiting.append(nested)
    return list(people)
