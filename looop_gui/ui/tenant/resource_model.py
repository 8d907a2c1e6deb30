"""Users or groups that have arrived in the tenant, read in pages as the reader scrolls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QWidget

from looop_gui.scim.messages import JsonObject
from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import Theme
from looop_gui.ui.widgets.growing_rows import GrowingRows

if TYPE_CHECKING:
    from looop_gui.services.tenants import TenantPage, TenantRow

NAME, USER_NAME, ACTIVE, EXTERNAL_ID, CHANGED = range(5)
ReadPage = Callable[[str, int, int], "Awaitable[TenantPage]"]
"""Text to search for, offset, limit."""


class ResourceModel(GrowingRows["TenantRow"]):
    """Those that fit a search."""

    def __init__(self, theme: Theme, read_page: ReadPage, owner: QWidget, *, users: bool) -> None:
        super().__init__(owner)
        self._theme = theme
        self._read_page = read_page
        self._users = users
        self._text = ""

    def read(self, text: str = "") -> None:
        """Read the first page of those that have the text."""
        self._text = text
        self.read_first(text)

    def page(self, offset: int, limit: int) -> Awaitable[TenantPage]:
        """A page of those that have the text."""
        return self._read_page(self._text, offset, limit)

    def titles(self) -> tuple[str, ...]:
        """The names of the columns."""
        return (
            self.tr("Name"),
            self.tr("userName"),
            self.tr("Active"),
            self.tr("externalId"),
            self.tr("Changed"),
        )

    def words(self, row: TenantRow, column: int) -> str:
        """The text of a cell; whether it is active is said of people only."""
        match column:
            case 0:
                return resource_name(row)
            case 1:
                return row.user_name
            case 2:
                if not self._users:
                    return ""
                return self.tr("active") if row.active else self.tr("disabled")
            case 3:
                return row.external_id
            case _:
                return row.last_modified.replace("T", " ")[:19]

    def icon(self, row: TenantRow, column: int) -> QIcon | None:
        """Whether a person is active."""
        if column != ACTIVE or not self._users:
            return None
        if row.active:
            return self._theme.cell_icon("circle-check", Role.SUCCESS)
        return self._theme.cell_icon("ban", Role.WARNING)

    def colour(self, row: TenantRow, column: int) -> QColor:
        """What tells nobody apart steps back."""
        muted = column in (EXTERNAL_ID, CHANGED)
        return self._theme.colour(Role.TEXT_MUTED if muted else Role.TEXT)


def resource_name(row: TenantRow) -> str:
    """What to call a user or group: Looop's users have a name and no displayName."""
    name = row.attributes.get("name")
    if not row.display_name.strip() or row.display_name == row.user_name:
        if isinstance(name, dict):
            parts = (name.get("givenName"), name.get("familyName"))
            whole = name.get("formatted") or " ".join(str(part) for part in parts if part)
            return str(whole) or row.user_name
        return row.user_name
    return row.display_name


def flattened(resource: JsonObject, prefix: str = "") -> list[tuple[str, str]]:
    """The attributes of a resource as paths and texts, as the mappings name them."""
    pairs: list[tuple[str, str]] = []
    for name, value in resource.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict):
            pairs += flattened(value, f"{path}:" if path.startswith("urn:") else f"{path}.")
        elif isinstance(value, list):
            pairs += _listed(path, value)
        else:
            pairs.append((path, _text(value)))
    return pairs


def _listed(path: str, values: list[object]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for value in values:
        if isinstance(value, dict):
            kind = f'[type eq "{value["type"]}"]' if "type" in value else ""
            words = value.get("display") or value.get("value")
            pairs.append((f"{path}{kind}", _text(words)))
        else:
            pairs.append((path, _text(value)))
    return pairs


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
