"""The workbench's SQLite database: opened, checked, backed up and migrated.

One file, `workbench.sqlite3`, in the data folder, readable by its owner only. It is in WAL mode,
so that the window reads while the engine process writes. `PRAGMA user_version` is the number of the
last migration. A database of a newer version is not touched; a damaged one is kept aside.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from looop_gui.model.errors import StoreCorruptError, StoreError, StoreNewerError
from looop_gui.store.lineage import Lineage
from looop_gui.store.migrations import LATEST, MIGRATIONS
from looop_gui.store.sqlite_errors import is_damaged, sqlite_errors, store_errors

if TYPE_CHECKING:
    import sqlite_utils

FILE_NAME = "workbench.sqlite3"
BUSY_MILLISECONDS = 10_000
IMPATIENT_MILLISECONDS = 500
RETRY_SECONDS = 0.01
CACHE_KIBIBYTES = 8 * 1024
CHECKPOINT_PAGES = 4_000
"""The write-ahead log is folded into the file each time it has so many pages (16 MB): a cycle
writes the same pages of its indexes again and again."""
JOURNAL_BYTES = 64 * 1024 * 1024
"""The write-ahead log is cut to this size after a large transaction."""
QUICK_CHECK_BYTES = 32 * 1024 * 1024
"""Databases up to this size are checked whole at opening; it takes some 50 ms."""

_VERSION_OFFSET = 60
"""Where SQLite's file header keeps user_version (4 bytes, big-endian)."""


_PAYLOAD_FRACTIONS = b"\x40\x20\x20"
"""Three bytes that every header has; where they differ, the version is as damaged."""


class Database:
    """An open database. It may be used from any thread; its lock admits one at a time.

    Write inside `transaction()`, read inside `reading()`: both turn SQLite's errors into ours.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.connection = connection
        self._file = _identity(path)
        self._lineage = Lineage(path)
        self._patient = True
        self._lock = threading.RLock()

    @cached_property
    def utils(self) -> "sqlite_utils.Database":
        """sqlite-utils on the same connection, imported when it is first needed."""
        import sqlite_utils

        return sqlite_utils.Database(self.connection)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One write transaction: committed at the end, rolled back on any exception.

        Nested calls join the outer transaction. Raises StoreFullError, StoreBusyError,
        StoreCorruptError or StoreError.
        """
        with self._lock, sqlite_errors(self.path):
            if self.connection.in_transaction:
                yield self.connection
                return
            self._refuse_another_file()
            self._begin()
            try:
                yield self.connection
                self._lineage.count(self.connection)
                self.connection.execute("COMMIT")
            except BaseException:
                _roll_back(self.connection)
                raise
            self._lineage.settle(self.connection)

    def _begin(self) -> None:
        """Begin to write; who has waited in vain once does not wait so long the next time."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            self._be_patient(yes=False)
            raise
        self._be_patient(yes=True)

    def _be_patient(self, *, yes: bool) -> None:
        if yes is not self._patient:
            self._patient = yes
            milliseconds = BUSY_MILLISECONDS if yes else IMPATIENT_MILLISECONDS
            self.connection.execute(f"PRAGMA busy_timeout = {milliseconds}")

    def _refuse_another_file(self) -> None:
        """SQLite would go on writing to a file that has no name any more."""
        if _identity(self.path) != self._file:
            raise StoreError(
                f"The database {self.path} was removed or replaced while it was in use.",
                safe="Nothing is written to it any more.",
                next_step="Put the file back if you have it, and start again. Without it, people "
                "and groups are found in the target again by the matching attributes.",
            )
        self._refuse_overwritten()

    def _refuse_overwritten(self) -> None:
        """Nor would it notice that another file was copied over this one."""
        if not self._lineage.is_unbroken():
            raise StoreError(
                f"The database {self.path} was overwritten with another file while it was in use.",
                safe="Nothing is written to it any more.",
                next_step="Start again: from then on, what the file holds counts. People and "
                "groups that it does not know are found in the target by the matching attributes.",
            )

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection for reading, with the lock held. Raises as `transaction()` does."""
        with self._lock, sqlite_errors(self.path):
            if not self.connection.in_transaction:
                self._refuse_overwritten()
            yield self.connection

    def close(self) -> None:
        """Close it; the write-ahead log is folded into the file by the last one to close."""
        with self._lock:
            self.connection.close()


def open_database(data_folder: Path, *, create: bool = True) -> Database:
    """Open the database of a data folder, migrated to this version.

    Raises StoreNewerError (the file was not touched), StoreCorruptError (the file was moved aside;
    the next call starts a new one), StoreBusyError, StoreFullError, or StoreError when the folder
    cannot be used or, without `create`, holds no database.
    """
    path = data_folder / FILE_NAME
    with store_errors(path):
        _prepare_file(path, create=create)
        _refuse_newer(_version_in_header(path), path)
        try:
            connection = _connect(path)
            try:
                _check_integrity(connection, path)
                _migrate(connection, path)
            except BaseException:
                connection.close()
                raise
        except sqlite3.Error as error:
            if not is_damaged(error):
                raise
            raise _kept_aside(path) from error
    return Database(path, connection)


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file it is; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _prepare_file(path: Path, *, create: bool) -> None:
    """Make the folder (0700) and the file (0600; SQLite gives -wal and -shm the same mode)."""
    if not path.exists():
        if not create:
            raise StoreError(
                f"There is no database in {path.parent}.",
                next_step="Open the application once, or give the right folder with --data-dir.",
            )
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    elif path.stat().st_mode & 0o077:
        for suffix in ("", "-wal", "-shm"):
            file = path.with_name(path.name + suffix)
            if file.exists():
                file.chmod(0o600)


def _version_in_header(path: Path) -> int:
    """`user_version` read without opening the database, so that a newer one stays untouched."""
    with path.open("rb") as file:
        header = file.read(100)
    if not header.startswith(b"SQLite format 3\0") or header[21:24] != _PAYLOAD_FRACTIONS:
        return 0
    return int.from_bytes(header[_VERSION_OFFSET : _VERSION_OFFSET + 4], "big")


def _refuse_newer(version: int, path: Path) -> None:
    if version > LATEST:
        raise StoreNewerError(
            f"The database {path} was written by a newer version of the workbench.",
            safe="It was not touched.",
            next_step="Install the newer version again, or choose another folder with --data-dir.",
        )


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path,
        timeout=BUSY_MILLISECONDS / 1000,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    try:
        connection.row_factory = sqlite3.Row
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        # Counts for a new file only; it lets the log's retention give space back in small steps.
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        _switch_to_wal(connection)
        connection.execute(f"PRAGMA journal_size_limit = {JOURNAL_BYTES}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIBIBYTES}")
        connection.execute("PRAGMA synchronous = FULL")
        # Some builds of SQLite overwrite what is deleted also where that costs further writes.
        connection.execute("PRAGMA secure_delete = FAST")
        connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """SQLite does not wait for others here, whatever the busy time-out: who shares a new file tries
    again."""
    end = time.monotonic() + BUSY_MILLISECONDS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(RETRY_SECONDS)
        else:
            return


def _check_integrity(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if path.stat().st_size > QUICK_CHECK_BYTES:
        return
    result = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if result != "ok":
        error = sqlite3.DatabaseError(str(result))
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Apply what is missing in one transaction, after a backup of what was there."""
    version = _user_version(connection)
    _refuse_newer(version, path)
    if version == LATEST:
        return
    import sqlite_utils

    if version > 0:
        _back_up(connection, path, version)
    utils = sqlite_utils.Database(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _user_version(connection)
        for migration in MIGRATIONS:
            if migration.number > version:
                migration.apply(utils)
        connection.execute(f"PRAGMA user_version = {LATEST}")
        connection.execute("COMMIT")
    except BaseException:
        _roll_back(connection)
        raise


def _roll_back(connection: sqlite3.Connection) -> None:
    """Roll back unless the error has done so already, as SQLite does on a full disk."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _user_version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _back_up(connection: sqlite3.Connection, path: Path, version: int) -> None:
    folder = path.parent / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    backup = folder / f"workbench-version-{version}-{_stamp()}.sqlite3"
    os.close(os.open(backup, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(backup)) as target:
        connection.backup(target)


def _kept_aside(path: Path) -> StoreCorruptError:
    aside = path.with_name(f"workbench-damaged-{_stamp()}.sqlite3")
    for suffix in ("-wal", "-shm", ""):
        file = path.with_name(path.name + suffix)
        if file.exists():
            file.rename(aside.with_name(aside.name + suffix))
    next_step = "Open the application again to start with an empty one."
    backups = path.parent / "backups"
    if backups.is_dir():
        next_step = f"Copy the newest file of {backups} to {path} to go back to it. {next_step}"
    return StoreCorruptError(
        f"The database was damaged and is kept aside as {aside}.",
        safe="Nothing in it was changed, and nothing was sent to any tenant.",
        next_step=next_step,
    )


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
