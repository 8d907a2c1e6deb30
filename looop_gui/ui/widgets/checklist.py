"""A checklist that fills in live: Test Connection, self checks, on-demand steps."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import link_button
from looop_gui.ui.widgets.icon_label import IconLabel
from looop_gui.ui.widgets.key_values import KeyValues
from looop_gui.ui.widgets.labels import caption, prose, strong


class CheckState(StrEnum):
    """How one check stands."""

    PENDING = "pending"
    RUNNING = "running"
    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One line: what is checked, how it stands, what was found, what to do next, and facts."""

    identifier: str
    title: str
    state: CheckState = CheckState.PENDING
    sentence: str = ""
    next_step: str = ""
    details: tuple[tuple[str, str], ...] = ()


_SIGNS = {
    CheckState.PENDING: ("circle-dashed", Role.TEXT_MUTED, "Not checked yet"),
    CheckState.RUNNING: ("refresh-cw", Role.ACCENT, "Checking"),
    CheckState.PASSED: ("circle-check", Role.SUCCESS, "Passed"),
    CheckState.WARNING: ("triangle-alert", Role.WARNING, "Worth a look"),
    CheckState.FAILED: ("circle-x", Role.DANGER, "Failed"),
    CheckState.SKIPPED: ("skip-forward", Role.TEXT_MUTED, "Not checked"),
}


class Checklist(QFrame):
    """Items in order; `put` adds an item or brings it up to date by its identifier."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "card")
        self._theme = theme
        self._rows: dict[str, _Row] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(2 * GRID, 12, 2 * GRID, 12)
        self._layout.setSpacing(GRID)
        self._layout.addStretch(1)

    def put(self, item: ChecklistItem) -> None:
        """Show an item's newest state."""
        row = self._rows.get(item.identifier)
        if row is None:
            row = _Row(self._theme)
            self._rows[item.identifier] = row
            self._layout.insertWidget(self._layout.count() - 1, row)
        row.show_item(item)
        self.changed.emit()

    def clear(self) -> None:
        """Take all items away."""
        for row in self._rows.values():
            row.setParent(None)
            row.deleteLater()
        self._rows.clear()

    @property
    def items(self) -> tuple[ChecklistItem, ...]:
        """The items shown, in order."""
        return tuple(row.item for row in self._rows.values() if row.item is not None)


class _Row(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.item: ChecklistItem | None = None
        self._icon = IconLabel(theme, "circle-dashed", size=20)
        self._title = strong("")
        self._state = caption("")
        self._sentence = prose("", muted=True)
        self._next = prose("")
        self._facts = KeyValues()
        self._facts.hide()
        self._more = link_button(theme, self.tr("Show details"), self._toggle)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self._title)
        head.addWidget(self._state)
        head.addStretch(1)
        head.addWidget(self._more)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(head)
        for widget in (self._sentence, self._next, self._facts):
            words.addWidget(widget)
        words.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)

    def show_item(self, item: ChecklistItem) -> None:
        self.item = item
        icon, role, word = _SIGNS[item.state]
        self._icon.show_icon(icon, role)
        self._title.setText(item.title)
        self._state.setText(self.tr(word))
        for label, text in ((self._sentence, item.sentence), (self._next, item.next_step)):
            label.setText(text)
            label.setVisible(bool(text))
        self._facts.show_values(item.details)
        self._more.setVisible(bool(item.details))
        if not item.details:
            self._facts.hide()
        self.setAccessibleName(f"{item.title}: {self.tr(word)}. {item.sentence}")

    def _toggle(self) -> None:
        shown = self._facts.isHidden()
        self._facts.setVisible(shown)
        self._more.setText(self.tr("Hide details") if shown else self.tr("Show details"))
