"""Compares what an attribute holds now with what a cycle found there and with what it wrote.

Two comparisons are needed. Whether something is as it was before is asked strictly: a change of
letter case only is a change that is put back. Whether somebody has changed what the cycle wrote is
asked as the engine compares (section g.5): a target may write a value in its own way.
"""

from collections.abc import Mapping
from typing import Any

from looop_gui.engine.processing import PlannedChange, same, shown
from looop_gui.engine.rules import AttributeRule, ObjectRules
from looop_gui.engine.secret_names import is_secret
from looop_gui.model.provisioning_log import ModifiedProperty
from looop_gui.scim.dialect import AttributeChange
from looop_gui.scim.messages import JsonObject, JsonValue
from looop_gui.scim.target_path import TargetPath, comparable, member, reference_id, target_path

_NOT_SENT = frozenset({"id", "meta", "groups", "members", "manager"})
_DERIVED = frozenset({"$ref", "display", "displayname"})
"""What a target adds to a reference by itself."""


def is_as(wanted: JsonValue | None, held: JsonValue | None) -> bool:
    """True when nothing has to be written to make the one of the other."""
    return bool(_exact(wanted) == _exact(held))


def still_holds(
    rule: AttributeRule | None, after: JsonValue | None, held: JsonValue | None
) -> bool:
    """True when the target could hold this because of the cycle and nobody else."""
    if rule is not None and same(rule, after, held):
        return True
    return bool(_tolerant(after) == _tolerant(held))


def rule_of(rules: ObjectRules, path: str) -> AttributeRule | None:
    """The mapping that writes an attribute now, if there is one still."""
    return next((rule for rule in rules.attributes if rule.path.text == path), None)


def planned_value(
    path: TargetPath, held: JsonValue | None, wanted: JsonValue | None, *, reference: bool = False
) -> PlannedChange:
    """The change that makes an attribute hold `wanted`."""
    return PlannedChange(
        AttributeChange(path, wanted, held is not None, reference=reference),
        ModifiedProperty(path.text, shown(held), shown(wanted)),
        is_secret(path.text),
    )


def whole_elements(changes: list[PlannedChange], current: JsonObject) -> list[PlannedChange]:
    """The changes, with elements that become empty taken away as a whole.

    `emails[type eq "work"].value` removed leaves an element with nothing but its type, which was
    not there before the cycle.
    """
    emptied: dict[tuple[str, str, Any], list[PlannedChange]] = {}
    for item in changes:
        path = item.change.path
        if path.filtered and path.sub and item.change.value is None:
            key = (path.extension, path.name, comparable(path.filter_value))
            emptied.setdefault(key, []).append(item)
    result = list(changes)
    for group in emptied.values():
        path = group[0].change.path
        element = target_path(path.text.removesuffix(f".{path.sub}"))
        held = element.read(current)
        if not isinstance(held, dict):
            continue
        left = {name.casefold() for name, value in held.items() if _exact(value) is not None}
        left -= {item.change.path.sub.casefold() for item in group}
        if left <= {path.filter_name.casefold()}:
            result = [item for item in result if item not in group]
            result.append(planned_value(element, held, None))
    return result


def body_of(resource: Mapping[str, Any]) -> JsonObject:
    """What of a resource that was deleted is sent to make it anew; references follow later."""
    body: JsonObject = {}
    for name, value in resource.items():
        if name.casefold() in _NOT_SENT:
            continue
        if name.startswith("urn:") and isinstance(value, dict):
            kept = {k: inner for k, inner in value.items() if k.casefold() not in _NOT_SENT}
        else:
            kept = value
        if _exact(kept) is not None:
            body[name] = kept
    return body


def manager_of(resource: Mapping[str, Any]) -> str | None:
    """The target id of a resource's manager, wherever the schema has it."""
    found = reference_id(member(resource, "manager"))
    for name, value in resource.items():
        if name.startswith("urn:") and isinstance(value, dict):
            found = found or reference_id(member(value, "manager"))
    return found


def member_ids(resource: Mapping[str, Any]) -> list[str] | None:
    """The target ids of a group's members; None where the target does not show them."""
    members = member(resource, "members")
    if not isinstance(members, list):
        return None
    return [key for item in members if (key := reference_id(item)) is not None]


def flat_values(body: JsonObject) -> tuple[tuple[str, None, Any], ...]:
    """A body as the values of a before-image, by attribute."""
    flat: list[tuple[str, None, Any]] = []
    for name, value in body.items():
        if name.startswith("urn:") and isinstance(value, dict):
            flat += [(f"{name}:{key}", None, inner) for key, inner in value.items()]
        elif name != "schemas":
            flat.append((name, None, value))
    return tuple(flat)


def differing(body: JsonObject, current: JsonObject) -> list[str]:
    """The attributes of a body that a resource does not hold."""
    return [
        path
        for path, _, value in flat_values(body)
        if not still_holds(None, value, target_path(path).read(current))
    ]


def _exact(value: Any) -> Any:
    """A value as something that can be compared; None for everything that is no value."""
    if isinstance(value, dict):
        items = ((k.casefold(), _exact(inner)) for k, inner in value.items() if k != "$ref")
        return frozenset(item for item in items if item[1] is not None) or None
    if isinstance(value, list):
        return frozenset(_exact(item) for item in value) or None
    if isinstance(value, str):
        folded = value.casefold()
        return folded if folded in ("true", "false") else value or None
    return comparable(value)


def _tolerant(value: Any) -> Any:
    if isinstance(value, dict):
        inner = member(value, "value")
        if inner is not None:
            return _tolerant(inner)
        items = ((k.casefold(), _tolerant(v)) for k, v in value.items())
        return frozenset(i for i in items if i[1] is not None and i[0] not in _DERIVED) or None
    if isinstance(value, list):
        return frozenset(_tolerant(item) for item in value) or None
    return comparable(value) if value != "" else None
