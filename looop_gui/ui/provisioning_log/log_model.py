"""The provisioning log as a table that lies in SQLite: pages are read when they are shown.

Theory of operation. The newest entry is row 0. The model stands on a *top key*: entries that are
newer do not exist for it, so nothing moves under the reader. While it follows, each report of new
entries lifts the top key; otherwise `waiting` counts them until the reader asks for them.
A page holds 200 rows; the newest 40 pages that were looked at stay in memory, the others are read
again. A page is read from the nearest known key above it, so that no read skips many rows.
In another order than newest first nothing is followed: the log is shown up to the top key.
The first page is shown as soon as it is there. Where it takes longer to count what a filter finds,
the table begins with that page and grows when the count is known; later only what was added is
counted.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from looop_gui.model.provisioning_log import LogFilter, LogOrder, LogRow
from looop_gui.ui.palettes import Role
from looop_gui.ui.provisioning_log.log_cells import (
    ACTION,
    DURATION,
    NAME,
    SORTED,
    STATUS,
    TARGET,
    cell_role,
    cell_tip,
    cell_words,
)
from looop_gui.ui.signs import ACTION_SIGNS, OBJECT_ICONS, STATUS_SIGNS
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import Theme
from looop_gui.ui.widgets.rows_model import AnyIndex, RowsModel

if TYPE_CHECKING:
    from looop_gui.services.provisioning_log import LogTop, ProvisioningLogService

PAGE_ROWS = 200
PAGES_KEPT = 40
ROW_ROLE = Qt.ItemDataRole.UserRole

_ROLES = frozenset(
    {
        ROW_ROLE,
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.DecorationRole,
        Qt.ItemDataRole.ForegroundRole,
        Qt.ItemDataRole.ToolTipRole,
    }
)


class LogModel(RowsModel[LogRow]):
    """Read-only. `counted` carries how many rows there are, `waiting_changed` how many wait.

    `counting` carries how many were counted so far, while that goes on.
    """

    counted = Signal(int)
    counting = Signal(int)
    waiting_changed = Signal(int)

    def __init__(self, service: ProvisioningLogService, theme: Theme, owner: QWidget) -> None:
        super().__init__(owner)
        self._service = service
        self._theme = theme
        self._tasks = Tasks(owner)
        self._filter = LogFilter("")
        self._pages: OrderedDict[int, tuple[LogRow, ...]] = OrderedDict()
        self._asked: set[int] = set()
        self._row_count = 0
        self._top_key: int | None = None
        self._counted: tuple[LogFilter, int, int] | None = None
        self._counting: LogFilter | None = None
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
        self.read_anew()

    def show_order(self, order: LogOrder) -> None:
        """Show the entries in another order, from its beginning."""
        self.order = order
        self.following = order is LogOrder.NEWEST
        self.read_newest()

    def read_anew(self) -> None:
        """Read the newest page, and count everything again: old entries may have been deleted."""
        self._counted = None
        self.read_newest()

    def read_newest(self) -> asyncio.Task[Any]:
        """Read the newest page and the count; the table then begins at the newest entry."""
        reading = self._read_top(self._filter, self.order)
        return self._tasks.start(reading, self._take_top, replace="top")

    def hold(self) -> None:
        """Follow no more: what is shown stays where it is, even if a reading is under way."""
        self.following = False
        if self._live_read is not None and self._row_count:
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
        """How many entries the filter lets through, as far as they are counted."""
        return 0 if parent is not None and parent.isValid() else self._row_count

    def titles(self) -> tuple[str, ...]:
        """The names of the columns."""
        return (
            self.tr("Time"),
            self.tr("Person or group"),
            self.tr("Action"),
            self.tr("Status"),
            self.tr("What happened"),
            self.tr("In the target"),
            self.tr("Code"),
            self.tr("Took"),
        )

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """The names of the columns, and which of them sort."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return self._header_tip(section)
        return super().headerData(section, orientation, role)

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
            return cell_words(row, index.column())
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icon(row, index.column())
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.colour(cell_role(row, index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return cell_tip(row, index.column())
        return None

    def _header_tip(self, section: int) -> str:
        if section in SORTED:
            return self.tr("Click to sort; right-click to choose columns")
        if section == TARGET:
            return self.tr(
                "Sort by person or group: the target's names follow them."
                " Right-click to choose columns"
            )
        return self.tr(
            "Sentences are not sorted: search for words, or sort by code."
            " Right-click to choose columns"
        )

    def _icon(self, row: LogRow, column: int) -> object:
        if column == NAME:
            return self._theme.cell_icon(OBJECT_ICONS[row.object_type], Role.TEXT_MUTED)
        if column == ACTION:
            sign = ACTION_SIGNS[row.action]
            return self._theme.cell_icon(sign.icon, sign.role)
        if column == STATUS:
            sign = STATUS_SIGNS[row.status]
            return self._theme.cell_icon(sign.icon, sign.role)
        return None

    async def _read_top(
        self, log_filter: LogFilter, order: LogOrder
    ) -> tuple[LogFilter, LogOrder, LogTop, int | None]:
        """The beginning of an order, and the count where it is known or quickly brought up."""
        top = await self._service.top(log_filter, order, PAGE_ROWS)
        total = top.total
        known = self._counted
        if total is None and known is not None and known[0] == log_filter:
            _, key, number = known
            total = number + await self._service.count(
                log_filter, up_to_key=top.up_to_key, above_key=key
            )
        return log_filter, order, top, total

    def _take_top(self, answer: tuple[LogFilter, LogOrder, LogTop, int | None]) -> None:
        log_filter, order, top, total = answer
        if log_filter != self._filter or order is not self.order:
            return
        self.beginResetModel()
        self._generation += 1
        self._pages.clear()
        self._asked.clear()
        self._row_count = len(top.rows) if total is None else total
        self._top_key = top.up_to_key if top.rows else None
        if top.rows:
            self._pages[0] = top.rows
        self.endResetModel()
        self._set_waiting(0)
        if total is None:
            self._count(top.up_to_key)
        else:
            if top.total is None:
                self._counted = (log_filter, top.up_to_key, total)
            self.counted.emit(total)

    def _count(self, up_to_key: int, above_key: int = 0, counted: int = 0) -> None:
        """Count what the filter finds, once; the rows that are shown stay meanwhile.

        `counted` entries up to `above_key` are known.
        """
        log_filter = self._filter
        self.counting.emit(max(counted, self._row_count))
        if self._counting == log_filter:
            return
        self._counting = log_filter
        counting = self._service.count(
            log_filter,
            up_to_key=up_to_key,
            above_key=above_key,
            on_counted=lambda number: self._tell_counting(log_filter, counted + number),
        )
        self._tasks.start(
            counting,
            lambda number: self._take_count(log_filter, up_to_key, counted + number),
            lambda error: self._give_up_counting(log_filter, error),
            replace="count",
        )

    def _tell_counting(self, log_filter: LogFilter, number: int) -> None:
        if log_filter == self._filter:
            self.counting.emit(max(number, self._row_count))

    def _take_count(self, log_filter: LogFilter, up_to_key: int, total: int) -> None:
        self._counting = None
        if log_filter != self._filter:
            return
        self._counted = (log_filter, up_to_key, total)
        if self._top_key is not None and self._top_key > up_to_key:
            # Newer entries came while this was counted; what is shown stays where it is.
            self._count(self._top_key, up_to_key, total)
            return
        if total > self._row_count:
            self.beginInsertRows(QModelIndex(), self._row_count, total - 1)
            self._row_count = total
            self.endInsertRows()
        self.counted.emit(self._row_count)

    def _give_up_counting(self, log_filter: LogFilter, error: Exception) -> None:
        self._counting = None
        if log_filter == self._filter:
            raise error

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
        last = self.index(min((page + 1) * PAGE_ROWS, self._row_count) - 1, DURATION)
        self.dataChanged.emit(first, last)

    def _give_up(self, page: int, error: Exception) -> None:
        self._asked.discard(page)
        raise error

    def _set_waiting(self, waiting: int) -> None:
        if waiting != self._waiting:
            self._waiting = waiting
            self.waiting_changed.emit(waiting)
