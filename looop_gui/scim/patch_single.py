"""Changes the value of an attribute that is not multi-valued (RFC 7644 section 3.5.2)."""

from looop_gui.scim.conduct import Conduct
from looop_gui.scim.errors import invalid_value, mutability_violation
from looop_gui.scim.messages import JsonObject, JsonValue
from looop_gui.scim.schema import SchemaAttribute
from looop_gui.scim.values import (
    check_required,
    holds_nothing,
    read_attribute_value,
    read_single_value,
    read_sub_attributes,
)


def patch_value(
    attribute: SchemaAttribute,
    before: JsonValue,
    op: str,
    sub: SchemaAttribute | None,
    value: JsonValue,
    conduct: Conduct,
) -> JsonValue:
    """The attribute's value after one operation; None when it is unassigned then.

    A complex value keeps the sub-attributes that the operation does not name (section 3.5.2.3).
    Raises ScimProtocolError 400 invalidValue or mutability.
    """
    if op == "remove" and sub is None:
        return None
    if attribute.type != "complex":
        return read_single_value(attribute, value, conduct)
    if sub is not None:
        read = None if op == "remove" else read_attribute_value(sub, value, conduct)
        return merge(attribute, before or {}, {sub.name: read}, conduct)
    named = _named(attribute, value, conduct)
    if named is None and op == "add" and value == {}:
        return before
    return None if named is None else merge(attribute, before or {}, named, conduct)


def merge(
    attribute: SchemaAttribute, before: JsonObject, named: JsonObject, conduct: Conduct
) -> JsonObject | None:
    """A complex value with some sub-attributes set, or removed where they are None.

    Raises 400 mutability where an immutable one would change, or a required one would go.
    """
    if conduct.empty_replace_removes and _clears(attribute, named):
        return None
    after = dict(before)
    for name, value in named.items():
        sub = attribute.by_name[name.lower()]
        held = before.get(name)
        if sub.mutability == "immutable" and held is not None and held != value:
            raise mutability_violation(f"'{attribute.name}.{name}' cannot be changed.")
        if value is None:
            if sub.required and held is not None:
                raise mutability_violation(f"'{attribute.name}.{name}' is required.")
            after.pop(name, None)
        else:
            after[name] = value
    if not after:
        return None
    check_required(attribute, after)
    return after


def _clears(attribute: SchemaAttribute, named: JsonObject) -> bool:
    """True when the value that a single complex value stands for goes, as a manager's id."""
    return holds_nothing(attribute, named) or (
        not attribute.multi_valued and "value" in named and named["value"] is None
    )


def _named(attribute: SchemaAttribute, value: JsonValue, conduct: Conduct) -> JsonObject | None:
    """The sub-attributes that a value names; None when the value stands for no value at all."""
    if isinstance(value, dict):
        named = read_sub_attributes(attribute, value, conduct)
        return named if named or not conduct.empty_replace_removes else None
    read = read_single_value(attribute, value, conduct)
    if read is not None and not isinstance(read, dict):
        raise invalid_value(f"'{attribute.name}' must be an object.")
    return read
