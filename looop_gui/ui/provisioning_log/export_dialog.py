"""The export of what the log shows: a format, a place, and before it a preview of what leaves.

The preview is made anew with each format. Reading and writing are off the GUI thread; a cancelled
export leaves no file behind.
"""

import asyncio
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from looop_gui.model.errors import WorkbenchError
from looop_gui.model.provisioning_log import LogFilter
from looop_gui.services.log_export import ExportPreview, ExportResult, LogFormat, export_files
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.buttons import button, primary_button
from looop_gui.ui.widgets.dialog_layout import dialog_foot, dialog_layout
from looop_gui.ui.widgets.labels import caption, problem, prose, say_problem, strong
from looop_gui.ui.widgets.loading_bar import LoadingBar
from looop_gui.ui.widgets.plain_list import PlainList


class ExportDialog(QDialog):
    """`previewed` and `exported` carry what the service gave. Opened with `open()`."""

    previewed = Signal(object)
    exported = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget, log_filter: LogFilter) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Export the log"))
        self.setMinimumSize(760, 640)
        self._desk = desk
        self._filter = log_filter
        self._tasks = Tasks(self)
        self._has_entries = False
        self._export_task: asyncio.Task[Any] | None = None
        self.format = QComboBox()
        self.format.setAccessibleName(self.tr("Format"))
        for words, log_format in (
            (self.tr("CSV: the three files of Entra"), LogFormat.CSV),
            (self.tr("JSON: provisioningObjectSummary"), LogFormat.JSON),
            (self.tr("NDJSON: one record a line"), LogFormat.NDJSON),
            (self.tr("HAR: the HTTP traffic"), LogFormat.HAR),
        ):
            self.format.addItem(words, log_format)
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        folder = Path(QStandardPaths.writableLocation(documents))
        self.path = QLineEdit(str(folder / "ProvisioningLogs.csv"))
        self.path.setAccessibleName(self.tr("File"))
        self.choose_button = button(desk.theme, self.tr("Choose"), self.choose)
        self.summary = strong("")
        self.rows = _preview_table(self.tr("The first entries as they leave"))
        self.left_out_title = strong("")
        self.left_out = PlainList(self.tr("What stays here, and why"))
        self.left_out.setMaximumHeight(120)
        self.place_note = caption("")
        self.trouble = problem()
        self.loading = LoadingBar(desk.theme)
        self.export_button = primary_button(desk.theme, self.tr("Export"), self.export)
        self.close_button = button(desk.theme, self.tr("Close"), self.reject)
        self._lay_out()
        self.format.currentIndexChanged.connect(lambda _at: self._take_format())
        self.path.textChanged.connect(lambda _text: self._look_at_place())
        self._take_format()

    @property
    def log_format(self) -> LogFormat:
        """The format that is chosen."""
        return LogFormat(self.format.currentData())

    def choose(self) -> None:
        """Let the person choose the file."""
        dialog = QFileDialog(self, self.tr("Export the log"), self.path.text())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(self.log_format.value)
        dialog.selectFile(Path(self.path.text()).name)
        dialog.fileSelected.connect(self.path.setText)
        dialog.open()

    def export(self) -> None:
        """Write the files."""
        say_problem(self.trouble, "")
        self._set_busy(True)
        self.loading.begin(self.tr("Writing the export"), self.cancel)
        exporting = self._desk.services.log_export.export(
            self._filter, self.log_format, Path(self.path.text()), on_progress=self._take_progress
        )
        self._export_task = self._tasks.start(exporting, self._take_result, self._take_error)

    def cancel(self) -> None:
        """Stop the export; no file is left behind."""
        if self._export_task is not None:
            self._export_task.cancel()
            self._export_task = None
            self.loading.end()
            self._set_busy(False)
            say_problem(self.trouble, self.tr("Cancelled. No file was written."))

    def reject(self) -> None:
        """Closing stops an export that runs."""
        self._tasks.cancel_all()
        super().reject()

    def _take_format(self) -> None:
        path = Path(self.path.text())
        self.path.setText(str(path.with_suffix(f".{self.log_format.value}")))
        self.export_button.setEnabled(False)
        self.loading.begin(self.tr("Reading what would leave"))
        reading = self._desk.services.log_export.preview(
            self._filter, self.log_format, Path(self.path.text())
        )
        self._tasks.start(reading, self._show_preview, self._take_error, replace="preview")

    def _show_preview(self, preview: ExportPreview) -> None:
        self.loading.end()
        names = ", ".join(preview.files)
        words = self.tr("{0} entries leave in {1}").format(formats.count(preview.entries), names)
        self.summary.setText(words)
        self._fill_rows(preview)
        self.left_out.clear()
        for item in preview.left_out:
            line = f"{item.what}: {item.why} ({formats.count(item.count)})"
            self.left_out.addItem(line)
            self.left_out.item(self.left_out.count() - 1).setToolTip(line)
        if preview.left_out:
            words = self.tr("What stays here (seen in the newest {0} entries)")
            self.left_out_title.setText(words.format(formats.count(preview.sampled)))
        else:
            self.left_out_title.setText(self.tr("Nothing of the entries looked at stays here."))
        self.left_out.setVisible(bool(preview.left_out))
        self._has_entries = preview.entries > 0
        self._look_at_place()
        self.previewed.emit(preview)

    def _fill_rows(self, preview: ExportPreview) -> None:
        self.rows.clear()
        self.rows.setColumnCount(len(preview.fields))
        self.rows.setRowCount(len(preview.rows))
        self.rows.setHorizontalHeaderLabels(list(preview.fields))
        for at, row in enumerate(preview.rows):
            for column, text in enumerate(row):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.rows.setItem(at, column, item)

    def _look_at_place(self) -> None:
        """Say what is replaced, and whether there is a folder to write to."""
        path = Path(self.path.text())
        there = [one.name for one in export_files(path, self.log_format) if one.exists()]
        if not path.parent.is_dir():
            self.place_note.setText(self.tr("There is no such folder."))
        elif there:
            self.place_note.setText(self.tr("Replaces {0}.").format(", ".join(there)))
        else:
            self.place_note.setText(self.tr("Secrets never leave; formulas are defused in CSV."))
        able = bool(path.name) and path.parent.is_dir() and self._has_entries
        self.export_button.setEnabled(able and self._export_task is None)

    def _take_progress(self, done: int, total: int) -> None:
        self.loading.progress(done, total)

    def _take_result(self, result: ExportResult) -> None:
        self._export_task = None
        self.loading.end()
        names = ", ".join(path.name for path in result.files)
        words = self.tr("{0} entries exported to {1}.")
        self._desk.say(words.format(formats.count(result.entries), names), "", None)
        self.exported.emit(result)
        self.accept()

    def _take_error(self, error: Exception) -> None:
        self._export_task = None
        self.loading.end()
        self._set_busy(False)
        if not isinstance(error, WorkbenchError):
            raise error
        say_problem(self.trouble, " ".join(filter(None, (str(error), error.next_step))))

    def _set_busy(self, busy: bool) -> None:
        for field in (self.format, self.path, self.choose_button, self.export_button):
            field.setEnabled(not busy)

    def _lay_out(self) -> None:
        place = QHBoxLayout()
        place.setSpacing(GRID)
        place.addWidget(self.path, 1)
        place.addWidget(self.choose_button)
        self.summary.setWordWrap(True)
        layout = dialog_layout(self, self.tr("Export the log"))
        layout.addWidget(prose(self.tr("The entries that the current filter shows."), muted=True))
        layout.addWidget(self.format)
        layout.addLayout(place)
        layout.addWidget(self.place_note)
        layout.addWidget(self.summary)
        layout.addWidget(self.rows, 1)
        layout.addWidget(self.left_out_title)
        layout.addWidget(self.left_out)
        layout.addWidget(self.trouble)
        foot = dialog_foot(self.close_button, self.export_button, start=self.loading)
        layout.addLayout(foot)


def _preview_table(name: str) -> QTableWidget:
    table = QTableWidget(0, 0)
    table.setAccessibleName(name)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.verticalHeader().hide()
    table.horizontalHeader().setDefaultSectionSize(150)
    table.horizontalHeader().setDefaultAlignment(
        Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
    )
    return table
