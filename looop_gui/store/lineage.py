"""Whether the database is still the one that was opened, though its file was overwritten in place.

Another file that is copied over the database keeps the place on the disk (the inode), and SQLite
does not notice: it goes on with its cache and its write-ahead log, and mixes the two. So the
database carries an identity: a random name, and a count that rises as it is written to. Where the
file has changed, which in WAL mode only a checkpoint does, both are read from the file itself,
past the cache and the log. Another name, or a lower count than was seen there, is another file.
"""

import json
import os
import secrets
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

_NAME = "identity"
COUNT_SECONDS = 0.2
"""The count rises at most so often; what is copied in between and copied back is not noticed."""
ATTEMPTS = 40
RETRY_SECONDS = 0.025
"""A checkpoint by another process is not looked at half done."""

_READ = "SELECT value FROM workspace_settings WHERE name = 'identity'"
_WRITE = "INSERT OR REPLACE INTO workspace_settings (name, value) VALUES ('identity', ?)"

Identity = tuple[str, int]


class Lineage:
    """The identity of one open database. Its methods are called with the database's lock held."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = _stamp(path)
        self._on_disk: Identity | None = _identity_on_disk(path)
        self._counted = -COUNT_SECONDS
        self._checkpointed = False
        self._broken = False

    def is_unbroken(self) -> bool:
        """True while the file holds what was opened and what was written since."""
        if self._broken:
            return False
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return True
        for _ in range(ATTEMPTS):
            found = _identity_on_disk(self._path)
            if self._continues(found):
                self._stamp, self._on_disk = stamp, found or self._on_disk
                return True
            time.sleep(RETRY_SECONDS)
            stamp = _stamp(self._path)
        self._broken = True
        _keep_log_aside(self._path)
        return False

    def count(self, connection: sqlite3.Connection) -> None:
        """Let the count rise. Called inside a transaction, before it is committed."""
        now = time.monotonic()
        if now - self._counted < COUNT_SECONDS:
            return
        row = connection.execute(_READ).fetchone()
        name, count = _parsed(row[0]) if row is not None else (secrets.token_hex(16), 0)
        connection.execute(_WRITE, (json.dumps([name, count + 1]),))
        self._counted = now

    def settle(self, connection: sqlite3.Connection) -> None:
        """Bring the first count to the file, so that every earlier copy of it is known as one."""
        if not self._checkpointed:
            self._checkpointed = True
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            self._stamp = _stamp(self._path)
            self._on_disk = _identity_on_disk(self._path) or self._on_disk

    def _continues(self, found: Identity | None) -> bool:
        """Whether what the file says now follows from what it said before."""
        before = self._on_disk
        if before is None:
            return True  # It had no identity yet: one is written with the first transaction.
        return found is not None and found[0] == before[0] and found[1] >= before[1]


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _identity_on_disk(path: Path) -> Identity | None:
    """The identity in the file itself; None where there is none or it cannot be read.

    Read by SQLite: to open and close the file by hand would drop the locks that this process has.
    """
    try:
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
            row = connection.execute(_READ).fetchone()
            return _parsed(row[0]) if row is not None else None
    except (sqlite3.Error, OSError, ValueError):
        return None


def _parsed(value: str) -> Identity:
    name, count = json.loads(value)
    return str(name), int(count)


def _keep_log_aside(path: Path) -> None:
    """Empty the write-ahead log, which belongs to what was overwritten, and keep a copy of it.

    Else SQLite would write it into the other file when the last connection is closed.
    """
    log = path.with_name(f"{path.name}-wal")
    try:
        if log.stat().st_size:
            aside = path.with_name(f"workbench-overwritten-{time.time_ns()}.sqlite3-wal")
            shutil.copyfile(log, aside)
            aside.chmod(0o600)
            os.truncate(log, 0)
    except OSError:
        return
