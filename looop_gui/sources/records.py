"""The rows of one file of the folder as attributes, whether it is CSV or JSON."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from looop_gui.model.connection import SourceSettings
from looop_gui.model.directory import AttributeValue, SourceProblem
from looop_gui.model.errors import SourceError
from looop_gui.sources.csv_table import CsvTable, read_csv
from looop_gui.sources.headings import (
    ColumnMapping,
    FileKind,
    heading_problems,
    map_headings,
)
from looop_gui.sources.json_objects import read_json_objects
from looop_gui.sources.object_ids import find_object_ids

_SAMPLE_ROWS = 20
_LINKING = (FileKind.MEMBER, FileKind.ASSIGNMENT)
"""What is left out of these files ends a membership or the access of somebody who is there."""


@dataclass(frozen=True, slots=True)
class Records:
    """What a file lists. An attribute without a value is absent from its row.

    `line_of(index)` is the line (1-based) where row `index` begins. `unreadable` are the object
    ids that refused rows name. `delimiter` is empty for JSON. `sample` has the first rows as they
    stand in the file, a text for each of `columns`. `nameless` are the texts (case-folded) of rows
    that were left out and have no id of their own; `cut_off` is the line in which the file ends
    before its time.
    """

    file: str
    rows: list[dict[str, AttributeValue]]
    line_of: Callable[[int], int]
    columns: tuple[ColumnMapping, ...]
    encoding: str
    delimiter: str
    problems: list[SourceProblem]
    unreadable: set[str]
    sample: tuple[tuple[str, ...], ...] = ()
    nameless: set[str] = field(default_factory=set)
    cut_off: int = 0

    def report(self, index: int, sentence: str) -> None:
        """Adds a problem of row `index`."""
        self.problems.append(SourceProblem(self.file, self.line_of(index), sentence))

    def leave_out(self, index: int, sentence: str) -> None:
        """Adds a problem of row `index`, which has no id of its own."""
        self.report(index, sentence)
        texts = (text.strip() for text in self.rows[index].values() if isinstance(text, str))
        self.nameless.update(text.casefold() for text in texts if text)


def read_records(data: bytes, file: str, kind: FileKind, settings: SourceSettings) -> Records:
    """The rows of `data`; how it is read follows the suffix of `file`.

    `settings` gives the encoding, the delimiter and the chosen columns of the users file; the
    other files are read automatically. Raises SourceError when the file cannot be read at all.
    """
    of_users = kind is FileKind.USER
    encoding = settings.encoding if of_users else ""
    if file.lower().endswith(".json"):
        return _json_records(data, file, encoding)
    table = read_csv(data, file, encoding, settings.delimiter if of_users else "")
    columns = map_headings(table.headings, kind, settings.columns if of_users else ())
    if kind in _LINKING:
        table = _read_as_far_as_it_goes(table)
    return _csv_records(table, columns)


def require_columns(records: Records, *attributes: str) -> None:
    """Raises SourceError when the file has no column for one of `attributes`."""
    if records.delimiter:
        present = {column.attribute for column in records.columns}
    else:
        present = {name for row in records.rows for name in row}
    missing = [name for name in attributes if name not in present]
    if not missing:
        return
    shown = ", ".join(column.heading for column in records.columns[:12]) or "none"
    raise SourceError(
        f"{records.file} has no column for {' and '.join(missing)}.",
        safe="Nothing was imported and nothing was changed in the target.",
        next_step=f"Add the column, or choose which column it is. The columns are: {shown}.",
    )


def _json_records(data: bytes, file: str, encoding: str) -> Records:
    read = read_json_objects(data, file, encoding)
    names = dict.fromkeys(name for row in read.objects[:100] for name in row)
    return Records(
        file,
        read.objects,
        read.line_of,
        tuple(ColumnMapping(name, name, True) for name in names),
        read.encoding,
        "",
        read.problems,
        set(),
        tuple(
            tuple(_shown(row.get(name, "")) for name in names)
            for row in read.objects[:_SAMPLE_ROWS]
        ),
    )


def _shown(value: AttributeValue) -> str:
    return value if isinstance(value, str) else "; ".join(value)


def _csv_records(table: CsvTable, columns: tuple[ColumnMapping, ...]) -> Records:
    names = [column.attribute for column in columns]
    rows: list[dict[str, AttributeValue]]
    if all(names):
        rows = [
            {name: cell for name, cell in zip(names, row, strict=True) if cell}
            for row in table.rows
        ]
    else:
        rows = [
            {name: cell for name, cell in zip(names, row, strict=True) if cell and name}
            for row in table.rows
        ]
    return Records(
        table.file,
        rows,
        table.lines.__getitem__,
        columns,
        table.encoding,
        table.delimiter,
        heading_problems(columns, table.file) + table.problems,
        {cell for row in table.refused for cell in _named_ids(row, names, table.delimiter)},
        tuple(map(tuple, table.rows[:_SAMPLE_ROWS])),
        cut_off=table.cut_off,
    )


def _named_ids(row: list[str], names: list[str], delimiter: str) -> list[str]:
    """The ids a refused row may mean: whatever looks like an object id, else its id cell."""
    found = [object_id for cell in row for object_id in find_object_ids(cell)]
    cells = _cells(row, delimiter)
    if not found and len(cells) > 1 and "id" in names and names.index("id") < len(cells):
        found = [cells[names.index("id")]]
    return [object_id for object_id in found if object_id]


def _cells(row: list[str], delimiter: str) -> list[str]:
    """The cells of a refused row, also where it is a line behind an open quotation mark."""
    return [cell.strip(' "\r\n') for cell in row[0].split(delimiter)] if len(row) == 1 else row


def _read_as_far_as_it_goes(table: CsvTable) -> CsvTable:
    """The table with the rows that do not fit, cut or filled up to its width."""
    if not table.refused:
        return table
    width = len(table.headings)
    kept = [(_cells(row, table.delimiter) + [""] * width)[:width] for row in table.refused]
    lines = set(table.refused_lines)
    problems = [
        replace(problem, sentence=problem.sentence.replace("left out", "read as far as it goes"))
        if problem.line in lines
        else problem
        for problem in table.problems
    ]
    return replace(
        table,
        rows=table.rows + kept,
        lines=table.lines + table.refused_lines,
        refused=[],
        refused_lines=[],
        problems=problems,
    )
