"""The header of a page: title, one sentence of state, at most one primary action at the right."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button, primary_button
from looop_gui.ui.widgets.labels import ElidedLabel, title


class PageHeader(QWidget):
    """Title and sentence at the start, secondary actions and the primary action at the end."""

    def __init__(
        self, theme: Theme, heading: str, sentence: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = title(heading)
        self._sentence = ElidedLabel(sentence)
        self._sentence.setProperty("look", "muted")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._sentence)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(GRID)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * GRID)
        layout.addLayout(words, 1)
        layout.addLayout(self._buttons)
        layout.setAlignment(self._buttons, Qt.AlignmentFlag.AlignVCenter)
        self.primary: QPushButton | None = None

    def set_title(self, heading: str) -> None:
        """Show another title."""
        self._title.setText(heading)

    def set_sentence(self, sentence: str) -> None:
        """Show the state in one sentence."""
        if sentence != self._sentence.text():
            self._sentence.setText(sentence)

    @property
    def sentence(self) -> str:
        """The sentence shown."""
        return self._sentence.text()

    def set_primary(self, text: str, action: Callable[[], object], icon: str = "") -> QPushButton:
        """Put the one primary action at the end; returns its button."""
        if self.primary is not None:
            self.primary.deleteLater()
        self.primary = primary_button(self._theme, text, action, icon)
        self._buttons.addWidget(self.primary)
        return self.primary

    def add_widget(self, widget: QWidget, place: int) -> None:
        """Put a widget among the actions at the end, at that place from the start of them."""
        self._buttons.insertWidget(place, widget)

    def add_action(self, text: str, action: Callable[[], object], icon: str = "") -> QPushButton:
        """Add a secondary action before the primary one; returns its button."""
        result = button(self._theme, text, action, icon=icon)
        at = self._buttons.count() - (1 if self.primary is not None else 0)
        self._buttons.insertWidget(at, result)
        return result
