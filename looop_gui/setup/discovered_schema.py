"""A template made from what a target says of itself (`/Schemas`), with its oddities pointed out.

The target attribute lists are the published attributes in the path syntax of section c.4; the
mappings are the generic ones whose target is published, plus attributes of extensions that bear the
name of a source attribute.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from looop_gui.model.connection import Application
from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import (
    AttributeDefinition,
    AttributeMapping,
    MappingType,
    Mutability,
    ObjectMapping,
    SynchronizationSchema,
)
from looop_gui.scim.messages import ENTERPRISE_USER_SCHEMA, GROUP_SCHEMA, USER_SCHEMA
from looop_gui.scim.schema import Schema, schema_from_json
from looop_gui.setup.default_mappings import default_schema
from looop_gui.setup.discovered_attributes import attribute_paths, comparable
from looop_gui.setup.discovery_oddities import schema_oddities

READ_ONLY = Mutability.READ_ONLY

_COMMON = {
    "id": AttributeDefinition(
        "id", anchor=True, required=True, case_exact=True, mutability=READ_ONLY
    ),
    "externalId": AttributeDefinition("externalId", case_exact=True),
}
"""What every resource has without a schema saying so (RFC 7643 section 3.1)."""

_MUST_BE_THERE = {
    ObjectType.USER: ("userName", "active"),
    ObjectType.GROUP: ("displayName", "members"),
}


@dataclass(frozen=True, slots=True)
class DiscoveredTemplate:
    """A configuration for the target, and a sentence for everything odd about what it published."""

    schema: SynchronizationSchema
    oddities: tuple[str, ...]


def discovered_template(schemas: Any, resource_types: Any = None) -> DiscoveredTemplate:
    """The template from the body of `/Schemas`, and of `/ResourceTypes` where it is known.

    `schemas` is a ListResponse, a list of Schema resources, or one of them. Where nothing usable
    was published the generic template is returned and said to be so.
    """
    oddities: list[str] = []
    published = _read_schemas(schemas, oddities)
    oddities += [oddity for schema in published for oddity in schema_oddities(schema)]
    generic = default_schema(Application.GENERIC)
    extensions = _extensions(published, resource_types)
    return DiscoveredTemplate(
        schema=replace(
            generic,
            user_mapping=_mapping(generic, ObjectType.USER, published, extensions, oddities),
            group_mapping=_mapping(generic, ObjectType.GROUP, published, extensions, oddities),
            target_user_attributes=_attribute_list(generic, ObjectType.USER, published, extensions),
            target_group_attributes=_attribute_list(
                generic, ObjectType.GROUP, published, extensions
            ),
        ),
        oddities=tuple(dict.fromkeys(oddities)),
    )


def _read_schemas(body: Any, oddities: list[str]) -> list[Schema]:
    """The schemas of the answer, each once; what is none is told."""
    resources = body
    if isinstance(body, Mapping):
        resources = body.get("Resources", body.get("resources", [body]))
    read: dict[str, Schema] = {}
    for resource in resources if isinstance(resources, list) else []:
        try:
            schema = schema_from_json(resource)
        except ValueError as error:
            oddities.append(f"A schema cannot be read: {error}")
            continue
        if schema.id.casefold() in read:
            oddities.append(f"The schema {schema.id} is published twice; the first is used.")
        read.setdefault(schema.id.casefold(), schema)
    if not read:
        oddities.append("The target publishes no schemas; the generic template is used.")
    return list(read.values())


def _core(published: Iterable[Schema], kind: ObjectType) -> Schema | None:
    urn = USER_SCHEMA if kind is ObjectType.USER else GROUP_SCHEMA
    return next((schema for schema in published if schema.id.casefold() == urn.casefold()), None)


def _extensions(
    published: Iterable[Schema], resource_types: Any
) -> Mapping[ObjectType, tuple[Schema, ...]]:
    """Which schemas extend people and which groups: by /ResourceTypes, else by their names."""
    named = _extension_urns(resource_types)
    core = {USER_SCHEMA.casefold(), GROUP_SCHEMA.casefold()}
    found: dict[ObjectType, list[Schema]] = {kind: [] for kind in ObjectType}
    for schema in published:
        urn = schema.id.casefold()
        if urn in core or urn.startswith("urn:ietf:params:scim:schemas:core:"):
            continue
        for kind in ObjectType:
            listed = named.get(kind)
            by_name = urn.endswith(f":{kind.value.casefold()}")
            if urn in listed if listed is not None else by_name:
                found[kind].append(schema)
    return {kind: tuple(schemas) for kind, schemas in found.items()}


def _extension_urns(body: Any) -> dict[ObjectType, set[str]]:
    resources = body.get("Resources", []) if isinstance(body, Mapping) else body
    found: dict[ObjectType, set[str]] = {}
    for resource in resources if isinstance(resources, list) else []:
        if not isinstance(resource, Mapping):
            continue
        for kind in ObjectType:
            if str(resource.get("name")).casefold() == kind.value.casefold():
                listed = resource.get("schemaExtensions")
                found[kind] = {
                    str(each.get("schema")).casefold()
                    for each in (listed if isinstance(listed, list) else [])
                    if isinstance(each, Mapping)
                }
    return found


def _attribute_list(
    generic: SynchronizationSchema,
    kind: ObjectType,
    published: Iterable[Schema],
    extensions: Mapping[ObjectType, tuple[Schema, ...]],
) -> tuple[AttributeDefinition, ...]:
    core = _core(published, kind)
    if core is None:
        return generic.target_attributes_of(kind)
    listed = dict(_COMMON)
    known = {each.name: each for each in generic.target_attributes_of(kind)}
    for schema in (core, *extensions[kind]):
        for definition in attribute_paths(schema, is_extension=schema is not core):
            template = known.get(definition.name)
            queried = template.filterable if template else False
            listed[definition.name] = replace(definition, filterable=queried)
    listed["externalId"] = replace(listed["externalId"], filterable=True)
    return tuple(listed.values())


def _mapping(
    generic: SynchronizationSchema,
    kind: ObjectType,
    published: list[Schema],
    extensions: Mapping[ObjectType, tuple[Schema, ...]],
    oddities: list[str],
) -> ObjectMapping:
    mapping = generic.mapping_of(kind)
    if published and _core(published, kind) is None:
        oddities.append(f"There is no schema of {kind.value.lower()}s; the generic one is used.")
        return mapping
    if not published:
        return mapping
    listed = _attribute_list(generic, kind, published, extensions)
    offered = {comparable(definition.name): definition for definition in listed}
    rows = [
        replace(row, target_attribute=offered[comparable(row.target_attribute)].name)
        for row in mapping.attribute_mappings
        if comparable(row.target_attribute) in offered
        and offered[comparable(row.target_attribute)].mutability is not READ_ONLY
    ]
    rows += _named_like_sources(generic, kind, extensions[kind], rows)
    oddities += _gaps(mapping, rows, offered, kind)
    return replace(mapping, attribute_mappings=tuple(rows))


def _named_like_sources(
    generic: SynchronizationSchema,
    kind: ObjectType,
    extensions: Iterable[Schema],
    rows: Iterable[AttributeMapping],
) -> Iterator[AttributeMapping]:
    """A Direct mapping for each extension attribute that is named as a source attribute is."""
    mapped = {row.target_attribute for row in rows}
    sources = {
        each.name.casefold(): each.name
        for each in generic.source_attributes_of(kind)
        if not each.multivalued and each.name not in ("objectId", "IsSoftDeleted", "manager")
    }
    for schema in extensions:
        if schema.id.casefold() == ENTERPRISE_USER_SCHEMA.casefold():
            continue
        for definition in attribute_paths(schema, is_extension=True):
            source = sources.get(definition.name.rpartition(":")[2].casefold())
            if source and definition.name not in mapped and definition.mutability is not READ_ONLY:
                yield AttributeMapping(definition.name, MappingType.DIRECT, source)


def _gaps(
    mapping: ObjectMapping,
    rows: Iterable[AttributeMapping],
    offered: Mapping[str, AttributeDefinition],
    kind: ObjectType,
) -> Iterator[str]:
    who = f"{kind.value.lower()}s"
    mapped = {comparable(row.target_attribute) for row in rows}
    for name in _MUST_BE_THERE[kind]:
        if comparable(name) not in offered:
            yield f"The schema of {who} has no {name}, which provisioning needs."
    missing = [
        row.target_attribute
        for row in mapping.attribute_mappings
        if comparable(row.target_attribute) not in offered
    ]
    if missing:
        yield f"Not published for {who}, so not mapped: {', '.join(missing)}."
    for definition in offered.values():
        required = definition.required and not definition.anchor
        if required and comparable(definition.name) not in mapped:
            yield f"{definition.name} is required for {who} and has no mapping yet."
