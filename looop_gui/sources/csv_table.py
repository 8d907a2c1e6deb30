"""Reads a CSV file into headings and rows with their lines; finds the delimiter by itself.

A quotation mark that is not closed would swallow the rows below it, and whoever stands in them
would look as if they had left. So a row over several lines is kept only when it is plausible;
otherwise its first line alone is refused and reading goes on with the next line.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from looop_gui.model.directory import SourceProblem
from looop_gui.model.errors import SourceError
from looop_gui.sources.object_ids import find_object_ids
from looop_gui.sources.text_encoding import decode

DELIMITERS = (",", ";", "\t", "|")
_CELL_LIMIT = 1_000_000
_ROW_LINES = 100


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A CSV file: `rows` have exactly as many cells as `headings`; `lines` are theirs, 1-based.

    `refused` are the rows that do not fit, each with its line and a problem in `problems`; a row of
    one cell is a line as it stands in the file, behind a quotation mark left open. `cut_off` is the
    line of a last row that breaks off in its middle: the file was not written to its end.
    """

    file: str
    headings: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]
    refused: list[list[str]]
    encoding: str
    delimiter: str
    problems: list[SourceProblem]
    refused_lines: list[int] = field(default_factory=list)
    cut_off: int = 0

    def refuse(self, row: list[str], line: int, sentence: str) -> None:
        """Puts a row aside with the reason."""
        self.refused.append(row)
        self.refused_lines.append(line)
        self.problems.append(SourceProblem(self.file, line, sentence))


def read_csv(data: bytes, file: str, encoding: str = "", delimiter: str = "") -> CsvTable:
    """The table in `data`; empty `encoding` and `delimiter` are found automatically.

    Raises SourceError when there is no heading line.
    """
    decoded = decode(data, file, encoding)
    lines = _Lines(decoded.text)
    announced = lines.skip_separator_line()
    chosen = delimiter or announced or _detect_delimiter(lines.peek())
    csv.field_size_limit(_CELL_LIMIT)
    rows = _read_rows(lines, chosen)
    table = CsvTable(
        file,
        _headings(rows, file),
        rows=[],
        lines=[],
        refused=[],
        encoding=decoded.encoding,
        delimiter=chosen,
        problems=list(decoded.problems),
    )
    _fill(table, rows, lines)
    return replace(table, cut_off=_cut_off(table, lines))


class _Lines:
    """The physical lines of a text for csv.reader, with the way back to an earlier one."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="").readlines()
        self._end = len(self._lines)
        self.row_start = 0
        self.position = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        position = self.position
        if position >= self._end or position - self.row_start >= _ROW_LINES:
            raise StopIteration
        self.position = position + 1
        return self._lines[position]

    def start_row(self) -> bool:
        """Marks the next line as the first of a row; False at the end of the text."""
        self.row_start = self.position
        return self.position < self._end

    def back_to_second_line(self) -> str:
        """Goes back to the line after the row's first, and returns that first one."""
        self.position = self.row_start + 1
        return self._lines[self.row_start]

    def row_text(self) -> str:
        """The row just read as it stands in the file."""
        return "".join(self._lines[self.row_start : self.position])

    def peek(self) -> str:
        """The next line that is not blank."""
        return next((line for line in self._lines[self.position :] if line.strip()), "")

    def unended_line(self) -> int:
        """The number of the last line where that has no end of its own; 0 otherwise."""
        return 0 if not self._lines or self._lines[-1].endswith(("\n", "\r")) else self._end

    def skip_separator_line(self) -> str:
        """Passes over the `sep=;` line that spreadsheets write; returns its delimiter."""
        first = self._lines[0].rstrip("\r\n") if self._lines else ""
        if len(first) == 5 and first[:4].lower() == "sep=":
            self.position = 1
            return first[4]
        return ""


def _detect_delimiter(heading_line: str) -> str:
    """The delimiter that occurs most often in the heading line outside of quotes."""
    unquoted = "".join(heading_line.split('"')[::2])
    return max(DELIMITERS, key=unquoted.count)


def _read_rows(lines: _Lines, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(lines, delimiter=delimiter)
    while lines.start_row():
        try:
            yield next(reader)
        except csv.Error:
            yield [lines.back_to_second_line()]
        except StopIteration:
            return


def _headings(rows: Iterator[list[str]], file: str) -> tuple[str, ...]:
    for row in rows:
        headings = tuple(cell.strip() for cell in row)
        if any(headings):
            return headings
    raise SourceError(
        f"{file} has no heading line.",
        safe="Nothing was imported.",
        next_step="The first line names the columns, for example id,userPrincipalName,displayName.",
    )


def _fill(table: CsvTable, rows: Iterator[list[str]], lines: _Lines) -> None:
    width = len(table.headings)
    keep_row, keep_line = table.rows.append, table.lines.append
    for row in rows:
        line = lines.row_start + 1
        if lines.position > line and _swallows_rows(row, width, lines):
            last = lines.position
            table.refuse(
                [lines.back_to_second_line()],
                line,
                f"The row runs to line {last}: a quotation mark is probably not closed. It is left"
                " out, and reading went on with the next line.",
            )
        elif len(row) == width:
            keep_row(row)
            keep_line(line)
        elif any(row):
            hint = " A cell with the delimiter in it needs quotation marks."
            table.refuse(
                row,
                line,
                f"The row has {len(row)} cells where the heading line has {width}; left out."
                f"{hint if len(row) > width else ''}",
            )


def _cut_off(table: CsvTable, lines: _Lines) -> int:
    """The last line, when it was refused and lacks its own end; 0 otherwise."""
    last = lines.unended_line()
    return last if last and table.refused and table.problems[-1].line == last else 0


def _swallows_rows(row: list[str], width: int, lines: _Lines) -> bool:
    """Whether a row over several lines is really several rows behind an open quotation mark."""
    text = lines.row_text()
    return (
        len(row) != width
        or text.count('"') % 2 == 1
        or any(find_object_ids(cell) for cell in row if "\n" in cell or "\r" in cell)
    )
