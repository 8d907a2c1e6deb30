"""Writes many rows with few calls into SQLite, for the blocks of a running cycle.

Python's `executemany` gives the interpreter's lock up and takes it again at every row. Beside a
loop that is busy sending, each of these changes keeps both threads waiting for longer than the row
takes. One statement with dozens of rows changes once.
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

_MOST_VALUES = 16_384
"""How many values go into one statement at most."""

_ONE_ROW = re.compile(r"VALUES (\(\?(?:, \?)*\))")


def insert_rows(
    connection: sqlite3.Connection, statement: str, rows: Sequence[Sequence[object]]
) -> None:
    """What `executemany` does with an INSERT of one row: `VALUES (?, ...)` stands for many."""
    if not rows:
        return
    limit = connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
    most = max(1, min(_MOST_VALUES, limit) // len(rows[0]))
    for start, end in _parts(len(rows), most):
        values = list(chain.from_iterable(rows[start:end]))
        connection.execute(_with_rows(statement, end - start), values)


def _parts(count: int, most: int) -> Iterator[tuple[int, int]]:
    """Ranges whose lengths are powers of two, so that there are few statements to compile."""
    start, size = 0, 1 << (most.bit_length() - 1)
    while start < count:
        while size > count - start:
            size >>= 1
        yield start, start + size
        start += size


@lru_cache(maxsize=256)
def _with_rows(statement: str, count: int) -> str:
    return _ONE_ROW.sub(lambda found: f"VALUES {', '.join([found[1]] * count)}", statement, 1)
