"""Icons of the Lucide set (`resources/icons`), tinted with a colour role when asked for."""

from collections.abc import Callable
from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from looop_gui import resources
from looop_gui.ui.palettes import Role

_CELL_SIZE = 16
_SIZES = (16, 20, 24, 32)
BUTTON_ICON = QSize(22, 16)
"""Icons of buttons have some air at their sides, because style sheets leave none to the text."""


class IconPainter:
    """Draws icons in colours and remembers what was drawn until the colours change."""

    def __init__(self, colour: Callable[[Role], QColor]) -> None:
        self._colour = colour
        self._pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}
        self._icons: dict[tuple[str, Role], QIcon] = {}
        self._cell_icons: dict[tuple[str, Role], QIcon] = {}
        self._renderers: dict[tuple[str, str], QSvgRenderer] = {}

    def cell_icon(self, name: str, role: Role) -> QIcon:
        """The icon for cells of tables and lists: in their one size, and drawn ten times quicker.

        A table that fills for the first time draws a dozen icons in one frame.
        """
        key = (name, role)
        if key not in self._cell_icons:
            icon = QIcon()
            for ratio in {1.0, _screen_ratio()}:
                picture = self.pixmap(name, self._colour(role), _CELL_SIZE, ratio)
                icon.addPixmap(picture)
                icon.addPixmap(picture, QIcon.Mode.Selected)
            self._cell_icons[key] = icon
        return self._cell_icons[key]

    def icon(self, name: str, role: Role) -> QIcon:
        """The icon in the role's colour, with a fainter picture for disabled controls."""
        key = (name, role)
        if key not in self._icons:
            self._icons[key] = self._make(name, role)
        return self._icons[key]

    def pixmap(self, name: str, colour: QColor, size: int, ratio: float) -> QPixmap:
        """One picture of an icon; `size` in device-independent pixels."""
        key = (name, colour.name(QColor.NameFormat.HexArgb), size, ratio)
        if key not in self._pixmaps:
            self._pixmaps[key] = _draw(self._renderer(name, colour), colour, size, ratio)
        return self._pixmaps[key]

    def _renderer(self, name: str, colour: QColor) -> QSvgRenderer:
        """Each drawing is parsed once a colour; the opacity is the painter's."""
        key = (name, colour.name())
        if key not in self._renderers:
            self._renderers[key] = QSvgRenderer(QByteArray(self.svg(name, colour)))
        return self._renderers[key]

    def svg(self, name: str, colour: QColor) -> bytes:
        """The drawing itself, with its strokes in that colour."""
        return _source(name).replace("currentColor", colour.name()).encode()

    def forget(self) -> None:
        """Draw everything anew from now on."""
        for kept in (self._pixmaps, self._icons, self._cell_icons, self._renderers):
            kept.clear()

    def _make(self, name: str, role: Role) -> QIcon:
        icon = QIcon()
        normal = self._colour(role)
        faint = QColor(self._colour(Role.TEXT_MUTED))
        faint.setAlphaF(0.7)
        for ratio in (1.0, 2.0):
            for mode, colour in ((QIcon.Mode.Normal, normal), (QIcon.Mode.Disabled, faint)):
                picture = self.pixmap(name, colour, BUTTON_ICON.height(), ratio)
                icon.addPixmap(_padded(picture, BUTTON_ICON.width(), ratio), mode)
            for size in _SIZES:
                picture = self.pixmap(name, normal, size, ratio)
                icon.addPixmap(picture)
                icon.addPixmap(picture, QIcon.Mode.Selected)
                icon.addPixmap(self.pixmap(name, faint, size, ratio), QIcon.Mode.Disabled)
        return icon


@cache
def _source(name: str) -> str:
    return resources.read_text("icons", f"{name}.svg")


def _screen_ratio() -> float:
    application = QGuiApplication.instance()
    return application.devicePixelRatio() if isinstance(application, QGuiApplication) else 1.0


def _draw(drawing: QSvgRenderer, colour: QColor, size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(colour.alphaF())
    drawing.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap


def _padded(picture: QPixmap, width: int, ratio: float) -> QPixmap:
    """The picture in the middle of a wider one."""
    padded = QPixmap(round(width * ratio), picture.height())
    padded.setDevicePixelRatio(ratio)
    padded.fill(Qt.GlobalColor.transparent)
    painter = QPainter(padded)
    painter.drawPixmap(round((width - picture.width() / ratio) / 2), 0, picture)
    painter.end()
    return padded
