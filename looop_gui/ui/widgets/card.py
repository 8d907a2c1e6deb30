"""A card: a surface with a heading, actions at its end, and a body."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.labels import caption, section


class Card(QFrame):
    """Put content into `body`; widgets at the end of the heading go into `buttons`."""

    def __init__(self, heading: str = "", note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "card")
        self.heading = section(heading)
        self.note = caption(note)
        self.note.setVisible(bool(note))
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(GRID)
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.heading)
        top.addWidget(self.note, 1)
        top.addStretch(1)
        top.addLayout(self.buttons)
        self.body = QVBoxLayout()
        self.body.setSpacing(GRID)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 12, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        if heading:
            layout.addLayout(top)
        layout.addLayout(self.body, 1)

    def say(self, note: str) -> None:
        """Show a small note beside the heading."""
        self.note.setText(note)
        self.note.setVisible(bool(note))
