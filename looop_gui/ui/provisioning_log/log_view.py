"""The live provisioning log as one widget: filters, table, details. Pages and the wizard embed it.

It follows the newest entries until the person scrolls away or selects one; a button then says how
many new ones wait and leads back to them. What is shown is remembered from one start to the next.
"""

import asyncio
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QItemSelection, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from looop_gui.model.provisioning_log import LogFilter, LogOrder, ProvisioningLogEntry
from looop_gui.model.workspace import LogView
from looop_gui.services.events import LogAppended
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.provisioning_log.census_strip import CensusStrip
from looop_gui.ui.provisioning_log.entry_inspector import EntryInspector
from looop_gui.ui.provisioning_log.export_dialog import ExportDialog
from looop_gui.ui.provisioning_log.filter_bar import FilterBar
from looop_gui.ui.provisioning_log.filter_dialog import FilterDialog
from looop_gui.ui.provisioning_log.log_cells import DESCENDING_FIRST, SORTED, fitting_widths
from looop_gui.ui.provisioning_log.log_keys import CENSUS, EXPORT, give_keys
from looop_gui.ui.provisioning_log.log_memory import LogMemory
from looop_gui.ui.provisioning_log.log_model import LogModel
from looop_gui.ui.provisioning_log.log_table import LogTable
from looop_gui.ui.provisioning_log.views_menu import ViewsMenu
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.buttons import button, icon_button
from looop_gui.ui.widgets.empty_state import EmptyState
from looop_gui.ui.widgets.font_warming import FontWarming
from looop_gui.ui.widgets.inspector import InspectorSplitter
from looop_gui.ui.widgets.labels import caption
from looop_gui.ui.widgets.plain_delegate import PlainDelegate

REST_MILLISECONDS = 250
_WIDTHS = (132, 200, 110, 104, 0, 180, 170, 90)
_COMPACT_WIDTHS = (84, 176, 100, 100, 0, 140, 140, 80)


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
        self.memory = LogMemory(desk.settings, connection_id)
        self._tasks = Tasks(self)
        self._compact = compact
        self.table = LogTable(self.tr("Provisioning log"))
        widths = _COMPACT_WIDTHS if compact else _WIDTHS
        self.table.show_log(self.model, fitting_widths(self.fontMetrics(), widths))
        self.table.setItemDelegate(PlainDelegate(desk.theme, self.table, striped=True))
        self.fonts = FontWarming(self.table)
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
        self.views = ViewsMenu(desk, connection_id, self._view, self)
        self.sort_menu = self._make_sort_menu()
        self.views.show_more(self.sort_menu, self.table.column_menu)
        self.census = CensusStrip(desk.theme)
        words = self.tr("Census of who was skipped ({0})").format(CENSUS)
        self.census_button = icon_button(desk.theme, "skip-forward", words, self.toggle_census)
        words = self.tr("Export the log ({0})").format(EXPORT)
        self.export_button = icon_button(desk.theme, "download", words, self.open_export)
        self._stack = QStackedWidget()
        self._appended = 0
        self._census_read: asyncio.Task[Any] | None = None
        self._rest = QTimer(self, singleShot=True, interval=REST_MILLISECONDS)
        self._rest.timeout.connect(self._show_appended)
        self._lay_out()
        self._connect()
        give_keys(self, self.filters, self)
        if not compact:
            self._restore()

    def follow(self) -> None:
        """Show the newest entries and stay with them."""
        self.table.clearSelection()
        self.inspector.hide()
        self._use_order(LogOrder.NEWEST)
        self.table.scrollToTop()
        self._show_following()

    def refresh(self) -> None:
        """Read the newest entries again if they are followed."""
        if self.model.log_filter.connection_id != self._connection_id:
            self.model.show_filter(self.filters.log_filter)
        elif self.model.following:
            self.model.read_anew()
        if not self._compact:
            self.views.refresh()
            self._read_census()

    def open_filters(self) -> None:
        """Ask for the filters that need words or dates."""
        dialog = FilterDialog(self._desk.theme, self.window(), self.filters.log_filter)
        dialog.confirmed.connect(self._take_more)
        dialog.open()
        services = self._desk.services
        tasks = Tasks(dialog)
        tasks.start(services.provisioning.cycles(self._connection_id), dialog.offer_cycles)
        codes = services.provisioning_log.census(LogFilter(self._connection_id))
        tasks.start(codes, lambda census: dialog.offer_codes(sorted(census.by_error_code)))

    def open_export(self) -> None:
        """Ask in which format and where to the shown entries are to go."""
        ExportDialog(self._desk, self.window(), self.filters.log_filter).open()

    def save_view(self) -> None:
        """Keep filter, columns and order under a name."""
        self.views.ask_save()

    def show_view(self, view: LogView) -> None:
        """Show what a view holds."""
        if view.columns:
            self.table.show_columns(view.columns)
        order = LogOrder(view.sort) if view.sort in set(LogOrder) else LogOrder.NEWEST
        if order is not self.model.order:
            self._use_order(order)
        self.filters.show_filter(view.log_filter)
        if view.hours:
            self.filters.use_hours(view.hours)

    def toggle_census(self) -> None:
        """Show who was skipped and why, or hide it."""
        shown = self.census.isHidden()
        self.census.setVisible(shown)
        self.memory.keep_census(shown)
        self._read_census()

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
            if self._census_read is None or self._census_read.done():
                self._read_census()

    def _connect(self) -> None:
        self.filters.changed.connect(self._take_filter)
        self.filters.more_wanted.connect(self.open_filters)
        self.views.chosen.connect(self.show_view)
        self.census.chosen.connect(self._take_census_filter)
        self.census.closed.connect(self.toggle_census)
        self.table.columns_changed.connect(self._keep_columns)
        self.table.horizontalHeader().sectionClicked.connect(self._sort_by)
        self.model.counted.connect(self._show_count)
        self.model.counting.connect(self._show_counting)
        self.model.waiting_changed.connect(lambda _count: self._show_following())
        self.table.selectionModel().selectionChanged.connect(self._take_selection)
        self.table.activated.connect(self._open)
        self.table.verticalScrollBar().valueChanged.connect(self._take_scroll)
        self.inspector.closed.connect(self.table.clearSelection)
        self.inspector.entry_shown.connect(self._tell_entry)

    def _tell_entry(self, entry: ProvisioningLogEntry) -> None:
        self.entry_shown.emit(entry)

    def _take_filter(self, log_filter: LogFilter) -> None:
        self.model.show_filter(log_filter)
        self.table.scrollToTop()
        self._show_following()
        self._remember()
        self._read_census()

    def _take_more(self, log_filter: LogFilter, cycle_words: str) -> None:
        self.filters.show_filter(log_filter, {"cycle_id": cycle_words} if cycle_words else None)

    def _take_census_filter(self, log_filter: LogFilter) -> None:
        self.filters.show_filter(log_filter, hours=self.filters.hours)

    def _sort_by(self, column: int) -> None:
        """Sort by a column that an index sorts; the same one again turns the order round."""
        if column in SORTED:
            name = SORTED[column]
            first, second = name, f"-{name}"
            if column in DESCENDING_FIRST:
                first, second = second, first
            self._use_order(LogOrder(second if self.model.order == first else first))
        else:
            self._show_order()

    def _make_sort_menu(self) -> QMenu:
        """What a click on a heading does, for the keyboard."""
        menu = QMenu(self.tr("Sort by"), self)
        titles = self.model.titles()
        for column in SORTED:
            line = menu.addAction(titles[column])
            line.setCheckable(True)
            line.triggered.connect(lambda _on, one=column: self._sort_by(one))
        return menu

    def _use_order(self, order: LogOrder) -> None:
        self.model.show_order(order)
        self._show_order()
        self.table.scrollToTop()
        self._show_following()
        self._remember()

    def _show_order(self) -> None:
        order = self.model.order.value
        column = next(at for at, name in SORTED.items() if name == order.removeprefix("-"))
        direction = Qt.SortOrder.DescendingOrder if order[0] == "-" else Qt.SortOrder.AscendingOrder
        self.table.horizontalHeader().setSortIndicator(column, direction)
        for line, one in zip(self.sort_menu.actions(), SORTED, strict=True):
            line.setChecked(one == column)

    def _read_census(self) -> None:
        """Count the skipped again, if that is shown; a cause that is chosen leaves the others."""
        if self._compact or self.census.isHidden() or not self.isVisible():
            return
        counted = replace(self.filters.log_filter, cause="")
        show = self.census.show_census
        reading = self._desk.services.log_views.skips(counted, show)
        self._census_read = self._tasks.start(reading, show, replace="census")

    def _view(self, name: str, shortcut: str) -> LogView:
        """What is shown, as a view."""
        return LogView(
            name,
            self.filters.log_filter,
            columns=self.table.columns,
            sort=self.model.order.value,
            shortcut=shortcut,
            hours=self.filters.hours,
        )

    def _remember(self) -> None:
        if not self._compact:
            self.memory.keep_view(self._view("", ""))

    def _keep_columns(self) -> None:
        if not self._compact:
            self.memory.keep_layout(self.table.layout_text())
            self._remember()

    def _restore(self) -> None:
        self.census.setVisible(self.memory.census_shown)
        last = self.memory.last_view
        self.table.restore_layout(self.memory.layout)
        if last is not None:
            self.show_view(replace(last, columns=()))

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
        elif (
            self.model.order is LogOrder.NEWEST
            and not self.model.following
            and not self.table.selectionModel().hasSelection()
        ):
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

    def _show_counting(self, number: int) -> None:
        words = self.tr("{0} entries so far, counting…")
        self.count_label.setText(words.format(formats.count(number)))
        self._stack.setCurrentWidget(self.table)

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
        for tool in (self.views, self.census_button, self.export_button):
            self.filters.tail.addWidget(tool)
            tool.setVisible(not self._compact)
        self.census.hide()
        self.table.horizontalHeader().setSortIndicatorShown(True)
        self._show_order()
        self.filters.tail.addWidget(self.follow_button)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        left = QWidget()
        inner = QVBoxLayout(left)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(GRID)
        inner.addWidget(self.filters)
        inner.addWidget(self.census)
        inner.addWidget(self._stack, 1)
        split = InspectorSplitter("provisioning_log", left, self.inspector, self._desk.settings)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(split)
        self._show_following()
