"""A value to be copied: a read-only field with a Copy button, optionally hidden as a secret."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from looop_gui.ui.theme import GRID, Theme, fixed_font
from looop_gui.ui.widgets.buttons import button, icon_button


class CopyField(QWidget):
    """`name` is the accessible name; a secret is shown as dots until the eye is pressed."""

    def __init__(
        self, theme: Theme, name: str, *, secret: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.field = QLineEdit()
        self.field.setReadOnly(True)
        self.field.setFont(fixed_font())
        self.field.setAccessibleName(name)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.field, 1)
        if secret:
            self.field.setEchoMode(QLineEdit.EchoMode.Password)
            self.eye = icon_button(theme, "eye", self.tr("Show or hide the value"), self._toggle)
            layout.addWidget(self.eye)
        self.copy_button = button(theme, self.tr("Copy"), self._copy, icon="copy")
        self.copy_button.setAccessibleName(self.tr("Copy {0}").format(name))
        layout.addWidget(self.copy_button)

    def set_text(self, text: str) -> None:
        """Show a value."""
        self.field.setText(text)
        self.field.setCursorPosition(0)
        self.copy_button.setEnabled(bool(text))

    @property
    def text(self) -> str:
        """The value."""
        return self.field.text()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.field.text())
        self.copy_button.setText(self.tr("Copied"))
        QTimer.singleShot(1500, self.copy_button, self._say_copy)

    def _say_copy(self) -> None:
        self.copy_button.setText(self.tr("Copy"))

    def _toggle(self) -> None:
        hidden = self.field.echoMode() is QLineEdit.EchoMode.Password
        mode = QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password
        self.field.setEchoMode(mode)
        self._theme.dress(self.eye, "eye-off" if hidden else "eye")
