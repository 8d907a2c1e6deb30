"""Icons of the Lucide set (`resources/icons`), tinted with a colour role when asked for."""

from collections.abc import Callable
from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from looop_gui import resources
from looop_gui.ui.palettes import Role

_SIZES = (16, 20, 24, 32)
BUTTON_ICON = QSize(22, 16)
"""Icons of buttons have some air at their sides, because style sheets leave none to the text."""


class IconPainter:
    """Draws icons in colours and remembers what was drawn until the colours change."""

    def __init__(self, colour: Callable[[Role], QColor]) -> None:
        self._colour = colour
        self._pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}
        self._icons: dict[tuple[str, Role], QIcon] = {}

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
            self._pixmaps[key] = _draw(self.svg(name, colour), colour, size, ratio)
        return self._pixmaps[key]

    def svg(self, name: str, colour: QColor) -> bytes:
        """The drawing itself, with its strokes in that colour."""
        return _source(name).replace("currentColor", colour.name()).encode()

    def forget(self) -> None:
        """Draw everything anew from now on."""
        self._pixmaps.clear()
        self._icons.clear()

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


def _draw(svg: bytes, colour: QColor, size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(colour.alphaF())
    QSvgRenderer(QByteArray(svg)).render(painter, QRectF(0, 0, size, size))
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
