"""The mappings as a table with search, sorting and a filter for problems; all of it by keyboard."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu

from looop_gui.ui.mappings.delegate import MappingDelegate
from looop_gui.ui.mappings.table_model import Column, MappingTableModel, Role
from looop_gui.ui.theme import Theme
from looop_gui.ui.widgets.table import Table

Index = QModelIndex | QPersistentModelIndex

_WIDTHS = {
    Column.TARGET: 230,
    Column.TYPE: 122,
    Column.SOURCE: 200,
    Column.MATCHING: 88,
    Column.DEFAULT: 140,
    Column.APPLY: 160,
    Column.RESULT: 180,
}
_FIXED = (Column.TYPE, Column.MATCHING)
_NARROW = 860
_HIDDEN_WHEN_NARROW = (Column.DEFAULT, Column.APPLY, Column.PROBLEM)
_VERY_NARROW = 560


class MappingFilter(QSortFilterProxyModel):
    """Rows whose text contains what is searched, and only those with problems if asked."""

    def __init__(self, model: MappingTableModel) -> None:
        super().__init__(model)
        self._text = ""
        self.only_problems = False
        self.setSourceModel(model)
        self.setSortRole(Role.SORT)
        self.setDynamicSortFilter(True)

    def show_rows(self, text: str, only_problems: bool) -> None:
        """Show rows with that text."""
        self.beginFilterChange()
        self._text = text.casefold()
        self.only_problems = only_problems
        self.endFilterChange()

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        """Search target, type, source and default."""
        model = self.sourceModel()
        columns = (Column.TARGET, Column.TYPE, Column.SOURCE, Column.DEFAULT)
        first = model.index(source_row, Column.TARGET, source_parent)
        if self.only_problems and not first.data(Role.PROBLEMS):
            return False
        texts = (str(model.index(source_row, c, source_parent).data()) for c in columns)
        return any(self._text in text.casefold() for text in texts)


class MappingTable(Table):
    """`row_selected` carries the model's row (-1 for none); Enter and Delete act on rows."""

    row_selected = Signal(int)
    edit_wanted = Signal(int)
    delete_wanted = Signal(object)

    def __init__(self, theme: Theme, model: MappingTableModel) -> None:
        super().__init__(self.tr("Attribute mappings"))
        self._model = model
        self.filter = MappingFilter(model)
        self.setItemDelegate(MappingDelegate(theme, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.show_model(self.filter, tuple(_WIDTHS[c] for c in Column if c in _WIDTHS))
        self.setSortingEnabled(True)
        header = self.horizontalHeader()
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._offer_columns)
        self._chosen: set[Column] = set()
        self.selectionModel().selectionChanged.connect(self._tell)
        self.doubleClicked.connect(lambda index: self.edit_wanted.emit(self._row_of(index)))

    def selected(self) -> list[int]:
        """The model's rows that are selected."""
        return sorted(self._row_of(index) for index in self.selectionModel().selectedRows())

    def select(self, row: int) -> None:
        """Select a row of the model and show it; -1 selects nothing."""
        if row < 0:
            self.clearSelection()
            return
        index = self.filter.mapFromSource(self._model.index(row, 0))
        if index.isValid() and self.selected() != [row]:
            self.setCurrentIndex(index)
            self.selectRow(index.row())
            self.scrollTo(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter edits in the inspector, Delete deletes; F2 edits the text in place."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selected():
            self.edit_wanted.emit(self.selected()[0])
        elif event.key() == Qt.Key.Key_Delete and self.selected():
            self.delete_wanted.emit(tuple(self.selected()))
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what does not fit; the inspector shows all."""
        super().resizeEvent(event)
        width = event.size().width()
        for column in Column:
            narrow = width < _NARROW and column in _HIDDEN_WHEN_NARROW
            very = width < _VERY_NARROW and column in (Column.TYPE, Column.MATCHING)
            hidden = (narrow or very) and column not in self._chosen
            if self.isColumnHidden(column) is not hidden:
                self.setColumnHidden(column, hidden)
        self._share(width)

    def _share(self, width: int) -> None:
        """Share the width among the columns that are shown, in proportion."""
        shown = [c for c in Column if not self.isColumnHidden(c) and c in _WIDTHS]
        fixed = sum(_WIDTHS[c] for c in shown if c in _FIXED)
        wanted = sum(_WIDTHS[c] for c in shown) - fixed
        stretch = 0 if self.isColumnHidden(Column.PROBLEM) else 160
        factor = max(0.6, (width - stretch - fixed) / wanted) if wanted else 1
        for column in shown:
            share = 1 if column in _FIXED else factor
            self.setColumnWidth(column, int(_WIDTHS[column] * share))

    def _offer_columns(self) -> None:
        menu = QMenu(self)
        for column in Column:
            title = str(self._model.headerData(column, Qt.Orientation.Horizontal))
            action = menu.addAction(title)
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(column))
            action.setEnabled(column is not Column.TARGET)
            action.toggled.connect(lambda on, c=column: self._choose_column(c, on))
        menu.popup(self.cursor().pos())

    def _choose_column(self, column: Column, on: bool) -> None:
        self._chosen = self._chosen | {column} if on else self._chosen - {column}
        self.setColumnHidden(column, not on)

    def _tell(self) -> None:
        rows = self.selected()
        self.row_selected.emit(rows[0] if len(rows) == 1 else -1)

    def _row_of(self, index: Index) -> int:
        return self.filter.mapToSource(index).row()
