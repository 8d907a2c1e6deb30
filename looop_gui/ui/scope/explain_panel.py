"""Why one person or group is in scope or not, and the smallest change that would put it there."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from looop_gui.model.directory import DirectorySnapshot, ObjectType
from looop_gui.services.mapping_preview import sorted_names
from looop_gui.services.scope_preview import Explanation
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import Sign
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.labels import prose, strong
from looop_gui.ui.widgets.name_search import NameSearch
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
        self._tasks = Tasks(self)
        self.field = NameSearch(theme, self.tr("Explain for"))
        self.badge = StatusBadge(theme)
        self.summary = strong("")
        self.summary.setWordWrap(True)
        self.reasons = prose("")
        self.steps = prose("")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        for widget in (self.field, self.badge, self.summary, self.reasons, self.steps):
            layout.addWidget(widget)
        layout.addStretch(1)
        self.field.chosen.connect(self.choose)

    def show_snapshot(self, snapshot: DirectorySnapshot) -> None:
        """Offer the people or groups of this directory."""
        self._snapshot = snapshot
        self._tasks.start(
            sorted_names(snapshot, self._object_type), self.field.offer, replace="names"
        )

    def choose(self, entry_id: str) -> None:
        """Explain that person or group, e.g. one that was clicked in a list."""
        entry = self._snapshot.find(entry_id) if self._snapshot is not None else None
        if entry is not None and entry.object_type is self._object_type:
            self.field.show_name(entry.display_name)
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
