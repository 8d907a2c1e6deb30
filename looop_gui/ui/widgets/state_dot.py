"""A dot that shows a state by colour and shape; the words stand beside it or in its tool tip."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPen

from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import Theme


def paint_dot(painter: QPainter, rectangle: QRectF, theme: Theme, role: Role, filled: bool) -> None:
    """Draw a state dot: filled for a state that runs, a ring for one that rests."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = theme.colour(role)
    painter.setPen(QPen(colour, 2))
    if filled:
        painter.setBrush(colour)
    painter.drawEllipse(rectangle.adjusted(2, 2, -2, -2))
    painter.restore()
