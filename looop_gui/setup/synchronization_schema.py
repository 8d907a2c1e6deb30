"""Entra's synchronizationSchema JSON: import and export (reference section j).

An import keeps the whole document: what has a field in the model is taken out and leaves a
placeholder, the rest stays in `SynchronizationSchema.unknown`. An export puts the parts back where
they came from, so a round trip changes nothing but what was edited. What only this workbench knows
of an attribute (whether the target can be queried by it) comes from the application's template.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from looop_gui.model.connection import Application
from looop_gui.model.directory import ObjectType
from looop_gui.model.errors import ConfigurationError
from looop_gui.model.mapping import (
    AttributeDefinition,
    AttributeMapping,
    ObjectMapping,
    SynchronizationSchema,
)
from looop_gui.setup.default_mappings import default_schema
from looop_gui.setup.schema_document import (
    AttributeList,
    DocumentParts,
    default_document,
    filled_document,
    has_part,
    take_apart,
)
from looop_gui.setup.schema_reading import (
    Note,
    keep_attribute_definition,
    keep_object_mapping,
    read_attribute_definition,
    read_attribute_mapping,
    read_object_mapping,
)
from looop_gui.setup.schema_unknown import unknown_fields
from looop_gui.setup.schema_writing import (
    GRAPH,
    amended,
    plain_attribute_definition,
    plain_attribute_mapping,
    plain_object_mapping,
)
from looop_gui.setup.scope_rewriting import rewritten_scope

JsonObject = dict[str, Any]

_DOCUMENT = "document"
_TARGET_DIRECTORY = "targetDirectoryName"
_GENERIC_DIRECTORY = "customappsso"


@dataclass(frozen=True, slots=True)
class ImportResult:
    """An imported configuration, and a sentence for everything that was not understood.

    What the notes speak of is kept and comes back with the next export.
    """

    schema: SynchronizationSchema
    notes: tuple[str, ...] = ()


def import_schema(document: Mapping[str, Any]) -> ImportResult:
    """The configuration in a synchronizationSchema. Raises ConfigurationError.

    A document without a mapping of users is refused. One without a mapping of groups gets the
    default one, not enabled; attribute lists that are missing are those of the template.
    """
    notes: dict[str, None] = {}

    def note(sentence: str) -> None:
        notes.setdefault(sentence)

    parts = take_apart(document, note)
    template = _template(parts.target_directory)
    groups = parts.mappings.get(ObjectType.GROUP)
    if groups is None:
        note("The file has no mapping of groups; the default one is there, not enabled.")
    schema = SynchronizationSchema(
        user_mapping=keep_object_mapping(parts.mappings[ObjectType.USER], ObjectType.USER, note),
        group_mapping=keep_object_mapping(groups, ObjectType.GROUP, note)
        if groups is not None
        else replace(template.group_mapping, enabled=False),
        source_user_attributes=_read_list(parts, AttributeList.SOURCE_USER, template, note),
        source_group_attributes=_read_list(parts, AttributeList.SOURCE_GROUP, template, note),
        target_user_attributes=_read_list(parts, AttributeList.TARGET_USER, template, note),
        target_group_attributes=_read_list(parts, AttributeList.TARGET_GROUP, template, note),
        unknown=_besides(parts),
    )
    for sentence in unknown_fields(document):
        note(sentence)
    return ImportResult(_with_queried_attributes(schema, template), tuple(notes))


def import_text(text: str) -> ImportResult:
    """`import_schema` of a JSON text. Raises ConfigurationError, with the line of a slip."""
    try:
        document = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise ConfigurationError(
            f"The schema is not JSON: {error.msg} at line {error.lineno}.",
            safe="The mappings are unchanged.",
            next_step="Download the schema again from Entra's schema editor.",
        ) from error
    except RecursionError as error:
        raise ConfigurationError("The schema is nested too deep to be one.") from error
    if not isinstance(document, dict):
        raise ConfigurationError("The text is JSON, but not a synchronizationSchema.")
    return import_schema(document)


def to_graph(schema: SynchronizationSchema) -> JsonObject:
    """The configuration as Entra's synchronizationSchema."""
    target = str(schema.unknown.get(_TARGET_DIRECTORY) or _GENERIC_DIRECTORY)
    skeleton = schema.unknown.get(_DOCUMENT) or default_document(target)
    template = _template(target)
    mappings = {
        kind: _write_object_mapping(schema.mapping_of(kind))
        for kind in ObjectType
        if has_part(skeleton, kind) or schema.mapping_of(kind).enabled
    }
    lists = {
        each: [_write_definition(one) for one in getattr(schema, each.field)]
        for each in AttributeList
        if each.object_type in mappings
        and (
            has_part(skeleton, each) or getattr(schema, each.field) != getattr(template, each.field)
        )
    }
    return filled_document(skeleton, mappings, lists)


def to_graph_text(schema: SynchronizationSchema) -> str:
    """The configuration as JSON text, ready for Entra's schema editor."""
    return json.dumps(to_graph(schema), ensure_ascii=False, indent=2) + "\n"


def _template(target_directory: str) -> SynchronizationSchema:
    is_looop = target_directory.casefold().startswith("looop")
    return default_schema(Application.LOOOP if is_looop else Application.GENERIC)


def _read_list(
    parts: DocumentParts, which: AttributeList, template: SynchronizationSchema, note: Note
) -> tuple[AttributeDefinition, ...]:
    known: tuple[AttributeDefinition, ...] = getattr(template, which.field)
    rows = parts.lists.get(which)
    if rows is None:
        if which.object_type in parts.mappings:
            side = "source" if which.is_source else "target"
            kind = which.object_type.value.lower()
            note(f"The file has no attribute list of the {side}'s {kind}s; the default is used.")
        return known
    by_name = {definition.name: definition for definition in known}
    return tuple(keep_attribute_definition(row, note, by_name) for row in rows)


def _besides(parts: DocumentParts) -> JsonObject:
    """The skeleton, unless it is the one of a configuration that was never imported."""
    unknown: JsonObject = {_TARGET_DIRECTORY: parts.target_directory}
    if json.dumps(parts.skeleton) != json.dumps(default_document(parts.target_directory)):
        unknown[_DOCUMENT] = parts.skeleton
    return unknown


def _with_queried_attributes(
    schema: SynchronizationSchema, template: SynchronizationSchema
) -> SynchronizationSchema:
    """Whoever matches by an attribute the template does not know can query the target by it."""
    return replace(
        schema,
        target_user_attributes=_queried(
            schema.target_user_attributes, schema.user_mapping, template.target_user_attributes
        ),
        target_group_attributes=_queried(
            schema.target_group_attributes, schema.group_mapping, template.target_group_attributes
        ),
    )


def _queried(
    definitions: tuple[AttributeDefinition, ...],
    mapping: ObjectMapping,
    known: tuple[AttributeDefinition, ...],
) -> tuple[AttributeDefinition, ...]:
    names = {each.target_attribute for each in mapping.matching} - {each.name for each in known}
    return tuple(replace(d, filterable=True) if d.name in names else d for d in definitions)


def _write_object_mapping(mapping: ObjectMapping) -> JsonObject:
    raw = mapping.unknown.get(GRAPH)
    if raw is None:
        written = plain_object_mapping(mapping)
    else:
        written = amended(
            raw,
            mapping,
            lambda each: read_object_mapping(each, mapping.object_type),
            plain_object_mapping,
        )
        written["scope"] = rewritten_scope(raw.get("scope"), mapping.scope)
    if mapping.attribute_mappings:
        written["attributeMappings"] = [_write_mapping(m) for m in mapping.attribute_mappings]
    return written


def _write_mapping(mapping: AttributeMapping) -> JsonObject:
    raw = mapping.unknown.get(GRAPH)
    if raw is None:
        return plain_attribute_mapping(mapping)
    return amended(raw, mapping, read_attribute_mapping, plain_attribute_mapping)


def _write_definition(definition: AttributeDefinition) -> JsonObject:
    raw = definition.unknown.get(GRAPH)
    if raw is None:
        return plain_attribute_definition(definition)
    return amended(raw, definition, read_attribute_definition, plain_attribute_definition)
