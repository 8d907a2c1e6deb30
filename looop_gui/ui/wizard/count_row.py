"""The counts of a cycle side by side: created, updated, disabled, deleted, skipped, failed."""

from dataclasses import fields

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from looop_gui.model.job import CycleCounts
from looop_gui.ui import formats
from looop_gui.ui.signs import COUNT_SIGNS
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.icon_label import IconLabel
from looop_gui.ui.widgets.labels import caption, section


class CountRow(QWidget):
    """A figure a kind, people and groups together; apart on hover."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * GRID)
        self.figures = {}
        words = {
            "created": self.tr("Created"),
            "updated": self.tr("Updated"),
            "disabled": self.tr("Disabled"),
            "deleted": self.tr("Deleted"),
            "skipped": self.tr("Skipped"),
            "failed": self.tr("Failed"),
        }
        for name, word in words.items():
            sign = COUNT_SIGNS[name]
            figure = section("0")
            self.figures[name] = figure
            head = QHBoxLayout()
            head.setSpacing(6)
            head.addWidget(IconLabel(theme, sign.icon, sign.role))
            head.addWidget(caption(word))
            head.addStretch(1)
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addLayout(head)
            column.addWidget(figure)
            layout.addLayout(column)
        layout.addStretch(1)

    def show_counts(self, users: CycleCounts, groups: CycleCounts) -> None:
        """Show these numbers."""
        both = users + groups
        for field in fields(CycleCounts):
            figure = self.figures[field.name]
            figure.setText(formats.count(getattr(both, field.name)))
            people = formats.count(getattr(users, field.name))
            others = formats.count(getattr(groups, field.name))
            tip = self.tr("{people} people, {groups} groups").format(people=people, groups=others)
            figure.setToolTip(tip)
