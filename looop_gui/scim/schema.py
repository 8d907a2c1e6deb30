"""Schemas and resource types as values, and the set that a service provider serves (RFC 7643).

A `SchemaSet` is computed once and looked up often: for each resource type it holds a
`ResourceDefinition` with the attributes by name in lower case, because attribute names and URNs
are compared without regard to letter case (RFC 7643 section 2.1).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from looop_gui.scim.filter_tree import AttributePath
from looop_gui.scim.messages import JsonObject


@dataclass(frozen=True, slots=True)
class SchemaAttribute:
    """One attribute of a schema with its characteristics (RFC 7643 sections 2.2 and 7).

    `type` is string, boolean, decimal, integer, dateTime, binary, reference or complex.
    `by_name` holds the sub-attributes by their name in lower case.
    """

    name: str
    type: str = "string"
    multi_valued: bool = False
    required: bool = False
    case_exact: bool = False
    mutability: str = "readWrite"
    returned: str = "default"
    uniqueness: str = "none"
    canonical_values: tuple[str, ...] = ()
    reference_types: tuple[str, ...] = ()
    sub_attributes: tuple["SchemaAttribute", ...] = ()
    description: str = ""
    by_name: Mapping[str, "SchemaAttribute"] = field(init=False, repr=False, compare=False)
    compares_exactly: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", _by_name(self.sub_attributes))
        # References and binary values are case exact by nature (RFC 7643 sections 2.3.6, 2.3.7).
        exact = self.case_exact or self.type in ("reference", "binary")
        object.__setattr__(self, "compares_exactly", exact)


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema: its URN and its attributes (RFC 7643 section 7)."""

    id: str
    name: str
    description: str
    attributes: tuple[SchemaAttribute, ...]


@dataclass(frozen=True, slots=True)
class SchemaExtension:
    """An extension of a resource type, by the URN of its schema (RFC 7643 section 6)."""

    schema: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A kind of resource and where it is served (RFC 7643 section 6)."""

    name: str
    endpoint: str
    schema: str
    schema_extensions: tuple[SchemaExtension, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class ResolvedAttribute:
    """What a path names in a resource type.

    `extension` is the extension's URN in the schema's spelling, or None for the core schema.
    `attribute` is None when the path names a whole extension (or, without one, the core schema).
    """

    extension: str | None
    attribute: SchemaAttribute | None
    sub_attribute: SchemaAttribute | None = None

    @property
    def innermost(self) -> SchemaAttribute | None:
        """The sub-attribute where there is one, otherwise the attribute."""
        return self.sub_attribute or self.attribute


@dataclass(frozen=True, slots=True)
class ExtensionDefinition:
    """The attributes of one extension of a resource type, by their name in lower case."""

    urn: str
    required: bool
    attributes: Mapping[str, SchemaAttribute]


@dataclass(frozen=True, slots=True)
class ResourceDefinition:
    """Everything a resource type may hold, ready for look-ups by names in lower case.

    `core` includes the common attributes schemas, id, externalId and meta (RFC 7643 section 3.1).
    """

    resource_type: ResourceType
    core: Mapping[str, SchemaAttribute]
    extensions: Mapping[str, ExtensionDefinition]

    def resolve(self, path: AttributePath) -> ResolvedAttribute | None:
        """What a path names here, its value filter aside; None when nothing is so called."""
        if path.urn is None:
            return _resolve_in(self.core, None, path)
        urn = path.urn.lower()
        if urn == self.resource_type.schema.lower():
            return _resolve_in(self.core, None, path)
        extension = self.extensions.get(urn)
        if extension is not None:
            return _resolve_in(extension.attributes, extension.urn, path)
        # A URN without a version, as "urn:example:employee", was read as URN and attribute.
        whole = self.extensions.get(f"{urn}:{path.name.lower()}")
        if whole is not None and path.sub_attribute is None:
            return ResolvedAttribute(whole.urn, None)
        return None

    def resolve_leniently(self, path: AttributePath) -> ResolvedAttribute | None:
        """As `resolve`, and a name that the core schema lacks is looked for in the extensions."""
        found = self.resolve(path)
        if found is not None or path.urn is not None or path.name.lower() in self.core:
            return found
        for extension in self.extensions.values():
            found = _resolve_in(extension.attributes, extension.urn, path)
            if found is not None:
                return found
        return None


class SchemaSet:
    """The schemas and resource types that one service provider knows."""

    def __init__(self, schemas: Iterable[Schema], resource_types: Iterable[ResourceType]) -> None:
        """Raises ValueError when a resource type names a schema that is not in the set."""
        self.schemas: tuple[Schema, ...] = tuple(schemas)
        self.resource_types: tuple[ResourceType, ...] = tuple(resource_types)
        self._schemas = {schema.id.lower(): schema for schema in self.schemas}
        self._definitions = {kind.name: self._define(kind) for kind in self.resource_types}

    def schema(self, urn: str) -> Schema | None:
        """The schema with a URN, in any letter case."""
        return self._schemas.get(urn.lower())

    def resource_type(self, name: str) -> ResourceType | None:
        """The resource type with a name, in any letter case."""
        return next((t for t in self.resource_types if t.name.lower() == name.lower()), None)

    def definition(self, resource_type: ResourceType) -> ResourceDefinition:
        """The look-up tables of a resource type of this set. Raises KeyError for a foreign one."""
        return self._definitions[resource_type.name]

    def attribute(
        self, resource_type: ResourceType, path: AttributePath
    ) -> ResolvedAttribute | None:
        """What a path names in a resource type; None when nothing is so called."""
        return self.definition(resource_type).resolve(path)

    def _define(self, kind: ResourceType) -> ResourceDefinition:
        core = dict(_COMMON_BY_NAME)
        core.update(_by_name(self._named(kind.schema, kind).attributes))
        extensions = {}
        for extension in kind.schema_extensions:
            schema = self._named(extension.schema, kind)
            extensions[schema.id.lower()] = ExtensionDefinition(
                schema.id, extension.required, _by_name(schema.attributes)
            )
        return ResourceDefinition(kind, MappingProxyType(core), MappingProxyType(extensions))

    def _named(self, urn: str, kind: ResourceType) -> Schema:
        schema = self.schema(urn)
        if schema is None:
            raise ValueError(f"The resource type {kind.name} names the unknown schema {urn}.")
        return schema


def schema_from_json(value: JsonObject) -> Schema:
    """Read a Schema resource (RFC 7643 section 7). Raises ValueError when it is not one."""
    if not isinstance(value, dict) or not isinstance(value.get("id"), str):
        raise ValueError("A schema must be an object with an id.")
    return Schema(
        id=value["id"],
        name=str(value.get("name") or value["id"].rpartition(":")[2]),
        description=str(value.get("description") or ""),
        attributes=_attributes_from_json(value.get("attributes")),
    )


def schema_to_json(schema: Schema) -> JsonObject:
    """Write a Schema resource, less `meta`, which needs the address of the server."""
    return {
        "schemas": [SCHEMA_SCHEMA],
        "id": schema.id,
        "name": schema.name,
        "description": schema.description,
        "attributes": [attribute_to_json(attribute) for attribute in schema.attributes],
    }


def attribute_from_json(value: JsonObject) -> SchemaAttribute:
    """Read one attribute of a Schema resource; characteristics left out get RFC 7643's defaults.

    Raises ValueError when it has no name.
    """
    if not isinstance(value, dict) or not isinstance(value.get("name"), str) or not value["name"]:
        raise ValueError("An attribute of a schema must be an object with a name.")
    subs = _attributes_from_json(value.get("subAttributes"))
    return SchemaAttribute(
        name=value["name"],
        type=str(value.get("type") or ("complex" if subs else "string")),
        multi_valued=value.get("multiValued") is True,
        required=value.get("required") is True,
        case_exact=value.get("caseExact") is True,
        mutability=str(value.get("mutability") or "readWrite"),
        returned=str(value.get("returned") or "default"),
        uniqueness=str(value.get("uniqueness") or "none"),
        canonical_values=_texts(value.get("canonicalValues")),
        reference_types=_texts(value.get("referenceTypes")),
        sub_attributes=subs,
        description=str(value.get("description") or ""),
    )


def attribute_to_json(attribute: SchemaAttribute) -> JsonObject:
    """Write one attribute with all the characteristics that its type has (section 7)."""
    value: JsonObject = {
        "name": attribute.name,
        "type": attribute.type,
        "multiValued": attribute.multi_valued,
        "description": attribute.description,
        "required": attribute.required,
    }
    if attribute.canonical_values:
        value["canonicalValues"] = list(attribute.canonical_values)
    value["caseExact"] = attribute.case_exact
    value["mutability"] = attribute.mutability
    value["returned"] = attribute.returned
    value["uniqueness"] = attribute.uniqueness
    if attribute.reference_types:
        value["referenceTypes"] = list(attribute.reference_types)
    if attribute.sub_attributes:
        value["subAttributes"] = [attribute_to_json(sub) for sub in attribute.sub_attributes]
    return value


def resource_type_from_json(value: JsonObject) -> ResourceType:
    """Read a ResourceType resource (section 6). Raises ValueError when it is not one."""
    needed = ("name", "endpoint", "schema")
    if not isinstance(value, dict) or not all(isinstance(value.get(key), str) for key in needed):
        raise ValueError("A resource type must be an object with a name, endpoint and schema.")
    extensions = value.get("schemaExtensions")
    return ResourceType(
        name=value["name"],
        endpoint=value["endpoint"],
        schema=value["schema"],
        schema_extensions=tuple(
            SchemaExtension(item["schema"], item.get("required") is True)
            for item in (extensions if isinstance(extensions, list) else ())
            if isinstance(item, dict) and isinstance(item.get("schema"), str)
        ),
        description=str(value.get("description") or ""),
    )


def resource_type_to_json(kind: ResourceType) -> JsonObject:
    """Write a ResourceType resource, less `meta`, which needs the address of the server."""
    value: JsonObject = {
        "schemas": [RESOURCE_TYPE_SCHEMA],
        "id": kind.name,
        "name": kind.name,
        "endpoint": kind.endpoint,
        "description": kind.description,
        "schema": kind.schema,
    }
    if kind.schema_extensions:
        value["schemaExtensions"] = [
            {"schema": extension.schema, "required": extension.required}
            for extension in kind.schema_extensions
        ]
    return value


def schema_set_from_json(
    value: JsonObject, read_schema: Callable[[str], JsonObject] | None = None
) -> SchemaSet:
    """Read `{"schemas": [...], "resourceTypes": [ResourceType, ...]}`, a set in one file.

    A member of `schemas` is a Schema resource or, where `read_schema` is given, the name of a file
    that `read_schema` returns. Raises ValueError when a part is not what it should be.
    """
    schemas = value.get("schemas") if isinstance(value, dict) else None
    kinds = value.get("resourceTypes") if isinstance(value, dict) else None
    if not isinstance(schemas, list) or not isinstance(kinds, list):
        raise ValueError("A schema set must be an object with the lists schemas and resourceTypes.")
    if read_schema is not None:
        schemas = [read_schema(item) if isinstance(item, str) else item for item in schemas]
    return SchemaSet(map(schema_from_json, schemas), map(resource_type_from_json, kinds))


def _resolve_in(
    attributes: Mapping[str, SchemaAttribute], extension: str | None, path: AttributePath
) -> ResolvedAttribute | None:
    if not path.name:
        return ResolvedAttribute(extension, None)
    attribute = attributes.get(path.name.lower())
    if attribute is None:
        return None
    if path.sub_attribute is None:
        return ResolvedAttribute(extension, attribute)
    sub_attribute = attribute.by_name.get(path.sub_attribute.lower())
    return None if sub_attribute is None else ResolvedAttribute(extension, attribute, sub_attribute)


def _by_name(attributes: Iterable[SchemaAttribute]) -> Mapping[str, SchemaAttribute]:
    return MappingProxyType({attribute.name.lower(): attribute for attribute in attributes})


def _attributes_from_json(value: object) -> tuple[SchemaAttribute, ...]:
    return tuple(map(attribute_from_json, value)) if isinstance(value, list) else ()


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


SCHEMA_SCHEMA: Final = "urn:ietf:params:scim:schemas:core:2.0:Schema"
RESOURCE_TYPE_SCHEMA: Final = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"


def _read_only(name: str, kind: str = "string", *, case_exact: bool = True) -> SchemaAttribute:
    return SchemaAttribute(name, kind, case_exact=case_exact, mutability="readOnly")


# RFC 7643 section 3.1: part of every resource, and of no schema.
COMMON_ATTRIBUTES: Final = (
    SchemaAttribute("schemas", "reference", multi_valued=True, case_exact=True, returned="always"),
    SchemaAttribute(
        "id", case_exact=True, mutability="readOnly", returned="always", uniqueness="server"
    ),
    SchemaAttribute("externalId", case_exact=True),
    SchemaAttribute(
        "meta",
        "complex",
        mutability="readOnly",
        sub_attributes=(
            _read_only("resourceType"),
            _read_only("created", "dateTime", case_exact=False),
            _read_only("lastModified", "dateTime", case_exact=False),
            _read_only("location", "reference"),
            _read_only("version"),
        ),
    ),
)
_COMMON_BY_NAME: Final = _by_name(COMMON_ATTRIBUTES)
