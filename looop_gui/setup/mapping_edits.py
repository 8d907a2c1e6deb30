"""Edits of a configuration as functions: each takes a schema and gives the changed schema."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import (
    AttributeDefinition,
    AttributeMapping,
    MappingType,
    ObjectMapping,
    SynchronizationSchema,
)

JOIN_SEPARATOR = " "


def with_object_mapping(
    schema: SynchronizationSchema, mapping: ObjectMapping
) -> SynchronizationSchema:
    """The schema with the object mapping of that object type replaced."""
    if mapping.object_type is ObjectType.USER:
        return replace(schema, user_mapping=mapping)
    return replace(schema, group_mapping=mapping)


def with_attribute_mappings(
    schema: SynchronizationSchema, object_type: ObjectType, mappings: Iterable[AttributeMapping]
) -> SynchronizationSchema:
    """The schema with all attribute mappings of an object type replaced."""
    changed = replace(schema.mapping_of(object_type), attribute_mappings=tuple(mappings))
    return with_object_mapping(schema, changed)


def with_mapping(
    schema: SynchronizationSchema, object_type: ObjectType, row: int, mapping: AttributeMapping
) -> SynchronizationSchema:
    """The schema with one attribute mapping replaced."""
    rows = list(schema.mapping_of(object_type).attribute_mappings)
    rows[row] = mapping
    return with_attribute_mappings(schema, object_type, rows)


def with_new_mapping(
    schema: SynchronizationSchema, object_type: ObjectType, mapping: AttributeMapping
) -> SynchronizationSchema:
    """The schema with an attribute mapping added at the end."""
    rows = schema.mapping_of(object_type).attribute_mappings
    return with_attribute_mappings(schema, object_type, (*rows, mapping))


def without_mappings(
    schema: SynchronizationSchema, object_type: ObjectType, rows: Collection[int]
) -> SynchronizationSchema:
    """The schema without the attribute mappings of those rows."""
    kept = (
        mapping
        for row, mapping in enumerate(schema.mapping_of(object_type).attribute_mappings)
        if row not in rows
    )
    return with_attribute_mappings(schema, object_type, kept)


def with_target_attributes(
    schema: SynchronizationSchema,
    object_type: ObjectType,
    definitions: Iterable[AttributeDefinition],
) -> SynchronizationSchema:
    """The schema with the target's attribute list of an object type replaced."""
    if object_type is ObjectType.USER:
        return replace(schema, target_user_attributes=tuple(definitions))
    return replace(schema, target_group_attributes=tuple(definitions))


def with_source_attributes(
    schema: SynchronizationSchema,
    object_type: ObjectType,
    definitions: Iterable[AttributeDefinition],
) -> SynchronizationSchema:
    """The schema with the source's attribute list of an object type replaced."""
    if object_type is ObjectType.USER:
        return replace(schema, source_user_attributes=tuple(definitions))
    return replace(schema, source_group_attributes=tuple(definitions))


def connect(
    schema: SynchronizationSchema, object_type: ObjectType, source: str, target: str
) -> SynchronizationSchema:
    """The schema after a source attribute was drawn to a target attribute.

    A target without a mapping gets a Direct one; a second source makes a Join of both.
    """
    for row, mapping in enumerate(schema.mapping_of(object_type).attribute_mappings):
        if mapping.target_attribute == target:
            joined = joined_with(mapping, source)
            return with_mapping(schema, object_type, row, joined)
    added = AttributeMapping(target, MappingType.DIRECT, source)
    return with_new_mapping(schema, object_type, added)


def joined_with(mapping: AttributeMapping, source: str) -> AttributeMapping:
    """The mapping with one more source attribute: a Join unless it had no source yet."""
    if mapping.mapping_type is MappingType.NONE or not mapping.source.strip():
        return replace(mapping, mapping_type=MappingType.DIRECT, source=source)
    if mapping.mapping_type is MappingType.DIRECT and mapping.source == source:
        return mapping
    present = as_expression(mapping)
    if _is_one_join(present):
        text = f"{present.rstrip()[:-1].rstrip()}, [{source}])"
    else:
        text = f'Join("{JOIN_SEPARATOR}", {present}, [{source}])'
    return replace(mapping, mapping_type=MappingType.EXPRESSION, source=text)


def as_expression(mapping: AttributeMapping) -> str:
    """The source of a mapping as the text of an expression (section d.1 rules 1 and 3)."""
    if mapping.mapping_type is MappingType.DIRECT:
        return f"[{mapping.source}]"
    if mapping.mapping_type is MappingType.CONSTANT:
        escaped = mapping.source.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return mapping.source


def with_type(mapping: AttributeMapping, mapping_type: MappingType) -> AttributeMapping:
    """The mapping with another mapping type, carrying over of its source what makes sense."""
    if mapping_type is mapping.mapping_type:
        return mapping
    source = ""
    if mapping_type is MappingType.EXPRESSION and mapping.source:
        source = as_expression(mapping)
    elif mapping.mapping_type is MappingType.EXPRESSION:
        source = _simple_source(mapping.source, mapping_type)
    return replace(mapping, mapping_type=mapping_type, source=source)


def _simple_source(expression: str, mapping_type: MappingType) -> str:
    """The attribute of `[a]` for Direct, the text of `"c"` for Constant, else nothing."""
    text = expression.strip()
    inner = text[1:-1]
    if mapping_type is MappingType.DIRECT and text[:1] == "[" and text.find("]") == len(text) - 1:
        return inner
    is_text = text[:1] == '"' and text[-1:] == '"' and len(text) > 1
    if mapping_type is MappingType.CONSTANT and is_text and '"' not in inner.replace('\\"', ""):
        return inner.replace('\\"', '"').replace("\\\\", "\\")
    return ""


def _is_one_join(expression: str) -> bool:
    """Whether the whole text is one call of Join, so that an argument can be added to it."""
    text = expression.strip()
    if not text.startswith("Join("):
        return False
    depth, quoted, escaped = 0, False, False
    for position, character in enumerate(text):
        if quoted:
            quoted = escaped or character != '"'
            escaped = character == "\\" and not escaped
            continue
        quoted = character == '"'
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == ")" and depth == 0:
            return position == len(text) - 1
    return False
