"""Everybody by the first reason that keeps them out of scope; a reason opens to its people."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from looop_gui.services.scope_preview import ScopeGroup
from looop_gui.ui import formats
from looop_gui.ui.theme import GRID, ROW_HEIGHT, Theme

MOST_NAMES = 200
_BESIDE = 40


class CensusPanel(QWidget):
    """`person_chosen` carries the source id of a person or group that was opened."""

    person_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._groups: tuple[ScopeGroup, ...] = ()
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(self.tr("Census by reason"))
        self.tree.setHeaderLabels([self.tr("Reason"), self.tr("Number")])
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tree)
        self.tree.setWordWrap(True)
        self.tree.header().sectionResized.connect(self._make_room)
        self.tree.itemExpanded.connect(self._fill)
        self.tree.itemActivated.connect(self._open)
        self.tree.itemClicked.connect(self._open)

    def show_groups(self, groups: Sequence[ScopeGroup]) -> None:
        """Show these reasons with their people."""
        opened = {
            str(item.data(0, Qt.ItemDataRole.UserRole + 1))
            for item in map(self.tree.topLevelItem, range(self.tree.topLevelItemCount()))
            if item is not None and item.isExpanded()
        }
        self.tree.clear()
        self._groups = tuple(groups)
        for group in groups:
            words = group.reason or self.tr("In scope")
            item = QTreeWidgetItem([words, formats.count(group.count)])
            item.setToolTip(0, words)
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setData(0, Qt.ItemDataRole.UserRole + 1, group.reason)
            item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
            self.tree.addTopLevelItem(item)
            item.setExpanded(group.reason in opened)
        self._make_room()

    def _make_room(self) -> None:
        """A reason that does not fit in one line gets more."""
        width = self.tree.columnWidth(0) - self.tree.indentation() - _BESIDE
        wrap, metrics = Qt.TextFlag.TextWordWrap, self.tree.fontMetrics()
        for item in map(self.tree.topLevelItem, range(self.tree.topLevelItemCount())):
            if item is not None and width > 0:
                box = metrics.boundingRect(QRect(0, 0, width, 1000), wrap, item.text(0))
                item.setSizeHint(0, QSize(width, max(ROW_HEIGHT, box.height() + GRID)))

    def _fill(self, item: QTreeWidgetItem) -> None:
        """Add the people of a reason when it is opened, not before."""
        row = self.tree.indexOfTopLevelItem(item)
        if item.childCount() or not 0 <= row < len(self._groups):
            return
        for source_id, name in self._groups[row].members[:MOST_NAMES]:
            member = QTreeWidgetItem([name, ""])
            member.setData(0, Qt.ItemDataRole.UserRole, source_id)
            item.addChild(member)

    def _open(self, item: QTreeWidgetItem) -> None:
        source_id = item.data(0, Qt.ItemDataRole.UserRole)
        if source_id:
            self.person_chosen.emit(str(source_id))
