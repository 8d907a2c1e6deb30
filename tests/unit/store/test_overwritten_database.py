"""Another file is copied over the database while it is open: noticed before anything is written."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from looop_gui.model.errors import StoreError
from looop_gui.store import lineage
from looop_gui.store.database import FILE_NAME, Database, open_database


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lineage, "ATTEMPTS", 2)
    monkeypatch.setattr(lineage, "COUNT_SECONDS", 0.0)


def write(database: Database, name: str) -> None:
    with database.transaction() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO workspace_settings (name, value) VALUES (?, '1')", (name,)
        )


def names(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return {row[0] for row in connection.execute("SELECT name FROM workspace_settings")}


def copy_over(source: Path, folder: Path) -> None:
    """In place: the file keeps its inode."""
    target = folder / FILE_NAME
    before = target.stat().st_ino
    shutil.copyfile(source, target)
    assert target.stat().st_ino == before


@pytest.fixture
def another(tmp_path: Path) -> Path:
    folder = tmp_path / "another"
    database = open_database(folder)
    write(database, "another")
    database.close()
    return folder / FILE_NAME


def test_another_database_is_noticed_and_stays_as_it_is(tmp_path: Path, another: Path) -> None:
    database = open_database(tmp_path)
    write(database, "mine")
    copy_over(another, tmp_path)

    for _ in range(2):
        with pytest.raises(StoreError, match="was overwritten with another file") as told:
            write(database, "more")
        assert "Nothing is written" in told.value.safe
    with pytest.raises(StoreError, match="overwritten"), database.reading():
        pass
    database.close()

    assert names(tmp_path / FILE_NAME) == {"another", "identity"}
    opened = open_database(tmp_path)
    write(opened, "after")
    opened.close()
    assert names(tmp_path / FILE_NAME) == {"another", "identity", "after"}


def test_an_older_copy_of_the_same_database_is_noticed(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    write(database, "first")
    database.close()
    copy = tmp_path / "copy"
    shutil.copyfile(tmp_path / FILE_NAME, copy)
    database = open_database(tmp_path)
    write(database, "second")
    copy_over(copy, tmp_path)

    with pytest.raises(StoreError, match="was overwritten"):
        write(database, "third")
    database.close()

    assert names(tmp_path / FILE_NAME) == {"first", "identity"}


def test_checkpoints_of_this_and_of_another_process_are_no_overwriting(tmp_path: Path) -> None:
    first, second = open_database(tmp_path), open_database(tmp_path)
    for number in range(5):
        write(first, f"first {number}")
        second.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        write(second, f"second {number}")
        first.connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        with first.reading() as connection:
            assert connection.execute("SELECT count(*) FROM workspace_settings").fetchone()
    first.close()
    write(second, "last")
    second.close()
    assert len(names(tmp_path / FILE_NAME)) == 12


def test_a_database_without_an_identity_gets_one(tmp_path: Path) -> None:
    """As one of an earlier version has none."""
    open_database(tmp_path).close()
    assert names(tmp_path / FILE_NAME) == set()
    database = open_database(tmp_path)
    write(database, "mine")
    database.close()
    assert names(tmp_path / FILE_NAME) == {"mine", "identity"}
