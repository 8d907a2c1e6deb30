"""A choice that explains itself: a radio button with an icon and a sentence, on a tile."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import GRID, Theme, mark
from looop_gui.ui.widgets.icon_label import IconLabel
from looop_gui.ui.widgets.labels import prose


class ChoiceCard(QFrame):
    """One of several choices; the whole tile can be pressed. `radio` has the focus."""

    def __init__(
        self,
        theme: Theme,
        group: QButtonGroup,
        icon: str,
        heading: str,
        sentence: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("look", "tile")
        self.radio = QRadioButton(heading)
        self.radio.setAccessibleDescription(sentence)
        font = self.radio.font()
        font.setBold(True)
        self.radio.setFont(font)
        self.radio.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        group.addButton(self.radio)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.radio)
        self._sentence = prose(sentence, muted=True)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self._sentence.setContentsMargins(3 * GRID + 4, 0, 0, 0)
        words.addWidget(self._sentence)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 12, 2 * GRID, 12)
        layout.setSpacing(2 * GRID)
        picture = IconLabel(theme, icon, Role.ACCENT, 24)
        layout.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose it from anywhere on the tile."""
        if self.rect().contains(event.position().toPoint()):
            self.radio.setFocus(Qt.FocusReason.MouseFocusReason)
            self.radio.click()
        super().mouseReleaseEvent(event)

    def show_chosen(self, on: bool) -> None:
        """Draw the tile as the chosen one, or as one of the others."""
        look = "tile-chosen" if on else "tile"
        if self.property("look") != look:
            mark(self, look)
