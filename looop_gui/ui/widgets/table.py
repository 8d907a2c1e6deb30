"""How every table of the window is set up: rows, headers, selection, keys."""

from PySide6.QtCore import QAbstractItemModel, QItemSelectionModel, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from looop_gui.ui.theme import COMPACT_ROW_HEIGHT, ROW_HEIGHT

LEAST_LAST = 120
"""The room that the last column needs to be of use, in px."""


class Table(QTableView):
    """Whole rows are selected; no grid; compact rows for dense logs. Enter activates a row."""

    def __init__(
        self,
        name: str,
        *,
        compact: bool = False,
        flush: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._widths: tuple[int, ...] = ()
        self._optional: tuple[int, ...] = ()
        self.setAccessibleName(name)
        if flush:
            self.setProperty("look", "flush")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAlternatingRowColors(compact)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(COMPACT_ROW_HEIGHT if compact else ROW_HEIGHT)
        columns = self.horizontalHeader()
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        columns.setHighlightSections(False)
        columns.setStretchLastSection(True)
        columns.setMinimumSectionSize(48)

    def show_model(
        self,
        model: QAbstractItemModel,
        widths: tuple[int, ...] = (),
        *,
        optional: tuple[int, ...] = (),
        sharing: tuple[int, ...] = (),
    ) -> None:
        """Show a model; `widths` in px, one a column (0: as it comes; the last one stretches).

        Columns that are `optional` give way, in that order, where there is not enough room.
        Those that are `sharing` get what the others leave, in equal parts.
        """
        self.setModel(model)
        self._widths = widths
        self._optional = optional
        for column, width in enumerate(widths):
            if width:
                self.setColumnWidth(column, width)
        self.horizontalHeader().setStretchLastSection(not sharing)
        for column in sharing:
            self.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide optional columns when the table becomes narrow, and show them again."""
        super().resizeEvent(event)
        room = self.viewport().width()
        needed = sum(width or LEAST_LAST for width in self._widths)
        hidden = set()
        for column in self._optional:
            if needed <= room:
                break
            hidden.add(column)
            needed -= self._widths[column] or LEAST_LAST
        for column in self._optional:
            if self.isColumnHidden(column) is not (column in hidden):
                self.setColumnHidden(column, column in hidden)

    def selectRow(self, row: int) -> None:
        """Select a row; Qt's own does nothing when a mirrored table does not fill its width."""
        flags = QItemSelectionModel.SelectionFlag
        index = self.model().index(row, 0)
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def current_row(self) -> int:
        """The selected row, -1 when there is none."""
        rows = self.selectionModel().selectedRows() if self.selectionModel() else []
        return rows[0].row() if rows else -1
