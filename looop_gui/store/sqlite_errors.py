"""The border where SQLite's and the file system's errors become the store's own."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from looop_gui.model.errors import (
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreFullError,
)

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_NOT_WRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


@contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Turn `sqlite3.Error` of the block into a StoreError about the database at `path`."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(error, path) from error


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turn `sqlite3.Error` and `OSError` of the block into a StoreError about `path`."""
    try:
        with sqlite_errors(path):
            yield
    except OSError as error:
        raise _translated_os_error(error, path) from error


def is_damaged(error: sqlite3.Error) -> bool:
    """True when SQLite says that the file is no database or is malformed."""
    return _primary_code(error) in _DAMAGED


def _translated(error: sqlite3.Error, path: Path) -> StoreError:
    code = _primary_code(error)
    if code == sqlite3.SQLITE_FULL:
        return full_error(path)
    if code in _BUSY:
        return StoreBusyError(
            f"The database {path} is in use by another program.",
            safe="Nothing was changed.",
            next_step="Close the other window or command and try again.",
        )
    if code in _DAMAGED:
        return StoreCorruptError(
            f"The database {path} is damaged.",
            safe="The file was left as it is.",
            next_step="Close the application and open it again: the damaged file is kept aside.",
        )
    if code in _NOT_WRITABLE:
        return not_writable_error(path)
    return StoreError(f"The database {path} cannot be used: {error}.", safe="Nothing was changed.")


def _translated_os_error(error: OSError, path: Path) -> StoreError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return full_error(path)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
        return not_writable_error(path)
    return StoreError(
        f"The file {path} cannot be used: {error.strerror or error}.", safe="Nothing was changed."
    )


def full_error(path: Path) -> StoreFullError:
    """The disk that holds `path` is full."""
    return StoreFullError(
        f"The disk that holds {path} is full.",
        safe="What was saved before is kept; the last change was not.",
        next_step="Free some space and try again, or choose another folder with --data-dir.",
    )


def not_writable_error(path: Path) -> StoreError:
    """`path` may not be written or created."""
    return StoreError(
        f"The data folder cannot be written to: {path}.",
        safe="Nothing was changed.",
        next_step="Check the folder's permissions, or choose another folder with --data-dir.",
    )


def _primary_code(error: sqlite3.Error) -> int:
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else -1
