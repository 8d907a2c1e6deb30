"""One clause of a scoping filter: attribute, operator, value, and what is wrong with it."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from looop_gui.model.mapping import AttributeDefinition
from looop_gui.model.scope import FilterClause, FilterOperator
from looop_gui.setup.filter_operators import clause_problem, operators_for
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import icon_button
from looop_gui.ui.widgets.labels import problem, say_problem


class ClauseRow(QWidget):
    """`changed` carries the clause, `values_wanted` an attribute whose values are to be offered."""

    changed = Signal(object)
    removed = Signal()
    values_wanted = Signal(str)

    def __init__(
        self, theme: Theme, definitions: Mapping[str, AttributeDefinition], clause: FilterClause
    ) -> None:
        super().__init__()
        self._definitions = definitions
        self._clause = clause
        self.attribute = QComboBox()
        self._attribute_field = QLineEdit()
        self.attribute.setLineEdit(self._attribute_field)
        self.attribute.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.attribute.addItems(sorted(definitions, key=str.casefold))
        completer = QCompleter(self.attribute.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.attribute.setCompleter(completer)
        self.operator = QComboBox()
        self.value = QLineEdit()
        self._values = QStringListModel(self)
        self.completer = QCompleter(self._values, self)
        self.completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.value.setCompleter(self.completer)
        self.remove = icon_button(theme, "x", self.tr("Remove this clause"), self.removed.emit)
        self.problem = problem()
        self._name_fields()
        self._lay_out()
        self._attribute_field.editingFinished.connect(self._take_attribute)
        self.attribute.activated.connect(lambda _index: self._take_attribute())
        self.operator.activated.connect(lambda _index: self._tell())
        self.value.textEdited.connect(lambda _text: self._tell())
        self.completer.activated.connect(lambda _text: self._tell())
        self.show_clause(clause)

    @property
    def clause(self) -> FilterClause:
        """The clause as it stands."""
        return self._clause

    def show_clause(self, clause: FilterClause) -> None:
        """Show that clause; what is being typed is left alone."""
        before, self._clause = self._clause, clause
        if self.attribute.currentText() != clause.attribute:
            self.attribute.setEditText(clause.attribute)
        if before.attribute != clause.attribute or self.operator.count() == 0:
            self._offer_operators()
        self.operator.setCurrentIndex(self.operator.findData(clause.operator))
        if self.value.text() != clause.value:
            self.value.setText(clause.value)
        self.value.setVisible(not clause.operator.unary)
        say_problem(self.problem, self._judge())

    def offer_values(self, values: Sequence[str]) -> None:
        """Complete the value from these."""
        self._values.setStringList(list(values))
        example = values[0] if values else ""
        self.value.setPlaceholderText(
            self.tr("for example {value}").format(value=example) if example else self.tr("Value")
        )

    def _name_fields(self) -> None:
        self.attribute.setAccessibleName(self.tr("Source attribute of the clause"))
        self._attribute_field.setAccessibleName(self.tr("Source attribute of the clause"))
        self.operator.setAccessibleName(self.tr("Operator of the clause"))
        self.value.setAccessibleName(self.tr("Value of the clause"))
        self._attribute_field.setPlaceholderText(self.tr("Attribute"))

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GRID)
        self.attribute.setMinimumWidth(150)
        self.operator.setMinimumWidth(150)
        line.addWidget(self.attribute, 3)
        line.addWidget(self.operator, 3)
        line.addWidget(self.value, 4)
        line.addStretch(0)
        line.addWidget(self.remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(line)
        layout.addWidget(self.problem)

    def _definition(self) -> AttributeDefinition | None:
        return self._definitions.get(self._clause.attribute)

    def _offer_operators(self) -> None:
        definition = self._definition() or AttributeDefinition(self._clause.attribute)
        offered = list(operators_for(definition)) or list(FilterOperator)
        if self._clause.operator not in offered:
            offered.append(self._clause.operator)
        self.operator.clear()
        for operator in offered:
            self.operator.addItem(operator_words(operator), operator)
        if self._clause.attribute:
            self.values_wanted.emit(self._clause.attribute)

    def _judge(self) -> str:
        return clause_problem(self._clause, self._definitions)

    def _take_attribute(self) -> None:
        name = self.attribute.currentText().strip()
        if name == self._clause.attribute:
            return
        definition = self._definitions.get(name, AttributeDefinition(name))
        offered = operators_for(definition)
        operator = self._clause.operator
        if offered and operator not in offered:
            operator = offered[0]
        self._change(FilterClause(name, operator, self._clause.value))

    def _tell(self) -> None:
        operator = FilterOperator(self.operator.currentData())
        value = "" if operator.unary else self.value.text()
        self._change(FilterClause(self._clause.attribute, operator, value))

    def _change(self, clause: FilterClause) -> None:
        if clause != self._clause:
            self.show_clause(clause)
            self.changed.emit(clause)


def operator_words(operator: FilterOperator) -> str:
    """The portal's spelling, with what the two odd ones mean."""
    return {
        FilterOperator.IS_IN: "&  (is part of the value)",
        FilterOperator.IS_NOT_IN: "!&  (is not part of the value)",
    }.get(operator, operator.value)
