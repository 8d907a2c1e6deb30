"""Asks before a configuration is saved: what changes, in words, and a comment for the history."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QWidget

from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button, primary_button
from looop_gui.ui.widgets.dialog_layout import dialog_foot, dialog_layout
from looop_gui.ui.widgets.labels import hint, strong


class SaveDialog(QDialog):
    """`confirmed` carries the comment. Opened with `open()`."""

    confirmed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget, changes: Sequence[str]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Save the configuration"))
        self.setMinimumWidth(520)
        self.changes = QListWidget()
        self.changes.setAccessibleName(self.tr("What changes"))
        self.changes.setWordWrap(True)
        self.changes.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.changes.addItems(list(changes))
        self.changes.setVisible(bool(changes))
        self.comment = QLineEdit()
        self.comment.setAccessibleName(self.tr("Comment"))
        self.comment.setPlaceholderText(self.tr("Why, for whoever reads the history"))
        self.save = primary_button(theme, self.tr("Save"), self._confirm)
        self.save.setDefault(True)
        cancel = button(theme, self.tr("Cancel"), self.reject)
        label = strong(self.tr("Comment (optional)"))
        label.setBuddy(self.comment)
        heading = self.tr("What changes") if changes else self.tr("Save the configuration")
        layout = dialog_layout(self, heading)
        layout.addWidget(self.changes)
        layout.addWidget(label)
        layout.addWidget(self.comment)
        layout.addWidget(
            hint(
                self.tr(
                    "Every save is a version that can be brought back. After it, the next cycle"
                    " is an initial one; links stay."
                )
            )
        )
        layout.addSpacing(GRID)
        layout.addLayout(dialog_foot(cancel, self.save))
        self.comment.setFocus()

    def _confirm(self) -> None:
        self.accept()
        self.confirmed.emit(self.comment.text().strip())
