"""Readers of attribute values, compiled once for an attribute and a conduct.

A reader gives what the functions of `values` give, and raises what they raise. It has a short way
for a value that plainly is what the schema says, and hands everything else to those functions: a
name in another spelling, text for a boolean, a list where one value is due.
"""

from collections.abc import Callable, Mapping
from typing import Final

from looop_gui.scim.conduct import Conduct
from looop_gui.scim.messages import JsonObject, JsonValue
from looop_gui.scim.schema import SchemaAttribute
from looop_gui.scim.values import (
    check_encodable,
    check_one_primary,
    check_required,
    elements_reader,
    holds_nothing,
    name_target,
    read_single_value,
)

Reader = Callable[[JsonValue], JsonValue]
ElementsReader = Callable[[JsonValue], list[JsonValue]]


def compile_reader(attribute: SchemaAttribute, conduct: Conduct) -> Reader:
    """`values.read_attribute_value` for one attribute."""
    if not attribute.multi_valued:
        return compile_single_reader(attribute, conduct)
    read = compile_single_reader(attribute, conduct)
    read_elements = compile_elements_reader(attribute, conduct)

    def read_values(value: JsonValue) -> JsonValue:
        if type(value) is list and len(value) == 1:
            element = read(value[0])
            return None if element is None else [element]
        elements = read_elements(value)
        if len(elements) > 1:
            check_one_primary(attribute, elements)
        return elements or None

    return read_values


def compile_member_reader(attribute: SchemaAttribute, conduct: Conduct) -> Reader:
    """As `compile_reader`; what clients do not write (readOnly) is unassigned, whatever is sent."""
    return _nothing if attribute.mutability == "readOnly" else compile_reader(attribute, conduct)


def compile_elements_reader(attribute: SchemaAttribute, conduct: Conduct) -> ElementsReader:
    """`values.read_elements` for one multi-valued attribute."""
    return elements_reader(attribute, compile_single_reader(attribute, conduct))


def compile_single_reader(attribute: SchemaAttribute, conduct: Conduct) -> Reader:
    """`values.read_single_value` for one attribute."""
    make = _MAKERS.get(attribute.type, _text_reader)
    return make(attribute, conduct)


def takes_any_text(attribute: SchemaAttribute, conduct: Conduct) -> bool:
    """True when each text is stored as it is sent, if only it is Unicode."""
    if attribute.multi_valued or attribute.mutability == "readOnly":
        return False
    if attribute.type == "reference":
        return conduct.free_text_references
    constrained = attribute.canonical_values and conduct.canonical_values_enforced
    return attribute.type not in _MAKERS and not constrained


def _text_reader(attribute: SchemaAttribute, conduct: Conduct) -> Reader:
    if attribute.canonical_values and conduct.canonical_values_enforced:
        return _any_reader(attribute, conduct)
    name = attribute.name

    def read_text(value: JsonValue) -> JsonValue:
        if type(value) is not str:
            return read_single_value(attribute, value, conduct)
        if not value.isascii():
            check_encodable(name, value)
        return value

    return read_text


def _reference_reader(attribute: SchemaAttribute, conduct: Conduct) -> Reader:
    if not conduct.free_text_references:
        return _any_reader(attribute, conduct)
    name = attribute.name

    def read_reference(value: JsonValue) -> JsonValue:
        if type(value) is not str:
            return read_single_value(attribute, value, conduct)
        check_encodable(name, value)
        return value

    return read_reference


def _boolean_reader(attribute: SchemaAttribute, conduct: Conduct) -> Reader:
    def read_boolean(value: JsonValue) -> JsonValue:
        if value is True or value is False:
            return value
        return read_single_value(attribute, value, conduct)

    return read_boolean


def _any_reader(attribute: SchemaAttribute, conduct: Conduct) -> Reader:
    return lambda value: read_single_value(attribute, value, conduct)


def _complex_reader(attribute: SchemaAttribute, conduct: Conduct) -> Reader:
    # By the names in the schema's spelling, so that two of them are never the same one.
    subs = attribute.by_name.values()
    readers = {sub.name: compile_member_reader(sub, conduct) for sub in subs}
    texts = frozenset(sub.name for sub in subs if takes_any_text(sub, conduct))
    names_target = "$ref" in attribute.by_name
    needs = any(sub.required and sub.mutability != "readOnly" for sub in attribute.sub_attributes)
    may_hold_nothing = conduct.empty_replace_removes and holds_nothing(attribute, {"value": ""})

    def read_complex(value: JsonValue) -> JsonValue:
        if type(value) is not dict:
            return read_single_value(attribute, value, conduct)
        kept: JsonObject = {}
        for name, inner in value.items():
            if name in texts and type(inner) is str and inner.isascii():
                kept[name] = inner
                continue
            read = readers.get(name)
            if read is None:  # another spelling, or no such sub-attribute
                return read_single_value(attribute, value, conduct)
            held = read(inner)
            if held is not None:
                kept[name] = held
        if not kept or (may_hold_nothing and holds_nothing(attribute, kept)):
            return None
        if names_target and "$ref" in kept:
            name_target(attribute, kept)
        if needs:
            check_required(attribute, kept)
        return kept

    return read_complex


def _nothing(_: JsonValue) -> JsonValue:
    return None


_MAKERS: Final[Mapping[str, Callable[[SchemaAttribute, Conduct], Reader]]] = {
    "boolean": _boolean_reader,
    "integer": _any_reader,
    "decimal": _any_reader,
    "dateTime": _any_reader,
    "binary": _any_reader,
    "reference": _reference_reader,
    "complex": _complex_reader,
}
