"""The live provisioning log as one widget: filters, table, details. Pages and the wizard embed it.

It follows the newest entries until the person scrolls away or selects one; a button then says how
many new ones wait and leads back to them.
"""

from PySide6.QtCore import QItemSelection, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from looop_gui.model.provisioning_log import LogFilter, ProvisioningLogEntry
from looop_gui.services.events import LogAppended
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.provisioning_log.entry_inspector import EntryInspector
from looop_gui.ui.provisioning_log.filter_bar import FilterBar
from looop_gui.ui.provisioning_log.log_model import SUMMARY, TIME, LogModel
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.empty_state import EmptyState
from looop_gui.ui.widgets.inspector import InspectorSplitter
from looop_gui.ui.widgets.labels import caption
from looop_gui.ui.widgets.plain_delegate import PlainDelegate
from looop_gui.ui.widgets.table import Table

REST_MILLISECONDS = 250
_WIDTHS = (132, 200, 110, 104, 0)
_COMPACT_WIDTHS = (84, 176, 100, 100, 0)


class ProvisioningLogView(QWidget):
    """`compact` is for narrow places such as the wizard. `entry_shown` carries the entry."""

    entry_shown = Signal(object)

    def __init__(
        self,
        desk: Desk,
        connection_id: str,
        *,
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._connection_id = connection_id
        self.filters = FilterBar(desk.theme, connection_id)
        self.model = LogModel(desk.services.provisioning_log, desk.theme, self)
        self.table = Table(self.tr("Provisioning log"), compact=True)
        widths = _COMPACT_WIDTHS if compact else _WIDTHS
        self.table.show_model(self.model, widths, optional=(SUMMARY, TIME))
        self.table.setItemDelegate(PlainDelegate(desk.theme, self.table, striped=True))
        self.inspector = EntryInspector(desk, connection_id)
        self.follow_button = button(
            desk.theme, self.tr("Follow"), self.follow, icon="arrow-up", look="quiet"
        )
        self.count_label = caption("")
        self.empty = EmptyState(
            desk.theme,
            "scroll-text",
            self.tr("Nothing has been provisioned yet"),
            self.tr("Entries appear here as a cycle works through people and groups."),
        )
        self._stack = QStackedWidget()
        self._appended = 0
        self._rest = QTimer(self, singleShot=True, interval=REST_MILLISECONDS)
        self._rest.timeout.connect(self._show_appended)
        self._lay_out()
        self._connect()

    def follow(self) -> None:
        """Show the newest entries and stay with them."""
        self.table.clearSelection()
        self.inspector.hide()
        self.model.following = True
        self.model.read_newest()
        self.table.scrollToTop()
        self._show_following()

    def refresh(self) -> None:
        """Read the newest entries again if they are followed."""
        if self.model.log_filter.connection_id != self._connection_id:
            self.model.show_filter(LogFilter(self._connection_id))
        elif self.model.following:
            self.model.read_newest()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while it was hidden; listen from now on."""
        super().showEvent(event)
        if not event.spontaneous():
            self._desk.bridge.log_appended.connect(
                self._take_appended, Qt.ConnectionType.UniqueConnection
            )
            self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Hidden it costs nothing."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._desk.bridge.log_appended.disconnect(self._take_appended)

    def _take_appended(self, event: LogAppended) -> None:
        if event.connection_id == self._connection_id:
            self._appended += event.count
            if not self._rest.isActive():
                self._rest.start()

    def _show_appended(self) -> None:
        """Four times a second is live enough for a reader, and leaves the frames alone."""
        appended, self._appended = self._appended, 0
        if appended and self.isVisible():
            self.model.take_appended(appended)

    def _connect(self) -> None:
        self.filters.changed.connect(self._take_filter)
        self.model.counted.connect(self._show_count)
        self.model.waiting_changed.connect(lambda _count: self._show_following())
        self.table.selectionModel().selectionChanged.connect(self._take_selection)
        self.table.activated.connect(self._open)
        self.table.verticalScrollBar().valueChanged.connect(self._take_scroll)
        self.inspector.closed.connect(self.table.clearSelection)
        self.inspector.entry_shown.connect(self._tell_entry)

    def _tell_entry(self, entry: ProvisioningLogEntry) -> None:
        self.entry_shown.emit(entry)

    def _take_filter(self, log_filter: LogFilter) -> None:
        self.model.following = True
        self.model.show_filter(log_filter)
        self.table.scrollToTop()
        self._show_following()

    def _take_selection(self, selected: QItemSelection, _deselected: QItemSelection) -> None:
        rows = selected.indexes()
        if rows:
            self._stop_following()
            self._open(rows[0])

    def _open(self, index: QModelIndex) -> None:
        row = self.model.row_at(index.row())
        if row is not None:
            self.inspector.show_row(row)

    def _take_scroll(self, value: int) -> None:
        if value > 0:
            self._stop_following()
        elif not self.model.following and not self.table.selectionModel().hasSelection():
            self.follow()

    def _stop_following(self) -> None:
        if self.model.following:
            self.model.hold()
            self._show_following()

    def _show_following(self) -> None:
        waiting = self.model.waiting
        if self.model.following:
            self.follow_button.setText(self.tr("Following"))
        elif waiting:
            self.follow_button.setText(self.tr("{0} new").format(formats.count(waiting)))
        else:
            self.follow_button.setText(self.tr("Follow"))
        self.follow_button.setEnabled(not self.model.following)

    def _show_count(self, total: int) -> None:
        self.count_label.setText(self.tr("{0} entries").format(formats.count(total)))
        filtered = self.filters.log_filter != LogFilter(self._connection_id)
        if total:
            if self._stack.currentWidget() is not self.table:
                self._stack.setCurrentWidget(self.table)
            return
        if filtered:
            self.empty.say(
                self.tr("No entry matches"), self.tr("Take a filter away to see more entries.")
            )
        else:
            self.empty.say(
                self.tr("Nothing has been provisioned yet"),
                self.tr("Entries appear here as a cycle works through people and groups."),
            )
        self._stack.setCurrentWidget(self.empty)

    def _lay_out(self) -> None:
        self.filters.tail.addWidget(self.count_label)
        self.filters.tail.addWidget(self.follow_button)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        left = QWidget()
        inner = QVBoxLayout(left)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(GRID)
        inner.addWidget(self.filters)
        inner.addWidget(self._stack, 1)
        split = InspectorSplitter("provisioning_log", left, self.inspector, self._desk.settings)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(split)
        self._show_following()
