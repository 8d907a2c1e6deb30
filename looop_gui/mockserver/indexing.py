"""Which attributes are indexed, a resource's index keys, and the resources a filter can mean.

An equality on an indexed attribute that must hold for a filter to hold chooses the candidates; so
a look-up among many resources reads only those that can match.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from looop_gui.mockserver.storage.protocol import IndexKey, Record, Storage
from looop_gui.scim.comparing import fold
from looop_gui.scim.filter_tree import And, AttributePath, Filter, FilterValue, Or
from looop_gui.scim.filtering import equalities
from looop_gui.scim.messages import JsonObject
from looop_gui.scim.reading import values_reader
from looop_gui.scim.schema import ResolvedAttribute, ResourceDefinition, SchemaAttribute

_INDEXED_CORE = ("userName", "externalId", "displayName")
_INDEXED_VALUES = ("emails",)


@dataclass(frozen=True, slots=True)
class IndexedAttribute:
    """One indexed attribute: its key's name, how its texts compare and how they are read."""

    key: str
    attribute: SchemaAttribute
    read: Callable[[JsonObject], list[Any]]
    unique: bool
    single: str | None = None
    """The member of the document that holds it, where that is one value of the core schema."""

    def keys(self, document: JsonObject) -> list[IndexKey]:
        """The index keys of a document for this attribute, each once."""
        found = [
            (self.key, fold(self.attribute, value))
            for value in self.read(document)
            if isinstance(value, str)
        ]
        return found if len(found) < 2 else list(dict.fromkeys(found))


class AttributeIndex:
    """The indexed attributes of one resource type."""

    def __init__(self, definition: ResourceDefinition, *, unique_display_name: bool) -> None:
        self._definition = definition
        self._resource_type = definition.resource_type.name
        self._by_key: dict[str, IndexedAttribute] = {}
        for attribute in definition.core.values():
            self._add(None, attribute)
        for extension in definition.extensions.values():
            for attribute in extension.attributes.values():
                self._add(extension.urn, attribute)
        display_name = self._by_key.get("displayName")
        if unique_display_name and display_name is not None:
            self._by_key["displayName"] = IndexedAttribute(
                "displayName", display_name.attribute, display_name.read, True, display_name.single
            )
        self._all = tuple(self._by_key.values())
        self.unique = frozenset(one.key for one in self._all if one.unique)
        """The keys whose values no two resources share."""

    def _add(self, extension: str | None, attribute: SchemaAttribute) -> None:
        if attribute.name in ("id", "meta", "schemas"):
            return
        unique = attribute.uniqueness in ("server", "global") and not attribute.multi_valued
        sub: SchemaAttribute | None = None
        if extension is None and attribute.name in _INDEXED_VALUES:
            sub = attribute.by_name.get("value")
            if sub is None:
                return
        elif not unique and (extension is not None or attribute.name not in _INDEXED_CORE):
            return
        key = _key(extension, attribute, sub)
        read = values_reader(ResolvedAttribute(extension, attribute, sub))
        single = attribute.name if extension is None and not attribute.multi_valued else None
        self._by_key[key] = IndexedAttribute(
            key, sub or attribute, read, unique, single if sub is None else None
        )

    def keys(self, document: JsonObject) -> list[IndexKey]:
        """All index keys of a document."""
        found: list[IndexKey] = []
        for one in self._all:
            value = document if one.single is None else document.get(one.single)
            if isinstance(value, str):
                found.append((one.key, fold(one.attribute, value)))
            elif value is not None:
                found.extend(one.keys(document))
        return found

    def candidates(self, tree: Filter, storage: Storage) -> Sequence[Record] | None:
        """The resources that may satisfy a filter, or None when only a scan can tell."""
        for path, value in equalities(tree):
            found = self._equal(path, value, storage)
            if found is not None:
                return found
        if isinstance(tree, Or):
            return self._union(tree.terms, storage)
        if isinstance(tree, And):
            for term in tree.terms:
                if isinstance(term, Or | And):
                    found = self.candidates(term, storage)
                    if found is not None:
                        return found
        return None

    def _union(self, terms: Iterable[Filter], storage: Storage) -> Sequence[Record] | None:
        found: dict[str, Record] = {}
        for term in terms:
            records = self.candidates(term, storage)
            if records is None:
                return None
            found.update((record.id, record) for record in records)
        return list(found.values())

    def _equal(
        self, path: AttributePath, value: FilterValue, storage: Storage
    ) -> Sequence[Record] | None:
        if not isinstance(value, str):
            return None
        resolved = self._definition.resolve_leniently(path)
        if resolved is None or resolved.attribute is None:
            return None
        attribute, sub = resolved.attribute, resolved.sub_attribute
        if attribute.name == "id":
            record = storage.get(self._resource_type, value)
            return () if record is None else (record,)
        if attribute.name == "members" and (sub is None or sub.name == "value"):
            return storage.groups_holding((value,))
        if attribute.name == "groups" and (sub is None or sub.name == "value"):
            return _below_group(value, self._resource_type, storage)
        if sub is None and attribute.sub_attributes:
            sub = attribute.by_name.get("value")
        indexed = self._by_key.get(_key(resolved.extension, attribute, sub))
        if indexed is None:
            return None
        return storage.find(self._resource_type, indexed.key, fold(indexed.attribute, value))


def _below_group(group_id: str, resource_type: str, storage: Storage) -> list[Record]:
    """The resources of a type in a group or in groups nested in it."""
    found: dict[str, None] = {}
    seen, waiting = {group_id}, [group_id]
    while waiting:
        for member in storage.members(waiting.pop()):
            if member.resource_type == resource_type:
                found[member.id] = None
            if member.resource_type and member.id not in seen:
                seen.add(member.id)
                waiting.append(member.id)
    records = (storage.get(resource_type, one) for one in found)
    return [record for record in records if record is not None]


def _key(extension: str | None, attribute: SchemaAttribute, sub: SchemaAttribute | None) -> str:
    name = attribute.name if extension is None else f"{extension}:{attribute.name}"
    return name if sub is None else f"{name}.{sub.name}"


def indexes_of(
    definitions: Mapping[str, ResourceDefinition], *, unique_group_names: bool
) -> dict[str, AttributeIndex]:
    """The index of each resource type by its name."""
    return {
        name: AttributeIndex(definition, unique_display_name=unique_group_names and name == "Group")
        for name, definition in definitions.items()
    }
