"""Recognises a PATCH of a group's members, so that a store need not load the membership.

A group may have 50,000 members. A PATCH that adds or removes some by their `value` is reduced to
what changes; whatever else it changes is left as a PATCH of its own for the rest of the group.
"""

from dataclasses import dataclass

from looop_gui.scim.conduct import Conduct
from looop_gui.scim.filter_tree import AttributePath, Comparison, Filter, Or
from looop_gui.scim.messages import PATCH_OP, JsonObject, JsonValue
from looop_gui.scim.patch_operations import PatchOperation, read_patch
from looop_gui.scim.schema import ResourceType, SchemaSet
from looop_gui.scim.value_readers import ElementsReader, compile_elements_reader

_MEMBERS = "members"


@dataclass(frozen=True, slots=True)
class MembershipChanges:
    """What a PATCH does to the members of a group.

    New members = (none if `replaced`, else the current ones less `removed`) and `added`; an added
    one that is there already stays as it is. `remaining` is the PatchOp body of all other
    operations, to be applied to the group without its members; None when there is none.
    """

    replaced: bool
    removed: tuple[str, ...]
    added: tuple[JsonObject, ...]
    remaining: JsonObject | None


@dataclass(slots=True)
class _Tally:
    read_elements: ElementsReader
    replaced: bool
    removed: dict[str, None]
    added: dict[str, JsonObject]


def membership_changes(
    body: JsonValue,
    schema_set: SchemaSet,
    resource_type: ResourceType,
    conduct: Conduct,
    read_elements: ElementsReader | None = None,
) -> MembershipChanges | None:
    """What a PATCH does to `members`, or None when that takes the full way by `apply_patch`.

    A PATCH that leaves the members alone is recognised too: all of it remains. Raises
    ScimProtocolError 400 for a body that `apply_patch` would refuse as well. In a conduct without
    unmatched_remove_accepted a remove takes the full way, because the answer depends on who is a
    member. `read_elements` is the compiled reader of `members` for this conduct, where the caller
    keeps one.
    """
    attribute = schema_set.definition(resource_type).core.get(_MEMBERS)
    if attribute is None or not attribute.multi_valued:
        return None
    operations = read_patch(body, conduct)
    given = _given_operations(body)
    read = read_elements or compile_elements_reader(attribute, conduct)
    tally = _Tally(read, replaced=False, removed={}, added={})
    remaining: list[JsonValue] = []
    for operation, item in zip(operations, given, strict=True):
        rest = _tally_operation(tally, operation, item, conduct)
        if rest is None:
            return None
        remaining.extend(rest)
    return MembershipChanges(
        replaced=tally.replaced,
        removed=tuple(tally.removed),
        added=tuple(tally.added.values()),
        remaining={"schemas": [PATCH_OP], "Operations": remaining} if remaining else None,
    )


def _given_operations(body: JsonObject) -> list[JsonValue]:
    given: list[JsonValue] = next(
        value for name, value in body.items() if name.lower() == "operations"
    )
    return given


def _tally_operation(
    tally: _Tally,
    operation: PatchOperation,
    item: JsonValue,
    conduct: Conduct,
) -> list[JsonValue] | None:
    """What is left of an operation when its members are tallied; None when they cannot be."""
    path = operation.path
    if path is None:
        return _tally_pathless(tally, operation)
    if path.name.lower() != _MEMBERS:
        return [item]
    if path.urn is not None or path.sub_attribute is not None:
        return None
    done = (
        _tally_remove(tally, operation, path, conduct)
        if operation.op == "remove"
        else path.value_filter is None
        and operation.has_value
        and _tally_write(tally, operation.op, operation.value)
    )
    return [] if done else None


def _tally_pathless(tally: _Tally, operation: PatchOperation) -> list[JsonValue] | None:
    if not isinstance(operation.value, dict):
        return None
    others: JsonObject = {}
    for name, value in operation.value.items():
        if name.lower() == _MEMBERS:
            if not _tally_write(tally, operation.op, value):
                return None
        elif _MEMBERS in name.lower():
            return None
        else:
            others[name] = value
    return [{"op": operation.op, "value": others}] if others else []


def _tally_write(tally: _Tally, op: str, value: JsonValue) -> bool:
    if op == "replace" and value in (None, "", {}, []):
        value = []
    elements = tally.read_elements(value)
    if not all(isinstance(element.get("value"), str) for element in elements):
        return False
    if op == "replace":
        tally.replaced = True
        tally.removed.clear()
        tally.added.clear()
    for element in elements:
        tally.added.setdefault(element["value"], element)
    return True


def _tally_remove(
    tally: _Tally,
    operation: PatchOperation,
    path: AttributePath,
    conduct: Conduct,
) -> bool:
    if path.value_filter is None and operation.value in (None, "", []):
        return _tally_write(tally, "replace", [])
    if not conduct.unmatched_remove_accepted or not conduct.members_removed_by_value:
        return False
    values = (
        _values_in_list(tally, operation.value)
        if path.value_filter is None
        else _values_in_filter(path.value_filter)
    )
    if values is None:
        return False
    for value in values:
        tally.added.pop(value, None)
        tally.removed[value] = None
    return True


def _values_in_list(tally: _Tally, value: JsonValue) -> list[str] | None:
    elements = tally.read_elements(value)
    values = [element.get("value") for element in elements]
    return values if all(isinstance(item, str) for item in values) else None


def _values_in_filter(tree: Filter) -> list[str] | None:
    """The values of `value eq "a"` or of several of them joined by `or`."""
    values: list[str] = []
    for term in tree.terms if isinstance(tree, Or) else (tree,):
        if not isinstance(term, Comparison) or term.operator != "eq":
            return None
        if term.path != AttributePath(None, term.path.name) or term.path.name.lower() != "value":
            return None
        if not isinstance(term.value, str):
            return None
        values.append(term.value)
    return values
