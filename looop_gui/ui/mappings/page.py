"""The page *Attribute mapping* of a connection: users and groups, versions, import and export."""

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMenu, QTabBar, QVBoxLayout, QWidget

from looop_gui.model.connection import Connection
from looop_gui.model.directory import DirectorySnapshot, ObjectType
from looop_gui.services.discovered_mappings import DiscoveredTemplate, discover_mappings
from looop_gui.setup.synchronization_schema import ImportResult
from looop_gui.ui.configuration_document import ConfigurationDocument
from looop_gui.ui.configuration_page import ConfigurationPage
from looop_gui.ui.desk import Desk
from looop_gui.ui.mapping_argument import MappingArgument
from looop_gui.ui.mappings.editor import MappingEditor
from looop_gui.ui.mappings.transfer import SchemaTransfer
from looop_gui.ui.mappings.versions_dialog import VersionsDialog
from looop_gui.ui.sample_argument import SampleArgument
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.banner import Tone
from looop_gui.ui.widgets.buttons import icon_button


class MappingsPage(ConfigurationPage):
    """Two editors on one document; a schema file can be dropped anywhere on the page."""

    help_topic = "mappings"

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__(desk, connection_id, "", "")
        self.header.set_title(self.tr("Attribute mapping"))
        self._usual_sentence = self.tr("How people and groups become users and groups in Looop.")
        self.header.set_sentence(self._usual_sentence)
        self.editors: dict[ObjectType, MappingEditor] = {}
        self._sample: SampleArgument | None = None
        self._place: MappingArgument | None = None
        self.types = QTabBar()
        self.types.setExpanding(False)
        self.types.setAccessibleName(self.tr("Mapping of users or of groups"))
        self.transfer = SchemaTransfer(self)
        self.transfer.imported.connect(self._take_import)
        self.transfer.exported.connect(lambda words: desk.say(words, "", None))
        self.setAcceptDrops(True)
        self._menu = self._make_menu()
        more = icon_button(desk.theme, "history", self.tr("History"), self.open_versions)
        self.header.add_widget(more, 2)
        self.more = icon_button(desk.theme, "ellipsis", self.tr("Import and export"))
        self.more.clicked.connect(self._open_menu)
        self.header.add_widget(self.more, 3)

    def build(self, document: ConfigurationDocument, connection: Connection) -> QWidget:
        """The editors of users and of groups under tabs."""
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.types)
        for object_type in ObjectType:
            editor = MappingEditor(self.desk, document, object_type, connection.application)
            editor.problems_changed.connect(lambda _problems: self.show_state())
            editor.use_connection(connection.id)
            editor.setVisible(object_type is ObjectType.USER)
            self.editors[object_type] = editor
            self.types.addTab(self._title(document, object_type))
            layout.addWidget(editor, 1)
        self.types.currentChanged.connect(self._show_type)
        return content

    def show_snapshot(self, snapshot: DirectorySnapshot) -> None:
        """Take sample people from this directory."""
        for editor in self.editors.values():
            editor.show_snapshot(snapshot)
        if self._sample is not None:
            self._show_sample(self._sample)
            self._sample = None
        if self._place is not None:
            place, self._place = self._place, None
            self.show_argument(place)

    def why_not_save(self) -> str:
        """The first error of lint."""
        for editor in self.editors.values():
            if editor.problems.errors:
                return editor.problems.errors[0].sentence
        return ""

    def focus_search(self) -> None:
        """Search in the table that is shown."""
        self._editor.options.search.setFocus()

    def show_argument(self, argument: object) -> None:
        """Show the mapping of that target attribute, or that person or group as the sample."""
        if isinstance(argument, SampleArgument):
            # The directory is read after the page is shown; the sample is taken from it then.
            self._sample = argument
            return
        if isinstance(argument, MappingArgument):
            self._show_place(argument)
            return
        for number, editor in enumerate(self.editors.values()):
            targets = [mapping.target_attribute for mapping in editor.model.rows]
            if argument in targets:
                self.types.setCurrentIndex(number)
                editor.select(targets.index(str(argument)))
                return

    def _show_place(self, place: MappingArgument) -> None:
        """Show one mapping; where the document is still being read, as soon as it is there."""
        if not self.editors:
            self._place = place
            return
        self.types.setCurrentIndex(list(self.editors).index(place.object_type))
        editor = self.editors[place.object_type]
        wanted = place.target_attribute.casefold()
        for row, mapping in enumerate(editor.model.rows):
            if mapping.target_attribute.casefold() == wanted:
                editor.select(row)

    def _show_sample(self, sample: SampleArgument) -> None:
        self.types.setCurrentIndex(list(self.editors).index(sample.object_type))
        self.editors[sample.object_type].options.people.choose(sample.source_id)

    def open_versions(self) -> None:
        """Show the versions that were saved."""
        dialog = VersionsDialog(self.desk, self.connection_id, self.document, self)
        dialog.open()

    def discover(self) -> None:
        """Ask the target what it publishes and put a template of it in place, not saved."""
        if self.connection is not None:
            self.loading.begin(self.tr("Asking the target for its schemas"))
            asking = self._discovered(self.connection)
            self.tasks.start(asking, self._take_template, replace="discover")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a file with a schema."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import the dropped file."""
        for url in event.mimeData().urls():
            self.transfer.import_file(url.toLocalFile())
            break

    @property
    def _editor(self) -> MappingEditor:
        return list(self.editors.values())[max(0, self.types.currentIndex())]

    def _title(self, document: ConfigurationDocument, object_type: ObjectType) -> str:
        return document.schema.mapping_of(object_type).name

    def _show_type(self, index: int) -> None:
        for number, editor in enumerate(self.editors.values()):
            editor.setVisible(number == index)

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction(self.tr("Import a schema file"), self.transfer.choose_import)
        menu.addAction(self.tr("Paste a schema"), self.transfer.paste)
        menu.addAction(self.tr("Start from the target's schemas"), self.discover)
        menu.addSeparator()
        menu.addAction(self.tr("Export to a file"), self._export)
        menu.addAction(self.tr("Copy as JSON"), self._copy)
        return menu

    def _open_menu(self) -> None:
        self._menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _export(self) -> None:
        if self.document is not None and self.connection is not None:
            self.transfer.choose_export(self.document.schema, self.connection.name)

    def _copy(self) -> None:
        if self.document is not None:
            self.transfer.copy(self.document.schema)

    async def _discovered(self, connection: Connection) -> DiscoveredTemplate:
        services = self.desk.services
        reached = await services.tenants.reach(connection)
        token = await services.connections.token_of(reached)
        return await discover_mappings(reached.target, token)

    def _take_template(self, template: DiscoveredTemplate) -> None:
        """Put the template in place as one step of undo, and say what is missing or odd."""
        self.loading.end()
        if self.document is None:
            return
        self.document.edit_schema(self.tr("Start from the target's schemas"), template.schema)
        words = self.tr("These mappings follow what the target publishes; they are not saved yet.")
        if template.oddities:
            self.banner.say(Tone.WARNING, words, "\n".join(template.oddities))
        else:
            self.banner.say(Tone.SUCCESS, words)

    def _take_import(self, result: ImportResult) -> None:
        """Put the imported schema in place as one step of undo, and list what is not known."""
        if self.document is None:
            return
        self.document.edit_schema(self.tr("Import a schema"), result.schema)
        notes = "\n".join(result.notes)
        words = self.tr("The schema is imported and not saved yet. Undo brings the former back.")
        if notes:
            kept = self.tr("Kept for the next export, but without effect here:")
            self.banner.say(Tone.WARNING, words, f"{kept}\n{notes}")
        else:
            self.banner.say(Tone.SUCCESS, words)
