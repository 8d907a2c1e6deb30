"""The numbers of a cycle side by side: created, updated, disabled, deleted, skipped, failed."""

from dataclasses import fields

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from looop_gui.model.job import CycleCounts
from looop_gui.ui import formats
from looop_gui.ui.signs import COUNT_SIGNS, Sign
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.icon_label import IconLabel
from looop_gui.ui.widgets.labels import caption


class CountsRow(QWidget):
    """A click on a number emits `chosen` with its name (a field of `CycleCounts`)."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figures: dict[str, _Figure] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        for field in fields(CycleCounts):
            figure = _Figure(theme, COUNT_SIGNS[field.name], self._word(field.name))
            figure.pressed.connect(lambda name=field.name: self.chosen.emit(name))
            self._figures[field.name] = figure
            layout.addWidget(figure, 1)

    def show_counts(self, counts: CycleCounts) -> None:
        """Show these numbers."""
        for name, figure in self._figures.items():
            figure.show_number(getattr(counts, name))

    def number(self, name: str) -> str:
        """The number shown for a field of `CycleCounts`, as written."""
        return self._figures[name].text

    def _word(self, name: str) -> str:
        return {
            "created": self.tr("created"),
            "updated": self.tr("updated"),
            "disabled": self.tr("disabled"),
            "deleted": self.tr("deleted"),
            "skipped": self.tr("skipped"),
            "failed": self.tr("failed"),
        }[name]


class _Figure(QWidget):
    pressed = Signal()

    def __init__(self, theme: Theme, sign: Sign, word: str) -> None:
        super().__init__()
        self._word = word
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._number = QLabel("0")
        self._number.setProperty("look", "figure")
        below = QHBoxLayout()
        below.setSpacing(GRID // 2)
        below.addWidget(IconLabel(theme, sign.icon, sign.role, 14))
        below.addWidget(caption(word), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._number)
        layout.addLayout(below)

    @property
    def text(self) -> str:
        return self._number.text()

    def show_number(self, number: int) -> None:
        text = formats.count(number)
        if text != self._number.text():
            self._number.setText(text)
        self.setAccessibleName(f"{text} {self._word}")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Space):
            self.pressed.emit()
            return
        super().keyPressEvent(event)
