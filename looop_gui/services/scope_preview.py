"""Scope as the editor asks for it: counts, explanations and values, of unsaved configurations.

The engine decides; this only carries its answers out of a worker thread.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from looop_gui.engine.census import Census, SkipCause, take_census
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

__all__ = ["Census", "Explanation", "ScopeChange", "ScopeGroup", "SkipCause"]

MOST_VALUES = 500


@dataclass(frozen=True, slots=True)
class ScopeGroup:
    """Everybody who is skipped for the same first reason, or in scope (`cause` None).

    `reason` says it in a sentence, with the clauses of the filter that are false.
    """

    cause: SkipCause | None
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
) -> Mapping[ObjectType, tuple[ScopeGroup, ...]]:
    """The census with the names: first who is in scope, then the largest group of those skipped.

    Raises UnsupportedFilterError.
    """

    def run() -> Mapping[ObjectType, tuple[ScopeGroup, ...]]:
        census = take_census(snapshot, ScopeConfiguration(*configuration))
        return {kind: tuple(_groups(snapshot, census, kind)) for kind in ObjectType}

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


def _groups(
    snapshot: DirectorySnapshot, census: Census, object_type: ObjectType
) -> Iterator[ScopeGroup]:
    rows = [row for row in census.rows if row.object_type is object_type]
    skipped = {entry.id for row in rows for entry in row.entries}
    entries = objects_of(snapshot, object_type).values()
    yield ScopeGroup(None, "", _named(entry for entry in entries if entry.id not in skipped))
    for row in rows:
        yield ScopeGroup(row.cause, row.sentence, _named(row.entries))


def _named(entries: Iterable[DirectoryObject]) -> tuple[tuple[str, str], ...]:
    return tuple((entry.id, entry.display_name or entry.id) for entry in entries)
