"""Paints the cells of a busy table by hand: a style sheet costs several times as much a cell."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QIcon, QPainter, QStaticText
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import GRID, ICON_SIZE, Theme

_SELECTED = QStyle.StateFlag.State_Selected.value
_HOVERED = QStyle.StateFlag.State_MouseOver.value
_DISPLAY = Qt.ItemDataRole.DisplayRole
_DECORATION = Qt.ItemDataRole.DecorationRole
_FOREGROUND = Qt.ItemDataRole.ForegroundRole
_TEXTS_KEPT = 2000


class PlainDelegate(QStyledItemDelegate):
    """Background, line below, icon and elided text, in the look of `resources/styles/views.qss`."""

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, striped: bool = False
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._striped = striped
        self._texts: dict[tuple[str, int], QStaticText] = {}
        self._font = QFont()

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
            laid_out = self._laid_out(text, int(space.width()), painter.font(), option)
            size = laid_out.size()
            left = space.right() - size.width() if mirrored else space.left()
            top = space.top() + (space.height() - size.height()) / 2
            painter.drawStaticText(QPointF(left, top), laid_out)

    def _laid_out(
        self, text: str, width: int, font: QFont, option: QStyleOptionViewItem
    ) -> QStaticText:
        """The elided text, laid out once: most cells of a log that grows were there before."""
        if font != self._font or len(self._texts) > _TEXTS_KEPT:
            self._texts.clear()
            self._font = QFont(font)
        known = self._texts.get((text, width))
        if known is None:
            known = QStaticText(option.fontMetrics.elidedText(text, option.textElideMode, width))
            known.setTextFormat(Qt.TextFormat.PlainText)
            known.prepare(font=font)
            self._texts[text, width] = known
        return known

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
