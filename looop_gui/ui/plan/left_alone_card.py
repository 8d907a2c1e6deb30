"""Whom an undo does not touch, and why."""

from PySide6.QtWidgets import QListWidgetItem

from looop_gui.model.plan import Plan
from looop_gui.ui import formats
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import OBJECT_ICONS
from looop_gui.ui.theme import COMPACT_ROW_HEIGHT, Theme
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.plain_list import PlainList

MOST_LISTED = 2_000
MOST_SHOWN = 3


class LeftAloneCard(Card):
    """Hidden for a plan that touches everybody."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(self.tr("Left as they are"))
        self._theme = theme
        self.list = PlainList(self.tr("Whom the undo does not touch"))
        self.body.addWidget(self.list)
        self.hide()

    def show_plan(self, plan: Plan) -> None:
        """Show whom a plan leaves as they are, or hide."""
        self.list.clear()
        for one in plan.left_alone[:MOST_LISTED]:
            words = f"{one.source_name} · {one.reason}"
            item = QListWidgetItem(words)
            self.list.dress(self._theme, item, OBJECT_ICONS[one.object_type], Role.WARNING)
            item.setToolTip(f"{words}\n{one.source_id}")
            self.list.addItem(item)
        more = len(plan.left_alone) - MOST_LISTED
        if more > 0:
            words = self.tr("and {0} more; the export has all of them")
            self.list.addItem(words.format(formats.count(more)))
        self.say(formats.count(len(plan.left_alone)))
        rows = min(self.list.count(), MOST_SHOWN)
        self.list.setFixedHeight(rows * max(COMPACT_ROW_HEIGHT, self.list.sizeHintForRow(0)))
        self.setVisible(bool(plan.left_alone))
