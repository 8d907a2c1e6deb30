"""Scope as the editor asks for it: counts, explanations and values, of unsaved configurations.

The engine decides; this only carries its answers out of a worker thread.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass

from looop_gui.engine.census import Census, take_census
from looop_gui.engine.explain import Explainer, Explanation
from looop_gui.engine.scope_change import (
    ScopeChange,
    ScopeConfiguration,
    objects_of,
    scope_change,
)
from looop_gui.model.connection import ConnectionSettings
from looop_gui.model.directory import DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.model.mapping import SynchronizationSchema

__all__ = ["Census", "Explanation", "ScopeChange", "ScopeGroup"]

MOST_VALUES = 500


@dataclass(frozen=True, slots=True)
class ScopeGroup:
    """Everybody who is out of scope for the same first reason, or in scope (`reason` empty)."""

    reason: str
    members: tuple[tuple[str, str], ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.members)


async def compare_scope(
    snapshot: DirectorySnapshot,
    before: tuple[SynchronizationSchema, ConnectionSettings],
    after: tuple[SynchronizationSchema, ConnectionSettings],
    object_type: ObjectType,
) -> ScopeChange:
    """Who leaves and enters with a change. Raises UnsupportedFilterError."""
    return await asyncio.to_thread(
        scope_change,
        snapshot,
        ScopeConfiguration(*before),
        ScopeConfiguration(*after),
        object_type,
    )


async def explain_scope(
    snapshot: DirectorySnapshot,
    configuration: tuple[SynchronizationSchema, ConnectionSettings],
    entry: DirectoryObject,
) -> Explanation:
    """Why somebody is in scope or not, and the smallest change. Raises UnsupportedFilterError."""

    def run() -> Explanation:
        return Explainer(snapshot, ScopeConfiguration(*configuration)).explain(entry)

    return await asyncio.to_thread(run)


async def scope_census(
    snapshot: DirectorySnapshot,
    configuration: tuple[SynchronizationSchema, ConnectionSettings],
) -> Census:
    """Everybody who is skipped, people and groups, by cause. Raises UnsupportedFilterError."""
    return await asyncio.to_thread(take_census, snapshot, ScopeConfiguration(*configuration))


async def scope_groups(
    snapshot: DirectorySnapshot,
    configuration: tuple[SynchronizationSchema, ConnectionSettings],
    object_type: ObjectType,
) -> tuple[ScopeGroup, ...]:
    """Everybody grouped by the first reason that keeps them out, the largest group first."""

    def run() -> tuple[ScopeGroup, ...]:
        chosen = ScopeConfiguration(*configuration)
        explainer = Explainer(snapshot, chosen)
        enabled = chosen.enabled(object_type)
        found: dict[str, list[tuple[str, str]]] = {}
        for entry in objects_of(snapshot, object_type).values():
            reason = _reason(entry, explainer) if enabled else "Not provisioned"
            found.setdefault(reason, []).append((entry.id, entry.display_name))
        groups = [ScopeGroup(reason, tuple(members)) for reason, members in found.items()]
        return tuple(sorted(groups, key=lambda group: (group.reason != "", -group.count)))

    return await asyncio.to_thread(run)


async def frequent_values(
    snapshot: DirectorySnapshot, object_type: ObjectType, attribute: str
) -> tuple[str, ...]:
    """The values that an attribute really has, the most frequent first."""

    def collect() -> tuple[str, ...]:
        counter: Counter[str] = Counter()
        for source in objects_of(snapshot, object_type).values():
            value = source.attributes.get(attribute)
            if isinstance(value, str) and value:
                counter[value] += 1
        return tuple(value for value, _ in counter.most_common(MOST_VALUES))

    return await asyncio.to_thread(collect)


def _reason(entry: DirectoryObject, explainer: Explainer) -> str:
    """The first fact of section b.4 that is not true, in words; empty when all are."""
    evaluation = explainer.evaluate(entry)
    if entry.deleted:
        return "Deleted in the source directory"
    if not evaluation.active:
        return "Account disabled"
    if not evaluation.assigned:
        return "Not assigned"
    if not evaluation.has_required_role:
        return "Default Access only"
    return "" if evaluation.filter_passed else "Scoping filters do not pass"
