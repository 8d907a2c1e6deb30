"""How requests that change a target are written: Entra's two dialects and plain RFC 7644.

Without a flag Entra capitalises `op`, gives each attribute an operation with a path and writes
booleans as text. With `aadOptscim062020` it writes lower-case `op` and JSON booleans, merges all
replacements of paths without a filter into one without a path, and removes members by filter
(sections g.4 and g.7). RFC 7644 is what any conforming server takes.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import msgspec

from looop_gui.model.connection import Dialect
from looop_gui.model.directory import ObjectType
from looop_gui.scim.messages import (
    ENTERPRISE_USER_SCHEMA,
    GROUP_SCHEMA,
    PATCH_OP,
    USER_SCHEMA,
    JsonObject,
    JsonValue,
    ScimRequest,
)
from looop_gui.scim.target_path import ROLE_TYPE, TargetPath, comparable

ENTRA_GROUP_SCHEMA = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
ENDPOINTS = {ObjectType.USER: "/Users", ObjectType.GROUP: "/Groups"}


class AttributeChange(msgspec.Struct, frozen=True, gc=False):
    """One attribute to write: its typed value, and whether the target has a value now.

    `value` None clears the attribute. `reference` says that the value is a target id. `adds` says
    that the values are added to those that are there.
    """

    path: TargetPath
    value: JsonValue | None
    had_value: bool
    reference: bool = False
    adds: bool = False


def lookup_request(object_type: ObjectType, path: str, value: str) -> ScimRequest:
    """The matching query (section g.2 and g.3): a filter with eq; groups without members."""
    condition = f"{path} eq {quoted(value)}"
    if object_type is ObjectType.GROUP:
        query: tuple[tuple[str, str], ...] = (
            ("excludedAttributes", "members"),
            ("filter", condition),
        )
    else:
        query = (("filter", condition),)
    return ScimRequest("GET", ENDPOINTS[object_type], query)


def read_request(object_type: ObjectType, target_id: str) -> ScimRequest:
    """Reads a linked resource by id; groups without members (section g.3)."""
    query = (("excludedAttributes", "members"),) if object_type is ObjectType.GROUP else ()
    return ScimRequest("GET", resource_path(object_type, target_id), query)


def list_request(object_type: ObjectType, start_index: int, count: int) -> ScimRequest:
    """Reads a page of all resources (RFC 7644 section 3.4.2.4); groups without members."""
    query: list[tuple[str, str]] = []
    if object_type is ObjectType.GROUP:
        query.append(("excludedAttributes", "members"))
    query += [("startIndex", str(start_index)), ("count", str(count))]
    return ScimRequest("GET", ENDPOINTS[object_type], tuple(query))


def delete_request(object_type: ObjectType, target_id: str) -> ScimRequest:
    """Deletes a resource."""
    return ScimRequest("DELETE", resource_path(object_type, target_id))


def create_request(
    object_type: ObjectType, values: Iterable[AttributeChange], dialect: Dialect
) -> ScimRequest:
    """Creates a resource with these values (section g.4)."""
    body = _envelope(object_type, dialect)
    for change in values:
        value = _create_value(change, dialect) if change.reference else change.value
        if change.path.is_plain:
            body[change.path.name] = value
        else:
            change.path.write(body, value)
    if dialect is Dialect.RFC7644:
        body["schemas"] += [key for key in body if key.startswith("urn:")]
    elif object_type is ObjectType.USER:
        _complete_as_entra(body)
    return ScimRequest("POST", ENDPOINTS[object_type], body=body)


def update_request(
    object_type: ObjectType, target_id: str, changes: Sequence[AttributeChange], dialect: Dialect
) -> ScimRequest:
    """Changes attributes of a resource by PATCH (section g.4, RFC 7644 section 3.5.2)."""
    writers = {
        Dialect.ENTRA_LEGACY: _legacy_operations,
        Dialect.ENTRA_COMPLIANT: _compliant_operations,
        Dialect.RFC7644: _rfc_operations,
    }
    operations = writers[dialect](changes)
    return _patch(resource_path(object_type, target_id), operations)


def add_members_request(target_id: str, members: Sequence[str], dialect: Dialect) -> ScimRequest:
    """Adds members (target ids) to a group in one PATCH."""
    values: list[JsonValue] = [{"value": member} for member in members]
    if dialect is not Dialect.RFC7644:
        values = [{"$ref": None, "value": member} for member in members]
    operation = {"op": _op("add", dialect), "path": "members", "value": values}
    return _patch(resource_path(ObjectType.GROUP, target_id), [operation])


def remove_members_request(target_id: str, members: Sequence[str], dialect: Dialect) -> ScimRequest:
    """Removes members (target ids) from a group in one PATCH; the dialects differ (g.7)."""
    path = resource_path(ObjectType.GROUP, target_id)
    if dialect is Dialect.ENTRA_LEGACY:
        values = [{"value": member} for member in members]
        return _patch(path, [{"op": "Remove", "path": "members", "value": values}])
    return _patch(
        path,
        [{"op": "remove", "path": f"members[value eq {quoted(member)}]"} for member in members],
    )


def resource_path(object_type: ObjectType, target_id: str) -> str:
    """The path of a resource below the tenant URL, unescaped."""
    return f"{ENDPOINTS[object_type]}/{target_id}"


def quoted(value: str) -> str:
    """A text as a filter's literal: a JSON string (RFC 7644 section 3.4.2.2)."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    if escaped.isprintable():
        return f'"{escaped}"'
    return '"' + "".join(c if c >= " " else f"\\u{ord(c):04x}" for c in escaped) + '"'


def _envelope(object_type: ObjectType, dialect: Dialect) -> JsonObject:
    core = USER_SCHEMA if object_type is ObjectType.USER else GROUP_SCHEMA
    if dialect is Dialect.RFC7644:
        return {"schemas": [core]}
    second = ENTERPRISE_USER_SCHEMA if object_type is ObjectType.USER else ENTRA_GROUP_SCHEMA
    return {"schemas": [core, second], "meta": {"resourceType": str(object_type)}}


def _complete_as_entra(body: JsonObject) -> None:
    """What Entra adds to a new user: the primary mark, the type of a role, an empty roles list."""
    for element in body.get("emails", ()):
        if isinstance(element, dict) and comparable(element.get("type")) == "work":
            element.setdefault("primary", True)
    for element in body.setdefault("roles", []):
        if isinstance(element, dict) and element.get("primary") is True:
            element.setdefault("type", ROLE_TYPE)


def _create_value(change: AttributeChange, dialect: Dialect) -> JsonValue:
    if change.reference and dialect is Dialect.RFC7644:
        return {"value": change.value}
    return change.value


def _removes(change: AttributeChange) -> bool:
    """True for an attribute to be cleared; Entra itself clears only references, with a text."""
    return change.value is None and not change.reference


def _legacy_operations(changes: Sequence[AttributeChange]) -> list[JsonObject]:
    return [
        {"op": "Remove", "path": change.path.text}
        if _removes(change)
        else {
            "op": "Replace" if change.had_value and not change.adds else "Add",
            "path": change.path.text,
            "value": _legacy_value(change.value),
        }
        for change in changes
    ]


def _legacy_value(value: JsonValue | None) -> JsonValue:
    if isinstance(value, bool):
        return "True" if value else "False"
    return "" if value is None else value


def _compliant_operations(changes: Sequence[AttributeChange]) -> list[JsonObject]:
    removed = [change for change in changes if _removes(change)]
    changes = [change for change in changes if not _removes(change)]
    merged = [c for c in changes if c.had_value and not c.adds and not c.path.filtered]
    if len(merged) < 2:
        merged = []
    alone = [change for change in changes if change not in merged]
    operations: list[JsonObject] = [
        {
            "op": "replace" if change.had_value and not change.adds else "add",
            "path": change.path.text,
            "value": "" if change.value is None else change.value,
        }
        for change in alone
    ]
    operations += [{"op": "remove", "path": change.path.text} for change in removed]
    if merged:
        values = {c.path.text: "" if c.value is None else c.value for c in merged}
        operations.append({"op": "replace", "value": values})
    return operations


def _rfc_operations(changes: Sequence[AttributeChange]) -> list[JsonObject]:
    operations: list[JsonObject] = []
    new_elements: dict[tuple[str, str, object], JsonObject] = {}
    for change in changes:
        path = change.path
        if change.value is None:
            operations.append({"op": "remove", "path": path.text})
        elif path.filtered and not change.had_value:
            # An element that is not there cannot be reached by a filter: add it as a whole.
            key = (path.extension, path.name, comparable(path.filter_value))
            if key not in new_elements:
                new_elements[key] = {path.filter_name: path.filter_value}
                name = f"{path.extension}:{path.name}" if path.extension else path.name
                value = [new_elements[key]]
                operations.append({"op": "add", "path": name, "value": value})
            new_elements[key][path.sub or "value"] = change.value
        else:
            operation = "replace" if change.had_value and not change.adds else "add"
            value = _create_value(change, Dialect.RFC7644)
            operations.append({"op": operation, "path": path.text, "value": value})
    return operations


def _op(name: str, dialect: Dialect) -> str:
    return name.capitalize() if dialect is Dialect.ENTRA_LEGACY else name


def _patch(path: str, operations: Sequence[JsonObject]) -> ScimRequest:
    return ScimRequest("PATCH", path, body={"schemas": [PATCH_OP], "Operations": list(operations)})


def batches(items: Iterable[str], size: int) -> Iterator[list[str]]:
    """The items in lists of at most `size`, in order."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch
