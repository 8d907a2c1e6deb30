"""A manager with the address of the resource beside its id, for targets that ask for both.

RFC 7643 section 4.3 has `value` and `$ref`, as RECOMMENDED; there are targets that refuse a manager
without `$ref`. The address is relative, as in the examples of the RFC.
"""

from looop_gui.model.directory import ObjectType
from looop_gui.scim.dialect import ENDPOINTS
from looop_gui.scim.messages import JsonObject, JsonValue, ScimRequest

REFERENCE = "$ref"

_MANAGER = "manager"


def with_reference(request: ScimRequest) -> ScimRequest:
    """The same write in plain RFC 7644 with the address of each manager in it."""
    body = request.body
    if not isinstance(body, dict) or not request.path.startswith(ENDPOINTS[ObjectType.USER]):
        return request
    changed = _referring(body)
    if changed == body:
        return request
    return ScimRequest(request.method, request.path, request.query, body=changed)


def _referring(value: JsonObject) -> JsonObject:
    operations = value.get("Operations")
    if isinstance(operations, list):
        return {**value, "Operations": [_operation(one) for one in operations]}
    return {
        name: _addressed(inner)
        if name.casefold() == _MANAGER
        else _referring(inner)
        if isinstance(inner, dict) and name.startswith("urn:")
        else inner
        for name, inner in value.items()
    }


def _operation(operation: JsonValue) -> JsonValue:
    if not isinstance(operation, dict) or "value" not in operation:
        return operation
    path, value = operation.get("path"), operation["value"]
    if isinstance(path, str):
        is_manager = path.rpartition(":")[2].casefold() == _MANAGER
        return {**operation, "value": _addressed(value) if is_manager else value}
    return {**operation, "value": _referring(value) if isinstance(value, dict) else value}


def _addressed(manager: JsonValue) -> JsonValue:
    target_id = manager.get("value") if isinstance(manager, dict) else None
    if not isinstance(manager, dict) or not isinstance(target_id, str) or REFERENCE in manager:
        return manager
    return {**manager, REFERENCE: f"..{ENDPOINTS[ObjectType.USER]}/{target_id}"}
