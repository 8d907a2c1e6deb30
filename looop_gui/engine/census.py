"""Everybody who is skipped, grouped by the reason: a census of one directory and configuration."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from looop_gui.engine.entitlement import Entitlement, entitled
from looop_gui.engine.matching_value import matching_test
from looop_gui.engine.scope_change import ScopeConfiguration, objects_of
from looop_gui.engine.scoping import ClauseOutcome, ScopeRules
from looop_gui.model.directory import DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.model.provisioning_log import StepType


class SkipCause(StrEnum):
    """Why an object is skipped; the first that applies, in the order of the service's steps."""

    MAPPING_DISABLED = "mapping not enabled"
    NO_MATCHING_VALUE = "no matching value"
    DELETED = "deleted"
    DISABLED = "disabled"
    NOT_ASSIGNED = "not assigned"
    GROUP_REFUSED = "assignment does not count"
    NESTED_ONLY = "in a nested group only"
    ROLE = "role not admissible"
    FILTER = "scoping filter"

    @property
    def step(self) -> StepType:
        """The step of the provisioning log that decides it."""
        is_import = self is SkipCause.NO_MATCHING_VALUE
        return StepType.IMPORT if is_import else StepType.SCOPING


@dataclass(frozen=True, slots=True)
class CensusRow:
    """Objects skipped for one cause; `sentence` says it, with the clauses that are false."""

    object_type: ObjectType
    cause: SkipCause
    sentence: str
    entries: tuple[DirectoryObject, ...]

    @property
    def count(self) -> int:
        """How many objects."""
        return len(self.entries)


@dataclass(frozen=True, slots=True)
class Census:
    """How many people and groups are in scope, and everybody else by cause, largest row first."""

    users: int
    users_in_scope: int
    groups: int
    groups_in_scope: int
    rows: tuple[CensusRow, ...]


def take_census(snapshot: DirectorySnapshot, configuration: ScopeConfiguration) -> Census:
    """The census. Raises UnsupportedFilterError when a filter cannot be used."""
    entitlement = entitled(snapshot, configuration.settings)
    nested = entitled(snapshot, configuration.settings, expand_nested=True)
    counted: dict[ObjectType, int] = {}
    rows: list[CensusRow] = []
    for kind in ObjectType:
        question = _Question(snapshot, configuration, kind, entitlement, nested)
        skipped: dict[tuple[SkipCause, str], list[DirectoryObject]] = {}
        for entry in objects_of(snapshot, kind).values():
            answer = question.cause(entry)
            if answer is not None:
                skipped.setdefault(answer, []).append(entry)
        counted[kind] = sum(len(entries) for entries in skipped.values())
        rows += [
            CensusRow(kind, cause, sentence, tuple(entries))
            for (cause, sentence), entries in skipped.items()
        ]
    users, groups = len(snapshot.users), len(snapshot.groups)
    return Census(
        users=users,
        users_in_scope=users - counted[ObjectType.USER],
        groups=groups,
        groups_in_scope=groups - counted[ObjectType.GROUP],
        rows=tuple(sorted(rows, key=lambda row: (row.object_type is ObjectType.GROUP, -row.count))),
    )


class _Question:
    """Finds the cause for one object after the other."""

    def __init__(
        self,
        snapshot: DirectorySnapshot,
        configuration: ScopeConfiguration,
        kind: ObjectType,
        entitlement: Entitlement,
        nested: Entitlement,
    ) -> None:
        self._enabled = configuration.enabled(kind)
        self._rules: ScopeRules = configuration.rules(kind)
        self._entitlement = entitlement
        self._nested = nested
        self._has_matching_value = matching_test(configuration.schema.mapping_of(kind))
        self._refused = {
            member
            for group_id in entitlement.refused_groups
            for member in (group_id, *snapshot.groups[group_id].members)
        }

    def cause(self, entry: DirectoryObject) -> tuple[SkipCause, str] | None:
        """The cause with its sentence; None for an object in scope."""
        cause = self._simple_cause(entry)
        if cause is not None:
            return cause, _SENTENCES[cause]
        if self._rules.passes(entry.attributes):
            return None
        return SkipCause.FILTER, _filter_sentence(self._rules.outcomes(entry.attributes))

    def _simple_cause(self, entry: DirectoryObject) -> SkipCause | None:
        if not self._enabled:
            return SkipCause.MAPPING_DISABLED
        if not self._has_matching_value(entry):
            return SkipCause.NO_MATCHING_VALUE
        if not entry.active:
            return SkipCause.DELETED if entry.deleted else SkipCause.DISABLED
        if not self._entitlement.is_assigned(entry.id):
            return self._unassigned_cause(entry.id)
        if not self._entitlement.has_required_role(entry.id):
            return SkipCause.ROLE
        return None

    def _unassigned_cause(self, object_id: str) -> SkipCause:
        if object_id in self._refused:
            return SkipCause.GROUP_REFUSED
        if object_id in self._nested.grants:
            return SkipCause.NESTED_ONLY
        return SkipCause.NOT_ASSIGNED


def _filter_sentence(outcomes: Iterable[ClauseOutcome]) -> str:
    """Names the false clauses of the filter that comes closest to passing."""
    groups: dict[str, list[ClauseOutcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.group, []).append(outcome)
    false_clauses = [[o for o in group if not o.passed] for group in groups.values()]
    closest = min(false_clauses, key=len)
    words = ", ".join(
        f"{o.clause.attribute} {o.clause.operator.value}"
        + ("" if o.clause.operator.unary else f' "{o.clause.value}"')
        for o in closest
    )
    return f"The scoping filter is false: {words}."


_SENTENCES = {
    SkipCause.MAPPING_DISABLED: "The mapping is not enabled.",
    SkipCause.NO_MATCHING_VALUE: "There is no value for any matching attribute.",
    SkipCause.DELETED: "Deleted in the source directory.",
    SkipCause.DISABLED: "The account is disabled.",
    SkipCause.NOT_ASSIGNED: "Not assigned to the application.",
    SkipCause.GROUP_REFUSED: "The assigned group is deleted or not security-enabled.",
    SkipCause.NESTED_ONLY: "Only in a group that is nested in an assigned group.",
    SkipCause.ROLE: "Default Access alone, which is excluded.",
}
