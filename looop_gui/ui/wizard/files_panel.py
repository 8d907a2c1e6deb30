"""A folder of files as the source: chosen or dropped, and shown as it would be read."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from looop_gui.model.connection import SourceSettings
from looop_gui.sources.preview import SourcePreview
from looop_gui.ui import formats
from looop_gui.ui.theme import GRID, Theme, mark
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.labels import caption, problem, say_problem, strong
from looop_gui.ui.widgets.table import Table
from looop_gui.ui.wizard.preview_models import (
    AttributeDelegate,
    ColumnsModel,
    TextTableModel,
    problem_rows,
)

ENCODINGS = ("utf-8", "utf-16", "windows-1252", "iso-8859-15")
DELIMITERS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Vertical bar"}


class FilesPanel(QWidget):
    """`changed` carries the new SourceSettings."""

    changed = Signal(object)

    def __init__(self, theme: Theme, attribute_names: tuple[str, ...]) -> None:
        super().__init__()
        self._theme = theme
        self._settings: SourceSettings | None = None
        self.setAcceptDrops(True)
        self.folder = QLineEdit()
        self.folder.setAccessibleName(self.tr("Folder of the export"))
        self.folder.setPlaceholderText(self.tr("Drop a folder or users.csv here"))
        self.choose = button(theme, self.tr("Choose folder"), self._choose, icon="folder-open")
        self.again = button(theme, self.tr("Read again"), self._read_again, look="quiet")
        self.problem = problem()
        self.summary = strong("")
        self.encoding = QComboBox()
        self.encoding.setAccessibleName(self.tr("Encoding"))
        self.delimiter = QComboBox()
        self.delimiter.setAccessibleName(self.tr("Delimiter"))
        ignored = self.tr("(not read)")
        titles = (self.tr("Column"), self.tr("Attribute"), self.tr("First row"))
        self.columns_model = ColumnsModel(titles, self)
        self.columns_model.ignored_text = ignored
        self.rows_model = TextTableModel((), self)
        problem_titles = (self.tr("File"), self.tr("Line"), self.tr("What is wrong"))
        self.problems_model = TextTableModel(problem_titles, self)
        self.columns = Table(self.tr("Columns and their attributes"), compact=True)
        self.rows = Table(self.tr("First rows"), compact=True)
        self.problems = Table(self.tr("Rows that cannot be used"), compact=True)
        self.columns.show_model(self.columns_model, (220, 220, 0))
        self.columns.setItemDelegateForColumn(
            1, AttributeDelegate(attribute_names, ignored, self.columns)
        )
        self.columns.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        self.rows.show_model(self.rows_model)
        self.problems.show_model(self.problems_model, (140, 60, 0))
        self.tabs = QTabWidget()
        self._lay_out()
        self._connect()

    def show_settings(self, settings: SourceSettings) -> None:
        """Show these settings."""
        self._settings = settings
        if self.folder.text() != settings.folder:
            self.folder.setText(settings.folder)
        if not settings.folder:
            self._show_details(False)

    def show_preview(self, preview: SourcePreview) -> None:
        """Show what would be read and how it was understood."""
        self._show_details(True)
        say_problem(self.problem, " ".join(filter(None, (preview.refusal, preview.next_step))))
        self.summary.setText(self._summarize(preview))
        self.summary.setVisible(not preview.refusal)
        self._offer_reading(preview)
        self.columns_model.show_preview(preview)
        headings = [column.heading for column in preview.columns]
        self.rows_model.show_rows(preview.rows, headings)
        self.problems_model.show_rows(problem_rows(preview.problems))
        number = len(preview.problems)
        title = self.tr("No defects")
        if number:
            title = self.tr("Defects ({number})").format(number=formats.count(number))
        self.tabs.setTabText(2, title)

    def show_unreadable(self, sentence: str) -> None:
        """Say why the folder cannot be read at all."""
        self._show_details(False)
        say_problem(self.problem, sentence)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            mark(self._drop, "drop-over")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Look as before."""
        mark(self._drop, "drop")

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the dropped folder, or the folder of a dropped file."""
        mark(self._drop, "drop")
        for url in event.mimeData().urls():
            path = Path(url.toLocalFile())
            self._take_folder(str(path if path.is_dir() else path.parent))
            break

    def _lay_out(self) -> None:
        self._drop = QFrame()
        self._drop.setProperty("look", "drop")
        line = QHBoxLayout(self._drop)
        line.setContentsMargins(12, 12, 12, 12)
        line.setSpacing(GRID)
        line.addWidget(self.folder, 1)
        line.addWidget(self.choose)
        line.addWidget(self.again)
        reading = QHBoxLayout()
        reading.setSpacing(GRID)
        for words, box in (
            (self.tr("Encoding"), self.encoding),
            (self.tr("Delimiter"), self.delimiter),
        ):
            label = QLabel(words)
            label.setBuddy(box)
            reading.addWidget(label)
            reading.addWidget(box)
        reading.addStretch(1)
        self._details = QWidget()
        inner = QVBoxLayout(self._details)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(GRID)
        inner.addWidget(self.summary)
        inner.addLayout(reading)
        self.tabs.addTab(self.columns, self.tr("Columns"))
        self.tabs.addTab(self.rows, self.tr("First rows"))
        self.tabs.addTab(self.problems, self.tr("No defects"))
        inner.addWidget(self.tabs, 1)
        self._help = caption(
            self.tr(
                "The folder holds users.csv or users.json, as the portal's Download users writes"
                " it; groups.csv, members.csv and assignments.csv are read where they are present."
            )
        )
        self._help.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self._drop)
        layout.addWidget(self.problem)
        layout.addWidget(self._help)
        layout.addWidget(self._details, 1)
        layout.addStretch(0)
        self._show_details(False)

    def _connect(self) -> None:
        self.folder.editingFinished.connect(lambda: self._take_folder(self.folder.text()))
        self.encoding.activated.connect(self._choose_encoding)
        self.delimiter.activated.connect(self._choose_delimiter)
        self.columns_model.attribute_changed.connect(self._choose_attribute)

    def _show_details(self, on: bool) -> None:
        self._details.setVisible(on)
        self._help.setVisible(not on)
        self.again.setVisible(on)
        if on:
            say_problem(self.problem, "")

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Folder of the export"), self.folder.text())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, False)
        dialog.fileSelected.connect(self._take_folder)
        dialog.open()

    def _take_folder(self, text: str) -> None:
        folder = text.strip()
        if self._settings is None or folder == self._settings.folder:
            return
        say_problem(self.problem, "")
        self._change(SourceSettings(self._settings.type, folder))

    def _read_again(self) -> None:
        if self._settings is not None:
            self.changed.emit(self._settings)

    def _change(self, settings: SourceSettings) -> None:
        self._settings = settings
        self.folder.setText(settings.folder)
        self.changed.emit(settings)

    def _choose_encoding(self, index: int) -> None:
        if self._settings is not None:
            encoding = str(self.encoding.itemData(index) or "")
            self._change(replace(self._settings, encoding=encoding))

    def _choose_delimiter(self, index: int) -> None:
        if self._settings is not None:
            delimiter = str(self.delimiter.itemData(index) or "")
            self._change(replace(self._settings, delimiter=delimiter))

    def _choose_attribute(self, heading: str, attribute: str) -> None:
        if self._settings is not None:
            others = tuple(pair for pair in self._settings.columns if pair[0] != heading)
            self._change(replace(self._settings, columns=(*others, (heading, attribute))))

    def _offer_reading(self, preview: SourcePreview) -> None:
        chosen = self._settings
        automatic = self.tr("Automatic ({found})")
        self.encoding.clear()
        self.encoding.addItem(automatic.format(found=preview.encoding), "")
        for encoding in ENCODINGS:
            self.encoding.addItem(encoding, encoding)
        self.delimiter.clear()
        found = self.tr(DELIMITERS.get(preview.delimiter, "none"))
        self.delimiter.addItem(automatic.format(found=found), "")
        for delimiter, words in DELIMITERS.items():
            self.delimiter.addItem(self.tr(words), delimiter)
        if chosen is not None:
            self.encoding.setCurrentIndex(max(0, self.encoding.findData(chosen.encoding)))
            self.delimiter.setCurrentIndex(max(0, self.delimiter.findData(chosen.delimiter)))
        self.delimiter.setEnabled(bool(preview.delimiter))

    def _summarize(self, preview: SourcePreview) -> str:
        return self.tr("{file}: {users} people, {groups} groups, {assignments} assignments").format(
            file=preview.file,
            users=formats.count(preview.users),
            groups=formats.count(preview.groups),
            assignments=formats.count(preview.assignments),
        )
