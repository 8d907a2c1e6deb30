"""Migration 3: what lets the log be filtered by anything at a million entries.

An entry's small facts (object type, action, status, codes, HTTP statuses, cause of a skip) are a
*kind*; there are some dozens of kinds, and an entry refers to its kind by number. The target
attributes that it changed are a *change set*, likewise. So any filter by facts is a set of numbers,
one narrow index answers all of them in the order of the log, and `log_counts` knows how many
entries of each kind every cycle has without looking at them.
"""

import json
import sqlite3
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite_utils

_TABLES = (
    """CREATE TABLE log_kinds (
        number INTEGER PRIMARY KEY,
        object_type TEXT NOT NULL,
        action TEXT NOT NULL,
        status TEXT NOT NULL,
        error_code TEXT NOT NULL,
        skip_reason TEXT NOT NULL,
        http_statuses TEXT NOT NULL,
        cause TEXT NOT NULL,
        UNIQUE (object_type, action, status, error_code, skip_reason, http_statuses, cause))""",
    """CREATE TABLE log_change_sets (
        number INTEGER PRIMARY KEY,
        names TEXT NOT NULL UNIQUE)""",
    """CREATE TABLE log_change_names (
        name TEXT NOT NULL COLLATE NOCASE,
        change_set INTEGER NOT NULL,
        PRIMARY KEY (name, change_set)) WITHOUT ROWID""",
    """CREATE TABLE log_counts (
        job INTEGER NOT NULL,
        cycle INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        number INTEGER NOT NULL,
        PRIMARY KEY (job, cycle, kind)) WITHOUT ROWID""",
    "ALTER TABLE log ADD COLUMN principal TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE log ADD COLUMN kind INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE log ADD COLUMN change_set INTEGER NOT NULL DEFAULT 0",
)
_INDEXES = (
    *(f"DROP INDEX log_{name}" for name in ("status", "action", "error", "skip", "cycle")),
    "CREATE INDEX log_order ON log (job, key, kind, change_set, cycle, time)",
    "CREATE INDEX log_cycle ON log (job, cycle, key, kind, change_set, time)",
    "CREATE INDEX log_kind ON log (job, kind)",
    """INSERT INTO log_counts SELECT job, cycle, kind, count(*) FROM log
        GROUP BY job, cycle, kind""",
    "DROP TABLE log_search",
    # The facts as words of their own: they begin with a private character, which nobody types, and
    # let the full-text index itself find the entries that have both certain words and facts.
    """CREATE VIEW log_words AS SELECT key, source_name, target_name, source_id, principal, summary,
        char(57344) || 'j' || job || ' ' || char(57344) || 'c' || cycle
        || ' ' || char(57344) || 'k' || kind AS facts FROM log""",
    """CREATE VIRTUAL TABLE log_search USING fts5 (
        source_name, target_name, source_id, principal, summary, facts,
        content='log_words', content_rowid='key', prefix='2 3',
        tokenize="unicode61 remove_diacritics 2")""",
    "INSERT INTO log_search (log_search) VALUES ('rebuild')",
)


def apply(database: "sqlite_utils.Database") -> None:
    """Create the tables, give the entries that are there their numbers, and index them anew."""
    for statement in _TABLES:
        database.execute(statement)
    _number_entries(database.conn)
    for statement in _INDEXES:
        database.execute(statement)


def _number_entries(connection: sqlite3.Connection) -> None:
    rows = connection.execute(
        "SELECT log.key, object_type, action, status, error_code, skip_reason, content"
        " FROM log JOIN log_details ON log_details.key = log.key"
    )
    for row in rows.fetchall():
        key, *facts, content = tuple(row)
        details = json.loads(zlib.decompress(content))
        statuses = {int(exchange["status"]) for exchange in details["exchanges"]}
        names = sorted({item["display_name"] for item in details["modified_properties"]})
        kind = (*facts, "".join(f" {status} " for status in sorted(statuses)), "")
        connection.execute(
            "UPDATE log SET kind = ?, change_set = ?, principal = ? WHERE key = ?",
            (
                _kind_number(connection, kind),
                _change_set_number(connection, names),
                _principal(details),
                key,
            ),
        )


def _kind_number(connection: sqlite3.Connection, kind: tuple[Any, ...]) -> int:
    columns = "object_type, action, status, error_code, skip_reason, http_statuses, cause"
    connection.execute(
        f"INSERT OR IGNORE INTO log_kinds ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        kind,
    )
    row = connection.execute(
        f"SELECT number FROM log_kinds WHERE ({columns}) = (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        kind,
    ).fetchone()
    return int(row[0])


def _change_set_number(connection: sqlite3.Connection, names: list[str]) -> int:
    text = json.dumps(names, ensure_ascii=False)
    connection.execute("INSERT OR IGNORE INTO log_change_sets (names) VALUES (?)", (text,))
    row = connection.execute("SELECT number FROM log_change_sets WHERE names = ?", (text,))
    number = int(row.fetchone()[0])
    connection.executemany(
        "INSERT OR IGNORE INTO log_change_names VALUES (?, ?)", [(name, number) for name in names]
    )
    return number


def _principal(details: dict[str, Any]) -> str:
    for step in details["steps"]:
        name = step["details"].get("userPrincipalName")
        if step["step_type"] == "import" and isinstance(name, str) and name != "[Redact]":
            return name
    return ""
