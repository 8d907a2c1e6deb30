"""Pages of the log in another order than newest first, from the indexes that are there.

Oldest first walks the index of a filter the other way. By action, status or code the log is the
entries of one value after those of the other, each newest first: the filter is asked once a value,
and the counts of the values say in which of them a page begins; the first page needs none. By name
and by duration there is an index that holds what a filter asks about; few entries are sorted.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from looop_gui.model.provisioning_log import LogFilter, LogOrder, LogRow
from looop_gui.store.database import Database
from looop_gui.store.log_counting import kinds_of, known_kinds, known_number
from looop_gui.store.log_facets import matching_kinds
from looop_gui.store.log_query import NOTHING, LogQuery, log_query, most_rows
from looop_gui.store.provisioning_log import rows_of_keys

SORTED_FOUND = 80_000
"""Up to so many entries that have certain words are sorted in some 150 ms. More of them are looked
for in the order of the index, which may have to be walked to its end."""

_EVERYTHING = 2**62
_VALUES = {
    "action": "action",
    "status": "status",
    "code": "CASE WHEN error_code != '' THEN error_code ELSE skip_reason END",
}
"""What kinds are divided by, for the orders that are made of kinds."""

_INDEXED = {"name": ("log_name", "sort_name"), "duration": ("log_duration", "milliseconds")}
"""The index and the column of the orders that have one."""


@dataclass(frozen=True, slots=True)
class LogTop:
    """The beginning of the log in some order: its first rows, of entries up to a key.

    `total` is how many entries there are, where that is known without counting.
    """

    rows: tuple[LogRow, ...]
    up_to_key: int
    total: int | None


def read_top(
    database: Database, log_filter: LogFilter, order: LogOrder, limit: int = 200
) -> LogTop:
    """The first rows of an order, and how many there are if that can be told at once.

    All of it is of the same moment, whatever a cycle writes meanwhile.
    """
    with database.reading() as connection:
        connection.execute("BEGIN")
        try:
            newest = int(connection.execute("SELECT max(key) FROM log").fetchone()[0] or 0)
            rows = read_sorted_rows(database, log_filter, order, up_to_key=newest, limit=limit)
            total: int | None = len(rows)
            if len(rows) == limit:
                total = known_number(connection, log_query(connection, log_filter))
        finally:
            connection.execute("COMMIT")
    return LogTop(tuple(rows), newest, total)


def read_sorted_rows(
    database: Database,
    log_filter: LogFilter,
    order: LogOrder,
    counts: Mapping[str, int] | None = None,
    *,
    up_to_key: int | None = None,
    offset: int = 0,
    limit: int = 200,
) -> list[LogRow]:
    """The rows `offset` to `offset + limit` of an order, of entries up to a key.

    `counts` are those of `count_parts` for the same filter, order and key, if they are known.
    """
    top = _EVERYTHING if up_to_key is None else up_to_key
    column = order.value.removeprefix("-")
    if column in _VALUES and offset and counts is None:
        counts = count_parts(database, log_filter, order, up_to_key=up_to_key)
    with database.reading() as connection:
        if column in _VALUES:
            keys = _keys_by_value(connection, log_filter, order, counts, top, (offset, limit))
        elif column in _INDEXED:
            keys = _keys_by_index(connection, log_filter, order, top, (offset, limit))
        else:
            query = log_query(connection, log_filter)
            direction = "ASC" if order is LogOrder.OLDEST else "DESC"
            keys = _keys(connection, query, f"{query.key} {direction}", top, (offset, limit))
        rows = {row.key: row for row in rows_of_keys(connection, keys)}
    return [rows[key] for key in keys if key in rows]


def count_parts(
    database: Database, log_filter: LogFilter, order: LogOrder, *, up_to_key: int | None = None
) -> Mapping[str, int]:
    """How many entries up to a key have each value that an order is divided by."""
    if order.value.removeprefix("-") not in _VALUES:
        return {}
    counts: Counter[str] = Counter()
    with database.reading() as connection:
        parts = _parts(connection, log_filter, order)
        query = log_query(connection, log_filter)
        if query is NOTHING:
            return counts
        if query.source.startswith("log_search"):
            return _searched_counts(connection, log_filter, parts, up_to_key)
        by_kind = _kind_counts(connection, query, up_to_key)
        for value, kinds in parts:
            counts[value] = sum(by_kind[kind] for kind in kinds)
    return counts


def _keys(
    connection: sqlite3.Connection,
    query: LogQuery,
    order: str,
    top: int,
    place: tuple[int, int],
) -> list[int]:
    """The keys of a place (offset and limit) in a query's order."""
    if query is NOTHING:
        return []
    offset, limit = place
    limit = min(limit, most_rows(connection, query, offset))
    if limit <= 0:
        return []
    found = connection.execute(
        query.select(query.key, f"AND {query.key} <= ? ORDER BY {order} LIMIT ? OFFSET ?"),
        (*query.parameters, top, limit, offset),
    )
    return [int(row[0]) for row in found.fetchall()]


def _keys_by_value(
    connection: sqlite3.Connection,
    log_filter: LogFilter,
    order: LogOrder,
    counts: Mapping[str, int] | None,
    top: int,
    place: tuple[int, int],
) -> list[int]:
    """The entries of one value after those of another; without counts from the beginning on."""
    offset, limit = place
    keys: list[int] = []
    for value, kinds in _parts(connection, log_filter, order):
        number = _EVERYTHING if counts is None else counts.get(value, 0)
        if offset >= number:
            offset -= number
            continue
        query = log_query(connection, log_filter, kinds=kinds)
        wanted = (offset, limit - len(keys))
        keys += _keys(connection, query, f"{query.key} DESC", top, wanted)
        offset = 0
        if len(keys) >= limit:
            break
    return keys


def _parts(
    connection: sqlite3.Connection, log_filter: LogFilter, order: LogOrder
) -> Sequence[tuple[str, Sequence[int]]]:
    """The values of an order with the kinds that have them; what has no code comes last."""
    column = order.value.removeprefix("-")
    wanted = matching_kinds(connection, log_filter)
    found = connection.execute(
        f"SELECT number, {_VALUES[column]} FROM log_kinds ORDER BY number"  # noqa: S608 - constants
    )
    parts: dict[str, list[int]] = defaultdict(list)
    for number, value in found.fetchall():
        if wanted is None or number in wanted:
            parts[value].append(number)
    values = sorted(parts, reverse=order.value.startswith("-"))
    return [(value, parts[value]) for value in sorted(values, key=lambda value: value == "")]


def _keys_by_index(
    connection: sqlite3.Connection,
    log_filter: LogFilter,
    order: LogOrder,
    top: int,
    place: tuple[int, int],
) -> list[int]:
    """By name or duration: few entries are sorted, many are found in the order of the index."""
    index, column = _INDEXED[order.value.removeprefix("-")]
    ordered = f"log.{column} ASC, log.key DESC"
    if order.value.startswith("-"):
        ordered = f"log.{column} DESC, log.key ASC"
    query = log_query(connection, log_filter)
    if query is NOTHING or query.few or _few(connection, query):
        return _keys(connection, query.joined(), ordered, top, place)
    walked = LogQuery(f"log INDEXED BY {index}", query.where, query.parameters, job=query.job)
    if query.key != "log.key":
        among = query.select(query.key)
        walked = LogQuery(
            walked.source, f"log.job = ? AND log.key IN ({among})", (query.job, *query.parameters)
        )
    return _keys(connection, walked, ordered, top, place)


def _few(connection: sqlite3.Connection, query: LogQuery) -> bool:
    """Whether the words of a query find few entries; counts no further than that."""
    if query.key == "log.key":
        return False
    found = f"SELECT count(*) FROM ({query.select('1', 'LIMIT ?')})"  # noqa: S608 - constants
    row = connection.execute(found, (*query.parameters, SORTED_FOUND + 1)).fetchone()
    return int(row[0]) <= SORTED_FOUND


def _kind_counts(
    connection: sqlite3.Connection, query: LogQuery, up_to_key: int | None
) -> Counter[int]:
    """How many entries of a query each kind has up to a key, in one pass or without looking."""
    if not query.counted:
        return kinds_of(connection, query, up_to_key)
    counts = known_kinds(connection, query)
    if up_to_key is not None:
        newer = query.select("log.kind, count(*)", f"AND {query.key} > ? GROUP BY 1")
        for kind, number in connection.execute(newer, (*query.parameters, up_to_key)).fetchall():
            counts[int(kind)] -= int(number)
    return counts


def _searched_counts(
    connection: sqlite3.Connection,
    log_filter: LogFilter,
    parts: Sequence[tuple[str, Sequence[int]]],
    up_to_key: int | None,
) -> Mapping[str, int]:
    """The full-text index knows kinds as words, so each part is counted there; not the last one."""
    top = _EVERYTHING if up_to_key is None else up_to_key
    counts: dict[str, int] = {}
    for value, kinds in parts[:-1]:
        query = log_query(connection, log_filter, kinds=kinds)
        if query is NOTHING:
            continue
        counted = query.select("count(*)", f"AND {query.key} <= ?")
        row = connection.execute(counted, (*query.parameters, top)).fetchone()
        counts[value] = int(row[0])
    return counts | {value: _EVERYTHING for value, _ in parts[-1:]}
