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
from msgspec.structs import replace

from looop_gui.mockserver.storage import sqlite_statements as sql
from looop_gui.mockserver.storage.protocol import (
    IndexKey,
    Record,
    Reference,
    StorageDamagedError,
    StorageFullError,
)
from looop_gui.mockserver.storage.sqlite_paging import PageNotes


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
                str(file), timeout=1.0, isolation_level=None, check_same_thread=False
            )
        except sqlite3.OperationalError as error:
            raise StorageDamagedError(f"{file} cannot be used: {error}.") from None
        self._execute = self._connection.execute
        self._pages = PageNotes(self._connection)
        try:
            self._prepare()
            self._read_again()
        except sqlite3.OperationalError as error:
            self._connection.close()
            raise StorageDamagedError(f"{file} cannot be used: {error}.") from None
        except sqlite3.DatabaseError:
            self._connection.close()
            raise StorageDamagedError(f"{file} is not a database of this tenant.") from None

    def _prepare(self) -> None:
        execute = self._execute
        # One process has the file; without shared memory a transaction costs less.
        execute("PRAGMA locking_mode = EXCLUSIVE")
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = FULL")
        execute("PRAGMA cache_size = -65536")
        execute("PRAGMA mmap_size = 268435456")
        execute("PRAGMA wal_autocheckpoint = 4000")
        execute("PRAGMA temp_store = MEMORY")
        if execute("PRAGMA user_version").fetchone()[0] == 0:
            if execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                raise StorageDamagedError("The file is a database of another program.")
            self._connection.executescript(
                f"BEGIN; {sql.SCHEMA} PRAGMA application_id = {sql.APPLICATION_ID};"
                f" PRAGMA user_version = {sql.VERSION}; COMMIT;"
            )
        elif execute("PRAGMA application_id").fetchone()[0] != sql.APPLICATION_ID:
            raise StorageDamagedError("The file is a database of another program.")

    def _read_again(self) -> None:
        """Read what is kept beside the file, after writes were undone."""
        self._counts = self._read_counts()
        self._indexed = self._read_indexed()
        self._pages.forget()

    def _read_indexed(self) -> dict[IndexKey, int]:
        """The numbers of the indexed attributes by resource type and attribute."""
        rows = self._execute("SELECT type, attribute, number FROM indexed")
        return {(row[0], row[1]): row[2] for row in rows}

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
            self._read_again()
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
            self._read_again()
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

    def _write(self, statement: str, values: Sequence[Any]) -> sqlite3.Cursor:
        self._begin()
        try:
            return self._execute(statement, values)
        except sqlite3.OperationalError as error:
            raise self._given_up(error) from None

    def _write_many(self, statement: str, seq: int, keys: set[tuple[int, str]]) -> None:
        if not keys:
            return
        self._begin()
        try:
            self._connection.executemany(statement, [(seq, *key) for key in keys])
        except sqlite3.OperationalError as error:
            raise self._given_up(error) from None

    def _given_up(self, error: sqlite3.OperationalError) -> StorageFullError:
        # On some errors, such as a full disk, SQLite gives the whole transaction up.
        self._lost = not self._connection.in_transaction
        return StorageFullError(str(error))

    def _check_not_lost(self) -> None:
        if self._lost:
            raise StorageFullError("The transaction was given up.")

    # Resources

    def get(self, resource_type: str, resource_id: str) -> Record | None:
        """The resource with that id."""
        row = self._execute(sql.GET, (resource_id, resource_type)).fetchone()
        return None if row is None else self._record(row)

    def find(self, resource_type: str, attribute: str, value: str) -> Sequence[Record]:
        """The resources with that value in an indexed attribute, oldest first."""
        number = self._indexed.get((resource_type, attribute))
        if number is None:
            return ()
        return [self._record(row) for row in self._execute(sql.FIND, (number, value)).fetchall()]

    def page(self, resource_type: str, offset: int, limit: int) -> Sequence[Record]:
        """Resources from a zero-based offset, oldest first."""
        seq, skip = self._pages.start(resource_type, offset)
        rows = self._execute(sql.PAGE, (resource_type, seq, limit, skip)).fetchall()
        return [self._record(row) for row in rows]

    def scan(self, resource_type: str) -> Iterator[Record]:
        """All resources, oldest first."""
        for row in self._execute(sql.SCAN, (resource_type,)):
            yield self._record(row)

    def count(self, resource_type: str) -> int:
        """How many resources there are."""
        return self._counts.get(resource_type, 0)

    def insert(self, record: Record, keys: Iterable[IndexKey]) -> Record:
        """Add a new resource."""
        values = (
            record.id,
            record.resource_type,
            record.display,
            record.version,
            record.created,
            record.last_modified,
            self._encode(record.document),
        )
        stored = replace(record, position=self._write(sql.INSERT, values).lastrowid or 0)
        numbered = self._numbered(record.resource_type, keys)
        self._write_many(sql.ADD_KEY, stored.position, numbered)
        self._counts[record.resource_type] = self.count(record.resource_type) + 1
        return stored

    def update(self, record: Record, keys: Iterable[IndexKey]) -> None:
        """Put a record in place of the one with its id; only keys that changed are written."""
        seq = record.position
        document = self._encode(record.document)
        values = (record.display, record.version, record.last_modified, document, seq)
        self._write(sql.UPDATE, values)
        before = set(self._execute(sql.KEYS_OF, (seq,)).fetchall())
        after = self._numbered(record.resource_type, keys)
        self._write_many(sql.REMOVE_KEY, seq, before - after)
        self._write_many(sql.ADD_KEY, seq, after - before)

    def delete(self, record: Record) -> None:
        """Remove a resource and its memberships."""
        for statement in sql.DELETES:
            self._write(statement, (record.position,))
        self._pages.deleted(record.resource_type, record.position)
        self._counts[record.resource_type] = self.count(record.resource_type) - 1

    def _numbered(self, resource_type: str, keys: Iterable[IndexKey]) -> set[tuple[int, str]]:
        return {(self._number(resource_type, name), value) for name, value in keys}

    def _number(self, resource_type: str, attribute: str) -> int:
        """The number of an indexed attribute, given out at its first use."""
        number = self._indexed.get((resource_type, attribute))
        if number is None:
            statement = "INSERT INTO indexed (type, attribute) VALUES (?, ?)"
            number = self._write(statement, (resource_type, attribute)).lastrowid or 0
            self._indexed[resource_type, attribute] = number
        return number

    def _seq(self, resource_id: str) -> int:
        row = self._execute("SELECT seq FROM resource WHERE id = ?", (resource_id,)).fetchone()
        return -1 if row is None else int(row[0])

    def _record(self, row: tuple[Any, ...]) -> Record:
        return Record(row[0], row[1], row[2], row[3], row[4], row[5], self._decode(row[6]), row[7])

    # Membership

    def reference(self, resource_id: str) -> Reference | None:
        """What a member value points to."""
        row = self._execute(sql.REFERENCE, (resource_id,)).fetchone()
        return None if row is None else Reference(*row)

    def members(self, group_id: str) -> Sequence[Reference]:
        """The direct members of a group."""
        known = [Reference(*row) for row in self._execute(sql.MEMBERS, (group_id,))]
        foreign = self._execute(
            "SELECT member_id FROM foreign_member WHERE group_seq = ?", (self._seq(group_id),)
        )
        return known + [Reference(row[0], "", "") for row in foreign]

    def has_more_members(self, group_id: str, number: int) -> bool:
        """True when a group has more direct members than a number."""
        seq = self._seq(group_id)
        row = self._execute(sql.HAS_MORE_MEMBERS, (seq, seq, number)).fetchone()
        return row is not None

    def add_members(self, group_id: str, member_ids: Iterable[str]) -> int:
        """Add members to a group, resources or not."""
        seq = self._seq(group_id)
        added = 0
        for member_id in member_ids:
            member_seq = self._seq(member_id)
            if member_seq < 0:
                statement = "INSERT OR IGNORE INTO foreign_member VALUES (?, ?)"
                added += self._write(statement, (seq, member_id)).rowcount
            else:
                statement = "INSERT OR IGNORE INTO membership VALUES (?, ?)"
                added += self._write(statement, (seq, member_seq)).rowcount
        return added

    def remove_members(self, group_id: str, member_ids: Iterable[str]) -> int:
        """Take members out of a group."""
        seq = self._seq(group_id)
        removed = 0
        for member_id in member_ids:
            member_seq = self._seq(member_id)
            if member_seq < 0:
                statement = "DELETE FROM foreign_member WHERE group_seq = ? AND member_id = ?"
                removed += self._write(statement, (seq, member_id)).rowcount
            else:
                statement = "DELETE FROM membership WHERE group_seq = ? AND member_seq = ?"
                removed += self._write(statement, (seq, member_seq)).rowcount
        return removed

    def clear_members(self, group_id: str) -> int:
        """Take all members out of a group."""
        seq = self._seq(group_id)
        known = self._write("DELETE FROM membership WHERE group_seq = ?", (seq,))
        foreign = self._write("DELETE FROM foreign_member WHERE group_seq = ?", (seq,))
        return known.rowcount + foreign.rowcount

    def groups_of(self, record: Record) -> Sequence[Reference]:
        """The groups a resource belongs to, the direct ones first."""
        seq = record.position
        if self._execute(sql.IN_ANY_GROUP, (seq,)).fetchone() is None:
            return ()
        rows = self._execute(sql.GROUPS_OF, (seq,)).fetchall()
        return [Reference(row[0], row[1], row[2], bool(row[3])) for row in rows]

    def groups_holding(self, member_ids: Iterable[str]) -> Sequence[Record]:
        """The groups that have one of these as a direct member."""
        held: set[int] = set()
        for member_id in member_ids:
            rows = self._execute(sql.GROUPS_HOLDING, (self._seq(member_id), member_id))
            held.update(row[0] for row in rows)
        found = []
        for seq in sorted(held):
            row = self._execute(sql.GET_BY_SEQ, (seq,))
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
