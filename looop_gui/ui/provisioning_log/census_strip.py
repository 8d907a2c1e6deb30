"""Who was skipped and why, in one line above the log; a click shows just those."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from looop_gui.services.log_views import SkipCensus, SkipGroup
from looop_gui.ui import formats
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button, icon_button
from looop_gui.ui.widgets.flow_layout import FlowLayout
from looop_gui.ui.widgets.labels import strong

MOST_CAUSES = 8
"""So many causes have a chip; the others are in a menu."""


class CensusStrip(QFrame):
    """`chosen` carries the LogFilter of the cause that was clicked; `closed` asks to hide it."""

    chosen = Signal(object)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.census: SkipCensus | None = None
        self.setProperty("look", "well")
        self.setAccessibleName(self.tr("Who was skipped, by cause"))
        self.total = strong("")
        self.close_button = icon_button(theme, "x", self.tr("Close the census"), self.closed.emit)
        self._chips = QWidget()
        self._flow = FlowLayout(self._chips)
        self._flow.setSpacing(6)
        self._menu = QMenu(self)
        head = QHBoxLayout()
        head.addWidget(self.total, 1)
        head.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, GRID, GRID, GRID)
        layout.setSpacing(GRID // 2)
        layout.addLayout(head)
        layout.addWidget(self._chips)

    def show_census(self, census: SkipCensus) -> None:
        """Show these causes, the largest first."""
        if census == self.census:
            return
        self.census = census
        if not census.complete:
            words = self.tr("{0} skipped so far, counting…").format(formats.count(census.total))
        elif census.total:
            words = self.tr("{0} skipped").format(formats.count(census.total))
        else:
            words = self.tr("Nobody was skipped")
        self.total.setText(words)
        self._empty()
        for group in census.groups[:MOST_CAUSES]:
            words = group_words(group)
            chip = button(self._theme, words, self._chooser(group), look="chip")
            chip.setToolTip(self.tr("Show just these"))
            self._flow.addWidget(chip)
        others = census.groups[MOST_CAUSES:]
        if others:
            self._flow.addWidget(self._others(others))
        self._chips.setVisible(bool(census.groups))
        self._chips.updateGeometry()
        self.updateGeometry()

    def _others(self, groups: tuple[SkipGroup, ...]) -> QWidget:
        self._menu.clear()
        for group in groups:
            self._menu.addAction(group_words(group), self._chooser(group))
        words = self.tr("%n other cause(s)", "", len(groups))
        chip = button(self._theme, words, look="chip")
        chip.setMenu(self._menu)
        return chip

    def _empty(self) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _chooser(self, group: SkipGroup) -> Callable[[], None]:
        return lambda: self.chosen.emit(group.log_filter)


def group_words(group: SkipGroup) -> str:
    """The number and the cause: "180 not assigned"."""
    return f"{formats.count(group.count)} {group.cause}"
