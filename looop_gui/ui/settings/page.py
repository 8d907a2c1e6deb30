"""The page *Settings* of a connection: what the wizard asked, and what it did not."""

from dataclasses import fields, replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from looop_gui.model.connection import Connection
from looop_gui.model.settings_draft import SettingsDraft, particulars_of, with_draft
from looop_gui.setup.settings_words import setting_name
from looop_gui.ui.configuration_document import Configuration, ConfigurationDocument
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
from looop_gui.ui.settings.leaving_group import DriftGroup, LeavingGroup
from looop_gui.ui.settings.mail_card import MailCard
from looop_gui.ui.settings_argument import CREDENTIALS
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.banner import Tone
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.confirm import ConfirmDialog
from looop_gui.ui.widgets.labels import prose
from looop_gui.ui.widgets.page import Page
from looop_gui.ui.widgets.scroll import put_into

KEEP_MILLISECONDS = 800
_KEY_EVENTS = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)


class SettingsPage(Page):
    """*Save* is there while something was changed and nothing is wrong.

    The fields are a view of the connection's document, so that undo spans mappings, scope and
    settings, and what is not saved is kept as a draft.
    """

    help_topic = "settings"
    draft_kept = Signal()

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__(desk.theme, "")
        self.header.set_title(self.tr("Settings"))
        self._desk = desk
        self._id = connection_id
        self.tasks = Tasks(self)
        self.document: ConfigurationDocument | None = None
        self._connection: Connection | None = None
        self._showing = False
        self._taking = False
        self._keep = QTimer(self, singleShot=True, interval=KEEP_MILLISECONDS)
        self._keep.timeout.connect(self._keep_draft)
        self.identity = IdentityGroup(desk.theme)
        self.credentials = CredentialsGroup(desk)
        self.notification = NotificationGroup()
        self.mail = MailCard(desk)
        self.scope = ScopeGroup()
        self.guards = GuardGroup()
        self.pace = PaceGroup()
        self.behaviour = BehaviourGroup()
        self.leaving = LeavingGroup()
        self.drift = DriftGroup()
        self.groups = (
            self.identity,
            self.credentials,
            self.notification,
            self.scope,
            self.guards,
            self.pace,
            self.behaviour,
            self.leaving,
            self.drift,
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
        desk.bridge.connections_changed.connect(self._take_change)

    def refresh(self) -> None:
        """Open the document the first time; later it is followed."""
        self.mail.read()
        if self.document is None:
            self.tasks.start(self._open(), self._show_document, replace="open")
        elif not self._dirty():
            self._reload()

    def show_argument(self, argument: object) -> None:
        """Lead to the secret token, where a quarantine asks for it."""
        if argument == CREDENTIALS:
            self.credentials.token.setFocus()
            self.credentials.shown.emit(self.credentials.replace_button)

    def undo(self) -> None:
        """Undo the last edit of this connection's configuration."""
        if self.document is not None:
            self.document.undo_stack.undo()

    def redo(self) -> None:
        """Redo what was undone."""
        if self.document is not None:
            self.document.undo_stack.redo()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Undo and redo in a field are those of the whole configuration."""
        if isinstance(event, QKeyEvent) and event.type() in _KEY_EVENTS:
            undo = event.matches(QKeySequence.StandardKey.Undo)
            if undo or event.matches(QKeySequence.StandardKey.Redo):
                if event.type() is QEvent.Type.KeyPress:
                    (self.undo if undo else self.redo)()
                else:
                    event.ignore()
                return True
        return super().eventFilter(watched, event)

    async def _open(self) -> tuple[Connection, ConfigurationDocument]:
        connection = await self._desk.services.connections.get(self._id)
        return connection, await self._desk.documents.open(self._desk.services, self._id)

    def _show_document(self, opened: tuple[Connection, ConfigurationDocument]) -> None:
        self._connection, document = opened
        if self.document is not None:
            return
        self.document = document
        document.changed.connect(self._follow)
        document.saved_state_changed.connect(self._compare)
        for part in self.groups:
            part.changed.connect(self._take_edit)
            for field in part.findChildren(QLineEdit):
                if field is not self.credentials.token:
                    field.installEventFilter(self)
        self._follow()
        if document.restored and self._dirty():
            self.banner.say(
                Tone.INFO,
                self.tr("Settings that were not saved last time are shown again."),
                action=self.tr("Discard them"),
                on_action=self._discard,
            )

    def _take_change(self, event: object) -> None:
        if self._id in getattr(event, "connection_ids", ()) and self.document is not None:
            self._reload()

    def _reload(self) -> None:
        reading = self._desk.services.connections.get(self._id)
        self.tasks.start(reading, self._take_stored, lambda _gone: None, replace="connection")
        reloading = self._desk.documents.reload(self._desk.services, self._id)
        self.tasks.start(reloading, None, lambda _gone: None, replace="reload")

    def _take_stored(self, connection: Connection) -> None:
        self._connection = connection

    def _shown(self) -> Connection | None:
        """The connection as the document has it."""
        if self.document is None or self._connection is None:
            return None
        configuration = self.document.configuration
        if configuration.particulars is None:
            return replace(self._connection, settings=configuration.settings)
        draft = SettingsDraft(configuration.settings, configuration.particulars)
        return with_draft(self._connection, draft)

    def _follow(self, _configuration: object = None) -> None:
        """Show what the document has, unless it has it from these fields."""
        shown = self._shown()
        if shown is None:
            return
        if not self._taking:
            self._showing = True
            for part in self.groups:
                part.show_connection(shown)
            self._showing = False
        self._keep.start()
        self._compare()

    def _take_edit(self) -> None:
        """Make an edit of the document out of what the fields say now."""
        before = self._shown()
        if self._showing or before is None or self.document is None:
            return
        after = before
        for part in self.groups:
            after = part.applied(after)
        words, merge = _edit_words(before, after)
        self._taking = True
        self.document.edit_connection(
            self.tr("Change “{0}”").format(words),
            after.settings,
            particulars_of(after),
            merge=merge,
        )
        self._taking = False
        self._compare()

    def _dirty(self) -> bool:
        if self.document is None:
            return False
        saved, present = self.document.saved, self.document.configuration
        return (saved.settings, saved.particulars) != (present.settings, present.particulars)

    def _compare(self, _modified: object = None) -> None:
        """Say whether something can be saved, and what is wrong beside its field."""
        if self._showing or self.document is None:
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
        self.document.say_settings_problem(problems[0] if problems and dirty else "")

    def _keep_draft(self) -> None:
        keeping = self._desk.documents.keep_draft(self._desk.services, self._id)
        self.tasks.start(keeping, lambda _none: self.draft_kept.emit())

    def _save(self) -> None:
        if self.document is None or not self.save_button.isEnabled():
            return
        before = self.document.saved
        saving = self._desk.documents.save_settings(self._desk.services, self._id)
        self.tasks.start(saving, lambda saved: self._after_save(saved, before))

    def _after_save(self, saved: Connection, before: Configuration) -> None:
        self._connection = saved
        self.banner.clear()
        self._follow()
        self._desk.say(self.tr("Settings saved."), self.tr("Undo"), lambda: self._undo(before))

    def _undo(self, before: Configuration) -> None:
        """Go back to what was saved before, and save that."""
        if self.document is not None:
            words = self.tr("Go back to the former settings")
            self.document.edit_connection(words, before.settings, before.particulars)
            saving = self._desk.documents.save_settings(self._desk.services, self._id)
            self.tasks.start(saving, self._take_stored)

    def _discard(self) -> None:
        if self.document is not None:
            saved = self.document.saved
            words = self.tr("Discard changes")
            self.document.edit_connection(words, saved.settings, saved.particulars)
            self.banner.clear()

    def _ask_delete(self) -> None:
        connection = self._connection
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
            if part is self.notification:
                layout.addWidget(self.mail)
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


def _edit_words(before: Connection, after: Connection) -> tuple[str, str]:
    """What an edit changes, in words, and the key under which edits of one text or number join."""
    changed: list[tuple[str, object]] = []
    pairs = ((before.settings, after.settings), (before.target, after.target), (before, after))
    for old, new in pairs:
        changed += [
            (field.name, getattr(new, field.name))
            for field in fields(old)
            if getattr(old, field.name) != getattr(new, field.name)
            and field.name not in ("settings", "target")
        ]
    names = [name for name, _value in changed]
    typed = all(type(value) in (str, int, float) for _name, value in changed)
    words = ", ".join(map(setting_name, names))
    return words, f"settings {words}" if typed else ""
