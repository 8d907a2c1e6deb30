"""A dialog to decide: what will happen, and for production connections its name to be typed."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.dialog_layout import dialog_foot, dialog_layout
from looop_gui.ui.widgets.labels import prose


class ConfirmDialog(QDialog):
    """Opened with `open()`; `on_confirm` runs when the person decides for it.

    `name_to_type` (when not empty) must be typed exactly before the button can be pressed.
    """

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        *,
        question: str,
        sentence: str,
        verb: str,
        on_confirm: Callable[[], object],
        name_to_type: str = "",
        destructive: bool = True,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(question)
        self.setMinimumWidth(440)
        self._name = name_to_type
        self._on_confirm = on_confirm
        look = "danger-primary" if destructive else "primary"
        self.confirm_button = button(theme, verb, self._confirm, look=look)
        self.cancel_button = button(theme, self.tr("Cancel"), self.reject)
        self.name_field = QLineEdit()
        self._lay_out(question, sentence)
        self.confirm_button.setEnabled(not name_to_type)
        (self.name_field if name_to_type else self.cancel_button).setFocus()

    def _lay_out(self, question: str, sentence: str) -> None:
        layout = dialog_layout(self, question)
        layout.addWidget(prose(sentence))
        if self._name:
            layout.addSpacing(GRID)
            layout.addWidget(prose(self.tr("Type {0} to go on:").format(self._name)))
            self.name_field.setAccessibleName(self.tr("The name of the connection"))
            self.name_field.textChanged.connect(self._compare)
            layout.addWidget(self.name_field)
        else:
            self.name_field.hide()
        buttons = dialog_foot(self.cancel_button, self.confirm_button)
        layout.addSpacing(2 * GRID)
        layout.addLayout(buttons)

    def _compare(self, text: str) -> None:
        self.confirm_button.setEnabled(text.strip() == self._name)

    def _confirm(self) -> None:
        self.accept()
        self._on_confirm()
