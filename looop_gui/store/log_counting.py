"""Counts the log: what a filter lets through, and how that divides, in pieces where it takes long.

Most filters are counted by `log_counts` at once. Words and times have to be looked for; a piece
counts from a key downwards and says how far it came, so that others get their turn in between.
"""

import sqlite3
from collections import Counter
from dataclasses import dataclass

from looop_gui.model.provisioning_log import (
    LogCensus,
    LogFilter,
    ProvisioningAction,
    ProvisioningStatus,
)
from looop_gui.store.database import Database
from looop_gui.store.log_query import NOTHING, LogQuery, count_conditions, count_known, log_query

PIECE_KEYS = 150_000
"""So many keys a piece has where each entry is looked at by itself: some 100 ms at most."""


@dataclass(frozen=True, slots=True)
class CountedPiece:
    """How many entries of each kind there are above `down_to`; 0 says that all were counted."""

    by_kind: Counter[int]
    down_to: int

    @property
    def number(self) -> int:
        """How many entries the piece has."""
        return self.by_kind.total()


def newest_key(database: Database) -> int:
    """The key of the newest entry of any connection; 0 for an empty log."""
    with database.reading() as connection:
        return _newest(connection)


def count_known_rows(database: Database, log_filter: LogFilter) -> int | None:
    """How many entries a filter lets through, if that can be told without looking at them."""
    with database.reading() as connection:
        return known_number(connection, log_query(connection, log_filter))


def known_number(connection: sqlite3.Connection, query: LogQuery) -> int | None:
    """The number of a query's entries, if that can be told without looking at them."""
    if query is NOTHING:
        return 0
    return count_known(connection, query) if query.counted else None


def count_piece(
    database: Database, log_filter: LogFilter, up_to: int, above: int = 0, *, kinds: bool = False
) -> CountedPiece:
    """Count entries with keys up to `up_to` and above `above`, all or the newest piece of them.

    Without `kinds` all are counted as of kind 0, which is quicker.
    """
    with database.reading() as connection:
        least = connection.execute("SELECT min(key) FROM log").fetchone()[0]
        above = max(above, int(least or 0) - 1)
        down_to = above
        query = log_query(connection, log_filter, keys=(above + 1, up_to))
        slow = (kinds and query.source.startswith("log_search")) or query.joins
        if slow and not query.few:
            down_to = max(above, up_to - PIECE_KEYS)
            query = log_query(connection, log_filter, keys=(down_to + 1, up_to))
        if query is NOTHING or up_to <= above:
            return CountedPiece(Counter(), 0)
        by_kind = kinds_of(connection, query) if kinds else _number_of(connection, query)
    return CountedPiece(by_kind, down_to if down_to > above else 0)


def kinds_of(
    connection: sqlite3.Connection, query: LogQuery, up_to: int | None = None
) -> Counter[int]:
    """How many entries of each kind a query finds, up to a key."""
    joined = query.joined()
    bound = "" if up_to is None else f"AND {query.key} <= ?"
    values = query.parameters if up_to is None else (*query.parameters, up_to)
    rows = connection.execute(joined.select("log.kind, count(*)", f"{bound} GROUP BY 1"), values)
    return Counter({int(kind): int(number) for kind, number in rows.fetchall()})


def known_kinds(connection: sqlite3.Connection, query: LogQuery) -> Counter[int]:
    """How many entries of each kind there are by `log_counts`, for a query that is `counted`."""
    conditions, values = count_conditions(query)
    rows = connection.execute(
        f"SELECT kind, sum(number) FROM log_counts WHERE {conditions} GROUP BY kind",  # noqa: S608
        values,
    )
    return Counter({int(kind): int(number) for kind, number in rows.fetchall()})


def read_census(database: Database, log_filter: LogFilter) -> LogCensus:
    """How the entries that the filter lets through divide."""
    with database.reading() as connection:
        query = log_query(connection, log_filter)
        if query is NOTHING:
            by_kind: Counter[int] = Counter()
        elif query.counted:
            by_kind = known_kinds(connection, query)
        else:
            by_kind = kinds_of(connection, query)
    return census_of(database, by_kind)


def census_of(database: Database, by_kind: Counter[int]) -> LogCensus:
    """What numbers of entries by kind are by status, action, code, reason and cause."""
    by_status: Counter[ProvisioningStatus] = Counter()
    by_action: Counter[ProvisioningAction] = Counter()
    by_error: Counter[str] = Counter()
    by_skip: Counter[str] = Counter()
    by_cause: Counter[str] = Counter()
    with database.reading() as connection:
        kinds = connection.execute(
            "SELECT number, status, action, error_code, skip_reason, cause FROM log_kinds"
        ).fetchall()
    for number, status, action, error_code, skip_reason, cause in kinds:
        count = by_kind[number]
        if count > 0:
            by_status[ProvisioningStatus(status)] += count
            by_action[ProvisioningAction(action)] += count
            by_error[error_code] += count
            by_skip[skip_reason] += count
            by_cause[cause] += count
    del by_error[""], by_skip[""], by_cause[""]
    return LogCensus(by_status.total(), by_status, by_action, by_error, by_skip, by_cause)


def _newest(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT max(key) FROM log").fetchone()[0] or 0)


def _number_of(connection: sqlite3.Connection, query: LogQuery) -> Counter[int]:
    row = connection.execute(query.select("count(*)"), query.parameters).fetchone()
    return Counter({0: int(row[0])})
