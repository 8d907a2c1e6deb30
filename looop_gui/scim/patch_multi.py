"""Changes the values of a multi-valued attribute (RFC 7644 section 3.5.2).

Values are called elements here. An operation yields the new list and which of its elements it
wrote; when one of these is primary, the others no longer are.
"""

from collections.abc import Callable
from typing import Any

from looop_gui.scim.conduct import Conduct
from looop_gui.scim.errors import invalid_value, no_target
from looop_gui.scim.filter_tree import And, Comparison, Filter
from looop_gui.scim.filtering import compile_value_filter
from looop_gui.scim.messages import JsonObject, JsonValue
from looop_gui.scim.patch_single import merge
from looop_gui.scim.schema import SchemaAttribute
from looop_gui.scim.values import (
    identity,
    is_primary,
    read_attribute_value,
    read_elements,
    read_single_value,
    read_sub_attributes,
)


def patch_elements(
    attribute: SchemaAttribute,
    before: list[JsonValue],
    op: str,
    value_filter: Filter | None,
    sub: SchemaAttribute | None,
    value: JsonValue,
    conduct: Conduct,
) -> list[JsonValue] | None:
    """The elements after one operation, in a new list; None when none is left.

    Raises ScimProtocolError 400 noTarget, invalidFilter, invalidValue or mutability.
    """
    if op == "remove":
        return _remove(attribute, before, value_filter, sub, value, conduct) or None
    if value_filter is None and sub is None:
        if op == "replace":
            return _replaced(attribute, value, conduct)
        return _add(attribute, before, read_elements(attribute, value, conduct)) or None
    if sub is not None:
        read = read_attribute_value(sub, value, conduct)
        return _write(attribute, before, value_filter, {sub.name: read}, False, conduct) or None
    if value is None:
        return _remove(attribute, before, value_filter, None, None, conduct) or None
    named = _element(attribute, value, conduct)
    whole = op == "replace"
    return _write(attribute, before, value_filter, named, whole, conduct) or None


def _replaced(
    attribute: SchemaAttribute, value: JsonValue, conduct: Conduct
) -> list[JsonValue] | None:
    if conduct.empty_replace_removes and value in ("", {}):
        return None
    read = read_attribute_value(attribute, value, conduct)
    return read if isinstance(read, list) else None


def _add(
    attribute: SchemaAttribute, before: list[JsonValue], added: list[JsonValue]
) -> list[JsonValue]:
    """Append what is new; what is there already takes over what the new one says besides."""
    after = list(before)
    places = {identity(attribute, element): place for place, element in enumerate(after)}
    written: list[int] = []
    for element in added:
        place = places.get(identity(attribute, element))
        if place is None:
            written.append(len(after))
            after.append(element)
        elif isinstance(element, dict):
            after[place] = {**after[place], **_changeable(attribute, element)}
            written.append(place)
    return _settle_primary(attribute, after, written)


def _changeable(attribute: SchemaAttribute, element: JsonObject) -> JsonObject:
    return {
        name: value
        for name, value in element.items()
        if attribute.by_name[name.lower()].mutability != "immutable"
    }


def _remove(
    attribute: SchemaAttribute,
    before: list[JsonValue],
    value_filter: Filter | None,
    sub: SchemaAttribute | None,
    value: JsonValue,
    conduct: Conduct,
) -> list[JsonValue]:
    if value_filter is None and sub is None:
        if value in (None, "", []):
            return []
        return _remove_by_value(attribute, before, value, conduct)
    test = _test(attribute, value_filter)
    matched = [place for place, element in enumerate(before) if test(element)]
    if not matched and value_filter is not None and not conduct.unmatched_remove_accepted:
        raise no_target(f"No value of '{attribute.name}' matches the filter.")
    if sub is None:
        gone = set(matched)
        return [element for place, element in enumerate(before) if place not in gone]
    after: list[JsonValue] = list(before)
    for place in matched:
        after[place] = merge(attribute, before[place], {sub.name: None}, conduct)
    return [element for element in after if element is not None]


def _remove_by_value(
    attribute: SchemaAttribute, before: list[JsonValue], value: JsonValue, conduct: Conduct
) -> list[JsonValue]:
    """Entra's older dialect: the value array names what goes (request r18)."""
    if not conduct.members_removed_by_value:
        raise invalid_value("A remove has no 'value'; a filter in the path selects what to remove.")
    named = read_elements(attribute, value, conduct)
    if attribute.type != "complex" or _is_known_by_value(attribute):
        gone = {identity(attribute, element) for element in named}
        return [element for element in before if identity(attribute, element) not in gone]
    return [
        element
        for element in before
        if not any(wanted.items() <= element.items() for wanted in named)
    ]


def _is_known_by_value(attribute: SchemaAttribute) -> bool:
    sub = attribute.by_name.get("value")
    return sub is not None and sub.mutability == "immutable"


def _write(
    attribute: SchemaAttribute,
    before: list[JsonValue],
    value_filter: Filter | None,
    named: JsonObject,
    whole: bool,
    conduct: Conduct,
) -> list[JsonValue]:
    """Set sub-attributes of the elements that a filter selects, or of all without a filter."""
    test = _test(attribute, value_filter)
    matched = [place for place, element in enumerate(before) if test(element)]
    after: list[JsonValue] = list(before)
    if not matched:
        created = _created(attribute, value_filter, named, conduct)
        return _add(attribute, after, [] if created is None else [created])
    for place in matched:
        changed = merge(attribute, before[place], named, conduct)
        if whole and changed is not None:
            described = _described(attribute, value_filter, conduct) or {}
            changed = {**described, **{k: v for k, v in named.items() if v is not None}}
        after[place] = changed or None
    settled = _settle_primary(attribute, after, matched)
    return [element for element in settled if element is not None]


def _created(
    attribute: SchemaAttribute,
    value_filter: Filter | None,
    named: JsonObject,
    conduct: Conduct,
) -> JsonValue:
    """A new element with what the filter asks of it (conduct unmatched_value_filter_creates)."""
    wanted = {name: value for name, value in named.items() if value is not None}
    if value_filter is None:
        return read_single_value(attribute, wanted, conduct) if wanted else None
    described = _described(attribute, value_filter, conduct)
    if not conduct.unmatched_value_filter_creates or described is None:
        raise no_target(f"No value of '{attribute.name}' matches the filter.")
    if not wanted:
        return None
    created = {**described, **wanted}
    if not _test(attribute, value_filter)(created):
        raise invalid_value(f"The value of '{attribute.name}' contradicts the filter.")
    return read_single_value(attribute, created, conduct)


def _described(
    attribute: SchemaAttribute, value_filter: Filter | None, conduct: Conduct
) -> JsonObject | None:
    """The sub-attributes that a filter of `eq` comparisons gives an element; None for others."""
    if value_filter is None or attribute.type != "complex":
        return None
    terms = value_filter.terms if isinstance(value_filter, And) else (value_filter,)
    described: JsonObject = {}
    for term in terms:
        if not isinstance(term, Comparison) or term.operator != "eq":
            return None
        sub = attribute.by_name.get(term.path.name.lower())
        if sub is None or sub.mutability == "readOnly":
            return None
        if sub.type == "boolean" and isinstance(term.value, str):
            described[sub.name] = term.value.lower() == "true"
        else:
            described[sub.name] = read_attribute_value(sub, term.value, conduct)
    return described


def _element(attribute: SchemaAttribute, value: JsonValue, conduct: Conduct) -> JsonObject:
    """The sub-attributes that the value for filtered elements names."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, dict):
        return read_sub_attributes(attribute, value, conduct)
    read = read_single_value(attribute, value, conduct)
    if not isinstance(read, dict):
        raise invalid_value(f"A value of '{attribute.name}' must be an object.")
    return read


def _test(attribute: SchemaAttribute, value_filter: Filter | None) -> Callable[[Any], bool]:
    if value_filter is None:
        return lambda _: True
    return compile_value_filter(attribute, value_filter)


def _settle_primary(
    attribute: SchemaAttribute, elements: list[JsonValue], written: list[int]
) -> list[JsonValue]:
    """Let the one written primary element be the only one (RFC 7644 section 3.5.2)."""
    primary = [place for place in written if is_primary(elements[place])]
    if not primary:
        return elements
    if len(primary) > 1:
        raise invalid_value(f"More than one value of '{attribute.name}' would be primary.")
    return [
        {**element, "primary": False} if is_primary(element) and place != primary[0] else element
        for place, element in enumerate(elements)
    ]
