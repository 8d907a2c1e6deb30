"""The mini-map of the canvas: everything in small, with the part that is seen."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from looop_gui.ui.mappings.canvas.layout import Kind
from looop_gui.ui.mappings.canvas.view import CanvasView
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import MAPPING_SIGNS
from looop_gui.ui.theme import GRID, Theme

_WIDTH, _HEIGHT = 112, 148


class MiniMap(QWidget):
    """Lies in the corner of the canvas while not all of it is seen; a click goes there."""

    def __init__(self, theme: Theme, view: CanvasView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self.setFixedSize(_WIDTH, _HEIGHT)
        self.setToolTip(self.tr("The whole canvas; click to go there"))
        self.setAccessibleName(self.tr("Mini-map"))
        view.viewport_changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Stay in the corner and show what is seen now; hidden while everything is seen."""
        frame = self._view.viewport().rect()
        seen = self._seen()
        self.setVisible(seen.height() < self._scene().height() * 0.9)
        self.move(frame.right() - _WIDTH - GRID, frame.bottom() - _HEIGHT - GRID)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the place that was pressed."""
        self._view.centerOn(self._to_scene(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse while it is pressed."""
        self._view.centerOn(self._to_scene(event.position()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame, a stroke for each place, and the part that is seen."""
        painter = QPainter(self)
        painter.setPen(QPen(self._theme.colour(Role.BORDER), 1))
        painter.setBrush(self._theme.colour(Role.SURFACE))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        scale, offset = self._scale(), self._scene().topLeft()
        for item in self._view.items_shown.values():
            place = item.place
            if place.kind is Kind.HEADING:
                continue
            role = Role.CONTROL_BORDER
            if item.mapping is not None:
                role = MAPPING_SIGNS[item.mapping.mapping_type].role
            box = QRectF(place.x, place.y + 8, place.width, place.height - 16)
            painter.fillRect(self._small(box, scale, offset), self._theme.colour(role))
        painter.setPen(QPen(self._theme.colour(Role.FOCUS), 1.5))
        painter.setBrush(self._theme.colour(Role.FOCUS))
        painter.setOpacity(0.25)
        seen = self._small(self._seen().intersected(self._scene()), scale, offset)
        painter.drawRect(seen)

    def _small(self, box: QRectF, scale: float, offset: QPointF) -> QRectF:
        top_left = (box.topLeft() - offset) * scale + QPointF(4, 4)
        return QRectF(top_left.x(), top_left.y(), box.width() * scale, max(1, box.height() * scale))

    def _scene(self) -> QRectF:
        return self._view.sceneRect()

    def _scale(self) -> float:
        scene = self._scene()
        wide = (_WIDTH - 8) / max(1.0, scene.width())
        high = (_HEIGHT - 8) / max(1.0, scene.height())
        return min(wide, high)

    def _seen(self) -> QRectF:
        return self._view.mapToScene(self._view.viewport().rect()).boundingRect()

    def _to_scene(self, position: QPointF) -> QPointF:
        return (position - QPointF(4, 4)) / self._scale() + self._scene().topLeft()
