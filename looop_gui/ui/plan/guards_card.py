"""What the guards object to in a plan: why, the list, and to allow exactly that list once."""

from collections.abc import Callable, Collection

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QListWidgetItem, QVBoxLayout

from looop_gui.model.plan import GuardedObject, Plan, objecting_guards
from looop_gui.ui import formats
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import OBJECT_ICONS
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.labels import prose
from looop_gui.ui.widgets.plain_list import PlainList

MOST_LISTED = 2_000
LIST_HEIGHT = 92


class GuardsCard(Card):
    """Hidden for a plan that no guard objects to. `on_reject` gives the plan up.

    `allowed` is for the list as it is shown; a run with another list is stopped again.
    """

    allowed_changed = Signal()

    def __init__(self, theme: Theme, on_reject: Callable[[], object]) -> None:
        super().__init__(self.tr("Guards"), self.tr("they stop a cycle before its first write"))
        self._theme = theme
        self._plan: Plan | None = None
        self.sentence = prose("")
        self.list = PlainList(self.tr("Who the guards object to"))
        self.list.setMaximumHeight(LIST_HEIGHT)
        self.allow = QCheckBox(self.tr("Allow once, for exactly this list"))
        self.allow.toggled.connect(self.allowed_changed)
        self.reject_button = button(theme, self.tr("Reject"), on_reject)
        left = QVBoxLayout()
        left.setSpacing(GRID)
        left.addWidget(self.sentence)
        left.addStretch(1)
        decide = QHBoxLayout()
        decide.setSpacing(2 * GRID)
        decide.addWidget(self.allow)
        decide.addWidget(self.reject_button)
        decide.addStretch(1)
        left.addLayout(decide)
        columns = QHBoxLayout()
        columns.setSpacing(2 * GRID)
        columns.addLayout(left, 5)
        columns.addWidget(self.list, 6)
        self.body.addLayout(columns)
        self.hide()

    @property
    def allowed(self) -> bool:
        """Whether what the guards object to may pass once."""
        return self.allow.isChecked()

    def show_plan(self, plan: Plan) -> None:
        """Show what the guards object to in a plan, or hide."""
        self._plan = plan
        self.allow.setChecked(False)
        self.list.clear()
        for guard in plan.guards:
            for one in guard.objects[:MOST_LISTED]:
                self.list.addItem(self._line(guard.guard, one))
            more = len(guard.objects) - MOST_LISTED
            if more > 0:
                words = self.tr("and {0} more; the export has all of them")
                self.list.addItem(words.format(formats.count(more)))
        self.list.setVisible(self.list.count() > 0)
        self.setVisible(bool(plan.guards))
        self.show_left_out(frozenset())

    def show_left_out(self, left_out: Collection[str]) -> None:
        """Say what the guards still object to when these are left out."""
        if self._plan is None:
            return
        objecting = objecting_guards(self._plan, left_out)
        sentences = [f"{guard.sentence} {guard.next_step}" for guard in objecting]
        fine = self.tr("The guards do not object to what is left.")
        self.sentence.setText("\n\n".join(sentences) or fine)
        self.allow.setEnabled(bool(objecting))

    def _line(self, guard: str, one: GuardedObject) -> QListWidgetItem:
        words = f"{one.source_name} · {one.what}"
        item = QListWidgetItem(words)
        self.list.dress(self._theme, item, OBJECT_ICONS[one.object_type], Role.TEXT_MUTED)
        item.setToolTip(f"{words} ({guard})\n{one.source_id}")
        return item
