"""How every table of the window is set up: rows, headers, selection, keys."""

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from looop_gui.ui.theme import COMPACT_ROW_HEIGHT, ROW_HEIGHT


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

    def show_model(self, model: QAbstractItemModel, widths: tuple[int, ...] = ()) -> None:
        """Show a model; `widths` in px, one a column (0: as it comes; the last one stretches)."""
        self.setModel(model)
        for column, width in enumerate(widths):
            if width:
                self.setColumnWidth(column, width)

    def current_row(self) -> int:
        """The selected row, -1 when there is none."""
        rows = self.selectionModel().selectedRows() if self.selectionModel() else []
        return rows[0].row() if rows else -1
