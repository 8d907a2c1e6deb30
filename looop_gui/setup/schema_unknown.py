"""Names every field of a synchronizationSchema that is not known here (reference section j).

An import keeps such fields where they are; a person should know that they have no effect.
"""

from collections.abc import Iterator, Mapping
from typing import Any

_RULE = frozenset(
    {"id", "name", "priority", "editable", "metadata", "objectMappings", "sourceDirectoryName"}
    | {"targetDirectoryName", "containerFilter", "groupFilter"}
)
_DIRECTORY = frozenset(
    {"id", "name", "discoverabilities", "discoveryDateTime", "metadata", "objects", "readOnly"}
    | {"version"}
)
_OBJECT = frozenset({"name", "attributes", "metadata", "supportedApis"})
_ATTRIBUTE = frozenset(
    {"name", "type", "anchor", "apiExpressions", "caseExact", "defaultValue", "flowNullValues"}
    | {"metadata", "multivalued", "mutability", "required", "referencedObjects"}
)
_SCOPE = frozenset({"groups", "inputFilterGroups", "categoryFilterGroups"})
_FILTER = frozenset({"name", "clauses"})
_CLAUSE = frozenset({"sourceOperandName", "operatorName", "targetOperand"})
_OPERAND = frozenset({"values"})
_SOURCE = frozenset({"expression", "name", "parameters", "type"})


def unknown_fields(document: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each unknown field around and below the mappings of `document`.

    The fields of the document, of an object mapping and of an attribute mapping are not among
    them: whoever reads those names them.
    """
    rules = _objects(document.get("synchronizationRules"))
    for number, rule in enumerate(rules):
        place = f'The synchronization rule "{rule.get("name") or number + 1}"'
        if number and not _has_users(rule):
            yield f"{place} has no mapping of users; it is kept, and has no effect here."
        yield from _unknown(rule, _RULE, place)
        for mapping in _objects(rule.get("objectMappings")):
            yield from _in_object_mapping(mapping)
    for directory in _objects(document.get("directories")):
        yield from _in_directory(directory)


def _in_object_mapping(mapping: Mapping[str, Any]) -> Iterator[str]:
    for row in _objects(mapping.get("attributeMappings")):
        place = f"The source of {row.get('targetAttributeName')}"
        yield from _unknown(row.get("source"), _SOURCE, place)
    scope = mapping.get("scope")
    yield from _unknown(scope, _SCOPE, f'The scope of "{mapping.get("name")}"')
    for group in _objects(scope.get("groups")) if isinstance(scope, Mapping) else ():
        place = f'The filter "{group.get("name")}"'
        yield from _unknown(group, _FILTER, place)
        for clause in _objects(group.get("clauses")):
            words = f'The clause of {clause.get("sourceOperandName")} in "{group.get("name")}"'
            yield from _unknown(clause, _CLAUSE, words)
            yield from _unknown(clause.get("targetOperand"), _OPERAND, words)


def _in_directory(directory: Mapping[str, Any]) -> Iterator[str]:
    name = directory.get("name")
    yield from _unknown(directory, _DIRECTORY, f'The directory "{name}"')
    for each in _objects(directory.get("objects")):
        yield from _unknown(each, _OBJECT, f'The object {each.get("name")} of "{name}"')
        counted: dict[str, int] = {}
        for attribute in _objects(each.get("attributes")):
            for field in _names(attribute, _ATTRIBUTE):
                counted[field] = counted.get(field, 0) + 1
        for field, count in counted.items():
            of = f'{count} of the attributes of {each.get("name")} in "{name}"'
            yield f"{field}, at {of}, is not known here; it is kept."


def _has_users(rule: Mapping[str, Any]) -> bool:
    return any(
        str(mapping.get("sourceObjectName")).casefold() == "user"
        for mapping in _objects(rule.get("objectMappings"))
    )


def _unknown(value: Any, known: frozenset[str], place: str) -> Iterator[str]:
    for name in _names(value, known):
        yield f"{place} has {name}, which is not known here; it is kept."


def _names(value: Any, known: frozenset[str]) -> Iterator[str]:
    """The unknown fields in their order; annotations (`@odata.type`) belong to the transport."""
    if isinstance(value, Mapping):
        yield from (name for name in value if name not in known and not name.startswith("@"))


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
