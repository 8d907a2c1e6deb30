"""Checks the values a client sends against the schema and brings them to their stored form.

Stored form: names in the schema's spelling, no nulls, no empty complex values or lists, each value
of the attribute's type. `None` as a result means that the attribute is unassigned (RFC 7643
section 2.5). What does not fit raises ScimProtocolError 400 with the RFC's scimType.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Final

from looop_gui.scim.comparing import boolean_of_text
from looop_gui.scim.conduct import Conduct
from looop_gui.scim.date_time import parse_date_time
from looop_gui.scim.errors import ScimProtocolError, invalid_syntax, invalid_value, shorten
from looop_gui.scim.messages import JsonObject, JsonValue
from looop_gui.scim.schema import SchemaAttribute

_URI_REFERENCE = re.compile(r"[^\s<>\"{}|\\^`]+")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)


def read_attribute_value(
    attribute: SchemaAttribute, value: JsonValue, conduct: Conduct
) -> JsonValue:
    """The stored form of an attribute's whole value: a list when it is multi-valued.

    Raises 400 invalidValue; more than one primary value is one too (RFC 7643 section 2.4).
    """
    if not attribute.multi_valued:
        return read_single_value(attribute, value, conduct)
    values = read_elements(attribute, value, conduct)
    check_one_primary(attribute, values)
    return values or None


def read_elements(
    attribute: SchemaAttribute, value: JsonValue, conduct: Conduct
) -> list[JsonValue]:
    """The stored form of values of a multi-valued attribute, each once, in their order."""
    return elements_reader(
        attribute, lambda element: read_single_value(attribute, element, conduct)
    )(value)


def elements_reader(
    attribute: SchemaAttribute, read: Callable[[JsonValue], JsonValue]
) -> Callable[[JsonValue], list[JsonValue]]:
    """Reads values of a multi-valued attribute, each with `read` and once, in their order."""
    by_value = _known_by_value(attribute)

    def read_each(value: JsonValue) -> list[JsonValue]:
        if value is None:
            return []
        given = value if isinstance(value, list) else [value]
        if len(given) == 1:
            element = read(given[0])
            return [] if element is None else [element]
        elements: list[JsonValue] = []
        places: dict[object, int] = {}
        for item in given:
            element = read(item)
            if element is None:
                continue
            # A member's identity, without a call for each: a group has many.
            key = element.get("value") if by_value and type(element) is dict else None
            if type(key) is not str:
                key = identity(attribute, element)
            place = places.setdefault(key, len(elements))
            if place == len(elements):
                elements.append(element)
            elif isinstance(element, dict):
                # A repeated value adds what the first did not say, for instance that it is primary.
                elements[place] = {**element, **elements[place]}
        return elements

    return read_each


def read_single_value(attribute: SchemaAttribute, value: JsonValue, conduct: Conduct) -> JsonValue:
    """The stored form of one value. Raises 400 invalidValue when it is not of the type."""
    if isinstance(value, list):
        if conduct.values_in_lists and not attribute.multi_valued and len(value) <= 1:
            return read_single_value(attribute, value[0], conduct) if value else None
        raise _wrong_type(attribute, value)
    if value is None:
        return None
    return _READERS.get(attribute.type, _read_string)(attribute, value, conduct)


def read_sub_attributes(
    attribute: SchemaAttribute, value: Mapping[str, JsonValue], conduct: Conduct
) -> JsonObject:
    """The stored form of a complex value's sub-attributes; null ones are given as None.

    Values of readOnly sub-attributes are ignored (RFC 7644 section 3.5.1).
    """
    cleaned: JsonObject = {}
    for name, inner in value.items():
        sub = attribute.by_name.get(name.lower())
        if sub is None:
            if not conduct.unknown_attributes_ignored:
                raise invalid_syntax(f"'{attribute.name}' has no '{shorten(name)}'.")
        elif sub.mutability != "readOnly":
            if sub.name in cleaned:
                raise invalid_syntax(f"'{attribute.name}' has '{sub.name}' more than once.")
            cleaned[sub.name] = read_attribute_value(sub, inner, conduct)
    return cleaned


def check_required(attribute: SchemaAttribute, value: JsonObject) -> None:
    """Raises 400 invalidValue when a complex value lacks a required sub-attribute."""
    for sub in attribute.sub_attributes:
        if sub.required and sub.mutability != "readOnly" and value.get(sub.name) in (None, ""):
            raise invalid_value(f"'{attribute.name}.{sub.name}' is required.")


def identity(attribute: SchemaAttribute, element: JsonValue) -> object:
    """What makes a value the same as another (RFC 7643 section 2.4: `value` and `type`).

    A value whose `value` is immutable, as a member's, is known by that alone.
    """
    if not isinstance(element, dict):
        return element if isinstance(element, str) else repr(element)
    value = element.get("value")
    if not isinstance(value, str | int | float):
        return repr(sorted(element.items(), key=lambda item: item[0]))
    if _known_by_value(attribute):
        return value
    kind = element.get("type")
    return value, kind.lower() if isinstance(kind, str) else None


def _known_by_value(attribute: SchemaAttribute) -> bool:
    sub = attribute.by_name.get("value")
    return sub is not None and sub.mutability == "immutable"


def check_one_primary(attribute: SchemaAttribute, elements: list[JsonValue]) -> None:
    """Raises 400 invalidValue when more than one value is primary."""
    if sum(1 for element in elements if is_primary(element)) > 1:
        raise invalid_value(f"More than one value of '{attribute.name}' is primary.")


def is_primary(element: JsonValue) -> bool:
    """True for a value that is marked as primary (RFC 7643 section 2.4)."""
    return isinstance(element, dict) and element.get("primary") is True


def _read_string(attribute: SchemaAttribute, value: JsonValue, conduct: Conduct) -> JsonValue:
    if not isinstance(value, str):
        raise _wrong_type(attribute, value)
    check_encodable(attribute.name, value)
    if attribute.canonical_values and conduct.canonical_values_enforced:
        canonical = {known.lower(): known for known in attribute.canonical_values}
        if value.lower() not in canonical:
            raise invalid_value(f"'{shorten(value)}' is not a value of '{attribute.name}'.")
        return canonical[value.lower()]
    return value


def _read_boolean(attribute: SchemaAttribute, value: JsonValue, conduct: Conduct) -> JsonValue:
    if isinstance(value, bool):
        return value
    if conduct.booleans_as_text and isinstance(value, str):
        read = boolean_of_text(value.strip())
        if read is not None:
            return read
        if value == "" and conduct.empty_replace_removes:
            return None
    raise _wrong_type(attribute, value)


def _read_integer(attribute: SchemaAttribute, value: JsonValue, conduct: Conduct) -> JsonValue:
    number = _number(attribute, value, conduct)
    if isinstance(number, float):
        if not number.is_integer():
            raise _wrong_type(attribute, value)
        return int(number)
    return number


def _read_decimal(attribute: SchemaAttribute, value: JsonValue, conduct: Conduct) -> JsonValue:
    return _number(attribute, value, conduct)


def _number(attribute: SchemaAttribute, value: JsonValue, conduct: Conduct) -> int | float | None:
    if conduct.numbers_as_text and isinstance(value, str):
        if value == "" and conduct.empty_replace_removes:
            return None
        if len(value) <= 40 and _NUMBER.fullmatch(value):
            value = float(value) if any(c in value for c in ".eE") else int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong_type(attribute, value)
    if isinstance(value, float) and not isfinite(value):
        raise _wrong_type(attribute, value)
    return value


def _read_date_time(attribute: SchemaAttribute, value: JsonValue, conduct: Conduct) -> JsonValue:
    if value == "" and conduct.empty_replace_removes:
        return None
    if not isinstance(value, str) or parse_date_time(value) is None:
        raise _wrong_type(attribute, value)
    return value


def _read_binary(attribute: SchemaAttribute, value: JsonValue, conduct: Conduct) -> JsonValue:
    if value == "" and conduct.empty_replace_removes:
        return None
    if not isinstance(value, str):
        raise _wrong_type(attribute, value)
    try:
        # Both alphabets of RFC 4648 occur; line breaks come from PEM files.
        packed = "".join(value.split()).replace("-", "+").replace("_", "/")
        base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (ValueError, binascii.Error):
        raise _wrong_type(attribute, value) from None
    return value


def _read_reference(attribute: SchemaAttribute, value: JsonValue, conduct: Conduct) -> JsonValue:
    if not isinstance(value, str):
        raise _wrong_type(attribute, value)
    check_encodable(attribute.name, value)
    if not conduct.free_text_references and not _URI_REFERENCE.fullmatch(value):
        raise invalid_value(f"'{attribute.name}' must be a URI.")
    return value


def _read_complex(attribute: SchemaAttribute, value: JsonValue, conduct: Conduct) -> JsonValue:
    if not isinstance(value, dict):
        value = _complex_of_text(attribute, value, conduct)
        if value is None:
            return None
    kept = {
        name: inner
        for name, inner in read_sub_attributes(attribute, value, conduct).items()
        if inner is not None
    }
    if not kept or (conduct.empty_replace_removes and holds_nothing(attribute, kept)):
        return None
    name_target(attribute, kept)
    check_required(attribute, kept)
    return kept


def name_target(attribute: SchemaAttribute, value: JsonObject) -> None:
    """Fill in `value`, the target's id, where only its URI is given (RFC 7643 section 2.4)."""
    uri = value.get("$ref")
    if isinstance(uri, str) and "value" not in value and "value" in attribute.by_name:
        target = uri.rstrip("/").rpartition("/")[2]
        if target:
            value["value"] = target


def _complex_of_text(
    attribute: SchemaAttribute, value: JsonValue, conduct: Conduct
) -> JsonObject | None:
    """Plain text stands for the value, empty text for nothing (conduct text_for_complex)."""
    if isinstance(value, str):
        if value == "" and conduct.empty_replace_removes:
            return None
        if conduct.text_for_complex and "value" in attribute.by_name:
            return {"value": value}
    raise _wrong_type(attribute, value)


def holds_nothing(attribute: SchemaAttribute, value: JsonObject) -> bool:
    """True for a complex value that refers to nothing, as a manager whose `value` is empty."""
    sub = attribute.by_name.get("value")
    return not attribute.multi_valued and sub is not None and value.get("value") == ""


def check_encodable(name: str, text: str) -> None:
    """Raises 400 invalidValue for text with half a surrogate pair, which UTF-8 cannot hold."""
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise invalid_value(f"'{name}' holds text that is not Unicode.") from None


def _wrong_type(attribute: SchemaAttribute, value: JsonValue) -> ScimProtocolError:
    given = type(value).__name__
    kind = _JSON_NAMES.get(given, given)
    return invalid_value(f"'{attribute.name}' must be of type {attribute.type}, not {kind}.")


_JSON_NAMES: Final = {
    "dict": "object",
    "list": "array",
    "str": "such text",
    "bool": "boolean",
    "int": "a number",
    "float": "such a number",
}
_READERS: Final[Mapping[str, Callable[[SchemaAttribute, JsonValue, Conduct], JsonValue]]] = {
    "string": _read_string,
    "boolean": _read_boolean,
    "integer": _read_integer,
    "decimal": _read_decimal,
    "dateTime": _read_date_time,
    "binary": _read_binary,
    "reference": _read_reference,
    "complex": _read_complex,
}
