"""The choice of a run to undo. Nothing is written here: it leads to the plan of the undo."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QListWidgetItem, QWidget

from looop_gui.model.job import CycleKind
from looop_gui.model.undo import UndoableRun
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.palettes import Role
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.undo_argument import UndoArgument
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.dialog_layout import dialog_foot, dialog_layout
from looop_gui.ui.widgets.labels import prose
from looop_gui.ui.widgets.plain_list import PlainList

RUN_ROLE = Qt.ItemDataRole.UserRole


class UndoDialog(QDialog):
    """Opened with `open()`. The latest run is chosen at first."""

    def __init__(self, desk: Desk, connection_id: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Undo a run"))
        self.resize(640, 400)
        self._desk = desk
        self._tasks = Tasks(self)
        self.runs = PlainList(self.tr("Runs that can be undone"))
        self.runs.itemActivated.connect(self._choose)
        self.runs.currentItemChanged.connect(self._show_button)
        self.empty = prose(
            self.tr("No run has written anything that is kept, so there is nothing to undo."),
            muted=True,
        )
        self.empty.hide()
        self.disable = QCheckBox(
            self.tr("Disable people whom the run created, instead of deleting them")
        )
        self.plan_button = button(
            desk.theme, self.tr("Make the plan"), self._choose, icon="eye", look="primary"
        )
        self.plan_button.setEnabled(False)
        self.cancel_button = button(desk.theme, self.tr("Cancel"), self.reject)
        self._lay_out()
        self._tasks.start(desk.services.undo.runs(connection_id), self._show, replace="runs")

    def _show(self, runs: list[UndoableRun]) -> None:
        theme = self._desk.theme
        for run in runs:
            item = QListWidgetItem(self._words(run))
            self.runs.dress(theme, item, "undo-2", Role.TEXT_MUTED)
            item.setToolTip(f"{formats.utc(run.cycle.began)}\n{run.cycle.sentence}".strip())
            item.setData(RUN_ROLE, run)
            self.runs.addItem(item)
        self.empty.setVisible(not runs)
        self.runs.setVisible(bool(runs))
        self.disable.setEnabled(bool(runs))
        self.runs.setCurrentRow(0)
        self.runs.setFocus()

    def _words(self, run: UndoableRun) -> str:
        cycle = run.cycle
        kinds = {
            CycleKind.INITIAL: self.tr("Initial cycle"),
            CycleKind.INCREMENTAL: self.tr("Incremental cycle"),
            CycleKind.UNDO: self.tr("Undo"),
        }
        counts = cycle.users + cycle.groups
        done = (
            (self.tr("created {0}"), counts.created),
            (self.tr("updated {0}"), counts.updated),
            (self.tr("disabled {0}"), counts.disabled),
            (self.tr("deleted {0}"), counts.deleted),
        )
        parts = [words.format(formats.count(number)) for words, number in done if number]
        what = ", ".join(parts) or self.tr("only what failed or got no answer")
        when = formats.day_and_time(cycle.began)
        words = self.tr("{0} · {1} · {2}").format(when, kinds[cycle.kind], what)
        return self.tr("{0} · undone").format(words) if run.undone else words

    def _chosen(self) -> UndoableRun | None:
        item = self.runs.currentItem()
        chosen = item.data(RUN_ROLE) if item is not None else None
        return chosen if isinstance(chosen, UndoableRun) else None

    def _show_button(self) -> None:
        self.plan_button.setEnabled(self._chosen() is not None)

    def _choose(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.accept()
            argument = UndoArgument(chosen.cycle.id, self.disable.isChecked())
            self._desk.go_to("plan", argument)

    def _lay_out(self) -> None:
        layout = dialog_layout(self, self.tr("Undo a run"))
        layout.addWidget(
            prose(
                self.tr(
                    "First the plan of the undo is made; it asks the tenant and writes nothing. "
                    "What was changed since the run is listed and not touched."
                )
            )
        )
        layout.addWidget(self.runs, 1)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.disable)
        layout.addSpacing(GRID)
        layout.addLayout(dialog_foot(self.cancel_button, self.plan_button))
