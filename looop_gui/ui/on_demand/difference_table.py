"""What the draft does otherwise than the saved configuration, for one person or group."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from looop_gui.engine.on_demand_difference import ACTION, REASON, OnDemandDifference
from looop_gui.ui.theme import fixed_font
from looop_gui.ui.widgets.rows_model import AnyIndex, RowsModel
from looop_gui.ui.widgets.table import Table


class DifferenceModel(RowsModel[OnDemandDifference]):
    """A row a difference: what, with the saved configuration, with the draft."""

    def titles(self) -> tuple[str, ...]:
        """The names of the columns."""
        return (
            self.tr("Target attribute"),
            self.tr("Saved configuration"),
            self.tr("Draft"),
        )

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a cell shows; values of attributes as they are written."""
        row = self.row_at(index.row()) if role == Qt.ItemDataRole.FontRole else None
        if row is not None and index.column() and row.name not in (ACTION, REASON):
            return fixed_font()
        return super().data(index, role)

    def words(self, row: OnDemandDifference, column: int) -> str:
        """What differs, and how; an extension's URN is in the tool tip."""
        return self._cell(row, row.name.rpartition(":")[2], column)

    def whole(self, row: OnDemandDifference, column: int) -> str:
        """With the whole name of the attribute."""
        return self._cell(row, row.name, column)

    def _cell(self, row: OnDemandDifference, name: str, column: int) -> str:
        return (self._name(name), self._value(row.saved), self._value(row.draft))[column]

    def _name(self, name: str) -> str:
        return {ACTION: self.tr("Action"), REASON: self.tr("Reason")}.get(name, name)

    def _value(self, value: str | None) -> str:
        if value is None:
            return self.tr("(not written)")
        return value or self.tr("(no value)")


class DifferenceTable(Table):
    """Shows the differences of one object."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", flush=True, parent=parent)
        self.setAccessibleName(self.tr("Draft against the saved configuration"))
        self._differences = DifferenceModel(self)
        self.show_model(self._differences, (170, 220, 0))

    def show_differences(self, differences: tuple[OnDemandDifference, ...]) -> None:
        """Show these."""
        self._differences.show_rows(differences)
