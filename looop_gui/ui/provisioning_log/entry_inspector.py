"""The details of one log entry: steps, changes, troubleshooting, HTTP, history of that person."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidgetItem, QWidget

from looop_gui.model.provisioning_log import (
    LogFilter,
    LogRow,
    ProvisioningLogEntry,
)
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.log_entry.entry_view import EntryView
from looop_gui.ui.sample_argument import SampleArgument
from looop_gui.ui.signs import ACTION_SIGNS, STATUS_SIGNS
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.buttons import link_button
from looop_gui.ui.widgets.flow_layout import FlowLayout
from looop_gui.ui.widgets.inspector import Inspector
from looop_gui.ui.widgets.plain_list import PlainList
from looop_gui.ui.widgets.status_badge import StatusBadge

HISTORY_ROWS = 100


class EntryInspector(Inspector):
    """`show_row` reads the entry and shows it. `entry_shown` is emitted when it is there."""

    entry_shown = Signal(object)

    def __init__(self, desk: Desk, connection_id: str, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, parent)
        self._desk = desk
        self._connection_id = connection_id
        self._tasks = Tasks(self)
        self.entry: ProvisioningLogEntry | None = None
        self._history_rows: tuple[LogRow, ...] = ()
        desk.theme.changed.connect(self._repaint)
        self.action_badge = StatusBadge(desk.theme)
        self.status_badge = StatusBadge(desk.theme)
        self.tabs = EntryView(desk)
        self.history = PlainList(self.tr("History of this person or group"))
        self.history.itemActivated.connect(self._open_history)
        self.history.itemClicked.connect(self._open_history)
        self.tabs.addTab(self.history, self.tr("History"))
        badges = QHBoxLayout()
        badges.setContentsMargins(2 * GRID, 0, 2 * GRID, 0)
        badges.setSpacing(GRID)
        badges.addWidget(self.action_badge)
        badges.addWidget(self.status_badge)
        badges.addStretch(1)
        self.body.addLayout(badges)
        self.mapping_link = link_button(
            desk.theme, self.tr("Open in mapping editor"), self._open_mapping
        )
        self.demand_link = link_button(
            desk.theme, self.tr("Provision on demand"), self._open_on_demand
        )
        links = FlowLayout()
        links.setSpacing(0)
        links.addWidget(self.mapping_link)
        links.addWidget(self.demand_link)
        indented = QHBoxLayout()
        indented.setContentsMargins(2 * GRID, 0, 2 * GRID, 0)
        indented.addLayout(links)
        self.body.addLayout(indented)
        self.body.addWidget(self.tabs, 1)

    def show_row(self, row: LogRow) -> None:
        """Show the entry of a row of the table."""
        self.show_heading(row.source_name or row.source_id, formats.day_and_time(row.time))
        self._show_badges(row)
        reading = self._desk.services.provisioning_log.entry(row.id)
        self._tasks.start(reading, self.show_entry, replace="entry")

    def show_entry(self, entry: ProvisioningLogEntry) -> None:
        """Show an entry; a failure begins with its troubleshooting."""
        self.entry = entry
        took = formats.duration(entry.duration_milliseconds / 1000)
        note = self.tr("{0}, took {1}").format(formats.day_and_time(entry.time), took)
        self.show_heading(entry.source_name or entry.source_id, note)
        self._show_badges(entry)
        self.tabs.show_entry(entry)
        self._read_history(entry)
        self.entry_shown.emit(entry)

    def _show_badges(self, shown: LogRow | ProvisioningLogEntry) -> None:
        self.action_badge.show_sign(ACTION_SIGNS[shown.action])
        self.status_badge.show_sign(STATUS_SIGNS[shown.status])

    def _read_history(self, entry: ProvisioningLogEntry) -> None:
        log_filter = LogFilter(self._connection_id, source_id=entry.source_id)
        reading = self._desk.services.provisioning_log.rows(log_filter, limit=HISTORY_ROWS)
        self._tasks.start(reading, self._show_history, replace="history")

    def _show_history(self, rows: Sequence[LogRow]) -> None:
        self._history_rows = tuple(rows)
        self.history.clear()
        for row in rows:
            time = formats.day_and_time(row.time)
            words = f"{time}   {ACTION_SIGNS[row.action].word}   {row.summary}"
            item = QListWidgetItem(words)
            sign = STATUS_SIGNS[row.status]
            item.setIcon(self._desk.theme.icon(sign.icon, sign.role))
            item.setToolTip(f"{sign.word}: {row.summary}")
            item.setData(0x0100, row)
            self.history.addItem(item)
        self.tabs.setTabText(
            self.tabs.indexOf(self.history), self.tr("History ({0})").format(len(rows))
        )

    def _repaint(self) -> None:
        self._show_history(self._history_rows)

    def _open_mapping(self) -> None:
        if self.entry is not None:
            sample = SampleArgument(self.entry.object_type, self.entry.source_id)
            self._desk.go_to("mappings", sample)

    def _open_on_demand(self) -> None:
        if self.entry is not None:
            self._desk.go_to("on_demand", self.entry.source_id)

    def _open_history(self, item: QListWidgetItem) -> None:
        row = item.data(0x0100)
        if self.entry is None or row.id != self.entry.id:
            self.show_row(row)
