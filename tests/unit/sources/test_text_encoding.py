"""Which encoding a file is found to have, and what is told about it."""

import codecs

import pytest

from looop_gui.model.errors import SourceError
from looop_gui.sources.text_encoding import decode

TEXT = "id,displayName\r\n1,Zoë Łukasz Ωmega 王\r\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8-sig"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (b"", "utf-8"),
    ],
)
def test_marks_and_zeros_decide(data: bytes, encoding: str) -> None:
    decoded = decode(data, "users.csv")
    assert decoded.text == (TEXT if data else "")
    assert decoded.encoding.replace("utf-8-sig", "utf-8") == encoding.replace("utf-8-sig", "utf-8")
    assert decoded.problems == ()


def test_windows_1252_is_read_with_a_notice_at_the_first_foreign_line() -> None:
    decoded = decode("id,name\n1,Ann\n2,Zoë\n".encode("cp1252"), "users.csv")
    assert decoded.text == "id,name\n1,Ann\n2,Zoë\n"
    assert [problem.line for problem in decoded.problems] == [3]
    assert "Windows-1252" in decoded.problems[0].sentence


def test_a_chosen_encoding_lists_the_lines_that_do_not_decode() -> None:
    decoded = decode(b"id,name\n1,Zo\xeb\n2,Ann\n", "users.csv", "utf-8")
    assert "\ufffd" in decoded.text
    assert [(p.file, p.line) for p in decoded.problems] == [("users.csv", 2)]


def test_a_chosen_encoding_is_taken_where_detection_would_take_another() -> None:
    assert decode(b"\xcf\xf0\xe8\xe2\xe5\xf2", "users.csv", "cp1251").text == "Привет"


@pytest.mark.parametrize("name", ["klingon", "base64"])
def test_an_encoding_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(SourceError, match=name):
        decode(b"id", "users.csv", name)
