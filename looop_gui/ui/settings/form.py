"""The pieces of the settings form: a labelled field, a group of fields in a card."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.labels import hint, problem, strong


class Field(QWidget):
    """A label, the field, a hint below it, and room for what is wrong with it."""

    def __init__(self, words: str, field: QWidget, help_words: str = "", width: int = 420) -> None:
        super().__init__()
        self.field = field
        self.problem = problem()
        label: QLabel = strong(words)
        label.setBuddy(field)
        if not field.accessibleName():
            field.setAccessibleName(words)
        field.setMaximumWidth(width)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(label)
        layout.addWidget(field)
        self.hint = hint(help_words)
        self.hint.setVisible(bool(help_words))
        layout.addWidget(self.problem)
        layout.addWidget(self.hint)

    def say(self, words: str) -> None:
        """Show what is wrong with the field; an empty text says that nothing is."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        self.field.setProperty("state", "problem" if words else "")
        self.field.style().unpolish(self.field)
        self.field.style().polish(self.field)

    def advise(self, words: str) -> None:
        """Show another hint."""
        self.hint.setText(words)
        self.hint.setVisible(bool(words))


def group(heading: str, *parts: QWidget, note: str = "") -> Card:
    """A card with fields one below the other."""
    card = Card(heading, note)
    for part in parts:
        card.body.addWidget(part)
        card.body.addSpacing(GRID // 2)
    card.body.setAlignment(Qt.AlignmentFlag.AlignTop)
    return card
