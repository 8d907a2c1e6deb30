"""Checks the body of a create or a replace: what comes out is stored (RFC 7644 section 3)."""

from collections.abc import Mapping
from dataclasses import dataclass

from looop_gui.scim.conduct import Conduct
from looop_gui.scim.errors import (
    ScimProtocolError,
    invalid_syntax,
    invalid_value,
    mutability_violation,
    shorten,
)
from looop_gui.scim.messages import JsonObject, JsonValue
from looop_gui.scim.schema import (
    ResourceDefinition,
    ResourceType,
    SchemaAttribute,
    SchemaSet,
)
from looop_gui.scim.value_readers import Reader, compile_member_reader, takes_any_text

_SCHEMAS = "schemas"

_Members = Mapping[str, tuple[str, Reader, bool]]
"""By name, in the schema's spelling and in lower case: how the schema spells it, its reader, and
whether it takes any text as it is."""


def validate_create(
    body: JsonValue, schema_set: SchemaSet, resource_type: ResourceType, conduct: Conduct
) -> JsonObject:
    """The resource to store for a POST; see `Validation.create`."""
    return Validation(schema_set, resource_type, conduct).create(body)


def validate_replace(
    old: JsonObject,
    body: JsonValue,
    schema_set: SchemaSet,
    resource_type: ResourceType,
    conduct: Conduct,
) -> JsonObject:
    """The resource to store for a PUT over the stored one; see `Validation.replace`."""
    return Validation(schema_set, resource_type, conduct).replace(old, body)


def schemas_of(resource: JsonObject, definition: ResourceDefinition) -> list[str]:
    """What `schemas` must say: the core schema and each extension that holds a value."""
    present = [e.urn for e in definition.extensions.values() if e.urn in resource]
    return [definition.resource_type.schema, *present]


@dataclass(frozen=True, slots=True)
class _Extension:
    """One extension: its members, and the names of those that must have a value."""

    urn: str
    required: bool
    members: _Members
    needed: tuple[str, ...]


class Validation:
    """The checks for one resource type in one conduct, compiled once for many bodies."""

    def __init__(
        self, schema_set: SchemaSet, resource_type: ResourceType, conduct: Conduct
    ) -> None:
        definition = schema_set.definition(resource_type)
        self._definition = definition
        self._conduct = conduct
        self._core = _members(definition.core, conduct)
        self._extensions = tuple(
            _Extension(
                one.urn, one.required, _members(one.attributes, conduct), _required(one.attributes)
            )
            for one in definition.extensions.values()
        )
        self._extensions_by_name = {
            name: one for one in self._extensions for name in (one.urn, one.urn.lower())
        }
        self._schema = resource_type.schema
        self._urns = tuple(one.urn for one in self._extensions)
        self._required = _required(definition.core)
        self._usual_schemas = self._plainly_right()
        active = definition.core.get("active")
        by_default = conduct.active_by_default and active is not None and active.type == "boolean"
        self._active = active.name if active is not None and by_default else None

    def create(self, body: JsonValue) -> JsonObject:
        """The resource to store for a POST, without id and meta.

        Values of readOnly attributes are ignored; `schemas` names the core schema and the
        extensions that hold something. Writing `password` or keeping it is the caller's concern.
        Raises ScimProtocolError 400: invalidSyntax for the structure, invalidValue for values.
        """
        resource = self._read_body(body)
        self._complete(resource)
        return resource

    def replace(self, old: JsonObject, body: JsonValue) -> JsonObject:
        """The resource to store for a PUT over the stored one (RFC 7644 section 3.5.1).

        What is readWrite and not sent is cleared; readOnly values stay as they were; so do
        immutable and writeOnly ones that are not sent. Raises as `create`, and 400 mutability when
        an immutable value would change.
        """
        definition = self._definition
        resource = self._read_body(body)
        _keep(old, resource, definition.core)
        for extension in definition.extensions.values():
            kept = resource.get(extension.urn, {})
            _keep(old.get(extension.urn, {}), kept, extension.attributes)
            if kept:
                resource[extension.urn] = kept
        resource[_SCHEMAS] = schemas_of(resource, definition)
        self._complete(resource)
        return resource

    def _read_body(self, body: JsonValue) -> JsonObject:
        if not isinstance(body, dict):
            raise invalid_syntax("The body must be a JSON object.")
        resource: JsonObject = {_SCHEMAS: []}
        core = self._core
        named = False
        for name, value in body.items():
            member = core.get(name) or core.get(name.lower())
            if member is None:
                self._read_extension(resource, name, value)
                continue
            own_name, read, any_text = member
            if own_name in resource:
                if own_name != _SCHEMAS:
                    raise _twice(own_name)
                named = True
                if value not in self._usual_schemas:
                    self._check_schemas(value)
            elif any_text and type(value) is str and value.isascii():
                resource[own_name] = value
            elif (held := read(value)) is not None:
                resource[own_name] = held
        if not named:
            raise invalid_syntax("The body must have 'schemas' (RFC 7643 section 3).")
        resource[_SCHEMAS] = [self._schema, *(urn for urn in self._urns if urn in resource)]
        return resource

    def _read_extension(self, resource: JsonObject, name: str, value: JsonValue) -> None:
        by_name = self._extensions_by_name
        extension = by_name.get(name) or by_name.get(name.lower())
        if extension is None:
            if not self._conduct.unknown_attributes_ignored:
                raise invalid_syntax(f"There is no attribute '{shorten(name)}'.")
            return
        if extension.urn in resource:
            raise invalid_syntax(f"'{extension.urn}' occurs more than once.")
        held = self._read_extension_value(extension, value)
        if held:
            resource[extension.urn] = held

    def _read_extension_value(self, extension: "_Extension", value: JsonValue) -> JsonObject:
        """The stored form of an extension's attributes; readOnly ones are ignored."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise invalid_value(f"'{extension.urn}' must be an object.")
        members = extension.members
        held: JsonObject = {}
        for name, inner in value.items():
            member = members.get(name) or members.get(name.lower())
            if member is None:
                # Some clients repeat the URN within the extension.
                if not self._conduct.unknown_attributes_ignored and name.lower() != _SCHEMAS:
                    raise invalid_syntax(f"'{extension.urn}' has no '{shorten(name)}'.")
                continue
            own_name, read, any_text = member
            if own_name in held:
                raise _twice(own_name)
            if any_text and type(inner) is str and inner.isascii():
                held[own_name] = inner
            elif (stored := read(inner)) is not None:
                held[own_name] = stored
        return held

    def _plainly_right(self) -> list[list[str]]:
        """The lists that `schemas` usually is: the core schema alone, or with the extensions."""
        definition = self._definition
        urns = [extension.urn for extension in definition.extensions.values()]
        core = definition.resource_type.schema
        usual = [[core, *urns[:count]] for count in range(len(urns) + 1)]
        return [schemas for schemas in usual if self._accepts(schemas)]

    def _accepts(self, schemas: list[str]) -> bool:
        try:
            self._check_schemas(schemas)
        except ScimProtocolError:
            return False
        return True

    def _check_schemas(self, value: JsonValue) -> None:
        if not isinstance(value, list) or not value:
            raise invalid_syntax("'schemas' must be a list of schema URNs.")
        if not all(isinstance(urn, str) for urn in value):
            raise invalid_syntax("'schemas' must hold texts only.")
        definition, tolerant = self._definition, self._conduct.unknown_schemas_ignored
        core = definition.resource_type.schema
        lowered = [urn.lower() for urn in value]
        if core.lower() not in lowered:
            raise invalid_syntax(f"'schemas' must name '{core}'.")
        for urn in value:
            known = urn.lower() == core.lower() or urn.lower() in definition.extensions
            if not known and not tolerant:
                raise invalid_syntax(f"'{shorten(urn)}' is not a schema of this resource type.")
        if len(set(lowered)) != len(lowered) and not tolerant:
            raise invalid_syntax("'schemas' names a schema twice.")

    def _complete(self, resource: JsonObject) -> None:
        """Fill in defaults, then see that what is required is there."""
        if self._active is not None:
            resource.setdefault(self._active, True)
        _check_required(resource, self._required)
        for extension in self._extensions:
            if extension.urn in resource:
                _check_required(resource[extension.urn], extension.needed)
            elif extension.required:
                raise invalid_value(f"The extension '{extension.urn}' is required.")


def _members(attributes: Mapping[str, SchemaAttribute], conduct: Conduct) -> _Members:
    members: dict[str, tuple[str, Reader, bool]] = {}
    for lowered, attribute in attributes.items():
        read = compile_member_reader(attribute, conduct)
        member = attribute.name, read, takes_any_text(attribute, conduct)
        members[lowered] = members[attribute.name] = member
    return members


def _twice(name: str) -> ScimProtocolError:
    return invalid_syntax(f"'{name}' occurs more than once.")


def _required(attributes: Mapping[str, SchemaAttribute]) -> tuple[str, ...]:
    return tuple(
        one.name for one in attributes.values() if one.required and one.mutability != "readOnly"
    )


def _check_required(container: JsonObject, names: tuple[str, ...]) -> None:
    for name in names:
        value = container.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            raise invalid_value(f"'{name}' is required.")


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
