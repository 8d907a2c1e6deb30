"""Paints the rows of the mapping table: icons of the types, marks, problems, muted values."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize
from PySide6.QtGui import QIcon, QPalette
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from looop_gui.model.mapping import AttributeMapping, MappingType
from looop_gui.ui.mappings.table_model import Column, Role
from looop_gui.ui.palettes import Role as Colour
from looop_gui.ui.signs import MAPPING_SIGNS
from looop_gui.ui.theme import ICON_SIZE, Theme, fixed_font

Index = QModelIndex | QPersistentModelIndex


class MappingDelegate(QStyledItemDelegate):
    """The type's icon before its word, the problem's icon before the target attribute."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Give the option the icon, font and colour of the cell."""
        super().initStyleOption(option, index)
        mapping = index.data(Role.MAPPING)
        if not isinstance(mapping, AttributeMapping):
            return
        option.decorationSize = QSize(ICON_SIZE, ICON_SIZE)
        column = Column(index.column())
        if column is Column.TYPE:
            sign = MAPPING_SIGNS[mapping.mapping_type]
            self._decorate(option, self._theme.icon(sign.icon, sign.role))
        elif column is Column.TARGET and index.data(Role.PROBLEMS):
            self._decorate(option, self._problem_icon(index))
        elif column is Column.SOURCE:
            self._show_source(option, mapping)
        elif column is Column.RESULT and index.data(Role.HELD) is not None:
            self._decorate(option, self._theme.icon("arrow-right-left", Colour.WARNING))
            self._colour(option, Colour.WARNING)
        elif column is Column.PROBLEM:
            is_error = bool(index.data(Role.IS_ERROR))
            self._colour(option, Colour.DANGER if is_error else Colour.WARNING)
        elif column is Column.MATCHING and mapping.matching_priority:
            self._decorate(option, self._theme.icon("key-round", Colour.INFO))

    def _show_source(self, option: QStyleOptionViewItem, mapping: AttributeMapping) -> None:
        """Expressions in the fixed font; the type's icon here while its column is hidden."""
        if mapping.mapping_type is MappingType.EXPRESSION:
            option.font = fixed_font()
        table = self.parent()
        if isinstance(table, QTableView) and table.isColumnHidden(Column.TYPE):
            sign = MAPPING_SIGNS[mapping.mapping_type]
            self._decorate(option, self._theme.icon(sign.icon, sign.role))

    def _problem_icon(self, index: Index) -> QIcon:
        if index.data(Role.IS_ERROR):
            return self._theme.icon("circle-alert", Colour.DANGER)
        return self._theme.icon("triangle-alert", Colour.WARNING)

    def _decorate(self, option: QStyleOptionViewItem, icon: QIcon) -> None:
        option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
        option.icon = icon

    def _colour(self, option: QStyleOptionViewItem, role: Colour) -> None:
        option.palette.setColor(QPalette.ColorRole.Text, self._theme.colour(role))
