"""What differs in the target as a table: a line an attribute, or one for an account as a whole."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from looop_gui.model.drift import DriftDifference, DriftedObject
from looop_gui.ui.links.side_signs import DRIFT_SIGNS
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import OBJECT_ICONS
from looop_gui.ui.theme import Theme
from looop_gui.ui.widgets.rows_model import AnyIndex, RowsModel

NAME, KIND, ATTRIBUTE, EXPECTED, ACTUAL = range(5)


@dataclass(frozen=True, slots=True)
class DriftRow:
    """An object and one of its differences; None for an account that is gone."""

    found: DriftedObject
    difference: DriftDifference | None


class DriftModel(RowsModel[DriftRow]):
    """In the order of the report."""

    def __init__(self, theme: Theme, owner: QWidget) -> None:
        super().__init__(owner)
        self._theme = theme

    def show_objects(self, objects: Iterable[DriftedObject]) -> None:
        """Show these objects, attribute by attribute."""
        self.show_rows(
            [
                DriftRow(one, difference)
                for one in objects
                for difference in (one.differences or (None,))
            ]
        )

    def titles(self) -> tuple[str, ...]:
        """The names of the columns."""
        return (
            self.tr("Name"),
            self.tr("In the target"),
            self.tr("Attribute"),
            self.tr("Expected"),
            self.tr("Actual"),
        )

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words and icons of a cell."""
        row = self.row_at(index.row()) if index.isValid() else None
        if row is None:
            return None
        column = index.column()
        sign = DRIFT_SIGNS[row.found.kind]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            whole = row.found.source_id if column == NAME else row.found.sentence
            return f"{self._words(row, column)}\n{whole}".strip()
        if role == Qt.ItemDataRole.DecorationRole and column == NAME:
            return self._theme.cell_icon(OBJECT_ICONS[row.found.object_type], Role.TEXT_MUTED)
        if role == Qt.ItemDataRole.DecorationRole and column == KIND:
            return self._theme.cell_icon(sign.icon, sign.role)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.colour(sign.role if column == ACTUAL else Role.TEXT)
        return None

    def _words(self, row: DriftRow, column: int) -> str:
        if column == NAME:
            return row.found.source_name
        if column == KIND:
            return DRIFT_SIGNS[row.found.kind].word
        one = row.difference
        if one is None:
            return ""
        if column == ATTRIBUTE:
            return one.attribute.rpartition(":")[2]
        return (one.expected if column == EXPECTED else one.actual) or ""
