"""A search field that speaks when the typing rests."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QWidget

from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import Theme

REST_MILLISECONDS = 150


class SearchField(QLineEdit):
    """`searched` carries the trimmed text 150 ms after the last key, or at once on Enter."""

    searched = Signal(str)

    def __init__(self, theme: Theme, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setClearButtonEnabled(True)
        self._lens = QAction(self)
        theme.dress(self._lens, "search", Role.TEXT_MUTED)
        self.addAction(self._lens, QLineEdit.ActionPosition.LeadingPosition)
        self._rest = QTimer(self, singleShot=True, interval=REST_MILLISECONDS)
        self._rest.timeout.connect(self._speak)
        self._spoken = ""
        self.textChanged.connect(lambda _text: self._rest.start())
        self.returnPressed.connect(self._speak)

    def show_text(self, text: str) -> None:
        """Show a text that is searched for already, without speaking."""
        self._spoken = text.strip()
        if self.text().strip() != self._spoken:
            self.setText(text)
        self._rest.stop()

    def _speak(self) -> None:
        self._rest.stop()
        text = self.text().strip()
        if text != self._spoken:
            self._spoken = text
            self.searched.emit(text)
