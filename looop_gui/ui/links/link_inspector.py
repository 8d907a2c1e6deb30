"""The details of a link: both sides, attribute by attribute, and what can be done about it."""

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QHeaderView, QVBoxLayout

from looop_gui.engine.link_comparison import LinkComparison
from looop_gui.services.link_comparison import LinkRow
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.links.comparison_model import ATTRIBUTE, SOURCE, ComparisonModel
from looop_gui.ui.links.side_signs import SIDE_SIGNS
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.buttons import button, link_button, primary_button
from looop_gui.ui.widgets.error_panel import describe
from looop_gui.ui.widgets.flow_layout import FlowLayout
from looop_gui.ui.widgets.inspector import Inspector
from looop_gui.ui.widgets.labels import problem as problem_label
from looop_gui.ui.widgets.labels import prose, say_problem
from looop_gui.ui.widgets.plain_delegate import PlainDelegate
from looop_gui.ui.widgets.table import Table

ATTRIBUTE_WIDTH = 150
"""Room for most names; wider ones are elided, or the column is made wider."""


class LinkInspector(Inspector):
    """Says what the person wants with a source id and a name: the page carries it out."""

    unlink_wanted = Signal(str, str)
    rematch_wanted = Signal(str, str)
    repair_wanted = Signal(str, str)

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._id = connection_id
        self._tasks = Tasks(self)
        self.row: LinkRow | None = None
        self.comparison: LinkComparison | None = None
        self.sentence = prose("", muted=True)
        self.problem = problem_label()
        self.model = ComparisonModel(desk.theme, self)
        self.table = Table(self.tr("Source, expected and actual values"), compact=True)
        self.table.show_model(self.model, (ATTRIBUTE_WIDTH, 80, 80, 80), optional=(SOURCE,))
        columns = self.table.horizontalHeader()
        columns.setStretchLastSection(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        columns.setSectionResizeMode(ATTRIBUTE, QHeaderView.ResizeMode.Interactive)
        self.table.setItemDelegate(PlainDelegate(desk.theme, self.table))
        self.repair_button = primary_button(
            desk.theme, self.tr("Repair"), lambda: self._emit(self.repair_wanted)
        )
        self.rematch_button = button(
            desk.theme, self.tr("Match again"), lambda: self._emit(self.rematch_wanted)
        )
        self.unlink_button = button(
            desk.theme, self.tr("Unlink"), lambda: self._emit(self.unlink_wanted)
        )
        self.log_button = link_button(desk.theme, self.tr("Log entries"), self._open_log)
        self._lay_out()

    def show_row(self, row: LinkRow) -> None:
        """Show a link and read its account."""
        if self.row is None or self.row.link.source_id != row.link.source_id:
            self.comparison = None
            self.model.show_rows(())
            self.sentence.setText(self.tr("Reading the account in the target"))
        self.row = row
        say_problem(self.problem, "")
        self.show_heading(row.source_name, row.link.source_id)
        self.repair_button.setEnabled(False)
        comparing = self._desk.services.links.compare(self._id, row.link.source_id)
        self._tasks.start(comparing, self._show_comparison, self._fail, replace="compare")

    def forget(self) -> None:
        """The link is there no more."""
        self.row = None
        self.comparison = None
        self.hide()

    def _show_comparison(self, comparison: LinkComparison) -> None:
        if self.row is None or comparison.link.source_id != self.row.link.source_id:
            return
        self.comparison = comparison
        self.model.show_rows(comparison.rows)
        self.repair_button.setEnabled(comparison.source_found)
        self.rematch_button.setEnabled(comparison.source_found)
        self.sentence.setText(self._words(comparison))

    def _words(self, comparison: LinkComparison) -> str:
        if not comparison.resource_found:
            return self.tr(
                "The target has no account with this id any more. Match again looks for another; "
                "Repair makes one where the object is in scope."
            )
        if not comparison.source_found:
            words = self.tr("The source has this object no more, so nothing is expected.")
            return f"{self._waits(comparison)} {words}".strip()
        source = SIDE_SIGNS[self.row.source].word if self.row is not None else ""
        number = comparison.differences
        words = self.tr("In the source: {0}. Both sides agree.").format(source.lower())
        if number:
            words = self.tr("In the source: {0}. Attributes that differ: {1}.")
            words = words.format(source.lower(), number)
        return f"{self._waits(comparison)} {words}".strip()

    def _waits(self, comparison: LinkComparison) -> str:
        since = comparison.link.leaving_since
        if since is None:
            return ""
        return self.tr("Waits to be deleted since {0}.").format(formats.day_and_time(since))

    def _fail(self, error: Exception) -> None:
        what, why, safe, next_step = describe(error)
        self.sentence.setText("")
        words = " ".join(part for part in (what, why, safe, next_step) if part)
        say_problem(self.problem, words)

    def _emit(self, signal: SignalInstance) -> None:
        if self.row is not None:
            signal.emit(self.row.link.source_id, self.row.source_name)

    def _open_log(self) -> None:
        if self.row is not None:
            self._desk.go_to("provisioning_log", self.row.link.source_id)

    def _lay_out(self) -> None:
        layout = QVBoxLayout()
        layout.setContentsMargins(2 * GRID, 0, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        actions = FlowLayout()
        actions.setSpacing(GRID)
        for one in (
            self.repair_button,
            self.rematch_button,
            self.unlink_button,
            self.log_button,
        ):
            actions.addWidget(one)
        layout.addWidget(self.sentence)
        layout.addWidget(self.problem)
        layout.addLayout(actions)
        layout.addWidget(self.table, 1)
        self.body.addLayout(layout, 1)
