"""The defects of a source: a banner that counts them, and the list behind its button."""

from collections.abc import Sequence
from itertools import islice

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from looop_gui.model.directory import SourceProblem
from looop_gui.services.source_defects import defects_sentence
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.banner import Banner, Tone
from looop_gui.ui.widgets.buttons import primary_button
from looop_gui.ui.widgets.table import Table

LISTED = 1000


class DefectsBanner(Banner):
    """Hidden while the source has no defects."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._own_theme = theme
        self.problems: tuple[SourceProblem, ...] = ()
        self.dialog: DefectsDialog | None = None

    def show_problems(self, problems: tuple[SourceProblem, ...]) -> None:
        """Say how many there are; the same ones are not said again after they were closed."""
        if problems == self.problems:
            return
        self.problems = problems
        if not problems:
            self.clear()
            return
        more = self.tr(
            "Nothing is changed for anybody whose row cannot be read. All other rows are used."
        )
        self.say(
            Tone.WARNING,
            defects_sentence(problems),
            more,
            action=self.tr("Show defects"),
            on_action=self.show_list,
        )

    def show_list(self) -> None:
        """Open the list; the loop keeps running."""
        self.dialog = DefectsDialog(self._own_theme, self.problems, self.window())
        self.dialog.open()


class DefectsDialog(QDialog):
    """File, line and sentence of the first thousand defects."""

    def __init__(self, theme: Theme, problems: Sequence[SourceProblem], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Defects of the source"))
        self.resize(720, 420)
        self.model = _model(problems, self)
        self.table = Table(self.tr("Defects"), compact=True)
        self.table.show_model(self.model, (140, 60, 0))
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(primary_button(theme, self.tr("Close"), self.accept))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(2 * GRID)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)


def _model(problems: Sequence[SourceProblem], parent: QDialog) -> QStandardItemModel:
    words = ("File", "Line", "What is wrong")
    model = QStandardItemModel(0, len(words), parent)
    model.setHorizontalHeaderLabels(
        [QCoreApplication.translate("DefectsDialog", word) for word in words]
    )
    for one in islice(problems, LISTED):
        cells = (one.file, str(one.line) if one.line else "", one.sentence)
        items = [QStandardItem(cell) for cell in cells]
        for item in items:
            item.setToolTip(one.sentence)
        model.appendRow(items)
    return model
