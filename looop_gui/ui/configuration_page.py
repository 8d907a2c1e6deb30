"""The frame of the pages that edit a configuration: undo, discard, save, and drafts kept.

The page shows the document of its connection. Unsaved changes are kept a moment after each edit,
and what a crash left is shown again with the choice to discard it.
"""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from looop_gui.model.connection import Connection
from looop_gui.model.directory import DirectorySnapshot
from looop_gui.services.events import ConnectionsChanged, DirectoryChanged, MappingChanged
from looop_gui.services.mappings import VersionContent
from looop_gui.ui.configuration_document import ConfigurationDocument
from looop_gui.ui.desk import Desk
from looop_gui.ui.save_dialog import SaveDialog
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.widgets.banner import Tone
from looop_gui.ui.widgets.buttons import icon_button
from looop_gui.ui.widgets.page import Page

KEEP_MILLISECONDS = 800


class ConfigurationPage(Page):
    """Subclasses make their editor in `build` and say in `why_not_save` what blocks saving."""

    draft_kept = Signal()

    def __init__(self, desk: Desk, connection_id: str, heading: str, sentence: str) -> None:
        super().__init__(desk.theme, heading, sentence)
        self.desk = desk
        self.connection_id = connection_id
        self.connection: Connection | None = None
        self.document: ConfigurationDocument | None = None
        self.tasks = Tasks(self)
        self._usual_sentence = sentence
        self._keep = QTimer(self, singleShot=True, interval=KEEP_MILLISECONDS)
        self._keep.timeout.connect(self._keep_draft)
        self.save_button = self.header.set_primary(self.tr("Save"), self.ask_save, "save")
        self.save_button.setEnabled(False)
        self.discard_button = self.header.add_action(self.tr("Discard changes"), self.discard)
        self.discard_button.hide()
        self._make_history_buttons()
        desk.bridge.mapping_changed.connect(self._saved_elsewhere)
        desk.bridge.connections_changed.connect(self._settings_elsewhere)
        desk.bridge.directory_changed.connect(self._directory_changed)
        QShortcut(QKeySequence.StandardKey.Save, self, self.ask_save)

    def build(self, document: ConfigurationDocument, connection: Connection) -> QWidget:
        """Make the editor of the document."""
        raise NotImplementedError

    def show_snapshot(self, snapshot: DirectorySnapshot) -> None:
        """Show people of this directory in the editor."""
        raise NotImplementedError

    def why_not_save(self) -> str:
        """What keeps the configuration from being saved; empty when it can be."""
        return ""

    def undo(self) -> None:
        """Undo the last edit of this configuration."""
        if self.document is not None:
            self.document.undo_stack.undo()

    def redo(self) -> None:
        """Redo what was undone."""
        if self.document is not None:
            self.document.undo_stack.redo()

    def refresh(self) -> None:
        """Open the document the first time; read the directory each time the page is shown."""
        if self.document is None:
            self.loading.begin(self.tr("Reading the configuration"))
            self.tasks.start(self._open(), self._show_document, replace="open")
        else:
            self._read_directory()

    def ask_save(self) -> None:
        """Ask for a comment and save."""
        document = self.document
        if document is None or not document.modified or self._reason(document):
            return
        dialog = SaveDialog(self.desk.theme, self, self.changes_in_words(document))
        dialog.confirmed.connect(self.save)
        dialog.open()

    def changes_in_words(self, document: ConfigurationDocument) -> list[str]:
        """What saving would change."""
        return list(self.desk.services.mappings.differences(*_contents(document)))

    def save(self, comment: str = "") -> None:
        """Save now."""
        initial = self.document is not None and self._starts_initial_cycle(self.document)
        saving = self.desk.documents.save(self.desk.services, self.connection_id, comment)
        self.tasks.start(saving, lambda _none: self._say_saved(initial))

    def discard(self) -> None:
        """Go back to what is saved; undo brings the changes back."""
        discarding = self.desk.documents.discard(self.desk.services, self.connection_id)
        self.tasks.start(discarding, lambda _none: self.banner.clear())

    def show_state(self) -> None:
        """Bring the buttons and the sentence of the header up to date."""
        document = self.document
        if document is None:
            return
        reason = self._reason(document)
        self.save_button.setEnabled(document.modified and not reason)
        self.save_button.setToolTip(reason)
        self.discard_button.setVisible(document.modified)
        sentence = self._usual_sentence
        if document.modified:
            said = self.tr("Not saved yet.")
            if self._starts_initial_cycle(document):
                said = self.tr("Not saved yet. Saving starts an initial cycle.")
            sentence = reason or said
        self.header.set_sentence(sentence)

    def _starts_initial_cycle(self, document: ConfigurationDocument) -> bool:
        return self.desk.services.mappings.starts_initial_cycle(*_contents(document))

    def _reason(self, document: ConfigurationDocument) -> str:
        return self.why_not_save() or document.settings_problem

    def _make_history_buttons(self) -> None:
        self.undo_button = icon_button(self.theme, "undo-2", self.tr("Undo"), self.undo)
        self.redo_button = icon_button(self.theme, "redo-2", self.tr("Redo"), self.redo)
        for place, button in enumerate((self.undo_button, self.redo_button)):
            button.setEnabled(False)
            self.header.add_widget(button, place)

    async def _open(self) -> ConfigurationDocument:
        services = self.desk.services
        self.connection = await services.connections.get(self.connection_id)
        return await self.desk.documents.open(services, self.connection_id)

    def _show_document(self, document: ConfigurationDocument) -> None:
        self.loading.end()
        if self.document is not None or self.connection is None:
            return
        self.document = document
        self.body.addWidget(self.build(document, self.connection), 1)
        document.changed.connect(self._follow)
        document.saved_state_changed.connect(self.show_state)
        stack = document.undo_stack
        self.undo_button.setEnabled(stack.canUndo())
        self.redo_button.setEnabled(stack.canRedo())
        stack.canUndoChanged.connect(self.undo_button.setEnabled)
        stack.canRedoChanged.connect(self.redo_button.setEnabled)
        if document.restored:
            self.banner.say(
                Tone.INFO,
                self.tr("Changes that were not saved last time are shown again."),
                self.tr("Nothing of them was provisioned."),
                action=self.tr("Discard them"),
                on_action=self.discard,
            )
        self.show_state()
        self._read_directory()

    def _read_directory(self) -> None:
        if self.connection is not None:
            reading = self.desk.services.directory.snapshot(
                self.connection.source, self.connection_id
            )
            self.tasks.start(reading, self.show_snapshot, replace="snapshot")

    def _follow(self) -> None:
        self._keep.start()
        self.show_state()

    def _keep_draft(self) -> None:
        document = self.document
        if document is None:
            return
        keeping = self.desk.documents.keep_draft(self.desk.services, self.connection_id)
        self.tasks.start(keeping, lambda _none: self.draft_kept.emit())

    def _say_saved(self, initial: bool) -> None:
        self._keep.stop()
        self.banner.clear()
        self.show_state()
        said = self.tr("Saved. The next cycle is an initial one.") if initial else self.tr("Saved.")
        self.desk.say(said, "", None)

    def _saved_elsewhere(self, event: MappingChanged) -> None:
        if event.connection_id == self.connection_id and self.document is not None:
            reloading = self.desk.documents.reload(self.desk.services, self.connection_id)
            self.tasks.start(reloading, self._say_conflict, replace="reload")

    def _settings_elsewhere(self, event: ConnectionsChanged) -> None:
        document = self.document
        if self.connection_id in event.connection_ids and document and not document.modified:
            reloading = self.desk.documents.reload(self.desk.services, self.connection_id)
            self.tasks.start(reloading, None, lambda _gone: None, replace="reload")

    def _say_conflict(self, reloaded: bool) -> None:
        if not reloaded:
            self.banner.say(
                Tone.WARNING,
                self.tr("The mappings were saved elsewhere meanwhile."),
                self.tr("Saving here makes a new version on top; both stay in the history."),
            )

    def _directory_changed(self, event: DirectoryChanged) -> None:
        if event.connection_id == self.connection_id and self.isVisible():
            self._read_directory()


def _contents(document: ConfigurationDocument) -> tuple[VersionContent, VersionContent]:
    """What is saved and what is edited."""
    before, after = document.saved, document.configuration
    return (
        VersionContent(before.schema, before.settings),
        VersionContent(after.schema, after.settings),
    )
