"""A whole resource for PUT, from the resource that was read and the operations of a PATCH.

For targets that have no PATCH (RFC 7644 section 3.5.1). The operations are those that
`scim.dialect` writes in plain RFC 7644; what they do not name stays as the target has it.
"""

import copy

from looop_gui.scim.messages import JsonObject, JsonValue, ScimRequest
from looop_gui.scim.target_path import TargetPath, comparable, member, target_path

_READ_ONLY = {
    "Users": frozenset({"meta", "groups"}),
    "Groups": frozenset({"meta"}),
}
"""What the target answers and does not take (RFC 7643 sections 3.1 and 4.1.2)."""


def replace_request(patch: ScimRequest, resource: JsonObject) -> ScimRequest:
    """The PUT that changes a resource, as it was read, in the way that a PATCH would."""
    whole = copy.deepcopy(taken(patch.path, resource))
    for operation in patch.body["Operations"] if isinstance(patch.body, dict) else ():
        _apply(whole, operation)
    schemas = whole.get("schemas")
    if isinstance(schemas, list):
        held = {comparable(urn) for urn in schemas}
        schemas += [key for key in whole if key.startswith("urn:") and comparable(key) not in held]
    return ScimRequest("PUT", patch.path, body=whole)


def taken(path: str, resource: JsonObject) -> JsonObject:
    """What the target takes of a resource with this path: without what is read-only everywhere."""
    left_out = _READ_ONLY.get(path.split("/")[1], frozenset({"meta"}))
    return {name: value for name, value in resource.items() if name.casefold() not in left_out}


def _apply(resource: JsonObject, operation: JsonObject) -> None:
    path = target_path(operation["path"])
    if operation["op"] == "remove":
        _remove(resource, path)
        return
    value = copy.deepcopy(operation["value"])
    container = _existing(resource, path.extension) if path.extension else resource
    held = member(container, path.name)
    if operation["op"] == "add" and isinstance(value, list) and not path.filtered:
        present = held if isinstance(held, list) else []
        value = [*present, *(one for one in value if not _is_among(one, present))]
    _put(resource, path, value)


def _put(resource: JsonObject, path: TargetPath, value: JsonValue) -> None:
    """Write under the names that the target uses, in whatever letter case."""
    if path.extension:
        _rename(resource, path.extension)
        inner = resource.setdefault(path.extension, {})
        if isinstance(inner, dict):
            _rename(inner, path.name)
    else:
        _rename(resource, path.name)
    path.write(resource, value)


def _remove(resource: JsonObject, path: TargetPath) -> None:
    container = _existing(resource, path.extension) if path.extension else resource
    _rename(container, path.name)
    held = container.get(path.name)
    if path.filtered and isinstance(held, list):
        wanted = comparable(path.filter_value)
        chosen = [one for one in held if comparable(member(one, path.filter_name)) == wanted]
        if path.sub:
            for element in chosen:
                _rename(element, path.sub)
                element.pop(path.sub, None)
        else:
            container[path.name] = [one for one in held if one not in chosen]
    elif path.sub and isinstance(held, dict):
        _rename(held, path.sub)
        held.pop(path.sub, None)
    else:
        container.pop(path.name, None)


def _existing(resource: JsonObject, extension: str) -> JsonObject:
    held = member(resource, extension)
    return held if isinstance(held, dict) else {}


def _rename(container: JsonObject, name: str) -> None:
    """Give a member the name in our letter case, where the target writes it in another."""
    if name in container:
        return
    for key in container:
        if key.casefold() == name.casefold():
            container[name] = container.pop(key)
            return


def _is_among(element: JsonValue, elements: list[JsonValue]) -> bool:
    value = comparable(_value(element))
    return any(comparable(_value(one)) == value for one in elements)


def _value(element: JsonValue) -> JsonValue:
    return element.get("value", element) if isinstance(element, dict) else element
