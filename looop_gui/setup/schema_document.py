"""Takes a synchronizationSchema apart into the parts the model knows, and puts it together again.

What remains of the document is its skeleton: each part that was taken out leaves a placeholder, an
object with the one key `PLACEHOLDER`.
"""

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from looop_gui.model.directory import ObjectType
from looop_gui.model.errors import ConfigurationError
from looop_gui.setup.schema_reading import Note, objects_in

JsonObject = dict[str, Any]

PLACEHOLDER = "looop-gui part"
SOURCE_DIRECTORY = "Azure Active Directory"
_RULE_ID = "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8"
_FIELDS = frozenset({"id", "version", "directories", "synchronizationRules"})


class AttributeList(Enum):
    """The four attribute lists of a configuration: the model's field, whose, and which side."""

    SOURCE_USER = ("source_user_attributes", ObjectType.USER, True)
    SOURCE_GROUP = ("source_group_attributes", ObjectType.GROUP, True)
    TARGET_USER = ("target_user_attributes", ObjectType.USER, False)
    TARGET_GROUP = ("target_group_attributes", ObjectType.GROUP, False)

    @property
    def field(self) -> str:
        """The field of SynchronizationSchema."""
        return self.value[0]

    @property
    def object_type(self) -> ObjectType:
        """Whose attributes they are."""
        return self.value[1]

    @property
    def is_source(self) -> bool:
        """True for the lists of the source directory."""
        return self.value[2]


@dataclass(slots=True)
class DocumentParts:
    """The parts of a document; a mapping or a list that it does not have is absent."""

    skeleton: JsonObject
    source_directory: str
    target_directory: str
    mappings: dict[ObjectType, JsonObject] = field(default_factory=dict)
    lists: dict[AttributeList, list[Mapping[str, Any]]] = field(default_factory=dict)


def take_apart(document: Mapping[str, Any], note: Note) -> DocumentParts:
    """The parts of `document`, which is not changed. Raises ConfigurationError without users."""
    skeleton = copy.deepcopy(dict(document))
    for name in document:
        if name not in _FIELDS and not name.startswith("@"):
            note(f"The document has {name}, which is not known here; it is kept.")
    rule = _rule_of_users(skeleton)
    parts = DocumentParts(
        skeleton,
        str(rule.get("sourceDirectoryName") or SOURCE_DIRECTORY),
        str(rule.get("targetDirectoryName") or ""),
    )
    _take_mappings(parts, rule, note)
    for each in AttributeList:
        _take_list(parts, each)
    return parts


def filled_document(
    skeleton: Mapping[str, Any],
    mappings: Mapping[ObjectType, JsonObject],
    lists: Mapping[AttributeList, list[JsonObject]],
) -> JsonObject:
    """The document with its parts; a part without a placeholder is added where it belongs."""
    document = copy.deepcopy(dict(skeleton))
    left_mappings = dict(mappings)
    left_lists = dict(lists)
    for rule in _objects(document, "synchronizationRules"):
        for index, mapping in enumerate(rule.get("objectMappings") or ()):
            kind = _placed(mapping, ObjectType)
            if kind in left_mappings:
                rule["objectMappings"][index] = left_mappings.pop(kind)
    for each in _all_objects(document):
        which = _placed(each.get("attributes"), AttributeList)
        if which in left_lists:
            each["attributes"] = left_lists.pop(which)
    _append_mappings(document, left_mappings)
    for which, rows in left_lists.items():
        _append_list(document, which, rows, mappings)
    return document


def has_part(skeleton: Mapping[str, Any], part: ObjectType | AttributeList) -> bool:
    """Whether the document had this mapping or attribute list."""
    return json.dumps(_placeholder(part)) in json.dumps(skeleton)


def default_document(target_directory: str) -> JsonObject:
    """The skeleton of a configuration that was never imported."""
    enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    group = "urn:ietf:params:scim:schemas:core:2.0:Group"
    lists = AttributeList
    return {
        "directories": [
            _directory(SOURCE_DIRECTORY, {"User": lists.SOURCE_USER, "Group": lists.SOURCE_GROUP}),
            _directory(
                target_directory, {enterprise: lists.TARGET_USER, group: lists.TARGET_GROUP}
            ),
        ],
        "synchronizationRules": [
            {
                "editable": True,
                "id": _RULE_ID,
                "metadata": [],
                "name": f"{SOURCE_DIRECTORY} to {target_directory}",
                "objectMappings": [_placeholder(kind) for kind in ObjectType],
                "priority": 1,
                "sourceDirectoryName": SOURCE_DIRECTORY,
                "targetDirectoryName": target_directory,
            }
        ],
    }


def _directory(name: str, objects: Mapping[str, AttributeList]) -> JsonObject:
    return {
        "discoverabilities": "None",
        "id": str(uuid5(NAMESPACE_URL, f"looop-gui:{name}")),
        "metadata": [],
        "name": name,
        "objects": [_object(object_name, _placeholder(e)) for object_name, e in objects.items()],
        "readOnly": False,
    }


def _object(name: str, attributes: Any) -> JsonObject:
    return {"attributes": attributes, "metadata": [], "name": name, "supportedApis": []}


def _placeholder(part: ObjectType | AttributeList) -> JsonObject:
    return {PLACEHOLDER: part.name}


def _placed(value: Any, kind: type[Enum]) -> Any:
    """The part that a placeholder stands for; None for anything else."""
    name = value.get(PLACEHOLDER) if isinstance(value, dict) else None
    return kind.__members__.get(name) if isinstance(name, str) else None


def _objects(document: Mapping[str, Any], name: str) -> list[JsonObject]:
    return [each for each in objects_in(document.get(name)) if isinstance(each, dict)]


def _all_objects(document: Mapping[str, Any]) -> Iterator[JsonObject]:
    for directory in _objects(document, "directories"):
        yield from _objects(directory, "objects")


def _rule_of_users(document: JsonObject) -> JsonObject:
    """The first rule, by priority, that maps people."""
    rules = sorted(_objects(document, "synchronizationRules"), key=_priority)
    for rule in rules:
        if any(_kind(mapping) is ObjectType.USER for mapping in _objects(rule, "objectMappings")):
            return rule
    raise ConfigurationError(
        "The schema has no mapping of users, so it is not one of an outbound SCIM application.",
        safe="The mappings are unchanged.",
        next_step="Export the schema of the application's provisioning job.",
    )


def _priority(rule: Mapping[str, Any]) -> float:
    value = rule.get("priority")
    return value if isinstance(value, int | float) else float("inf")


def _kind(mapping: Mapping[str, Any]) -> ObjectType | None:
    name = str(mapping.get("sourceObjectName") or "").casefold()
    return next((kind for kind in ObjectType if kind.value.casefold() == name), None)


def _take_mappings(parts: DocumentParts, rule: JsonObject, note: Note) -> None:
    rules = [
        rule,
        *(each for each in _objects(parts.skeleton, "synchronizationRules") if each is not rule),
    ]
    for each in rules:
        for index, mapping in enumerate(_objects(each, "objectMappings")):
            kind = _kind(mapping)
            if kind is None or kind in parts.mappings:
                name = mapping.get("name") or mapping.get("sourceObjectName") or "without name"
                note(f'The object mapping "{name}" is not used here; it is kept.')
                continue
            parts.mappings[kind] = mapping
            each["objectMappings"][index] = _placeholder(kind)


def _take_list(parts: DocumentParts, which: AttributeList) -> None:
    mapping = parts.mappings.get(which.object_type)
    if mapping is None:
        return
    side = "sourceObjectName" if which.is_source else "targetObjectName"
    directory = parts.source_directory if which.is_source else parts.target_directory
    for each in _objects(parts.skeleton, "directories"):
        if each.get("name") != directory:
            continue
        for entry in _objects(each, "objects"):
            attributes = entry.get("attributes")
            if entry.get("name") == mapping.get(side) and isinstance(attributes, list):
                parts.lists[which] = list(objects_in(attributes))
                entry["attributes"] = _placeholder(which)
                return


def _append_mappings(document: JsonObject, mappings: Mapping[ObjectType, JsonObject]) -> None:
    if mappings:
        _rule_of_users(document)["objectMappings"].extend(mappings.values())


def _append_list(
    document: JsonObject,
    which: AttributeList,
    rows: list[JsonObject],
    mappings: Mapping[ObjectType, JsonObject],
) -> None:
    """Adds the object, and its directory where that is missing, with the attribute list."""
    rule = _rule_of_users(document)
    side = "source" if which.is_source else "target"
    directory_name = str(rule.get(f"{side}DirectoryName") or "")
    object_name = str(mappings[which.object_type].get(f"{side}ObjectName") or "")
    directories = document.setdefault("directories", [])
    directory = next((each for each in directories if each.get("name") == directory_name), None)
    if directory is None:
        directory = _directory(directory_name, {})
        directories.append(directory)
    directory.setdefault("objects", []).append(_object(object_name, rows))
