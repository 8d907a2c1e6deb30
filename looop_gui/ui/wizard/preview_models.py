"""What a folder of files would give, as tables: columns with their attributes, rows, defects."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from looop_gui.model.directory import SourceProblem
from looop_gui.sources.preview import SourcePreview

Index = QModelIndex | QPersistentModelIndex
DISPLAY = Qt.ItemDataRole.DisplayRole


class TextTableModel(QAbstractTableModel):
    """Rows of texts under titles; replaced as a whole."""

    def __init__(self, titles: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles = tuple(titles)
        self._rows: tuple[tuple[str, ...], ...] = ()

    def show_rows(self, rows: Sequence[Sequence[str]], titles: Sequence[str] | None = None) -> None:
        """Show these rows, under other titles if given."""
        self.beginResetModel()
        if titles is not None:
            self._titles = tuple(titles)
        self._rows = tuple(tuple(row) for row in rows)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """The number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """The number of columns."""
        return 0 if parent is not None and parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> Any:
        """The titles."""
        is_title = orientation is Qt.Orientation.Horizontal and role == DISPLAY
        return self._titles[section] if is_title and section < len(self._titles) else None

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        """The texts; whole on hover."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        text = row[index.column()] if index.column() < len(row) else ""
        if role in (DISPLAY, Qt.ItemDataRole.EditRole):
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            return text or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._titles[index.column()]}: {text}"
        return None


class ColumnsModel(TextTableModel):
    """Heading, attribute and first value of each column; the attribute can be changed."""

    attribute_changed = Signal(str, str)

    def __init__(self, titles: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(titles, parent)
        self.ignored_text = ""

    def show_preview(self, preview: SourcePreview) -> None:
        """Show the columns of a preview."""
        first = preview.rows[0] if preview.rows else ()
        rows = []
        for number, column in enumerate(preview.columns):
            attribute = column.attribute or self.ignored_text
            value = first[number] if number < len(first) else ""
            rows.append((column.heading, attribute, value))
        if [*self._rows] != rows:
            self.show_rows(rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Only the attribute can be edited."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == 1 else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tell which attribute was chosen; the next preview shows it."""
        if role != Qt.ItemDataRole.EditRole or index.column() != 1:
            return False
        text = str(value)
        if text == index.data():
            return False
        heading = str(index.sibling(index.row(), 0).data())
        self.attribute_changed.emit(heading, "" if text == self.ignored_text else text)
        return True


class AttributeDelegate(QStyledItemDelegate):
    """Edits the attribute of a column in a list of the known ones; others can be typed."""

    def __init__(self, names: Sequence[str], ignored_text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._names = names
        self._ignored_text = ignored_text

    def createEditor(
        self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index
    ) -> QWidget:
        """A combo box that can be typed in."""
        box = QComboBox(parent)
        box.setEditable(True)
        box.addItems([self._ignored_text, *self._names])
        box.activated.connect(lambda _index: self._commit(box))
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Show the present attribute."""
        if isinstance(editor, QComboBox):
            editor.setCurrentText(str(index.data()))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Hand the chosen attribute over."""
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentText().strip())

    def _commit(self, box: QComboBox) -> None:
        self.commitData.emit(box)
        self.closeEditor.emit(box)


def problem_rows(problems: Sequence[SourceProblem]) -> list[tuple[str, str, str]]:
    """File, line and sentence of each defect."""
    return [(p.file, str(p.line) if p.line else "", p.sentence) for p in problems]
