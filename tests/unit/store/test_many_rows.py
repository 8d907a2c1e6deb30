"""Many rows in few statements: each is inserted once, and what follows the values counts."""

import sqlite3

import pytest

from looop_gui.store.rows import insert_rows


@pytest.fixture
def connection():
    opened = sqlite3.connect(":memory:")
    opened.execute("CREATE TABLE numbers (number INTEGER PRIMARY KEY, text TEXT, times INTEGER)")
    yield opened
    opened.close()


@pytest.mark.parametrize("count", [0, 1, 2, 7, 4096, 5463])
def test_every_row_is_inserted_once(connection: sqlite3.Connection, count: int):
    rows = [(number, f"({number}, ?)", 1) for number in range(count)]
    insert_rows(connection, "INSERT INTO numbers (number, text, times) VALUES (?, ?, ?)", rows)
    assert connection.execute("SELECT * FROM numbers ORDER BY number").fetchall() == rows


def test_a_build_with_few_variables_gets_fewer_rows_at_a_time(connection: sqlite3.Connection):
    connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 10)
    rows = [(number, "", 1) for number in range(20)]
    insert_rows(connection, "INSERT INTO numbers VALUES (?, ?, ?)", rows)
    assert connection.execute("SELECT count(*) FROM numbers").fetchone() == (20,)


def test_what_follows_the_values_counts(connection: sqlite3.Connection):
    statement = (
        "INSERT INTO numbers VALUES (?, ?, ?)"
        " ON CONFLICT (number) DO UPDATE SET times = times + excluded.times"
    )
    for _ in range(2):
        insert_rows(connection, statement, [(1, "a", 1), (2, "b", 1), (3, "c", 1)])
    assert connection.execute("SELECT sum(times) FROM numbers").fetchone() == (6,)
