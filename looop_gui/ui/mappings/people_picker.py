"""Picks the sample people of the live results: by search, or five that differ most."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from looop_gui.model.directory import DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.services.mapping_preview import most_different, objects_of, sorted_names
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import icon_button
from looop_gui.ui.widgets.name_search import NameSearch


class PeoplePicker(QWidget):
    """`chosen` carries the people; `current` is the source id of the one in the table's column."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshot: DirectorySnapshot | None = None
        self._tasks = Tasks(self)
        self._object_type = ObjectType.USER
        self.current = ""
        self.field = NameSearch(theme, self.tr("Sample person"))
        self.field.setMinimumWidth(120)
        self.field.setToolTip(self.tr("Sample person for the live results"))
        self.differ = icon_button(
            theme, "shuffle", self.tr("Pick five that differ most"), self._pick_different
        )
        self.failed = icon_button(theme, "user-x", self.tr("Pick those who failed last"))
        self.failed.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self.field, 1)
        layout.addWidget(self.differ)
        layout.addWidget(self.failed)
        self.field.chosen.connect(self.choose)
        self.setEnabled(False)

    def show_snapshot(self, snapshot: DirectorySnapshot, object_type: ObjectType) -> None:
        """Offer the people or groups of this directory."""
        self._snapshot, self._object_type = snapshot, object_type
        self._tasks.start(sorted_names(snapshot, object_type), self._offer, replace="names")

    def show_person(self, source: DirectoryObject) -> None:
        """Show who is in the table's column now."""
        self.current = source.id
        self.field.show_name(source.display_name)

    def _offer(self, named: tuple[tuple[str, str], ...]) -> None:
        self.field.offer(named)
        self.setEnabled(bool(named))

    def choose(self, source_id: str) -> None:
        """Show that person or group, and beside it some that differ most."""
        source = self._snapshot.find(source_id) if self._snapshot is not None else None
        if source is not None and self._snapshot is not None:
            others = most_different(objects_of(self._snapshot, self._object_type), 4)
            self.show_person(source)
            self.chosen.emit((source, *(o for o in others if o.id != source.id)))

    def _pick_different(self) -> None:
        if self._snapshot is not None:
            people = most_different(objects_of(self._snapshot, self._object_type))
            if people:
                self.show_person(people[0])
            self.chosen.emit(people)
