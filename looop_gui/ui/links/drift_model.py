"""What differs in the target as a table: a line an attribute, or one for an account as a whole."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QWidget

from looop_gui.model.drift import DriftDifference, DriftedObject
from looop_gui.ui.links.side_signs import DRIFT_SIGNS
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import OBJECT_ICONS
from looop_gui.ui.theme import Theme
from looop_gui.ui.widgets.rows_model import RowsModel

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

    def words(self, row: DriftRow, column: int) -> str:
        """The text of a cell; nothing stands beside an account that is gone."""
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

    def whole(self, row: DriftRow, column: int) -> str:
        """The id of the object, or what was found."""
        whole = row.found.source_id if column == NAME else row.found.sentence
        return f"{self.words(row, column)}\n{whole}".strip()

    def icon(self, row: DriftRow, column: int) -> QIcon | None:
        """Person or group, and how it stands."""
        if column == NAME:
            return self._theme.cell_icon(OBJECT_ICONS[row.found.object_type], Role.TEXT_MUTED)
        sign = DRIFT_SIGNS[row.found.kind]
        return self._theme.cell_icon(sign.icon, sign.role) if column == KIND else None

    def colour(self, row: DriftRow, column: int) -> QColor:
        """What is there instead stands out."""
        role = DRIFT_SIGNS[row.found.kind].role if column == ACTUAL else Role.TEXT
        return self._theme.colour(role)
