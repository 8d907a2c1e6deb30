"""Edit attribute list: the attributes of the target or the source, and custom ones besides."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from looop_gui.model.mapping import AttributeDefinition, AttributeType
from looop_gui.ui.mappings.attribute_list_model import AttributeListModel, ListColumn
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button, primary_button
from looop_gui.ui.widgets.labels import hint, section
from looop_gui.ui.widgets.table import Table

Index = QModelIndex | QPersistentModelIndex


class AttributeListDialog(QDialog):
    """`confirmed` carries the changed list. Opened with `open()`."""

    confirmed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        heading: str,
        definitions: Sequence[AttributeDefinition],
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(heading)
        self.resize(860, 520)
        self.model = AttributeListModel(definitions, self)
        self.table = Table(heading, compact=True)
        self.table.show_model(self.model, (380, 90, 84, 92, 88, 0))
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.setEditTriggers(Table.EditTrigger.AllEditTriggers)
        self.table.setItemDelegateForColumn(ListColumn.TYPE, _TypeDelegate(self.table))
        self.add = button(theme, self.tr("Add attribute"), self._add, icon="plus")
        self.remove = button(theme, self.tr("Remove"), self._remove, icon="trash-2")
        self.save = primary_button(theme, self.tr("Use this list"), self._confirm)
        cancel = button(theme, self.tr("Cancel"), self.reject)
        foot = QHBoxLayout()
        for widget in (self.add, self.remove):
            foot.addWidget(widget)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(section(heading))
        layout.addWidget(
            hint(
                self.tr(
                    "A custom attribute of a SCIM application is named"
                    " urn:ietf:params:scim:schemas:extension:<Name>:2.0:User:<attribute>. Exact"
                    " case decides whether a change of letter case alone is sent."
                )
            )
        )
        layout.addWidget(self.table, 1)
        layout.addLayout(foot)

    def _add(self) -> None:
        index = self.model.index(self.model.add(), ListColumn.NAME)
        self.table.setCurrentIndex(index)
        self.table.edit(index)

    def _remove(self) -> None:
        row = self.table.current_row()
        if row >= 0:
            self.model.remove(row)

    def _confirm(self) -> None:
        self.table.setFocus()
        self.accept()
        self.confirmed.emit(self.model.definitions)


class _TypeDelegate(QStyledItemDelegate):
    """Chooses the type from the list of all types."""

    def createEditor(
        self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index
    ) -> QWidget:
        box = QComboBox(parent)
        box.addItems([kind.value for kind in AttributeType])
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentText(str(index.data()))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentText())
