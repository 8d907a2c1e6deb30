"""The page *Provision on demand*: pick a person or group, try or really do it, see every step."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from looop_gui.model.connection import Connection, Dialect
from looop_gui.model.directory import DirectoryObject, ObjectType
from looop_gui.model.errors import ConfigurationError
from looop_gui.model.provisioning_log import ProvisioningLogEntry
from looop_gui.services.provisioning_on_demand import on_demand_dialect
from looop_gui.setup.filter_operators import finished
from looop_gui.ui.configuration_document import Configuration, ConfigurationDocument
from looop_gui.ui.desk import Desk
from looop_gui.ui.dialects import dialect_word
from looop_gui.ui.on_demand.members_picker import MembersPicker
from looop_gui.ui.on_demand.result_panel import OnDemandResult, ResultPanel
from looop_gui.ui.on_demand.who_card import WhoCard
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.confirm import ConfirmDialog
from looop_gui.ui.widgets.empty_state import EmptyState
from looop_gui.ui.widgets.flow_layout import FlowLayout
from looop_gui.ui.widgets.labels import ElidedLabel, caption
from looop_gui.ui.widgets.page import Page


@dataclass(frozen=True, slots=True)
class _Way:
    """How the chosen ones are gone through: really written, and with which unsaved draft."""

    write: bool
    draft: Configuration | None = None


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
        self._document: ConfigurationDocument | None = None
        self._connection: Connection | None = None
        self._run_task: asyncio.Task[None] | None = None
        self._stopping = False
        self.who = WhoCard(desk, connection_id)
        self.search, self.found = self.who.search, self.who.found
        self.members = MembersPicker(desk, connection_id)
        self.panel = ResultPanel(desk)
        self.results, self.steps, self.view = self.panel.results, self.panel.steps, self.panel.view
        self.outcome = self.panel.outcome
        self.action_badge, self.status_badge = self.panel.action_badge, self.panel.status_badge
        self.draft_button = button(
            desk.theme,
            self.tr("Retry with the draft configuration"),
            self._try_draft,
            icon="pencil",
        )
        self.draft_button.setToolTip(
            self.tr("Tries mappings, scope and settings as they are being edited; writes nothing")
        )
        self.write_draft_button = button(
            desk.theme,
            self.tr("Provision with the unsaved draft"),
            self._ask_write_draft,
            icon="user-check",
        )
        self.try_button = button(desk.theme, self.tr("Try without writing"), self._try, icon="eye")
        self.provision_button = self.header.set_primary(
            self.tr("Provision"), self._ask_write, "user-check"
        )
        self.provision_button.setToolTip(self.tr("Ctrl+Enter"))
        self.chosen_label = ElidedLabel("")
        self.chosen_label.setProperty("look", "section")
        self.chosen_note = caption("")
        self.dialect_note = caption("")
        self.empty = EmptyState(
            desk.theme,
            "user-search",
            self.tr("Pick a person or a group"),
            self.tr("Try without writing asks the tenant and shows what would be sent."),
        )
        self._lay_out()
        self._connect()
        self._show_chosen()

    @property
    def chosen(self) -> DirectoryObject | None:
        """The person or group that was chosen last."""
        return self.who.chosen

    @property
    def entry(self) -> ProvisioningLogEntry | None:
        """The entry that is shown."""
        return self.panel.entry

    def refresh(self) -> None:
        """Find people again, and look whether there is a draft."""
        self.who.refresh()
        opening = self._desk.documents.open(self._desk.services, self._id)
        self.tasks.start(opening, self._take_document, replace="draft")
        asking = self._desk.services.connections.get(self._id)
        self.tasks.start(asking, self._show_dialect, replace="dialect")

    def focus_search(self) -> None:
        """Search for somebody."""
        self.search.setFocus()

    def show_argument(self, argument: object) -> None:
        """Choose a person or group by id."""
        if isinstance(argument, str) and argument:
            self.who.choose_id(argument)

    def _connect(self) -> None:
        self.who.changed.connect(self._show_chosen)
        self.who.activated.connect(self._try)
        self.panel.shown.connect(self._show_buttons)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.provision_button.click)

    def _take_document(self, document: ConfigurationDocument) -> None:
        if self._document is not document:
            self._document = document
            document.changed.connect(self._show_buttons)
            document.saved_state_changed.connect(self._show_buttons)
        self._show_buttons()

    def _show_dialect(self, connection: Connection) -> None:
        self._connection = connection
        used = on_demand_dialect(connection)
        words = self.tr("Dialect: {0}.").format(dialect_word(used))
        if used is not connection.target.dialect:
            words += " " + self.tr(
                "On demand Entra ignores the flag {0}, and so does this."
            ).format(connection.target.dialect.value)
        elif used is Dialect.ENTRA_COMPLIANT:
            words += " " + self.tr("As in a cycle; Entra itself ignores the flag on demand.")
        self.dialect_note.setText(words)

    @property
    def _busy(self) -> bool:
        return self._run_task is not None and not self._run_task.done()

    def _draft(self) -> Configuration | None:
        """What is edited and not saved, if anything is."""
        document = self._document
        return document.configuration if document is not None and document.modified else None

    def _draft_dialect(self, draft: Configuration) -> Dialect | None:
        """The dialect that the draft leads to; its tenant URL counts only when it is saved."""
        if self._connection is None or draft.particulars is None:
            return None
        dialect = draft.particulars.target.dialect
        target = replace(self._connection.target, dialect=dialect)
        return on_demand_dialect(replace(self._connection, target=target, settings=draft.settings))

    def _show_buttons(self) -> None:
        ready = self.chosen is not None and not self._busy
        for control in (self.try_button, self.provision_button, self.draft_button):
            control.setEnabled(ready)
        draft, result = self._draft(), self.panel.result
        self.draft_button.setVisible(draft is not None)
        tried = result is not None and result.draft and not result.write
        self.write_draft_button.setVisible(tried and draft is not None)
        self.write_draft_button.setEnabled(ready)

    def _show_chosen(self) -> None:
        one, picked = self.chosen, self.who.picked()
        self._show_buttons()
        if one is None:
            self.members.show_group(None)
            self._stack.setCurrentWidget(self.empty)
            return
        self._stack.setCurrentWidget(self._result)
        single_group = len(picked) == 1 and picked[0].object_type is ObjectType.GROUP
        self.members.show_group(picked[0] if single_group else None)
        if len(picked) > 1:
            self.chosen_label.setText(self.tr("{0} chosen").format(len(picked)))
            self.chosen_note.setText(self.tr("They are provisioned one after the other."))
        else:
            self.chosen_label.setText(one.display_name)
            address = one.attributes.get("userPrincipalName", "")
            self.chosen_note.setText(address if isinstance(address, str) else "")
        entry = self.entry
        if not self._busy and (entry is None or entry.source_id not in {o.id for o in picked}):
            self.panel.show_nothing()

    def _try(self) -> None:
        self._begin(_Way(write=False))

    def _try_draft(self) -> None:
        draft = self._draft()
        if draft is not None:
            self._begin(_Way(write=False, draft=draft))

    def _ask_write(self) -> None:
        """Provision; a production connection asks for its name first."""
        if self.chosen is None or self._busy:
            return

        def decide(connection: Connection) -> None:
            if not connection.production:
                self._begin(_Way(write=True))
                return
            self._confirm(
                connection,
                self.tr("Provision in production"),
                self.tr("What differs is written in the tenant of {0} now.").format(
                    connection.name
                ),
                lambda: self._begin(_Way(write=True)),
            )

        self.tasks.start(self._desk.services.connections.get(self._id), decide)

    def _ask_write_draft(self) -> None:
        """Provision with what is not saved, after a question in any case."""
        draft = self._draft()
        if draft is None:
            return
        sentence = self.tr(
            "Whoever is chosen is written in the tenant of {0} now, as the draft says. The draft "
            "stays unsaved: unless it is saved, the next cycle looks at them again and writes back "
            "what the saved configuration says."
        )
        self.tasks.start(
            self._desk.services.connections.get(self._id),
            lambda connection: self._confirm(
                connection,
                self.tr("Provision with the unsaved draft"),
                sentence.format(connection.name),
                lambda: self._begin(_Way(write=True, draft=draft)),
            ),
        )

    def _confirm(
        self,
        connection: Connection,
        question: str,
        sentence: str,
        on_confirm: Callable[[], object],
    ) -> None:
        ConfirmDialog(
            self.theme,
            self.window(),
            question=question,
            sentence=sentence,
            verb=self.tr("Provision"),
            on_confirm=on_confirm,
            name_to_type=connection.name if connection.production else "",
            destructive=connection.production,
        ).open()

    def _begin(self, way: _Way) -> None:
        if self.chosen is None or self._busy:
            return
        self._stopping = False
        self.banner.clear()
        self._run_task = self.tasks.start(
            self._provision(self.who.picked(), self.members.members(), way), on_error=self._fail
        )
        self._run_task.add_done_callback(self._ended)
        self._show_chosen()

    async def _provision(
        self, objects: Sequence[DirectoryObject], members: tuple[str, ...] | None, way: _Way
    ) -> None:
        """One after the other, each shown when it is there; cancelling lets the present one end."""
        self.panel.begin()
        for at, one in enumerate(objects):
            if self._stopping:
                break
            words = one.display_name
            if len(objects) > 1:
                words = self.tr("{0} ({1} of {2})").format(words, at + 1, len(objects))
            self.loading.begin(words, self._way_out(way, len(objects)))
            if len(objects) > 1:
                self.loading.progress(at, len(objects))
            saved: ProvisioningLogEntry | str | None = None
            if way.draft is not None and not way.write:
                saved = await self._saved_result(one, members)
            self.panel.show_running()
            entry = await self._asked(one, members, way)
            self.panel.add(OnDemandResult(entry, way.write, way.draft is not None, saved))

    async def _saved_result(
        self, one: DirectoryObject, members: tuple[str, ...] | None
    ) -> ProvisioningLogEntry | str:
        """What the saved configuration would do, or why it does nothing."""
        try:
            return await self._desk.services.provisioning.provision_on_demand(
                self._id, one.id, write=False, members=members
            )
        except ConfigurationError as error:
            return error.sentence

    async def _asked(
        self, one: DirectoryObject, members: tuple[str, ...] | None, way: _Way
    ) -> ProvisioningLogEntry:
        draft = way.draft

        def take_member(entry: ProvisioningLogEntry) -> None:
            if isValid(self):
                self.panel.add(OnDemandResult(entry, way.write, draft is not None))
                self.panel.show_running()

        return await self._desk.services.provisioning.provision_on_demand(
            self._id,
            one.id,
            write=way.write,
            members=members,
            schema=finished(draft.schema) if draft is not None else None,
            settings=draft.settings if draft is not None else None,
            dialect=self._draft_dialect(draft) if draft is not None else None,
            on_step=self.panel.add_step,
            on_entry=take_member,
        )

    def _way_out(self, way: _Way, objects: int) -> Callable[[], object] | None:
        """What *Cancel* does: a try ends at once; where it is written, the present one ends."""
        if not way.write:
            return self._cancel
        return self._stop if objects > 1 else None

    def _cancel(self) -> None:
        if self._run_task is not None:
            self._run_task.cancel()

    def _stop(self) -> None:
        self._stopping = True

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if isValid(self):
            self.loading.end()
            if task.cancelled():
                self.panel.show_last()
            self._show_chosen()

    def _fail(self, error: Exception) -> None:
        self.panel.show_last()
        self._show_chosen()
        self.show_failure(error)

    def _lay_out(self) -> None:
        self._result = QWidget()
        right = QVBoxLayout(self._result)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(GRID)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.chosen_label)
        names.addWidget(self.chosen_note)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addLayout(names, 1)
        head.addWidget(self.try_button)
        more = FlowLayout()
        for part in (
            self.action_badge,
            self.status_badge,
            self.draft_button,
            self.write_draft_button,
        ):
            more.addWidget(part)
        right.addLayout(head)
        right.addLayout(more)
        right.addWidget(self.panel, 1)
        right.addWidget(self.dialect_note)
        self.who.body.addWidget(self.members)
        card = Card()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._result)
        card.body.addWidget(self._stack, 1)
        layout = QHBoxLayout()
        layout.setSpacing(2 * GRID)
        layout.addWidget(self.who, 3)
        layout.addWidget(card, 7)
        self.body.addLayout(layout, 1)
