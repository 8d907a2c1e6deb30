"""*Drift*: what was changed in the target by hand, read when asked for, and repaired by a cycle."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from looop_gui.model.connection import Connection
from looop_gui.model.drift import DriftReport
from looop_gui.model.job import Cycle, CycleEnd, CycleProgress
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.links.drift_model import ACTUAL, ATTRIBUTE, EXPECTED, DriftModel
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.confirm import ConfirmDialog
from looop_gui.ui.widgets.empty_state import EmptyState
from looop_gui.ui.widgets.labels import prose
from looop_gui.ui.widgets.loading_bar import LoadingBar
from looop_gui.ui.widgets.plain_delegate import PlainDelegate
from looop_gui.ui.widgets.table import Table


class DriftTab(QWidget):
    """`failed` carries an error, `link_wanted` the source id of a line that was opened."""

    failed = Signal(object)
    link_wanted = Signal(str)

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__()
        self._desk = desk
        self._id = connection_id
        self._tasks = Tasks(self)
        self._checking: asyncio.Task[DriftReport] | None = None
        self.report: DriftReport | None = None
        self.sentence = prose("", muted=True)
        self.model = DriftModel(desk.theme, self)
        self.table = Table(self.tr("What differs in the target"))
        self.table.show_model(
            self.model, (160, 110, 0, 0, 0), sharing=(ATTRIBUTE, EXPECTED, ACTUAL)
        )
        self.table.setItemDelegate(PlainDelegate(desk.theme, self.table))
        self.loading = LoadingBar(desk.theme)
        self.check_button = button(desk.theme, self.tr("Check now"), self.check, icon="scan-search")
        self.repair_button = button(
            desk.theme, self.tr("Repair all…"), self._ask_repair, icon="pencil"
        )
        self.repair_button.setEnabled(False)
        self.empty = EmptyState(
            desk.theme,
            "scan-search",
            self.tr("Was something changed in the target?"),
            self.tr(
                "The check compares all linked people and groups, with their members, with what "
                "the last cycle left. Nothing is written."
            ),
            self.tr("Check now"),
            self.check,
        )
        self._lay_out()
        self.table.activated.connect(lambda _index: self._open())

    def check(self) -> None:
        """Compare the target now."""
        if self._checking is not None and not self._checking.done():
            return
        self._begin(self.tr("Comparing the target"), can_cancel=True)
        checking = self._desk.services.drift.check(self._id, self._show_progress)
        self._checking = self._tasks.start(checking, self._show, self._fail, replace="check")
        self._checking.add_done_callback(lambda _task: self._end())

    def cancel(self) -> None:
        """Stop comparing; what was found before stays."""
        if self._checking is not None:
            self._checking.cancel()

    def _show_progress(self, progress: CycleProgress) -> None:
        self.loading.progress(progress.done, progress.total)

    def _show(self, report: DriftReport) -> None:
        self.report = report
        listed = (*report.objects, *report.normalised)
        self.model.show_objects(listed)
        self._stack.setCurrentWidget(self._found)
        self.table.setVisible(bool(listed))
        self.repair_button.setEnabled(bool(report.repairable))
        compared = self.tr("Compared: {0} people, {1} groups.").format(
            formats.count(report.users), formats.count(report.groups)
        )
        words = report.sentence or self.tr("Nothing differs in the target.")
        unread = ""
        if report.unread:
            unread = self.tr("Could not be read: {0}.").format(formats.count(report.unread))
        self.sentence.setText(" ".join(part for part in (words, compared, unread) if part))

    def _ask_repair(self) -> None:
        self._tasks.start(self._desk.services.connections.get(self._id), self._confirm)

    def _confirm(self, connection: Connection) -> None:
        number = formats.count(self.report.repairable) if self.report is not None else ""
        ConfirmDialog(
            self._desk.theme,
            self.window(),
            question=self.tr("Repair what differs?"),
            sentence=self.tr(
                "A cycle begins that compares again and writes what differs: now {0}. Who is gone "
                "is matched or created again. The guards of this connection hold for it."
            ).format(number),
            verb=self.tr("Repair"),
            on_confirm=self._repair,
            name_to_type=connection.name if connection.production else "",
            destructive=connection.production,
        ).open()

    def _repair(self) -> None:
        self._begin(self.tr("A cycle repairs what differs"), can_cancel=False)
        repairing = self._desk.services.drift.repair(self._id)
        task = self._tasks.start(repairing, self._repaired, self._fail, replace="repair")
        task.add_done_callback(lambda _task: self._end())

    def _repaired(self, cycle: Cycle) -> None:
        words = cycle.sentence or self.tr("Nothing differed any more.")
        self._desk.say(words, "", None)
        if cycle.ended_by is CycleEnd.COMPLETED:
            self.check()
        else:
            self.sentence.setText(words)

    def _begin(self, words: str, *, can_cancel: bool) -> None:
        self.loading.begin(words, self.cancel if can_cancel else None)
        self.check_button.setEnabled(False)
        self.repair_button.setEnabled(False)

    def _end(self) -> None:
        self.loading.end()
        self.check_button.setEnabled(True)
        self.repair_button.setEnabled(self.report is not None and self.report.repairable > 0)

    def _fail(self, error: Exception) -> None:
        self.failed.emit(error)

    def _open(self) -> None:
        row = self.model.row_at(self.table.current_row())
        if row is not None:
            self.link_wanted.emit(row.found.source_id)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.sentence, 1)
        top.addWidget(self.repair_button)
        top.addWidget(self.check_button)
        self._found = QWidget()
        inner = QVBoxLayout(self._found)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(GRID)
        inner.addLayout(top)
        inner.addWidget(self.table, 1)
        inner.addStretch(0)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._found)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2 * GRID, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.loading)
        layout.addWidget(self._stack, 1)
