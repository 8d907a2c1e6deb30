"""Reads bulk requests and replaces the references between their operations (RFC 7644 3.7)."""

from collections.abc import Mapping
from dataclasses import dataclass

from looop_gui.scim.errors import invalid_syntax, invalid_value, shorten
from looop_gui.scim.messages import (
    BULK_REQUEST,
    BULK_RESPONSE,
    JsonObject,
    JsonValue,
    lower_names,
    names_schema,
)

BULK_ID_PREFIX = "bulkId:"

_METHODS = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class BulkOperation:
    """One operation: an HTTP method in upper case, a path beginning with a slash, and its body."""

    method: str
    path: str
    bulk_id: str | None = None
    version: str | None = None
    data: JsonValue = None


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """The operations in order; `fail_on_errors` is the number of errors that ends the work."""

    operations: tuple[BulkOperation, ...]
    fail_on_errors: int | None = None


def read_bulk_request(body: JsonValue) -> BulkRequest:
    """Read a BulkRequest body. Raises ScimProtocolError 400 invalidSyntax or invalidValue."""
    if not isinstance(body, dict):
        raise invalid_syntax("The body of a bulk request must be a JSON object.")
    members = lower_names(body)
    if not names_schema(members.get("schemas"), BULK_REQUEST):
        raise invalid_syntax(f"'schemas' of a bulk request must be ['{BULK_REQUEST}'].")
    given = members.get("operations")
    if not isinstance(given, list):
        raise invalid_syntax("A bulk request must have a list of 'Operations'.")
    limit = members.get("failonerrors")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 0):
        raise invalid_value("'failOnErrors' must be a number.")
    operations = tuple(_read_operation(item) for item in given)
    _check_bulk_ids(operations)
    return BulkRequest(operations, limit or None)


def bulk_response(operations: list[JsonObject]) -> JsonObject:
    """The body of the answer, with one entry an operation that was tried."""
    return {"schemas": [BULK_RESPONSE], "Operations": operations}


def bulk_references(value: JsonValue) -> set[str]:
    """The bulkIds that a path or a body refers to as "bulkId:..."."""
    found: set[str] = set()
    waiting: list[JsonValue] = [[value]]
    while waiting:
        node = waiting.pop()
        for item in node.values() if isinstance(node, dict) else node:
            if isinstance(item, str):
                if BULK_ID_PREFIX in item:
                    found.update(_references_in(item))
            elif isinstance(item, dict | list):
                waiting.append(item)
    return found


def resolve_bulk_ids(value: JsonValue, ids: Mapping[str, str]) -> JsonValue:
    """A copy of a path or body with each "bulkId:..." replaced by the id of its resource.

    References that `ids` lacks stay as they are; ask `bulk_references` for them first.
    """
    if isinstance(value, str):
        if BULK_ID_PREFIX not in value:
            return value
        for bulk_id in sorted(_references_in(value), key=len, reverse=True):
            if bulk_id in ids:
                value = value.replace(f"{BULK_ID_PREFIX}{bulk_id}", ids[bulk_id])
        return value
    if isinstance(value, dict):
        return {name: resolve_bulk_ids(inner, ids) for name, inner in value.items()}
    if isinstance(value, list):
        return [resolve_bulk_ids(inner, ids) for inner in value]
    return value


def _read_operation(item: JsonValue) -> BulkOperation:
    if not isinstance(item, dict):
        raise invalid_syntax("A bulk operation must be a JSON object.")
    members = lower_names(item)
    method, path = members.get("method"), members.get("path")
    bulk_id, version = members.get("bulkid"), members.get("version")
    if not isinstance(method, str) or method.upper() not in _METHODS:
        raise invalid_syntax(f"'method' must be one of {', '.join(_METHODS)}.")
    if not isinstance(path, str) or not path.startswith("/"):
        raise invalid_syntax("'path' of a bulk operation must begin with a slash.")
    for name, value in (("bulkId", bulk_id), ("version", version)):
        if value is not None and not isinstance(value, str):
            raise invalid_syntax(f"'{name}' must be text.")
    if method.upper() == "POST" and not bulk_id:
        raise invalid_syntax("A POST of a bulk request must have a 'bulkId' (RFC 7644 3.7).")
    if method.upper() != "DELETE" and not isinstance(members.get("data"), dict):
        raise invalid_syntax(f"A {method.upper()} of a bulk request must have 'data'.")
    return BulkOperation(
        method.upper(), path, bulk_id or None, version or None, members.get("data")
    )


def _check_bulk_ids(operations: tuple[BulkOperation, ...]) -> None:
    seen: set[str] = set()
    for operation in operations:
        if operation.method == "POST" and operation.bulk_id is not None:
            if operation.bulk_id in seen:
                raise invalid_value(f"The bulkId '{shorten(operation.bulk_id)}' is used twice.")
            seen.add(operation.bulk_id)


def _references_in(text: str) -> set[str]:
    """A reference is the whole text ("bulkId:x") or a part of a path ("/Users/bulkId:x")."""
    return {
        part.removeprefix(BULK_ID_PREFIX)
        for part in text.split("/")
        if part.startswith(BULK_ID_PREFIX) and len(part) > len(BULK_ID_PREFIX)
    } | _quoted_references(text)


def _quoted_references(text: str) -> set[str]:
    """References inside a PATCH path: members[value eq "bulkId:x"]."""
    return {
        part.removeprefix(BULK_ID_PREFIX)
        for part in text.split('"')[1::2]
        if part.startswith(BULK_ID_PREFIX) and len(part) > len(BULK_ID_PREFIX)
    }
