"""Pages of the log in another order than newest first, from the indexes that are there.

Oldest first walks the index of a filter the other way. By action or by status the log is the
entries of one action after those of the other, each newest first: the filter is asked once a value,
and the counts of the values say in which of them a page begins. So no entry is ever sorted.
"""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from looop_gui.model.provisioning_log import (
    LogFilter,
    LogOrder,
    LogRow,
    ProvisioningAction,
    ProvisioningStatus,
)
from looop_gui.store.database import Database
from looop_gui.store.log_query import NOTHING, LogQuery, count_conditions, log_query
from looop_gui.store.provisioning_log import rows_of_keys

_EVERYTHING = 2**62


def read_sorted_rows(
    database: Database,
    log_filter: LogFilter,
    order: LogOrder,
    counts: Sequence[int] = (),
    *,
    up_to_key: int | None = None,
    offset: int = 0,
    limit: int = 200,
) -> list[LogRow]:
    """The rows `offset` to `offset + limit` of an order, of entries up to a key.

    `counts` are those of `count_parts` for the same filter, order and key, if they are known.
    """
    top = _EVERYTHING if up_to_key is None else up_to_key
    parts = _parts(log_filter, order)
    counts = counts or count_parts(database, log_filter, order, up_to_key=up_to_key)
    direction = "ASC" if order is LogOrder.OLDEST else "DESC"
    keys: list[int] = []
    with database.reading() as connection:
        for part, number in zip(parts, counts, strict=True):
            if offset >= number:
                offset -= number
                continue
            query = log_query(connection, part)
            wanted = limit - len(keys)
            keys += _keys(connection, query, direction, top, offset, wanted)
            offset = 0
            if len(keys) >= limit:
                break
        rows = {row.key: row for row in rows_of_keys(connection, keys)}
    return [rows[key] for key in keys if key in rows]


def count_parts(
    database: Database, log_filter: LogFilter, order: LogOrder, *, up_to_key: int | None = None
) -> tuple[int, ...]:
    """How many entries up to a key each part of an order has; the only or last one may say more."""
    parts = _parts(log_filter, order)
    if len(parts) == 1:
        return (_EVERYTHING,)
    top = _EVERYTHING if up_to_key is None else up_to_key
    with database.reading() as connection:
        query = log_query(connection, log_filter)
        if query is NOTHING:
            return (0,) * len(parts)
        if query.key != "log.key":
            return _searched_counts(connection, parts, top)
        by_kind = _kind_counts(connection, query, top)
        column = order.value.removeprefix("-")
        found = connection.execute(f"SELECT number, {column} FROM log_kinds")  # noqa: S608 - an order
        by_value: Counter[str] = Counter()
        for kind, value in found.fetchall():
            by_value[value] += by_kind[kind]
    return tuple(by_value[_value(part, order)] for part in parts)


def _keys(
    connection: sqlite3.Connection,
    query: LogQuery,
    direction: str,
    top: int,
    offset: int,
    limit: int,
) -> list[int]:
    if query is NOTHING:
        return []
    found = connection.execute(
        query.select(
            query.key, f"AND {query.key} <= ? ORDER BY {query.key} {direction} LIMIT ? OFFSET ?"
        ),
        (*query.parameters, top, limit, offset),
    )
    return [int(row[0]) for row in found.fetchall()]


def _parts(log_filter: LogFilter, order: LogOrder) -> tuple[LogFilter, ...]:
    """The filters whose entries, one filter after the other, are the entries in this order."""
    descending = order.value.startswith("-")
    match order:
        case LogOrder.STATUS | LogOrder.STATUS_DESCENDING:
            statuses = sorted(log_filter.statuses or ProvisioningStatus, reverse=descending)
            return tuple(replace(log_filter, statuses=frozenset({one})) for one in statuses)
        case LogOrder.ACTION | LogOrder.ACTION_DESCENDING:
            actions = sorted(log_filter.actions or ProvisioningAction, reverse=descending)
            return tuple(replace(log_filter, actions=frozenset({one})) for one in actions)
        case _:
            return (log_filter,)


def _value(part: LogFilter, order: LogOrder) -> str:
    by_status = order in (LogOrder.STATUS, LogOrder.STATUS_DESCENDING)
    (value,) = part.statuses if by_status else part.actions
    return str(value)


def _kind_counts(connection: sqlite3.Connection, query: LogQuery, top: int) -> Counter[int]:
    """How many entries of a query each kind has up to a key, in one pass or without looking."""
    if not query.counted:
        counted = f"{query.by_kind()} AND {query.key} <= ? GROUP BY kind"
        rows = connection.execute(counted, (*query.parameters, top))
        return Counter({int(kind): int(number) for kind, number in rows.fetchall()})
    conditions, values = count_conditions(query)
    known = connection.execute(
        f"SELECT kind, sum(number) FROM log_counts WHERE {conditions} GROUP BY kind",  # noqa: S608
        values,
    )
    counts = Counter({int(kind): int(number) for kind, number in known.fetchall()})
    newer = f"{query.by_kind()} AND {query.key} > ? GROUP BY kind"
    for kind, number in connection.execute(newer, (*query.parameters, top)).fetchall():
        counts[int(kind)] -= int(number)
    return counts


def _searched_counts(
    connection: sqlite3.Connection, parts: Sequence[LogFilter], top: int
) -> tuple[int, ...]:
    """The full-text index knows kinds as words, so each part is counted there; not the last one."""
    queries = [log_query(connection, part) for part in parts]
    last = max((at for at, query in enumerate(queries) if query is not NOTHING), default=-1)
    counts = []
    for at, query in enumerate(queries):
        if query is NOTHING or at == last:
            counts.append(_EVERYTHING if at == last else 0)
            continue
        counted = query.select("count(*)", f"AND {query.key} <= ?")
        row = connection.execute(counted, (*query.parameters, top)).fetchone()
        counts.append(int(row[0]))
    return tuple(counts)
