"""Writes records of the provisioning log into open files, one entry after the other."""

import csv
import json
from typing import Any, Protocol, TextIO

from looop_gui import __version__
from looop_gui.engine.har import VERSION, har_entries
from looop_gui.engine.log_tables import TABLES, table_rows
from looop_gui.engine.object_summary import RecordNames, object_summary
from looop_gui.model.provisioning_log import ProvisioningLogEntry


class LogWriter(Protocol):
    """Takes entries that may leave and writes them into the files of its format."""

    def begin(self, files: list[TextIO]) -> None:
        """Write what stands before the first entry."""
        ...

    def add(self, entry: ProvisioningLogEntry) -> None:
        """Write one entry."""
        ...

    def end(self) -> None:
        """Write what stands after the last entry."""
        ...


class CsvWriter:
    """The three tables of Entra's download; the byte order mark lets Excel read UTF-8."""

    suffixes = tuple(name.removeprefix("ProvisioningLogs") for name, _ in TABLES)

    def __init__(self, names: RecordNames) -> None:
        self._names = names
        self._tables: list[Any] = []

    def begin(self, files: list[TextIO]) -> None:
        """Write the headings."""
        for file, (_, columns) in zip(files, TABLES, strict=False):
            file.write("\ufeff")
            table = csv.writer(file)
            table.writerow(columns)
            self._tables.append(table)

    def add(self, entry: ProvisioningLogEntry) -> None:
        """Write a row of the log and the rows of its steps and changes."""
        rows = table_rows(object_summary(entry, self._names))
        for table, new in zip(self._tables, rows, strict=False):
            table.writerows(new)

    def end(self) -> None:
        """Nothing stands at the end of a table."""


class JsonWriter:
    """An array of provisioningObjectSummary; or, with `lines`, one a line."""

    def __init__(self, names: RecordNames, *, lines: bool = False) -> None:
        self._names = names
        self._lines = lines
        self._first = True

    def begin(self, files: list[TextIO]) -> None:
        """Open the array."""
        (self._file,) = files
        if not self._lines:
            self._file.write("[")

    def add(self, entry: ProvisioningLogEntry) -> None:
        """Write a record."""
        text = _compact(object_summary(entry, self._names))
        if self._lines:
            self._file.write(f"{text}\n")
        else:
            self._file.write(text if self._first else f",\n{text}")
        self._first = False

    def end(self) -> None:
        """Close the array."""
        if not self._lines:
            self._file.write("]\n")


class HarWriter:
    """An HTTP Archive of the exchanges of the entries."""

    def begin(self, files: list[TextIO]) -> None:
        """Open the archive."""
        (self._file,) = files
        creator = _compact({"name": "looop-gui", "version": __version__})
        start = f'{{"log":{{"version":"{VERSION}","creator":{creator},"pages":[],"entries":['
        self._file.write(start)
        self._first = True

    def add(self, entry: ProvisioningLogEntry) -> None:
        """Write an entry's exchanges."""
        for exchange in har_entries(entry):
            self._file.write(_compact(exchange) if self._first else f",\n{_compact(exchange)}")
            self._first = False

    def end(self) -> None:
        """Close the archive."""
        self._file.write("]}}\n")


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
