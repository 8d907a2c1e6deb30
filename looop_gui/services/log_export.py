"""Takes the provisioning log out of the workbench: files, and a preview of what leaves.

The log is read in pages and written as it is read, so that a million entries need no more memory
than one page. A file appears only when it is whole: it is written beside its place and then moved
there.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from looop_gui.engine.har import har_entries
from looop_gui.engine.log_exposure import Exposure, exposure_of
from looop_gui.engine.log_tables import LOG_COLUMNS, table_rows
from looop_gui.engine.object_summary import RecordNames, object_summary
from looop_gui.engine.rules import rules_of
from looop_gui.model.connection import Connection
from looop_gui.model.errors import ConfigurationError, StoreError
from looop_gui.model.provisioning_log import LogFilter, ProvisioningLogEntry
from looop_gui.services.connections import ConnectionService
from looop_gui.services.log_export_writers import CsvWriter, HarWriter, JsonWriter, LogWriter
from looop_gui.services.mappings import MappingService
from looop_gui.services.store_worker import StoreWorker
from looop_gui.store.provisioning_log import count_rows, read_entries

PAGE = 250
SAMPLED = 50
SHOWN = 5

OnProgress = Callable[[int, int], None]


class LogFormat(StrEnum):
    """What the log can be exported as (section i.4, and what other tools read)."""

    CSV = "csv"
    JSON = "json"
    NDJSON = "ndjson"
    HAR = "har"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that stays in the workbench: what, why, and how often among the sampled."""

    what: str
    why: str
    count: int


@dataclass(frozen=True, slots=True)
class ExportPreview:
    """What an export would take out: how many entries, which fields, how the first ones look.

    `files` are the names of the files; `rows` hold `fields` in their order; `left_out` is of the
    newest `sampled` entries.
    """

    format: LogFormat
    entries: int
    files: tuple[str, ...]
    fields: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sampled: int
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class ExportResult:
    """The files that were written and the number of log entries in them."""

    files: tuple[Path, ...]
    entries: int


class LogExportService:
    """Exports of what a filter lets through, the newest entry first. Raises StoreError."""

    def __init__(
        self, worker: StoreWorker, connections: ConnectionService, mappings: MappingService
    ) -> None:
        self._worker = worker
        self._connections = connections
        self._mappings = mappings

    async def preview(
        self, log_filter: LogFilter, log_format: LogFormat, path: Path | None = None
    ) -> ExportPreview:
        """What an export would take out and what it would leave here, with the reasons."""
        exposure, names = await self._exposure(log_filter.connection_id)
        number = await self._worker.run(count_rows, log_filter)
        entries = await self._worker.run(read_entries, log_filter, limit=SAMPLED)
        safe = [exposure.entry(entry) for entry in entries]
        if log_format is LogFormat.HAR:
            fields, rows = _har_sample(safe)
        else:
            fields = LOG_COLUMNS
            records = [object_summary(entry, names) for entry in safe[:SHOWN]]
            rows = [table_rows(record)[0][0] for record in records]
        place = path or Path(f"ProvisioningLogs.{log_format.value}")
        left_out = [LeftOut(what, why, n) for (what, why), n in exposure.left_out.most_common()]
        return ExportPreview(
            log_format,
            number,
            tuple(file.name for file in export_files(place, log_format)),
            tuple(fields),
            tuple(rows[:SHOWN]),
            len(entries),
            tuple(left_out),
        )

    async def export(
        self,
        log_filter: LogFilter,
        log_format: LogFormat,
        path: Path,
        *,
        limit: int | None = None,
        on_progress: OnProgress | None = None,
    ) -> ExportResult:
        """Write the files of an export; CSV makes three beside each other (`export_files`).

        `on_progress` is told how many entries of how many are written. Raises StoreError when a
        file cannot be written; nothing is left behind then.
        """
        exposure, names = await self._exposure(log_filter.connection_id)
        writer = _writer(log_format, names)
        places = export_files(path, log_format)
        total = await self._worker.run(count_rows, log_filter)
        total = total if limit is None else min(total, limit)
        files = _Files(places)
        try:
            await asyncio.to_thread(files.open)
            written = await self._write(
                writer, files.streams, log_filter, exposure, limit, total, on_progress
            )
            await asyncio.to_thread(files.put_in_place)
        except OSError as error:
            raise StoreError(
                f"The export {path} cannot be written: {error.strerror or error}.",
                safe="A file that was there before was left as it is.",
                next_step="Choose another place.",
            ) from error
        finally:
            files.discard()
        return ExportResult(places, written)

    async def write(
        self,
        log_filter: LogFilter,
        log_format: LogFormat,
        stream: TextIO,
        *,
        limit: int | None = None,
    ) -> int:
        """Write an export to an open text stream (of CSV, the first table); gives the number."""
        exposure, names = await self._exposure(log_filter.connection_id)
        writer = _writer(log_format, names)
        return await self._write(writer, [stream], log_filter, exposure, limit, 0, None)

    async def _write(
        self,
        writer: LogWriter,
        streams: list[TextIO],
        log_filter: LogFilter,
        exposure: Exposure,
        limit: int | None,
        total: int,
        on_progress: OnProgress | None,
    ) -> int:
        def add(page: list[ProvisioningLogEntry]) -> None:
            for entry in page:
                writer.add(exposure.entry(entry))

        written = 0
        writer.begin(streams)
        async for page in self._pages(log_filter, limit):
            await asyncio.to_thread(add, page)
            written += len(page)
            if on_progress is not None:
                on_progress(written, max(total, written))
        writer.end()
        return written

    async def _pages(
        self, log_filter: LogFilter, limit: int | None
    ) -> AsyncIterator[list[ProvisioningLogEntry]]:
        before: int | None = None
        left = limit
        while left is None or left > 0:
            size = PAGE if left is None else min(PAGE, left)
            page = await self._worker.run(read_entries, log_filter, before_key=before, limit=size)
            if not page:
                return
            yield page
            before = int(page[-1].id)
            left = None if left is None else left - len(page)

    async def _exposure(self, connection_id: str) -> tuple[Exposure, RecordNames]:
        """What may leave under the configuration; the strictest without a saved connection."""
        try:
            connection = await self._connections.get(connection_id)
        except ConfigurationError:
            return exposure_of(None), RecordNames(connection_id, connection_id)
        names = RecordNames(connection.id, connection.name, _source_name(connection))
        schema = await self._mappings.schema(connection_id)
        try:
            rules = rules_of(connection, schema)
        except ConfigurationError:
            return exposure_of(None), names
        return exposure_of(rules), names


class _Files:
    """Files that are written beside their places and appear together when all are whole."""

    def __init__(self, places: tuple[Path, ...]) -> None:
        self._places = places
        self._stack = ExitStack()
        self._waiting: list[Path] = []
        self.streams: list[TextIO] = []

    def open(self) -> None:
        """Open a new file, which only its owner may read, beside each place."""
        for place in self._places:
            descriptor, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
            self._waiting.append(Path(name))
            stream = os.fdopen(descriptor, "w", encoding="utf-8", newline="")
            self.streams.append(self._stack.enter_context(stream))

    def put_in_place(self) -> None:
        """Write everything to the disk and move the files to their places."""
        for stream in self.streams:
            stream.flush()
            os.fsync(stream.fileno())
        self._stack.close()
        for file, place in zip(tuple(self._waiting), self._places, strict=True):
            file.replace(place)
            self._waiting.remove(file)

    def discard(self) -> None:
        """Remove what was not put in place."""
        with suppress(OSError):
            self._stack.close()
        for file in self._waiting:
            file.unlink(missing_ok=True)


def export_files(path: Path, log_format: LogFormat) -> tuple[Path, ...]:
    """The files of an export to a path: for CSV three, named as Entra names its own."""
    if log_format is not LogFormat.CSV:
        return (path,)
    return tuple(path.with_name(f"{path.stem}{s}{path.suffix}") for s in CsvWriter.suffixes)


def _writer(log_format: LogFormat, names: RecordNames) -> LogWriter:
    match log_format:
        case LogFormat.CSV:
            return CsvWriter(names)
        case LogFormat.HAR:
            return HarWriter()
        case _:
            return JsonWriter(names, lines=log_format is LogFormat.NDJSON)


def _har_sample(
    entries: list[ProvisioningLogEntry],
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    fields = ("method", "url", "status", "request body", "response body")
    rows: list[tuple[str, ...]] = []
    for entry in entries:
        for exchange in har_entries(entry):
            request, response = exchange["request"], exchange["response"]
            body = request.get("postData", {}).get("text", "")
            status = str(response["status"])
            content = response["content"]["text"]
            rows.append((request["method"], request["url"], status, body, content))
    return fields, rows


def _source_name(connection: Connection) -> str:
    return f"Source directory ({connection.source.type.value})"
