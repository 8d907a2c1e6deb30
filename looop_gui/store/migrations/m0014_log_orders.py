"""Migration 14: the log in the order of names and durations, and searched for changes and times.

`sort_name` is the name of an entry as it is sorted: without accents and letter case. Two indexes
hold, in the order of names and of durations, everything that a filter asks about. `log_counts`
counts by change set, too, so that it alone can count what an attribute filter lets through, and the
change set is a word of the full-text index, as the other facts are since migration 3. `log_times`
has the earliest and the latest time of each thousand keys, so that times become bounds of the key.
"""

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite_utils

_LENGTH = 60
_STATEMENTS = (
    "ALTER TABLE log ADD COLUMN sort_name TEXT NOT NULL DEFAULT ''",
    "UPDATE log SET sort_name = migration_sort_name(source_name, target_name, source_id)",
    """CREATE INDEX log_name ON log
        (job, sort_name, key DESC, kind, change_set, cycle, time)""",
    """CREATE INDEX log_duration ON log
        (job, milliseconds, key DESC, kind, change_set, cycle, time)""",
    "DROP TABLE log_counts",
    """CREATE TABLE log_counts (
        job INTEGER NOT NULL,
        cycle INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        change_set INTEGER NOT NULL,
        number INTEGER NOT NULL,
        PRIMARY KEY (job, cycle, kind, change_set)) WITHOUT ROWID""",
    """INSERT INTO log_counts SELECT job, cycle, kind, change_set, count(*) FROM log
        GROUP BY job, cycle, kind, change_set""",
    """CREATE TABLE log_times (
        job INTEGER NOT NULL,
        block INTEGER NOT NULL,
        earliest REAL NOT NULL,
        latest REAL NOT NULL,
        PRIMARY KEY (job, block)) WITHOUT ROWID""",
    """INSERT INTO log_times SELECT job, key / 1000, min(time), max(time) FROM log
        GROUP BY job, key / 1000""",
    "DROP TABLE log_search",
    "DROP VIEW log_words",
    """CREATE VIEW log_words AS SELECT key, source_name, target_name, source_id, principal, summary,
        char(57344) || 'j' || job || ' ' || char(57344) || 'c' || cycle
        || ' ' || char(57344) || 'k' || kind || ' ' || char(57344) || 'x' || change_set
        AS facts FROM log""",
    """CREATE VIRTUAL TABLE log_search USING fts5 (
        source_name, target_name, source_id, principal, summary, facts,
        content='log_words', content_rowid='key', prefix='2 3',
        tokenize="unicode61 remove_diacritics 2")""",
    "INSERT INTO log_search (log_search) VALUES ('rebuild')",
)


def apply(database: "sqlite_utils.Database") -> None:
    """Give every entry its sort name, and make indexes, counts and the full-text index anew."""
    database.conn.create_function("migration_sort_name", 3, _sort_name, deterministic=True)
    for statement in _STATEMENTS:
        database.execute(statement)


def _sort_name(source_name: str, target_name: str | None, source_id: str) -> str:
    name = source_name or target_name or source_id
    letters = (
        letter
        for letter in unicodedata.normalize("NFKD", name)
        if not unicodedata.combining(letter)
    )
    return "".join(letters).casefold()[:_LENGTH]
