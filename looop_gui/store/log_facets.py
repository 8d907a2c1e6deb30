"""The numbers by which entries of the provisioning log are filtered: kinds and change sets.

See migration 3 for what they are. They are only ever added to; there are some dozens.
"""

import json
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from looop_gui.model.provisioning_log import LogFilter, ProvisioningLogEntry, StepType

KIND_COLUMNS = "object_type, action, status, error_code, skip_reason, http_statuses, cause"

FACT = "\ue000"
"""The private character with which words for facts begin."""

TIME_BLOCK = 1_000
"""So many keys have their earliest and latest time in `log_times` together."""

SORT_NAME_LENGTH = 60
"""Names that are the same up to here are sorted by time."""


class _Unaccented(dict[int, int | None]):
    """A table for `str.translate` that drops accents; it learns each letter when it meets it."""

    def __missing__(self, letter: int) -> int | None:
        self[letter] = None if unicodedata.combining(chr(letter)) else letter
        return self[letter]


_UNACCENTED = _Unaccented()

Kind = tuple[str, ...]
ChangeSet = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryFacets:
    """What an entry is filtered by.

    `principal` is the userPrincipalName of a person, where the name in the target is another one:
    words that an entry has anyway are not looked up by a second copy of them.
    """

    kind: int
    change_set: int
    principal: str


def number_entries(
    connection: sqlite3.Connection, entries: Sequence[ProvisioningLogEntry]
) -> list[EntryFacets]:
    """The facets of new entries; kinds and change sets that are new get a number.

    Called inside a transaction.
    """
    kinds = [_kind(entry) for entry in entries]
    changes = [_change_set(entry) for entry in entries]
    kind_numbers = {kind: _kind_number(connection, kind) for kind in set(kinds)}
    change_numbers = {names: _change_set_number(connection, names) for names in set(changes)}
    return [
        EntryFacets(kind_numbers[kind], change_numbers[names], _principal(entry))
        for entry, kind, names in zip(entries, kinds, changes, strict=True)
    ]


def add_counts(
    connection: sqlite3.Connection, job: int, cycle: int, facets: Iterable[EntryFacets]
) -> None:
    """Count new entries with these facets. Called inside a transaction."""
    counts = Counter((one.kind, one.change_set) for one in facets)
    connection.executemany(
        "INSERT INTO log_counts VALUES (?, ?, ?, ?, ?) ON CONFLICT (job, cycle, kind, change_set)"
        " DO UPDATE SET number = number + excluded.number",
        [(job, cycle, *facts, number) for facts, number in counts.items()],
    )


def add_cycle_keys(
    connection: sqlite3.Connection, job: int, cycle: int, keys: tuple[int, int]
) -> None:
    """Widen the bounds of a cycle's keys by those of new entries, the first and the last.

    Called inside a transaction.
    """
    if keys[0] <= keys[1]:
        connection.execute(
            "INSERT INTO log_cycles VALUES (?, ?, ?, ?)"
            " ON CONFLICT (job, cycle) DO UPDATE SET last = excluded.last",
            (job, cycle, *keys),
        )


def add_times(
    connection: sqlite3.Connection, job: int, first_key: int, times: Sequence[float]
) -> None:
    """Widen the times of the blocks of keys that new entries are in. Inside a transaction."""
    blocks: dict[int, tuple[float, float]] = {}
    for key, time in enumerate(times, first_key):
        earliest, latest = blocks.get(key // TIME_BLOCK, (time, time))
        blocks[key // TIME_BLOCK] = (min(earliest, time), max(latest, time))
    connection.executemany(
        "INSERT INTO log_times VALUES (?, ?, ?, ?) ON CONFLICT (job, block) DO UPDATE SET"
        " earliest = min(earliest, excluded.earliest), latest = max(latest, excluded.latest)",
        [(job, block, *bounds) for block, bounds in blocks.items()],
    )


def fact_words(job: int, cycle: int, facets: EntryFacets) -> str:
    """The facts of an entry as words of the full-text index (see migrations 3 and 14)."""
    return f"{FACT}j{job} {FACT}c{cycle} {FACT}k{facets.kind} {FACT}x{facets.change_set}"


def sort_name(entry: ProvisioningLogEntry) -> str:
    """The name by which an entry is sorted: without accents and letter case."""
    name = entry.source_name or entry.target_name or entry.source_id
    if not name.isascii():
        name = unicodedata.normalize("NFKD", name).translate(_UNACCENTED)
    return name.casefold()[:SORT_NAME_LENGTH]


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


def http_statuses(entry: ProvisioningLogEntry) -> str:
    """The HTTP statuses of an entry's responses, each between blanks, so that one can be found."""
    return _status_words(tuple([exchange.status for exchange in entry.exchanges]))


@lru_cache(maxsize=1_024)
def _status_words(statuses: tuple[int, ...]) -> str:
    return "".join(f" {status} " for status in sorted(set(statuses)))


def _kind(entry: ProvisioningLogEntry) -> Kind:
    return (
        str(entry.object_type),
        str(entry.action),
        str(entry.status),
        entry.error.error_code if entry.error else "",
        entry.skip_reason,
        http_statuses(entry),
        entry.cause,
    )


def _change_set(entry: ProvisioningLogEntry) -> ChangeSet:
    return _sorted_names(tuple([item.display_name for item in entry.modified_properties]))


@lru_cache(maxsize=1_024)
def _sorted_names(names: tuple[str, ...]) -> ChangeSet:
    return tuple(sorted(set(names)))


def _principal(entry: ProvisioningLogEntry) -> str:
    for step in entry.steps:
        if step.step_type is StepType.IMPORT:
            name = step.details.get("userPrincipalName", "")
            return "" if name in ("[Redact]", entry.target_name) else name
    return ""


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
