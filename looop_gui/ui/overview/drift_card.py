"""What the last drift check of a cycle found and left as it is."""

from looop_gui.model.job import JobState
from looop_gui.model.provisioning_log import ProvisioningStatus
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.drift_argument import DriftArgument
from looop_gui.ui.log_argument import LogArgument
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.labels import prose


class DriftCard(Card):
    """Hidden while nothing differs, or no cycle checks it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(" ")
        self.heading.setText(self.tr("Changed in the target by hand"))
        self._desk = desk
        self._cycle_id = ""
        self.sentence = prose("")
        self.list_button = button(
            desk.theme, self.tr("Show the list"), self._show_list, icon="scroll-text"
        )
        self.check_button = button(
            desk.theme, self.tr("Check again"), self._check, icon="scan-search"
        )
        self.buttons.addWidget(self.list_button)
        self.buttons.addWidget(self.check_button)
        self.body.addWidget(self.sentence)
        self.hide()

    def show_state(self, state: JobState) -> None:
        """Show how many objects differed when it was last checked."""
        self._cycle_id = state.drift_cycle
        checked = state.drift_checked
        if checked is not None:
            words = self.tr("Linked objects that differ: {0}. Checked at {1}.").format(
                formats.count(state.drift_found), formats.day_and_time(checked)
            )
            self.sentence.setText(words)
        self.setVisible(checked is not None and state.drift_found > 0)

    def _show_list(self) -> None:
        warnings = frozenset({ProvisioningStatus.WARNING})
        argument = LogArgument(self.tr("Drift"), cycle_id=self._cycle_id, statuses=warnings)
        self._desk.go_to("provisioning_log", argument)

    def _check(self) -> None:
        self._desk.go_to("links", DriftArgument())
