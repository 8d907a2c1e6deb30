"""A dot that shows a state by colour and shape; the words stand beside it or in its tool tip."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import Theme


class StateDot(QWidget):
    """Filled for a state that runs, a ring for one that rests."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._role = Role.TEXT_MUTED
        self._filled = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_state(self, role: Role, words: str, *, filled: bool = True) -> None:
        """Show a state; `words` is its tool tip and accessible name."""
        self._role = role
        self._filled = filled
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:
        """A dot of 10 px."""
        return QSize(12, 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dot or the ring."""
        painter = QPainter(self)
        side = min(self.width(), self.height(), 12)
        left = (self.width() - side) / 2
        top = (self.height() - side) / 2
        paint_dot(painter, QRectF(left, top, side, side), self._theme, self._role, self._filled)


def paint_dot(painter: QPainter, rectangle: QRectF, theme: Theme, role: Role, filled: bool) -> None:
    """Draw a state dot into a rectangle; delegates use it too."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = theme.colour(role)
    painter.setPen(QPen(colour, 2))
    if filled:
        painter.setBrush(colour)
    painter.drawEllipse(rectangle.adjusted(2, 2, -2, -2))
    painter.restore()
