"""Import and export of Entra's synchronizationSchema: files, clipboard, drop."""

import asyncio
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from looop_gui.model.errors import ConfigurationError
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.setup.synchronization_schema import ImportResult, import_text, to_graph_text
from looop_gui.ui.tasks import Tasks

MOST_BYTES = 20_000_000


class SchemaTransfer(QWidget):
    """`imported` carries an ImportResult, `exported` a sentence. Files are read in a thread."""

    imported = Signal(object)
    exported = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self._tasks = Tasks(self)

    def choose_import(self) -> None:
        """Let the user choose a file to import."""
        dialog = self._dialog(self.tr("Import a schema file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.import_file)
        dialog.open()

    def import_file(self, path: str) -> None:
        """Import that file."""
        self._tasks.start(asyncio.to_thread(_read, Path(path)), self.imported.emit)

    def paste(self) -> None:
        """Import the text of the clipboard."""
        text = QGuiApplication.clipboard().text()
        self._tasks.start(asyncio.to_thread(import_text, text), self.imported.emit)

    def choose_export(self, schema: SynchronizationSchema, name: str) -> None:
        """Let the user choose where to export."""
        dialog = self._dialog(self.tr("Export to a file"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.selectFile(f"{name} schema.json")
        dialog.fileSelected.connect(lambda path: self.export_file(schema, path))
        dialog.open()

    def export_file(self, schema: SynchronizationSchema, path: str) -> None:
        """Export to that file."""
        writing = asyncio.to_thread(_write, schema, Path(path))
        words = self.tr("Exported to {name}.").format(name=Path(path).name)
        self._tasks.start(writing, lambda _none: self.exported.emit(words))

    def copy(self, schema: SynchronizationSchema) -> None:
        """Put the schema into the clipboard."""
        QGuiApplication.clipboard().setText(to_graph_text(schema))
        self.exported.emit(self.tr("The schema is in the clipboard."))

    def _dialog(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self.window(), title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilter(self.tr("Schema (*.json)"))
        return dialog


def _read(path: Path) -> ImportResult:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ConfigurationError("The file is too large to be a schema.")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigurationError(
            f"{path.name} cannot be read.", safe="The mappings are unchanged."
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{path.name} is not a text in UTF-8, as schema files are.",
            safe="The mappings are unchanged.",
        ) from error
    return import_text(text)


def _write(schema: SynchronizationSchema, path: Path) -> None:
    try:
        path.write_text(to_graph_text(schema), encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"{path.name} cannot be written.", next_step="Choose another folder."
        ) from error
