"""One scoping filter: its title, and its clauses joined by AND."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from looop_gui.model.mapping import AttributeDefinition
from looop_gui.model.scope import FilterClause, FilterGroup, FilterOperator
from looop_gui.ui.palettes import Role
from looop_gui.ui.scope.clause_row import ClauseRow
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button, icon_button
from looop_gui.ui.widgets.labels import caption

NEW_CLAUSE = FilterClause("", FilterOperator.EQUALS, "")


class FilterCard(QFrame):
    """`changed` carries the FilterGroup and a key that joins typing in one field."""

    changed = Signal(object, str)
    removed = Signal()
    values_wanted = Signal(object, str)

    def __init__(
        self, theme: Theme, definitions: Mapping[str, AttributeDefinition], group: FilterGroup
    ) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self._theme = theme
        self._definitions = definitions
        self._group = group
        self.rows: list[ClauseRow] = []
        self.title = QLineEdit()
        self.title.setAccessibleName(self.tr("Title of the scoping filter"))
        self.title.setPlaceholderText(self.tr("Title of the filter"))
        self.title.setMaximumWidth(280)
        self.remove = icon_button(
            theme, "trash-2", self.tr("Delete this filter"), self.removed.emit, role=Role.DANGER
        )
        self.add = button(theme, self.tr("Add clause"), self._add, icon="plus", look="quiet")
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(caption(self.tr("all clauses must be true")))
        head.addStretch(1)
        head.addWidget(self.remove)
        self._clauses = QVBoxLayout()
        self._clauses.setSpacing(GRID)
        foot = QHBoxLayout()
        foot.addWidget(self.add)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 12, 12, 12)
        layout.setSpacing(GRID)
        layout.addLayout(head)
        layout.addLayout(self._clauses)
        layout.addLayout(foot)
        self.title.textEdited.connect(self._rename)
        self.show_group(group)

    def show_group(self, group: FilterGroup) -> None:
        """Show that filter."""
        self._group = group
        if self.title.text() != group.name:
            self.title.setText(group.name)
        while len(self.rows) > len(group.clauses):
            row = self.rows.pop()
            row.hide()
            row.deleteLater()
        while len(self.rows) < len(group.clauses):
            self._append_row(group.clauses[len(self.rows)])
        for row, clause in zip(self.rows, group.clauses, strict=True):
            row.show_clause(clause)

    def ask_values(self) -> None:
        """Ask for the values of every clause's attribute."""
        for row in self.rows:
            if row.clause.attribute:
                self._want_values(row, row.clause.attribute)

    def _append_row(self, clause: FilterClause) -> None:
        row = ClauseRow(self._theme, self._definitions, clause)
        number = len(self.rows)
        row.changed.connect(lambda changed: self._change(number, changed))
        row.removed.connect(lambda: self._drop(number))
        row.values_wanted.connect(lambda name: self._want_values(row, name))
        self.rows.append(row)
        self._clauses.addWidget(row)
        if clause.attribute:
            row.values_wanted.emit(clause.attribute)

    def _want_values(self, row: ClauseRow, name: str) -> None:
        def offer(values: Sequence[str]) -> None:
            # Of two questions the first may be answered last.
            if row.clause.attribute == name:
                row.offer_values(values)

        self.values_wanted.emit(offer, name)

    def _add(self) -> None:
        self.changed.emit(replace(self._group, clauses=(*self._group.clauses, NEW_CLAUSE)), "")
        self.rows[-1].attribute.setFocus()

    def _rename(self, text: str) -> None:
        self.changed.emit(replace(self._group, name=text), "title")

    def _change(self, number: int, clause: FilterClause) -> None:
        clauses = list(self._group.clauses)
        before, clauses[number] = clauses[number], clause
        typing = before.attribute == clause.attribute and before.operator is clause.operator
        key = f"clause{number}" if typing else ""
        self.changed.emit(replace(self._group, clauses=tuple(clauses)), key)

    def _drop(self, number: int) -> None:
        clauses = list(self._group.clauses)
        del clauses[number]
        self.changed.emit(replace(self._group, clauses=tuple(clauses)), "")
