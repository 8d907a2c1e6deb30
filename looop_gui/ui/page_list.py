"""The pages of the open connection as a model for the side bar."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import QWidget

from looop_gui.ui.page_entries import PageEntry, shortcut_of
from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import Theme

AnyIndex = QModelIndex | QPersistentModelIndex
ROW = 34


class PageListModel(QAbstractListModel):
    """One line a page: icon and title; the tool tip names its shortcut."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entries: list[PageEntry] = []
        self._collapsed = False
        theme.changed.connect(self._repaint)

    def show_entries(self, entries: list[PageEntry]) -> None:
        """Show these pages."""
        if entries != self._entries:
            self.beginResetModel()
            self._entries = list(entries)
            self.endResetModel()

    def set_collapsed(self, collapsed: bool) -> None:
        """Show icons only, or titles too."""
        self._collapsed = collapsed
        self._repaint()

    def row_of(self, key: str) -> int:
        """The row of a page, -1 when it is not there."""
        return next((row for row, one in enumerate(self._entries) if one.key == key), -1)

    def entry_at(self, row: int) -> PageEntry | None:
        """The page of a row."""
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """How many pages there are."""
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Title, icon, tool tip, height."""
        entry = self.entry_at(index.row()) if index.isValid() else None
        if entry is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if self._collapsed else entry.title
        if role == Qt.ItemDataRole.DecorationRole:
            return self._theme.icon(entry.icon, Role.TEXT_MUTED)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{entry.title} ({shortcut_of(entry)})"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return entry.title
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(40, ROW)
        return None

    def _repaint(self) -> None:
        if self._entries:
            self.dataChanged.emit(self.index(0), self.index(len(self._entries) - 1))
