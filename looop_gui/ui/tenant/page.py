"""The page *Tenant* of a demo connection: Looop's admin console, as section a.1 describes it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QTabWidget

from looop_gui.model.directory import ObjectType
from looop_gui.scim.messages import JsonObject
from looop_gui.ui.desk import Desk
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.tenant.integration_tab import IntegrationTab
from looop_gui.ui.tenant.resources_tab import ResourcesTab
from looop_gui.ui.tenant.switches_tab import SwitchesTab
from looop_gui.ui.widgets.banner import Tone
from looop_gui.ui.widgets.empty_state import EmptyState
from looop_gui.ui.widgets.page import Page

if TYPE_CHECKING:
    from looop_gui.model.secret import SecretText
    from looop_gui.services import tenants
    from looop_gui.services.tenants import TenantInfo

LIVE_MILLISECONDS = 2_000


class TenantPage(Page):
    """The tenant's id is the connection's. While it is shown, lists follow the tenant."""

    help_topic = "tenant"

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__(desk.theme, "")
        self.header.set_title(self.tr("Tenant"))
        self.header.set_sentence(self.tr("The admin console of the demo tenant."))
        self._desk = desk
        self._id = connection_id
        self._tenants = desk.services.tenants
        self.tasks = Tasks(self)
        self.integration = IntegrationTab(desk.theme)
        self.users = ResourcesTab(desk, self._read_users, self._read_user, users=True)
        self.groups = ResourcesTab(desk, self._read_groups, self._read_group, users=False)
        self.switches = SwitchesTab()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for tab, words in (
            (self.integration, self.tr("SCIM Integration")),
            (self.users, self.tr("Users")),
            (self.groups, self.tr("Groups")),
            (self.switches, self.tr("Faults and quirks")),
        ):
            self.tabs.addTab(tab, words)
        self.stopped = EmptyState(
            desk.theme,
            "power-off",
            self.tr("The tenant is stopped"),
            self.tr("It runs as a process of its own beside this window; its people are kept."),
            self.tr("Start the tenant"),
            self._start,
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.tabs)
        self._stack.addWidget(self.stopped)
        self.body.addWidget(self._stack, 1)
        self._live = QTimer(self, interval=LIVE_MILLISECONDS)
        self._live.timeout.connect(self._follow)
        self._connect()

    def refresh(self) -> None:
        """Ask how the tenant stands, and follow it."""
        self.tasks.start(self._tenants.info(self._id), self._show_info, replace="info")
        self._live.start()

    def leave(self) -> None:
        """Follow it no more; a token that was shown is shown no more."""
        self._live.stop()
        self.integration.hide_token()

    def focus_search(self) -> None:
        """Search in the list that is shown."""
        tab = self.tabs.currentWidget()
        if isinstance(tab, ResourcesTab):
            tab.search.setFocus()

    async def _read_users(self, text: str, offset: int, limit: int) -> tenants.TenantPage:
        return await self._tenants.users(self._id, text, offset, limit, newest_first=True)

    async def _read_groups(self, text: str, offset: int, limit: int) -> tenants.TenantPage:
        return await self._tenants.groups(self._id, text, offset, limit, newest_first=True)

    async def _read_user(self, resource_id: str) -> JsonObject:
        return await self._tenants.resource(self._id, ObjectType.USER, resource_id)

    async def _read_group(self, resource_id: str) -> JsonObject:
        return await self._tenants.resource(self._id, ObjectType.GROUP, resource_id)

    def _connect(self) -> None:
        self.integration.reset_wanted.connect(self._reset_token)
        self.integration.use_wanted.connect(self._use_token)
        self.switches.fault_wanted.connect(
            lambda text, on: self._switch(self._tenants.set_fault(self._id, text, on), "faults")
        )
        self.switches.quirk_wanted.connect(
            lambda text, on: self._switch(self._tenants.set_quirk(self._id, text, on), "quirks")
        )
        self.tabs.currentChanged.connect(lambda _tab: self._read_tab())
        self._desk.bridge.tenant_changed.connect(self._take_change)

    def _take_change(self, event: object) -> None:
        if getattr(event, "tenant_id", "") == self._id and self.isVisible():
            self.refresh()

    def _show_info(self, info: TenantInfo) -> None:
        self._stack.setCurrentWidget(self.tabs if info.running else self.stopped)
        if not info.running:
            self.header.set_sentence(self.tr("The demo tenant does not run."))
            return
        words = self.tr("{0} users and {1} groups have arrived.")
        self.header.set_sentence(words.format(info.users, info.groups))
        self.integration.show_tenant(
            info.scim_endpoint, info.organisation_domain, info.users, info.groups, info.preset
        )
        on = len(info.faults) + len(info.quirks)
        faults = self.tr("Faults and quirks ({0} on)").format(on) if on else ""
        self.tabs.setTabText(3, faults or self.tr("Faults and quirks"))
        self.tabs.setTabText(1, self.tr("Users ({0})").format(info.users))
        self.tabs.setTabText(2, self.tr("Groups ({0})").format(info.groups))
        self._read_tab()

    def _follow(self) -> None:
        """New arrivals appear while nobody looks at one."""
        self.tasks.start(self._tenants.info(self._id), self._show_info, replace="info")

    def _read_tab(self) -> None:
        tab = self.tabs.currentWidget()
        if isinstance(tab, ResourcesTab):
            if tab.inspector.isHidden() and not tab.table.verticalScrollBar().value():
                tab.read()
        elif tab is self.switches and not self.switches.faults:
            self._read_switches()

    def _read_switches(self) -> None:
        self.tasks.start(self._tenants.faults(self._id), self.switches.show_faults)
        self.tasks.start(self._tenants.quirks(self._id), self.switches.show_quirks)

    def _switch(self, switching: Coroutine[Any, Any, Any], kind: str) -> None:
        shows: dict[str, Callable[[Any], None]] = {
            "faults": self.switches.show_faults,
            "quirks": self.switches.show_quirks,
        }
        self.tasks.start(switching, shows[kind], self._refuse_switch)

    def _refuse_switch(self, error: Exception) -> None:
        self.show_failure(error)
        self._read_switches()

    def _start(self) -> None:
        self.loading.begin(self.tr("Starting the tenant"))
        self.tasks.start(self._tenants.start(self._id), lambda _tenant: self._started())

    def _started(self) -> None:
        self.loading.end()
        self.refresh()

    def _reset_token(self) -> None:
        self.tasks.start(self._tenants.reset_token(self._id), self._show_token)

    def _show_token(self, token: SecretText) -> None:
        self.integration.show_token(token.reveal())
        self.banner.clear()

    def _use_token(self, token: str) -> None:
        async def use() -> None:
            connections = self._desk.services.connections
            connection = await connections.get(self._id)
            await connections.set_token(self._id, token, connection.target.token_storage)

        words = self.tr("The connection uses the new token from now on.")
        self.tasks.start(use(), lambda _none: self.banner.say(Tone.SUCCESS, words))
