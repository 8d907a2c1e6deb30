"""The attribute mappings of one object type as a table: the one model of table and canvas.

Rows are the attribute mappings in the order of the schema. Edits go to the document, which answers
with its new schema; the model then tells its views exactly which rows changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal

from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import AttributeMapping, FlowType, MappingType
from looop_gui.setup.mapping_edits import with_mapping
from looop_gui.ui.configuration_document import (
    Configuration,
    ConfigurationDocument,
    changed_rows,
)
from looop_gui.ui.mappings.attribute_names import readable
from looop_gui.ui.widgets.rows_model import AnyIndex, RowsModel


class Column(IntEnum):
    """The columns of the table."""

    TARGET = 0
    TYPE = 1
    SOURCE = 2
    MATCHING = 3
    DEFAULT = 4
    APPLY = 5
    RESULT = 6
    PROBLEM = 7


class Role(IntEnum):
    """What delegates ask for besides the text."""

    MAPPING = Qt.ItemDataRole.UserRole
    SORT = Qt.ItemDataRole.UserRole + 1
    PROBLEMS = Qt.ItemDataRole.UserRole + 2
    HELD = Qt.ItemDataRole.UserRole + 3
    IS_ERROR = Qt.ItemDataRole.UserRole + 4


class MappingTableModel(RowsModel[AttributeMapping]):
    """The attribute mappings of people or of groups. `problems` and results are laid on by row."""

    rows_replaced = Signal()

    def __init__(
        self,
        document: ConfigurationDocument,
        object_type: ObjectType,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self.object_type = object_type
        mappings = document.schema.mapping_of(object_type).attribute_mappings
        self._rows: tuple[AttributeMapping, ...] = mappings
        self._problems: Mapping[int, Sequence[str]] = {}
        self._results: Mapping[str, str] = {}
        self._held: Mapping[str, str] = {}
        self._error_rows: frozenset[int] = frozenset()
        self._titles = {
            Column.TARGET: self.tr("Target attribute"),
            Column.TYPE: self.tr("Mapping type"),
            Column.SOURCE: self.tr("Source"),
            Column.MATCHING: self.tr("Matching"),
            Column.DEFAULT: self.tr("Default value if null"),
            Column.APPLY: self.tr("Apply this mapping"),
            Column.RESULT: self.tr("Result"),
            Column.PROBLEM: self.tr("Problem"),
        }
        document.changed.connect(self._follow)

    @property
    def rows(self) -> tuple[AttributeMapping, ...]:
        """The attribute mappings that are shown, by row."""
        return self._rows

    def mapping_at(self, row: int) -> AttributeMapping | None:
        """The attribute mapping of a row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def problems_at(self, row: int) -> Sequence[str]:
        """The sentences of the problems of a row."""
        return self._problems.get(row, ())

    def change(self, row: int, mapping: AttributeMapping, text: str, field: str = "") -> None:
        """Replace the mapping of a row; typing in the same `field` is one step of undo."""
        changed = with_mapping(self._document.schema, self.object_type, row, mapping)
        merge = f"{self.object_type}.{row}.{field}" if field else ""
        self._document.edit_schema(text, changed, merge=merge)

    def show_problems(
        self, problems: Mapping[int, Sequence[str]], error_rows: frozenset[int] = frozenset()
    ) -> None:
        """Show these problems, by row; those of `error_rows` block saving."""
        self._problems = problems
        self._error_rows = error_rows
        self._column_changed(Column.PROBLEM)
        self._column_changed(Column.TARGET)

    def show_results(self, results: Mapping[str, str], person: str) -> None:
        """Show what each target attribute becomes for one person."""
        self._results = results
        self._titles[Column.RESULT] = (
            self.tr("Result for {name}").format(name=person) if person else self.tr("Result")
        )
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, Column.RESULT, Column.RESULT)
        self._column_changed(Column.RESULT)

    def show_held(self, held: Mapping[str, str]) -> None:
        """Show where the target holds something else: target attribute to what it holds."""
        self._held = held
        self._column_changed(Column.RESULT)

    def titles(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self._titles[column] for column in Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The column titles, in full where they are pointed at."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            if section == Column.MATCHING:
                return self.tr("Matching precedence")
            return self._titles[Column(section)]
        return super().headerData(section, orientation, role)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Texts can be edited in place; everything else in the inspector."""
        flags = super().flags(index)
        if index.isValid() and index.column() in _EDITABLE:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, tooltips, what a screen reader says, and the values that delegates need."""
        mapping = self.mapping_at(index.row())
        if not index.isValid() or mapping is None:
            return None
        column = Column(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._text(index.row(), column, mapping)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tool_tip(index.row(), column, mapping) or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._titles[column]}: {self._text(index.row(), column, mapping)}"
        if role == Role.MAPPING:
            return mapping
        if role == Role.PROBLEMS:
            return tuple(self.problems_at(index.row()))
        if role == Role.IS_ERROR:
            return index.row() in self._error_rows
        if role == Role.HELD:
            return self._held.get(mapping.target_attribute)
        if role == Role.SORT:
            return self._sort_key(index.row(), column, mapping)
        return None

    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Edit a text in place."""
        mapping = self.mapping_at(index.row())
        if role != Qt.ItemDataRole.EditRole or mapping is None:
            return False
        column = Column(index.column())
        changed = _with_text(mapping, column, str(value))
        if changed is None:
            return False
        self.change(index.row(), changed, self.tr("Edit {name}").format(name=self._titles[column]))
        return True

    def flow_text(self, flow: FlowType) -> str:
        """*Apply this mapping* in the portal's words."""
        return {
            FlowType.ALWAYS: self.tr("Always"),
            FlowType.OBJECT_ADD_ONLY: self.tr("Only during object creation"),
            FlowType.MULTI_VALUE_ADD_ONLY: self.tr("Only add values"),
            FlowType.VALUE_ADD_ONLY: self.tr("Add, never remove"),
            FlowType.ATTRIBUTE_ADD_ONLY: self.tr("Only where the target has no value"),
        }[flow]

    def type_text(self, mapping_type: MappingType) -> str:
        """The portal's word for a mapping type."""
        return {
            MappingType.DIRECT: self.tr("Direct"),
            MappingType.CONSTANT: self.tr("Constant"),
            MappingType.EXPRESSION: self.tr("Expression"),
            MappingType.NONE: self.tr("None"),
        }[mapping_type]

    def _text(self, row: int, column: Column, mapping: AttributeMapping) -> str:
        match column:
            case Column.TARGET:
                return readable(mapping.target_attribute)
            case Column.TYPE:
                return self.type_text(mapping.mapping_type)
            case Column.SOURCE:
                return mapping.source
            case Column.MATCHING:
                return str(mapping.matching_priority) if mapping.matching_priority else ""
            case Column.DEFAULT:
                return mapping.default_value or ""
            case Column.APPLY:
                return self.flow_text(mapping.flow_type)
            case Column.RESULT:
                return self._results.get(mapping.target_attribute, "")
            case Column.PROBLEM:
                return " ".join(self.problems_at(row))

    def _tool_tip(self, row: int, column: Column, mapping: AttributeMapping) -> str:
        if column is Column.TARGET:
            return "\n".join((mapping.target_attribute, *self.problems_at(row)))
        held = self._held.get(mapping.target_attribute)
        if column is Column.RESULT and held is not None:
            text = self.tr("The target holds: {value}").format(value=held or self.tr("nothing"))
            return f"{self._text(row, column, mapping)}\n{text}"
        return self._text(row, column, mapping)

    def _sort_key(self, row: int, column: Column, mapping: AttributeMapping) -> Any:
        if column is Column.MATCHING:
            return mapping.matching_priority or 1_000_000
        if column is Column.PROBLEM:
            return -len(self.problems_at(row))
        return self._text(row, column, mapping).casefold()

    def _column_changed(self, column: Column) -> None:
        if self._rows:
            last = len(self._rows) - 1
            self.dataChanged.emit(self.index(0, column), self.index(last, column))

    def _follow(self, configuration: Configuration) -> None:
        """Take the new rows over, naming what was removed, inserted and changed."""
        rows = configuration.schema.mapping_of(self.object_type).attribute_mappings
        start, old, new = changed_rows(self._rows, rows)
        kept = min(old, new)
        if old == new == 0:
            return
        if old > new:
            self.beginRemoveRows(QModelIndex(), start + kept, start + old - 1)
            self._rows = self._rows[: start + kept] + self._rows[start + old :]
            self.endRemoveRows()
        elif new > old:
            self.beginInsertRows(QModelIndex(), start + kept, start + new - 1)
            added = rows[start + kept : start + new]
            self._rows = self._rows[: start + kept] + added + self._rows[start + kept :]
            self.endInsertRows()
        self._rows = rows
        if old != new:
            self._problems = {}
        if kept:
            last = self.index(start + kept - 1, len(Column) - 1)
            self.dataChanged.emit(self.index(start, 0), last)
        self.rows_replaced.emit()


_EDITABLE = (Column.SOURCE, Column.DEFAULT, Column.MATCHING)


def _with_text(mapping: AttributeMapping, column: Column, text: str) -> AttributeMapping | None:
    """The mapping after a cell was edited; None where the text does not fit."""
    if column is Column.SOURCE:
        return replace(mapping, source=text)
    if column is Column.DEFAULT:
        return replace(mapping, default_value=text or None)
    if column is Column.MATCHING:
        stripped = text.strip()
        if stripped and not stripped.isdecimal():
            return None
        return replace(mapping, matching_priority=int(stripped or 0))
    return None
