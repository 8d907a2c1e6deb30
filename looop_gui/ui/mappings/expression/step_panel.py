"""The step-through: the value of every part of an expression for one person."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from looop_gui.expressions.trace import TraceStep
from looop_gui.expressions.values import FlowControl
from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import GRID, Theme, fixed_font
from looop_gui.ui.widgets.labels import caption

_HEIGHT = 168


class StepPanel(QWidget):
    """`span_chosen` carries start and length of the part that was selected."""

    span_chosen = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.title = caption("")
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(self.tr("Value of every part"))
        self.tree.setHeaderLabels([self.tr("Part"), self.tr("Value")])
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setStretchLastSection(False)
        self.tree.header().resizeSection(1, 120)
        self.tree.setFixedHeight(_HEIGHT)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self.title)
        layout.addWidget(self.tree)
        self.tree.currentItemChanged.connect(self._tell)

    def show_steps(self, steps: Sequence[TraceStep], person: str) -> None:
        """Show these parts, each below the part that it belongs to."""
        self.title.setText(self.tr("Step by step for {name}").format(name=person))
        self.tree.blockSignals(True)
        self.tree.clear()
        parents: list[QTreeWidgetItem] = []
        for step in steps:
            item = QTreeWidgetItem([step.text, self._words(step)])
            item.setFont(0, fixed_font())
            item.setToolTip(0, step.text)
            item.setToolTip(1, self._words(step))
            item.setData(0, Qt.ItemDataRole.UserRole, (step.span.start, step.span.length))
            if step.error is not None:
                item.setForeground(1, self._theme.colour(Role.DANGER))
            elif not step.evaluated or step.value is None:
                item.setForeground(1, self._theme.colour(Role.TEXT_MUTED))
            del parents[step.depth :]
            if parents:
                parents[-1].addChild(item)
            else:
                self.tree.addTopLevelItem(item)
            parents.append(item)
        self.tree.expandAll()
        self.tree.blockSignals(False)

    def _words(self, step: TraceStep) -> str:
        if step.error is not None:
            return step.error.sentence
        if not step.evaluated:
            return self.tr("not needed")
        value = step.value
        if value is None:
            return self.tr("no value")
        if isinstance(value, FlowControl):
            return value.value
        if isinstance(value, tuple):
            return "; ".join(value)
        return f'"{value}"'

    def _tell(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            start, length = item.data(0, Qt.ItemDataRole.UserRole)
            self.span_chosen.emit(start, length)
