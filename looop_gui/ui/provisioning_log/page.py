"""The page *Provisioning log* of a connection."""

from looop_gui.ui.desk import Desk
from looop_gui.ui.log_argument import LogArgument
from looop_gui.ui.provisioning_log.log_view import ProvisioningLogView
from looop_gui.ui.result_export import ResultExport
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.undo_argument import UndoArgument
from looop_gui.ui.widgets.page import Page


class ProvisioningLogPage(Page):
    """`show_argument` takes a `LogArgument` or a person's source id."""

    help_topic = "provisioning-log"

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__(desk.theme, "")
        self._desk = desk
        self.header.set_title(self.tr("Provisioning log"))
        self.header.set_sentence(self.tr("Every person and group of every cycle."))
        self.view = ProvisioningLogView(desk, connection_id)
        self.body.addWidget(self.view, 1)
        self.tasks = Tasks(self)
        self.results = ResultExport(self, desk, self.tasks, connection_id)
        self.result_button = self.header.add_action(
            self.tr("Export the result of this cycle"), self._export_result, "download"
        )
        self.result_button.hide()
        self.undo_button = self.header.add_action(
            self.tr("Undo this run…"), self._undo_run, "undo-2"
        )
        self.undo_button.hide()
        self.view.filters.changed.connect(self._offer_result)

    def _offer_result(self) -> None:
        """A cycle that is shown alone has a result, and may be undone."""
        alone = bool(self.view.filters.log_filter.cycle_id)
        self.result_button.setVisible(alone)
        self.undo_button.setVisible(alone)

    def _undo_run(self) -> None:
        """Have the undo planned; the plan's page says so where nothing can be undone."""
        cycle_id = self.view.filters.log_filter.cycle_id
        self._desk.go_to("plan", UndoArgument(cycle_id))

    def _export_result(self) -> None:
        self.results.ask(self.view.filters.log_filter.cycle_id)

    def focus_search(self) -> None:
        """Search in the log."""
        self.view.filters.search.setFocus()

    def show_argument(self, argument: object) -> None:
        """Narrow the log to a person, a cycle or a status."""
        if isinstance(argument, LogArgument):
            self.view.filters.narrow(
                argument.words,
                source_id=argument.source_id,
                cycle_id=argument.cycle_id,
                statuses=argument.statuses,
                actions=argument.actions,
            )
        elif isinstance(argument, str) and argument:
            self.view.filters.narrow(self.tr("One person or group"), source_id=argument)
