"""The editor of one object mapping: options above, table or canvas, inspector, live results.

All of it shows one document through one model; the wizard embeds it, and the page *Attribute
mapping* adds saving, versions, import and export.
"""

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from looop_gui.model.connection import Application
from looop_gui.model.directory import DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.model.mapping import AttributeDefinition, AttributeMapping, MappingType
from looop_gui.services.mapping_preview import ChangeCount, ObjectPreview
from looop_gui.setup.default_mappings import default_schema
from looop_gui.setup.lint import MappingFinding, MappingFix
from looop_gui.setup.mapping_edits import (
    connect,
    joined_with,
    with_new_mapping,
    with_object_mapping,
    with_source_attributes,
    with_target_attributes,
    without_mappings,
)
from looop_gui.ui.configuration_document import ConfigurationDocument
from looop_gui.ui.configuration_lint import ConfigurationLint
from looop_gui.ui.desk import Desk
from looop_gui.ui.mappings.attribute_list_dialog import AttributeListDialog
from looop_gui.ui.mappings.canvas.foot import CanvasFoot
from looop_gui.ui.mappings.canvas.mini_map import MiniMap
from looop_gui.ui.mappings.canvas.view import CanvasView
from looop_gui.ui.mappings.change_words import change_in_words
from looop_gui.ui.mappings.inspector import MappingInspector
from looop_gui.ui.mappings.live_results import LiveResults
from looop_gui.ui.mappings.mapping_table import MappingTable
from looop_gui.ui.mappings.options_bar import OptionsBar
from looop_gui.ui.mappings.problem_line import ProblemLine
from looop_gui.ui.mappings.problems import Problems, problems_of
from looop_gui.ui.mappings.search_popup import SearchPopup
from looop_gui.ui.mappings.table_model import MappingTableModel
from looop_gui.ui.mappings.target_comparison import TargetComparison
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.inspector import InspectorSplitter

ROOM_FOR_BOTH = 760


class MappingEditor(QWidget):
    """Edits the mapping of people or of groups in a document."""

    problems_changed = Signal(object)

    def __init__(
        self,
        desk: Desk,
        document: ConfigurationDocument,
        object_type: ObjectType,
        application: Application,
    ) -> None:
        super().__init__()
        self._theme = desk.theme
        self._document = document
        self._object_type = object_type
        self._application = application
        self.model = MappingTableModel(document, object_type, self)
        self.options = OptionsBar(desk.theme, document, object_type)
        self.table = MappingTable(desk.theme, self.model)
        self.canvas = CanvasView(desk.theme, document, self.model)
        self.mini_map = MiniMap(desk.theme, self.canvas)
        self.inspector = MappingInspector(desk.theme, document, self.model)
        self.live = LiveResults(document, object_type, self)
        self.lint = ConfigurationLint(document, application, self)
        self.comparison = TargetComparison(desk.services, document, object_type, self)
        self.problems = Problems()
        self.general = ProblemLine(desk.theme)
        self._following = False
        self._views = QStackedWidget()
        self._lay_out(desk)
        self._connect()
        self.lint.run()

    @property
    def widget(self) -> QWidget:
        """Itself."""
        return self

    def show_snapshot(self, snapshot: DirectorySnapshot) -> None:
        """Take sample people from this directory."""
        self.options.people.show_snapshot(snapshot, self._object_type)
        self.live.show_snapshot(snapshot)
        if self.live.people and not self.options.people.current:
            self.options.people.show_person(self.live.people[0])

    def use_connection(self, connection_id: str) -> None:
        """The connection is saved: its target can be asked and its log read."""
        self.comparison.connection_id = connection_id
        self.options.compare.show()
        self.options.people.failed.show()

    def edit_target_list(self) -> None:
        """Edit the attribute list of the target."""
        definitions = self._document.schema.target_attributes_of(self._object_type)
        heading = self.tr("Attribute list of the target")
        dialog = AttributeListDialog(self._theme, self, heading, definitions)
        dialog.confirmed.connect(self._use_target_list)
        dialog.open()

    def edit_source_list(self) -> None:
        """Edit the attribute list of the source directory."""
        definitions = self._document.schema.source_attributes_of(self._object_type)
        heading = self.tr("Attribute list of the source directory")
        dialog = AttributeListDialog(self._theme, self, heading, definitions)
        dialog.confirmed.connect(self._use_source_list)
        dialog.open()

    def add_mapping(self) -> None:
        """Add a mapping for the first target attribute that has none, and edit it."""
        schema = self._document.schema
        mapped = {mapping.target_attribute for mapping in self.model.rows}
        free = (
            definition.name
            for definition in schema.target_attributes_of(self._object_type)
            if definition.name not in mapped and not definition.anchor
        )
        added = AttributeMapping(next(free, ""), MappingType.DIRECT)
        changed = with_new_mapping(schema, self._object_type, added)
        self._document.edit_schema(self.tr("Add a mapping"), changed)
        self.select(len(self.model.rows) - 1)
        self.inspector.target.setFocus()
        self.inspector.target.field.selectAll()

    def delete_rows(self, rows: tuple[int, ...]) -> None:
        """Delete mappings; undo brings them back."""
        changed = without_mappings(self._document.schema, self._object_type, frozenset(rows))
        words = self.tr("Delete %n mapping(s)", "", len(rows))
        self.select(-1)
        self._document.edit_schema(words, changed)

    def restore_defaults(self) -> None:
        """The portal's *Restore default mappings*, for this object type; undo brings back."""
        default = default_schema(self._application).mapping_of(self._object_type)
        changed = with_object_mapping(self._document.schema, default)
        self.select(-1)
        self._document.edit_schema(self.tr("Restore default mappings"), changed)

    def select(self, row: int) -> None:
        """Select a row in every view and show it in the inspector."""
        self.table.select(row)
        self.canvas.select(row)
        self._show_row(row)

    def show_canvas(self, on: bool) -> None:
        """Show the canvas, or else the table; the selection stays."""
        view = self.canvas if on else self.table
        self._views.setCurrentIndex(1 if on else 0)
        self.options.search.setVisible(not on)
        self.options.only_problems.setVisible(not on)
        view.setFocus()

    def _lay_out(self, desk: Desk) -> None:
        self._views.addWidget(self.table)
        self._views.addWidget(self._canvas_with_foot(desk))
        main = QWidget()
        left = QVBoxLayout(main)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(GRID)
        left.addWidget(self._views, 1)
        self._main = main
        splitter = InspectorSplitter("mappings", main, self.inspector, desk.settings)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.options)
        layout.addWidget(self.general)
        layout.addWidget(splitter, 1)
        self.setFocusProxy(self.table)

    def _canvas_with_foot(self, desk: Desk) -> QWidget:
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(CanvasFoot(desk.theme, self.canvas))
        return whole

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is room for one only, the inspector covers the table."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        covered = self.width() < ROOM_FOR_BOTH and not self.inspector.isHidden()
        self._main.setVisible(not covered)

    def _connect(self) -> None:
        self.table.row_selected.connect(self._select_from_table)
        self.canvas.row_selected.connect(self._select_from_canvas)
        for view in (self.table, self.canvas):
            view.edit_wanted.connect(self._edit)
            view.delete_wanted.connect(self.delete_rows)
        self.inspector.delete_wanted.connect(lambda: self.delete_rows((self.inspector.row,)))
        self.inspector.closed.connect(lambda: self.select(-1))
        self.canvas.mapped.connect(self._map)
        self.canvas.joined.connect(self._join)
        self.canvas.searched.connect(self._search_target)
        self.options.add.clicked.connect(self.add_mapping)
        self.options.restore_wanted.connect(self.restore_defaults)
        self.options.target_list_wanted.connect(self.edit_target_list)
        self.options.source_list_wanted.connect(self.edit_source_list)
        self.options.compare.toggled.connect(self.comparison.switch)
        self.options.people.failed.clicked.connect(self._find_failed)
        self.comparison.compared.connect(self.model.show_held)
        self.comparison.said.connect(self.options.show_count)
        self.comparison.failed_found.connect(self._show_failed)
        self.options.canvas.toggled.connect(self.show_canvas)
        self.options.filter_changed.connect(self.table.filter.show_rows)
        self.options.people.chosen.connect(self.live.choose)
        self.live.previewed.connect(self._show_previews)
        self.live.counted.connect(self._show_count)
        self.live.stepped.connect(self.inspector.builder.steps.show_steps)
        self.inspector.builder.step.toggled.connect(self._step)
        self.general.fix_wanted.connect(self._fix)
        self.live.outdated.connect(self._count_outdated)
        self.lint.found.connect(self._show_findings)
        self.model.rows_replaced.connect(self._keep_selection)

    def _select_from_table(self, row: int) -> None:
        self._follow_selection(self.canvas, row)

    def _select_from_canvas(self, row: int) -> None:
        self._follow_selection(self.table, row)

    def _follow_selection(self, other: MappingTable | CanvasView, row: int) -> None:
        """Let the other view follow, and do not take its echo for the user's wish."""
        if self._following:
            return
        self._following = True
        other.select(row)
        self._following = False
        self._show_row(row)

    def _show_row(self, row: int) -> None:
        self.inspector.show_row(row)
        self._share_room()
        if row >= 0:
            self.inspector.show_problems(self.problems.by_field(row))
            self.inspector.results.show_previews(self.live.previews, row)
            self._step()

    def _keep_selection(self) -> None:
        if self.inspector.row >= len(self.model.rows):
            self.select(-1)

    def _edit(self, row: int) -> None:
        self.select(row)
        self.inspector.focus_source()

    def _use_target_list(self, definitions: tuple[AttributeDefinition, ...]) -> None:
        changed = with_target_attributes(self._document.schema, self._object_type, definitions)
        self._document.edit_schema(self.tr("Edit the target's attribute list"), changed)

    def _use_source_list(self, definitions: tuple[AttributeDefinition, ...]) -> None:
        changed = with_source_attributes(self._document.schema, self._object_type, definitions)
        self._document.edit_schema(self.tr("Edit the source's attribute list"), changed)

    def _find_failed(self) -> None:
        if self.live.snapshot is not None:
            self.comparison.find_failed(self.live.snapshot)

    def _show_failed(self, people: tuple[DirectoryObject, ...]) -> None:
        if people:
            self.options.people.show_person(people[0])
            self.live.choose(people)
        else:
            self.options.show_count(self.tr("Nobody failed."))

    def _map(self, source: str, target: str) -> None:
        changed = connect(self._document.schema, self._object_type, source, target)
        self._document.edit_schema(self.tr("Map {source}").format(source=source), changed)
        rows = [m.target_attribute for m in self.model.rows]
        self.select(rows.index(target))

    def _join(self, row: int, source: str) -> None:
        mapping = self.model.mapping_at(row)
        if mapping is not None:
            words = self.tr("Add {source}").format(source=source)
            self.model.change(row, joined_with(mapping, source), words)
            self.select(row)

    def _search_target(self, source: str, position: QPoint) -> None:
        definitions = self._document.schema.target_attributes_of(self._object_type)
        names = [d.name for d in definitions if not d.anchor]
        popup = SearchPopup(self._theme, names, self)
        popup.chosen.connect(lambda target: self._map(source, target))
        popup.open_at(position)

    def _show_previews(self, previews: tuple[ObjectPreview, ...]) -> None:
        person = self.options.people.current
        shown = next((p for p in previews if p.source_id == person), None)
        shown = shown or (previews[0] if previews else None)
        if self.live.people:
            self.comparison.show_person(self.live.people[0])
        if shown is not None and len(shown.values) == len(self.model.rows):
            results = {
                mapping.target_attribute: value.problem or value.result or ""
                for mapping, value in zip(self.model.rows, shown.values, strict=True)
            }
            self.model.show_results(results, shown.name)
        if self.inspector.row >= 0:
            self.inspector.results.show_previews(previews, self.inspector.row)
        self._step()

    def _step(self) -> None:
        """Bring the step-through up to date while it is open."""
        mapping = self.inspector.mapping
        if mapping is not None and self.inspector.builder.step.isChecked():
            self.live.step(mapping.source)

    def _fix(self, fix: MappingFix) -> None:
        changed = with_object_mapping(self._document.schema, fix.mapping)
        self._document.edit_schema(fix.title, changed)

    def _show_count(self, count: ChangeCount) -> None:
        sentence = change_in_words(count, self._object_type)
        self.options.show_count(sentence, stale=not count.finished)

    def _count_outdated(self) -> None:
        self.options.show_count(self.options.count.text(), stale=True)

    def _show_findings(self, findings: tuple[MappingFinding, ...]) -> None:
        self.problems = problems_of(findings, self._object_type)
        by_row = self.problems.by_row()
        self.model.show_problems(by_row, self.problems.error_rows)
        self.canvas.show_problems(by_row)
        self.options.show_problems(self.problems)
        if self.inspector.row >= 0:
            self.inspector.show_problems(self.problems.by_field(self.inspector.row))
        self.general.show_findings(self.problems.general)
        self.problems_changed.emit(self.problems)
