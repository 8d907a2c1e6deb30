"""Checks the body of a create or a replace: what comes out is stored (RFC 7644 section 3)."""

from collections.abc import Mapping

from looop_gui.scim.conduct import Conduct
from looop_gui.scim.errors import invalid_syntax, invalid_value, mutability_violation, shorten
from looop_gui.scim.messages import JsonObject, JsonValue
from looop_gui.scim.schema import (
    ExtensionDefinition,
    ResourceDefinition,
    ResourceType,
    SchemaAttribute,
    SchemaSet,
)
from looop_gui.scim.values import read_attribute_value


def validate_create(
    body: JsonValue, schema_set: SchemaSet, resource_type: ResourceType, conduct: Conduct
) -> JsonObject:
    """The resource to store for a POST, without id and meta.

    Values of readOnly attributes are ignored; `schemas` names the core schema and the extensions
    that hold something. Writing `password` or keeping it is the caller's concern. Raises
    ScimProtocolError 400: invalidSyntax for the structure, invalidValue for values.
    """
    definition = schema_set.definition(resource_type)
    resource = _read_body(body, definition, conduct)
    _apply_defaults(resource, definition, conduct)
    _check_required(resource, definition)
    return resource


def validate_replace(
    old: JsonObject,
    body: JsonValue,
    schema_set: SchemaSet,
    resource_type: ResourceType,
    conduct: Conduct,
) -> JsonObject:
    """The resource to store for a PUT over the stored one (RFC 7644 section 3.5.1).

    What is readWrite and not sent is cleared; readOnly values stay as they were; so do immutable
    and writeOnly ones that are not sent. Raises as `validate_create`, and 400 mutability when an
    immutable value would change.
    """
    definition = schema_set.definition(resource_type)
    resource = _read_body(body, definition, conduct)
    _keep(old, resource, definition.core)
    for extension in definition.extensions.values():
        kept = resource.get(extension.urn, {})
        _keep(old.get(extension.urn, {}), kept, extension.attributes)
        if kept:
            resource[extension.urn] = kept
    _apply_defaults(resource, definition, conduct)
    resource["schemas"] = schemas_of(resource, definition)
    _check_required(resource, definition)
    return resource


def schemas_of(resource: JsonObject, definition: ResourceDefinition) -> list[str]:
    """What `schemas` must say: the core schema and each extension that holds a value."""
    present = [e.urn for e in definition.extensions.values() if e.urn in resource]
    return [definition.resource_type.schema, *present]


def _read_body(body: JsonValue, definition: ResourceDefinition, conduct: Conduct) -> JsonObject:
    if not isinstance(body, dict):
        raise invalid_syntax("The body must be a JSON object.")
    resource: JsonObject = {"schemas": []}
    named: list[str] | None = None
    for name, value in body.items():
        attribute = definition.core.get(name.lower())
        if attribute is None:
            _read_extension(resource, name, value, definition, conduct)
        elif attribute.name == "schemas":
            named = _read_schemas(value, definition, conduct)
        elif attribute.mutability != "readOnly":
            _assign(resource, attribute, value, conduct)
    if named is None:
        raise invalid_syntax("The body must have 'schemas' (RFC 7643 section 3).")
    resource["schemas"] = schemas_of(resource, definition)
    return resource


def _read_extension(
    resource: JsonObject,
    name: str,
    value: JsonValue,
    definition: ResourceDefinition,
    conduct: Conduct,
) -> None:
    extension = definition.extensions.get(name.lower())
    if extension is None:
        if not conduct.unknown_attributes_ignored:
            raise invalid_syntax(f"There is no attribute '{shorten(name)}'.")
        return
    if extension.urn in resource:
        raise invalid_syntax(f"'{extension.urn}' occurs more than once.")
    held = read_extension_value(extension, value, conduct)
    if held:
        resource[extension.urn] = held


def read_extension_value(
    extension: ExtensionDefinition, value: JsonValue, conduct: Conduct
) -> JsonObject:
    """The stored form of an extension's attributes; readOnly ones are ignored. Raises 400."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise invalid_value(f"'{extension.urn}' must be an object.")
    held: JsonObject = {}
    for name, inner in value.items():
        attribute = extension.attributes.get(name.lower())
        if attribute is None:
            # Some clients repeat the URN within the extension.
            if not conduct.unknown_attributes_ignored and name.lower() != "schemas":
                raise invalid_syntax(f"'{extension.urn}' has no '{shorten(name)}'.")
        elif attribute.mutability != "readOnly":
            _assign(held, attribute, inner, conduct)
    return held


def _assign(
    container: JsonObject, attribute: SchemaAttribute, value: JsonValue, conduct: Conduct
) -> None:
    if attribute.name in container:
        raise invalid_syntax(f"'{attribute.name}' occurs more than once.")
    read = read_attribute_value(attribute, value, conduct)
    if read is not None:
        container[attribute.name] = read


def _read_schemas(value: JsonValue, definition: ResourceDefinition, conduct: Conduct) -> list[str]:
    if not isinstance(value, list) or not value:
        raise invalid_syntax("'schemas' must be a list of schema URNs.")
    if not all(isinstance(urn, str) for urn in value):
        raise invalid_syntax("'schemas' must hold texts only.")
    core = definition.resource_type.schema
    lowered = [urn.lower() for urn in value]
    if core.lower() not in lowered:
        raise invalid_syntax(f"'schemas' must name '{core}'.")
    for urn in value:
        known = urn.lower() == core.lower() or urn.lower() in definition.extensions
        if not known and not conduct.unknown_schemas_ignored:
            raise invalid_syntax(f"'{shorten(urn)}' is not a schema of this resource type.")
    if len(set(lowered)) != len(lowered) and not conduct.unknown_schemas_ignored:
        raise invalid_syntax("'schemas' names a schema twice.")
    return value


def _apply_defaults(resource: JsonObject, definition: ResourceDefinition, conduct: Conduct) -> None:
    attribute = definition.core.get("active")
    if conduct.active_by_default and attribute is not None and attribute.type == "boolean":
        resource.setdefault(attribute.name, True)


def _check_required(resource: JsonObject, definition: ResourceDefinition) -> None:
    _check_required_in(resource, definition.core)
    for extension in definition.extensions.values():
        if extension.urn in resource:
            _check_required_in(resource[extension.urn], extension.attributes)
        elif extension.required:
            raise invalid_value(f"The extension '{extension.urn}' is required.")


def _check_required_in(container: JsonObject, attributes: Mapping[str, SchemaAttribute]) -> None:
    for attribute in attributes.values():
        if attribute.required and attribute.mutability != "readOnly":
            value = container.get(attribute.name)
            if value is None or (isinstance(value, str) and not value.strip()):
                raise invalid_value(f"'{attribute.name}' is required.")


def _keep(old: JsonObject, new: JsonObject, attributes: Mapping[str, SchemaAttribute]) -> None:
    """Carry over what a replace may not change or does not mention."""
    for attribute in attributes.values():
        stored = old.get(attribute.name)
        if stored is None or attribute.mutability == "readWrite":
            continue
        sent = new.get(attribute.name)
        if sent is None or attribute.mutability == "readOnly":
            new[attribute.name] = stored
        elif attribute.mutability == "immutable" and sent != stored:
            raise mutability_violation(f"'{attribute.name}' cannot be changed.")
