"""The editor of the scope: who at all, scoping filters, and beside them what they mean.

The wizard embeds it; the page *Scope* adds saving.
"""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QRadioButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from looop_gui.model.directory import DirectorySnapshot, ObjectType
from looop_gui.model.scope import ProvisioningScope
from looop_gui.services.scope_preview import Explanation, ScopeChange, ScopeGroup
from looop_gui.ui.configuration_document import ConfigurationDocument
from looop_gui.ui.desk import Desk
from looop_gui.ui.scope.census_panel import CensusPanel
from looop_gui.ui.scope.count_panel import CountPanel
from looop_gui.ui.scope.explain_panel import ExplainPanel
from looop_gui.ui.scope.filters_editor import FiltersEditor
from looop_gui.ui.scope.live_scope import LiveScope
from looop_gui.ui.theme import GRID, Theme


class TypePanels:
    """The panels of one object type: its filters at the left, counts and explanations right."""

    def __init__(
        self, theme: Theme, document: ConfigurationDocument, object_type: ObjectType
    ) -> None:
        self.object_type = object_type
        self.filters = FiltersEditor(theme, document, object_type)
        self.count = CountPanel(theme, object_type)
        self.explain = ExplainPanel(theme, object_type)
        self.census = CensusPanel(theme)
        self.side = QTabWidget()


class ScopeEditor(QWidget):
    """Edits scope mode and filters in a document."""

    def __init__(self, desk: Desk, document: ConfigurationDocument) -> None:
        super().__init__()
        self._document = document
        theme = desk.theme
        self.assigned = QRadioButton(self.tr("Sync only assigned users and groups"))
        self.all = QRadioButton(self.tr("Sync all users and groups"))
        self._modes = QButtonGroup(self)
        self._modes.addButton(self.assigned)
        self._modes.addButton(self.all)
        self.types = QTabBar()
        self.types.setExpanding(False)
        self.types.setAccessibleName(self.tr("Filters of people or of groups"))
        self.panels = {kind: TypePanels(theme, document, kind) for kind in ObjectType}
        self.live = LiveScope(document, self)
        self._left = QStackedWidget()
        self._right = QStackedWidget()
        self._lay_out()
        self._connect()
        self._show_mode()
        self.setFocusProxy(self.assigned)

    @property
    def widget(self) -> QWidget:
        """Itself."""
        return self

    def show_snapshot(self, snapshot: DirectorySnapshot) -> None:
        """Count and explain in this directory, and complete values from it."""
        for panels in self.panels.values():
            panels.explain.show_snapshot(snapshot)
        self.live.show_snapshot(snapshot)
        for panels in self.panels.values():
            panels.filters.ask_values()

    def _lay_out(self) -> None:
        modes = QHBoxLayout()
        modes.setSpacing(3 * GRID)
        modes.addWidget(self.assigned)
        modes.addWidget(self.all)
        modes.addStretch(1)
        self.types.addTab(self.tr("People"))
        self.types.addTab(self.tr("Groups"))
        for panels in self.panels.values():
            self._left.addWidget(_scrolled(panels.filters))
            self._right.addWidget(self._side(panels))
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self._left)
        splitter.addWidget(self._right)
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([10_000, 340])
        splitter.setCollapsible(0, False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(modes)
        layout.addWidget(self.types)
        layout.addWidget(splitter, 1)

    def _side(self, panels: TypePanels) -> QWidget:
        side = QWidget()
        side.setMinimumWidth(280)
        layout = QVBoxLayout(side)
        layout.setContentsMargins(2 * GRID, GRID, 0, 0)
        layout.setSpacing(GRID)
        tabs = panels.side
        for widget, words in (
            (panels.count, self.tr("Count")),
            (panels.explain, self.tr("Explain")),
            (panels.census, self.tr("Census")),
        ):
            page = QWidget()
            inner = QVBoxLayout(page)
            inner.setContentsMargins(0, 12, 0, 0)
            inner.addWidget(widget)
            tabs.addTab(page, words)
        layout.addWidget(tabs)
        return side

    def _connect(self) -> None:
        self.assigned.clicked.connect(lambda: self._choose(ProvisioningScope.ASSIGNED))
        self.all.clicked.connect(lambda: self._choose(ProvisioningScope.ALL))
        self.types.currentChanged.connect(self._left.setCurrentIndex)
        self.types.currentChanged.connect(self._right.setCurrentIndex)
        self._document.changed.connect(self._show_mode)
        self.live.counted.connect(self._show_count)
        self.live.grouped.connect(self._show_groups)
        self.live.explained.connect(self._show_explanation)
        self.live.outdated.connect(self._show_stale)
        self.live.refused.connect(self._show_refusal)
        for panels in self.panels.values():
            panels.explain.chosen.connect(self.live.explain)
            panels.census.person_chosen.connect(panels.explain.choose)
            panels.count.names.itemClicked.connect(
                lambda item, p=panels: self._explain(p, str(item.data(Qt.ItemDataRole.UserRole)))
            )
            panels.filters.values_wanted.connect(
                lambda offer, name, p=panels: self.live.offer_values(offer, p.object_type, name)
            )

    def _explain(self, panels: TypePanels, source_id: str) -> None:
        panels.side.setCurrentIndex(1)
        panels.explain.choose(source_id)

    def _choose(self, scope: ProvisioningScope) -> None:
        settings = replace(self._document.settings, scope=scope)
        self._document.edit_settings(self.tr("Change the scope"), settings)

    def _show_mode(self) -> None:
        is_all = self._document.settings.scope is ProvisioningScope.ALL
        (self.all if is_all else self.assigned).setChecked(True)

    def _show_count(self, object_type: ObjectType, change: ScopeChange) -> None:
        self.panels[object_type].count.show_change(change)

    def _show_groups(self, object_type: ObjectType, groups: tuple[ScopeGroup, ...]) -> None:
        self.panels[object_type].census.show_groups(groups)

    def _show_explanation(self, explanation: Explanation) -> None:
        self.panels[explanation.entry.object_type].explain.show_explanation(explanation)

    def _show_stale(self) -> None:
        for panels in self.panels.values():
            panels.count.show_stale()

    def _show_refusal(self, sentence: str) -> None:
        kind = list(ObjectType)[self.types.currentIndex()]
        self.panels[kind].count.show_refusal(sentence)


def _scrolled(widget: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(widget)
    return area
