"""Exports what came of a cycle: asks for a file, and writes it as a page or as JSON."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from looop_gui.ui.desk import Desk
from looop_gui.ui.tasks import Tasks


class ResultExport:
    """For one connection; `owner` is the page that offers it."""

    def __init__(self, owner: QWidget, desk: Desk, tasks: Tasks, connection_id: str) -> None:
        self._owner = owner
        self._desk = desk
        self._tasks = tasks
        self._connection_id = connection_id

    def ask(self, cycle_id: str = "") -> None:
        """Ask where the result of a cycle goes; without an id, of the last that has ended."""
        dialog = QFileDialog(self._owner, _tr("Export the result of the cycle"), "result.html")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([_tr("Page (*.html)"), _tr("JSON (*.json)")])
        dialog.fileSelected.connect(lambda name: self.write(cycle_id, Path(name)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def write(self, cycle_id: str, path: Path) -> None:
        """Write the result to a file: JSON, or else a page."""
        words = _tr("The result is in {0}").format(path.name)
        self._tasks.start(
            self._desk.services.results.export(self._connection_id, cycle_id, path),
            lambda _none: self._desk.say(words, "", None),
        )


def _tr(words: str) -> str:
    return QCoreApplication.translate("ResultExport", words)
