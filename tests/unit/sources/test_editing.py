"""Edits of a directory folder: the right cells change, the rest stays as it was."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from looop_gui.cli.directory import command
from looop_gui.model.connection import SourceSettings, SourceType
from looop_gui.model.directory import DirectorySnapshot
from looop_gui.model.errors import SourceError
from looop_gui.sources.demo import generate
from looop_gui.sources.editing import DirectoryEditor
from looop_gui.sources.files import FilesSource
from looop_gui.sources.folder_writing import write_folder
from looop_gui.sources.typical_day import typical_day

USERS = (
    "User principal name;Object ID;Display name;Account enabled;Manager;Notes\r\n"
    'ann@b.c;a;"Ann ""A"" Lee";True;;"two\r\nlines"\r\nbob@b.c;b;Bob;True;ann@b.c;\r\n'
    "cy_d.e#EXT#@b.c;c;Cy;True;a;x\r\n"
)
GROUPS = "id,displayName\ng,Group\nh,Other\n"
MEMBERS = "groupId,memberId\ng,a\ng,b\nh,g\n"
ASSIGNMENTS = "principalId,appRole\na,\na,author\ng,learner\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "users.csv").write_bytes(b"\xff\xfe" + USERS.encode("utf-16-le"))
    for name, text in (("groups", GROUPS), ("members", MEMBERS), ("assignments", ASSIGNMENTS)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def editor(folder: Path) -> DirectoryEditor:
    return DirectoryEditor(folder, lambda: datetime(2026, 11, 24, 8, 30, tzinfo=UTC))


def read(folder: Path) -> DirectorySnapshot:
    snapshot = FilesSource(folder, SourceSettings(SourceType.FILES)).read()
    assert snapshot.problems == ()
    return snapshot


def test_an_attribute_changes_and_everything_else_stays(
    folder: Path, editor: DirectoryEditor
) -> None:
    before = read(folder)
    assert editor.change_attribute("b", "displayName", "Bobby") == (
        "Bob: displayName changed from Bob to Bobby."
    )
    after = read(folder)
    assert after.users["b"].attributes == before.users["b"].attributes | {"displayName": "Bobby"}
    assert after.users["a"] == before.users["a"]
    data = (folder / "users.csv").read_bytes()
    assert data.startswith(b"\xff\xfe")
    assert data.decode("utf-16").splitlines()[0] == USERS.splitlines()[0]


def test_a_new_attribute_becomes_a_column_and_can_be_taken_away(
    folder: Path, editor: DirectoryEditor
) -> None:
    assert editor.change_attribute("ANN@b.c", "jobTitle", "Boss") == (
        'Ann "A" Lee: jobTitle is now Boss.'
    )
    assert read(folder).users["a"].attributes["jobTitle"] == "Boss"
    assert "was taken away" in editor.change_attribute("a", "jobTitle", "")
    assert "jobTitle" not in read(folder).users["a"].attributes


def test_a_guest_is_found_by_either_name(folder: Path, editor: DirectoryEditor) -> None:
    editor.set_enabled("cy@d.e", False)
    editor.change_attribute("cy_d.e#EXT#@b.c", "city", "Oslo")
    guest = read(folder).users["c"]
    assert not guest.account_enabled
    assert guest.attributes["city"] == "Oslo"


def test_disable_delete_restore_and_delete_for_good(folder: Path, editor: DirectoryEditor) -> None:
    assert editor.set_enabled("a", False) == 'Ann "A" Lee was disabled.'
    assert not read(folder).users["a"].account_enabled
    assert editor.delete_softly("a").endswith("was deleted and can be restored.")
    deleted = read(folder).users["a"]
    assert deleted.deleted
    assert deleted.attributes["deletedDateTime"] == "2026-11-24T08:30:00Z"
    editor.restore("a")
    editor.set_enabled("a", True)
    assert read(folder).users["a"].active
    editor.delete_for_good("a")
    after = read(folder)
    assert "a" not in after.users
    assert after.users["b"].manager is None
    assert after.groups["g"].members == ("b",)
    assert [a.principal_id for a in after.assignments] == ["g"]


def test_somebody_joins(folder: Path, editor: DirectoryEditor) -> None:
    sentence = editor.add_person(
        {"userPrincipalName": "di@b.c", "displayName": "Di", "manager": "a"}, new_id="d"
    )
    assert sentence == "Di was added."
    person = read(folder).users["d"]
    assert person.active
    assert person.manager == "a"
    with pytest.raises(SourceError, match="already somebody"):
        editor.add_person({"userPrincipalName": "DI@b.c"})
    with pytest.raises(SourceError, match="needs a userPrincipalName"):
        editor.add_person({"displayName": "Nobody"})


def test_assignments_with_roles(folder: Path, editor: DirectoryEditor) -> None:
    assert editor.assign("bob@b.c") == "Bob was assigned with Default Access."
    assert editor.assign("b", "author") == "Bob was assigned as author."
    assert editor.assign("b", "author") == "Bob is assigned already as author."
    roles = [(a.principal_id, a.role.value) for a in read(folder).assignments]
    assert roles[-2:] == [("b", ""), ("b", "author")]
    assert editor.unassign("a", "author").endswith("was unassigned.")
    assert editor.unassign("b") == "Bob was unassigned."
    assert editor.unassign("b") == "Bob was not assigned."
    roles = [(a.principal_id, a.role.value) for a in read(folder).assignments]
    assert roles == [("a", ""), ("g", "learner")]


def test_groups_and_members(folder: Path, editor: DirectoryEditor) -> None:
    assert editor.add_member("h", "cy@d.e") == "Cy was added to Other."
    assert editor.add_member("h", "c") == "Cy is a member of Other already."
    assert editor.remove_member("g", "ann@b.c") == 'Ann "A" Lee was removed from Group.'
    assert editor.remove_member("g", "a") == 'Ann "A" Lee is no member of Group.'
    assert editor.create_group("Third", new_id="t") == "The group Third was made."
    assert editor.rename_group("t", "Fourth") == "The group Third is now named Fourth."
    groups = read(folder).groups
    assert groups["h"].members == ("g", "c")
    assert groups["g"].members == ("b",)
    assert groups["t"].display_name == "Fourth"
    assert editor.delete_group("g") == "The group Group was deleted."
    after = read(folder)
    assert list(after.groups) == ["h", "t"]
    assert after.groups["h"].members == ("c",)
    assert {a.principal_id for a in after.assignments} == {"a"}


@pytest.mark.parametrize(
    "edit",
    [
        lambda e: e.change_attribute("nobody", "city", "x"),
        lambda e: e.change_attribute("a", "objectId", "x"),
        lambda e: e.change_attribute("a", "accountEnabled", "maybe"),
        lambda e: e.change_attribute("a", "userPrincipalName", ""),
        lambda e: e.change_attribute("a", "manager", "nobody@b.c"),
        lambda e: e.assign("nobody"),
        lambda e: e.add_member("nogroup", "a"),
        lambda e: e.create_group("Group"),
        lambda e: e.rename_group("h", "Group"),
        lambda e: e.delete_group("a"),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(
    folder: Path, editor: DirectoryEditor, edit: Callable[[DirectoryEditor], str]
) -> None:
    before = FilesSource(folder, SourceSettings(SourceType.FILES)).digest()
    with pytest.raises(SourceError):
        edit(editor)
    assert FilesSource(folder, SourceSettings(SourceType.FILES)).digest() == before


def test_edits_together_are_made_or_not_made(folder: Path, editor: DirectoryEditor) -> None:
    with editor.together():
        editor.assign("b")
        editor.set_enabled("b", False)
    after = read(folder)
    assert not after.users["b"].account_enabled

    def enable_and_fail() -> None:
        with editor.together():
            editor.set_enabled("b", True)
            editor.assign("nobody")

    with pytest.raises(SourceError, match="nobody"):
        enable_and_fail()
    assert read(folder) == after


def test_a_file_with_unreadable_rows_is_not_edited(folder: Path, editor: DirectoryEditor) -> None:
    users = folder / "users.csv"
    users.write_text("id,userPrincipalName\na,ann@b.c\nb,bob@b.c,too,many\n", encoding="utf-8")
    with pytest.raises(SourceError, match="line 3"):
        editor.set_enabled("a", False)
    assert "too,many" in users.read_text(encoding="utf-8")


def test_json_is_read_only(tmp_path: Path, editor: DirectoryEditor) -> None:
    (tmp_path / "users.csv").unlink()
    (tmp_path / "users.json").write_text('[{"id": "a", "userPrincipalName": "a@b"}]', "utf-8")
    with pytest.raises(SourceError, match="is JSON"):
        editor.set_enabled("a", False)


def test_text_that_the_files_encoding_lacks_is_refused(
    tmp_path: Path, editor: DirectoryEditor
) -> None:
    (tmp_path / "users.csv").write_bytes("id,userPrincipalName,city\na,a@b,Köln\n".encode("cp1252"))
    with pytest.raises(SourceError, match="cp1252"):
        editor.change_attribute("a", "city", "東京")
    assert "Köln".encode("cp1252") in (tmp_path / "users.csv").read_bytes()


def make_company(folder: Path, users: int) -> DirectorySnapshot:
    write_folder(generate(users), folder)
    return read(folder)


def test_a_typical_day_changes_a_little_of_everything(tmp_path: Path) -> None:
    before = make_company(tmp_path, 400)
    now = datetime(2026, 11, 24, tzinfo=UTC)
    sentences = typical_day(DirectoryEditor(tmp_path, lambda: now), seed=3)
    after = read(tmp_path)
    changed = {k for k, v in after.users.items() if before.users.get(k) != v}
    assert 5 <= len(changed) <= 60
    assert after.users.keys() - before.users.keys()
    assert before.users.keys() - after.users.keys()
    assert after.groups != before.groups
    assert after.assignments != before.assignments
    assert any("was added." in sentence for sentence in sentences)
    assert any("was deleted permanently." in sentence for sentence in sentences)


def test_the_same_day_is_the_same(tmp_path: Path) -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    results = []
    for name in ("x", "y"):
        make_company(tmp_path / name, 150)
        sentences = typical_day(DirectoryEditor(tmp_path / name, lambda: now), seed=5)
        results.append((sentences, read(tmp_path / name)))
    assert results[0] == results[1]


def test_many_days_leave_a_folder_without_problems(tmp_path: Path) -> None:
    make_company(tmp_path, 60)
    now = datetime(2026, 11, 24, tzinfo=UTC)
    for seed in range(30):
        assert typical_day(DirectoryEditor(tmp_path, lambda: now), seed)
    assert len(read(tmp_path).users) > 40


def test_the_command_generates_checks_and_changes(tmp_path: Path) -> None:
    folder = tmp_path / "company"
    run = CliRunner().invoke
    made = run(command, ["generate", "--users", "30", "--seed", "2", str(folder)])
    assert made.exit_code == 0
    assert "30 people" in made.stderr
    assert read(folder).users == generate(30, 2).users
    assert run(command, ["generate", str(folder)]).exit_code == 2
    assert run(command, ["generate", "--force", "--users", "20", str(folder)]).exit_code == 0
    checked = run(command, ["check", str(folder)])
    assert (checked.exit_code, checked.stdout) == (0, "")
    changed = run(command, ["change", str(folder)])
    assert changed.exit_code == 0
    assert len(changed.stdout.splitlines()) > 3


def test_the_command_lists_problems_and_refuses_what_it_cannot_use(tmp_path: Path) -> None:
    users = tmp_path / "users.csv"
    users.write_text("id,userPrincipalName\na,a@b\na,c@d\n", encoding="utf-8")
    result = CliRunner().invoke(command, ["check", str(tmp_path)])
    assert result.exit_code == 1
    assert result.stdout.startswith("users.csv:3: ")
    users.write_text("id,login\na,a@b\n", encoding="utf-8")
    refused = CliRunner().invoke(command, ["check", str(tmp_path)])
    assert refused.exit_code == 2
    assert "userPrincipalName" in refused.stderr
