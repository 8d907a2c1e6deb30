"""Pages of the log in another order than newest first, from the indexes that are there.

Oldest first walks the index of a filter the other way. By action or by status the log is the
entries of one action after those of the other, each newest first: the filter is asked once a value,
and the counts of the values say in which of them a page begins. So no entry is ever sorted.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

from looop_gui.model.provisioning_log import (
    LogFilter,
    LogOrder,
    LogRow,
    ProvisioningAction,
    ProvisioningStatus,
)
from looop_gui.store.database import Database
from looop_gui.store.log_query import NOTHING, LogQuery, count_known, log_query
from looop_gui.store.provisioning_log import rows_of_keys

_EVERYTHING = 2**62


def read_sorted_rows(
    database: Database,
    log_filter: LogFilter,
    order: LogOrder,
    *,
    up_to_key: int | None = None,
    offset: int = 0,
    limit: int = 200,
) -> list[LogRow]:
    """The rows `offset` to `offset + limit` of an order, of entries up to a key."""
    top = _EVERYTHING if up_to_key is None else up_to_key
    with database.reading() as connection:
        keys = _sorted_keys(connection, log_filter, order, top, offset, limit)
        rows = {row.key: row for row in rows_of_keys(connection, keys)}
    return [rows[key] for key in keys if key in rows]


def _sorted_keys(
    connection: sqlite3.Connection,
    log_filter: LogFilter,
    order: LogOrder,
    top: int,
    offset: int,
    limit: int,
) -> list[int]:
    keys: list[int] = []
    direction = "ASC" if order is LogOrder.OLDEST else "DESC"
    parts = list(_parts(log_filter, order))
    for part in parts:
        query = log_query(connection, part)
        if query is NOTHING:
            continue
        if len(parts) > 1:
            number = _count(connection, query, top)
            if offset >= number:
                offset -= number
                continue
        found = connection.execute(
            query.select(
                query.key,
                f"AND {query.key} <= ? ORDER BY {query.key} {direction} LIMIT ? OFFSET ?",
            ),
            (*query.parameters, top, limit - len(keys), offset),
        )
        keys += [int(row[0]) for row in found.fetchall()]
        offset = 0
        if len(keys) >= limit:
            break
    return keys


def _parts(log_filter: LogFilter, order: LogOrder) -> Iterator[LogFilter]:
    """The filters whose entries, one filter after the other, are the entries in this order."""
    descending = order.value.startswith("-")
    match order:
        case LogOrder.STATUS | LogOrder.STATUS_DESCENDING:
            statuses = log_filter.statuses or frozenset(ProvisioningStatus)
            for status in sorted(statuses, reverse=descending):
                yield replace(log_filter, statuses=frozenset({status}))
        case LogOrder.ACTION | LogOrder.ACTION_DESCENDING:
            actions = log_filter.actions or frozenset(ProvisioningAction)
            for action in sorted(actions, reverse=descending):
                yield replace(log_filter, actions=frozenset({action}))
        case _:
            yield log_filter


def _count(connection: sqlite3.Connection, query: LogQuery, top: int) -> int:
    """How many entries of a query there are up to a key; those after it are few and counted."""
    if not query.counted:
        counted = query.select("count(*)", f"AND {query.key} <= ?")
        return int(connection.execute(counted, (*query.parameters, top)).fetchone()[0])
    newer = query.select("count(*)", f"AND {query.key} > ?")
    row = connection.execute(newer, (*query.parameters, top)).fetchone()
    return count_known(connection, query) - int(row[0])
