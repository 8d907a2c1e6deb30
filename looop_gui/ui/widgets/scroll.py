"""Scroll areas without a frame and without a background of their own."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


def scrolled(content: QWidget, *, margin: int = 0) -> QScrollArea:
    """The widget in a scroll area that scrolls downwards only."""
    inner = QWidget()
    layout = QVBoxLayout(inner)
    layout.setContentsMargins(margin, 0, margin, margin)
    layout.addWidget(content)
    layout.addStretch(1)
    area = QScrollArea()
    put_into(area, inner)
    return area


def put_into(area: QScrollArea, content: QWidget) -> None:
    """Show the content at full width in the area; what lies below the area shines through."""
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    content.setAutoFillBackground(False)
    area.viewport().setAutoFillBackground(False)
