"""What a storage of the tenant can do, and the record it keeps of a resource.

A record's document holds what clients wrote, without `meta` and without a group's `members`:
membership is kept as pairs, so that a group's size never costs a write.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import msgspec

from looop_gui.scim.messages import JsonObject

IndexKey = tuple[str, str]
"""An indexed attribute ("userName", "emails.value") and a value, folded unless caseExact."""


class StorageFullError(Exception):
    """The storage cannot take the write: no space is left, or a limit is reached."""


class StorageDamagedError(Exception):
    """The database file is not one of ours or is damaged."""


class Record(msgspec.Struct, frozen=True, gc=False):
    """A resource at rest. Times are RFC 3339 text in UTC; `version` counts its changes from 1.

    `position` is the storage's own number for it, given by `insert`.
    """

    id: str
    resource_type: str
    display: str
    version: int
    created: str
    last_modified: str
    document: JsonObject
    position: int = 0


class Reference(msgspec.Struct, frozen=True, gc=False):
    """One end of a membership. `direct` is False when it comes through a nested group.

    A member that is no resource of this tenant has neither a resource type nor a display.
    """

    id: str
    resource_type: str
    display: str
    direct: bool = True


class Storage(Protocol):
    """Resources of one tenant. Synchronous; reads see the writes that await their commit.

    A record that was handed out is never changed afterwards, and neither may its reader do so.
    """

    durable: bool

    @property
    def uncommitted(self) -> bool:
        """True when there are writes that `commit` has not made durable."""

    def commit(self) -> None:
        """Make all writes durable. Raises StorageFullError when they are lost instead."""

    def begin_change(self) -> None:
        """Begin one atomic change: until `end_change` all writes hold together."""

    def end_change(self, *, keep: bool) -> None:
        """End the change that was begun; without `keep` its writes are undone."""

    def close(self) -> None:
        """Commit and let go of the file."""

    def get(self, resource_type: str, resource_id: str) -> Record | None:
        """The resource with that id."""

    def find(self, resource_type: str, attribute: str, value: str) -> Sequence[Record]:
        """The resources with that value in an indexed attribute, oldest first. Never a scan."""

    def page(self, resource_type: str, offset: int, limit: int) -> Sequence[Record]:
        """Resources from a zero-based offset, oldest first."""

    def scan(self, resource_type: str) -> Iterator[Record]:
        """All resources, oldest first."""

    def count(self, resource_type: str) -> int:
        """How many resources there are."""

    def insert(self, record: Record, keys: Iterable[IndexKey]) -> Record:
        """Add a new resource and return it with its position. Raises StorageFullError."""

    def update(self, record: Record, keys: Iterable[IndexKey]) -> None:
        """Put a record in place of the one with its position, and index it by these keys."""

    def delete(self, record: Record) -> None:
        """Remove a resource and every membership it has or grants."""

    def reference(self, resource_id: str) -> Reference | None:
        """What a member value points to."""

    def members(self, group_id: str) -> Sequence[Reference]:
        """The direct members of a group."""

    def has_more_members(self, group_id: str, number: int) -> bool:
        """True when a group has more direct members than a number."""

    def add_members(self, group_id: str, member_ids: Iterable[str]) -> int:
        """Add members to a group, resources or not; how many were not members before."""

    def remove_members(self, group_id: str, member_ids: Iterable[str]) -> int:
        """Take members out of a group; how many were members."""

    def clear_members(self, group_id: str) -> int:
        """Take all members out of a group; how many there were."""

    def groups_of(self, record: Record) -> Sequence[Reference]:
        """The groups a resource belongs to, the direct ones first, then those through nesting."""

    def groups_holding(self, member_ids: Iterable[str]) -> Sequence[Record]:
        """The groups that have one of these as a direct member, each once."""

    def read_setting(self, name: str) -> str | None:
        """A setting of the tenant, such as the hash of its token."""

    def write_setting(self, name: str, value: str) -> None:
        """Keep a setting of the tenant."""
