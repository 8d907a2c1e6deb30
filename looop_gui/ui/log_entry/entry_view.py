"""The tabs of one log entry: steps, changes, troubleshooting, explanation, HTTP."""

from PySide6.QtWidgets import QTabWidget, QWidget

from looop_gui.model.provisioning_log import ProvisioningLogEntry, ProvisioningStatus
from looop_gui.ui.desk import Desk
from looop_gui.ui.log_entry.entry_tabs import PropertiesTab, StepsTab, TroubleshootingTab
from looop_gui.ui.log_entry.explain_tab import ExplainTab
from looop_gui.ui.log_entry.http_tab import HttpTab


class EntryView(QTabWidget):
    """`show_entry` fills all tabs; a failure begins with its troubleshooting."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps = StepsTab(desk.theme)
        self.properties = PropertiesTab(desk.theme)
        self.troubleshooting = TroubleshootingTab(desk.theme, desk.go_to)
        self.explain = ExplainTab(desk)
        self.http = HttpTab(desk.theme)
        self.setDocumentMode(True)
        self.setProperty("look", "narrow")
        self.tabBar().setExpanding(False)
        self.setUsesScrollButtons(True)
        for tab, words in (
            (self.steps, self.tr("Steps")),
            (self.properties, self.tr("Changes")),
            (self.troubleshooting, self.tr("Troubleshooting")),
            (self.explain, self.tr("Explain")),
            (self.http, self.tr("HTTP")),
        ):
            self.addTab(tab, words)

    def show_entry(self, entry: ProvisioningLogEntry) -> None:
        """Show an entry."""
        self.steps.show_steps(entry.steps)
        self.properties.show_properties(entry.modified_properties)
        self.troubleshooting.show_entry(entry)
        self.explain.show_entry(entry)
        self.http.show_exchanges(entry.exchanges)
        changes = len(entry.modified_properties)
        words = self.tr("Changes ({0})").format(changes) if changes else self.tr("Changes")
        self.setTabText(self.indexOf(self.properties), words)
        if entry.status is ProvisioningStatus.FAILURE and self.currentWidget() is self.steps:
            self.setCurrentWidget(self.troubleshooting)
