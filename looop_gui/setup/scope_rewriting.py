"""Writes an edited scoping filter over an imported one: unchanged clauses stay as they were."""

from collections.abc import Mapping
from typing import Any

from looop_gui.model.scope import FilterClause, FilterGroup, ScopingFilter
from looop_gui.setup.schema_reading import ignore_notes, objects_in, read_clause, read_scope
from looop_gui.setup.schema_writing import scope_to_graph

JsonObject = dict[str, Any]


def rewritten_scope(raw: Any, scope: ScopingFilter) -> Any:
    """`raw`, Graph's filter as it was imported, with the groups of `scope`.

    Groups and clauses are recognised by their meaning, so that one that was not understood comes
    back as it was even when another was edited.
    """
    if read_scope(raw, ignore_notes) == scope:
        return raw
    if not isinstance(raw, Mapping):
        return scope_to_graph(scope)
    rewritten = scope_to_graph(scope) or {}
    known_groups, known_clauses = _by_meaning(raw)
    groups: list[JsonObject] = []
    for group, plain in zip(scope.groups, rewritten.get("groups", ()), strict=True):
        as_read = known_groups.get(group)
        if as_read is None:
            clauses = zip(group.clauses, plain["clauses"], strict=True)
            as_read = plain | {"clauses": [known_clauses.get(c, new) for c, new in clauses]}
        groups.append(as_read)
    return {**raw, "groups": groups}


def _by_meaning(
    raw: Mapping[str, Any],
) -> tuple[dict[FilterGroup, JsonObject], dict[FilterClause, JsonObject]]:
    read = read_scope(raw, ignore_notes)
    raw_groups = [dict(group) for group in objects_in(raw.get("groups"))]
    groups = dict(zip(read.groups, raw_groups, strict=True))
    clauses = {
        read_clause(clause, ignore_notes): dict(clause)
        for group in raw_groups
        for clause in objects_in(group.get("clauses"))
    }
    return groups, clauses
