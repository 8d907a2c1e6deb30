"""The pictures on the canvas: attributes, expression nodes, headings and wires."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPainterPathStroker, QPen
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsPathItem,
    QStyle,
    QStyleOptionGraphicsItem,
    QWidget,
)

from looop_gui.model.mapping import AttributeMapping, MappingType
from looop_gui.ui.mappings.canvas.layout import Kind, Place
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import MAPPING_SIGNS
from looop_gui.ui.theme import CAPTION_SIZE, ICON_SIZE, TEXT_SIZE, Theme

PORT_RADIUS = 4.0
_RADIUS = 6.0
_PADDING = 10.0
_WIRE_HIT_WIDTH = 10.0
_THICK = 3.0


class PlaceItem(QGraphicsItem):
    """An attribute, a node or a heading. `mapping` is the mapping it belongs to, if any."""

    def __init__(self, place: Place, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.place = place
        self.mapping: AttributeMapping | None = None
        self.wired = False
        self.problem = ""
        self.dropping = False
        self.pointed = False
        self.setAcceptHoverEvents(place.kind is not Kind.HEADING)
        selectable = place.kind in (Kind.TARGET, Kind.NODE, Kind.SOURCE)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable, selectable)
        self.setZValue(1)
        # Texts and icons are drawn once and kept as pictures, so that scrolling costs little.
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def show_place(
        self, place: Place, mapping: AttributeMapping | None, wired: bool, problem: str
    ) -> None:
        """Take over where it lies and what it stands for; repaint only when that changed."""
        state = (place, mapping, wired, problem)
        if state == (self.place, self.mapping, self.wired, self.problem):
            return
        self.prepareGeometryChange()
        self.place, self.mapping, self.wired, self.problem = state
        self.setPos(place.x, place.y)
        self.setToolTip(self._tool_tip())
        self.update()

    def show_dropping(self, on: bool) -> None:
        """Show that letting go here would map."""
        if on is not self.dropping:
            self.dropping = on
            self.update()

    def show_pointed(self, on: bool) -> None:
        """Show that the keyboard is here."""
        if on is not self.pointed:
            self.pointed = on
            self.update()

    @property
    def input_port(self) -> QPointF:
        """Where wires end, in scene coordinates."""
        return QPointF(self.place.x, self.place.y + self.place.height / 2)

    @property
    def output_port(self) -> QPointF:
        """Where wires begin, in scene coordinates."""
        return self.input_port + QPointF(self.place.width, 0)

    def boundingRect(self) -> QRectF:
        """The box and its ports."""
        return QRectF(0, 0, self.place.width, self.place.height).adjusted(-6, -4, 6, 4)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        _widget: QWidget | None = None,
    ) -> None:
        """Draw the heading, or the box with its icon, text, marks and ports."""
        if self.place.kind is Kind.HEADING:
            self._paint_heading(painter)
            return
        state = option.state
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        self._paint_box(painter, hovered)
        if self.pointed:
            self._paint_focus(painter)
        self._paint_text(painter)
        self._paint_ports(painter)

    def _paint_heading(self, painter: QPainter) -> None:
        font = painter.font()
        font.setPixelSize(CAPTION_SIZE)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(self._theme.colour(Role.TEXT_MUTED))
        box = QRectF(0, 0, self.place.width, self.place.height - 6)
        flags = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
        painter.drawText(box, flags, self.place.text)

    def _paint_box(self, painter: QPainter, hovered: bool) -> None:
        fill, border, width = self._box_colours(hovered)
        pen = QPen(border, width)
        if self._missing:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(fill)
        inset = width / 2
        box = QRectF(0, 0, self.place.width, self.place.height)
        painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), _RADIUS, _RADIUS)

    def _paint_focus(self, painter: QPainter) -> None:
        """A ring around the box, as every field with the focus has one."""
        painter.setPen(QPen(self._theme.colour(Role.FOCUS), 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        box = QRectF(0, 0, self.place.width, self.place.height).adjusted(-2.5, -2.5, 2.5, 2.5)
        painter.drawRoundedRect(box, _RADIUS + 2, _RADIUS + 2)

    def _box_colours(self, hovered: bool) -> tuple[QColor, QColor, float]:
        theme = self._theme
        if self.isSelected() or self.dropping:
            return theme.colour(Role.SELECTION), theme.colour(Role.FOCUS), 2.0
        fill = theme.colour(Role.RAISED if hovered else Role.SURFACE)
        if self.problem or self._missing:
            return fill, theme.colour(Role.DANGER), 1.5
        if self.place.kind is Kind.NODE and self.mapping is not None:
            return fill, theme.colour(MAPPING_SIGNS[self.mapping.mapping_type].role), 1.0
        return fill, theme.colour(Role.BORDER), 1.0

    @property
    def _missing(self) -> bool:
        """A required target without a mapping stands out."""
        definition = self.place.definition
        is_target = self.place.kind is Kind.TARGET and self.place.row < 0
        return is_target and definition is not None and definition.required

    def _paint_text(self, painter: QPainter) -> None:
        left, right = _PADDING, self.place.width - _PADDING
        icon = self._icon()
        if icon is not None:
            ratio = painter.device().devicePixelRatioF()
            pixmap = self._theme.pixmap(icon[0], icon[1], ICON_SIZE, max(1.0, ratio))
            top = (self.place.height - ICON_SIZE) / 2
            painter.drawPixmap(QPointF(left, top), pixmap)
            left += ICON_SIZE + 6
        right = self._paint_marks(painter, right)
        font = painter.font()
        font.setPixelSize(TEXT_SIZE)
        font.setBold(False)
        painter.setFont(font)
        unused = self.place.kind is not Kind.NODE and not self.wired and self.place.row < 0
        painter.setPen(self._theme.colour(Role.TEXT_MUTED if unused else Role.TEXT))
        box = QRectF(left, 0, right - left, self.place.height)
        mode = Qt.TextElideMode.ElideRight
        text = QFontMetricsF(font).elidedText(self.place.text, mode, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _icon(self) -> tuple[str, Role] | None:
        if self.place.kind is Kind.NODE and self.mapping is not None:
            sign = MAPPING_SIGNS[self.mapping.mapping_type]
            return sign.icon, sign.role
        if self.problem or self._missing:
            return "circle-alert", Role.DANGER
        return None

    def _paint_marks(self, painter: QPainter, right: float) -> float:
        """The marks at the right of a target: precedence, required; gives what room is left."""
        if self.place.kind is not Kind.TARGET:
            return right
        marks: list[tuple[str, Role]] = []
        if self.mapping is not None and self.mapping.matching_priority:
            marks.append((f"match {self.mapping.matching_priority}", Role.INFO))
        if self.mapping is not None and self.mapping.mapping_type is MappingType.NONE:
            marks.append(("none", Role.TEXT_MUTED))
        if self.place.definition is not None and self.place.definition.required:
            marks.append(("required", Role.TEXT_MUTED))
        font = painter.font()
        font.setPixelSize(CAPTION_SIZE - 1)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        for text, role in marks:
            width = metrics.horizontalAdvance(text)
            painter.setPen(self._theme.colour(role))
            box = QRectF(right - width, 0, width + 1, self.place.height)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
            right -= width + 8
        return right

    def _paint_ports(self, painter: QPainter) -> None:
        role = Role.CONTROL_BORDER
        if self.mapping is not None:
            role = MAPPING_SIGNS[self.mapping.mapping_type].role
        elif self.wired:
            role = Role.ACCENT
        filled = self.wired or self.place.row >= 0
        painter.setPen(QPen(self._theme.colour(role), 1.5))
        painter.setBrush(self._theme.colour(role if filled else Role.SURFACE))
        middle = self.place.height / 2
        if self.place.kind is not Kind.SOURCE:
            painter.drawEllipse(QPointF(0, middle), PORT_RADIUS, PORT_RADIUS)
        if self.place.kind is not Kind.TARGET:
            painter.drawEllipse(QPointF(self.place.width, middle), PORT_RADIUS, PORT_RADIUS)

    def _tool_tip(self) -> str:
        lines = [self.place.key if self.place.kind is not Kind.NODE else self.place.text]
        if self.place.definition is not None:
            lines.append(str(self.place.definition.type.value))
        if self.problem:
            lines.append(self.problem)
        return "\n".join(lines)


class WireItem(QGraphicsPathItem):
    """The line of one mapping, in the colour of its mapping type."""

    def __init__(self, row: int, mapping_type: MappingType, theme: Theme) -> None:
        super().__init__()
        self.row = row
        self._mapping_type = mapping_type
        self._theme = theme
        self._ends: tuple[QPointF, QPointF] | None = None
        self._crowded = False
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable, True)
        self.setAcceptHoverEvents(True)

    def show_ends(self, row: int, mapping_type: MappingType, start: QPointF, end: QPointF) -> None:
        """Lie between two points for that mapping."""
        self.row = row
        if mapping_type is not self._mapping_type:
            self._mapping_type = mapping_type
            self.update()
        if self._ends != (start, end):
            self._ends = (start, end)
            self.setPath(wire_path(start, end))

    def show_crowded(self, on: bool) -> None:
        """Among very many wires be as thin as a hair: a tenth of the time to draw."""
        if on is not self._crowded:
            self._crowded = on
            self.update()

    def shape(self) -> QPainterPath:
        """Somewhat wider than the line, so that it can be hit."""
        stroker = QPainterPathStroker()
        stroker.setWidth(_WIRE_HIT_WIDTH)
        return stroker.createStroke(self.path())

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        _widget: QWidget | None = None,
    ) -> None:
        """Draw the line; thicker when selected or under the mouse."""
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        width = _THICK if self.isSelected() or hovered else 1.75
        role = Role.FOCUS if self.isSelected() else MAPPING_SIGNS[self._mapping_type].role
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(self._theme.colour(role), width)
        if self._crowded and width < _THICK:
            pen.setWidthF(1.0)
            pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawPath(self.path())


def wire_path(start: QPointF, end: QPointF) -> QPainterPath:
    """A curve that leaves and arrives level."""
    reach = max(40.0, abs(end.x() - start.x()) / 2)
    path = QPainterPath(start)
    path.cubicTo(start + QPointF(reach, 0), end - QPointF(reach, 0), end)
    return path
