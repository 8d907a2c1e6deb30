"""How every dialog that decides is laid out: a heading, its parts, and the buttons at its foot."""

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.labels import section


def dialog_layout(dialog: QDialog, heading: str) -> QVBoxLayout:
    """The layout of a dialog, with its heading; the parts are added below."""
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
    layout.setSpacing(GRID)
    layout.addWidget(section(heading))
    return layout


def dialog_foot(*buttons: QWidget, start: QWidget | None = None) -> QHBoxLayout:
    """The buttons at the end, the one that decides last; `start` takes the room before them."""
    foot = QHBoxLayout()
    foot.setSpacing(GRID)
    if start is not None:
        foot.addWidget(start, 1)
    foot.addStretch(0 if start is not None else 1)
    for one in buttons:
        foot.addWidget(one)
    return foot
