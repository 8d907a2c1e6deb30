"""Small own-painted charts: bars of cycles, lines of rates. A repaint costs 1 to 3 ms."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from looop_gui.ui import formats
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
    """Bars side by side, newest at the end; a click on one emits `chosen` with its identifier.

    With the keyboard the arrow keys, Home and End walk over the bars, Enter and Space choose one.
    `unit` is what the bars count, `empty` what is said where there are none.
    """

    chosen = Signal(str)

    def __init__(
        self,
        theme: Theme,
        name: str,
        parent: QWidget | None = None,
        *,
        unit: str = "",
        empty: str = "",
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._unit = unit
        self._empty = empty
        self._bars: tuple[Bar, ...] = ()
        self._spots: list[tuple[QRectF, Bar]] = []
        self._current = -1
        self.setAccessibleName(name)
        self.setAccessibleDescription(empty)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumHeight(72)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Show these bars."""
        if tuple(bars) != self._bars:
            self._bars = tuple(bars)
            self._current = len(self._bars) - 1
            words = "; ".join(bar.words for bar in self._bars)
            self.setAccessibleDescription(words or self._empty)
            self.update()

    @property
    def current(self) -> Bar | None:
        """The bar that the keyboard stands on."""
        return self._bars[self._current] if 0 <= self._current < len(self._bars) else None

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
        top = CAPTION_SIZE + 6.0
        painter.fillRect(QRectF(0, base, self.width(), 1), self._theme.colour(Role.BORDER))
        if not self._bars:
            _draw_empty(painter, self, self._theme, self._empty)
            return
        step = 14.0
        shown = self._bars[-max(1, int(self.width() / step)) :]
        highest = _round_up(max((bar.height for bar in shown), default=0.0))
        self._draw_scale(painter, top, highest)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        for place, bar in enumerate(shown):
            left = self.width() - (place + 1) * step if mirrored else place * step
            self._draw(painter, bar, QRectF(left, top, step - 4, base - top), highest)

    def _draw_scale(self, painter: QPainter, top: float, highest: float) -> None:
        _caption(painter, self, self._theme)
        space = QRectF(0, 0, self.width(), CAPTION_SIZE + 4)
        side = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(space, int(side), f"{formats.count(round(highest))} {self._unit}")
        painter.fillRect(QRectF(0, top, self.width(), 1), self._theme.colour(Role.BORDER))
        painter.setPen(Qt.PenStyle.NoPen)

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
        spot = QRectF(space.left() - 2, 0, space.width() + 4, space.bottom())
        self._spots.append((spot, bar))
        if self.hasFocus() and bar is self.current:
            painter.setPen(QPen(self._theme.colour(Role.FOCUS), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(spot.adjusted(1, space.top() - 1, -1, 0), 2, 2)
            painter.setPen(Qt.PenStyle.NoPen)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk over the bars, and choose one."""
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        forward = -1 if mirrored else 1
        last = len(self._bars) - 1
        moves = {
            Qt.Key.Key_Left: self._current - forward,
            Qt.Key.Key_Right: self._current + forward,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        bar = self.current
        if event.key() in moves and bar is not None:
            self._current = min(max(moves[Qt.Key(event.key())], 0), last)
            self._say_current()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Space) and bar is not None:
            self.chosen.emit(bar.identifier)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say which bar the keyboard stands on."""
        super().focusInEvent(event)
        self._say_current()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The words of the bar go again."""
        super().focusOutEvent(event)
        QToolTip.hideText()

    def _say_current(self) -> None:
        self.update()
        bar = self.current
        if bar is None:
            return
        self.setAccessibleDescription(bar.words)
        spot = next((spot for spot, one in self._spots if one is bar), None)
        if spot is not None:
            QToolTip.showText(self.mapToGlobal(spot.bottomLeft().toPoint()), bar.words, self)

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

    A point with a mark has a warning line through it: something held the work up there. `empty` is
    what is said where there is nothing so far.
    """

    def __init__(
        self,
        theme: Theme,
        name: str,
        role: Role,
        unit: str,
        parent: QWidget | None = None,
        *,
        empty: str = "",
    ) -> None:
        super().__init__(parent)
        self._empty = empty
        self._moments: list[float] = []
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
        self._moments.append(time.monotonic())
        for kept in (self._values, self._marks, self._moments):
            del kept[: -self.capacity]
        self.setAccessibleDescription(f"{value:.0f} {self._unit}")
        self.update()

    def clear(self) -> None:
        """Begin anew."""
        for kept in (self._values, self._marks, self._moments):
            kept.clear()
        self.update()

    @property
    def marks(self) -> int:
        """How many of the points shown are marked."""
        return sum(self._marks)

    @property
    def seconds(self) -> float:
        """How much time the points stand for, from the first to the last one."""
        return self._moments[-1] - self._moments[0] if self._moments else 0.0

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
        height = self.height() - 2 * CAPTION_SIZE - 12
        area = QRectF(0, CAPTION_SIZE + 6, self.width(), height)
        if not self._values:
            _draw_empty(painter, self, self._theme, self._empty)
            return
        top = _round_up(max(self._values, default=0.0))
        self._draw_scale(painter, area, top)
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
        _caption(painter, self, self._theme)
        start = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        end = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        space = QRectF(0, 0, self.width(), CAPTION_SIZE + 4)
        painter.drawText(space, start, f"{top:g} {self._unit}")
        painter.drawText(space, end, f"{self._values[-1]:.0f}")
        below = QRectF(0, area.bottom() + 2, self.width(), CAPTION_SIZE + 4)
        step = area.width() / (self.capacity - 1)
        below.setLeft(max(0.0, area.right() - max(len(self._values) - 1, 40) * step))
        if self.seconds >= 1:
            words = self.tr("{0} ago").format(formats.duration(self.seconds))
            painter.drawText(below, start, words)
        painter.drawText(below, end, self.tr("now"))
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


def _caption(painter: QPainter, chart: QWidget, theme: Theme) -> None:
    """Write in the small muted letters of captions from now on."""
    font = chart.font()
    font.setPixelSize(CAPTION_SIZE)
    painter.setFont(font)
    painter.setPen(theme.colour(Role.TEXT_MUTED))


def _draw_empty(painter: QPainter, chart: QWidget, theme: Theme, words: str) -> None:
    _caption(painter, chart, theme)
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(QRectF(chart.rect()), int(flags), words)


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
