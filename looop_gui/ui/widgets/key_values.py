"""A list of names and values: facts of an object, details of a step."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QSizePolicy, QWidget

from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.labels import caption


class KeyValues(QWidget):
    """Names at the start, values beside them; values can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QFormLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(2 * GRID)
        self._layout.setVerticalSpacing(GRID // 2)
        self._layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeading)
        self._layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self._shown: tuple[tuple[str, str], ...] = ()

    def show_values(self, values: Iterable[tuple[str, str]]) -> None:
        """Show these pairs instead of the former ones."""
        pairs = tuple(values)
        if pairs == self._shown:
            return
        self._shown = pairs
        while self._layout.rowCount():
            self._layout.removeRow(0)
        for name, value in pairs:
            self._layout.addRow(caption(name), _value_label(name, value))

    @property
    def values(self) -> tuple[tuple[str, str], ...]:
        """The pairs shown."""
        return self._shown


def _value_label(name: str, value: str) -> QLabel:
    label = QLabel(value)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setAccessibleName(f"{name}: {value}")
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label
