"""The side bar: connections with their state, *New connection*, and the pages of the open one."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from looop_gui.model.connection import Application, Connection
from looop_gui.model.job import JobState
from looop_gui.ui.connection_list import ConnectionDelegate, ConnectionListModel
from looop_gui.ui.page_entries import PAGES
from looop_gui.ui.page_list import PageListModel
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button, icon_button
from looop_gui.ui.widgets.labels import line

WIDTH = 232
COLLAPSED_WIDTH = 64
ROW = 34
ROOM_OF_NEW = 74
"""What icon, margins and padding of *New connection* take, in px."""


class SideBar(QWidget):
    """Says which connection or page was chosen; the window shows it."""

    connection_chosen = Signal(str)
    page_chosen = Signal(str)
    new_connection_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sideBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.connections = ConnectionListModel(theme, self)
        self.pages = PageListModel(theme, self)
        self._collapsed = False
        self._new_words = self.tr("New connection")
        self._new = button(theme, self._new_words, icon="plus", look="quiet")
        self._new.setAccessibleName(self._new_words)
        self._new.clicked.connect(lambda _checked: self.new_connection_wanted.emit())
        self._connection_view = _list_view(self.tr("Connections"))
        self._connection_view.setModel(self.connections)
        self._connection_view.setItemDelegate(ConnectionDelegate(theme, self._connection_view))
        self._page_view = _list_view(self.tr("Pages of the open connection"))
        self._page_view.setModel(self.pages)
        self._fold = icon_button(theme, "panel-left", self.tr("Collapse or expand the side bar"))
        self._fold.clicked.connect(lambda _checked: self.set_collapsed(not self._collapsed))
        self._lay_out()
        self._connect()
        self.set_collapsed(False)

    @property
    def collapsed(self) -> bool:
        """Whether only icons are shown."""
        return self._collapsed

    def set_collapsed(self, collapsed: bool) -> None:
        """Show icons only, or icons and words."""
        self._collapsed = collapsed
        self.setFixedWidth(COLLAPSED_WIDTH if collapsed else WIDTH)
        self._new.ensurePolished()
        room = WIDTH - ROOM_OF_NEW
        shown = self._new.fontMetrics().elidedText(
            self._new_words, Qt.TextElideMode.ElideRight, room
        )
        self._new.setText("" if collapsed else shown)
        whole = shown == self._new_words and not collapsed
        self._new.setToolTip("" if whole else self._new_words)
        self.connections.set_collapsed(collapsed)
        self.pages.set_collapsed(collapsed)

    def show_connections(self, connections: list[Connection]) -> None:
        """Show these connections; the open one stays marked."""
        chosen = self._chosen_connection()
        self.connections.show_connections(connections)
        self._fit()
        if chosen:
            self.mark_connection(chosen)

    def show_job(self, state: JobState) -> None:
        """Show a connection's new state."""
        self.connections.show_job(state)

    def mark_connection(self, connection_id: str) -> None:
        """Mark a connection as the open one and show its pages ("" for none)."""
        row = self.connections.row_of(connection_id)
        _select(self._connection_view, row)
        connection = self.connections.connection_at(row)
        demo = connection is not None and connection.application is Application.DEMO
        entries = [page for page in PAGES if demo or not page.demo_only]
        self.pages.show_entries(entries if connection is not None else [])
        self._page_view.setVisible(connection is not None)
        self._line.setVisible(connection is not None)
        self._fit()

    def mark_page(self, key: str) -> None:
        """Mark a page as the open one ("" for none)."""
        _select(self._page_view, self.pages.row_of(key))

    def _chosen_connection(self) -> str:
        rows = self._connection_view.selectionModel().selectedIndexes()
        connection = self.connections.connection_at(rows[0].row()) if rows else None
        return connection.id if connection is not None else ""

    def _connect(self) -> None:
        self._connection_view.clicked.connect(self._choose_connection)
        self._connection_view.activated.connect(self._choose_connection)
        self._page_view.clicked.connect(self._choose_page)
        self._page_view.activated.connect(self._choose_page)
        self._page_view.selectionModel().currentChanged.connect(self._move_to_page)

    def _choose_connection(self, index: QModelIndex) -> None:
        connection = self.connections.connection_at(index.row())
        if connection is not None:
            self.connection_chosen.emit(connection.id)

    def _choose_page(self, index: QModelIndex) -> None:
        entry = self.pages.entry_at(index.row())
        if entry is not None:
            self.page_chosen.emit(entry.key)

    def _move_to_page(self, index: QModelIndex) -> None:
        if self._page_view.hasFocus():
            self._choose_page(index)

    def _fit(self) -> None:
        shown = min(self.connections.rowCount(), 8)
        self._connection_view.setFixedHeight(shown * ROW)
        self._page_view.setFixedHeight(self.pages.rowCount() * ROW)

    def _lay_out(self) -> None:
        self._line = line()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, GRID, 0, GRID)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self._connection_view)
        layout.addLayout(_indented(self._new))
        layout.addSpacing(GRID // 2)
        layout.addWidget(self._line)
        layout.addSpacing(GRID // 2)
        layout.addWidget(self._page_view)
        layout.addStretch(1)
        layout.addLayout(_indented(self._fold))


def _list_view(name: str) -> QListView:
    view = QListView()
    view.setAccessibleName(name)
    view.setProperty("look", "flush")
    view.setIconSize(QSize(16, 16))
    view.setUniformItemSizes(True)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return view


def _indented(widget: QWidget) -> QHBoxLayout:
    layout = QHBoxLayout()
    layout.setContentsMargins(GRID, 0, GRID, 0)
    layout.addWidget(widget)
    layout.addStretch(1)
    return layout


def _select(view: QListView, row: int) -> None:
    model = view.selectionModel()
    if row < 0:
        model.clear()
        return
    index = view.model().index(row, 0)
    was_focused = view.hasFocus()
    model.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    if was_focused:
        view.setFocus()
