"""What an empty view says: one sentence and one action."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.icon_label import IconLabel
from looop_gui.ui.widgets.labels import prose, section


class EmptyState(QWidget):
    """An icon, a heading, a sentence and at most one button, in the middle of the free space."""

    def __init__(
        self,
        theme: Theme,
        icon: str,
        heading: str,
        sentence: str,
        action: str = "",
        on_action: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._heading = section(heading)
        self._sentence = prose(sentence, muted=True)
        self._sentence.setMaximumWidth(440)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.button: QPushButton | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        layout.setSpacing(GRID)
        layout.addStretch(2)
        middle = Qt.AlignmentFlag.AlignHCenter
        layout.addWidget(IconLabel(theme, icon, Role.TEXT_MUTED, 32), 0, middle)
        layout.addSpacing(GRID // 2)
        layout.addWidget(self._heading, 0, middle)
        # In a row of its own the sentence gets the width it needs and the height for that width.
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self._sentence, 100)
        line.addStretch(1)
        layout.addLayout(line)
        if action:
            self.button = button(theme, action, on_action)
            layout.addSpacing(GRID)
            layout.addWidget(self.button, 0, middle)
        layout.addStretch(3)

    def say(self, heading: str, sentence: str) -> None:
        """Show other words."""
        self._heading.setText(heading)
        self._sentence.setText(sentence)
