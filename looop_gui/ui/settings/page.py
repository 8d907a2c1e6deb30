"""The page *Settings* of a connection: what the wizard asked, and what it did not."""

from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from looop_gui.model.connection import Connection
from looop_gui.ui.desk import Desk
from looop_gui.ui.settings.credentials_group import CredentialsGroup
from looop_gui.ui.settings.form import group
from looop_gui.ui.settings.groups import (
    BehaviourGroup,
    IdentityGroup,
    NotificationGroup,
    PaceGroup,
    ScopeGroup,
)
from looop_gui.ui.settings.guard_group import GuardGroup
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.confirm import ConfirmDialog
from looop_gui.ui.widgets.labels import prose
from looop_gui.ui.widgets.page import Page
from looop_gui.ui.widgets.scroll import put_into


class SettingsPage(Page):
    """*Save* is there while something was changed and nothing is wrong."""

    help_topic = "settings"

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__(desk.theme, "")
        self.header.set_title(self.tr("Settings"))
        self._desk = desk
        self._id = connection_id
        self.tasks = Tasks(self)
        self._saved: Connection | None = None
        self._showing = False
        self.identity = IdentityGroup(desk.theme)
        self.credentials = CredentialsGroup(desk)
        self.notification = NotificationGroup()
        self.scope = ScopeGroup()
        self.guards = GuardGroup()
        self.pace = PaceGroup()
        self.behaviour = BehaviourGroup()
        self.groups = (
            self.identity,
            self.credentials,
            self.notification,
            self.scope,
            self.guards,
            self.pace,
            self.behaviour,
        )
        self.save_button = self.header.set_primary(self.tr("Save"), self._save)
        self.discard_button = self.header.add_action(self.tr("Discard changes"), self._discard)
        self.delete_button = button(
            desk.theme,
            self.tr("Delete this connection"),
            self._ask_delete,
            icon="trash-2",
            look="danger",
        )
        self.again_button = button(
            desk.theme,
            self.tr("Open the set-up"),
            lambda: desk.open_wizard(connection_id),
            icon="wand-sparkles",
        )
        self._lay_out()
        for part in self.groups:
            part.changed.connect(self._compare)
        desk.bridge.connections_changed.connect(self._take_change)

    def refresh(self) -> None:
        """Read the connection unless something was changed here."""
        if not self._dirty():
            self.tasks.start(
                self._desk.services.connections.get(self._id), self._show, replace="connection"
            )

    def _take_change(self, event: object) -> None:
        if self._id in getattr(event, "connection_ids", ()) and self.isVisible():
            self.refresh()

    def _show(self, connection: Connection) -> None:
        self._saved = connection
        self._showing = True
        for part in self.groups:
            part.show_connection(connection)
        self._showing = False
        self._compare()

    def _edited(self) -> Connection | None:
        connection = self._saved
        if connection is None:
            return None
        for part in self.groups:
            connection = part.applied(connection)
        return connection

    def _dirty(self) -> bool:
        return self._saved is not None and self._edited() != self._saved

    def _compare(self) -> None:
        """Say whether something can be saved, and what is wrong beside its field."""
        if self._showing or self._saved is None:
            return
        problems = [words for words in (part.problem() for part in self.groups) if words]
        dirty = self._dirty()
        self.save_button.setEnabled(dirty and not problems)
        self.save_button.setToolTip(problems[0] if problems else "")
        self.discard_button.setVisible(dirty)
        if problems:
            self.header.set_sentence(problems[0])
        elif dirty:
            self.header.set_sentence(self.tr("Changes are not saved yet."))
        else:
            self.header.set_sentence(self.tr("Everything is saved."))

    def _save(self) -> None:
        edited = self._edited()
        before = self._saved
        if edited is None or before is None or not self.save_button.isEnabled():
            return
        self.tasks.start(
            self._desk.services.connections.update(edited),
            lambda saved: self._after_save(saved, before),
        )

    def _after_save(self, saved: Connection, before: Connection) -> None:
        self._show(saved)
        self._desk.say(self.tr("Settings saved."), self.tr("Undo"), lambda: self._undo(before))

    def _undo(self, before: Connection) -> None:
        self.tasks.start(self._desk.services.connections.update(before), self._show)

    def _discard(self) -> None:
        if self._saved is not None:
            self._show(self._saved)

    def _ask_delete(self) -> None:
        connection = self._saved
        if connection is None:
            return
        dialog = ConfirmDialog(
            self.theme,
            self,
            question=self.tr("Delete {0}?").format(connection.name),
            sentence=self.tr(
                "Its token, mappings, links and schedule are removed here. Nothing is deleted in "
                "the tenant: people who were provisioned stay there."
            ),
            verb=self.tr("Delete the connection"),
            on_confirm=self._delete,
            name_to_type=connection.name if connection.production else "",
        )
        dialog.open()

    def _delete(self) -> None:
        self.tasks.start(self._desk.services.connections.delete(self._id))

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setProperty("look", "page")
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(0, 0, GRID, 2 * GRID)
        layout.setSpacing(2 * GRID)
        for part in self.groups:
            layout.addWidget(part)
        buttons = QWidget()
        row = QHBoxLayout(buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.again_button)
        row.addWidget(self.delete_button)
        row.addStretch(1)
        sentence = prose(
            self.tr("Go through the set-up again with everything filled in, or remove it all."),
            muted=True,
        )
        layout.addWidget(group(self.tr("This connection"), sentence, buttons))
        layout.addStretch(1)
        scroll = QScrollArea()
        put_into(scroll, inner)
        self.body.addWidget(scroll, 1)
        self.credentials.shown.connect(
            lambda widget: QTimer.singleShot(0, scroll, partial(scroll.ensureWidgetVisible, widget))
        )
