"""Migration 18: what a cycle writes is appended, and keys that come in no order are kept in fewer.

A block of a cycle has hundreds of objects in no order. Each B-tree with their ids as keys had to
write nearly all of its pages anew for each block, which was most of what went to the disk.

- `journal` has one row for many intents or results (`content`, see `store/journal.py`).
- `links` have a row number, and their ids only stand in one index.
- `log_details` has one row for many entries; `entries` says how many there are up to `key`. Old
  rows have 0 there, and the details of one entry.
- `log_cycles` has the first and the last key of each cycle's entries. So `log_order` does what
  `log_cycle` did, and with `log_times` what `log_time` did. The full-text index finds an object by
  its id, as `log_source` did.
- `log_search` has no index of the first three letters any more, but of the first two only, which
  also serves one letter; more letters find few enough words. Nor does it keep how many words each
  column has, which only a ranking asks for.
"""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import sqlite_utils

_LINKS = (
    """CREATE TABLE numbered_links (
        number INTEGER PRIMARY KEY,
        job INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE,
        source_id TEXT NOT NULL,
        target_id TEXT NOT NULL,
        object_type TEXT NOT NULL,
        display_name TEXT NOT NULL,
        managed INTEGER NOT NULL,
        disabled INTEGER NOT NULL,
        source_digest TEXT NOT NULL,
        manager TEXT NOT NULL,
        identity TEXT NOT NULL DEFAULT '',
        leaving_since TEXT)""",
    """INSERT INTO numbered_links (job, source_id, target_id, object_type, display_name, managed,
            disabled, source_digest, manager, identity, leaving_since)
        SELECT job, source_id, target_id, object_type, display_name, managed,
            disabled, source_digest, manager, identity, leaving_since FROM links""",
    "DROP TABLE links",
    "ALTER TABLE numbered_links RENAME TO links",
    "CREATE UNIQUE INDEX links_source ON links (job, source_id)",
)
_JOURNAL = (
    "DROP TABLE journal",
    """CREATE TABLE journal (
        number INTEGER PRIMARY KEY,
        cycle INTEGER NOT NULL REFERENCES cycles (number) ON DELETE CASCADE,
        pass TEXT NOT NULL,
        kind TEXT NOT NULL,
        content BLOB NOT NULL)""",
    "CREATE INDEX journal_cycle ON journal (cycle)",
)
_LOG = (
    "ALTER TABLE log_details ADD COLUMN entries INTEGER NOT NULL DEFAULT 0",
    """CREATE TABLE log_cycles (
        job INTEGER NOT NULL,
        cycle INTEGER NOT NULL,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        PRIMARY KEY (job, cycle)) WITHOUT ROWID""",
    "INSERT INTO log_cycles SELECT job, cycle, min(key), max(key) FROM log GROUP BY job, cycle",
    *(f"DROP INDEX log_{name}" for name in ("cycle", "time", "source")),
    "DROP TABLE log_search",
    """CREATE VIRTUAL TABLE log_search USING fts5 (
        source_name, target_name, source_id, principal, summary, facts,
        content='log_words', content_rowid='key', prefix='2', columnsize=0,
        tokenize="unicode61 remove_diacritics 2")""",
    "INSERT INTO log_search (log_search) VALUES ('rebuild')",
)


def apply(database: "sqlite_utils.Database") -> None:
    """Make the tables anew, with the rows that are there."""
    for statement in _LINKS:
        database.execute(statement)
    found = database.execute(
        "SELECT cycle, pass, source_id, result, hint FROM journal ORDER BY cycle, pass, source_id"
    ).fetchall()
    for statement in _JOURNAL:
        database.execute(statement)
    for cycle, pass_name, source_id, result, hint in found:
        database.execute(
            "INSERT INTO journal (cycle, pass, kind, content) VALUES (?, ?, 'state', ?)",
            (cycle, pass_name, msgspec.msgpack.encode({source_id: (result, hint)})),
        )
    for statement in _LOG:
        database.execute(statement)
