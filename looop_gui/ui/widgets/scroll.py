"""A scroll area that shows one widget at full width."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


def scrolled(content: QWidget, *, margin: int = 0) -> QScrollArea:
    """The widget in a frameless scroll area; it scrolls downwards only."""
    inner = QWidget()
    layout = QVBoxLayout(inner)
    layout.setContentsMargins(margin, 0, margin, margin)
    layout.addWidget(content)
    layout.addStretch(1)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)
    return area
