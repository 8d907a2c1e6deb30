"""CSV as spreadsheets and the portal write it."""

import pytest

from looop_gui.model.errors import SourceError
from looop_gui.sources.csv_table import read_csv


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_of_the_heading_line_is_found(delimiter: str) -> None:
    text = delimiter.join(["id", "display name", "mail"]) + "\n" + delimiter.join(["1", "A", "b"])
    table = read_csv(text.encode(), "users.csv")
    assert table.delimiter == delimiter
    assert table.rows == [["1", "A", "b"]]


def test_delimiters_inside_quotes_do_not_count() -> None:
    table = read_csv(b'"a,b,c,d";"e"\n1;2\n', "users.csv")
    assert table.delimiter == ";"
    assert table.headings == ("a,b,c,d", "e")


def test_the_separator_line_of_spreadsheets_is_obeyed() -> None:
    table = read_csv(b"sep=;\r\nid;name\r\n1;A,B\r\n", "users.csv")
    assert table.rows == [["1", "A,B"]]
    assert table.lines == [3]


def test_lines_are_counted_through_quoted_line_breaks_and_blank_lines() -> None:
    table = read_csv(b'id,street\n1,"Main\nStreet 1"\n\n2,"x"\n3,y\n', "users.csv")
    assert table.rows == [["1", "Main\nStreet 1"], ["2", "x"], ["3", "y"]]
    assert table.lines == [2, 5, 6]


def test_rows_with_another_number_of_cells_are_listed_with_their_line() -> None:
    table = read_csv(b"id,name\n1,A,B\n2\n3,C\n4,D,\n,\n", "users.csv")
    assert table.rows == [["3", "C"], ["", ""]]
    assert [(p.line, p.sentence[:19]) for p in table.problems] == [
        (2, "The row has 3 cells"),
        (3, "The row has 1 cells"),
        (5, "The row has 3 cells"),
    ]
    assert table.refused == [["1", "A", "B"], ["2"], ["4", "D", ""]]


PERSON = "3f2504e0-4f89-41d3-9a0c-0305e82c33{:02d}"


@pytest.mark.parametrize("headings", ["id,name", "id,name,office"])
def test_an_open_quotation_mark_costs_one_row_and_not_those_below(headings: str) -> None:
    more = ",x" * (headings.count(",") - 1)
    rows = "".join(f"{PERSON.format(number)},B{more}\n" for number in range(3, 40))
    table = read_csv(f'{headings}\n{PERSON.format(2)},"B{more}\n{rows}'.encode(), "users.csv")
    assert len(table.rows) == 37
    assert table.lines == list(range(3, 40))
    assert [(p.line, "quotation mark" in p.sentence) for p in table.problems] == [(2, True)]
    assert PERSON.format(2) in table.refused[0][0]


def test_an_open_quotation_mark_closed_by_a_later_row_costs_one_row() -> None:
    text = 'id,name,city\n1,"Ann,Rome\n2,Bob,Oslo\n3,"Eve",Bonn\n'
    table = read_csv(text.encode(), "users.csv")
    assert table.rows == [["2", "Bob", "Oslo"], ["3", "Eve", "Bonn"]]
    assert [p.line for p in table.problems] == [2]


def test_a_file_without_headings_is_refused() -> None:
    with pytest.raises(SourceError, match="no heading line"):
        read_csv(b"\n\n", "users.csv")


def test_a_cell_beyond_the_limit_costs_its_row() -> None:
    data = b"id,name\n1," + b"x" * 1_100_000 + b"\n2,B\n"
    table = read_csv(data, "users.csv")
    assert table.rows == [["2", "B"]]
    assert [p.line for p in table.problems] == [2]


def test_many_open_quotation_marks_do_not_take_forever() -> None:
    data = "id,name\n" + '1,"x\n' * 20_001
    table = read_csv(data.encode(), "users.csv")
    assert len(table.problems) + len(table.rows) >= 10_000
