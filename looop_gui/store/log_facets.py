"""The numbers by which entries of the provisioning log are filtered: kinds and change sets.

See migration 3 for what they are. They are only ever added to; there are some dozens.
"""

import json
import sqlite3
from dataclasses import dataclass, field

from looop_gui.model.provisioning_log import LogFilter
from looop_gui.store.log_lines import Facts, LogLine

KIND_COLUMNS = "object_type, action, status, error_code, skip_reason, http_statuses, cause"

FACT = "\ue000"
"""The private character with which words for facts begin."""

TIME_BLOCK = 1_000
"""So many keys have their earliest and latest time in `log_times` together."""

Kind = tuple[str, ...]
ChangeSet = tuple[str, ...]


@dataclass(slots=True)
class FacetNumbers:
    """The numbers that are known of kinds and change sets, for entries that are written.

    Whoever keeps it for the next transaction has to forget it when one is rolled back.
    """

    kinds: dict[Facts, int] = field(default_factory=dict)
    change_sets: dict[tuple[str, ...], int] = field(default_factory=dict)

    def of(self, connection: sqlite3.Connection, line: LogLine) -> tuple[int, int]:
        """The numbers of the kind and of the change set of an entry; new ones get one.

        Called inside a transaction.
        """
        facts, names = line.facts, line.changed
        kind, change_set = self.kinds.get(facts), self.change_sets.get(names)
        if kind is None:
            kind = self.kinds[facts] = _kind_number(connection, _kind(facts))
        if change_set is None:
            change_set = _change_set_number(connection, tuple(sorted(set(names))))
            self.change_sets[names] = change_set
        return kind, change_set


def add_facts(connection: sqlite3.Connection, job: int, cycle: int, keys: tuple[int, int]) -> None:
    """Take in what new entries, from the first key to the last, are counted and found by.

    All of it stands in their rows: the database puts it where it belongs while the interpreter does
    something else. Called inside a transaction.
    """
    connection.execute(
        "INSERT INTO log_search"
        " (rowid, source_name, target_name, source_id, principal, summary, facts)"
        " SELECT key, source_name, target_name, source_id, principal, summary, facts"
        " FROM log_words WHERE key BETWEEN ? AND ?",
        keys,
    )
    connection.execute(
        "INSERT INTO log_counts SELECT job, cycle, kind, change_set, count(*) FROM log"
        " WHERE key BETWEEN ? AND ? GROUP BY kind, change_set"
        " ON CONFLICT (job, cycle, kind, change_set)"
        " DO UPDATE SET number = number + excluded.number",
        keys,
    )
    connection.execute(
        f"INSERT INTO log_times SELECT job, key / {TIME_BLOCK}, min(time), max(time) FROM log"  # noqa: S608
        f" WHERE key BETWEEN ? AND ? GROUP BY key / {TIME_BLOCK} ON CONFLICT (job, block)"
        " DO UPDATE SET earliest = min(earliest, excluded.earliest),"
        " latest = max(latest, excluded.latest)",
        keys,
    )
    connection.execute(
        "INSERT INTO log_cycles VALUES (?, ?, ?, ?)"
        " ON CONFLICT (job, cycle) DO UPDATE SET last = excluded.last",
        (job, cycle, *keys),
    )


def matching_kinds(connection: sqlite3.Connection, log_filter: LogFilter) -> list[int] | None:
    """The numbers of the kinds that a filter lets through; None when it does not ask for any."""
    conditions: list[str] = []
    values: list[object] = []
    for column, wanted in (
        ("status", sorted(log_filter.statuses)),
        ("action", sorted(log_filter.actions)),
        ("object_type", [log_filter.object_type] if log_filter.object_type else []),
        ("error_code", [log_filter.error_code] if log_filter.error_code else []),
        ("cause", [log_filter.cause] if log_filter.cause else []),
    ):
        if wanted:
            conditions.append(f"{column} IN ({', '.join('?' * len(wanted))})")
            values += wanted
    if log_filter.http_status is not None:
        conditions.append("instr(http_statuses, ?) > 0")
        values.append(f" {log_filter.http_status} ")
    if not conditions:
        return None
    rows = connection.execute(
        f"SELECT number FROM log_kinds WHERE {' AND '.join(conditions)}",  # noqa: S608 - constants
        values,
    )
    return [int(row[0]) for row in rows.fetchall()]


def matching_change_sets(connection: sqlite3.Connection, attribute: str) -> list[int]:
    """The numbers of the change sets with a target attribute, whatever its letter case."""
    rows = connection.execute(
        "SELECT change_set FROM log_change_names WHERE name = ?", (attribute,)
    )
    return [int(row[0]) for row in rows.fetchall()]


def _kind(facts: Facts) -> Kind:
    """The facts of a kind as text; the statuses each between blanks, so that one can be found."""
    object_type, action, status, error_code, skip_reason, statuses, cause = facts
    words = "".join(f" {number} " for number in sorted(set(statuses)))
    return str(object_type), str(action), str(status), error_code, skip_reason, words, cause


def _kind_number(connection: sqlite3.Connection, kind: Kind) -> int:
    query = f"SELECT number FROM log_kinds WHERE ({KIND_COLUMNS}) = (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
    row = connection.execute(query, kind).fetchone()
    if row is not None:
        return int(row[0])
    cursor = connection.execute(
        f"INSERT INTO log_kinds ({KIND_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        kind,
    )
    return int(cursor.lastrowid or 0)


def _change_set_number(connection: sqlite3.Connection, names: ChangeSet) -> int:
    text = json.dumps(names, ensure_ascii=False)
    row = connection.execute(
        "SELECT number FROM log_change_sets WHERE names = ?", (text,)
    ).fetchone()
    if row is not None:
        return int(row[0])
    cursor = connection.execute("INSERT INTO log_change_sets (names) VALUES (?)", (text,))
    number = int(cursor.lastrowid or 0)
    connection.executemany(
        "INSERT INTO log_change_names VALUES (?, ?)", [(name, number) for name in names]
    )
    return number
