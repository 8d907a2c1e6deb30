"""The provisioning log as a table that lies in SQLite: pages are read when they are shown.

Theory of operation. The newest entry is row 0. The model stands on a *top key*: entries that are
newer do not exist for it, so nothing moves under the reader. While it follows, each report of new
entries lifts the top key; otherwise `waiting` counts them until the reader asks for them.
A page holds 200 rows; the newest 40 pages that were looked at stay in memory, the others are read
again. A page is read from the nearest known key above it, so that no read skips many rows.
In another order than newest first nothing is followed: the log is shown up to the top key.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from looop_gui.model.directory import ObjectType
from looop_gui.model.provisioning_log import LogFilter, LogOrder, LogRow
from looop_gui.ui import formats
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import ACTION_SIGNS, STATUS_SIGNS
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import Theme

if TYPE_CHECKING:
    from looop_gui.services.provisioning_log import ProvisioningLogService

PAGE_ROWS = 200
PAGES_KEPT = 40
ROW_ROLE = Qt.ItemDataRole.UserRole
TIME, NAME, ACTION, STATUS, SUMMARY, TARGET, CODE = range(7)
COLUMN_NAMES = ("time", "name", "action", "status", "summary", "target", "code")
USUAL_COLUMNS = COLUMN_NAMES[:5]
SORTED = {TIME: "time", ACTION: "action", STATUS: "status"}
"""The columns that an index can sort by at a million entries, and their names in `LogOrder`."""

_ROLES = frozenset(
    {
        ROW_ROLE,
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.DecorationRole,
        Qt.ItemDataRole.ForegroundRole,
        Qt.ItemDataRole.ToolTipRole,
    }
)
AnyIndex = QModelIndex | QPersistentModelIndex


class LogModel(QAbstractTableModel):
    """Read-only. `counted` carries how many rows there are, `waiting_changed` how many wait."""

    counted = Signal(int)
    waiting_changed = Signal(int)

    def __init__(self, service: ProvisioningLogService, theme: Theme, owner: QWidget) -> None:
        super().__init__(owner)
        self._service = service
        self._theme = theme
        self._tasks = Tasks(owner)
        self._filter = LogFilter("")
        self._pages: OrderedDict[int, tuple[LogRow, ...]] = OrderedDict()
        self._asked: set[int] = set()
        self._rows = 0
        self._top_key: int | None = None
        self._waiting = 0
        self._live_read: asyncio.Task[Any] | None = None
        self._generation = 0
        self.order = LogOrder.NEWEST
        self.following = True

    @property
    def log_filter(self) -> LogFilter:
        """The filter that is shown."""
        return self._filter

    @property
    def waiting(self) -> int:
        """How many newer entries wait to be shown."""
        return self._waiting

    def show_filter(self, log_filter: LogFilter) -> None:
        """Show the entries that the filter lets through, from the newest on."""
        self._filter = log_filter
        self.following = self.order is LogOrder.NEWEST
        self.read_newest()

    def show_order(self, order: LogOrder) -> None:
        """Show the entries in another order, from its beginning."""
        self.order = order
        self.following = order is LogOrder.NEWEST
        self.read_newest()

    def read_newest(self) -> asyncio.Task[Any]:
        """Read the newest page and the count; the table then begins at the newest entry."""
        reading = self._read_top(self._filter, self.order)
        return self._tasks.start(reading, self._take_top, replace="top")

    def hold(self) -> None:
        """Follow no more: what is shown stays where it is, even if a reading is under way."""
        self.following = False
        if self._live_read is not None and self._rows:
            self._live_read.cancel()

    def take_appended(self, count: int) -> None:
        """Entries were appended: show them when following, else let them wait."""
        if self.following:
            self._live_read = self.read_newest()
        else:
            self._set_waiting(self._waiting + count)

    def row_at(self, row: int) -> LogRow | None:
        """The log row if its page is in memory; otherwise it is being read from now on."""
        page = self._pages.get(row // PAGE_ROWS)
        if page is None:
            self._ask(row // PAGE_ROWS)
            return None
        self._pages.move_to_end(row // PAGE_ROWS)
        at = row % PAGE_ROWS
        return page[at] if at < len(page) else None

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """How many entries the filter lets through."""
        return 0 if parent is not None and parent.isValid() else self._rows

    def columnCount(self, parent: AnyIndex | None = None) -> int:
        """Time, name, action, status, summary, name in the target, code."""
        return 0 if parent is not None and parent.isValid() else len(COLUMN_NAMES)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """The names of the columns, and which of them sort."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return self._header_tip(section)
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (
                self.tr("Time"),
                self.tr("Person or group"),
                self.tr("Action"),
                self.tr("Status"),
                self.tr("What happened"),
                self.tr("In the target"),
                self.tr("Code"),
            )[section]
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words, icons and colours of a cell."""
        if role not in _ROLES or not index.isValid():
            return None
        row = self.row_at(index.row())
        if row is None:
            return "…" if role == Qt.ItemDataRole.DisplayRole and index.column() == NAME else None
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return _words(row, index.column())
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icon(row, index.column())
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.colour(_role(row, index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tool_tip(row, index.column())
        return None

    def _header_tip(self, section: int) -> str:
        if section in SORTED:
            return self.tr("Click to sort; right-click to choose columns")
        return self.tr(
            "The log sorts by time, action and status; search or filter to find anybody."
            " Right-click to choose columns"
        )

    def _icon(self, row: LogRow, column: int) -> object:
        if column == NAME:
            name = "user-round" if row.object_type is ObjectType.USER else "users-round"
            return self._theme.icon(name, Role.TEXT_MUTED)
        if column == ACTION:
            sign = ACTION_SIGNS[row.action]
            return self._theme.icon(sign.icon, sign.role)
        if column == STATUS:
            sign = STATUS_SIGNS[row.status]
            return self._theme.icon(sign.icon, sign.role)
        return None

    async def _read_top(
        self, log_filter: LogFilter, order: LogOrder
    ) -> tuple[LogFilter, LogOrder, int, int, Sequence[LogRow]]:
        """The filter and order, how many entries, the newest key, and the first page."""
        limit = PAGE_ROWS if order is LogOrder.NEWEST else 1
        rows = await self._service.rows(log_filter, limit=limit)
        top = rows[0].key if rows else 0
        if rows and order is not LogOrder.NEWEST:
            rows = await self._service.rows(log_filter, order=order, up_to_key=top, limit=PAGE_ROWS)
        total = len(rows)
        if total == PAGE_ROWS:
            total = max(total, await self._service.count(log_filter))
        return log_filter, order, total, top, rows

    def _take_top(self, answer: tuple[LogFilter, LogOrder, int, int, Sequence[LogRow]]) -> None:
        log_filter, order, total, top, rows = answer
        if log_filter != self._filter or order is not self.order:
            return
        self.beginResetModel()
        self._generation += 1
        self._pages.clear()
        self._asked.clear()
        self._rows = total
        self._top_key = top if rows else None
        if rows:
            self._pages[0] = tuple(rows)
        self.endResetModel()
        self._set_waiting(0)
        self.counted.emit(total)

    def _ask(self, page: int) -> None:
        if page in self._asked or self._top_key is None:
            return
        self._asked.add(page)
        generation = self._generation
        self._tasks.start(
            self._read_page(page, self._top_key),
            lambda rows: self._take_page(page, generation, rows),
            lambda error: self._give_up(page, error),
        )

    def _read_page(self, page: int, top: int) -> Coroutine[Any, Any, list[LogRow]]:
        if self.order is not LogOrder.NEWEST:
            return self._service.rows(
                self._filter,
                order=self.order,
                up_to_key=top,
                offset=page * PAGE_ROWS,
                limit=PAGE_ROWS,
            )
        before, offset = self._start_of(page, top)
        return self._service.rows(self._filter, before_key=before, offset=offset, limit=PAGE_ROWS)

    def _start_of(self, page: int, top: int) -> tuple[int, int]:
        """The key to read below and how many rows to skip from there."""
        above = max((known for known in self._pages if known < page), default=None)
        if above is None or not self._pages[above]:
            return top + 1, page * PAGE_ROWS
        return self._pages[above][-1].key, (page - above - 1) * PAGE_ROWS

    def _take_page(self, page: int, generation: int, rows: Sequence[LogRow]) -> None:
        if generation != self._generation:
            return
        self._asked.discard(page)
        self._pages[page] = tuple(rows)
        while len(self._pages) > PAGES_KEPT:
            oldest = next(known for known in self._pages if known != page)
            del self._pages[oldest]
        first = self.index(page * PAGE_ROWS, 0)
        last = self.index(min((page + 1) * PAGE_ROWS, self._rows) - 1, CODE)
        self.dataChanged.emit(first, last)

    def _give_up(self, page: int, error: Exception) -> None:
        self._asked.discard(page)
        raise error

    def _set_waiting(self, waiting: int) -> None:
        if waiting != self._waiting:
            self._waiting = waiting
            self.waiting_changed.emit(waiting)


def _words(row: LogRow, column: int) -> str:
    match column:
        case 0:
            return formats.day_and_time(row.time)
        case 1:
            return row.source_name or row.target_name or row.source_id
        case 2:
            return ACTION_SIGNS[row.action].word
        case 3:
            return STATUS_SIGNS[row.status].word
        case 5:
            return row.target_name
        case 6:
            return row.error_code or row.skip_reason
        case _:
            return row.summary


def _role(row: LogRow, column: int) -> Role:
    if column == STATUS:
        return STATUS_SIGNS[row.status].role
    if column in (TIME, SUMMARY, TARGET, CODE):
        return Role.TEXT_MUTED
    return Role.TEXT


def _tool_tip(row: LogRow, column: int) -> str | None:
    if column == TIME:
        return formats.utc(row.time)
    if column == NAME:
        return f"{row.source_name}\n{row.source_id}"
    if column == SUMMARY:
        code = row.error_code or row.skip_reason
        return f"{row.summary}\n{code}" if code else row.summary
    return None
