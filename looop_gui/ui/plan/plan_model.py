"""The objects of a plan as a table; a tick says that the object stays in the plan."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from looop_gui.model.plan import PlannedObject
from looop_gui.ui import formats
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import ACTION_SIGNS, OBJECT_ICONS
from looop_gui.ui.theme import Theme
from looop_gui.ui.widgets.rows_model import AnyIndex, RowsModel

NAME, ACTION, REQUESTS, CHANGES = range(4)
MOST_NAMED = 4


class PlanModel(RowsModel[PlannedObject]):
    """Name with its tick, action, number of requests, what changes.

    What is left out is left out for the whole object, in both passes of the cycle.
    """

    left_out_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.left_out: set[str] = set()

    def titles(self) -> tuple[str, ...]:
        """The names of the columns."""
        return (
            self.tr("Person or group"),
            self.tr("Action"),
            self.tr("Requests"),
            self.tr("What changes"),
        )

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """The first column can be ticked."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == NAME else flags

    def setData(self, index: AnyIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tick an object, or leave it out."""
        row = self.row_at(index.row()) if index.isValid() else None
        if row is None or role != Qt.ItemDataRole.CheckStateRole or index.column() != NAME:
            return False
        if Qt.CheckState(value) is Qt.CheckState.Checked:
            self.left_out.discard(row.source_id)
        else:
            self.left_out.add(row.source_id)
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, CHANGES))
        self.left_out_changed.emit()
        return True

    def toggle(self, row: int) -> None:
        """Turn the tick of a row round."""
        one = self.row_at(row)
        if one is not None:
            out = one.source_id in self.left_out
            state = Qt.CheckState.Checked if out else Qt.CheckState.Unchecked
            self.setData(self.index(row, NAME), state, Qt.ItemDataRole.CheckStateRole)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words, icons, ticks and colours of a cell."""
        row = self.row_at(index.row()) if index.isValid() else None
        if row is None:
            return None
        column = index.column()
        if role == Qt.ItemDataRole.CheckStateRole and column == NAME:
            out = row.source_id in self.left_out
            return Qt.CheckState.Unchecked if out else Qt.CheckState.Checked
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._words(row, column)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icon(row, column)
        if role == Qt.ItemDataRole.ForegroundRole and row.source_id in self.left_out:
            return self._theme.colour(Role.TEXT_MUTED)
        if role == Qt.ItemDataRole.TextAlignmentRole and column == REQUESTS:
            return Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
        return None

    def _words(self, row: PlannedObject, column: int) -> str:
        if column == NAME:
            return row.source_name
        if column == ACTION:
            return self.tr(ACTION_SIGNS[row.action].word)
        if column == CHANGES:
            names = [change.display_name for change in row.changes[:MOST_NAMED]]
            more = len(row.changes) - len(names)
            listed = ", ".join(names) or row.reason
            return self.tr("{0} and {1} more").format(listed, more) if more else listed
        return formats.count(len(row.requests))

    def _icon(self, row: PlannedObject, column: int) -> object:
        if column == NAME:
            return self._theme.icon(OBJECT_ICONS[row.object_type], Role.TEXT_MUTED)
        if column == ACTION:
            sign = ACTION_SIGNS[row.action]
            return self._theme.icon(sign.icon, sign.role)
        return None
