"""*Accounts in the target*: what each account is to the source directory, and links by hand."""

from __future__ import annotations

import asyncio
from functools import partial

from PySide6.QtCore import QItemSelection, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from looop_gui.model.directory import DirectoryObject, ObjectType
from looop_gui.model.job import Link
from looop_gui.services.account_discovery import Account, AccountDiscovery, AccountState
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.links.account_model import AccountModel
from looop_gui.ui.links.link_changes import LinkChanges
from looop_gui.ui.links.link_dialog import LinkDialog
from looop_gui.ui.links.side_signs import ACCOUNT_SIGNS
from looop_gui.ui.links.source_list import SourceList
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.empty_state import EmptyState
from looop_gui.ui.widgets.flow_layout import FlowLayout
from looop_gui.ui.widgets.labels import caption
from looop_gui.ui.widgets.loading_bar import LoadingBar
from looop_gui.ui.widgets.plain_delegate import PlainDelegate
from looop_gui.ui.widgets.search_field import SearchField
from looop_gui.ui.widgets.table import Table


class AccountsTab(QWidget):
    """Reads the target only when asked to; `failed` carries an error."""

    failed = Signal(object)

    def __init__(self, desk: Desk, connection_id: str, changes: LinkChanges) -> None:
        super().__init__()
        self._desk = desk
        self._id = connection_id
        self._changes = changes
        self._tasks = Tasks(self)
        self._reading: asyncio.Task[AccountDiscovery] | None = None
        self._state: AccountState | None = None
        self.kind = ObjectType.USER
        self.discovery: AccountDiscovery | None = None
        self.search = SearchField(desk.theme, self.tr("Search accounts"))
        self.model = AccountModel(desk.theme, self)
        self.table = Table(self.tr("Accounts in the target"))
        self.table.show_model(self.model, (250, 140, 0))
        self.table.setItemDelegate(PlainDelegate(desk.theme, self.table))
        self.table.setAcceptDrops(True)
        self.table.setDragDropMode(QAbstractItemView.DragDropMode.DropOnly)
        self.loading = LoadingBar(desk.theme)
        self.read_button = button(
            desk.theme, self.tr("Read the accounts"), self.read, icon="scan-search"
        )
        self.link_button = button(desk.theme, self.tr("Link to…"), self.open_dialog, icon="link")
        self.link_button.setEnabled(False)
        self.sources = SourceList(desk, connection_id)
        self.kind_chips = self._make_kind_chips()
        self.state_chips = self._make_state_chips()
        self.empty = EmptyState(
            desk.theme,
            "scan-search",
            self.tr("The accounts were not read yet"),
            self.tr("Reading says whose each account is. Nothing is written."),
            self.tr("Read the accounts"),
            self.read,
        )
        self._lay_out()
        self._connect()

    def read(self) -> None:
        """Read all accounts of the target."""
        if self._reading is not None and not self._reading.done():
            return
        self.loading.begin(self.tr("Reading the accounts of the target"), self.cancel)
        self.read_button.setEnabled(False)
        reading = self._desk.services.account_discovery.discover(
            self._id, self.kind, self.loading.progress
        )
        self._reading = self._tasks.start(reading, self._take, self._fail, replace="read")
        self._reading.add_done_callback(self._ended)

    def cancel(self) -> None:
        """Stop reading; what was read before stays."""
        if self._reading is not None:
            self._reading.cancel()

    def read_people(self) -> None:
        """Read the list of those who can be linked."""
        self.sources.show_kind(self.kind)

    def follow(self, source_id: str) -> None:
        """Somebody's link was changed: show it in the list."""
        if self.discovery is not None:
            self._tasks.start(
                self._desk.services.links.held(self._id, source_id),
                lambda link: self._show_link(source_id, link),
            )

    def open_dialog(self) -> None:
        """Choose whose the selected account is."""
        account = self._selected()
        if account is not None and account.state is not AccountState.LINKED:
            LinkDialog(
                self._desk,
                self._id,
                account,
                self.kind,
                lambda one: self._link(one, account),
                self.window(),
            ).open()

    def _link(self, one: DirectoryObject, account: Account) -> None:
        self._changes.link(one.id, one.display_name, account.target_id, account.name)

    def _connect(self) -> None:
        self.search.searched.connect(lambda _text: self._narrow())
        self.table.selectionModel().selectionChanged.connect(self._take_selection)
        self.model.modelReset.connect(lambda: self.link_button.setEnabled(False))
        self.table.activated.connect(lambda _index: self.open_dialog())
        self.model.link_wanted.connect(
            lambda source_id, name, account: self._changes.link(
                source_id, name, account.target_id, account.name
            )
        )

    def _selected(self) -> Account | None:
        return self.model.row_at(self.table.current_row())

    def _take_selection(self, _selected: QItemSelection, _deselected: QItemSelection) -> None:
        account = self._selected()
        free = account is not None and account.state is not AccountState.LINKED
        self.link_button.setEnabled(free)

    def _ended(self, task: asyncio.Task[AccountDiscovery]) -> None:
        if task is self._reading:
            self.loading.end()
            self.read_button.setEnabled(True)

    def _take(self, discovery: AccountDiscovery) -> None:
        self.discovery = discovery
        self.model.show_discovery(discovery)
        self._stack.setCurrentWidget(self._split)
        self.read_button.setText(self.tr("Read again"))
        self.incomplete.setVisible(not discovery.complete)
        self._show_counts()

    def _fail(self, error: Exception) -> None:
        self.failed.emit(error)

    def _show_link(self, source_id: str, link: Link | None) -> None:
        self.model.show_link(source_id, link)
        self._show_counts()

    def _show_counts(self) -> None:
        counts = self.model.counts
        for state, chip in self.state_chips.items():
            number = formats.count(counts.get(state, 0))
            chip.setText(f"{ACCOUNT_SIGNS[state].word} ({number})")

    def _narrow(self) -> None:
        self.model.narrow(self.search.text().strip(), self._state)

    def _choose_state(self, state: AccountState) -> None:
        self._state = None if state is self._state else state
        for one, chip in self.state_chips.items():
            chip.setChecked(one is self._state)
        self._narrow()

    def _choose_kind(self, kind: ObjectType) -> None:
        for one, chip in self.kind_chips.items():
            chip.setChecked(one is kind)
        if kind is self.kind:
            return
        self.cancel()
        self.kind = kind
        self.discovery = None
        self.model.show_discovery(None)
        self._stack.setCurrentWidget(self.empty)
        self.read_button.setText(self.tr("Read the accounts"))
        self.read_people()

    def _make_kind_chips(self) -> dict[ObjectType, QPushButton]:
        words = {ObjectType.USER: self.tr("People"), ObjectType.GROUP: self.tr("Groups")}
        chips = {}
        for kind, text in words.items():
            chip = button(self._desk.theme, text, partial(self._choose_kind, kind), look="chip")
            chip.setCheckable(True)
            chip.setChecked(kind is self.kind)
            chips[kind] = chip
        return chips

    def _make_state_chips(self) -> dict[AccountState, QPushButton]:
        chips = {}
        for state, sign in ACCOUNT_SIGNS.items():
            chip = button(
                self._desk.theme, sign.word, partial(self._choose_state, state), look="chip"
            )
            chip.setCheckable(True)
            chips[state] = chip
        return chips

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(GRID)
        for kind_chip in self.kind_chips.values():
            top.addWidget(kind_chip)
        top.addWidget(self.search, 1)
        top.addWidget(self.link_button)
        top.addWidget(self.read_button)
        self.incomplete = caption(
            self.tr("The target's list had no end, so this is only a part of it.")
        )
        self.incomplete.hide()
        people = Card(self.tr("Drag onto an account"))
        people.body.addWidget(self.sources, 1)
        people.setMinimumWidth(220)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setHandleWidth(2 * GRID)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self._accounts())
        self._split.addWidget(people)
        self._split.setSizes([700, 260])
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._split)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2 * GRID, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(top)
        layout.addWidget(self.loading)
        layout.addWidget(self._stack, 1)

    def _accounts(self) -> QWidget:
        chips = QWidget()
        flow = FlowLayout(chips)
        flow.setSpacing(6)
        for chip in self.state_chips.values():
            flow.addWidget(chip)
        place = QWidget()
        layout = QVBoxLayout(place)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(chips)
        layout.addWidget(self.incomplete)
        layout.addWidget(self.table, 1)
        return place
