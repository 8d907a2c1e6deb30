"""The canvas as a view: drag to map, select, delete, zoom; shows the rows of the mapping model.

Items are kept from change to change and only moved or repainted, so that an edit of one mapping
among hundreds costs little.
"""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QBrush,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsScene, QGraphicsView

from looop_gui.ui.configuration_document import ConfigurationDocument
from looop_gui.ui.mappings.canvas.items import PlaceItem, WireItem, wire_path
from looop_gui.ui.mappings.canvas.keyboard import CanvasKeys, joins
from looop_gui.ui.mappings.canvas.layout import WIDTH, CanvasLayout, Kind, lay_out
from looop_gui.ui.mappings.table_model import MappingTableModel
from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import Theme

_MARGIN = 24.0
_LEAST_ZOOM, _MOST_ZOOM = 0.25, 2.5
_STEP = 1.15
_CROWD = 80


class CanvasView(QGraphicsView):
    """`mapped` carries source and target, `searched` a source and where it was dropped."""

    mapped = Signal(str, str)
    joined = Signal(int, str)
    searched = Signal(str, QPoint)
    row_selected = Signal(int)
    edit_wanted = Signal(int)
    delete_wanted = Signal(object)
    viewport_changed = Signal()

    def __init__(
        self, theme: Theme, document: ConfigurationDocument, model: MappingTableModel
    ) -> None:
        super().__init__()
        self._stale = True
        self._row = -1
        self._theme = theme
        self._document = document
        self._model = model
        self._scene = QGraphicsScene(self)
        self.setScene(self._scene)
        self.setAccessibleName(self.tr("Canvas of attribute mappings"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setDragMode(QGraphicsView.DragMode.RubberBandDrag)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        # A scroll bar that comes and goes would change the width that the canvas is fitted to.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.layout_shown = CanvasLayout({}, (), 0.0)
        self.items_shown: dict[tuple[Kind, str], PlaceItem] = {}
        self.keys = CanvasKeys(self.items_shown, self)
        self._pointed: PlaceItem | None = None
        self._wires: list[WireItem] = []
        self._problems: Mapping[int, Sequence[str]] = {}
        self._drag: PlaceItem | None = None
        self._drag_start = QPoint()
        self._drop: PlaceItem | None = None
        self._rubber = QGraphicsPathItem()
        self._rubber.setZValue(2)
        self._rubber.hide()
        self._scene.addItem(self._rubber)
        self._scene.selectionChanged.connect(self._tell_selection)
        self._quiet = False
        self.keys.moved.connect(self._select_item)
        self.keys.connected.connect(self._connect)
        self.keys.changed.connect(self._show_keys)
        self.keys.told.connect(self._announce)
        model.rows_replaced.connect(self.refresh)
        theme.changed.connect(self._recolour)
        self._recolour()

    def refresh(self) -> None:
        """Lay the canvas out anew and move, add and remove only what changed.

        While nobody looks, that waits until somebody does.
        """
        if not self.isVisible():
            self._stale = True
            return
        self._stale = False
        titles = (self.tr("Mapped"), self.tr("Not used"), self.tr("Core schema"))
        self.layout_shown = lay_out(self._document.schema, self._model.object_type, titles=titles)
        wired = {end for wire in self.layout_shown.wires for end in (wire.start, wire.end)}
        for key in [key for key in self.items_shown if key not in self.layout_shown.places]:
            self._scene.removeItem(self.items_shown.pop(key))
        for key, place in self.layout_shown.places.items():
            item = self.items_shown.get(key)
            if item is None:
                item = PlaceItem(place, self._theme)
                self.items_shown[key] = item
                self._scene.addItem(item)
                item.setPos(place.x, place.y)
            mapping = self._model.mapping_at(place.row) if place.row >= 0 else None
            sentences = self._problems.get(place.row, ()) if place.row >= 0 else ()
            problem = " ".join(sentences) if place.kind is not Kind.SOURCE else ""
            item.show_place(place, mapping, key in wired, problem)
        self._show_wires()
        self._show_keys()
        rectangle = QRectF(0, 0, WIDTH, self.layout_shown.height)
        self._scene.setSceneRect(rectangle.adjusted(-_MARGIN, -8, _MARGIN, _MARGIN))
        self.viewport_changed.emit()

    def show_problems(self, problems: Mapping[int, Sequence[str]]) -> None:
        """Mark the rows that have problems."""
        if problems != self._problems:
            self._problems = problems
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what changed meanwhile, and show the selection."""
        super().showEvent(event)
        if self._stale:
            self.refresh()
            self.fit_width()
            self.select(self._row)

    def select(self, row: int) -> None:
        """Select what belongs to a row of the model."""
        self._row = row
        self._quiet = True
        for wire in self._wires:
            wire.setSelected(wire.row == row)
        for item in self.items_shown.values():
            belongs = row >= 0 and item.place.row == row
            item.setSelected(belongs)
            if belongs and item.place.kind is Kind.TARGET:
                self.keys.follow(item)
                self.ensureVisible(item, 40, 40)
        self._quiet = False

    def selected_rows(self) -> tuple[int, ...]:
        """The rows of the model whose wires, nodes or targets are selected."""
        rows = {wire.row for wire in self._wires if wire.isSelected()}
        rows |= {i.place.row for i in self.items_shown.values() if i.isSelected()}
        return tuple(sorted(row for row in rows if row >= 0))

    def zoom(self, factor: float) -> None:
        """Zoom in or out, within reason."""
        present = self.transform().m11()
        wanted = min(_MOST_ZOOM, max(_LEAST_ZOOM, present * factor))
        self.scale(wanted / present, wanted / present)
        self.viewport_changed.emit()

    def fit(self) -> None:
        """Show everything."""
        self.fitInView(self._scene.sceneRect(), Qt.AspectRatioMode.KeepAspectRatio)
        self.zoom(1.0)

    def fit_width(self) -> None:
        """Show the whole width from the top, at most at natural size."""
        if self._stale:
            return
        width = self._scene.sceneRect().width()
        factor = min(1.0, max(_LEAST_ZOOM, (self.viewport().width() - 4) / width))
        self.resetTransform()
        self.scale(factor, factor)
        self.verticalScrollBar().setValue(0)
        self.viewport_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the whole width in sight."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.fit_width()
            if self._pointed is not None:
                self.ensureVisible(self._pointed, 40, 40)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl and the wheel zoom; the wheel alone scrolls."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(_STEP if event.angleDelta().y() > 0 else 1 / _STEP)
            event.accept()
            return
        super().wheelEvent(event)
        self.viewport_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the cursor does (see `CanvasKeys`); Delete, Enter edits, + - 0 zoom, Ctrl+A all."""
        rows = self.selected_rows()
        key = event.key()
        if self.keys.press(event):
            return
        if key == Qt.Key.Key_Delete and rows:
            self.delete_wanted.emit(rows)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and rows:
            self.edit_wanted.emit(rows[0])
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self._select_all()
        elif event.text() in ("+", "-", "0"):
            actions = {"+": lambda: self.zoom(_STEP), "-": lambda: self.zoom(1 / _STEP)}
            actions.get(event.text(), self.fit)()
        elif key == Qt.Key.Key_Escape and self._drag is not None:
            self._end_drag()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self.keys.begin()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go of a wire, and show no cursor."""
        super().focusOutEvent(event)
        self.keys.let_go()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to draw a wire when a source or a node's output is pressed."""
        super().mousePressEvent(event)
        item = self._place_at(event.position().toPoint())
        if event.button() is not Qt.MouseButton.LeftButton or item is None:
            return
        self.keys.let_go()
        self.keys.follow(item)
        if item.place.kind in (Kind.SOURCE, Kind.TARGET):
            self._drag, self._drag_start = item, event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw the wire that follows the mouse, and show where it would end."""
        if self._drag is None:
            super().mouseMoveEvent(event)
            return
        position = event.position().toPoint()
        if not self._rubber.isVisible() and (position - self._drag_start).manhattanLength() < 6:
            return
        self._show_rubber(self._drag, self.mapToScene(position))
        self._show_drop(self._droppable(position))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Map where the wire ends; on empty space, search."""
        drag, drop, drawn = self._drag, self._drop, self._rubber.isVisible()
        self._end_drag()
        super().mouseReleaseEvent(event)
        if drag is None or not drawn:
            return
        if drop is not None:
            self._connect(drag, drop)
        elif drag.place.kind is Kind.SOURCE:
            self.searched.emit(drag.place.key, event.globalPosition().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit what was double-clicked."""
        rows = self.selected_rows()
        if rows:
            self.edit_wanted.emit(rows[0])
        super().mouseDoubleClickEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Tell the mini-map."""
        super().scrollContentsBy(dx, dy)
        self.viewport_changed.emit()

    def _connect(self, drag: PlaceItem, drop: PlaceItem) -> None:
        first, second = (drag, drop) if drag.place.kind is Kind.SOURCE else (drop, drag)
        if second.place.kind is Kind.NODE:
            self.joined.emit(second.place.row, first.place.key)
        else:
            self.mapped.emit(first.place.key, second.place.key)

    def _droppable(self, position: QPoint) -> PlaceItem | None:
        item = self._place_at(position)
        if item is None or self._drag is None or item is self._drag:
            return None
        return item if joins(self._drag, item) else None

    def _show_drop(self, item: PlaceItem | None) -> None:
        if self._drop is not None and self._drop is not item:
            self._drop.show_dropping(False)
        self._drop = item
        if item is not None:
            item.show_dropping(True)

    def _show_rubber(self, drag: PlaceItem, position: QPointF) -> None:
        from_source = drag.place.kind is Kind.SOURCE
        start = drag.output_port if from_source else position
        end = position if from_source else drag.input_port
        self._rubber.setPath(wire_path(start, end))
        self._rubber.show()

    def _end_drag(self) -> None:
        self._show_drop(None)
        self._drag = None
        self._rubber.setPath(QPainterPath())
        self._rubber.hide()

    def _place_at(self, position: QPoint) -> PlaceItem | None:
        for item in self.items(position):
            if isinstance(item, PlaceItem) and item.place.kind is not Kind.HEADING:
                return item
        return None

    def _show_wires(self) -> None:
        self._quiet = True
        wires = self.layout_shown.wires
        while len(self._wires) > len(wires):
            self._scene.removeItem(self._wires.pop())
        while len(self._wires) < len(wires):
            item = WireItem(-1, wires[len(self._wires)].mapping_type, self._theme)
            self._wires.append(item)
            self._scene.addItem(item)
        for item, wire in zip(self._wires, wires, strict=True):
            start = self.items_shown[wire.start].output_port
            end = self.items_shown[wire.end].input_port
            item.show_ends(wire.row, wire.mapping_type, start, end)
            item.show_crowded(len(wires) > _CROWD)
        self._quiet = False

    def _select_all(self) -> None:
        self._quiet = True
        for wire in self._wires:
            wire.setSelected(True)
        self._quiet = False
        self._tell_selection()

    def _select_item(self, item: PlaceItem) -> None:
        self._quiet = True
        self._scene.clearSelection()
        item.setSelected(True)
        self._quiet = False
        self._tell_selection()
        self.ensureVisible(item, 40, 40)

    def _show_keys(self) -> None:
        """Show where the cursor is, and the wire that is drawn from what was picked up."""
        item = self.keys.item if self.hasFocus() else None
        if self._pointed is not None and self._pointed is not item:
            self._pointed.show_pointed(False)
        self._pointed = item
        if item is not None:
            item.show_pointed(True)
        if self._drag is not None:
            return
        picked = self.keys.picked
        self._show_drop(self.keys.end)
        if picked is None or item is None or picked is item:
            self._end_drag()
        else:
            end = item.input_port if picked.place.kind is Kind.SOURCE else item.output_port
            self._show_rubber(picked, end)

    def _announce(self, words: str) -> None:
        """A screen reader sees the canvas as one thing; so it is told where the cursor is."""
        if self.hasFocus():
            self.setAccessibleDescription(words)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def _tell_selection(self) -> None:
        if not self._quiet:
            rows = self.selected_rows()
            self.row_selected.emit(rows[0] if len(rows) == 1 else -1)

    def _recolour(self) -> None:
        self.setBackgroundBrush(QBrush(self._theme.colour(Role.SUNKEN)))
        self._rubber.setPen(QPen(self._theme.colour(Role.FOCUS), 2, Qt.PenStyle.DashLine))
        for item in self.items_shown.values():
            item.update()
        self.viewport().update()
