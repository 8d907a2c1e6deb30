"""The provisioning log, laid out for millions of rows.

`log` holds what the table on the screen shows, `log_details` the steps, changes and exchanges of
several entries a row (see `log_packing`), `log_search` the words of names and reasons (FTS5,
content in `log`), `log_counts` how many entries of each kind every cycle has, `log_cycles` between
which keys each cycle's entries lie. Rows are written in blocks and read by key, from the newest
back, so that no page needs to count rows.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from looop_gui.model.directory import ObjectType
from looop_gui.model.provisioning_log import (
    LogFilter,
    LogRow,
    ProvisioningAction,
    ProvisioningLogEntry,
    ProvisioningStatus,
)
from looop_gui.store.database import Database
from looop_gui.store.log_facets import FacetNumbers, add_facts
from looop_gui.store.log_lines import LogLine, log_line
from looop_gui.store.log_packing import DetailsReader, compress_details, encode_details
from looop_gui.store.log_query import NOTHING, count_known, log_query, most_rows
from looop_gui.store.rows import insert_rows

_COLUMNS = (
    "log.key, log.time, log.object_type, log.action, log.status, log.source_id,"
    " log.source_name, log.target_name, log.error_code, log.skip_reason, log.summary,"
    " log.milliseconds"
)
_ROW = (
    "INSERT INTO log (key, job, cycle, time, object_type, action, status, source_id, source_name,"
    " target_id, target_name, milliseconds, error_code, skip_reason, summary,"
    " principal, kind, change_set, sort_name)"
    " SELECT column1, ?1, ?2, column2, object_type, action, status, column3, column4,"
    " column5, column6, column7, error_code, skip_reason, column8,"
    " column9, column10, column11, column12"
    " FROM (VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))"
    " CROSS JOIN log_kinds ON log_kinds.number = column10"
)
"""What several entries have in common is not handed over for each: job, cycle, and its kind."""

_ENTRY = (
    "SELECT log.*, log_details.content, log_details.key AS last_key, log_details.entries,"
    " cycles.id AS cycle_id, jobs.connection_id, log_kinds.cause"
    " FROM log JOIN log_details ON log_details.key ="
    " (SELECT min(pack.key) FROM log_details AS pack WHERE pack.key >= log.key)"
    " LEFT JOIN log_kinds ON log_kinds.number = log.kind"
    " LEFT JOIN cycles ON cycles.number = log.cycle"
    " LEFT JOIN jobs ON jobs.number = log.job"
)


def append_entries(
    connection: sqlite3.Connection,
    job: int,
    cycle: int,
    entries: Sequence[tuple[ProvisioningLogEntry, str]],
) -> tuple[int, int]:
    """Write entries, each with its summary, as `append_lines` does."""
    lines = [log_line(entry, summary) for entry, summary in entries]
    details = [encode_details(entry) for entry, _ in entries]
    return append_lines(connection, job, cycle, lines, details, FacetNumbers())


def append_lines(
    connection: sqlite3.Connection,
    job: int,
    cycle: int,
    lines: Sequence[LogLine],
    details: Sequence[bytes],
    numbers: FacetNumbers,
) -> tuple[int, int]:
    """Write entries, as lines and encoded details, as one block inside a transaction.

    `cycle` is 0 for provision on demand. Returns the first and last key.
    """
    packed = compress_details(details)
    row = connection.execute("SELECT max(key) FROM log").fetchone()
    first = int(row[0] or 0) + 1
    last = first + len(lines) - 1
    if not lines:
        return first, last
    rows = [_row(key, line, *numbers.of(connection, line)) for key, line in enumerate(lines, first)]
    insert_rows(connection, _ROW, rows, (job, cycle))
    insert_rows(
        connection,
        "INSERT INTO log_details (key, content, entries) VALUES (?, ?, ?)",
        _detail_rows(first, packed),
    )
    add_facts(connection, job, cycle, (first, last))
    return first, last


def count_rows(database: Database, log_filter: LogFilter) -> int:
    """How many entries the filter lets through."""
    with database.reading() as connection:
        query = log_query(connection, log_filter)
        if query is NOTHING:
            return 0
        if query.counted:
            return count_known(connection, query)
        row = connection.execute(query.select("count(*)"), query.parameters).fetchone()
    return int(row[0])


def read_rows(
    database: Database,
    log_filter: LogFilter,
    *,
    before_key: int | None = None,
    offset: int = 0,
    limit: int = 200,
) -> list[LogRow]:
    """A page of rows, the newest first: those below `before_key`, then `offset` rows further."""
    with database.reading() as connection:
        keys = _keys(connection, log_filter, before_key, offset, limit)
        return rows_of_keys(connection, keys)


def rows_of_keys(connection: sqlite3.Connection, keys: Sequence[int]) -> list[LogRow]:
    """The rows of these keys, the newest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM log WHERE key IN ({', '.join('?' * len(keys))})"  # noqa: S608
        " ORDER BY key DESC",
        keys,
    ).fetchall()
    return [_log_row(row) for row in rows]


def read_entries(
    database: Database, log_filter: LogFilter, *, before_key: int | None = None, limit: int = 200
) -> list[ProvisioningLogEntry]:
    """A page of whole entries, the newest first: those below `before_key`."""
    with database.reading() as connection:
        keys = _keys(connection, log_filter, before_key, 0, limit)
        rows = connection.execute(
            f"{_ENTRY} WHERE log.key IN ({', '.join('?' * len(keys))}) ORDER BY log.key DESC",
            keys,
        ).fetchall()
    reader = DetailsReader()
    return [_entry(row, reader) for row in rows]


def read_entry(database: Database, key: int) -> ProvisioningLogEntry | None:
    """The whole entry of a key, or None when there is none (any more)."""
    with database.reading() as connection:
        row = connection.execute(f"{_ENTRY} WHERE log.key = ?", (key,)).fetchone()
    return None if row is None else _entry(row, DetailsReader())


def latest_keys(database: Database, connection_id: str, source_ids: Iterable[str]) -> list[int]:
    """The keys of the latest entry of each of these objects."""
    found = []
    with database.reading() as connection:
        for source_id in source_ids:
            one = LogFilter(connection_id, source_id=source_id)
            found += _keys(connection, one, None, 0, 1)
    return found


def _keys(
    connection: sqlite3.Connection,
    log_filter: LogFilter,
    before_key: int | None,
    offset: int,
    limit: int,
) -> list[int]:
    """The keys of a page, found in an index alone, so that rows are read for the page only."""
    query = log_query(connection, log_filter)
    if query is NOTHING:
        return []
    limit = min(limit, most_rows(connection, query, offset))
    if limit <= 0:
        return []
    below = f"AND {query.key} < ?" if before_key is not None else ""
    bounds = (before_key,) if before_key is not None else ()
    found = connection.execute(
        query.select(query.key, f"{below} ORDER BY {query.key} DESC LIMIT ? OFFSET ?"),
        (*query.parameters, *bounds, limit, offset),
    )
    return [int(row[0]) for row in found.fetchall()]


def _detail_rows(first: int, packed: Iterable[tuple[int, bytes]]) -> list[tuple[int, bytes, int]]:
    """A row for each pack; its key is the one of the last entry in it."""
    rows, key = [], first - 1
    for number, content in packed:
        key += number
        rows.append((key, content, number))
    return rows


def _row(key: int, line: LogLine, kind: int, change_set: int) -> tuple[object, ...]:
    return (
        key,
        line.time.timestamp(),
        line.source_id,
        line.source_name,
        line.target_id,
        line.target_name,
        line.milliseconds,
        line.summary,
        line.principal,
        kind,
        change_set,
        line.sort_name,
    )


def _log_row(row: sqlite3.Row) -> LogRow:
    return LogRow(
        key=row["key"],
        id=str(row["key"]),
        time=datetime.fromtimestamp(row["time"], UTC),
        object_type=ObjectType(row["object_type"]),
        action=ProvisioningAction(row["action"]),
        status=ProvisioningStatus(row["status"]),
        source_id=row["source_id"],
        source_name=row["source_name"],
        target_name=row["target_name"] or "",
        error_code=row["error_code"],
        skip_reason=row["skip_reason"],
        summary=row["summary"],
        duration_milliseconds=row["milliseconds"],
    )


def _entry(row: sqlite3.Row, reader: DetailsReader) -> ProvisioningLogEntry:
    details = reader.read(row["content"], row["key"], row["last_key"], row["entries"])
    return ProvisioningLogEntry(
        id=str(row["key"]),
        time=datetime.fromtimestamp(row["time"], UTC),
        connection_id=row["connection_id"] or "",
        cycle_id=row["cycle_id"] or "",
        object_type=ObjectType(row["object_type"]),
        action=ProvisioningAction(row["action"]),
        status=ProvisioningStatus(row["status"]),
        source_id=row["source_id"],
        source_name=row["source_name"],
        target_id=row["target_id"],
        target_name=row["target_name"],
        duration_milliseconds=row["milliseconds"],
        steps=details.steps,
        modified_properties=details.modified_properties,
        error=details.error,
        skip_reason=row["skip_reason"],
        exchanges=details.exchanges,
        cause=row["cause"] or "",
    )
