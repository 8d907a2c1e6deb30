"""Users or groups that have arrived in the tenant, read in pages as the reader scrolls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from looop_gui.scim.messages import JsonObject
from looop_gui.ui.palettes import Role
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import Theme
from looop_gui.ui.widgets.rows_model import AnyIndex, RowsModel

if TYPE_CHECKING:
    from looop_gui.services.tenants import TenantPage, TenantRow

PAGE_ROWS = 200
NAME, USER_NAME, ACTIVE, EXTERNAL_ID, CHANGED = range(5)
ReadPage = Callable[[str, int, int], "Awaitable[TenantPage]"]
"""Text to search for, offset, limit."""


class ResourceModel(RowsModel["TenantRow"]):
    """`counted` carries how many there are in all."""

    counted = Signal(int)

    def __init__(self, theme: Theme, read_page: ReadPage, owner: QWidget, *, users: bool) -> None:
        super().__init__(owner)
        self._theme = theme
        self._read_page = read_page
        self._tasks = Tasks(owner)
        self._users = users
        self._rows: list[TenantRow] = []
        self._total = 0
        self._text = ""
        self._reading = False

    def read(self, text: str = "") -> None:
        """Read the first page of those that have the text."""
        self._text = text
        self._reading = True
        self._tasks.start(self._page(0), self._take_first, self._stop_reading, replace="rows")

    def canFetchMore(self, parent: AnyIndex) -> bool:
        """Whether there are more in the tenant."""
        return not parent.isValid() and len(self._rows) < self._total and not self._reading

    def fetchMore(self, parent: AnyIndex) -> None:
        """Read the next page."""
        if self.canFetchMore(parent):
            self._reading = True
            self._tasks.start(
                self._page(len(self._rows)), self._take_more, self._stop_reading, replace="rows"
            )

    def titles(self) -> tuple[str, ...]:
        """The names of the columns."""
        return (
            self.tr("Name"),
            self.tr("userName"),
            self.tr("Active"),
            self.tr("externalId"),
            self.tr("Changed"),
        )

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words and icons of a cell."""
        row = self.row_at(index.row()) if index.isValid() else None
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(row, index.column())
        if role == Qt.ItemDataRole.DecorationRole and index.column() == ACTIVE and self._users:
            if row.active:
                return self._theme.icon("circle-check", Role.SUCCESS)
            return self._theme.icon("ban", Role.WARNING)
        if role == Qt.ItemDataRole.ForegroundRole:
            muted = index.column() in (EXTERNAL_ID, CHANGED)
            return self._theme.colour(Role.TEXT_MUTED if muted else Role.TEXT)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._words(row, index.column())
        return None

    def _words(self, row: TenantRow, column: int) -> str:
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

    async def _page(self, offset: int) -> tuple[str, TenantPage]:
        text = self._text
        return text, await self._read_page(text, offset, PAGE_ROWS)

    def _take_first(self, answer: tuple[str, TenantPage]) -> None:
        text, page = answer
        if text != self._text:
            return
        self.beginResetModel()
        self._rows = list(page.rows)
        self._total = page.total
        self._reading = False
        self.endResetModel()
        self.counted.emit(page.total)

    def _take_more(self, answer: tuple[str, TenantPage]) -> None:
        text, page = answer
        if text != self._text or not page.rows:
            self._reading = False
            return
        start = len(self._rows)
        self.beginInsertRows(QModelIndex(), start, start + len(page.rows) - 1)
        self._rows += page.rows
        self._total = page.total
        self.endInsertRows()
        self._reading = False

    def _stop_reading(self, error: Exception) -> None:
        self._reading = False
        raise error


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
