"""Small own-painted charts: bars of cycles, lines of rates. A repaint costs 1 to 3 ms."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import CAPTION_SIZE, Theme


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: parts from the bottom up (value, role), and what its tool tip says."""

    identifier: str
    parts: tuple[tuple[float, Role], ...]
    words: str

    @property
    def height(self) -> float:
        """The sum of its parts."""
        return sum(value for value, _ in self.parts)


class BarChart(QWidget):
    """Bars side by side, newest at the end; a click on one emits `chosen` with its identifier."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bars: tuple[Bar, ...] = ()
        self._spots: list[tuple[QRectF, Bar]] = []
        self.setAccessibleName(name)
        self.setMinimumHeight(72)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Show these bars."""
        if tuple(bars) != self._bars:
            self._bars = tuple(bars)
            self.setAccessibleDescription("; ".join(bar.words for bar in self._bars))
            self.update()

    def sizeHint(self) -> QSize:
        """A modest chart."""
        return QSize(320, 96)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars from the end backwards, as many as fit."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        self._spots = []
        base = self.height() - 1.0
        painter.fillRect(QRectF(0, base, self.width(), 1), self._theme.colour(Role.BORDER))
        step = 14.0
        shown = self._bars[-max(1, int(self.width() / step)) :]
        highest = max((bar.height for bar in shown), default=0.0) or 1.0
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        for place, bar in enumerate(shown):
            left = self.width() - (place + 1) * step if mirrored else place * step
            self._draw(painter, bar, QRectF(left, 0, step - 4, base), highest)

    def _draw(self, painter: QPainter, bar: Bar, space: QRectF, highest: float) -> None:
        bottom = space.bottom()
        for value, role in bar.parts:
            height = max(2.0, value / highest * space.height()) if value else 0.0
            painter.setBrush(self._theme.colour(role))
            painter.drawRoundedRect(
                QRectF(space.left(), bottom - height, space.width(), height), 1, 1
            )
            bottom -= height
        if not bar.height:
            painter.setBrush(self._theme.colour(Role.CONTROL_BORDER))
            painter.drawRoundedRect(QRectF(space.left(), bottom - 2, space.width(), 2), 1, 1)
        self._spots.append((QRectF(space.left() - 2, 0, space.width() + 4, space.height()), bar))

    def event(self, event: QEvent) -> bool:
        """Say what the bar under the mouse stands for."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            bar = self._at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), bar.words if bar else "", self)
            return True
        return super().event(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the bar under the mouse."""
        bar = self._at(event.position())
        if bar is not None:
            self.chosen.emit(bar.identifier)

    def _at(self, point: QPointF) -> Bar | None:
        return next((bar for spot, bar in self._spots if spot.contains(point)), None)


class LineChart(QWidget):
    """One line over time, newest at the end, filled below; the newest value is written out.

    A point with a mark has a warning line through it: something held the work up there.
    """

    def __init__(
        self, theme: Theme, name: str, role: Role, unit: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._role = role
        self._unit = unit
        self._values: list[float] = []
        self._marks: list[bool] = []
        self.capacity = 120
        self.setAccessibleName(name)
        self.setMinimumHeight(72)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def append(self, value: float, *, marked: bool = False) -> None:
        """Add a value at the end; the oldest leave when there are more than `capacity`."""
        self._values.append(value)
        self._marks.append(marked)
        del self._values[: -self.capacity]
        del self._marks[: -self.capacity]
        self.setAccessibleDescription(f"{value:.0f} {self._unit}")
        self.update()

    def clear(self) -> None:
        """Begin anew."""
        self._values.clear()
        self._marks.clear()
        self.update()

    @property
    def marks(self) -> int:
        """How many of the points shown are marked."""
        return sum(self._marks)

    @property
    def values(self) -> tuple[float, ...]:
        """The values shown."""
        return tuple(self._values)

    def sizeHint(self) -> QSize:
        """A modest chart."""
        return QSize(240, 96)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw scale, line and fill."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(0, CAPTION_SIZE + 6, self.width(), self.height() - CAPTION_SIZE - 8)
        top = _round_up(max(self._values, default=0.0))
        self._draw_scale(painter, area, top)
        if self._values:
            self._draw_line(painter, area, top)
            self._draw_marks(painter, area)

    def _draw_marks(self, painter: QPainter, area: QRectF) -> None:
        step = area.width() / (self.capacity - 1)
        first = area.right() - (len(self._marks) - 1) * step
        painter.setPen(QPen(self._theme.colour(Role.WARNING), 1.5, Qt.PenStyle.DashLine))
        for place, marked in enumerate(self._marks):
            if marked:
                at = first + place * step
                painter.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()))

    def _draw_scale(self, painter: QPainter, area: QRectF, top: float) -> None:
        font = self.font()
        font.setPixelSize(CAPTION_SIZE)
        painter.setFont(font)
        painter.setPen(self._theme.colour(Role.TEXT_MUTED))
        space = QRectF(0, 0, self.width(), CAPTION_SIZE + 4)
        start = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(space, int(start), f"{top:g} {self._unit}")
        if self._values:
            end = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(space, int(end), f"{self._values[-1]:.0f}")
        painter.setPen(QPen(self._theme.colour(Role.BORDER), 1))
        for part in (0.0, 0.5, 1.0):
            height = round(area.top() + part * area.height()) + 0.5
            painter.drawLine(QPointF(0, height), QPointF(self.width(), height))

    def _draw_line(self, painter: QPainter, area: QRectF, top: float) -> None:
        step = area.width() / (self.capacity - 1)
        first = area.right() - (len(self._values) - 1) * step
        points = [
            QPointF(first + place * step, area.bottom() - value / top * area.height())
            for place, value in enumerate(self._values)
        ]
        colour = self._theme.colour(self._role)
        fill = self._theme.colour(self._role)
        fill.setAlphaF(0.15)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        ends = [QPointF(points[-1].x(), area.bottom()), QPointF(first, area.bottom())]
        painter.drawPolygon(QPolygonF([*points, *ends]))
        painter.setPen(QPen(colour, 1.5))
        painter.drawPolyline(QPolygonF(points))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(points[-1] - QPointF(3, 0), 2.5, 2.5)


def _round_up(value: float) -> float:
    """The next of 1, 2, 5 times a power of ten, so that the scale rests."""
    if value <= 0:
        return 1.0
    power = 1.0
    while power * 10 < value:
        power *= 10
    while power > value:
        power /= 10
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= value)
