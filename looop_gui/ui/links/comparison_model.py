"""A link attribute by attribute as a table: source, expected, actual, and how they stand."""

from collections.abc import Sequence

from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QWidget

from looop_gui.engine.link_comparison import AttributeComparison, ComparisonState
from looop_gui.ui.links.side_signs import COMPARISON_SIGNS
from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import Theme
from looop_gui.ui.widgets.rows_model import RowsModel

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

    def words(self, row: AttributeComparison, column: int) -> str:
        """The values."""
        if column == ATTRIBUTE:
            # An extension's URN says the same in many rows; the tool tip has it.
            return row.attribute.rpartition(":")[2]
        if column == SOURCE:
            return row.source
        return (row.expected if column == EXPECTED else row.actual) or ""

    def whole(self, row: AttributeComparison, column: int) -> str:
        """What is said of the attribute, else its whole name and the value."""
        word = COMPARISON_SIGNS[row.state].word
        return row.sentence or f"{word}: {row.attribute}\n{self.words(row, column)}"

    def icon(self, row: AttributeComparison, column: int) -> QIcon | None:
        """How the attribute stands."""
        sign = COMPARISON_SIGNS[row.state]
        return self._theme.cell_icon(sign.icon, sign.role) if column == ATTRIBUTE else None

    def colour(self, row: AttributeComparison, column: int) -> QColor:
        """What is there instead stands out; what does not flow steps back."""
        if column == ACTUAL and row.state in _WRONG:
            return self._theme.colour(COMPARISON_SIGNS[row.state].role)
        quiet = row.state is ComparisonState.NOTHING_FLOWS
        return self._theme.colour(Role.TEXT_MUTED if quiet else Role.TEXT)

    def spoken(self, row: AttributeComparison, column: int) -> str | None:
        """The attribute and how it stands."""
        word = COMPARISON_SIGNS[row.state].word
        return f"{row.attribute}, {word}" if column == ATTRIBUTE else None
