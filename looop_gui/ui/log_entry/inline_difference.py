"""Where two values differ, and a delegate that marks those places."""

from difflib import SequenceMatcher

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, Qt
from PySide6.QtGui import QFont, QPainter, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import Theme

Spans = tuple[tuple[int, int], ...]
SPANS_ROLE = Qt.ItemDataRole.UserRole + 1
MOST_CHARACTERS = 400
LEAST_ALIKE = 0.3
MARGIN = 4


def changed_spans(old: str, new: str) -> tuple[Spans, Spans]:
    """The places (begin, length) that differ, in the old and in the new value.

    Values that are too long or too different to be compared usefully differ as a whole.
    """
    whole = (((0, len(old)),) if old else (), ((0, len(new)),) if new else ())
    if max(len(old), len(new)) > MOST_CHARACTERS:
        return whole
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < LEAST_ALIKE:
        return whole
    changes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    before = tuple((a, b - a) for _, a, b, _, _ in changes if b > a)
    after = tuple((a, b - a) for _, _, _, a, b in changes if b > a)
    return before, after


class DifferenceDelegate(QStyledItemDelegate):
    """Paints the places of SPANS_ROLE in the colour of the cell, bold; the rest as plain text.

    A text that does not fit is elided and painted as a whole.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one cell."""
        spans = index.data(SPANS_ROLE)
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        text = shown.text
        room = shown.rect.width() - 2 * MARGIN
        if not spans or shown.fontMetrics.horizontalAdvance(text) * 1.1 > room:
            super().paint(painter, option, index)
            return
        shown.text = ""
        widget = shown.widget
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, shown, painter, widget)
        layout = self._layout(text, spans, shown.font, index)
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(room)
        layout.endLayout()
        top = shown.rect.top() + (shown.rect.height() - line.height()) / 2
        layout.draw(painter, QPointF(shown.rect.left() + MARGIN, top))

    def _layout(
        self, text: str, spans: Spans, font: QFont, index: QModelIndex | QPersistentModelIndex
    ) -> QTextLayout:
        plain = QFont(font)
        plain.setStrikeOut(False)
        layout = QTextLayout(text, plain)
        everything = QTextLayout.FormatRange()
        everything.start, everything.length = 0, len(text)
        usual = QTextCharFormat()
        usual.setForeground(self._theme.colour(Role.TEXT))
        everything.format = usual
        formats = [everything]
        for begin, length in spans:
            place = QTextLayout.FormatRange()
            place.start, place.length = begin, length
            marked = QTextCharFormat()
            marked.setForeground(index.data(Qt.ItemDataRole.ForegroundRole))
            marked.setFontWeight(QFont.Weight.Bold)
            marked.setFontStrikeOut(font.strikeOut())
            place.format = marked
            formats.append(place)
        layout.setFormats(formats)
        return layout
