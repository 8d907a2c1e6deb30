"""Applies a PATCH to a resource (RFC 7644 section 3.5.2).

Theory of operation. A PATCH is a list of operations, applied in order to a draft. The draft starts
as a shallow copy of the resource, and whatever an operation changes is replaced by a new value, so
that the resource given is never changed: when an operation raises, the draft is dropped and nothing
has happened, which makes the PATCH atomic.

Each operation is broken down into writes of one attribute (`_Slot`: the attribute, the container
that holds it, which is the resource or an extension's object, and what it held before the PATCH):

- with a path, that is the attribute the path names; a value filter and a sub-attribute say which
  part of it is meant;
- without one, each member of the value is a write of its own: a name, an extension's URN with an
  object, or (conduct flat_keys) a path such as "name.givenName".

Three files share the work: this one finds the attribute and guards mutability, `patch_single`
changes a value that is not multi-valued, `patch_multi` the values of one that is. At the end empty
containers go, `schemas` is brought in step with the extensions, and a required attribute must be
there still.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from looop_gui.scim.conduct import Conduct
from looop_gui.scim.errors import (
    ScimProtocolError,
    invalid_path,
    invalid_value,
    mutability_violation,
    no_target,
    shorten,
)
from looop_gui.scim.filter_tree import AttributePath, format_path
from looop_gui.scim.messages import JsonObject, JsonValue
from looop_gui.scim.patch_multi import patch_elements
from looop_gui.scim.patch_operations import PatchOperation, read_patch
from looop_gui.scim.patch_single import patch_value
from looop_gui.scim.path import parse_path
from looop_gui.scim.schema import (
    ResolvedAttribute,
    ResourceDefinition,
    ResourceType,
    SchemaAttribute,
    SchemaSet,
)
from looop_gui.scim.validation import schemas_of


@dataclass(frozen=True, slots=True)
class PatchOutcome:
    """The patched resource, whether it differs from the one before, and where.

    `touched` holds the names of the changed members of the resource: attributes in the schema's
    spelling, extensions by their URN.
    """

    resource: JsonObject
    changed: bool
    touched: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Write:
    """One attribute to change: what it resolves to, the operation, its path and value."""

    resolved: ResolvedAttribute
    op: str
    path: AttributePath
    value: JsonValue
    has_value: bool


def apply_patch(
    resource: JsonObject,
    body: JsonValue,
    schema_set: SchemaSet,
    resource_type: ResourceType,
    conduct: Conduct,
) -> PatchOutcome:
    """Apply all operations of a PatchOp body, or none.

    `resource` is in stored form (see `values`) and stays as it is. Raises ScimProtocolError 400
    with the scimType of table 9: invalidSyntax, invalidPath, invalidFilter, invalidValue, noTarget,
    mutability or tooMany.
    """
    definition = schema_set.definition(resource_type)
    draft = dict(resource)
    touched: set[str] = set()
    for operation in read_patch(body, conduct):
        for write in _writes(operation, draft, definition, conduct):
            _apply(write, draft, conduct)
            touched.add(write.resolved.extension or _name(write.resolved))
    changed = frozenset(name for name in touched if draft.get(name) != resource.get(name))
    if changed & {extension.urn for extension in definition.extensions.values()}:
        draft["schemas"] = schemas_of(draft, definition)
    return PatchOutcome(draft if changed else dict(resource), bool(changed), changed)


def _writes(
    operation: PatchOperation,
    draft: JsonObject,
    definition: ResourceDefinition,
    conduct: Conduct,
) -> Iterator[_Write]:
    if operation.op != "remove" and not operation.has_value:
        raise invalid_value(f"The operation '{operation.op}' must have a 'value'.")
    if operation.op == "add" and operation.value is None and not conduct.empty_replace_removes:
        raise invalid_value("null is no value to add (RFC 7643 section 2.5).")
    if operation.path is None:
        yield from _members(operation.op, operation.value, draft, definition, conduct)
        return
    resolved = resolve(definition, operation.path, conduct)
    if resolved is None:
        raise invalid_path(f"There is no attribute '{shorten(format_path(operation.path))}'.")
    if resolved.attribute is None:
        yield from _whole_schema(operation, resolved.extension, draft, definition, conduct)
        return
    if resolved.attribute.name == "schemas" and resolved.extension is None:
        _check_schemas_operation(operation)
        return
    _guard(resolved)
    yield _Write(resolved, operation.op, operation.path, operation.value, operation.has_value)


def resolve(
    definition: ResourceDefinition, path: AttributePath, conduct: Conduct
) -> ResolvedAttribute | None:
    """What a path of a PATCH names, by the conduct's rule for names without a URN."""
    if conduct.unqualified_extension_attributes:
        return definition.resolve_leniently(path)
    return definition.resolve(path)


def _members(
    op: str,
    value: JsonValue,
    draft: JsonObject,
    definition: ResourceDefinition,
    conduct: Conduct,
    schema: tuple[str | None] | None = None,
) -> Iterator[_Write]:
    """The writes of a value that holds attributes by name (section 3.5.2.1, without a path).

    `schema` is given where the value is that of one schema: an extension's URN, or None for core.
    """
    if not isinstance(value, dict):
        raise invalid_value("The value of an operation without a path must be an object.")
    for key, inner in value.items():
        if key.lower() == "schemas":
            continue
        path = _key_path(key, None if schema is None else schema[0], definition, conduct)
        resolved = None if path is None else resolve(definition, path, conduct)
        if path is None or resolved is None:
            if not conduct.unknown_attributes_ignored:
                raise invalid_path(f"There is no attribute '{shorten(key)}'.")
        elif resolved.attribute is None:
            if schema is not None:
                raise invalid_value(f"'{shorten(key)}' cannot stand inside a schema.")
            held = PatchOperation(op, path, inner, True)
            yield from _whole_schema(held, resolved.extension, draft, definition, conduct)
        elif not _is_unchanged_read_only(resolved, inner, draft):
            _guard(resolved)
            yield _Write(resolved, op, path, inner, True)


def _key_path(
    key: str, extension: str | None, definition: ResourceDefinition, conduct: Conduct
) -> AttributePath | None:
    lowered = key.lower()
    if extension is None and lowered in definition.core:
        return AttributePath(None, key)
    if lowered in definition.extensions:
        return AttributePath(key, "")
    if extension is not None and lowered in definition.extensions[extension.lower()].attributes:
        return AttributePath(extension, key)
    if not conduct.flat_keys:
        return None
    try:
        path = parse_path(key)
    except ScimProtocolError:
        return None
    if extension is not None and path.urn is None:
        return AttributePath(extension, path.name, path.value_filter, path.sub_attribute)
    return path


def _whole_schema(
    operation: PatchOperation,
    extension: str | None,
    draft: JsonObject,
    definition: ResourceDefinition,
    conduct: Conduct,
) -> Iterator[_Write]:
    """The writes of a path that is a schema's URN alone (RFC 7644 section 3.10)."""
    cleared = operation.op == "replace" and operation.value is None
    if operation.op != "remove" and not cleared:
        yield from _members(operation.op, operation.value, draft, definition, conduct, (extension,))
        return
    if extension is None:
        raise no_target("The core schema of a resource cannot be removed.")
    attributes = definition.extensions[extension.lower()].attributes
    for name in list(draft.get(extension, ())):
        attribute = attributes[name.lower()]
        if attribute.mutability != "readOnly":
            path = AttributePath(extension, attribute.name)
            yield _Write(ResolvedAttribute(extension, attribute), "remove", path, None, False)


def _check_schemas_operation(operation: PatchOperation) -> None:
    """`schemas` follows the extensions that hold something; naming some changes nothing."""
    if operation.op == "remove":
        raise mutability_violation("'schemas' is required and cannot be removed.")
    value = operation.value if isinstance(operation.value, list) else [operation.value]
    if not value or not all(isinstance(urn, str) for urn in value):
        raise invalid_value("'schemas' must be a list of schema URNs.")


def _guard(resolved: ResolvedAttribute) -> None:
    for attribute in (resolved.attribute, resolved.sub_attribute):
        if attribute is not None and attribute.mutability == "readOnly":
            raise mutability_violation(f"'{attribute.name}' is read-only.")


def _is_unchanged_read_only(
    resolved: ResolvedAttribute, value: JsonValue, draft: JsonObject
) -> bool:
    """Clients repeat the id in the value; what does not change anything is not refused."""
    attribute = resolved.attribute
    if attribute is None or attribute.mutability != "readOnly" or resolved.sub_attribute:
        return False
    held = draft if resolved.extension is None else draft.get(resolved.extension, {})
    return attribute.name in held and held[attribute.name] == value


def _apply(write: _Write, draft: JsonObject, conduct: Conduct) -> None:
    attribute = write.resolved.attribute
    if attribute is None:
        return
    extension = write.resolved.extension
    container = draft if extension is None else dict(draft.get(extension, ()))
    before = container.get(attribute.name)
    after = _changed(attribute, before, write, conduct)
    _check_result(attribute, before, after)
    if after is None:
        container.pop(attribute.name, None)
    else:
        container[attribute.name] = after
    if extension is not None:
        if container:
            draft[extension] = container
        else:
            draft.pop(extension, None)


def _changed(
    attribute: SchemaAttribute, before: JsonValue, write: _Write, conduct: Conduct
) -> JsonValue:
    sub, path = write.resolved.sub_attribute, write.path
    if attribute.multi_valued:
        return patch_elements(
            attribute, before or [], write.op, path.value_filter, sub, write.value, conduct
        )
    if path.value_filter is not None:
        raise invalid_path(f"'{attribute.name}' is not multi-valued.")
    return patch_value(attribute, before, write.op, sub, write.value, conduct)


def _check_result(attribute: SchemaAttribute, before: JsonValue, after: JsonValue) -> None:
    if attribute.required:
        if after is None:
            raise mutability_violation(f"'{attribute.name}' is required and cannot be removed.")
        if isinstance(after, str) and not after.strip():
            raise invalid_value(f"'{attribute.name}' is required and cannot be empty.")
    if attribute.mutability == "immutable" and before is not None and after != before:
        raise mutability_violation(f"'{attribute.name}' cannot be changed.")


def _name(resolved: ResolvedAttribute) -> str:
    return "" if resolved.attribute is None else resolved.attribute.name
