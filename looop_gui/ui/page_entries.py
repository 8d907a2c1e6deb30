"""The pages of a connection, in the order of the side bar; each is imported when first shown."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from looop_gui.ui.desk import Desk
from looop_gui.ui.widgets.page import Page


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One line of the side bar. `make` imports the page's folder and builds the page."""

    key: str
    icon: str
    source_title: str
    make: Callable[[Desk, str], Page]
    demo_only: bool = False

    @property
    def title(self) -> str:
        """The title in the language of the window."""
        return QCoreApplication.translate("Pages", self.source_title)


def _overview(desk: Desk, connection_id: str) -> Page:
    from looop_gui.ui.overview.page import OverviewPage

    return OverviewPage(desk, connection_id)


def _directory(desk: Desk, connection_id: str) -> Page:
    from looop_gui.ui.directory.page import DirectoryPage

    return DirectoryPage(desk, connection_id)


def _mappings(desk: Desk, connection_id: str) -> Page:
    from looop_gui.ui.mappings.page import MappingsPage

    return MappingsPage(desk, connection_id)


def _scope(desk: Desk, connection_id: str) -> Page:
    from looop_gui.ui.scope.page import ScopePage

    return ScopePage(desk, connection_id)


def _on_demand(desk: Desk, connection_id: str) -> Page:
    from looop_gui.ui.on_demand.page import OnDemandPage

    return OnDemandPage(desk, connection_id)


def _plan(desk: Desk, connection_id: str) -> Page:
    from looop_gui.ui.plan.page import PlanPage

    return PlanPage(desk, connection_id)


def _provisioning_log(desk: Desk, connection_id: str) -> Page:
    from looop_gui.ui.provisioning_log.page import ProvisioningLogPage

    return ProvisioningLogPage(desk, connection_id)


def _links(desk: Desk, connection_id: str) -> Page:
    from looop_gui.ui.links.page import LinksPage

    return LinksPage(desk, connection_id)


def _tenant(desk: Desk, connection_id: str) -> Page:
    from looop_gui.ui.tenant.page import TenantPage

    return TenantPage(desk, connection_id)


def _settings(desk: Desk, connection_id: str) -> Page:
    from looop_gui.ui.settings.page import SettingsPage

    return SettingsPage(desk, connection_id)


PAGES = (
    PageEntry("overview", "gauge", "Overview", _overview),
    PageEntry("directory", "users-round", "Users and groups", _directory),
    PageEntry("mappings", "arrow-right-left", "Attribute mapping", _mappings),
    PageEntry("scope", "funnel", "Scope", _scope),
    PageEntry("plan", "eye", "Plan", _plan),
    PageEntry("on_demand", "user-search", "Provision on demand", _on_demand),
    PageEntry("provisioning_log", "scroll-text", "Provisioning log", _provisioning_log),
    PageEntry("links", "link", "Links", _links),
    PageEntry("tenant", "building-2", "Tenant", _tenant, demo_only=True),
    PageEntry("settings", "settings-2", "Settings", _settings),
)


def shortcut_of(entry: PageEntry) -> str:
    """Ctrl and the place of the page among all pages; the tenth has 0."""
    return f"Ctrl+{(PAGES.index(entry) + 1) % 10}"
