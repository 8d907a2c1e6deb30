"""Deletes old entries of the provisioning log in small steps, and gives the space back.

Each step is one short transaction, so that a running cycle, which writes from another process,
waits for a few hundredths of a second at most.
"""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from looop_gui.store.database import Database
from looop_gui.store.log_facets import TIME_BLOCK

STEP_ENTRIES = 500
STEP_PAGES = 1_000
MERGE_PAGES = 200

_DELETE_WORDS = """
    INSERT INTO log_search
        (log_search, rowid, source_name, target_name, source_id, principal, summary, facts)
    SELECT 'delete', key, source_name, target_name, source_id, principal, summary, facts
    FROM log_words WHERE key IN {marks}"""
# A pack of details is kept as long as one of its entries is.
_DELETE_DETAILS = """
    DELETE FROM log_details WHERE key IN (
        SELECT (SELECT min(pack.key) FROM log_details AS pack WHERE pack.key >= gone.value)
        FROM json_each(?) AS gone)
    AND NOT EXISTS (SELECT 1 FROM log
        WHERE log.key BETWEEN log_details.key - max(log_details.entries, 1) + 1
        AND log_details.key)"""
_DELETE_COUNTS = """
    UPDATE log_counts SET number = log_counts.number - gone.deleted
    FROM (SELECT job, cycle, kind, change_set, count(*) AS deleted FROM log WHERE key IN {marks}
        GROUP BY job, cycle, kind, change_set) AS gone
    WHERE log_counts.job = gone.job AND log_counts.cycle = gone.cycle
    AND log_counts.kind = gone.kind AND log_counts.change_set = gone.change_set"""
_DELETE_TIMES = """
    DELETE FROM log_times
    WHERE block < (SELECT coalesce(min(key), 9e18) FROM log) / ? """
_DELETE_CYCLES = """
    DELETE FROM log_cycles WHERE last < (SELECT coalesce(min(key), 9e18) FROM log)"""
_DELETE_ROWS = "DELETE FROM log WHERE key IN {marks}"


@dataclass(frozen=True, slots=True)
class LogSize:
    """How many entries there are, and the size of the database file and its free part in bytes."""

    entries: int
    file_bytes: int
    free_bytes: int


def logged_jobs(database: Database) -> tuple[int, ...]:
    """The jobs that have entries, those of connections that are no more included."""
    with database.reading() as connection:
        rows = connection.execute("SELECT DISTINCT job FROM log_counts ORDER BY job").fetchall()
    return tuple(int(row[0]) for row in rows)


def delete_older(database: Database, job: int, before: datetime, limit: int = STEP_ENTRIES) -> int:
    """Delete up to `limit` entries of a job from before a moment; returns how many."""
    return _delete_step(
        database,
        "SELECT log.key FROM log_times CROSS JOIN log INDEXED BY log_order"
        " ON log.job = log_times.job AND log.key BETWEEN block * ? AND block * ? + ?"
        " WHERE log_times.job = ? AND earliest < ? AND log.time < ? LIMIT ?",
        (*(TIME_BLOCK, TIME_BLOCK, TIME_BLOCK - 1), job, *[before.timestamp()] * 2, limit),
    )


def delete_surplus(database: Database, job: int, keep: int, limit: int = STEP_ENTRIES) -> int:
    """Delete up to `limit` of a job's oldest entries beyond the newest `keep`; returns how many."""
    with database.reading() as connection:
        row = connection.execute(
            "SELECT total(number) FROM log_counts WHERE job = ?", (job,)
        ).fetchone()
    surplus = int(row[0]) - keep
    if surplus <= 0:
        return 0
    return _delete_step(
        database,
        "SELECT key FROM log INDEXED BY log_order WHERE job = ? ORDER BY key LIMIT ?",
        (job, min(surplus, limit)),
    )


def give_back_space(database: Database, pages: int = STEP_PAGES) -> bool:
    """Shorten the file by some of its free pages; True while there are more."""
    with database.reading() as connection:
        connection.execute(f"PRAGMA incremental_vacuum({int(pages)})").fetchall()
        free = int(connection.execute("PRAGMA freelist_count").fetchone()[0])
        if free == 0:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        return free > 0 and _shrinks(connection)


def merge_words(database: Database, pages: int = MERGE_PAGES) -> bool:
    """Merge a part of the full-text index, which is what frees its space; True while it helps."""
    with database.transaction() as connection:
        before = connection.total_changes
        connection.execute(
            "INSERT INTO log_search (log_search, rank) VALUES ('merge', ?)", (pages,)
        )
        return connection.total_changes - before >= 2


def log_size(database: Database) -> LogSize:
    """How large the log and the file are."""
    with database.reading() as connection:
        entries = int(connection.execute("SELECT total(number) FROM log_counts").fetchone()[0])
        page, pages, free = (
            int(connection.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("page_size", "page_count", "freelist_count")
        )
    return LogSize(entries, page * pages, page * free)


def _delete_step(database: Database, query: str, values: tuple[object, ...]) -> int:
    with database.transaction() as connection:
        keys = [row[0] for row in connection.execute(query, values).fetchall()]
        if keys:
            marks = f"({', '.join('?' * len(keys))})"
            for statement in (_DELETE_WORDS, _DELETE_COUNTS, _DELETE_ROWS):
                connection.execute(statement.format(marks=marks), keys)
            connection.execute(_DELETE_DETAILS, (json.dumps(keys),))
            connection.execute("DELETE FROM log_counts WHERE number <= 0")
            connection.execute(_DELETE_TIMES, (TIME_BLOCK,))
            connection.execute(_DELETE_CYCLES)
    return len(keys)


def _shrinks(connection: sqlite3.Connection) -> bool:
    """Whether the file was made to be shortened step by step (auto_vacuum incremental)."""
    return int(connection.execute("PRAGMA auto_vacuum").fetchone()[0]) == 2
