"""Picks the sample people of the live results: by search, or five that differ most."""

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QLineEdit, QWidget

from looop_gui.model.directory import DirectoryObject, DirectorySnapshot, ObjectType
from looop_gui.services.mapping_preview import most_different, objects_of
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import icon_button


class PeoplePicker(QWidget):
    """`chosen` carries the people; `current` is the source id of the one in the table's column."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshot: DirectorySnapshot | None = None
        self._object_type = ObjectType.USER
        self.current = ""
        self.field = QLineEdit()
        self.box = QComboBox()
        self.box.setLineEdit(self.field)
        self.box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.box.setMinimumWidth(120)
        self.box.setAccessibleName(self.tr("Sample person for the live results"))
        self.field.setAccessibleName(self.tr("Sample person for the live results"))
        self.field.setPlaceholderText(self.tr("Sample person"))
        self._names = QStringListModel(self)
        self._ids: list[str] = []
        self.box.setModel(self._names)
        completer = QCompleter(self._names, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.box.setCompleter(completer)
        self.differ = icon_button(
            theme, "shuffle", self.tr("Pick five that differ most"), self._pick_different
        )
        self.failed = icon_button(theme, "user-x", self.tr("Pick those who failed last"))
        self.failed.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self.box)
        layout.addWidget(self.differ)
        layout.addWidget(self.failed)
        self.box.activated.connect(self._choose)
        self.setEnabled(False)

    def show_snapshot(self, snapshot: DirectorySnapshot, object_type: ObjectType) -> None:
        """Offer the people or groups of this directory."""
        self._snapshot, self._object_type = snapshot, object_type
        self.box.blockSignals(True)
        offered = sorted(objects_of(snapshot, object_type), key=_sort_name)
        self._ids = [source.id for source in offered]
        self._names.setStringList([source.display_name for source in offered])
        self.box.setCurrentIndex(-1)
        if self.current:
            shown = snapshot.find(self.current)
            self.field.setText(shown.display_name if shown is not None else "")
        self.box.blockSignals(False)
        self.setEnabled(bool(offered))

    def show_person(self, source: DirectoryObject) -> None:
        """Show who is in the table's column now."""
        self.current = source.id
        self.field.setText(source.display_name)
        self.field.setCursorPosition(0)

    def _choose(self, index: int) -> None:
        if self._snapshot is None:
            return
        source = self._snapshot.find(self._ids[index])
        if source is not None:
            others = most_different(objects_of(self._snapshot, self._object_type), 4)
            self.current = source.id
            self.chosen.emit((source, *(o for o in others if o.id != source.id)))

    def _pick_different(self) -> None:
        if self._snapshot is not None:
            people = most_different(objects_of(self._snapshot, self._object_type))
            if people:
                self.show_person(people[0])
            self.chosen.emit(people)


def _sort_name(source: DirectoryObject) -> str:
    return source.display_name.casefold()
