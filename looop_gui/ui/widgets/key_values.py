"""A list of names and values: facts of an object, details of a step."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.labels import ElidedLabel

LONG_WORD = 32


class KeyValues(QWidget):
    """Names at the start, values beside them. Names give way first; prose wraps, ids elide."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(2 * GRID)
        self._layout.setVerticalSpacing(GRID // 2)
        self._layout.setColumnStretch(0, 2)
        self._layout.setColumnStretch(1, 3)
        self._shown: tuple[tuple[str, str], ...] = ()
        self._labels: list[QLabel] = []

    def show_values(self, values: Iterable[tuple[str, str]]) -> None:
        """Show these pairs instead of the former ones."""
        pairs = tuple(values)
        if pairs == self._shown:
            return
        self._shown = pairs
        for label in self._labels:
            self._layout.removeWidget(label)
            label.deleteLater()
        self._labels = []
        for row, (name, value) in enumerate(pairs):
            name_label = ElidedLabel(name, mode=Qt.TextElideMode.ElideMiddle)
            name_label.setProperty("look", "caption")
            value_label = _value_label(name, value)
            self._layout.addWidget(name_label, row, 0, Qt.AlignmentFlag.AlignTop)
            self._layout.addWidget(value_label, row, 1, Qt.AlignmentFlag.AlignTop)
            self._labels += [name_label, value_label]

    @property
    def values(self) -> tuple[tuple[str, str], ...]:
        """The pairs shown."""
        return self._shown


def _value_label(name: str, value: str) -> QLabel:
    long_word = any(len(word) > LONG_WORD for word in value.split())
    if long_word and len(value.split()) == 1:
        label: QLabel = ElidedLabel(value, mode=Qt.TextElideMode.ElideMiddle)
    else:
        label = QLabel(value)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setAccessibleName(f"{name}: {value}")
    return label
