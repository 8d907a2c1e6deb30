"""Creates, replaces, patches and deletes single resources of a tenant (RFC 7644 sections 3.3-3.6).

Each change is worked out and checked first and then written within one atomic change of the
storage, so that a refused request leaves no trace.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from types import TracebackType

from looop_gui.mockserver.conduct import TenantConduct
from looop_gui.mockserver.indexing import indexes_of
from looop_gui.mockserver.membership import (
    MEMBERS,
    MembershipChange,
    Promises,
    check_members,
    member_ids,
    members_attribute,
    take_members,
)
from looop_gui.mockserver.storage.protocol import IndexKey, Record, Storage
from looop_gui.scim.errors import ScimProtocolError, shorten
from looop_gui.scim.membership import membership_changes
from looop_gui.scim.messages import JsonObject, JsonValue
from looop_gui.scim.patch import apply_patch
from looop_gui.scim.schema import ResourceDefinition, ResourceType, SchemaSet
from looop_gui.scim.validation import Validation
from looop_gui.scim.value_readers import compile_elements_reader

Keep = Callable[[ResourceType, JsonObject], JsonObject]
"""What a quirk makes of a document before it is stored."""


@dataclass(frozen=True, slots=True)
class Written:
    """The record after a write, and whether the write changed anything."""

    record: Record
    changed: bool = True


class Resources:
    """The write operations on the resources in a storage.

    `now` gives RFC 3339 text in UTC; `random` makes the ids; `keep` may change what is stored.
    """

    def __init__(
        self,
        storage: Storage,
        schema_set: SchemaSet,
        conduct: TenantConduct,
        *,
        now: Callable[[], str],
        random: Random,
        keep: Keep,
    ) -> None:
        self.storage = storage
        self.definitions: dict[str, ResourceDefinition] = {
            kind.name: schema_set.definition(kind) for kind in schema_set.resource_types
        }
        self.indexes = indexes_of(
            self.definitions, unique_group_names=conduct.duplicate_group_names_refused
        )
        self._schema_set = schema_set
        self._conduct = conduct
        self._now = now
        self._random = random
        self._keep = keep
        self._validations = {
            kind.name: Validation(schema_set, kind, conduct.scim)
            for kind in schema_set.resource_types
        }
        members = {name: members_attribute(d) for name, d in self.definitions.items()}
        self._member_readers = {
            name: compile_elements_reader(attribute, conduct.scim)
            for name, attribute in members.items()
            if attribute is not None
        }
        self._write_only = {name: _write_only(d) for name, d in self.definitions.items()}
        self._change = _Change(storage)

    def new_id(self) -> str:
        """An id for a resource to come."""
        while True:
            new_id = _uuid(self._random.getrandbits(128))
            if self.storage.reference(new_id) is None:
                return new_id

    def get(self, kind: ResourceType, resource_id: str) -> Record:
        """The resource. Raises ScimProtocolError 404."""
        record = self.storage.get(kind.name, resource_id)
        if record is None:
            raise ScimProtocolError(404, None, f"There is no {kind.name} '{shorten(resource_id)}'.")
        return record

    def create(
        self,
        kind: ResourceType,
        body: JsonValue,
        *,
        resource_id: str | None = None,
        promises: Promises | None = None,
    ) -> Record:
        """Store a new resource (RFC 7644 section 3.3).

        `resource_id` is one that a bulk request has given out. Raises ScimProtocolError 400 or
        409, StorageFullError.
        """
        document = self._validations[kind.name].create(body)
        members: list[str] = []
        if kind.name in self._member_readers:
            document, members = take_members(document)
        new_id = resource_id or self.new_id()
        if promises is not None:
            members = promises.postpone(new_id, members)
        check_members(members, new_id)
        document = self._stored(kind, document, new_id)
        keys = self.indexes[kind.name].keys(document)
        self._check_unique(kind, keys, None)
        now = self._now()
        record = Record(new_id, kind.name, _display(document), 1, now, now, document)
        with self._change:
            stored = self.storage.insert(record, keys)
            if members:
                self.storage.add_members(new_id, members)
        return stored

    def replace(self, record: Record, body: JsonValue) -> Written:
        """Put a resource in place of a stored one (RFC 7644 section 3.5.1)."""
        kind = self.definitions[record.resource_type].resource_type
        document = self._validations[kind.name].replace(record.document, body)
        change: MembershipChange | None = None
        if kind.name in self._member_readers:
            document, members = take_members(document)
            check_members(members, record.id)
            change = MembershipChange(wiped=True)
            change.set(members, present=True)
        return self._write(record, kind, document, change)

    def patch(self, record: Record, body: JsonValue) -> Written:
        """Apply a PATCH, all of it or nothing (RFC 7644 section 3.5.2)."""
        kind = self.definitions[record.resource_type].resource_type
        if kind.name in self._member_readers:
            return self._patch_group(record, kind, body)
        outcome = apply_patch(record.document, body, self._schema_set, kind, self._conduct.scim)
        return self._write(record, kind, outcome.resource, None)

    def delete(self, record: Record) -> None:
        """Remove a resource and its memberships; the groups that lose a member have changed."""
        with self._change:
            for group in self.storage.groups_holding((record.id,)):
                self._touch(group)
            self.storage.delete(record)

    def give_new_id(self, record: Record) -> Record:
        """Move a resource to another id, as applications whose id is made of a name do."""
        moved = Record(
            self.new_id(),
            record.resource_type,
            record.display,
            record.version,
            record.created,
            record.last_modified,
            {**record.document},
        )
        moved.document["id"] = moved.id
        groups = [one.id for one in self.storage.groups_of(record) if one.direct]
        with self._change:
            self.storage.delete(record)
            keys = self.indexes[record.resource_type].keys(moved.document)
            moved = self.storage.insert(moved, keys)
            for group_id in groups:
                self.storage.add_members(group_id, (moved.id,))
        return moved

    def keep_promises(self, promises: Promises) -> None:
        """Add the members that could not be added when their groups were created."""
        with self._change:
            for group_id, ids in promises.memberships.items():
                known = [one for one in ids if self.storage.reference(one) is not None]
                self.storage.add_members(group_id, known)

    # Parts of a write

    def _patch_group(self, record: Record, kind: ResourceType, body: JsonValue) -> Written:
        conduct = self._conduct.scim
        recognised = membership_changes(
            body, self._schema_set, kind, conduct, self._member_readers[kind.name]
        )
        document = record.document
        if recognised is None:
            change = MembershipChange()
            document = self._patch_loaded(record, kind, body, change)
        else:
            change = MembershipChange.of_patch(recognised)
            if recognised.remaining is not None:
                document = apply_patch(
                    document, recognised.remaining, self._schema_set, kind, conduct
                ).resource
        check_members(change.added, record.id)
        return self._write(record, kind, document, change)

    def _patch_loaded(
        self, record: Record, kind: ResourceType, body: JsonValue, change: MembershipChange
    ) -> JsonObject:
        """Apply a PATCH to the group with its members, and find the change to these."""
        held = self.storage.members(record.id)
        members = [
            {"value": m.id, "type": m.resource_type, "display": m.display}
            if m.resource_type
            else {"value": m.id}
            for m in held
        ]
        document = {**record.document, MEMBERS: members} if members else record.document
        outcome = apply_patch(document, body, self._schema_set, kind, self._conduct.scim)
        after = member_ids(outcome.resource.get(MEMBERS, ()))
        wanted = set(after)
        change.set((m.id for m in held if m.id not in wanted), present=False)
        before = {m.id for m in held}
        change.set((one for one in after if one not in before), present=True)
        return {name: value for name, value in outcome.resource.items() if name != MEMBERS}

    def _write(
        self,
        record: Record,
        kind: ResourceType,
        document: JsonObject,
        change: MembershipChange | None,
    ) -> Written:
        secret = any(document.get(name) is not None for name in self._write_only[kind.name])
        document = self._stored(kind, document, record.id)
        differs = document != record.document
        keys = self.indexes[kind.name].keys(document) if differs else None
        if keys is not None:
            self._check_unique(kind, keys, record.id)
        with self._change:
            moved = change is not None and change.apply(record.id, self.storage)
            # A new password is a change, though nothing of it is kept (there is no sign-in).
            if not (differs or moved or secret):
                return Written(record, changed=False)
            return Written(self._touch(record, document, keys))

    def _touch(
        self,
        record: Record,
        document: JsonObject | None = None,
        keys: Sequence[IndexKey] | None = None,
    ) -> Record:
        kept = record.document if document is None else document
        if keys is None:
            keys = self.indexes[record.resource_type].keys(kept)
        after = Record(
            record.id,
            record.resource_type,
            _display(kept),
            record.version + 1,
            record.created,
            self._now(),
            kept,
            record.position,
        )
        self.storage.update(after, keys)
        return after

    def _stored(self, kind: ResourceType, document: JsonObject, resource_id: str) -> JsonObject:
        """The document as it is kept: with its id, without what is only ever written."""
        stored = {"schemas": document["schemas"], "id": resource_id, **document}
        stored["id"] = resource_id
        for name in self._write_only[kind.name]:
            stored.pop(name, None)
        return self._keep(kind, stored)

    def _check_unique(
        self, kind: ResourceType, keys: Sequence[IndexKey], own_id: str | None
    ) -> None:
        unique = self.indexes[kind.name].unique
        for attribute, value in keys:
            if attribute in unique:
                for record in self.storage.find(kind.name, attribute, value):
                    if record.id != own_id:
                        raise ScimProtocolError(
                            409, "uniqueness", f"Another {kind.name} has this {attribute}."
                        )


class _Change:
    """One atomic change of a storage at a time: kept, or undone when what makes it raises."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def __enter__(self) -> None:
        self._storage.begin_change()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._storage.end_change(keep=kind is None)


def _uuid(number: int) -> str:
    """The UUID of version 4 (RFC 9562 section 5.4) that is made of 128 random bits."""
    marked = number & ~_UUID_MARKS | _UUID_VERSION_4
    text = f"{marked:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


_UUID_MARKS = 0xF000 << 64 | 0xC000 << 48
_UUID_VERSION_4 = 0x4000 << 64 | 0x8000 << 48


def _display(document: JsonObject) -> str:
    for name in ("displayName", "userName"):
        value = document.get(name)
        if isinstance(value, str) and value:
            return value
    return ""


def _write_only(definition: ResourceDefinition) -> tuple[str, ...]:
    """Attributes that are never returned, such as the password: they are checked and not kept."""
    return tuple(a.name for a in definition.core.values() if a.returned == "never")
