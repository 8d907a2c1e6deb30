"""What the import page shows before a folder is used."""

from pathlib import Path

import pytest

from looop_gui.model.errors import SourceError
from looop_gui.sources.demo import generate
from looop_gui.sources.folder_writing import write_folder
from looop_gui.sources.preview import preview


def test_a_folder_is_shown_with_encoding_columns_rows_and_numbers(tmp_path: Path) -> None:
    write_folder(generate(50), tmp_path)
    shown = preview(tmp_path)
    assert (shown.file, shown.encoding, shown.delimiter) == ("users.csv", "utf-8-sig", ",")
    assert (shown.users, shown.refusal, shown.problems) == (50, "", ())
    assert shown.groups > 10
    assert shown.assignments > 5
    assert len(shown.rows) == 20
    assert all(len(row) == len(shown.columns) for row in shown.rows)
    assert {column.heading: column.attribute for column in shown.columns}["id"] == "id"


def test_a_file_with_a_missing_column_is_shown_so_that_one_can_be_chosen(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes("Login;Nr;Stadt\nzoë@b.c;1;Köln\n".encode("cp1252"))
    shown = preview(file)
    assert "no column for id and userPrincipalName" in shown.refusal
    assert shown.next_step
    assert shown.rows == (("zoë@b.c", "1", "Köln"),)
    assert [column.known for column in shown.columns] == [False, False, False]
    chosen = preview(file, columns=(("Login", "userPrincipalName"), ("Nr", "id")))
    assert (chosen.users, chosen.refusal) == (1, "")
    assert chosen.encoding == "cp1252"
    assert [problem.line for problem in chosen.problems] == [2]


def test_encoding_and_delimiter_can_be_chosen(tmp_path: Path) -> None:
    file = tmp_path / "users.csv"
    file.write_bytes("id|userPrincipalName|city\n1|a@b.c|Москва, центр, юг\n".encode("cp1251"))
    assert preview(file, encoding="cp1251", delimiter="|").rows[0][2] == "Москва, центр, юг"
    wrong = preview(file, encoding="utf-8")
    assert [(problem.file, problem.line) for problem in wrong.problems] == [("users.csv", 2)]


def test_json_is_shown_by_its_names(tmp_path: Path) -> None:
    (tmp_path / "users.json").write_text(
        '[{"id": "1", "userPrincipalName": "a@b.c", "businessPhones": ["1", "2"]}]',
        encoding="utf-8",
    )
    shown = preview(tmp_path)
    assert [column.attribute for column in shown.columns] == [
        "id", "userPrincipalName", "businessPhones",
    ]  # fmt: skip
    assert shown.rows == (("1", "a@b.c", "1; 2"),)
    assert shown.delimiter == ""


def test_a_folder_without_users_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="neither"):
        preview(tmp_path)
