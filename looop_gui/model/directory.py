"""The source directory as values: people, groups, app role assignments, one snapshot of all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

DEFAULT_ACCESS_ROLE_ID = "00000000-0000-0000-0000-000000000000"

AttributeValue = str | tuple[str, ...]
"""A source value: booleans are "True" and "False", numbers decimal text (section d.1)."""


class ObjectType(StrEnum):
    """The two kinds of directory object that are provisioned."""

    USER = "User"
    GROUP = "Group"


@dataclass(frozen=True, slots=True)
class DirectoryObject:
    """One person or group of the source directory.

    `attributes` has Graph property names; an attribute without a value is absent. For a person
    `manager` is the manager's object id; for a group `members` is a tuple of object ids.
    `deleted` is a soft delete (the object lies in the directory's recycle bin).
    """

    id: str
    object_type: ObjectType
    attributes: Mapping[str, AttributeValue]
    deleted: bool = False

    @property
    def display_name(self) -> str:
        """The name to show: displayName, else userPrincipalName, else the object id."""
        for name in ("displayName", "userPrincipalName"):
            value = self.attributes.get(name)
            if isinstance(value, str) and value:
                return value
        return self.id

    @property
    def account_enabled(self) -> bool:
        """False only when accountEnabled says so; a group is always enabled."""
        value = self.attributes.get("accountEnabled", "True")
        return value == "True" or not (isinstance(value, str) and value.casefold() == "false")

    @property
    def active(self) -> bool:
        """Neither soft-deleted nor disabled (section b.4, IsActive)."""
        return not self.deleted and self.account_enabled

    @property
    def manager(self) -> str | None:
        """The object id of the manager, if there is one."""
        value = self.attributes.get("manager")
        return value if isinstance(value, str) and value else None

    @property
    def members(self) -> tuple[str, ...]:
        """The object ids of a group's direct members."""
        value = self.attributes.get("members", ())
        return (value,) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class AppRole:
    """A role of the application; the Default Access role has the id of zeros (section b.3)."""

    id: str
    value: str
    display_name: str


DEFAULT_ACCESS = AppRole(DEFAULT_ACCESS_ROLE_ID, "", "Default Access")


@dataclass(frozen=True, slots=True)
class AppRoleAssignment:
    """A person or a group assigned to the application with a role (section b.2)."""

    principal_id: str
    role: AppRole = DEFAULT_ACCESS


@dataclass(frozen=True, slots=True)
class SourceProblem:
    """A defect found while reading a source: file, line (1-based) and a plain sentence."""

    file: str
    line: int
    sentence: str


@dataclass(frozen=True, slots=True)
class DirectorySnapshot:
    """All that one reading of a source gave.

    `digest` changes exactly when anything in the snapshot does; it is the watermark of sources
    without a delta query. Objects that have disappeared since the last cycle were hard-deleted,
    except those in `unreadable`: object ids of rows that are there and could not be used (each has
    a problem); nothing may be done to them, nor to who seems to have disappeared while her name is
    in `nameless`: texts (case-folded) of rows that were left out because they have no id of their
    own. Objects of the types in `incomplete` were not listed to the end: none has disappeared.
    """

    users: Mapping[str, DirectoryObject]
    groups: Mapping[str, DirectoryObject]
    assignments: tuple[AppRoleAssignment, ...]
    digest: str
    problems: tuple[SourceProblem, ...] = field(default=())
    default_domain: str = ""
    unreadable: frozenset[str] = field(default=frozenset())
    nameless: frozenset[str] = field(default=frozenset())
    incomplete: frozenset[ObjectType] = field(default=frozenset())

    def find(self, object_id: str) -> DirectoryObject | None:
        """The person or group with that object id."""
        return self.users.get(object_id) or self.groups.get(object_id)
