"""The differences of two configurations of mappings side by side, a row for each."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt

from looop_gui.model.directory import ObjectType
from looop_gui.services.mappings import SchemaDifference
from looop_gui.ui.mappings.attribute_names import readable
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import Sign
from looop_gui.ui.theme import Theme
from looop_gui.ui.widgets.rows_model import AnyIndex, RowsModel

_ADDED = Sign("plus", Role.SUCCESS, "Added")
_REMOVED = Sign("trash-2", Role.DANGER, "Removed")
_CHANGED = Sign("pencil", Role.INFO, "Changed")


class Column(IntEnum):
    """The columns of the comparison."""

    CHANGE = 0
    ATTRIBUTE = 1
    EARLIER = 2
    LATER = 3


class DifferenceModel(RowsModel[SchemaDifference]):
    """What was added, removed or changed; what is the same in both has no row."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._titles = {
            Column.CHANGE: self.tr("Change"),
            Column.ATTRIBUTE: self.tr("Attribute"),
            Column.EARLIER: self.tr("Earlier"),
            Column.LATER: self.tr("Later"),
        }

    def titles(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self._titles[column] for column in Column)

    def show_differences(self, differences: Sequence[SchemaDifference]) -> None:
        """Show these instead."""
        self.show_rows(differences)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, what a screen reader says, and the sign of the change in its colour."""
        if not index.isValid():
            return None
        difference, column = self._rows[index.row()], Column(index.column())
        text = self._text(difference, column)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._titles[column]}: {text or self.tr('nothing')}"
        sign = _sign(difference)
        if role == Qt.ItemDataRole.ForegroundRole and column is not Column.ATTRIBUTE:
            return self._theme.colour(sign.role)
        if role == Qt.ItemDataRole.DecorationRole and column is Column.CHANGE:
            return self._theme.icon(sign.icon, sign.role)
        return None

    def _text(self, difference: SchemaDifference, column: Column) -> str:
        if column is Column.CHANGE:
            return _sign(difference).word
        if column is Column.EARLIER:
            return difference.before
        if column is Column.LATER:
            return difference.after
        place = readable(difference.place)
        if difference.object_type is ObjectType.GROUP:
            place = self.tr("Group {place}").format(place=place)
        return f"{place}: {difference.subject}" if difference.subject else place


def _sign(difference: SchemaDifference) -> Sign:
    if not difference.before:
        return _ADDED
    return _CHANGED if difference.after else _REMOVED
