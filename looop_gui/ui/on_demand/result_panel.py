"""What came of provision on demand: a line for each object, its steps as they happen, its entry."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidgetItem, QVBoxLayout, QWidget
from shiboken6 import isValid

from looop_gui.engine.on_demand_difference import on_demand_differences
from looop_gui.model.provisioning_log import (
    ProvisioningLogEntry,
    ProvisioningStatus,
    ProvisioningStep,
)
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.log_entry.entry_view import EntryView
from looop_gui.ui.on_demand.difference_table import DifferenceTable
from looop_gui.ui.signs import ACTION_SIGNS, STATUS_SIGNS, STEP_SIGNS
from looop_gui.ui.theme import COMPACT_ROW_HEIGHT, GRID
from looop_gui.ui.widgets.labels import prose
from looop_gui.ui.widgets.plain_list import PlainList
from looop_gui.ui.widgets.status_badge import StatusBadge

MOST_LINES = 6
"""How many results are seen at once: a group with its members."""

RESULT_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class OnDemandResult:
    """One object's entry; with `draft` it is of the draft, and `saved` what the saved
    configuration does, or why it does nothing."""

    entry: ProvisioningLogEntry
    write: bool
    draft: bool = False
    saved: ProvisioningLogEntry | str | None = None


class ResultPanel(QWidget):
    """`add` shows a result; `shown` is told whenever another one is looked at."""

    shown = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = desk.theme
        self.result: OnDemandResult | None = None
        self.results = PlainList(self.tr("Results, one a line"))
        self.action_badge = StatusBadge(desk.theme)
        self.status_badge = StatusBadge(desk.theme)
        self.outcome = prose("")
        self.steps = PlainList(self.tr("Steps so far"))
        self.view = EntryView(desk)
        self.difference = DifferenceTable()
        self.view.addTab(self.difference, self.tr("Draft against saved"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.results)
        layout.addWidget(self.outcome)
        layout.addWidget(self.steps, 1)
        layout.addWidget(self.view, 1)
        layout.addStretch(0)
        self.results.currentItemChanged.connect(self._show_line)
        desk.theme.changed.connect(self._repaint)

    @property
    def entry(self) -> ProvisioningLogEntry | None:
        """The entry that is shown."""
        return self.result.entry if self.result is not None else None

    def show_nothing(self) -> None:
        """Nothing was asked about whom is chosen now."""
        self.result = None
        self._hide_entry()
        self.steps.hide()
        self.results.clear()
        self.results.hide()
        self.outcome.setText(
            self.tr("Nothing was asked or sent so far. Try it without writing, or provision.")
        )
        self.shown.emit()

    def begin(self) -> None:
        """Other results come; the last one stays until then."""
        self.results.clear()

    def show_running(self) -> None:
        """The place of the result, while its steps arrive one by one."""
        self.steps.clear()
        self._hide_entry()
        self.steps.show()
        self.outcome.setText(self.tr("Each step is listed as it happens."))

    def add_step(self, step: ProvisioningStep) -> None:
        """List a step that has just happened."""
        if not isValid(self):
            return
        item = QListWidgetItem(f"{STEP_SIGNS[step.step_type].word}: {step.description}")
        item.setToolTip(step.description)
        item.setData(RESULT_ROLE, step)
        self._sign_step(item)
        self.steps.addItem(item)
        self.steps.scrollToItem(item)

    def add(self, result: OnDemandResult) -> None:
        """Add a result and show it."""
        entry = result.entry
        action, status = ACTION_SIGNS[entry.action], STATUS_SIGNS[entry.status]
        item = QListWidgetItem(f"{entry.source_name}: {action.word}, {status.word}")
        item.setData(RESULT_ROLE, result)
        self._sign_result(item)
        self.results.addItem(item)
        self.results.setCurrentItem(item)
        shown = min(self.results.count(), MOST_LINES)
        self.results.setFixedHeight(shown * (COMPACT_ROW_HEIGHT + 2) + 4)
        self.results.setVisible(self.results.count() > 1)

    def show_last(self) -> None:
        """After a failure: show again what there is."""
        if self.results.currentItem() is not None:
            self._show_line(self.results.currentItem())
        else:
            self.result = None

    def _hide_entry(self) -> None:
        for part in (self.action_badge, self.status_badge, self.view):
            part.hide()

    def _repaint(self) -> None:
        for at in range(self.steps.count()):
            self._sign_step(self.steps.item(at))
        for at in range(self.results.count()):
            self._sign_result(self.results.item(at))

    def _sign_step(self, item: QListWidgetItem) -> None:
        sign = STATUS_SIGNS[item.data(RESULT_ROLE).status]
        item.setIcon(self._theme.icon(sign.icon, sign.role))

    def _sign_result(self, item: QListWidgetItem) -> None:
        sign = STATUS_SIGNS[item.data(RESULT_ROLE).entry.status]
        item.setIcon(self._theme.icon(sign.icon, sign.role))

    def _show_line(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._show(item.data(RESULT_ROLE))

    def _show(self, result: OnDemandResult) -> None:
        entry = result.entry
        self.result = result
        self.action_badge.show_sign(ACTION_SIGNS[entry.action])
        self.status_badge.show_sign(STATUS_SIGNS[entry.status])
        self.steps.hide()
        self.view.show()
        self.view.show_entry(entry)
        words = [self._outcome(result), self._compared(result)]
        self.outcome.setText(" ".join(one for one in words if one))
        self.shown.emit()

    def _outcome(self, result: OnDemandResult) -> str:
        entry = result.entry
        if entry.error is not None and entry.status is ProvisioningStatus.FAILURE:
            return entry.error.reason
        if entry.skip_reason:
            reason = entry.error.reason if entry.error is not None else ""
            return self.tr("Nothing to do: {0}. {1}").format(entry.skip_reason, reason).strip()
        if result.write:
            return self.tr("Done. The tenant has these values now.")
        return self.tr("This is what would be sent. Nothing was written.")

    def _compared(self, result: OnDemandResult) -> str:
        """The sentence about the draft; the tab of differences goes with it."""
        saved, place = result.saved, self.view.indexOf(self.difference)
        if not isinstance(saved, ProvisioningLogEntry):
            self.view.setTabVisible(place, False)
            if saved:
                return self.tr("The saved configuration does nothing here: {0}").format(saved)
            return ""
        found = on_demand_differences(saved, result.entry)
        self.difference.show_differences(found)
        self.view.setTabVisible(place, bool(found))
        if not found:
            return self.tr("The draft does the same as the saved configuration.")
        self.view.setCurrentWidget(self.difference)
        count = formats.count(len(found))
        return self.tr("Differences from the saved configuration: {0}.").format(count)
