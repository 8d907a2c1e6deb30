"""Links with their members, escrows, and the journal, as they come back from the disk."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import structs

from looop_gui.model.directory import ObjectType
from looop_gui.model.job import (
    HINTS_APART,
    Cycle,
    CycleKind,
    CycleState,
    Escrow,
    Link,
    Quarantine,
    QuarantineReason,
    Watermark,
)
from looop_gui.store.cycles import add_cycle, recent_cycles, running_cycle, save_cycle
from looop_gui.store.database import Database, open_database
from looop_gui.store.escrows import count_escrows, delete_escrows, load_escrows, save_escrows
from looop_gui.store.jobs import (
    delete_job,
    load_job,
    open_job,
    save_quarantine,
    save_watermark,
)
from looop_gui.store.journal import clear_journal, load_journal, write_intents, write_results
from looop_gui.store.links import count_links, delete_links, load_links, save_links

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ANN = Link("ann", "u1", ObjectType.USER, "Ann", source_digest="d", manager="boss")
SALES = Link("sales", "g1", ObjectType.GROUP, "Sales", members=frozenset({"ann", "bob"}))
CYCLE = Cycle("c1", "one", CycleKind.INITIAL, CycleState.RUNNING, NOW, None)


@pytest.fixture
def database(data_folder: Path) -> Iterator[Database]:
    opened = open_database(data_folder)
    yield opened
    opened.close()


@pytest.fixture
def job(database: Database) -> int:
    return open_job(database, "one").number


def test_links_come_back_as_they_were(database: Database, job: int) -> None:
    links = [ANN, SALES, Link("x", "u9", ObjectType.USER, "X", managed=False, disabled=True)]
    with database.transaction() as connection:
        save_links(connection, job, links, {})

    assert load_links(database, job) == {link.source_id: link for link in links}
    assert count_links(database, job) == {ObjectType.USER: 2, ObjectType.GROUP: 1}


def test_members_that_come_and_go_are_written_sparingly(database: Database, job: int) -> None:
    with database.transaction() as connection:
        save_links(connection, job, [SALES], {})
    changed = structs.replace(SALES, members=frozenset({"bob", "cyd"}))

    with database.transaction() as connection:
        before = connection.total_changes
        save_links(connection, job, [changed], {"sales": SALES})
        written = connection.total_changes - before

    assert load_links(database, job) == {"sales": changed}
    assert written <= 4


def test_a_broken_link_takes_its_members_along(database: Database, job: int) -> None:
    with database.transaction() as connection:
        save_links(connection, job, [ANN, SALES], {})
        delete_links(connection, job, ["sales"])

    assert load_links(database, job) == {"ann": ANN}
    with database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM link_members").fetchone()[0] == 0


def test_jobs_do_not_see_each_other(database: Database, job: int) -> None:
    other = open_job(database, "other").number
    with database.transaction() as connection:
        save_links(connection, job, [ANN], {})

    assert load_links(database, other) == {}


def test_escrows_come_back_as_they_were(database: Database, job: int) -> None:
    escrow = Escrow("ann", ObjectType.USER, NOW, 2, NOW, True, "Conflict", "digest", "ann@x")
    with database.transaction() as connection:
        save_escrows(connection, job, [escrow])
    assert load_escrows(database, job) == {"ann": escrow}
    assert count_escrows(database, job) == 1

    with database.transaction() as connection:
        delete_escrows(connection, job, ["ann"])
    assert load_escrows(database, job) == {}


def test_watermark_and_quarantine_come_and_go(database: Database, job: int) -> None:
    watermark = Watermark("source", "configuration", NOW)
    quarantine = Quarantine(QuarantineReason.TOO_MANY_DELETES, "too many", NOW, NOW, 3)
    with database.transaction() as connection:
        save_watermark(connection, job, watermark)
        save_quarantine(connection, job, quarantine)
    stored = load_job(database, "one")
    assert stored is not None
    assert (stored.watermark, stored.quarantine) == (watermark, quarantine)

    with database.transaction() as connection:
        save_watermark(connection, job, None)
        save_quarantine(connection, job, None)
    stored = load_job(database, "one")
    assert stored is not None
    assert (stored.watermark, stored.quarantine) == (None, None)


def test_a_cycle_without_an_end_is_found(database: Database, job: int) -> None:
    with database.transaction() as connection:
        number = add_cycle(connection, job, CYCLE, "configuration")
    assert running_cycle(database, "one") == (number, CYCLE)

    ended = replace(CYCLE, state=CycleState.SUCCEEDED, ended=NOW, requests=7, sentence="fine")
    with database.transaction() as connection:
        save_cycle(connection, ended)
    assert running_cycle(database, "one") is None
    assert recent_cycles(database, "one") == [ended]


def test_the_journal_tells_results_from_what_was_cut_off(database: Database, job: int) -> None:
    with database.transaction() as connection:
        number = add_cycle(connection, job, CYCLE, "configuration")
        write_intents(connection, number, "object", {"ann": "User ann@x", "bob": "", "cyd": ""})
        write_results(connection, number, "object", [("bob", "User created")])

    state = load_journal(database, job, number)

    assert state.results == {"object": {"bob": "User created"}}
    assert state.pending == {"object": {"ann": "User ann@x", "cyd": ""}}


def test_what_may_have_arrived_is_kept_for_the_next_cycle(database: Database, job: int) -> None:
    with database.transaction() as connection:
        number = add_cycle(connection, job, CYCLE, "configuration")
        write_intents(connection, number, "object", {"ann": "User ann@x", "bob": ""})
        clear_journal(connection, job, number, {"object": {"ann": "User ann@x"}})

    state = load_journal(database, job, None)

    assert state.results == {}
    assert state.pending == {"object": {"ann": "User ann@x"}}


def test_an_intent_keeps_every_name_under_which_something_may_have_been_made(
    database: Database, job: int
) -> None:
    with database.transaction() as connection:
        first = add_cycle(connection, job, CYCLE, "configuration")
        later = add_cycle(connection, job, replace(CYCLE, id="later"), "configuration")
        for hints in ({"ann": "User ann@x", "bob": ""}, {"ann": "User ann@y"}):
            write_intents(connection, first, "object", hints)
        for hints in ({"ann": "User ann@x"}, {"ann": "User ann@z", "bob": "User bob@x"}):
            write_intents(connection, later, "object", hints)
    ann = HINTS_APART.join(("User ann@x", "User ann@y", "User ann@z"))

    found = load_journal(database, job, later).pending["object"]

    assert found == {"ann": ann, "bob": "User bob@x"}
    with database.transaction() as connection:
        clear_journal(connection, job, later, {"object": found})
    assert load_journal(database, job, None).pending["object"] == found


def test_a_forgotten_job_leaves_nothing_behind(database: Database, job: int) -> None:
    with database.transaction() as connection:
        save_links(connection, job, [ANN, SALES], {})
        number = add_cycle(connection, job, CYCLE, "configuration")
        write_intents(connection, number, "object", {"ann": ""})

    delete_job(database, "one")

    assert load_job(database, "one") is None
    with database.reading() as connection:
        for table in ("links", "link_members", "cycles", "journal", "escrows"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0
