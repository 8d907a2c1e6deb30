"""The shortcuts of the provisioning log, beside those of its saved views (Alt+1 to Alt+9)."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from looop_gui.model.directory import ObjectType
from looop_gui.model.provisioning_log import ProvisioningStatus
from looop_gui.ui.provisioning_log.filter_bar import FilterBar

MORE, CLEAR, SAVE, EXPORT, CENSUS = (
    "Ctrl+Shift+F",
    "Ctrl+Shift+X",
    "Ctrl+Shift+S",
    "Ctrl+Shift+E",
    "Ctrl+Shift+K",
)
STATUS_KEYS = {
    ProvisioningStatus.SUCCESS: "Alt+Shift+S",
    ProvisioningStatus.WARNING: "Alt+Shift+W",
    ProvisioningStatus.FAILURE: "Alt+Shift+F",
    ProvisioningStatus.SKIPPED: "Alt+Shift+K",
}
TYPE_KEYS = {ObjectType.USER: "Alt+Shift+P", ObjectType.GROUP: "Alt+Shift+G"}
ACTION_KEY, TIME_KEY = "Alt+Shift+A", "Alt+Shift+T"


class LogTools(Protocol):
    """What the shortcuts call besides the filters."""

    def open_filters(self) -> None:
        """Ask for more filters."""

    def open_export(self) -> None:
        """Ask for an export."""

    def toggle_census(self) -> None:
        """Show or hide the census."""

    def save_view(self) -> None:
        """Keep the filter as a view."""


def give_keys(owner: QWidget, filters: FilterBar, tools: LogTools) -> None:
    """Make the shortcuts; each chip says its own in its tool tip."""
    for status, keys in STATUS_KEYS.items():
        chip = filters.status_chips[status]
        chip.setToolTip(keys)
        _on(owner, keys, chip.click)
    for kind, keys in TYPE_KEYS.items():
        filters.type_chips[kind].setToolTip(keys)
        _on(owner, keys, filters.type_chips[kind].click)
    for chip, keys in ((filters.action_chip, ACTION_KEY), (filters.time_chip, TIME_KEY)):
        chip.setToolTip(keys)
        _on(owner, keys, chip.showMenu)
    filters.more_chip.setToolTip(MORE)
    filters.clear_button.setToolTip(CLEAR)
    _on(owner, CLEAR, filters.clear)
    _on(owner, MORE, tools.open_filters)
    _on(owner, EXPORT, tools.open_export)
    _on(owner, CENSUS, tools.toggle_census)
    _on(owner, SAVE, tools.save_view)


def _on(owner: QWidget, keys: str, action: Callable[[], object]) -> None:
    QShortcut(QKeySequence(keys), owner).activated.connect(action)
