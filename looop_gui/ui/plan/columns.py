"""Patterns, objects and requests of a plan side by side; in a narrow window two of them."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QListWidget, QSizePolicy, QWidget

from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.card import Card

WIDE_ENOUGH = 50
"""From how many times the height of a line on there is room for three columns."""
LEAST_PATTERNS = 220
LEAST_HEIGHT = 340


class PlanColumns(QWidget):
    """Where there is no room for a column of patterns, a box above the objects offers them."""

    def __init__(self, left: Card, patterns: QListWidget, middle: Card, right: Card) -> None:
        super().__init__()
        self._left = left
        self._patterns = patterns
        left.setMinimumWidth(LEAST_PATTERNS)
        self.box = QComboBox()
        self.box.setAccessibleName(patterns.accessibleName())
        self.box.setModel(patterns.model())
        self.box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.box.activated.connect(patterns.setCurrentRow)
        patterns.currentRowChanged.connect(self.box.setCurrentIndex)
        middle.body.insertWidget(0, self.box)
        self.box.hide()
        self.setMinimumHeight(LEAST_HEIGHT)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * GRID)
        layout.addWidget(left, 5)
        layout.addWidget(middle, 6)
        layout.addWidget(right, 8)

    @property
    def narrow(self) -> bool:
        """Whether the patterns are offered in the box."""
        return not self.box.isHidden()

    def hasHeightForWidth(self) -> bool:
        """Whatever height is left is enough; lists and texts scroll."""
        return False

    def sizeHint(self) -> QSize:
        """As high as it has to be."""
        return QSize(super().sizeHint().width(), LEAST_HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the patterns where there is room for them."""
        super().resizeEvent(event)
        narrow = self.width() < WIDE_ENOUGH * self.fontMetrics().lineSpacing()
        if narrow is self.narrow:
            return
        self._left.setVisible(not narrow)
        self.box.setVisible(narrow)
        self.box.setCurrentIndex(self._patterns.currentRow())
