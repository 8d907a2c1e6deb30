"""What one configuration of mappings changes of another, in words and side by side."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import (
    AttributeDefinition,
    AttributeMapping,
    FlowType,
    MappingType,
    ObjectMapping,
    SynchronizationSchema,
    TargetObjectActions,
)
from looop_gui.model.scope import FilterClause, FilterGroup, ScopingFilter

T = TypeVar("T")

_APPLY = {
    FlowType.ALWAYS: "Always",
    FlowType.OBJECT_ADD_ONLY: "Only during object creation",
    FlowType.MULTI_VALUE_ADD_ONLY: "Only adding values",
    FlowType.VALUE_ADD_ONLY: "Only adding values, never removing",
    FlowType.ATTRIBUTE_ADD_ONLY: "Only when the target has no value",
}
_ACTIONS = (
    (TargetObjectActions.CREATE, "Create"),
    (TargetObjectActions.UPDATE, "Update"),
    (TargetObjectActions.DELETE, "Delete"),
)


@dataclass(frozen=True, slots=True)
class SchemaDifference:
    """One difference: `place` is the attribute or part, `subject` what of it changed.

    `before` is empty for something added, `after` for something removed; `subject` is empty when
    the place as a whole was added, removed or got another source. `object_type` is None for what
    concerns people and groups alike, a setting.
    """

    object_type: ObjectType | None
    place: str
    subject: str
    before: str
    after: str

    @property
    def sentence(self) -> str:
        """In words, e.g. `title: Direct jobTitle -> Expression ToUpper([jobTitle])`."""
        whose = "Group " if self.object_type is ObjectType.GROUP else ""
        subject = f"{self.subject} " if self.subject else ""
        if self.object_type is None:
            subject = f"{self.subject}, "
        if not self.before:
            change = f"added, {self.after}"
        elif not self.after:
            change = f"removed (was {self.before})"
        else:
            change = f"{self.before} -> {self.after}"
        return f"{whose}{self.place}: {subject}{change}"


def schema_differences(
    before: SynchronizationSchema, after: SynchronizationSchema
) -> tuple[SchemaDifference, ...]:
    """Every difference of mappings, scopes, switches and attribute lists, people first."""
    return tuple(difference for kind in ObjectType for difference in _of_type(before, after, kind))


def mapping_in_words(mapping: AttributeMapping) -> str:
    """The type and source of a mapping, e.g. `Direct jobTitle`, `Constant "en"`, `None`."""
    match mapping.mapping_type:
        case MappingType.NONE:
            return "None"
        case MappingType.CONSTANT:
            return f'Constant "{mapping.source}"'
        case kind:
            return f"{kind.value} {mapping.source}"


def _of_type(
    before: SynchronizationSchema, after: SynchronizationSchema, kind: ObjectType
) -> Iterator[SchemaDifference]:
    old, new = before.mapping_of(kind), after.mapping_of(kind)
    yield from _switches(old, new, kind)
    yield from _rows(old, new, kind)
    yield from _scope(old.scope, new.scope, kind)
    for place, mine, yours in (
        (
            "Source attribute list",
            before.source_attributes_of(kind),
            after.source_attributes_of(kind),
        ),
        (
            "Target attribute list",
            before.target_attributes_of(kind),
            after.target_attributes_of(kind),
        ),
    ):
        yield from _lists(place, mine, yours, kind)


def _switches(
    old: ObjectMapping, new: ObjectMapping, kind: ObjectType
) -> Iterator[SchemaDifference]:
    for subject, before, after in (
        ("enabled", _yes_no(old.enabled), _yes_no(new.enabled)),
        ("target object actions", _actions(old.actions), _actions(new.actions)),
        ("name", old.name, new.name),
        ("target object", old.target_object_name, new.target_object_name),
    ):
        if before != after:
            yield SchemaDifference(kind, "Mapping", subject, before, after)


def _rows(old: ObjectMapping, new: ObjectMapping, kind: ObjectType) -> Iterator[SchemaDifference]:
    """Rows are compared by target attribute; of several with the same one, by their order."""
    before, after = _by_target(old.attribute_mappings), _by_target(new.attribute_mappings)
    for key, row in before.items():
        if key not in after:
            yield SchemaDifference(kind, key[0], "", mapping_in_words(row), "")
    for key, row in after.items():
        previous = before.get(key)
        if previous is None:
            yield SchemaDifference(kind, key[0], "", "", mapping_in_words(row))
        else:
            yield from _row(previous, row, kind)
    if list(before) != list(after) and before.keys() == after.keys():
        yield SchemaDifference(kind, "Mapping", "order of rows", "as it was", "changed")


def _by_target(
    rows: Iterable[AttributeMapping],
) -> dict[tuple[str, int], AttributeMapping]:
    found: dict[tuple[str, int], AttributeMapping] = {}
    for row in rows:
        number = 0
        while (row.target_attribute, number) in found:
            number += 1
        found[row.target_attribute, number] = row
    return found


def _row(
    old: AttributeMapping, new: AttributeMapping, kind: ObjectType
) -> Iterator[SchemaDifference]:
    for subject, before, after in (
        ("", mapping_in_words(old), mapping_in_words(new)),
        ("default value if null", _default(old), _default(new)),
        ("matching precedence", _precedence(old), _precedence(new)),
        ("apply this mapping", _APPLY[old.flow_type], _APPLY[new.flow_type]),
        ("flow behavior", old.flow_behavior.value, new.flow_behavior.value),
    ):
        if before != after:
            yield SchemaDifference(kind, old.target_attribute, subject, before, after)


def _default(mapping: AttributeMapping) -> str:
    return "none" if mapping.default_value is None else f'"{mapping.default_value}"'


def _precedence(mapping: AttributeMapping) -> str:
    return str(mapping.matching_priority) if mapping.matching_priority > 0 else "none"


def _scope(old: ScopingFilter, new: ScopingFilter, kind: ObjectType) -> Iterator[SchemaDifference]:
    before, after = _by_title(old.groups), _by_title(new.groups)
    for title, group in before.items():
        if title not in after:
            yield SchemaDifference(kind, "Scoping filter", title, _group_in_words(group), "")
    for title, group in after.items():
        previous = before.get(title)
        if previous is None:
            yield SchemaDifference(kind, "Scoping filter", title, "", _group_in_words(group))
        elif previous.clauses != group.clauses:
            words = _group_in_words(previous), _group_in_words(group)
            yield SchemaDifference(kind, "Scoping filter", title, *words)


def _by_title(groups: Sequence[FilterGroup]) -> dict[str, FilterGroup]:
    """The filters by their titles in quotes; several of one title are numbered."""
    found: dict[str, FilterGroup] = {}
    for group in groups:
        title, number = f'"{group.name}"', 1
        while title in found:
            number += 1
            title = f'"{group.name}" {number}'
        found[title] = group
    return found


def _group_in_words(group: FilterGroup) -> str:
    return " AND ".join(map(_clause_in_words, group.clauses)) or "without clauses"


def _clause_in_words(clause: FilterClause) -> str:
    value = "" if clause.operator.unary else f' "{clause.value}"'
    return f"{clause.attribute} {clause.operator.value}{value}"


def _lists(
    place: str,
    old: Sequence[AttributeDefinition],
    new: Sequence[AttributeDefinition],
    kind: ObjectType,
) -> Iterator[SchemaDifference]:
    before = {definition.name: definition for definition in old}
    after = {definition.name: definition for definition in new}
    for name, definition in before.items():
        if name not in after:
            yield SchemaDifference(kind, place, name, definition.type.value, "")
    for name, definition in after.items():
        if name not in before:
            yield SchemaDifference(kind, place, name, "", definition.type.value)
            continue
        for subject, first, second in _characteristics(before[name], definition):
            if first != second:
                yield SchemaDifference(kind, place, f"{name} {subject}", first, second)


def _characteristics(
    old: AttributeDefinition, new: AttributeDefinition
) -> Iterator[tuple[str, str, str]]:
    yield "type", old.type.value, new.type.value
    yield "primary key", _yes_no(old.anchor), _yes_no(new.anchor)
    yield "required", _yes_no(old.required), _yes_no(new.required)
    yield "multi-value", _yes_no(old.multivalued), _yes_no(new.multivalued)
    yield "exact case", _yes_no(old.case_exact), _yes_no(new.case_exact)
    yield "mutability", old.mutability.value, new.mutability.value
    yield "referenced objects", _names(old.referenced_objects), _names(new.referenced_objects)
    yield "supported for filtering", _yes_no(old.filterable), _yes_no(new.filterable)
    yield "accepted values", _names(old.canonical_values), _names(new.canonical_values)


def _names(values: Sequence[str]) -> str:
    return ", ".join(values) or "none"


def _yes_no(value: bool) -> str:
    return "Yes" if value else "No"


def _actions(actions: TargetObjectActions) -> str:
    return ", ".join(word for action, word in _ACTIONS if action in actions) or "none"
