"""Writes many rows with few calls into SQLite, for the blocks of a running cycle.

Python's module gives the interpreter's lock up during a call and takes it again after it, with
`executemany` at every row. Beside a loop that is busy sending, each of these changes keeps both
threads waiting for longer than a row takes. A statement with hundreds of rows changes once. It is
compiled for few numbers of rows only, which takes as long as to carry it out; what is missing to
one of them is filled up with rows of NULL.
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, repeat

_SIZES = (1, 8, 64, 512)
"""For so many rows there are statements."""

_ONE_ROW = re.compile(r"VALUES (\(\?(?:, \?)*\))")


def insert_rows(
    connection: sqlite3.Connection,
    statement: str,
    rows: Sequence[Sequence[object]],
    common: Sequence[object] = (),
) -> None:
    """What `executemany` does with an INSERT of one row: `VALUES (?, ...)` stands for many.

    The first value of a row is never None. `common` are the values of ?1, ?2 and so on, which stand
    before that; there the columns of the rows have the names column1, column2 and so on.
    """
    if not rows:
        return
    width = len(rows[0])
    limit = connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) - len(common)
    for start, size in _parts(len(rows), limit // width):
        values = [*common, *chain.from_iterable(rows[start : start + size])]
        values.extend(repeat(None, len(common) + size * width - len(values)))
        connection.execute(_with_rows(statement, size), values)


def _parts(count: int, most: int) -> Iterator[tuple[int, int]]:
    """Where the rows of each statement begin, and for how many rows it is."""
    sizes = [size for size in _SIZES if size <= max(1, most)]
    start = 0
    while start < count:
        size = next((one for one in sizes if one >= count - start), sizes[-1])
        yield start, size
        start += size


@lru_cache(maxsize=256)
def _with_rows(statement: str, count: int) -> str:
    if count == 1:
        return statement
    return _ONE_ROW.sub(
        lambda found: (
            f"SELECT * FROM (VALUES {', '.join([found[1]] * count)})"  # noqa: S608 - question marks
            " WHERE column1 IS NOT NULL"
        ),
        statement,
        count=1,
    )
