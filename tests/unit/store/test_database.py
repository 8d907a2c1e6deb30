"""The database: file modes, migrations with backups, and every way in which it may be unusable."""

import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest

from looop_gui.model.errors import (
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreFullError,
    StoreNewerError,
)
from looop_gui.store import database as database_module
from looop_gui.store.database import FILE_NAME, Database, open_database
from looop_gui.store.migrations import LATEST, MIGRATIONS, Migration


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_data_folder_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with closing(open_database(folder)) as database:
        with database.transaction() as connection:
            connection.execute("CREATE TABLE t (x)")
        files = {path.name: mode(path) for path in folder.iterdir()}
    assert mode(folder) == 0o700
    assert files == {FILE_NAME: 0o600, f"{FILE_NAME}-wal": 0o600, f"{FILE_NAME}-shm": 0o600}


def test_a_file_that_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    open_database(tmp_path).close()
    (tmp_path / FILE_NAME).chmod(0o644)
    open_database(tmp_path).close()
    assert mode(tmp_path / FILE_NAME) == 0o600


def test_it_uses_wal_waits_for_others_and_checks_references(tmp_path: Path) -> None:
    with closing(open_database(tmp_path)) as database:
        pragmas = {
            name: database.connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "user_version")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "busy_timeout": 10_000,
        "user_version": LATEST,
    }


def test_without_create_a_missing_database_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no database"):
        open_database(tmp_path / "nowhere", create=False)
    assert not (tmp_path / "nowhere").exists()


def test_a_backup_is_made_before_a_migration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_database(tmp_path)) as database, database.transaction() as connection:
        connection.execute("CREATE TABLE mine (x)")
        connection.execute("INSERT INTO mine VALUES (7)")
    further = Migration(LATEST + 1, "further", lambda utils: utils.execute("DROP TABLE mine"))
    monkeypatch.setattr(database_module, "MIGRATIONS", (*MIGRATIONS, further))
    monkeypatch.setattr(database_module, "LATEST", LATEST + 1)
    with closing(open_database(tmp_path)) as database:
        assert "mine" not in database.utils.table_names()
    (backup,) = (tmp_path / "backups").iterdir()
    assert backup.name.startswith(f"workbench-version-{LATEST}-")
    assert mode(backup) == 0o600
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT x FROM mine").fetchone() == (7,)


def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_database(tmp_path).close()

    def failing(utils: object) -> None:
        utils.execute("CREATE TABLE half (x)")  # type: ignore[attr-defined]
        raise RuntimeError("half-way")

    monkeypatch.setattr(
        database_module, "MIGRATIONS", (*MIGRATIONS, Migration(LATEST + 1, "failing", failing))
    )
    monkeypatch.setattr(database_module, "LATEST", LATEST + 1)
    with pytest.raises(RuntimeError, match="half-way"):
        open_database(tmp_path)
    monkeypatch.undo()
    with closing(open_database(tmp_path)) as database:
        assert "half" not in database.utils.table_names()


def test_a_newer_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE later (x)")
        connection.execute(f"PRAGMA user_version = {LATEST + 1}")
    before = path.read_bytes()
    with pytest.raises(StoreNewerError, match="newer version") as raised:
        open_database(tmp_path)
    assert raised.value.safe == "It was not touched."
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == [FILE_NAME]


@pytest.mark.parametrize("content", [b"this is no database " * 40, b"SQLite format 3\0garbage" * 9])
def test_a_damaged_database_is_kept_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(content)
    with pytest.raises(StoreCorruptError, match="kept aside") as raised:
        open_database(tmp_path)
    (aside,) = tmp_path.glob("workbench-damaged-*.sqlite3")
    assert aside.read_bytes() == content
    assert str(aside) in raised.value.sentence
    assert raised.value.next_step == "Open the application again to start with an empty one."
    open_database(tmp_path).close()
    assert aside.exists()


def test_a_database_damaged_inside_is_found_at_opening(tmp_path: Path) -> None:
    with closing(open_database(tmp_path)) as database, database.transaction() as connection:
        connection.execute("CREATE TABLE big (x)")
        connection.executemany("INSERT INTO big VALUES (?)", [("y" * 500,)] * 400)
    path = tmp_path / FILE_NAME
    content = bytearray(path.read_bytes())
    middle = len(content) // 8192 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    with pytest.raises(StoreCorruptError):
        open_database(tmp_path)
    assert len(list(tmp_path.glob("workbench-damaged-*"))) >= 1


def test_a_full_disk_keeps_what_was_saved(tmp_path: Path) -> None:
    with closing(open_database(tmp_path)) as database:
        with database.transaction() as connection:
            connection.execute("CREATE TABLE t (x)")
            connection.execute("INSERT INTO t VALUES ('kept')")
        pages = database.connection.execute("PRAGMA page_count").fetchone()[0]
        database.connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreFullError, match="is full"), database.transaction() as connection:
            connection.executemany("INSERT INTO t VALUES (?)", [("z" * 3000,)] * 100)
        with database.reading() as connection:
            assert [row["x"] for row in connection.execute("SELECT x FROM t")] == ["kept"]


def test_a_locked_database_is_said_to_be_busy(tmp_path: Path) -> None:
    with closing(open_database(tmp_path)) as database, closing(open_database(tmp_path)) as other:
        other.connection.execute("PRAGMA busy_timeout = 20")
        with (
            database.transaction(),
            pytest.raises(StoreBusyError, match="in use"),
            other.transaction(),
        ):
            pass


def test_several_may_open_a_new_folder_at_once(tmp_path: Path) -> None:
    def open_and_write(number: int) -> int:
        with closing(open_database(tmp_path)) as database, database.transaction() as connection:
            connection.execute(
                "INSERT INTO setup_drafts (id, time, content) VALUES (?, '', '')", (str(number),)
            )
        return number

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(open_and_write, range(12))) == list(range(12))
    with closing(open_database(tmp_path)) as database:
        assert database.utils.table("setup_drafts").count == 12
    assert not (tmp_path / "backups").exists()


def test_a_nested_transaction_joins_the_outer_one(tmp_path: Path) -> None:
    with closing(open_database(tmp_path)) as database:
        with database.transaction() as connection:
            connection.execute("CREATE TABLE t (x)")
        with suppress(InterruptedError), database.transaction() as connection:
            connection.execute("INSERT INTO t VALUES (1)")
            with database.transaction() as inner:
                inner.execute("INSERT INTO t VALUES (2)")
            raise InterruptedError
        with database.reading() as connection:
            assert connection.execute("SELECT count(*) FROM t").fetchone()[0] == 0


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be written to") as raised:
        open_database(tmp_path / "file" / "data")
    assert "--data-dir" in raised.value.next_step


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="cannot be written to"):
        open_database(tmp_path)


def test_a_read_only_database_is_said(tmp_path: Path) -> None:
    open_database(tmp_path).close()
    with closing(open_database(tmp_path)) as database:
        database.connection.execute("PRAGMA query_only = ON")
        with pytest.raises(StoreError, match="cannot be written to"), database.transaction() as c:
            c.execute("CREATE TABLE t (x)")


def test_nothing_is_written_to_a_file_that_is_no_more_the_one_that_was_opened(
    tmp_path: Path,
) -> None:
    with closing(open_database(tmp_path)) as database:
        path = database.path
        path.rename(tmp_path / "elsewhere")
        with pytest.raises(StoreError, match="was removed or replaced"), database.transaction():
            pytest.fail("nothing may be written")
        path.write_bytes(b"")
        with pytest.raises(StoreError, match="was removed or replaced"), database.transaction():
            pytest.fail("nothing may be written")
        path.unlink()
        (tmp_path / "elsewhere").rename(path)
        with database.transaction() as connection:
            connection.execute("CREATE TABLE again (x)")


def test_who_waited_in_vain_does_not_wait_so_long_again(tmp_path: Path) -> None:
    def patience(database: Database) -> int:
        return int(database.connection.execute("PRAGMA busy_timeout").fetchone()[0])

    with closing(open_database(tmp_path)) as database, closing(open_database(tmp_path)) as other:
        other.connection.execute("PRAGMA busy_timeout = 20")
        with database.transaction(), pytest.raises(StoreBusyError), other.transaction():
            pytest.fail("it is locked")
        assert patience(other) == 500
        with other.transaction():
            pass
        assert patience(other) == 10_000
