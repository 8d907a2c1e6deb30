"""Chooses the attributes of a resource that an answer holds (RFC 7644 section 3.9).

The schema's `returned` rules: `always` is never left out, `never` never shown, `default` unless
other attributes are asked for, `request` only when asked for or just written (RFC 7643 section 7).
A projection is compiled once for a request and then called for each resource.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from looop_gui.scim.errors import ScimProtocolError
from looop_gui.scim.messages import JsonObject
from looop_gui.scim.path import parse_path
from looop_gui.scim.schema import (
    ResolvedAttribute,
    ResourceDefinition,
    ResourceType,
    SchemaAttribute,
    SchemaSet,
)

Projection = Callable[[JsonObject], JsonObject]

_Container = str | None


@dataclass(slots=True)
class _Selection:
    """Names in lower case: whole attributes, sub-attributes by attribute, and whole extensions.

    The first part of each key is the extension's URN, or None for the core schema.
    """

    whole: set[tuple[_Container, str]] = field(default_factory=set)
    partial: dict[tuple[_Container, str], set[str]] = field(default_factory=dict)
    schemas: set[_Container] = field(default_factory=set)


def split_attribute_names(text: str) -> tuple[str, ...]:
    """The names of a comma-separated `attributes` or `excludedAttributes` parameter."""
    return tuple(name for part in text.split(",") if (name := part.strip()))


def project(
    resource: JsonObject,
    schema_set: SchemaSet,
    resource_type: ResourceType,
    attributes: Sequence[str] = (),
    excluded_attributes: Sequence[str] = (),
    requested: Iterable[str] = (),
) -> JsonObject:
    """What an answer shows of a resource; `requested` as in `compile_projection`."""
    return compile_projection(
        schema_set, resource_type, attributes, excluded_attributes, requested
    )(resource)


def compile_projection(
    schema_set: SchemaSet,
    resource_type: ResourceType,
    attributes: Sequence[str] = (),
    excluded_attributes: Sequence[str] = (),
    requested: Iterable[str] = (),
) -> Projection:
    """A function that shows the asked part of a resource of a type.

    `attributes` and `excluded_attributes` are attribute paths; those that name nothing are ignored.
    `requested` holds the names a client has just written, which show what is returned on request.
    """
    definition = schema_set.definition(resource_type)
    asked = _select(attributes, definition)
    excluded = _select(excluded_attributes, definition)
    written = _select(requested, definition)
    core = _plan(definition.core, None, bool(attributes), asked, excluded, written)
    extensions = {
        extension.urn: _plan(
            extension.attributes, extension.urn, bool(attributes), asked, excluded, written
        )
        for extension in definition.extensions.values()
    }
    plan = {**core, **extensions}
    return lambda resource: _show_members(resource, plan)


# What to do with a member: None hides it, True shows it, a mapping projects its sub-attributes.
_Plan = Mapping[str, "bool | _Plan"]


def _plan(
    attributes: Mapping[str, SchemaAttribute],
    container: _Container,
    narrowed: bool,
    asked: _Selection,
    excluded: _Selection,
    written: _Selection,
) -> _Plan:
    plan: dict[str, bool | _Plan] = {}
    for lowered, attribute in attributes.items():
        key = (container, lowered)
        whole_asked = key in asked.whole or container in asked.schemas
        shown = _is_shown(attribute, whole_asked, narrowed, key in written.whole)
        if attribute.returned != "always" and (
            key in excluded.whole or container in excluded.schemas
        ):
            continue
        subs_asked = asked.partial.get(key, set())
        subs_excluded = excluded.partial.get(key, set())
        if not shown and not (subs_asked and attribute.returned != "never"):
            continue
        partly = bool(subs_asked) and not whole_asked
        plan[attribute.name] = _sub_plan(attribute, partly, subs_asked, subs_excluded)
    return plan


def _is_shown(attribute: SchemaAttribute, asked: bool, narrowed: bool, just_written: bool) -> bool:
    if attribute.returned == "always":
        return True
    if attribute.returned == "never" or attribute.mutability == "writeOnly":
        return False
    if attribute.returned == "request":
        return asked or just_written
    return asked or not narrowed


def _sub_plan(
    attribute: SchemaAttribute, partly: bool, asked: set[str], excluded: set[str]
) -> "bool | _Plan":
    """True where all sub-attributes are shown, otherwise those that are."""
    subs = attribute.by_name
    shown = {
        sub.name: True
        for lowered, sub in subs.items()
        if _is_shown(sub, lowered in asked, partly, False)
        and (lowered not in excluded or sub.returned == "always")
    }
    return True if len(shown) == len(subs) else shown


def _show_members(value: Any, plan: _Plan) -> JsonObject:
    shown: JsonObject = {}
    for name, inner in value.items():
        rule = plan.get(name)
        if rule is True:
            shown[name] = inner
        elif rule is not None:
            _show_partly(shown, name, inner, rule)
    return shown


def _show_partly(shown: JsonObject, name: str, value: Any, rule: "bool | _Plan") -> None:
    if isinstance(rule, bool):
        return
    if isinstance(value, list):
        parts = [_show_members(item, rule) for item in value if isinstance(item, dict)]
        shown[name] = [part for part in parts if part]
    elif isinstance(value, dict):
        shown[name] = _show_members(value, rule)
    if not shown.get(name):
        shown.pop(name, None)


def _select(names: Iterable[str], definition: ResourceDefinition) -> _Selection:
    selection = _Selection()
    for name in names:
        resolved = _resolve(name, definition)
        if resolved is None:
            continue
        if resolved.attribute is None:
            selection.schemas.add(resolved.extension)
            continue
        key = (resolved.extension, resolved.attribute.name.lower())
        if resolved.sub_attribute is None:
            selection.whole.add(key)
        else:
            selection.partial.setdefault(key, set()).add(resolved.sub_attribute.name.lower())
    return selection


def _resolve(name: str, definition: ResourceDefinition) -> ResolvedAttribute | None:
    if name.lower() in definition.extensions:
        return ResolvedAttribute(definition.extensions[name.lower()].urn, None)
    try:
        path = parse_path(name)
    except ScimProtocolError:
        return None
    return None if path.value_filter is not None else definition.resolve_leniently(path)
