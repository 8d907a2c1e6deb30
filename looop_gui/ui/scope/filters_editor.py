"""The scoping filters of people or of groups: any of them must pass."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from looop_gui.model.directory import ObjectType
from looop_gui.model.scope import FilterGroup, ScopingFilter
from looop_gui.setup.mapping_edits import with_object_mapping
from looop_gui.ui.configuration_document import ConfigurationDocument
from looop_gui.ui.scope.filter_card import NEW_CLAUSE, FilterCard
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.labels import prose


class FiltersEditor(QWidget):
    """Shows the filters of the document and writes each change back to it at once."""

    values_wanted = Signal(object, str)

    def __init__(
        self, theme: Theme, document: ConfigurationDocument, object_type: ObjectType
    ) -> None:
        super().__init__()
        self._theme = theme
        self._document = document
        self._object_type = object_type
        self.cards: list[FilterCard] = []
        self._cards = QVBoxLayout()
        self._cards.setSpacing(GRID)
        self.empty = prose(self._empty_words(), muted=True)
        self.add = button(theme, self.tr("Add scoping filter"), self.add_filter, icon="plus")
        foot = QHBoxLayout()
        foot.addWidget(self.add)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, GRID, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.empty)
        layout.addLayout(self._cards)
        layout.addLayout(foot)
        layout.addStretch(1)
        document.changed.connect(self.show_document)
        self.show_document()

    def add_filter(self) -> None:
        """Add a filter with one empty clause and put the focus into it."""
        groups = self._groups
        title = self.tr("Filter {number}").format(number=len(groups) + 1)
        added = FilterGroup(title, (NEW_CLAUSE,))
        self._edit((*groups, added), self.tr("Add a scoping filter"))
        self.cards[-1].rows[0].attribute.setFocus()

    def show_document(self) -> None:
        """Show the filters as they stand in the document."""
        groups = self._groups
        while len(self.cards) > len(groups):
            card = self.cards.pop()
            card.hide()
            card.deleteLater()
        while len(self.cards) < len(groups):
            self._append_card(groups[len(self.cards)])
        for card, group in zip(self.cards, groups, strict=True):
            card.show_group(group)
        self.empty.setVisible(not groups)
        self.add.setText(
            self.tr("Add scoping filter") if not groups else self.tr("Or add another filter")
        )

    def ask_values(self) -> None:
        """Ask for the values that clauses are completed from."""
        for card in self.cards:
            card.ask_values()

    @property
    def _groups(self) -> tuple[FilterGroup, ...]:
        return self._document.schema.mapping_of(self._object_type).scope.groups

    def _append_card(self, group: FilterGroup) -> None:
        definitions = self._document.schema.source_attributes_of(self._object_type)
        card = FilterCard(self._theme, {d.name: d for d in definitions}, group)
        number = len(self.cards)
        card.changed.connect(lambda changed, key: self._change(number, changed, key))
        card.removed.connect(lambda: self._drop(number))
        card.values_wanted.connect(self.values_wanted)
        self.cards.append(card)
        self._cards.addWidget(card)
        card.ask_values()

    def _change(self, number: int, group: FilterGroup, key: str) -> None:
        groups = list(self._groups)
        groups[number] = group
        merge = f"scope.{self._object_type}.{number}.{key}" if key else ""
        self._edit(tuple(groups), self.tr("Change a scoping filter"), merge)

    def _drop(self, number: int) -> None:
        groups = list(self._groups)
        del groups[number]
        self._edit(tuple(groups), self.tr("Delete a scoping filter"))

    def _edit(self, groups: tuple[FilterGroup, ...], words: str, merge: str = "") -> None:
        mapping = self._document.schema.mapping_of(self._object_type)
        changed = replace(mapping, scope=ScopingFilter(groups))
        schema = with_object_mapping(self._document.schema, changed)
        self._document.edit_schema(words, schema, merge=merge)

    def _empty_words(self) -> str:
        if self._object_type is ObjectType.USER:
            return self.tr("No scoping filter: nobody is left out by an attribute.")
        return self.tr("No scoping filter: no group is left out by an attribute.")
