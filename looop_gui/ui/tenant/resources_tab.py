"""The users or groups that have arrived, with their attributes."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QItemSelection
from PySide6.QtWidgets import QVBoxLayout, QWidget

from looop_gui.scim.messages import JsonObject
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.tenant.resource_model import ReadPage, ResourceModel, flattened, resource_name
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.empty_state import EmptyState
from looop_gui.ui.widgets.inspector import Inspector, InspectorSplitter
from looop_gui.ui.widgets.key_values import KeyValues
from looop_gui.ui.widgets.labels import caption
from looop_gui.ui.widgets.plain_delegate import PlainDelegate
from looop_gui.ui.widgets.scroll import scrolled
from looop_gui.ui.widgets.search_field import SearchField
from looop_gui.ui.widgets.searched_list import SearchedList
from looop_gui.ui.widgets.table import Table

ReadOne = Callable[[str], Coroutine[Any, Any, JsonObject]]
MOST_SHOWN = 300
"""A group may have more members than anybody reads."""


class ResourcesTab(QWidget):
    """A searchable list and the attributes of the selected resource beside it."""

    def __init__(self, desk: Desk, read_page: ReadPage, read_one: ReadOne, *, users: bool) -> None:
        super().__init__()
        self._read_one = read_one
        self._tasks = Tasks(self)
        words = self.tr("Search users") if users else self.tr("Search groups")
        self.search = SearchField(desk.theme, words)
        self.model = ResourceModel(desk.theme, read_page, self, users=users)
        self.table = Table(self.tr("Users of the tenant") if users else self.tr("Groups"))
        self.table.show_model(
            self.model, (190, 220, 96, 120, 0), optional=(3, 4, 1) if users else (4,)
        )
        if not users:
            self.table.setColumnHidden(1, True)
            self.table.setColumnHidden(2, True)
        self.table.setItemDelegate(PlainDelegate(desk.theme, self.table))
        self.inspector = Inspector(desk.theme)
        self.facts = KeyValues()
        self.inspector.body.addWidget(scrolled(self.facts, margin=2 * GRID), 1)
        self.count_label = caption("")
        icon = "user-round" if users else "users-round"
        self.empty = EmptyState(
            desk.theme,
            icon,
            self.tr("Nobody has arrived yet") if users else self.tr("No group has arrived yet"),
            self.tr("Run a cycle: what is provisioned appears here, as an admin of Looop sees it."),
        )
        self._lay_out(desk, users)
        self.search.searched.connect(self.model.read)
        self.model.counted.connect(self._show_count)
        self.table.selectionModel().selectionChanged.connect(self._show_selected)
        self.inspector.closed.connect(self.table.clearSelection)

    def read(self) -> None:
        """Read the list again."""
        self.model.read(self.search.text().strip())

    def _show_count(self, total: int) -> None:
        self.count_label.setText(formats.count(total))
        searching = bool(self.search.text().strip())
        self._list.show_table(bool(total) or searching)

    def _show_selected(self, selected: QItemSelection, _deselected: QItemSelection) -> None:
        indexes = selected.indexes()
        row = self.model.row_at(indexes[0].row()) if indexes else None
        if row is not None:
            self.inspector.show_heading(resource_name(row), row.id)
            self._show_attributes(row.attributes)
            self._tasks.start(self._read_one(row.id), self._show_attributes, replace="one")

    def _show_attributes(self, attributes: JsonObject) -> None:
        pairs = [pair for pair in flattened(attributes) if pair[0] != "schemas"]
        self.facts.show_values(pairs[:MOST_SHOWN])

    def _lay_out(self, desk: Desk, users: bool) -> None:
        self._list = SearchedList(self.search, self.table, self.empty, tools=(self.count_label,))
        name = "tenant_users" if users else "tenant_groups"
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2 * GRID, 0, 0)
        layout.addWidget(InspectorSplitter(name, self._list, self.inspector, desk.settings))
