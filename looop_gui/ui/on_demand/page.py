"""The page *Provision on demand*: pick a person or group, try or really do it, see every step."""

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from looop_gui.model.connection import Connection
from looop_gui.model.directory import DirectoryObject, ObjectType
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.model.provisioning_log import ProvisioningLogEntry, ProvisioningStep
from looop_gui.ui.desk import Desk
from looop_gui.ui.log_entry.entry_view import EntryView
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import ACTION_SIGNS, STATUS_SIGNS, STEP_SIGNS
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.confirm import ConfirmDialog
from looop_gui.ui.widgets.empty_state import EmptyState
from looop_gui.ui.widgets.labels import ElidedLabel, caption, prose
from looop_gui.ui.widgets.page import Page
from looop_gui.ui.widgets.plain_list import PlainList
from looop_gui.ui.widgets.search_field import SearchField
from looop_gui.ui.widgets.status_badge import StatusBadge

MOST_FOUND = 50
MOST_MEMBERS = 5
"""How many members go with a group (section h)."""
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
        self._run_task: asyncio.Task[None] | None = None
        self._stopping = False
        self._found_objects: tuple[DirectoryObject, ...] = ()
        desk.theme.changed.connect(self._repaint)
        self.search = SearchField(desk.theme, self.tr("Name, mail or user principal name"))
        self.found = PlainList(self.tr("People and groups found"))
        self.found.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.with_members = QCheckBox(self.tr("With its first {0} members").format(MOST_MEMBERS))
        self.results = PlainList(self.tr("Results, one a line"))
        self.results.setMaximumHeight(132)
        self.draft_button = button(
            desk.theme, self.tr("Retry with the draft"), self._try_draft, icon="pencil"
        )
        self.draft_button.setToolTip(
            self.tr("Tries the attribute mapping as it is being edited; nothing is written")
        )
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
        self.steps = PlainList(self.tr("Steps so far"))
        self.view = EntryView(desk)
        self.empty = EmptyState(
            desk.theme,
            "user-search",
            self.tr("Pick a person or a group"),
            self.tr("Try without writing asks the tenant and shows what would be sent."),
        )
        self._lay_out()
        self._connect()
        self.draft_button.hide()
        self._show_chosen()

    def refresh(self) -> None:
        """Find people again: the source may have changed."""
        self._find(self.search.text().strip())
        opening = self._desk.documents.open(self._desk.services, self._id)
        self.tasks.start(
            opening,
            lambda document: self.draft_button.setVisible(document.modified),
            lambda _error: self.draft_button.hide(),
            replace="draft",
        )

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
        self.found.itemSelectionChanged.connect(self._show_chosen)
        self.found.itemActivated.connect(lambda _item: self._run(write=False))
        self.results.currentItemChanged.connect(self._show_result)

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
        for at in range(self.steps.count()):
            self._sign_step(self.steps.item(at))

    def _choose_first(self, objects: Sequence[DirectoryObject]) -> None:
        if objects:
            self.chosen = objects[0]
            self._show_chosen()

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen = item.data(OBJECT_ROLE)
            self._show_chosen()

    def _picked(self) -> tuple[DirectoryObject, ...]:
        """Those who are selected in the order of the list; else the one that was asked for."""
        items = (self.found.item(at) for at in range(self.found.count()))
        picked = tuple(item.data(OBJECT_ROLE) for item in items if item.isSelected())
        one = self.chosen
        if one is None or any(other.id == one.id for other in picked):
            return picked
        return (one,)

    def _show_chosen(self) -> None:
        one, picked = self.chosen, self._picked()
        busy = self._run_task is not None and not self._run_task.done()
        for control in (self.try_button, self.provision_button, self.draft_button):
            control.setEnabled(one is not None and not busy)
        if one is None:
            self._stack.setCurrentWidget(self.empty)
            return
        self._stack.setCurrentWidget(self._result)
        single_group = len(picked) == 1 and picked[0].object_type is ObjectType.GROUP
        self.with_members.setVisible(single_group)
        if len(picked) > 1:
            self.chosen_label.setText(self.tr("{0} chosen").format(len(picked)))
            self.chosen_note.setText(self.tr("They are provisioned one after the other."))
        else:
            self.chosen_label.setText(one.display_name)
            address = one.attributes.get("userPrincipalName", "")
            self.chosen_note.setText(address if isinstance(address, str) else "")
        if self.entry is None or self.entry.source_id not in {each.id for each in picked}:
            self._show_nothing()

    def _show_nothing(self) -> None:
        self.entry = None
        self.action_badge.hide()
        self.status_badge.hide()
        self.view.hide()
        self.steps.hide()
        self.results.clear()
        self.results.hide()
        self.outcome.setText(
            self.tr("Nothing was asked or sent so far. Choose one of the two buttons.")
        )

    def _run(self, *, write: bool) -> None:
        if self.chosen is None or (self._run_task is not None and not self._run_task.done()):
            return
        if not write:
            self._begin(write=False)
            return

        def decide(connection: Connection) -> None:
            if not connection.production:
                self._begin(write=True)
                return
            ConfirmDialog(
                self.theme,
                self.window(),
                question=self.tr("Provision in production"),
                sentence=self.tr("What differs is written in the tenant of {0} now.").format(
                    connection.name
                ),
                verb=self.tr("Provision"),
                on_confirm=lambda: self._begin(write=True),
                name_to_type=connection.name,
            ).open()

        self.tasks.start(self._desk.services.connections.get(self._id), decide)

    def _try_draft(self) -> None:
        opening = self._desk.documents.open(self._desk.services, self._id)
        self.tasks.start(opening, lambda document: self._begin(write=False, schema=document.schema))

    def _begin(self, *, write: bool, schema: SynchronizationSchema | None = None) -> None:
        if self._run_task is not None and not self._run_task.done():
            return
        self._stopping = False
        self.banner.clear()
        self._run_task = self.tasks.start(
            self._provision(self._picked(), write, schema), on_error=self._fail
        )
        self._run_task.add_done_callback(self._ended)
        self._show_chosen()

    async def _provision(
        self,
        picked: Sequence[DirectoryObject],
        write: bool,
        schema: SynchronizationSchema | None,
    ) -> None:
        """One after the other, each shown when it is there; cancelling lets the present one end."""
        objects = list(picked)
        if len(objects) == 1 and self.with_members.isChecked():
            objects = [*await self._members(objects[0]), objects[0]]
        self.results.clear()
        for at, one in enumerate(objects):
            if self._stopping:
                break
            words = self.tr("{0} ({1} of {2})").format(one.display_name, at + 1, len(objects))
            self.loading.begin(words, self._stop if len(objects) > 1 else None)
            self.loading.progress(at, len(objects))
            self._show_running()
            entry = await self._desk.services.provisioning.provision_on_demand(
                self._id, one.id, write=write, schema=schema, on_step=self._add_step
            )
            self._add_result(one, entry, write)
            self.results.setVisible(len(objects) > 1)

    async def _members(self, group: DirectoryObject) -> list[DirectoryObject]:
        """The first members that are people; a group in a group is not followed (section h)."""
        found: list[DirectoryObject] = []
        for member in group.members:
            if len(found) == MOST_MEMBERS:
                break
            search = self._desk.services.directory.search(self._id, member, 1)
            found += [one for one in await search if one.object_type is ObjectType.USER]
        return found

    def _stop(self) -> None:
        self._stopping = True

    def _ended(self, _task: "asyncio.Task[None]") -> None:
        if isValid(self):
            self.loading.end()
            self._show_chosen()

    def _show_running(self) -> None:
        """The place of the result, while its steps arrive one by one."""
        self.steps.clear()
        self.action_badge.hide()
        self.status_badge.hide()
        self.view.hide()
        self.steps.show()
        self.outcome.setText(self.tr("Each step is listed as it happens."))

    def _add_step(self, step: ProvisioningStep) -> None:
        if not isValid(self):
            return
        item = QListWidgetItem(f"{STEP_SIGNS[step.step_type].word}: {step.description}")
        item.setToolTip(step.description)
        item.setData(OBJECT_ROLE, step)
        self._sign_step(item)
        self.steps.addItem(item)
        self.steps.scrollToItem(item)

    def _sign_step(self, item: QListWidgetItem) -> None:
        sign = STATUS_SIGNS[item.data(OBJECT_ROLE).status]
        item.setIcon(self.theme.icon(sign.icon, sign.role))

    def _add_result(self, one: DirectoryObject, entry: ProvisioningLogEntry, write: bool) -> None:
        action, status = ACTION_SIGNS[entry.action], STATUS_SIGNS[entry.status]
        item = QListWidgetItem(f"{one.display_name}: {action.word}, {status.word}")
        item.setIcon(self.theme.icon(status.icon, status.role))
        item.setData(OBJECT_ROLE, (entry, write))
        self.results.addItem(item)
        self.results.setCurrentItem(item)

    def _show_result(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            entry, write = item.data(OBJECT_ROLE)
            self._show_entry(entry, write)

    def _show_entry(self, entry: ProvisioningLogEntry, write: bool) -> None:
        self.entry = entry
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
        self.steps.hide()
        self.view.show()
        self.view.show_entry(entry)

    def _fail(self, error: Exception) -> None:
        if self.results.count():
            self._show_result(self.results.currentItem())
        else:
            self.entry = None
        self._show_chosen()
        self.show_failure(error)

    def _lay_out(self) -> None:
        left = Card(self.tr("Who"))
        self.found.setToolTip(self.tr("Ctrl and Shift choose several"))
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
        head.addWidget(self.draft_button)
        head.addWidget(self.try_button)
        right.addLayout(head)
        right.addWidget(self.with_members)
        right.addWidget(self.results)
        right.addWidget(self.outcome)
        right.addWidget(self.steps, 1)
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
