"""Why one person or group is in scope or not, and the smallest change that would put it there."""

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QVBoxLayout, QWidget

from looop_gui.model.directory import DirectorySnapshot, ObjectType
from looop_gui.services.scope_preview import Explanation
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import Sign
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.labels import prose, strong
from looop_gui.ui.widgets.status_badge import StatusBadge

IN_SCOPE = Sign("circle-check", Role.SUCCESS, "In scope")
OUT_OF_SCOPE = Sign("circle-minus", Role.TEXT_MUTED, "Out of scope")


class ExplainPanel(QWidget):
    """`chosen` carries the DirectoryObject to be explained."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, object_type: ObjectType) -> None:
        super().__init__()
        self._object_type = object_type
        self._snapshot: DirectorySnapshot | None = None
        self.field = QLineEdit()
        self.box = QComboBox()
        self.box.setLineEdit(self.field)
        self.box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        name = self.tr("Explain for")
        self.box.setAccessibleName(name)
        self.field.setAccessibleName(name)
        self.field.setPlaceholderText(self.tr("Search a name"))
        self._names = QStringListModel(self)
        self._ids: list[str] = []
        self.box.setModel(self._names)
        completer = QCompleter(self._names, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.box.setCompleter(completer)
        self.badge = StatusBadge(theme)
        self.summary = strong("")
        self.summary.setWordWrap(True)
        self.reasons = prose("")
        self.steps = prose("")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        for widget in (self.box, self.badge, self.summary, self.reasons, self.steps):
            layout.addWidget(widget)
        layout.addStretch(1)
        self.box.activated.connect(self._choose)

    def show_snapshot(self, snapshot: DirectorySnapshot) -> None:
        """Offer the people or groups of this directory."""
        self._snapshot = snapshot
        is_user = self._object_type is ObjectType.USER
        entries = (snapshot.users if is_user else snapshot.groups).values()
        offered = sorted((e.display_name, e.id) for e in entries)
        text = self.field.text()
        self.box.blockSignals(True)
        self._ids = [entry_id for _, entry_id in offered]
        self._names.setStringList([name for name, _ in offered])
        self.box.setCurrentIndex(-1)
        self.field.setText(text)
        self.box.blockSignals(False)

    def choose(self, entry_id: str) -> None:
        """Explain that person or group, e.g. one that was clicked in a list."""
        entry = self._snapshot.find(entry_id) if self._snapshot is not None else None
        if entry is not None and entry.object_type is self._object_type:
            self.field.setText(entry.display_name)
            self.chosen.emit(entry)

    def show_explanation(self, explanation: Explanation) -> None:
        """Show why, and what would change it."""
        if explanation.entry.object_type is not self._object_type:
            return
        self.badge.show_sign(IN_SCOPE if explanation.in_scope else OUT_OF_SCOPE)
        self.summary.setText(explanation.summary)
        self.reasons.setText("\n".join(explanation.reasons))
        steps = "\n".join(f"• {step.sentence}" for step in explanation.steps)
        heading = self.tr("Smallest change:")
        self.steps.setText(f"{heading}\n{steps}" if steps else "")
        self.steps.setVisible(bool(steps))

    def _choose(self, index: int) -> None:
        self.choose(self._ids[index])
