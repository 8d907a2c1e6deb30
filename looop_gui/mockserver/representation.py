"""How a stored resource looks to a client: with its derived attributes, `meta` and version.

Derived are a group's `members`, a user's `groups` (also through nested groups) and what is known
of a user's manager. They are worked out only when the answer shows them.
"""

from collections.abc import Iterable
from zlib import crc32

from looop_gui.mockserver.membership import MEMBERS
from looop_gui.mockserver.storage.protocol import Record, Reference, Storage
from looop_gui.scim.etag import weak_etag
from looop_gui.scim.messages import ENTERPRISE_USER_SCHEMA, JsonObject
from looop_gui.scim.schema import ResourceDefinition

GROUPS = "groups"
_MANAGER = "manager"


class Representation:
    """Makes resources out of records. `base_url` is the tenant URL, without a slash at its end."""

    def __init__(self, storage: Storage, definitions: dict[str, ResourceDefinition]) -> None:
        self.base_url = ""
        self._storage = storage
        self._endpoints = {n: d.resource_type.endpoint for n, d in definitions.items()}
        self._has_groups = {name: GROUPS in d.core for name, d in definitions.items()}
        self._has_members = {name: MEMBERS in d.core for name, d in definitions.items()}

    def location(self, resource_type: str, resource_id: str) -> str:
        """The URL of a resource."""
        return f"{self.base_url}{self._endpoints[resource_type]}/{resource_id}"

    def resource(self, record: Record, *, with_members: bool = True) -> JsonObject:
        """The whole resource; a group's members only when wanted, because they may be many."""
        shown = dict(record.document)
        kind = record.resource_type
        groups = self._groups(record)
        if groups:
            shown[GROUPS] = [self._group(one) for one in groups]
        if with_members and self._has_members[kind]:
            members = self._storage.members(record.id)
            if members:
                shown[MEMBERS] = [self._member(one) for one in members]
        enterprise = shown.get(ENTERPRISE_USER_SCHEMA)
        if enterprise is not None and _MANAGER in enterprise:
            shown[ENTERPRISE_USER_SCHEMA] = self._with_manager(enterprise)
        shown["meta"] = self._meta(record, groups)
        return shown

    def version(self, record: Record) -> str:
        """The entity tag: it changes with the record and with the user's groups."""
        return _version(record, self._groups(record))

    def evaluable(self, record: Record, names: Iterable[str]) -> JsonObject:
        """The document with those derived attributes that a filter or a sort names."""
        shown = record.document
        if not names:
            return shown
        shown = dict(shown)
        for name in names:
            if name == "meta":
                shown["meta"] = self._meta(record, self._groups(record))
            elif name == GROUPS and self._has_groups[record.resource_type]:
                shown[GROUPS] = [self._group(one) for one in self._groups(record)]
            elif name == MEMBERS and self._has_members[record.resource_type]:
                shown[MEMBERS] = [self._member(m) for m in self._storage.members(record.id)]
        return shown

    def _groups(self, record: Record) -> tuple[Reference, ...]:
        if not self._has_groups[record.resource_type]:
            return ()
        return tuple(self._storage.groups_of(record))

    def _meta(self, record: Record, groups: tuple[Reference, ...]) -> JsonObject:
        return {
            "resourceType": record.resource_type,
            "created": record.created,
            "lastModified": record.last_modified,
            "location": self.location(record.resource_type, record.id),
            "version": _version(record, groups),
        }

    def _group(self, group: Reference) -> JsonObject:
        return {
            "value": group.id,
            "$ref": self.location(group.resource_type, group.id),
            "display": group.display,
            "type": "direct" if group.direct else "indirect",
        }

    def _member(self, member: Reference) -> JsonObject:
        if not member.resource_type:
            return {"value": member.id}
        return {
            "value": member.id,
            "$ref": self.location(member.resource_type, member.id),
            "type": member.resource_type,
            "display": member.display,
        }

    def _with_manager(self, enterprise: JsonObject) -> JsonObject:
        manager = enterprise[_MANAGER]
        value = manager.get("value") if isinstance(manager, dict) else None
        known = self._storage.reference(value) if isinstance(value, str) else None
        if known is None:
            return enterprise
        shown = {
            "value": known.id,
            "$ref": self.location(known.resource_type, known.id),
            "displayName": known.display,
        }
        return {**enterprise, _MANAGER: shown}


def _version(record: Record, groups: tuple[Reference, ...]) -> str:
    if not groups:
        return weak_etag(record.version)
    told = "|".join(f"{one.id} {one.direct} {one.display}" for one in groups)
    return weak_etag(f"{record.version}-{crc32(told.encode()):x}")
