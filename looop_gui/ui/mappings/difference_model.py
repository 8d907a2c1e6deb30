"""The differences of two configurations of mappings side by side, a row for each."""

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QIcon

from looop_gui.model.directory import ObjectType
from looop_gui.services.mappings import SchemaDifference
from looop_gui.ui.mappings.attribute_names import readable
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import Sign
from looop_gui.ui.theme import Theme
from looop_gui.ui.widgets.rows_model import RowsModel

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

    def words(self, row: SchemaDifference, column: int) -> str:
        """How it changed, what, and the value before and after."""
        if column == Column.CHANGE:
            return _sign(row).word
        if column == Column.EARLIER:
            return row.before
        if column == Column.LATER:
            return row.after
        place = readable(row.place)
        if row.object_type is ObjectType.GROUP:
            place = self.tr("Group {place}").format(place=place)
        return f"{place}: {row.subject}" if row.subject else place

    def icon(self, row: SchemaDifference, column: int) -> QIcon | None:
        """The sign of the change."""
        sign = _sign(row)
        return self._theme.icon(sign.icon, sign.role) if column == Column.CHANGE else None

    def colour(self, row: SchemaDifference, column: int) -> QColor | None:
        """That of the change."""
        return None if column == Column.ATTRIBUTE else self._theme.colour(_sign(row).role)

    def spoken(self, row: SchemaDifference, column: int) -> str:
        """The title, too, and where there is no value, that there is none."""
        text = self.words(row, column) or self.tr("nothing")
        return f"{self._titles[Column(column)]}: {text}"


def _sign(difference: SchemaDifference) -> Sign:
    if not difference.before:
        return _ADDED
    return _CHANGED if difference.after else _REMOVED
