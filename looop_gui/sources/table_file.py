"""One CSV file of a folder, changed in place: its columns, encoding and delimiter stay."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from looop_gui.model.connection import SourceSettings, SourceType
from looop_gui.model.errors import SourceError
from looop_gui.sources.csv_table import CsvTable, read_csv
from looop_gui.sources.files import read_bytes
from looop_gui.sources.folder_writing import write_csv
from looop_gui.sources.headings import FileKind, map_headings

Cells = dict[str, str]
"""One row: attribute to text, with an entry for each column."""


class TableFile:
    """The rows of a file in memory; `save` replaces the file when something was changed.

    Raises SourceError when the file has rows that cannot be read, because writing would lose them.
    """

    def __init__(
        self,
        path: Path,
        kind: FileKind,
        columns: Sequence[str],
        settings: SourceSettings | None = None,
    ) -> None:
        self._path = path
        self._settings = settings or SourceSettings(SourceType.FILES)
        self._changed = False
        if path.exists():
            self._load(kind)
        else:
            self._headings, self._attributes = list(columns), list(columns)
            self._encoding, self._delimiter = "utf-8-sig", ","
            self.rows: list[Cells] = []

    def _load(self, kind: FileKind) -> None:
        settings = self._settings
        table = read_csv(
            read_bytes(self._path), self._path.name, settings.encoding, settings.delimiter
        )
        _refuse_unreadable(table)
        mapped = map_headings(table.headings, kind, settings.columns)
        self._headings = list(table.headings)
        # A column that is not read keeps its cells under a name of its own.
        self._attributes = [c.attribute or f"\0{n}" for n, c in enumerate(mapped)]
        self._encoding, self._delimiter = table.encoding, table.delimiter
        self.rows = [dict(zip(self._attributes, row, strict=True)) for row in table.rows]

    def find(self, attribute: str, value: str) -> Cells | None:
        """The first row with that value."""
        return next((row for row in self.rows if row.get(attribute) == value), None)

    def set(self, row: Cells, attribute: str, value: str) -> None:
        """Changes one cell; a new attribute becomes a new column."""
        self._add_column(attribute)
        row[attribute] = value
        self._changed = True

    def append(self, cells: Mapping[str, str]) -> None:
        """Adds a row at the end; new attributes become new columns."""
        for attribute in cells:
            self._add_column(attribute)
        self.rows.append(dict(cells))
        self._changed = True

    def remove(self, unwanted: Callable[[Cells], bool]) -> int:
        """Removes every such row and says how many there were."""
        kept = [row for row in self.rows if not unwanted(row)]
        removed = len(self.rows) - len(kept)
        self.rows = kept
        self._changed = self._changed or removed > 0
        return removed

    def save(self) -> None:
        """Writes the file, if anything was changed. Raises SourceError."""
        if not self._changed:
            return
        write_csv(
            self._path,
            self._headings,
            _cells(self.rows, self._attributes),
            encoding=self._encoding,
            delimiter=self._delimiter,
        )
        self._changed = False

    def _add_column(self, attribute: str) -> None:
        if attribute not in self._attributes:
            self._attributes.append(attribute)
            self._headings.append(attribute)


def _cells(rows: Iterable[Cells], attributes: Sequence[str]) -> Iterable[list[str]]:
    return ([row.get(attribute, "") for attribute in attributes] for row in rows)


def _refuse_unreadable(table: CsvTable) -> None:
    unreadable = [problem for problem in table.problems if problem.line > 1]
    if table.refused or any("\ufffd" in cell for row in table.rows for cell in row):
        where = f" (line {unreadable[0].line})" if unreadable else ""
        raise SourceError(
            f"{table.file} has rows that cannot be read{where}, so it is not edited here.",
            safe="The file is unchanged.",
            next_step="Correct those rows in the file first.",
        )
