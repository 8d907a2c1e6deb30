"""Labels in the styles of the type scale, and one that elides."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget


def title(text: str, parent: QWidget | None = None) -> QLabel:
    """The title of a page (20 px)."""
    return _label(text, "title", parent)


def section(text: str, parent: QWidget | None = None) -> QLabel:
    """The heading of a section (15 px semibold)."""
    return _label(text, "section", parent)


def strong(text: str, parent: QWidget | None = None) -> QLabel:
    """Base text, semibold."""
    return _label(text, "strong", parent)


def caption(text: str, parent: QWidget | None = None) -> QLabel:
    """Small muted text (12 px)."""
    return _label(text, "caption", parent)


def prose(text: str, parent: QWidget | None = None, *, muted: bool = False) -> QLabel:
    """Wrapped sentences, at most 80 characters a line, selectable."""
    label = _label(text, "muted" if muted else "", parent)
    wrap(label)
    return label


def hint(text: str, parent: QWidget | None = None) -> QLabel:
    """A small wrapped sentence below a field."""
    label = _label(text, "hint", parent)
    wrap(label)
    return label


def problem(text: str = "", parent: QWidget | None = None) -> QLabel:
    """What is wrong with the field above; hidden while there is nothing to say."""
    label = _label(text, "problem", parent)
    wrap(label)
    label.setVisible(bool(text))
    return label


def say_problem(label: QLabel, text: str) -> None:
    """Show the sentence in a `problem` label, or hide the label when there is none."""
    label.setText(text)
    label.setVisible(bool(text))


def wrap(label: QLabel) -> None:
    """Let a label wrap and its text be selected."""
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)


def line(parent: QWidget | None = None) -> QFrame:
    """A thin horizontal line."""
    frame = QFrame(parent)
    frame.setProperty("look", "line")
    frame.setFixedHeight(1)
    return frame


def vertical_line(parent: QWidget | None = None) -> QFrame:
    """A thin vertical line."""
    frame = QFrame(parent)
    frame.setProperty("look", "vertical-line")
    frame.setFixedWidth(1)
    return frame


class ElidedLabel(QLabel):
    """One line that gives way: elided in the middle for ids, at the end for prose.

    The whole text is the tool tip whenever it does not fit.
    """

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(text, parent)
        self._mode = mode
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(24)

    def setText(self, text: str) -> None:
        """Show another text."""
        super().setText(text)
        self._tell_whole()

    def sizeHint(self) -> QSize:
        """As wide as the whole text would be."""
        width = self.fontMetrics().horizontalAdvance(self.text()) + 2
        return QSize(width, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the tool tip in step with what fits."""
        super().resizeEvent(event)
        self._tell_whole()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the part that fits."""
        painter = QPainter(self)
        rectangle = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), self._mode, rectangle.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        start = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rectangle, int(start), text)

    def _tell_whole(self) -> None:
        fits = self.fontMetrics().horizontalAdvance(self.text()) <= self.contentsRect().width()
        self.setToolTip("" if fits else self.text())


class TextLabel(QLabel):
    """A label that may be as wide as it likes: its lines stay within 80 characters."""

    def heightForWidth(self, width: int) -> int:
        """The height of the text wrapped at a readable width."""
        margins = self.contentsMargins()
        both = margins.left() + margins.right()
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        start = margins.right() if mirrored else margins.left()
        text = min(width - start, self.maximumWidth() - start, self._readable())
        return super().heightForWidth(max(text, 1) + both)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave room at the end of the lines of a wide label."""
        super().resizeEvent(event)
        if self.wordWrap():
            margins = self.contentsMargins()
            mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
            start = margins.right() if mirrored else margins.left()
            end = max(0, self.width() - start - self._readable())
            left, right = (end, start) if mirrored else (start, end)
            if (left, right) != (margins.left(), margins.right()):
                self.setContentsMargins(left, margins.top(), right, margins.bottom())

    def _readable(self) -> int:
        return self.fontMetrics().averageCharWidth() * 80


def _label(text: str, look: str, parent: QWidget | None) -> QLabel:
    label = TextLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if look:
        label.setProperty("look", look)
    return label
