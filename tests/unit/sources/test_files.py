"""The folder as a source: which files are read, the digest, equal readings."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from looop_gui.model.connection import SourceSettings, SourceType
from looop_gui.model.directory import DirectorySnapshot
from looop_gui.model.errors import SourceError
from looop_gui.sources.files import FilesSource

ReadFolder = Callable[..., DirectorySnapshot]
SETTINGS = SourceSettings(SourceType.FILES)
USERS = "id,userPrincipalName\na,ann@b.c\n"


def test_two_readings_of_the_same_files_are_equal(read_folder: ReadFolder, tmp_path: Path) -> None:
    first = read_folder(users_csv=USERS, groups_csv="id,displayName\ng,G\n")
    assert read_folder() == first
    assert FilesSource(tmp_path, SETTINGS).digest() == first.digest


@pytest.mark.parametrize(
    "files",
    [
        {"users_csv": USERS + "b,bob@b.c\n"},
        {"groups_csv": "id,displayName\ng,G\n"},
        {"members_csv": "groupId,memberId\n"},
        {"assignments_csv": "principalId,appRole\na,\n"},
        {"roles_csv": "id,value,displayName\n"},
    ],
)
def test_any_change_of_any_file_changes_the_digest(
    read_folder: ReadFolder, files: dict[str, str]
) -> None:
    before = read_folder(users_csv=USERS).digest
    assert read_folder(**files).digest != before


def test_other_reading_settings_change_the_digest(read_folder: ReadFolder) -> None:
    other = SourceSettings(SourceType.FILES, columns=(("x", "y"),))
    assert read_folder(other, users_csv=USERS).digest != read_folder(SETTINGS).digest


def test_a_folder_without_users_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"neither users\.csv nor users\.json"):
        FilesSource(tmp_path, SETTINGS).read()


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        FilesSource(tmp_path / "nowhere" / "at all", SETTINGS).digest()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_one_may_not_read_is_refused(read_folder: ReadFolder, tmp_path: Path) -> None:
    read_folder(users_csv=USERS)
    (tmp_path / "users.csv").chmod(0)
    with pytest.raises(SourceError, match="Permission denied"):
        read_folder()


def test_the_users_file_itself_may_be_named(tmp_path: Path) -> None:
    export = tmp_path / "exportUsers_2026-11-24.csv"
    export.write_text(USERS, encoding="utf-8")
    (tmp_path / "groups.csv").write_text("id,displayName\ng,G\n", encoding="utf-8")
    snapshot = FilesSource(export, SETTINGS).read()
    assert list(snapshot.users) == ["a"]
    assert list(snapshot.groups) == ["g"]


def test_names_of_files_may_be_capitalised(read_folder: ReadFolder) -> None:
    assert list(read_folder(Users_CSV=USERS).users) == ["a"]


def test_of_two_users_files_one_is_read_and_the_other_told(read_folder: ReadFolder) -> None:
    snapshot = read_folder(users_csv=USERS, users_json='[{"id": "b", "userPrincipalName": "b@b"}]')
    assert list(snapshot.users) == ["a"]
    assert [p.file for p in snapshot.problems] == ["users.json"]


def test_utf16_with_semicolons_and_quoted_line_breaks_is_read(read_folder: ReadFolder) -> None:
    text = 'id;userPrincipalName;streetAddress\r\na;zoë@b.c;"Rue 1\r\n2e étage"\r\n'
    snapshot = read_folder(users_csv=b"\xff\xfe" + text.encode("utf-16-le"))
    assert snapshot.users["a"].attributes["streetAddress"] == "Rue 1\r\n2e étage"
    assert snapshot.problems == ()
