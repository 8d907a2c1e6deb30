"""A banner under a page's header: what happened, what is safe, and the button that leads on."""

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import GRID, Theme, mark
from looop_gui.ui.widgets.buttons import button, icon_button
from looop_gui.ui.widgets.icon_label import IconLabel
from looop_gui.ui.widgets.labels import prose, strong


class Tone(StrEnum):
    """How a message is meant; each tone has its own icon."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    DANGER = "danger"


TONE_ICONS = {
    Tone.INFO: ("info", Role.INFO),
    Tone.SUCCESS: ("circle-check", Role.SUCCESS),
    Tone.WARNING: ("triangle-alert", Role.WARNING),
    Tone.DANGER: ("octagon-alert", Role.DANGER),
}


class Banner(QFrame):
    """One message. Hidden until `say` is called; `clear` hides it again."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = IconLabel(theme, "info", Role.INFO, 20)
        self._sentence = strong("")
        self._sentence.setWordWrap(True)
        self._more = prose("")
        self._button = button(theme, "")
        self._button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._action: Callable[[], object] | None = None
        self._button.clicked.connect(self._act)
        self._close = icon_button(theme, "x", self.tr("Close this message"), self.clear)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._sentence)
        words.addWidget(self._more)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, GRID, GRID, GRID)
        layout.setSpacing(12)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def sentence(self) -> str:
        """What it says now."""
        return self._sentence.text()

    def say(
        self,
        tone: Tone,
        sentence: str,
        more: str = "",
        *,
        action: str = "",
        on_action: Callable[[], object] | None = None,
        closable: bool = True,
    ) -> None:
        """Show a message; `action` is the text of the button that leads on."""
        mark(self, f"banner-{tone}")
        self._icon.show_icon(*TONE_ICONS[tone])
        self._sentence.setText(sentence)
        self._more.setText(more)
        self._more.setVisible(bool(more))
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self._action = on_action
        self._close.setVisible(closable)
        self.setAccessibleName(f"{sentence} {more}".strip())
        self.show()

    def clear(self) -> None:
        """Hide the message."""
        self._action = None
        self.hide()

    def _act(self) -> None:
        if self._action is not None:
            self._action()
