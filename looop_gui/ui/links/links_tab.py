"""All links: searched and paged from the store, with how both sides stand."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QItemSelection, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from looop_gui.model.directory import ObjectType
from looop_gui.services.link_comparison import SideState
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.links.link_changes import LinkChanges
from looop_gui.ui.links.link_inspector import LinkInspector
from looop_gui.ui.links.link_model import LinkModel
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.empty_state import EmptyState
from looop_gui.ui.widgets.flow_layout import FlowLayout
from looop_gui.ui.widgets.inspector import InspectorSplitter
from looop_gui.ui.widgets.labels import caption
from looop_gui.ui.widgets.plain_delegate import PlainDelegate
from looop_gui.ui.widgets.search_field import SearchField
from looop_gui.ui.widgets.searched_list import SearchedList
from looop_gui.ui.widgets.table import Table

MOST_CHECKED = 50
"""How many accounts one press reads: each is a request."""


class LinksTab(QWidget):
    """A list at the start and the selected link compared beside it; `failed` carries an error."""

    failed = Signal(object)

    def __init__(self, desk: Desk, connection_id: str, changes: LinkChanges) -> None:
        super().__init__()
        self._desk = desk
        self._id = connection_id
        self._tasks = Tasks(self)
        self._kind: ObjectType | None = None
        self._wanted = ""
        self.search = SearchField(desk.theme, self.tr("Search links by name or id"))
        self.model = LinkModel(desk.theme, desk.services.links, connection_id, self)
        self.table = Table(self.tr("Links"))
        self.table.show_model(self.model, (156, 96, 96, 0), optional=(3,))
        self.table.setItemDelegate(PlainDelegate(desk.theme, self.table))
        self.inspector = LinkInspector(desk, connection_id)
        self.count_label = caption("")
        self.check_button = button(
            desk.theme, self.tr("Check in the target"), self._check, icon="refresh-cw"
        )
        self.check_button.setToolTip(
            self.tr("Reads the accounts of the rows you see, {0} at most").format(MOST_CHECKED)
        )
        self.type_chips = self._make_chips()
        self.empty = EmptyState(
            desk.theme,
            "link",
            self.tr("Nothing is linked yet"),
            self.tr("A cycle links each person and group to the account that belongs to it."),
            self.tr("Go to the overview"),
            lambda: desk.go_to("overview", None),
        )
        self._lay_out()
        self.search.searched.connect(lambda _text: self.read())
        self.model.counted.connect(self._show_count)
        self.table.selectionModel().selectionChanged.connect(self._show_selected)
        self.inspector.closed.connect(self._deselect)
        self.inspector.unlink_wanted.connect(changes.unlink)
        self.inspector.rematch_wanted.connect(changes.rematch)
        self.inspector.repair_wanted.connect(changes.repair)

    def read(self) -> None:
        """Read the list again; what was selected stays so."""
        if self.inspector.row is not None and not self._wanted:
            self._wanted = self.inspector.row.link.source_id
        self.model.read(self.search.text().strip(), self._kind)

    def select(self, source_id: str) -> None:
        """Search for the link of an object and select it."""
        self._wanted = source_id
        self.search.show_text(source_id)
        self.read()

    def _show_count(self, total: int) -> None:
        self.count_label.setText(formats.count(total))
        narrowed = bool(self.search.text().strip()) or self._kind is not None
        self._list.show_table(bool(total) or narrowed)
        self.check_button.setEnabled(total > 0)
        wanted, self._wanted = self._wanted, ""
        row = self.model.row_of(wanted) if wanted else -1
        if row >= 0:
            self.table.selectRow(row)
        elif self.inspector.row is not None:
            self.inspector.forget()

    def _show_selected(self, selected: QItemSelection, _deselected: QItemSelection) -> None:
        indexes = selected.indexes()
        row = self.model.row_at(indexes[0].row()) if indexes else None
        if row is not None:
            self.inspector.show_row(row)

    def _deselect(self) -> None:
        self.inspector.row = None
        self.table.clearSelection()

    def _check(self) -> None:
        first = max(self.table.rowAt(0), 0)
        last = self.table.rowAt(self.table.viewport().height() - 1)
        last = last if last >= 0 else self.model.rowCount() - 1
        rows = [self.model.row_at(at) for at in range(first, last + 1)][:MOST_CHECKED]
        ids = [row.link.source_id for row in rows if row is not None]
        self.check_button.setEnabled(False)
        reading = self._desk.services.links.target_states(self._id, ids)
        self._tasks.start(reading, self._show_states, self._fail, replace="states")

    def _show_states(self, states: Mapping[str, SideState]) -> None:
        self.check_button.setEnabled(True)
        self.model.show_states(states)

    def _fail(self, error: Exception) -> None:
        self.check_button.setEnabled(True)
        self.failed.emit(error)

    def _choose_type(self, kind: ObjectType) -> None:
        self._kind = None if kind is self._kind else kind
        for one, chip in self.type_chips.items():
            chip.setChecked(one is self._kind)
        self.read()

    def _make_chips(self) -> dict[ObjectType, QPushButton]:
        words = {ObjectType.USER: self.tr("People"), ObjectType.GROUP: self.tr("Groups")}
        chips = {}
        for kind, text in words.items():
            chip = button(self._desk.theme, text, partial(self._choose_type, kind), look="chip")
            chip.setCheckable(True)
            chips[kind] = chip
        return chips

    def _lay_out(self) -> None:
        filters = QWidget()
        flow = FlowLayout(filters)
        flow.setSpacing(6)
        for one in self.type_chips.values():
            flow.addWidget(one)
        tools = (self.count_label, self.check_button)
        self._list = SearchedList(self.search, self.table, self.empty, tools=tools, filters=filters)
        self._list.show_table(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2 * GRID, 0, 0)
        layout.addWidget(
            InspectorSplitter("links", self._list, self.inspector, self._desk.settings)
        )
