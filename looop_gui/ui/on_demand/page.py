"""The page *Provision on demand*: pick a person or group, try or really do it, see every step."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from looop_gui.model.directory import DirectoryObject, ObjectType
from looop_gui.model.provisioning_log import ProvisioningLogEntry
from looop_gui.ui.desk import Desk
from looop_gui.ui.log_entry.entry_view import EntryView
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import ACTION_SIGNS, STATUS_SIGNS
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.empty_state import EmptyState
from looop_gui.ui.widgets.labels import ElidedLabel, caption, prose
from looop_gui.ui.widgets.page import Page
from looop_gui.ui.widgets.plain_list import PlainList
from looop_gui.ui.widgets.search_field import SearchField
from looop_gui.ui.widgets.status_badge import StatusBadge

MOST_FOUND = 50
OBJECT_ROLE = Qt.ItemDataRole.UserRole


class OnDemandPage(Page):
    """`show_argument` takes the id of a person or group to choose."""

    help_topic = "provision-on-demand"

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__(desk.theme, "")
        self.header.set_title(self.tr("Provision on demand"))
        self.header.set_sentence(
            self.tr("One person or group, now: every step of the way, tried or really done.")
        )
        self._desk = desk
        self._id = connection_id
        self.tasks = Tasks(self)
        self.chosen: DirectoryObject | None = None
        self.entry: ProvisioningLogEntry | None = None
        self._found_objects: tuple[DirectoryObject, ...] = ()
        desk.theme.changed.connect(self._repaint)
        self.search = SearchField(desk.theme, self.tr("Name, mail or user principal name"))
        self.found = PlainList(self.tr("People and groups found"))
        self.try_button = button(
            desk.theme, self.tr("Try without writing"), lambda: self._run(write=False), icon="eye"
        )
        self.provision_button = self.header.set_primary(
            self.tr("Provision"), lambda: self._run(write=True), "user-check"
        )
        self.chosen_label = ElidedLabel("")
        self.chosen_label.setProperty("look", "section")
        self.chosen_note = caption("")
        self.action_badge = StatusBadge(desk.theme)
        self.status_badge = StatusBadge(desk.theme)
        self.outcome = prose("")
        self.view = EntryView(desk)
        self.empty = EmptyState(
            desk.theme,
            "user-search",
            self.tr("Pick a person or a group"),
            self.tr("Try without writing asks the tenant and shows what would be sent."),
        )
        self._lay_out()
        self._connect()
        self._show_chosen()

    def refresh(self) -> None:
        """Find people again: the source may have changed."""
        self._find(self.search.text().strip())

    def focus_search(self) -> None:
        """Search for somebody."""
        self.search.setFocus()

    def show_argument(self, argument: object) -> None:
        """Choose a person or group by id."""
        if isinstance(argument, str) and argument:
            searching = self._desk.services.directory.search(self._id, argument, 1)
            self.tasks.start(searching, self._choose_first)

    def _connect(self) -> None:
        self.search.searched.connect(self._find)
        self.found.currentItemChanged.connect(self._choose)
        self.found.itemActivated.connect(lambda _item: self._run(write=False))

    def _find(self, text: str) -> None:
        searching = self._desk.services.directory.search(self._id, text, MOST_FOUND)
        self.tasks.start(searching, self._show_found, replace="search")

    def _show_found(self, objects: Sequence[DirectoryObject]) -> None:
        self._found_objects = tuple(objects)
        self.found.blockSignals(True)
        self.found.clear()
        for one in objects:
            person = one.object_type is ObjectType.USER
            address = one.attributes.get("userPrincipalName", "")
            item = QListWidgetItem(one.display_name)
            icon = "user-round" if person else "users-round"
            item.setIcon(self.theme.icon(icon, Role.TEXT_MUTED))
            item.setToolTip(f"{one.display_name}\n{address}".strip())
            item.setData(OBJECT_ROLE, one)
            self.found.addItem(item)
            if self.chosen is not None and one.id == self.chosen.id:
                self.found.setCurrentItem(item)
        self.found.blockSignals(False)

    def _repaint(self) -> None:
        self._show_found(self._found_objects)

    def _choose_first(self, objects: Sequence[DirectoryObject]) -> None:
        if objects:
            self.chosen = objects[0]
            self._show_chosen()

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen = item.data(OBJECT_ROLE)
            self._show_chosen()

    def _show_chosen(self) -> None:
        one = self.chosen
        self.try_button.setEnabled(one is not None)
        self.provision_button.setEnabled(one is not None)
        if one is None:
            self._stack.setCurrentWidget(self.empty)
            return
        self._stack.setCurrentWidget(self._result)
        self.chosen_label.setText(one.display_name)
        address = one.attributes.get("userPrincipalName", "")
        self.chosen_note.setText(address if isinstance(address, str) else "")
        if self.entry is None or self.entry.source_id != one.id:
            self.entry = None
            self.action_badge.hide()
            self.status_badge.hide()
            self.view.hide()
            self.outcome.setText(
                self.tr("Nothing was asked or sent so far. Choose one of the two buttons.")
            )

    def _run(self, *, write: bool) -> None:
        one = self.chosen
        if one is None:
            return
        self.loading.begin(self.tr("Provisioning {0}").format(one.display_name))
        self.try_button.setEnabled(False)
        self.provision_button.setEnabled(False)
        running = self._desk.services.provisioning.provision_on_demand(
            self._id, one.id, write=write
        )
        self.tasks.start(
            running, lambda entry: self._show_entry(entry, write), self._fail, replace="run"
        )

    def _show_entry(self, entry: ProvisioningLogEntry, write: bool) -> None:
        self.loading.end()
        self.entry = entry
        self._show_chosen()
        self.action_badge.show_sign(ACTION_SIGNS[entry.action])
        self.status_badge.show_sign(STATUS_SIGNS[entry.status])
        if entry.error is not None:
            words = entry.error.reason
        elif entry.skip_reason:
            words = self.tr("Nothing to do: {0}.").format(entry.skip_reason)
        elif write:
            words = self.tr("Done. The tenant has these values now.")
        else:
            words = self.tr("This is what would be sent. Nothing was written.")
        self.outcome.setText(words)
        self.view.show()
        self.view.show_entry(entry)

    def _fail(self, error: Exception) -> None:
        self._show_chosen()
        self.show_failure(error)

    def _lay_out(self) -> None:
        left = Card(self.tr("Who"))
        left.body.addWidget(self.search)
        left.body.addWidget(self.found, 1)
        left.setMinimumWidth(240)
        self._result = QWidget()
        right = QVBoxLayout(self._result)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(GRID)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.chosen_label)
        names.addWidget(self.chosen_note)
        head.addLayout(names, 1)
        head.addWidget(self.action_badge)
        head.addWidget(self.status_badge)
        head.addWidget(self.try_button)
        right.addLayout(head)
        right.addWidget(self.outcome)
        right.addWidget(self.view, 1)
        right.addStretch(0)
        card = Card()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._result)
        card.body.addWidget(self._stack, 1)
        layout = QHBoxLayout()
        layout.setSpacing(2 * GRID)
        layout.addWidget(left, 3)
        layout.addWidget(card, 7)
        self.body.addLayout(layout, 1)
