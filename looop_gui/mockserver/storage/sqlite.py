"""A storage in one SQLite file: WAL, indexed values and membership as rows, group commits.

Writes collect in one open transaction until `commit`, which flushes them to the disk together
(`synchronous` FULL: an acknowledged write outlives the process and the power). Each change within
it is a savepoint, so that a change that fails leaves no trace of itself.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from looop_gui.mockserver.storage.protocol import (
    IndexKey,
    Record,
    Reference,
    StorageDamagedError,
    StorageFullError,
)

_APPLICATION_ID = 0x4C6F6F70
_VERSION = 1
_SCHEMA = """
CREATE TABLE resource (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    display TEXT NOT NULL,
    version INTEGER NOT NULL,
    created TEXT NOT NULL,
    last_modified TEXT NOT NULL,
    document BLOB NOT NULL
);
CREATE INDEX resource_in_order ON resource (type, seq);
CREATE TABLE lookup (
    type TEXT NOT NULL,
    attribute TEXT NOT NULL,
    value TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (type, attribute, value, seq)
) WITHOUT ROWID;
CREATE INDEX lookup_of_resource ON lookup (seq);
CREATE TABLE membership (
    group_seq INTEGER NOT NULL,
    member_seq INTEGER NOT NULL,
    PRIMARY KEY (group_seq, member_seq)
) WITHOUT ROWID;
CREATE INDEX membership_of_member ON membership (member_seq, group_seq);
CREATE TABLE foreign_member (
    group_seq INTEGER NOT NULL,
    member_id TEXT NOT NULL,
    PRIMARY KEY (group_seq, member_id)
) WITHOUT ROWID;
CREATE INDEX foreign_member_of_id ON foreign_member (member_id);
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_GET = """
SELECT r.id, r.type, r.display, r.version, r.created, r.last_modified, r.document
FROM resource r WHERE r.id = ? AND r.type = ?
"""
_GET_BY_SEQ = """
SELECT r.id, r.type, r.display, r.version, r.created, r.last_modified, r.document
FROM resource r WHERE r.seq = ?
"""
_FIND = """
SELECT r.id, r.type, r.display, r.version, r.created, r.last_modified, r.document
FROM lookup k JOIN resource r ON r.seq = k.seq
WHERE k.type = ? AND k.attribute = ? AND k.value = ? ORDER BY k.seq
"""
_PAGE = """
SELECT r.id, r.type, r.display, r.version, r.created, r.last_modified, r.document
FROM resource r WHERE r.seq IN
    (SELECT seq FROM resource WHERE type = ? ORDER BY seq LIMIT ? OFFSET ?)
ORDER BY r.seq
"""
_SCAN = """
SELECT r.id, r.type, r.display, r.version, r.created, r.last_modified, r.document
FROM resource r WHERE r.type = ? ORDER BY r.seq
"""
_REFERENCE = "SELECT r.id, r.type, r.display FROM resource r WHERE r.id = ?"
_MEMBERS = """
SELECT r.id, r.type, r.display FROM membership m JOIN resource r ON r.seq = m.member_seq
WHERE m.group_seq = (SELECT seq FROM resource WHERE id = ?) ORDER BY m.member_seq
"""
_GROUPS_OF = """
WITH RECURSIVE above(seq) AS (
    SELECT m.group_seq FROM membership m JOIN resource r ON r.seq = m.member_seq WHERE r.id = ?1
    UNION
    SELECT m.group_seq FROM membership m JOIN above ON m.member_seq = above.seq
)
SELECT r.id, r.type, r.display, EXISTS (
    SELECT 1 FROM membership d JOIN resource u ON u.seq = d.member_seq
    WHERE u.id = ?1 AND d.group_seq = r.seq
) AS direct
FROM above JOIN resource r ON r.seq = above.seq ORDER BY direct DESC, r.seq
"""


class SqliteStorage:
    """Keeps everything in a file; one process at a time.

    Raises StorageDamagedError for a file that is not such a database.
    """

    durable = True

    def __init__(self, file: Path | str) -> None:
        self._decode = msgspec.json.Decoder().decode
        self._encode = msgspec.json.Encoder().encode
        self._open = False
        self._lost = False
        try:
            self._connection = sqlite3.connect(
                str(file), isolation_level=None, cached_statements=64, check_same_thread=False
            )
            self._execute = self._connection.execute
            self._prepare()
        except sqlite3.DatabaseError as error:
            raise StorageDamagedError(f"{file} is not a database of this tenant: {error}") from None
        self._counts = self._read_counts()

    def _prepare(self) -> None:
        execute = self._execute
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = FULL")
        execute("PRAGMA cache_size = -65536")
        execute("PRAGMA mmap_size = 268435456")
        execute("PRAGMA temp_store = MEMORY")
        if execute("PRAGMA user_version").fetchone()[0] == 0:
            if execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                raise StorageDamagedError("The file is a database of another program.")
            self._connection.executescript(
                f"BEGIN; {_SCHEMA} PRAGMA application_id = {_APPLICATION_ID};"
                f" PRAGMA user_version = {_VERSION}; COMMIT;"
            )
        elif execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
            raise StorageDamagedError("The file is a database of another program.")

    def _read_counts(self) -> dict[str, int]:
        return dict(self._execute("SELECT type, count(*) FROM resource GROUP BY type").fetchall())

    # Transactions

    @property
    def uncommitted(self) -> bool:
        """True when there are writes that `commit` has not made durable."""
        return self._open

    def commit(self) -> None:
        """Flush all writes to the disk together."""
        if not self._open:
            return
        self._open = False
        try:
            self._check_not_lost()
            self._execute("COMMIT")
        except (sqlite3.Error, StorageFullError) as error:
            if self._connection.in_transaction:
                self._execute("ROLLBACK")
            self._lost = False
            self._counts = self._read_counts()
            raise StorageFullError(str(error)) from None

    def begin_change(self) -> None:
        """Begin a savepoint, in a transaction if there is none yet."""
        self._begin()
        self._execute("SAVEPOINT change")

    def end_change(self, *, keep: bool) -> None:
        """Release the savepoint, or go back to it."""
        if self._lost:
            return
        if not keep:
            self._execute("ROLLBACK TO change")
            self._counts = self._read_counts()
        self._execute("RELEASE change")

    def close(self) -> None:
        """Commit and let go of the file."""
        self.commit()
        self._connection.close()

    def _begin(self) -> None:
        self._check_not_lost()
        if not self._open:
            self._execute("BEGIN IMMEDIATE")
            self._open = True

    def _write(self, statement: str, values: Sequence[Any]) -> int:
        self._begin()
        try:
            return self._execute(statement, values).rowcount
        except sqlite3.OperationalError as error:
            # On some errors, such as a full disk, SQLite gives the whole transaction up.
            self._lost = not self._connection.in_transaction
            raise StorageFullError(str(error)) from None

    def _check_not_lost(self) -> None:
        if self._lost:
            raise StorageFullError("The transaction was given up.")

    # Resources

    def get(self, resource_type: str, resource_id: str) -> Record | None:
        """The resource with that id."""
        row = self._execute(_GET, (resource_id, resource_type)).fetchone()
        return None if row is None else self._record(row)

    def find(self, resource_type: str, attribute: str, value: str) -> Sequence[Record]:
        """The resources with that value in an indexed attribute, oldest first."""
        rows = self._execute(_FIND, (resource_type, attribute, value)).fetchall()
        return [self._record(row) for row in rows]

    def page(self, resource_type: str, offset: int, limit: int) -> Sequence[Record]:
        """Resources from a zero-based offset, oldest first."""
        rows = self._execute(_PAGE, (resource_type, limit, offset)).fetchall()
        return [self._record(row) for row in rows]

    def scan(self, resource_type: str) -> Iterator[Record]:
        """All resources, oldest first."""
        for row in self._execute(_SCAN, (resource_type,)):
            yield self._record(row)

    def count(self, resource_type: str) -> int:
        """How many resources there are."""
        return self._counts.get(resource_type, 0)

    def insert(self, record: Record, keys: Iterable[IndexKey]) -> None:
        """Add a new resource."""
        self._write(
            "INSERT INTO resource (id, type, display, version, created, last_modified, document)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                record.id,
                record.resource_type,
                record.display,
                record.version,
                record.created,
                record.last_modified,
                self._encode(record.document),
            ),
        )
        seq = self._execute("SELECT last_insert_rowid()").fetchone()[0]
        self._add_keys(record.resource_type, seq, keys)
        self._counts[record.resource_type] = self.count(record.resource_type) + 1

    def update(self, record: Record, keys: Iterable[IndexKey]) -> None:
        """Put a record in place of the one with its id; only keys that changed are written."""
        self._write(
            "UPDATE resource SET display = ?, version = ?, last_modified = ?, document = ?"
            " WHERE id = ?",
            (
                record.display,
                record.version,
                record.last_modified,
                self._encode(record.document),
                record.id,
            ),
        )
        seq = self._seq(record.id)
        rows = self._execute("SELECT attribute, value FROM lookup WHERE seq = ?", (seq,))
        before, after = set(rows.fetchall()), set(keys)
        for attribute, value in before - after:
            self._write(
                "DELETE FROM lookup WHERE type = ? AND attribute = ? AND value = ? AND seq = ?",
                (record.resource_type, attribute, value, seq),
            )
        self._add_keys(record.resource_type, seq, after - before)

    def delete(self, record: Record) -> None:
        """Remove a resource and its memberships."""
        seq = self._seq(record.id)
        self._write("DELETE FROM membership WHERE member_seq = ?", (seq,))
        self._write("DELETE FROM membership WHERE group_seq = ?", (seq,))
        self._write("DELETE FROM foreign_member WHERE group_seq = ?", (seq,))
        self._write("DELETE FROM lookup WHERE seq = ?", (seq,))
        self._write("DELETE FROM resource WHERE seq = ?", (seq,))
        self._counts[record.resource_type] = self.count(record.resource_type) - 1

    def _add_keys(self, resource_type: str, seq: int, keys: Iterable[IndexKey]) -> None:
        for attribute, value in keys:
            self._write(
                "INSERT OR IGNORE INTO lookup VALUES (?, ?, ?, ?)",
                (resource_type, attribute, value, seq),
            )

    def _seq(self, resource_id: str) -> int:
        row = self._execute("SELECT seq FROM resource WHERE id = ?", (resource_id,)).fetchone()
        return -1 if row is None else int(row[0])

    def _record(self, row: tuple[Any, ...]) -> Record:
        return Record(row[0], row[1], row[2], row[3], row[4], row[5], self._decode(row[6]))

    # Membership

    def reference(self, resource_id: str) -> Reference | None:
        """What a member value points to."""
        row = self._execute(_REFERENCE, (resource_id,)).fetchone()
        return None if row is None else Reference(*row)

    def members(self, group_id: str) -> Sequence[Reference]:
        """The direct members of a group."""
        known = [Reference(*row) for row in self._execute(_MEMBERS, (group_id,))]
        foreign = self._execute(
            "SELECT member_id FROM foreign_member WHERE group_seq = ?", (self._seq(group_id),)
        )
        return known + [Reference(row[0], "", "") for row in foreign]

    def has_more_members(self, group_id: str, number: int) -> bool:
        """True when a group has more direct members than a number."""
        seq = self._seq(group_id)
        row = self._execute(
            "SELECT 1 FROM (SELECT 1 FROM membership WHERE group_seq = ? UNION ALL"
            " SELECT 1 FROM foreign_member WHERE group_seq = ?) LIMIT 1 OFFSET ?",
            (seq, seq, number),
        ).fetchone()
        return row is not None

    def is_member(self, group_id: str, member_id: str) -> bool:
        """True for a direct member."""
        seq = self._seq(group_id)
        row = self._execute(
            "SELECT 1 FROM membership WHERE group_seq = ? AND member_seq = ? UNION ALL"
            " SELECT 1 FROM foreign_member WHERE group_seq = ? AND member_id = ?",
            (seq, self._seq(member_id), seq, member_id),
        ).fetchone()
        return row is not None

    def add_members(self, group_id: str, member_ids: Iterable[str]) -> int:
        """Add members to a group, resources or not."""
        seq = self._seq(group_id)
        added = 0
        for member_id in member_ids:
            member_seq = self._seq(member_id)
            if member_seq < 0:
                statement = "INSERT OR IGNORE INTO foreign_member VALUES (?, ?)"
                added += self._write(statement, (seq, member_id))
            else:
                statement = "INSERT OR IGNORE INTO membership VALUES (?, ?)"
                added += self._write(statement, (seq, member_seq))
        return added

    def remove_members(self, group_id: str, member_ids: Iterable[str]) -> int:
        """Take members out of a group."""
        seq = self._seq(group_id)
        removed = 0
        for member_id in member_ids:
            member_seq = self._seq(member_id)
            if member_seq < 0:
                statement = "DELETE FROM foreign_member WHERE group_seq = ? AND member_id = ?"
                removed += self._write(statement, (seq, member_id))
            else:
                statement = "DELETE FROM membership WHERE group_seq = ? AND member_seq = ?"
                removed += self._write(statement, (seq, member_seq))
        return removed

    def clear_members(self, group_id: str) -> int:
        """Take all members out of a group."""
        seq = self._seq(group_id)
        known = self._write("DELETE FROM membership WHERE group_seq = ?", (seq,))
        return known + self._write("DELETE FROM foreign_member WHERE group_seq = ?", (seq,))

    def groups_of(self, member_id: str) -> Sequence[Reference]:
        """The groups a resource belongs to, the direct ones first."""
        rows = self._execute(_GROUPS_OF, (member_id,)).fetchall()
        return [Reference(row[0], row[1], row[2], bool(row[3])) for row in rows]

    def groups_holding(self, member_ids: Iterable[str]) -> Sequence[Record]:
        """The groups that have one of these as a direct member."""
        held: set[int] = set()
        for member_id in member_ids:
            rows = self._execute(
                "SELECT group_seq FROM membership WHERE member_seq = ? UNION ALL"
                " SELECT group_seq FROM foreign_member WHERE member_id = ?",
                (self._seq(member_id), member_id),
            )
            held.update(row[0] for row in rows)
        found = []
        for seq in sorted(held):
            row = self._execute(_GET_BY_SEQ, (seq,))
            found.append(self._record(row.fetchone()))
        return found

    # Settings

    def read_setting(self, name: str) -> str | None:
        """A setting of the tenant."""
        row = self._execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def write_setting(self, name: str, value: str) -> None:
        """Keep a setting of the tenant."""
        self._write("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))
