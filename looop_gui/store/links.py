"""Links: which target resource belongs to which source object, and what was last exported."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Link
from looop_gui.store.database import Database
from looop_gui.store.rows import insert_rows

_NOBODY: frozenset[str] = frozenset()
_TEXTS = {kind: str(kind) for kind in ObjectType}
"""SQLite's module takes plain text as it is; for everything else it looks for an adapter."""


def load_links(database: Database, job: int) -> dict[str, Link]:
    """All links of a job by source id, groups with the members last exported."""
    with database.reading() as connection:
        members = _members(connection, job)
        rows = connection.execute(
            "SELECT source_id, target_id, object_type, display_name, managed, disabled,"
            " source_digest, manager, identity, leaving_since FROM links WHERE job = ?",
            (job,),
        )
        rows.row_factory = None
        types = {str(kind): kind for kind in ObjectType}
        return {
            row[0]: Link(
                row[0],
                row[1],
                types[row[2]],
                row[3],
                row[4] != 0,
                row[5] != 0,
                row[6],
                row[7],
                members.get(row[0], _NOBODY),
                row[8],
                None if row[9] is None else datetime.fromisoformat(row[9]),
            )
            for row in rows
        }


def save_links(
    connection: sqlite3.Connection, job: int, links: Iterable[Link], known: dict[str, Link]
) -> None:
    """Store links, new or changed; `known` holds what is stored now, to write members sparingly.

    Called inside a transaction; `known` is left as it is.
    """
    links = list(links)
    insert_rows(
        connection,
        "INSERT OR REPLACE INTO links (job, source_id, target_id, object_type, display_name,"
        " managed, disabled, source_digest, manager, identity, leaving_since)"
        " SELECT ?1, given.* FROM (VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)) AS given",
        [
            (
                link.source_id,
                link.target_id,
                _TEXTS[link.object_type],
                link.display_name,
                int(link.managed),
                int(link.disabled),
                link.source_digest,
                link.manager,
                link.identity,
                link.leaving_since.isoformat() if link.leaving_since is not None else None,
            )
            for link in links
        ],
        (job,),
    )
    _save_members(connection, job, links, known)


def delete_links(connection: sqlite3.Connection, job: int, source_ids: Iterable[str]) -> None:
    """Break the links of these objects. Called inside a transaction."""
    keys = [(job, source_id) for source_id in source_ids]
    connection.executemany("DELETE FROM links WHERE job = ? AND source_id = ?", keys)
    connection.executemany("DELETE FROM link_members WHERE job = ? AND group_id = ?", keys)


def delete_all_links(connection: sqlite3.Connection, job: int) -> None:
    """Break all links of a job (Graph's reset scope Full). Called inside a transaction."""
    connection.execute("DELETE FROM links WHERE job = ?", (job,))
    connection.execute("DELETE FROM link_members WHERE job = ?", (job,))


def count_links(database: Database, job: int) -> dict[ObjectType, int]:
    """How many links there are by object type."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT object_type, count(*) FROM links WHERE job = ? GROUP BY object_type", (job,)
        ).fetchall()
    return {ObjectType(row[0]): int(row[1]) for row in rows}


def _members(connection: sqlite3.Connection, job: int) -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    rows = connection.execute("SELECT group_id, member_id FROM link_members WHERE job = ?", (job,))
    rows.row_factory = None
    for group_id, member_id in rows:
        found[group_id].add(member_id)
    return {group_id: frozenset(members) for group_id, members in found.items()}


def _save_members(
    connection: sqlite3.Connection, job: int, links: Iterable[Link], known: dict[str, Link]
) -> None:
    """Store what has changed in the members of groups."""
    added: list[tuple[str, str]] = []
    removed: list[tuple[int, str, str]] = []
    for link in links:
        if link.object_type is not ObjectType.GROUP:
            continue
        group, stored = link.source_id, known.get(link.source_id)
        before = stored.members if stored is not None else _NOBODY
        if link.members is not before:
            added += [(group, member) for member in link.members - before]
            removed += [(job, group, member) for member in before - link.members]
    insert_rows(
        connection,
        "INSERT OR IGNORE INTO link_members SELECT ?1, given.* FROM (VALUES (?, ?)) AS given",
        sorted(added),
        (job,),
    )
    connection.executemany(
        "DELETE FROM link_members WHERE job = ? AND group_id = ? AND member_id = ?", removed
    )
