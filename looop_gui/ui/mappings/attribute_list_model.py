"""An attribute list as a table: name, type and characteristics of each attribute (section c.3)."""

from collections.abc import Sequence
from dataclasses import replace
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from looop_gui.model.mapping import AttributeDefinition, AttributeType

Index = QModelIndex | QPersistentModelIndex


class ListColumn(IntEnum):
    """The columns, named as in the portal's Edit attribute list."""

    NAME = 0
    TYPE = 1
    REQUIRED = 2
    MULTIVALUED = 3
    CASE_EXACT = 4
    REFERENCED = 5


_FLAGS = {
    ListColumn.REQUIRED: "required",
    ListColumn.MULTIVALUED: "multivalued",
    ListColumn.CASE_EXACT: "case_exact",
}


class AttributeListModel(QAbstractTableModel):
    """Edited in place; `definitions` is what is taken over when the dialog is confirmed."""

    def __init__(
        self, definitions: Sequence[AttributeDefinition], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._definitions = list(definitions)
        self._titles = {
            ListColumn.NAME: self.tr("Name"),
            ListColumn.TYPE: self.tr("Type"),
            ListColumn.REQUIRED: self.tr("Required?"),
            ListColumn.MULTIVALUED: self.tr("Multi-value?"),
            ListColumn.CASE_EXACT: self.tr("Exact case?"),
            ListColumn.REFERENCED: self.tr("Referenced object"),
        }

    @property
    def definitions(self) -> tuple[AttributeDefinition, ...]:
        """The attributes as they stand; rows without a name do not count."""
        return tuple(definition for definition in self._definitions if definition.name)

    def add(self) -> int:
        """Add a row for a custom attribute; gives its number."""
        row = len(self._definitions)
        self.beginInsertRows(QModelIndex(), row, row)
        self._definitions.append(AttributeDefinition(""))
        self.endInsertRows()
        return row

    def remove(self, row: int) -> None:
        """Remove a row."""
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._definitions[row]
        self.endRemoveRows()

    def rowCount(self, parent: Index | None = None) -> int:
        """The number of attributes."""
        return 0 if parent is not None and parent.isValid() else len(self._definitions)

    def columnCount(self, parent: Index | None = None) -> int:
        """The number of columns."""
        return 0 if parent is not None and parent.isValid() else len(ListColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The column titles."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[ListColumn(section)]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Everything but the primary key can be edited; yes and no are check boxes."""
        flags = super().flags(index)
        if not index.isValid() or self._definitions[index.row()].anchor:
            return flags
        if index.column() in _FLAGS:
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts and check states."""
        if not index.isValid():
            return None
        definition = self._definitions[index.row()]
        column = ListColumn(index.column())
        if column in _FLAGS:
            on = bool(getattr(definition, _FLAGS[column]))
            if role == Qt.ItemDataRole.CheckStateRole:
                return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
            if role == Qt.ItemDataRole.AccessibleTextRole:
                return f"{self._titles[column]} {on}"
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return {
                ListColumn.NAME: definition.name,
                ListColumn.TYPE: definition.type.value,
                ListColumn.REFERENCED: ", ".join(definition.referenced_objects),
            }[column]
        if role == Qt.ItemDataRole.ToolTipRole and column is ListColumn.NAME:
            return definition.name
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Change one cell; a name that another row has is refused."""
        if not index.isValid():
            return False
        definition = self._definitions[index.row()]
        column = ListColumn(index.column())
        if column in _FLAGS and role == Qt.ItemDataRole.CheckStateRole:
            on = Qt.CheckState(value) is Qt.CheckState.Checked
            return self._replace(index, _with_flag(definition, column, on))
        if role != Qt.ItemDataRole.EditRole:
            return False
        text = str(value).strip()
        if column is ListColumn.NAME:
            taken = {other.name.casefold() for other in self._definitions} - {
                definition.name.casefold()
            }
            if text.casefold() in taken:
                return False
            return self._replace(index, replace(definition, name=text))
        if column is ListColumn.TYPE and text in [kind.value for kind in AttributeType]:
            return self._replace(index, replace(definition, type=AttributeType(text)))
        if column is ListColumn.REFERENCED:
            objects = tuple(part.strip() for part in text.split(",") if part.strip())
            return self._replace(index, replace(definition, referenced_objects=objects))
        return False

    def _replace(self, index: Index, definition: AttributeDefinition) -> bool:
        row = index.row()
        self._definitions[row] = definition
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(ListColumn) - 1))
        return True


def _with_flag(
    definition: AttributeDefinition, column: ListColumn, on: bool
) -> AttributeDefinition:
    if column is ListColumn.REQUIRED:
        return replace(definition, required=on)
    if column is ListColumn.MULTIVALUED:
        return replace(definition, multivalued=on)
    return replace(definition, case_exact=on)
