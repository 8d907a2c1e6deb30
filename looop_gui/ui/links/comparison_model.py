"""A link attribute by attribute as a table: source, expected, actual, and how they stand."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from looop_gui.engine.link_comparison import AttributeComparison, ComparisonState
from looop_gui.ui.links.side_signs import COMPARISON_SIGNS
from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import Theme
from looop_gui.ui.widgets.rows_model import AnyIndex, RowsModel

ATTRIBUTE, SOURCE, EXPECTED, ACTUAL = range(4)
_WRONG = (ComparisonState.DIFFERENT, ComparisonState.MISSING, ComparisonState.PROBLEM)


class ComparisonModel(RowsModel[AttributeComparison]):
    """What is wrong comes first, then the rest in the order of the mapping."""

    def __init__(self, theme: Theme, owner: QWidget) -> None:
        super().__init__(owner)
        self._theme = theme

    def show_rows(self, rows: Sequence[AttributeComparison]) -> None:
        """Show these attributes."""
        super().show_rows(sorted(rows, key=lambda row: row.state not in _WRONG))

    def titles(self) -> tuple[str, ...]:
        """The names of the columns."""
        return (
            self.tr("Attribute"),
            self.tr("Source"),
            self.tr("Expected"),
            self.tr("Actual"),
        )

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Values; the icon of the first column says how the attribute stands."""
        row = self.row_at(index.row()) if index.isValid() else None
        if row is None:
            return None
        sign = COMPARISON_SIGNS[row.state]
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.sentence or f"{sign.word}: {row.attribute}\n{self._words(row, column)}"
        if role == Qt.ItemDataRole.AccessibleTextRole and column == ATTRIBUTE:
            return f"{row.attribute}, {sign.word}"
        if role == Qt.ItemDataRole.DecorationRole and column == ATTRIBUTE:
            return self._theme.cell_icon(sign.icon, sign.role)
        if role == Qt.ItemDataRole.ForegroundRole:
            if column == ACTUAL and row.state in _WRONG:
                return self._theme.colour(sign.role)
            quiet = row.state is ComparisonState.NOTHING_FLOWS
            return self._theme.colour(Role.TEXT_MUTED if quiet else Role.TEXT)
        return None

    def _words(self, row: AttributeComparison, column: int) -> str:
        if column == ATTRIBUTE:
            # An extension's URN says the same in many rows; the tool tip has it.
            return row.attribute.rpartition(":")[2]
        if column == SOURCE:
            return row.source
        return (row.expected if column == EXPECTED else row.actual) or ""
