"""The page *Users and groups*: who is assigned with which role, and edits of the source."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection
from PySide6.QtWidgets import QPushButton, QWidget

from looop_gui.model.connection import SourceType
from looop_gui.model.directory import ObjectType
from looop_gui.services.roster import AccountState, Roster, RosterRow, read_roster
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.directory.defects import DefectsBanner
from looop_gui.ui.directory.object_inspector import ObjectInspector
from looop_gui.ui.directory.roster_model import RosterModel
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.widgets.banner import Tone
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.empty_state import EmptyState
from looop_gui.ui.widgets.flow_layout import FlowLayout
from looop_gui.ui.widgets.inspector import InspectorSplitter
from looop_gui.ui.widgets.labels import caption
from looop_gui.ui.widgets.page import Page
from looop_gui.ui.widgets.plain_delegate import PlainDelegate
from looop_gui.ui.widgets.search_field import SearchField
from looop_gui.ui.widgets.searched_list import SearchedList
from looop_gui.ui.widgets.table import Table

if TYPE_CHECKING:
    from looop_gui.sources.editing import DirectoryEditor

_WIDTHS = (180, 230, 180, 140, 0)


class Part(StrEnum):
    """Which part of the directory is shown."""

    ALL = "all"
    ASSIGNED = "assigned"
    IN_SCOPE = "in-scope"
    NOT_IN_SCOPE = "not-in-scope"
    INACTIVE = "inactive"


class DirectoryPage(Page):
    """`show_argument` takes the id of a person or group to select."""

    help_topic = "directory"

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__(desk.theme, "")
        self.header.set_title(self.tr("Users and groups"))
        self._desk = desk
        self._connection_id = connection_id
        self.tasks = Tasks(self)
        self.roster: Roster | None = None
        self._part = Part.ALL
        self._wanted_id = ""
        self.search = SearchField(desk.theme, self.tr("Search people and groups"))
        self.search.searched.connect(lambda _text: self._narrow())
        self.model = RosterModel(desk.theme, self)
        self.table = Table(self.tr("People and groups of the source"))
        self.table.show_model(self.model, _WIDTHS, optional=(1, 4, 2))
        self.table.setItemDelegate(PlainDelegate(desk.theme, self.table))
        self.inspector = ObjectInspector(desk, self.model)
        self.count_label = caption("")
        self.defects = DefectsBanner(desk.theme)
        self.part_chips = self._make_part_chips()
        self.type_chips = self._make_type_chips()
        self._object_type: ObjectType | None = None
        self.day_button = self.header.add_action(
            self.tr("A typical day"), self._typical_day, "calendar-clock"
        )
        self.day_button.setToolTip(
            self.tr("Some people join, move and leave, so that the next cycle has work to do")
        )
        self.day_button.hide()
        self._lay_out()
        self._connect()

    def refresh(self) -> None:
        """Read the source again; files are read only when they changed."""
        self.loading.begin(self.tr("Reading the source directory"))
        reading = read_roster(self._desk.services, self._connection_id)
        self.tasks.start(reading, self._take_roster, replace="roster")

    def focus_search(self) -> None:
        """Search people and groups."""
        self.search.setFocus()
        self.search.selectAll()

    def show_argument(self, argument: object) -> None:
        """Select a person or group."""
        if isinstance(argument, str):
            self._wanted_id = argument
            self._select_wanted()

    def _connect(self) -> None:
        self.table.selectionModel().selectionChanged.connect(self._take_selection)
        self.inspector.closed.connect(self.table.clearSelection)
        bridge = self._desk.bridge
        bridge.directory_changed.connect(self._take_change)
        bridge.mapping_changed.connect(self._take_change)
        inspector = self.inspector
        inspector.assign_wanted.connect(
            lambda one, role: self._edit(lambda editor: editor.assign(one, role))
        )
        inspector.unassign_wanted.connect(
            lambda one: self._edit(lambda editor: editor.unassign(one))
        )
        inspector.enable_wanted.connect(
            lambda one, on: self._edit(lambda editor: editor.set_enabled(one, on))
        )
        inspector.restore_wanted.connect(lambda one: self._edit(lambda editor: editor.restore(one)))
        inspector.delete_wanted.connect(self._delete)
        inspector.attribute_wanted.connect(
            lambda one, name, value: self._edit(
                lambda editor: editor.change_attribute(one, name, value)
            )
        )

    def _delete(self, object_id: str, for_good: bool) -> None:
        if for_good:
            self._edit(lambda editor: editor.delete_for_good(object_id))
            return
        self._edit(
            lambda editor: editor.delete_softly(object_id),
            undo=lambda: self._edit(lambda editor: editor.restore(object_id)),
        )

    def _typical_day(self) -> None:
        from looop_gui.sources.typical_day import typical_day

        seed = asyncio.get_event_loop().time()

        def change(editor: DirectoryEditor) -> str:
            return " ".join(typical_day(editor, int(seed * 1000)))

        self._edit(change, say=self._say_day)

    def _say_day(self, sentences: str) -> None:
        changes = sentences.count(". ") + 1
        words = self.tr("A typical day: {0} changes. Run now carries them to the target.")
        self.banner.say(
            Tone.INFO,
            words.format(changes),
            action=self.tr("Go to the overview"),
            on_action=lambda: self._desk.go_to("overview", None),
        )

    def _edit(
        self,
        change: Callable[[DirectoryEditor], str],
        *,
        undo: Callable[[], object] | None = None,
        say: Callable[[str], None] | None = None,
    ) -> None:
        """Change the source; what was changed is said, and the list is read again."""

        def done(sentence: str) -> None:
            if say is not None:
                say(sentence)
            else:
                self._desk.say(sentence, self.tr("Undo") if undo else "", undo)
            self.refresh()

        self.tasks.start(self._desk.services.directory.edit(self._connection_id, change), done)

    def _take_change(self, event: object) -> None:
        if getattr(event, "connection_id", "") == self._connection_id and self.isVisible():
            self.refresh()

    def _take_roster(self, roster: Roster) -> None:
        self.loading.end()
        self.roster = roster
        self.day_button.setVisible(roster.connection.source.type is SourceType.DEMO)
        people = [row for row in roster.rows if row.entry.object_type is ObjectType.USER]
        in_scope = sum(1 for row in roster.rows if row.in_scope)
        words = self.tr("{0} people and {1} groups in the source, {2} of them in scope.")
        groups = len(roster.rows) - len(people)
        self.header.set_sentence(
            words.format(formats.count(len(people)), formats.count(groups), formats.count(in_scope))
        )
        self.defects.show_problems(roster.problems)
        self._tell_default_access(roster)
        self._narrow()

    def _tell_default_access(self, roster: Roster) -> None:
        """Section b.3: the documents contradict each other about Default Access; say so once."""
        key = f"defaultAccessTold/{self._connection_id}"
        if not roster.default_access_only or self._desk.settings.value(key):
            return
        self._desk.settings.setValue(key, True)
        number = formats.count(roster.default_access_only)
        if roster.connection.settings.exclude_default_access:
            words = self.tr("{0} people and groups have Default Access only and are left out.")
        else:
            words = self.tr("{0} people and groups have Default Access only and are provisioned.")
        more = self.tr(
            "Looop's tutorial says they are excluded; the service's documentation says that since "
            "July 2020 the role counts like any other. You can change this in the settings."
        )
        self.banner.say(
            Tone.INFO,
            words.format(number),
            more,
            action=self.tr("Settings"),
            on_action=lambda: self._desk.go_to("settings", None),
        )

    def _narrow(self) -> None:
        if self.roster is None:
            return
        text = self.search.text().strip().casefold()
        kind = self._object_type
        rows = [
            row
            for row in self.roster.rows
            if (kind is None or row.entry.object_type is kind)
            and _in_part(row, self._part)
            and (not text or _matches(row, text))
        ]
        selected = self.inspector.row.entry.id if self.inspector.row is not None else ""
        shown = not self.inspector.isHidden()
        self.model.show_rows(rows)
        self.count_label.setText(self.tr("{0} shown").format(formats.count(len(rows))))
        self._list.show_table(bool(rows))
        self._wanted_id = self._wanted_id or (selected if shown else "")
        self._select_wanted()

    def _select_wanted(self) -> None:
        row = self.model.row_of(self._wanted_id) if self._wanted_id else -1
        if row >= 0:
            self._wanted_id = ""
            self.table.selectRow(row)
            self.table.scrollTo(self.model.index(row, 0))

    def _take_selection(self, selected: QItemSelection, _deselected: QItemSelection) -> None:
        indexes = selected.indexes()
        row = self.model.row_at(indexes[0].row()) if indexes else None
        if row is not None and self.roster is not None:
            self.inspector.show_row(row, self.roster.roles, editable=True)

    def _choose_part(self, part: Part) -> None:
        self._part = Part.ALL if part is self._part else part
        for one, chip in self.part_chips.items():
            chip.setChecked(one is self._part)
        self._narrow()

    def _choose_type(self, kind: ObjectType) -> None:
        self._object_type = None if kind is self._object_type else kind
        for one, chip in self.type_chips.items():
            chip.setChecked(one is self._object_type)
        self._narrow()

    def _make_part_chips(self) -> dict[Part, QPushButton]:
        words = {
            Part.ASSIGNED: self.tr("Assigned"),
            Part.IN_SCOPE: self.tr("In scope"),
            Part.NOT_IN_SCOPE: self.tr("Not in scope"),
            Part.INACTIVE: self.tr("Disabled or deleted"),
        }
        chips = {}
        for part, text in words.items():
            chip = button(self.theme, text, partial(self._choose_part, part), look="chip")
            chip.setCheckable(True)
            chips[part] = chip
        return chips

    def _make_type_chips(self) -> dict[ObjectType, QPushButton]:
        words = {ObjectType.USER: self.tr("People"), ObjectType.GROUP: self.tr("Groups")}
        chips = {}
        for kind, text in words.items():
            chip = button(self.theme, text, partial(self._choose_type, kind), look="chip")
            chip.setCheckable(True)
            chips[kind] = chip
        return chips

    def _lay_out(self) -> None:
        chips = QWidget()
        flow = FlowLayout(chips)
        flow.setSpacing(6)
        for chip in (*self.type_chips.values(), *self.part_chips.values()):
            flow.addWidget(chip)
        self.empty = EmptyState(
            self.theme,
            "users-round",
            self.tr("Nobody to show"),
            self.tr("Take a filter away, or check the source directory in the settings."),
        )
        self._list = SearchedList(
            self.search, self.table, self.empty, tools=(self.count_label,), filters=chips
        )
        self._list.show_table(True)
        split = InspectorSplitter("directory", self._list, self.inspector, self._desk.settings)
        self.body.addWidget(self.defects)
        self.body.addWidget(split, 1)


def _in_part(row: RosterRow, part: Part) -> bool:
    return {
        Part.ALL: True,
        Part.ASSIGNED: row.assigned,
        Part.IN_SCOPE: row.in_scope,
        Part.NOT_IN_SCOPE: not row.in_scope,
        Part.INACTIVE: row.state is not AccountState.ACTIVE,
    }[part]


def _matches(row: RosterRow, text: str) -> bool:
    values = (
        row.entry.attributes.get(name)
        for name in ("displayName", "userPrincipalName", "mail", "department", "jobTitle")
    )
    return any(isinstance(value, str) and text in value.casefold() for value in values)
