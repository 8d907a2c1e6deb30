"""Both storages keep the same promises."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from looop_gui.mockserver.storage.protocol import Record, StorageDamagedError, StorageFullError
from looop_gui.mockserver.storage.sqlite import SqliteStorage


def record(resource_id: str, kind: str = "User", version: int = 1, **document: Any) -> Record:
    time = "2026-11-24T00:00:00.000Z"
    return Record(resource_id, kind, f"Display {resource_id}", version, time, time, document)


def keys(name: str) -> list[tuple[str, str]]:
    return [("userName", name)]


def add(storage: Any, *ids: str, kind: str = "User") -> None:
    for one in ids:
        storage.insert(record(one, kind), keys(one))


def ids(records: Any) -> list[str]:
    return [one.id for one in records]


def test_records_come_back_as_they_went(storage: Any) -> None:
    new = record("a", name={"givenName": "Zoë 🦉"}, emails=[{"value": "x", "primary": True}])
    kept = storage.insert(new, keys("a"))
    assert replace(kept, position=0) == new
    storage.commit()
    assert storage.get("User", "a") == kept
    assert storage.get("Group", "a") is None
    assert storage.get("User", "b") is None


def test_pages_are_in_the_order_of_creation(storage: Any) -> None:
    add(storage, "c", "a", "b", "d")
    storage.delete(storage.get("User", "a"))
    add(storage, "a")
    assert ids(storage.page("User", 0, 10)) == ["c", "b", "d", "a"]
    assert ids(storage.page("User", 1, 2)) == ["b", "d"]
    assert ids(storage.page("User", 4, 2)) == []
    assert ids(storage.scan("User")) == ["c", "b", "d", "a"]
    assert storage.count("User") == 4
    assert storage.count("Group") == 0


def test_deep_pages_stay_right_while_rows_come_and_go(storage: Any) -> None:
    expected = [f"u{number}" for number in range(7000)]
    add(storage, *expected)
    add(storage, "g1", kind="Group")

    def check() -> None:
        for offset in (0, 499, 500, 5001, 5999, 6500, len(expected) - 3, len(expected) + 5):
            found = ids(storage.page("User", offset, 5))
            assert found == expected[offset : offset + 5], offset

    check()
    for gone in ("u6900", "u5500", "u10"):
        storage.delete(storage.get("User", gone))
        expected.remove(gone)
        check()
    storage.begin_change()
    storage.delete(storage.get("User", "u20"))
    storage.page("User", 6000, 5)
    storage.end_change(keep=False)
    check()
    add(storage, "late")
    expected.append("late")
    check()


def test_find_follows_updates_and_deletes(storage: Any) -> None:
    add(storage, "a", "b")
    storage.update(replace(storage.get("User", "a"), version=2), keys("renamed"))
    assert ids(storage.find("User", "userName", "a")) == []
    assert ids(storage.find("User", "userName", "renamed")) == ["a"]
    assert storage.find("Group", "userName", "renamed") in ([], ())
    assert storage.get("User", "a").version == 2
    storage.delete(storage.get("User", "a"))
    assert ids(storage.find("User", "userName", "renamed")) == []


def test_two_resources_may_share_an_indexed_value(storage: Any) -> None:
    storage.insert(record("a"), [("displayName", "ann")])
    storage.insert(record("b"), [("displayName", "ann")])
    assert ids(storage.find("User", "displayName", "ann")) == ["a", "b"]


def test_membership_is_seen_from_both_sides(storage: Any) -> None:
    add(storage, "u1", "u2")
    add(storage, "g1", "g2", kind="Group")
    assert storage.add_members("g1", ["u1", "u2", "u1"]) == 2
    assert storage.add_members("g1", ["u1"]) == 0
    assert storage.add_members("g2", ["g1", "elsewhere"]) == 2
    assert {one.id for one in storage.members("g1")} == {"u1", "u2"}
    assert [(one.id, one.direct) for one in storage.groups_of(storage.get("User", "u1"))] == [
        ("g1", True),
        ("g2", False),
    ]
    assert {one.id for one in storage.members("g2")} == {"g1", "elsewhere"}
    assert storage.has_more_members("g2", 1)
    assert not storage.has_more_members("g2", 2)
    assert ids(storage.groups_holding(["u1", "elsewhere"])) == ["g1", "g2"]
    assert storage.remove_members("g1", ["u1", "nobody"]) == 1
    assert storage.clear_members("g2") == 2
    assert storage.members("g2") in ([], ())


def test_a_delete_ends_memberships_on_both_sides(storage: Any) -> None:
    add(storage, "u1")
    add(storage, "g1", "g2", kind="Group")
    storage.add_members("g1", ["u1"])
    storage.add_members("g2", ["g1"])
    storage.delete(storage.get("Group", "g1"))
    assert storage.groups_of(storage.get("User", "u1")) in ([], ())
    assert storage.members("g2") in ([], ())


def test_a_circle_of_groups_ends(storage: Any) -> None:
    add(storage, "u1")
    add(storage, "g1", "g2", kind="Group")
    storage.add_members("g1", ["u1", "g2"])
    storage.add_members("g2", ["g1"])
    assert {one.id for one in storage.groups_of(storage.get("User", "u1"))} == {"g1", "g2"}


def test_a_change_that_is_not_kept_leaves_no_trace(storage: Any) -> None:
    add(storage, "u1", "u2", "u3")
    add(storage, "g1", kind="Group")
    storage.add_members("g1", ["u1"])
    storage.begin_change()
    storage.insert(record("u4"), keys("u4"))
    storage.update(replace(storage.get("User", "u1"), version=2), keys("other"))
    storage.delete(storage.get("User", "u2"))
    storage.add_members("g1", ["u3"])
    storage.remove_members("g1", ["u1"])
    storage.end_change(keep=False)
    storage.commit()
    assert sorted(ids(storage.scan("User"))) == ["u1", "u2", "u3"]
    assert storage.count("User") == 3
    assert storage.get("User", "u1").version == 1
    assert ids(storage.find("User", "userName", "u1")) == ["u1"]
    assert ids(storage.find("User", "userName", "u2")) == ["u2"]
    assert [one.id for one in storage.members("g1")] == ["u1"]


def test_settings_are_kept(storage: Any) -> None:
    assert storage.read_setting("domain") is None
    storage.write_setting("domain", "a.example")
    storage.write_setting("domain", "b.example")
    assert storage.read_setting("domain") == "b.example"


def test_sqlite_keeps_everything_over_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "tenant.sqlite"
    first = SqliteStorage(file)
    add(first, "u1", "u2")
    add(first, "g1", kind="Group")
    first.add_members("g1", ["u1", "elsewhere"])
    first.write_setting("domain", "a.example")
    first.close()
    second = SqliteStorage(file)
    assert ids(second.page("User", 0, 10)) == ["u1", "u2"]
    assert second.count("User") == 2
    assert {one.id for one in second.members("g1")} == {"u1", "elsewhere"}
    assert second.read_setting("domain") == "a.example"
    second.close()


def test_sqlite_uses_an_index_for_every_hot_query(tmp_path: Path) -> None:
    storage = SqliteStorage(tmp_path / "tenant.sqlite")
    statements: list[str] = []
    connection = storage._connection
    connection.set_trace_callback(statements.append)
    add(storage, "u1")
    add(storage, "g1", kind="Group")
    storage.add_members("g1", ["u1"])
    storage.find("User", "userName", "u1")
    storage.get("User", "u1")
    storage.page("User", 0, 10)
    storage.members("g1")
    storage.groups_of(storage.get("User", "u1"))
    storage.groups_holding(["u1"])
    storage.remove_members("g1", ["u1"])
    storage.update(storage.get("User", "u1"), keys("x"))
    storage.delete(storage.get("User", "u1"))
    connection.set_trace_callback(None)
    checked = 0
    for statement in statements:
        if statement.split()[0] in ("SELECT", "UPDATE", "DELETE", "WITH"):
            plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
            for *_, step in plan:
                assert not step.startswith(("SCAN r", "SCAN m", "SCAN k", "SCAN lookup")), (
                    statement,
                    step,
                )
            checked += 1
    assert checked > 10
    storage.close()


def test_sqlite_refuses_files_of_others(tmp_path: Path) -> None:
    import sqlite3

    text = tmp_path / "notes.txt"
    text.write_text("not a database, but long enough to look like one " * 50)
    with pytest.raises(StorageDamagedError):
        SqliteStorage(text)
    other = tmp_path / "other.sqlite"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE things (x)")
    connection.close()
    with pytest.raises(StorageDamagedError):
        SqliteStorage(other)
    assert text.read_text().startswith("not a database")


def test_sqlite_is_used_by_one_process_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "tenant.sqlite"
    first = SqliteStorage(file)
    with pytest.raises(StorageDamagedError, match="locked"):
        SqliteStorage(file)
    first.close()
    SqliteStorage(file).close()


def test_a_full_disk_is_told_and_loses_only_what_was_not_acknowledged(tmp_path: Path) -> None:
    storage = SqliteStorage(tmp_path / "tenant.sqlite")
    add(storage, "u1")
    storage.commit()
    connection = storage._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    storage.begin_change()
    storage.insert(record("u2"), keys("u2"))
    with pytest.raises(StorageFullError):
        storage.insert(record("big", text="x" * 500_000), keys("big"))
    storage.end_change(keep=False)
    with pytest.raises(StorageFullError):
        storage.commit()
    assert not storage.uncommitted
    assert ids(storage.scan("User")) == ["u1"]
    assert storage.count("User") == 1
    storage.close()


def test_a_service_without_space_says_507_and_goes_on(tmp_path: Path, make_call: Any) -> None:
    storage = SqliteStorage(tmp_path / "tenant.sqlite")
    call = make_call(storage)
    user = call.user("ann")
    connection = storage._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    schemas = ["urn:ietf:params:scim:schemas:core:2.0:User"]
    body = {"schemas": schemas, "userName": "big", "title": "x" * 500_000}
    response = call("POST", "/Users", body)
    assert (response.status, response.body["status"]) == (507, "507")
    assert call.get("/Users").body["totalResults"] == 1
    connection.execute("PRAGMA max_page_count = 1000000")
    assert call("POST", "/Users", body).status == 201
    assert call.get(f"/Users/{user['id']}").body == user
    storage.close()
