"""A table model over rows in memory: what every such model says in the same way."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QIcon

Row = TypeVar("Row")
AnyIndex = QModelIndex | QPersistentModelIndex


class RowsModel(QAbstractTableModel, Generic[Row]):
    """Subclasses give `titles`, and for a cell its words and what else there is to it.

    Those with more roles give `data`, and those that read in pages set `_rows` themselves.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[Row] = ()
        self._columns = 0

    def titles(self) -> tuple[str, ...]:
        """The names of the columns."""
        raise NotImplementedError

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def row_at(self, row: int) -> Row | None:
        """What a row shows; None where there is no such row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """How many rows there are; none below a cell."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: AnyIndex | None = None) -> int:
        """One column a title. Qt asks for this all the time, so the titles are counted once."""
        if parent is not None and parent.isValid():
            return 0
        if not self._columns:
            self._columns = len(self.titles())
        return self._columns

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a cell shows."""
        row = self.row_at(index.row()) if index.isValid() else None
        if row is None:
            return None
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.words(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.whole(row, column)
        if role == Qt.ItemDataRole.DecorationRole:
            return self.icon(row, column)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self.colour(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.spoken(row, column)
        return None

    def words(self, row: Row, column: int) -> str:
        """The text of a cell."""
        raise NotImplementedError

    def whole(self, row: Row, column: int) -> str:
        """What is shown where a cell is pointed at."""
        return self.words(row, column)

    def icon(self, row: Row, column: int) -> QIcon | None:
        """The sign before the words."""
        return None

    def colour(self, row: Row, column: int) -> QColor | None:
        """The colour of the words, where it is not the table's own."""
        return None

    def spoken(self, row: Row, column: int) -> str | None:
        """What a screen reader says, where it is not the words."""
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """The title of a column."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.titles()[section]
        return None
