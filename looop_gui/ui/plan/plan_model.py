"""The objects of a plan as a table; a tick says that the object stays in the plan."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from looop_gui.model.plan import Plan, PlannedObject
from looop_gui.ui import formats
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import ACTION_SIGNS, OBJECT_ICONS
from looop_gui.ui.theme import Theme
from looop_gui.ui.widgets.rows_model import AnyIndex, RowsModel

NAME, ACTION, REQUESTS, CHANGES = range(4)
MOST_NAMED = 4


class PlanModel(RowsModel[PlannedObject]):
    """Name with its tick, action, number of requests, what changes.

    What is left out is left out for the whole object, in both passes of the cycle. A row that
    refers to somebody left out is shown as it would be applied.
    """

    left_out_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.left_out: set[str] = set()
        self._kept: dict[tuple[str, str], PlannedObject] | None = None

    def show_kept(self, plan: Plan | None) -> None:
        """Show rows as they are in a plan that was thinned out; None as they are."""
        rows = plan.objects if plan is not None else ()
        self._kept = {(one.source_id, one.which): one for one in rows} if plan is not None else None
        self._redraw()

    def as_kept(self, row: PlannedObject) -> PlannedObject:
        """A row as it would be applied; one that is left out as it was planned."""
        if self._kept is None or row.source_id in self.left_out:
            return row
        kept = self._kept.get((row.source_id, row.which))
        return kept if kept is not None else replace(row, requests=(), changes=())

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
        self._redraw()
        self.left_out_changed.emit()
        return True

    def _redraw(self) -> None:
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, CHANGES))

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
        if role == Qt.ItemDataRole.ForegroundRole:
            stays = row.source_id not in self.left_out and self.as_kept(row).requests
            return None if stays else self._theme.colour(Role.TEXT_MUTED)
        if role == Qt.ItemDataRole.TextAlignmentRole and column == REQUESTS:
            return Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
        return None

    def _words(self, row: PlannedObject, column: int) -> str:
        if column == NAME:
            return row.source_name
        if column == ACTION:
            return self.tr(ACTION_SIGNS[row.action].word)
        row = self.as_kept(row)
        if column == CHANGES and not row.requests:
            return self.tr("left out, too")
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
