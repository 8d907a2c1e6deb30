"""A database of before migration 18 keeps its journal, links and log, and finds what it did."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlite_utils
import zstandard

from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Cycle, CycleKind, CycleState, Link
from looop_gui.model.provisioning_log import (
    LogFilter,
    ModifiedProperty,
    ProvisioningAction,
    ProvisioningLogEntry,
    ProvisioningStatus,
)
from looop_gui.store.cycles import add_cycle
from looop_gui.store.database import FILE_NAME, Database, open_database
from looop_gui.store.jobs import job_number
from looop_gui.store.journal import clear_journal, load_journal, write_intents, write_results
from looop_gui.store.links import delete_links, load_links, save_links
from looop_gui.store.log_packing import PACKED_ENTRIES, encode_details
from looop_gui.store.log_retention import delete_older, delete_surplus
from looop_gui.store.migrations import MIGRATIONS
from looop_gui.store.provisioning_log import (
    append_entries,
    count_rows,
    latest_keys,
    read_entries,
    read_entry,
    read_rows,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ANN = Link("ann", "u1", ObjectType.USER, "Ann", True, False, "digest", "boss", identity="x")
SALES = Link("sales", "g1", ObjectType.GROUP, "Sales", members=frozenset({"ann"}))
SINCE = NOW - timedelta(days=2)
LEAVING = Link("bob", "u2", ObjectType.USER, "Bob", False, True, leaving_since=SINCE)


def entry(number: int, cycle: str = "first") -> ProvisioningLogEntry:
    person = number % 5
    return ProvisioningLogEntry(
        id="",
        time=NOW + timedelta(minutes=number),
        connection_id="one",
        cycle_id=cycle,
        object_type=ObjectType.USER,
        action=ProvisioningAction.UPDATE,
        status=ProvisioningStatus.SUCCESS,
        source_id=f"0000-{person}",
        source_name=f"Person {person}",
        target_id=f"t{person}",
        target_name=f"person{person}@x.example",
        duration_milliseconds=1.0,
        steps=(),
        modified_properties=(ModifiedProperty("title", None, f"of {number}"),),
    )


def made(cycle: str) -> Cycle:
    return Cycle(cycle, "one", CycleKind.INITIAL, CycleState.RUNNING, NOW, None)


def old_database(folder: Path) -> None:
    """Fill a database as version 16 did: a row for each intent, link and entry's details."""
    path = folder / FILE_NAME
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        utils = sqlite_utils.Database(connection)
        for migration in MIGRATIONS:
            if migration.number <= 16:
                migration.apply(utils)
        connection.execute("PRAGMA user_version = 16")
        connection.row_factory = sqlite3.Row
        job = job_number(connection, "one")
        cycle = add_cycle(connection, job, made("first"), "configuration")
        connection.executemany(
            "INSERT INTO journal (cycle, pass, source_id, result, hint) VALUES (?, ?, ?, ?, ?)",
            [
                (cycle, "object", "ann", "User created", ""),
                (cycle, "object", "bob", None, "User bob@x"),
                (cycle, "object", "cyd", "User updated+again", "User cyd@x"),
                (cycle, "references", "sales", None, ""),
            ],
        )
        connection.executemany(
            "INSERT INTO links VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (job, "ann", "u1", "User", "Ann", 1, 0, "digest", "boss", "x", None),
                (job, "sales", "g1", "Group", "Sales", 1, 0, "", "", "", None),
                (job, "bob", "u2", "User", "Bob", 0, 1, "", "", "", SINCE.isoformat()),
            ],
        )
        connection.execute("INSERT INTO link_members VALUES (?, 'sales', 'ann')", (job,))
        _log_entries(connection, job, cycle)
        connection.commit()


def _log_entries(connection: sqlite3.Connection, job: int, cycle: int) -> None:
    connection.execute(
        "INSERT INTO log_kinds VALUES (1, 'User', 'update', 'success', '', '', '', '')"
    )
    connection.execute("INSERT INTO log_change_sets VALUES (1, '[\"title\"]')")
    connection.execute("INSERT INTO log_change_names VALUES ('title', 1)")
    for key in range(1, 11):
        one = entry(key)
        connection.execute(
            "INSERT INTO log VALUES (?, ?, ?, ?, 'User', 'update', 'success', ?, ?, ?, ?, 1.0,"
            " '', '', '', '', 1, 1, ?)",
            (
                *(key, job, cycle, one.time.timestamp(), one.source_id, one.source_name),
                *(one.target_id, one.target_name, one.source_name.casefold()),
            ),
        )
        stored = zstandard.ZstdCompressor().compress(encode_details(one))
        connection.execute("INSERT INTO log_details VALUES (?, ?)", (key, stored))
    connection.execute("INSERT INTO log_counts VALUES (?, ?, 1, 1, 10)", (job, cycle))
    connection.execute(
        "INSERT INTO log_times SELECT job, 0, min(time), max(time) FROM log GROUP BY job"
    )
    connection.execute("INSERT INTO log_search (log_search) VALUES ('rebuild')")


@pytest.fixture
def migrated(tmp_path: Path) -> Database:
    old_database(tmp_path)
    return open_database(tmp_path)


def test_links_are_there_and_can_be_changed_and_broken(migrated: Database) -> None:
    assert load_links(migrated, 1) == {"ann": ANN, "sales": SALES, "bob": LEAVING}

    moved = Link("ann", "u9", ObjectType.USER, "Ann")
    with migrated.transaction() as connection:
        save_links(connection, 1, [moved], load_links(migrated, 1))
        delete_links(connection, 1, ["bob"])

    assert load_links(migrated, 1) == {"ann": moved, "sales": SALES}


def test_the_journal_says_what_it_said(migrated: Database) -> None:
    state = load_journal(migrated, 1, 1)

    assert state.results == {"object": {"ann": "User created"}}
    pending = {"object": {"bob": "User bob@x", "cyd": "User cyd@x"}, "references": {"sales": ""}}
    assert state.pending == pending
    assert state.reopened == {"object": {"cyd": "User updated"}}


def test_the_journal_goes_on_from_there(migrated: Database) -> None:
    with migrated.transaction() as connection:
        write_intents(connection, 1, "object", {"bob": "User bob@y", "ann": "User ann@x"})
        write_results(connection, 1, "object", [("cyd", "User updated")])

    state = load_journal(migrated, 1, 1)

    assert state.results == {"object": {"cyd": "User updated"}}
    assert state.pending["object"] == {"bob": "User bob@x\x1fUser bob@y", "ann": "User ann@x"}
    assert state.reopened == {"object": {"ann": "User created"}}

    with migrated.transaction() as connection:
        clear_journal(connection, 1, 1, {"object": {"bob": "User bob@y"}})
    assert load_journal(migrated, 1, None).pending == {"object": {"bob": "User bob@y"}}


def test_old_and_new_entries_are_read_and_found(migrated: Database) -> None:
    number = 2 * PACKED_ENTRIES
    with migrated.transaction() as connection:
        cycle = add_cycle(connection, 1, made("second"), "configuration")
        entries = [(entry(key, "second"), "") for key in range(11, 11 + number)]
        assert append_entries(connection, 1, cycle, entries) == (11, 10 + number)

    everything = LogFilter("one")
    read = read_entries(migrated, everything, limit=100)
    assert [int(one.id) for one in read] == list(range(10 + number, 0, -1))
    for one in read:
        assert one.modified_properties[0].new_value == f"of {one.id}"
        assert read_entry(migrated, int(one.id)) == one
    for chosen, keys in (
        (LogFilter("one", cycle_id="first"), range(1, 11)),
        (LogFilter("one", cycle_id="second"), range(11, 11 + number)),
        (LogFilter("one", source_id="0000-3"), range(3, 11 + number, 5)),
        (LogFilter("one", source_id="0000-3", cycle_id="first"), (3, 8)),
        (LogFilter("one", until=NOW + timedelta(minutes=8)), range(1, 8)),
        (LogFilter("one", source_id="0000"), ()),
    ):
        assert [row.key for row in read_rows(migrated, chosen)] == sorted(keys, reverse=True)
        assert count_rows(migrated, chosen) == len(keys)
    assert latest_keys(migrated, "one", ["0000-1", "nobody"]) == [10 + number - (9 + number) % 5]


def test_details_stay_until_the_last_entry_of_their_pack_goes(migrated: Database) -> None:
    with migrated.transaction() as connection:
        cycle = add_cycle(connection, 1, made("second"), "configuration")
        entries = [(entry(key, "second"), "") for key in range(11, 11 + PACKED_ENTRIES + 2)]
        append_entries(connection, 1, cycle, entries)

    assert delete_surplus(migrated, 1, keep=5) == 10 + PACKED_ENTRIES + 2 - 5
    left = read_entries(migrated, LogFilter("one"))
    assert [one.modified_properties[0].new_value for one in left] == [
        f"of {one.id}" for one in left
    ]
    assert delete_older(migrated, 1, left[-2].time) == 1
    assert len(read_entries(migrated, LogFilter("one"))) == 4
    assert delete_older(migrated, 1, NOW + timedelta(days=1)) == 4
    with migrated.reading() as connection:
        for table in ("log_details", "log_cycles", "log_counts", "log_times"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0
