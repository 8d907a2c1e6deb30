"""The options of an object mapping: enabled, target object actions, search, views, and tools."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import TargetObjectActions
from looop_gui.setup.mapping_edits import with_object_mapping
from looop_gui.ui.configuration_document import ConfigurationDocument
from looop_gui.ui.mappings.people_picker import PeoplePicker
from looop_gui.ui.mappings.problems import Problems
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button, icon_button
from looop_gui.ui.widgets.labels import ElidedLabel, caption
from looop_gui.ui.widgets.search_field import SearchField

_NARROW = 800


class OptionsBar(QWidget):
    """Two lines: what the mapping does, and how it is looked at."""

    filter_changed = Signal(str, bool)
    restore_wanted = Signal()
    target_list_wanted = Signal()
    source_list_wanted = Signal()

    def __init__(
        self, theme: Theme, document: ConfigurationDocument, object_type: ObjectType
    ) -> None:
        super().__init__()
        self._theme = theme
        self._document = document
        self._object_type = object_type
        self.enabled = QCheckBox(self.tr("Enabled"))
        self.enabled.setToolTip(self.tr("Provision objects of this type at all"))
        self.action_boxes = {
            TargetObjectActions.CREATE: QCheckBox(self.tr("Create")),
            TargetObjectActions.UPDATE: QCheckBox(self.tr("Update")),
            TargetObjectActions.DELETE: QCheckBox(self.tr("Delete")),
        }
        self.search = SearchField(theme, self.tr("Search mappings"))
        self.only_problems = button(theme, self.tr("Problems"), look="chip")
        self.only_problems.setCheckable(True)
        self.people = PeoplePicker(theme)
        self.table = button(theme, self.tr("Table"), icon="table-2", look="quiet")
        self.canvas = button(theme, self.tr("Canvas"), icon="workflow", look="quiet")
        for view in (self.table, self.canvas):
            view.setAccessibleName(view.text())
            view.setToolTip(view.text())
        self.add = button(theme, self.tr("Add mapping"), icon="plus")
        self.more = icon_button(theme, "ellipsis", self.tr("More"))
        self.menu = QMenu(self)
        self.menu.addAction(self.tr("Restore default mappings"), self.restore_wanted.emit)
        self.menu.addSeparator()
        self.menu.addAction(
            self.tr("Edit attribute list of the target"), self.target_list_wanted.emit
        )
        self.menu.addAction(
            self.tr("Edit attribute list of the source"), self.source_list_wanted.emit
        )
        self.compare = button(theme, "", look="chip")
        self.compare.setCheckable(True)
        self.compare.setToolTip(
            self.tr("Ask the target what it holds for the sample person; nothing is written")
        )
        self._name_comparison(self.tr("Compare with target"))
        self.compare.hide()
        self.count = ElidedLabel("")
        self.count.setProperty("look", "caption")
        self._lay_out()
        self._connect()
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say less where there is little room."""
        super().resizeEvent(event)
        narrow = event.size().width() < _NARROW
        self.table.setText("" if narrow else self.tr("Table"))
        self.canvas.setText("" if narrow else self.tr("Canvas"))
        self.add.setText(self.tr("Add") if narrow else self.tr("Add mapping"))
        words = self.tr("Compare") if narrow else self.tr("Compare with target")
        self._name_comparison(words)

    def show_count(self, sentence: str, *, stale: bool = False) -> None:
        """Show what unsaved changes alter; greyed while it is being counted."""
        self.count.setText(sentence)
        self.count.setEnabled(not stale)

    def show_problems(self, problems: Problems) -> None:
        """Say how many problems there are."""
        number = len(problems.findings)
        text = self.tr("No problems")
        if number == 1:
            text = self.tr("1 problem")
        elif number:
            text = self.tr("{number} problems").format(number=number)
        self.only_problems.setText(text)
        tips = [finding.sentence for finding in problems.findings]
        self.only_problems.setToolTip("\n".join(tips) or self.tr("Show rows with problems only"))

    def _name_comparison(self, words: str) -> None:
        """Leave room for the bold text that a pressed chip has."""
        bold = self.compare.font()
        bold.setBold(True)
        self.compare.setText(words)
        self.compare.setMinimumWidth(QFontMetrics(bold).horizontalAdvance(words) + 4 * GRID)

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(GRID)
        first.addWidget(self.enabled)
        first.addSpacing(2 * GRID)
        first.addWidget(caption(self.tr("Target object actions")))
        for box in self.action_boxes.values():
            first.addWidget(box)
        first.addSpacing(2 * GRID)
        first.addWidget(self.count, 1)
        second = QHBoxLayout()
        second.setSpacing(GRID)
        for widget in (self.table, self.canvas):
            second.addWidget(widget)
        second.addWidget(self.search, 1)
        second.addWidget(self.only_problems)
        second.addWidget(self.compare)
        second.addStretch(1)
        for tool in (self.people, self.add, self.more):
            second.addWidget(tool)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(first)
        layout.addLayout(second)
        self.search.setMinimumWidth(88)
        self.search.setMaximumWidth(280)
        views = QButtonGroup(self)
        for choice in (self.table, self.canvas):
            choice.setCheckable(True)
            views.addButton(choice)
        self.table.setChecked(True)

    def _connect(self) -> None:
        self.enabled.clicked.connect(self._toggle_enabled)
        for box in self.action_boxes.values():
            box.clicked.connect(self._change_actions)
        self.search.searched.connect(lambda _text: self._filter())
        self.only_problems.toggled.connect(lambda _on: self._filter())
        self.more.clicked.connect(self._open_menu)
        self._document.changed.connect(self._show)

    def _open_menu(self) -> None:
        self.menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _filter(self) -> None:
        self.filter_changed.emit(self.search.text().strip(), self.only_problems.isChecked())

    def _show(self) -> None:
        mapping = self._document.schema.mapping_of(self._object_type)
        self.enabled.setChecked(mapping.enabled)
        for action, box in self.action_boxes.items():
            box.setChecked(action in mapping.actions)
            box.setEnabled(mapping.enabled)

    def _toggle_enabled(self, on: bool) -> None:
        mapping = self._document.schema.mapping_of(self._object_type)
        changed = with_object_mapping(self._document.schema, replace(mapping, enabled=on))
        words = self.tr("Enable the mapping") if on else self.tr("Disable the mapping")
        self._document.edit_schema(words, changed)

    def _change_actions(self) -> None:
        chosen = TargetObjectActions.NOTHING
        for action, box in self.action_boxes.items():
            if box.isChecked():
                chosen |= action
        mapping = self._document.schema.mapping_of(self._object_type)
        changed = with_object_mapping(self._document.schema, replace(mapping, actions=chosen))
        self._document.edit_schema(self.tr("Change the target object actions"), changed)
