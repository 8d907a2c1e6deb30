"""The field for the source of a mapping, which is another one for each mapping type."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QVBoxLayout, QWidget

from looop_gui.model.mapping import AttributeDefinition, AttributeMapping, MappingType


class AttributePicker(QComboBox):
    """An attribute by name: chosen from the list or typed; matches anywhere in the name."""

    picked = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = QLineEdit()
        self.setLineEdit(self.field)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setAccessibleName(name)
        self.setMinimumContentsLength(12)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setCompleter(completer)
        self.field.setAccessibleName(name)
        self.field.editingFinished.connect(self._finish)
        self.activated.connect(lambda _index: self._finish())
        self._names: tuple[str, ...] = ()

    def show_names(self, definitions: Sequence[AttributeDefinition]) -> None:
        """Offer these attributes."""
        names = tuple(definition.name for definition in definitions)
        if names == self._names:
            return
        self._names = names
        text = self.currentText()
        self.blockSignals(True)
        self.clear()
        self.addItems(list(names))
        self.setEditText(text)
        self.blockSignals(False)

    def show_text(self, text: str) -> None:
        """Show that name, unless it is being typed."""
        if self.currentText() != text:
            self.setEditText(text)

    def _finish(self) -> None:
        self.picked.emit(self.currentText().strip())


class SourceField(QWidget):
    """Source attribute, Constant or Expression; `changed` carries the new source text."""

    changed = Signal(str)

    def __init__(self, expression: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.attribute = AttributePicker(self.tr("Source attribute"))
        self.constant = QLineEdit()
        self.constant.setAccessibleName(self.tr("Constant value"))
        self.expression = expression
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.attribute, self.constant, self.expression):
            layout.addWidget(widget)
        self.attribute.picked.connect(self.changed)
        self.constant.textEdited.connect(self.changed)

    def show_mapping(self, mapping: AttributeMapping) -> None:
        """Show the field of the mapping's type with its source."""
        shown = self._field(mapping.mapping_type)
        for field in (self.attribute, self.constant, self.expression):
            field.setVisible(field is shown)
        if shown is self.attribute:
            self.attribute.show_text(mapping.source)
        elif shown is self.constant and self.constant.text() != mapping.source:
            self.constant.setText(mapping.source)
        self.setVisible(shown is not None)

    def _field(self, mapping_type: MappingType) -> QWidget | None:
        return {
            MappingType.DIRECT: self.attribute,
            MappingType.CONSTANT: self.constant,
            MappingType.EXPRESSION: self.expression,
        }.get(mapping_type)
