"""Paints the cells of a busy table by hand: a style sheet costs several times as much a cell."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import GRID, ICON_SIZE, Theme

_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
_LEFT = Qt.AlignmentFlag.AlignLeft | _MIDDLE
_RIGHT = Qt.AlignmentFlag.AlignRight | _MIDDLE
_LEFT_FLAGS, _RIGHT_FLAGS = int(_LEFT), int(_RIGHT)
_SELECTED = QStyle.StateFlag.State_Selected.value
_HOVERED = QStyle.StateFlag.State_MouseOver.value
_DISPLAY = Qt.ItemDataRole.DisplayRole
_DECORATION = Qt.ItemDataRole.DecorationRole
_FOREGROUND = Qt.ItemDataRole.ForegroundRole


class PlainDelegate(QStyledItemDelegate):
    """Background, line below, icon and elided text, in the look of `resources/styles/views.qss`."""

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, striped: bool = False
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._striped = striped

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one cell."""
        cell: QRect = option.rect
        # Plain numbers: flags of Python cost as much as the painting of the cell.
        state = option.state.value
        selected = bool(state & _SELECTED)
        self._paint_ground(
            painter,
            cell,
            hovered=bool(state & _HOVERED),
            selected=selected,
            odd=self._striped and bool(index.row() % 2),
        )
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        space = QRectF(cell).adjusted(GRID + 2, 0, -GRID, 0)
        icon = index.data(_DECORATION)
        if isinstance(icon, QIcon):
            left = space.right() - ICON_SIZE if mirrored else space.left()
            top = space.top() + (space.height() - ICON_SIZE) / 2
            ratio = painter.device().devicePixelRatioF()
            picture = icon.pixmap(option.decorationSize, ratio)
            painter.drawPixmap(QPointF(left, top), picture)
            gap = ICON_SIZE + GRID - 2
            space = space.adjusted(0, 0, -gap, 0) if mirrored else space.adjusted(gap, 0, 0, 0)
        text = index.data(_DISPLAY)
        if text:
            role = None if selected else index.data(_FOREGROUND)
            painter.setPen(role or self._theme.colour(Role.TEXT))
            shown = option.fontMetrics.elidedText(text, option.textElideMode, int(space.width()))
            painter.drawText(space, _RIGHT_FLAGS if mirrored else _LEFT_FLAGS, shown)

    def _paint_ground(
        self,
        painter: QPainter,
        cell: QRect,
        *,
        hovered: bool,
        selected: bool,
        odd: bool,
    ) -> None:
        if selected:
            painter.fillRect(cell, self._theme.colour(Role.SELECTION))
        elif hovered:
            painter.fillRect(cell, self._theme.colour(Role.RAISED))
        elif odd:
            painter.fillRect(cell, self._theme.colour(Role.SUNKEN))
        line = QRect(cell.left(), cell.bottom(), cell.width(), 1)
        painter.fillRect(line, self._theme.colour(Role.BORDER))
