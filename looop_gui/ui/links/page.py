"""The page *Links*: which object belongs to which account, and accounts that nobody owns."""

from PySide6.QtWidgets import QTabWidget

from looop_gui.ui.desk import Desk
from looop_gui.ui.drift_argument import DriftArgument
from looop_gui.ui.links.accounts_tab import AccountsTab
from looop_gui.ui.links.drift_tab import DriftTab
from looop_gui.ui.links.link_changes import LinkChanges
from looop_gui.ui.links.links_tab import LinksTab
from looop_gui.ui.widgets.page import Page


class LinksPage(Page):
    """`show_argument` takes the id of a person or group whose link to select, or DriftArgument."""

    help_topic = "links"

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__(desk.theme, "")
        self.header.set_title(self.tr("Links"))
        self.header.set_sentence(
            self.tr("Which person or group belongs to which account of the target.")
        )
        self._id = connection_id
        self.changes = LinkChanges(desk, connection_id, self)
        self.links = LinksTab(desk, connection_id, self.changes)
        self.accounts = AccountsTab(desk, connection_id, self.changes)
        self.drift = DriftTab(desk, connection_id)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.links, self.tr("Links"))
        self.tabs.addTab(self.accounts, self.tr("Accounts in the target"))
        self.tabs.addTab(self.drift, self.tr("Drift"))
        self.body.addWidget(self.tabs, 1)
        self.changes.changed.connect(self._take_change)
        self.links.failed.connect(self.show_failure)
        self.accounts.failed.connect(self.show_failure)
        self.drift.failed.connect(self.show_failure)
        self.drift.link_wanted.connect(self.show_argument)
        self.tabs.currentChanged.connect(lambda _tab: self.refresh())
        desk.bridge.job_changed.connect(self._take_job)

    def refresh(self) -> None:
        """Read what the tab that is shown needs from the store and the source."""
        if self.tabs.currentWidget() is self.links:
            self.links.read()
        elif self.tabs.currentWidget() is self.accounts:
            self.accounts.read_people()

    def leave(self) -> None:
        """Nobody waits for the accounts any more."""
        self.accounts.cancel()
        self.drift.cancel()

    def focus_search(self) -> None:
        """Search in the tab that is shown."""
        shown = self.tabs.currentWidget()
        if shown is self.drift:
            self.drift.table.setFocus()
        else:
            (self.links if shown is self.links else self.accounts).search.setFocus()

    def show_argument(self, argument: object) -> None:
        """Select the link of a person or group, or check the drift."""
        if isinstance(argument, DriftArgument):
            self.tabs.setCurrentWidget(self.drift)
            self.drift.check()
        if isinstance(argument, str) and argument:
            self.tabs.setCurrentWidget(self.links)
            self.links.select(argument)

    def _take_change(self, source_id: str) -> None:
        self.banner.clear()
        self.accounts.follow(source_id)
        self.links.read()

    def _take_job(self, event: object) -> None:
        state = getattr(event, "state", None)
        if getattr(state, "connection_id", "") == self._id and self.links.isVisible():
            self.links.read()
