"""Reads the body of a PATCH into operations (RFC 7644 section 3.5.2)."""

from dataclasses import dataclass
from typing import Final

from looop_gui.scim.conduct import Conduct
from looop_gui.scim.errors import invalid_path, invalid_syntax, no_target, shorten, too_many
from looop_gui.scim.filter_tree import AttributePath
from looop_gui.scim.messages import PATCH_OP, JsonValue, lower_names, names_schema
from looop_gui.scim.path import parse_path

MAXIMUM_OPERATIONS: Final = 5000

_OPS: Final = ("add", "replace", "remove")


@dataclass(frozen=True, slots=True)
class PatchOperation:
    """One operation: `op` in lower case, the path or None, and the value where one was sent."""

    op: str
    path: AttributePath | None
    value: JsonValue
    has_value: bool


def read_patch(body: JsonValue, conduct: Conduct) -> list[PatchOperation]:
    """The operations of a PatchOp body, in order.

    Names are read in any letter case, as is `op`. Raises ScimProtocolError 400: invalidSyntax for
    the structure, invalidPath or invalidFilter for a path, noTarget for a remove without one.
    """
    if not isinstance(body, dict):
        raise invalid_syntax("The body of a PATCH must be a JSON object.")
    members = lower_names(body)
    if not names_schema(members.get("schemas"), PATCH_OP):
        raise invalid_syntax(f"'schemas' of a PATCH must be ['{PATCH_OP}'].")
    given = members.get("operations")
    if not isinstance(given, list):
        raise invalid_syntax("A PATCH must have a list of 'Operations'.")
    if not given and not conduct.empty_operations_accepted:
        raise invalid_syntax("A PATCH must have one operation or more.")
    if len(given) > MAXIMUM_OPERATIONS:
        raise too_many(f"A PATCH can have {MAXIMUM_OPERATIONS} operations at most.")
    return [_read_operation(item) for item in given]


def _read_operation(item: JsonValue) -> PatchOperation:
    if not isinstance(item, dict):
        raise invalid_syntax("An operation must be a JSON object.")
    members = item if "op" in item else lower_names(item)
    op = members.get("op")
    if not isinstance(op, str) or op.lower() not in _OPS:
        raise invalid_syntax(f"'op' must be add, replace or remove, not {shorten(op, 40)}.")
    path = members.get("path")
    if path is not None and not isinstance(path, str):
        raise invalid_path("'path' must be text.")
    if not path and op.lower() == "remove":
        raise no_target("A remove must have a 'path'.")
    parsed = parse_path(path) if path else None
    return PatchOperation(op.lower(), parsed, members.get("value"), "value" in members)
