"""Asks for the name and the shortcut under which the current filter is kept as a view."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QLineEdit,
    QWidget,
)

from looop_gui.model.workspace import LogView
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button, primary_button
from looop_gui.ui.widgets.dialog_layout import dialog_foot, dialog_layout
from looop_gui.ui.widgets.labels import hint

SHORTCUTS = tuple(f"Alt+{number}" for number in range(1, 10))
"""Ctrl with a number opens the pages of a connection."""


class ViewDialog(QDialog):
    """`confirmed` carries the name and the shortcut ("" for none). Opened with `open()`."""

    confirmed = Signal(str, str)

    def __init__(self, theme: Theme, parent: QWidget, views: Sequence[LogView]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Save this view"))
        self.setMinimumWidth(420)
        self._taken = {view.name.casefold() for view in views}
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name of the view"))
        self.name.setPlaceholderText(self.tr("e.g. Failures of today"))
        self.shortcut = QComboBox()
        self.shortcut.setAccessibleName(self.tr("Shortcut"))
        self.shortcut.addItem(self.tr("No shortcut"), "")
        used = {view.shortcut: view.name for view in views}
        for keys in SHORTCUTS:
            self.shortcut.addItem(f"{keys} ({used[keys]})" if keys in used else keys, keys)
        free = next((keys for keys in SHORTCUTS if keys not in used), "")
        self.shortcut.setCurrentIndex(self.shortcut.findData(free))
        self.note = hint("")
        self.save = primary_button(theme, self.tr("Save the view"), self._confirm)
        self.save.setDefault(True)
        self.save.setEnabled(False)
        self.name.textChanged.connect(self._look_at)
        self._lay_out(button(theme, self.tr("Cancel"), self.reject))
        self._look_at("")
        self.name.setFocus()

    def _look_at(self, text: str) -> None:
        name = text.strip()
        self.save.setEnabled(bool(name))
        if name.casefold() in self._taken:
            self.note.setText(self.tr("The view of this name is replaced."))
        else:
            self.note.setText(self.tr("Filter, columns and order are kept."))

    def _confirm(self) -> None:
        self.accept()
        self.confirmed.emit(self.name.text().strip(), str(self.shortcut.currentData()))

    def _lay_out(self, cancel: QWidget) -> None:
        form = QFormLayout()
        form.setSpacing(GRID)
        form.addRow(self.tr("Name"), self.name)
        form.addRow(self.tr("Shortcut"), self.shortcut)
        layout = dialog_layout(self, self.tr("Save this view"))
        layout.addLayout(form)
        layout.addWidget(self.note)
        layout.addSpacing(GRID)
        layout.addLayout(dialog_foot(cancel, self.save))
