"""The look of the window: one palette at a time, one style sheet filled with its colours.

`Theme` follows the desktop's colour scheme unless the user chose an appearance. Everything that is
painted by hand asks `Theme.colour(role)`; everything else is styled by `resources/styles/*.qss`,
where `$role` and `$size` names are filled in. Grid: 8 px, 4 px inside controls.
"""

from pathlib import Path
from string import Template

from PySide6.QtCore import QDir, QObject, Qt, QTemporaryDir, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from looop_gui import resources
from looop_gui.ui.icons import IconPainter
from looop_gui.ui.palettes import PALETTES, Appearance, Palette, Role

GRID = 8
HALF_GRID = 4
TEXT_SIZE = 13
TITLE_SIZE = 20
SECTION_SIZE = 15
CAPTION_SIZE = 12
FIGURE_SIZE = 24
ROW_HEIGHT = 36
COMPACT_ROW_HEIGHT = 28
ICON_SIZE = 16

_SIZES = {
    "grid": GRID,
    "half_grid": HALF_GRID,
    "text_size": TEXT_SIZE,
    "title_size": TITLE_SIZE,
    "section_size": SECTION_SIZE,
    "caption_size": CAPTION_SIZE,
    "figure_size": FIGURE_SIZE,
}
_FILES = ("base.qss", "controls.qss", "views.qss", "shell.qss", "wizard.qss")
_STYLE_IMAGES = {
    "chevron-down": ("chevron-down", Role.TEXT_MUTED),
    "chevron-up": ("chevron-up", Role.TEXT_MUTED),
    "chevron-right": ("chevron-right", Role.TEXT_MUTED),
    "check": ("check", Role.ON_ACCENT),
    "minus": ("minus", Role.ON_ACCENT),
    "close": ("x", Role.TEXT_MUTED),
}


class Theme(QObject):
    """The palette, fonts and icons in use. `changed` is emitted after everything was restyled."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._appearance = Appearance.SYSTEM
        self._images = QTemporaryDir()
        self._dressed: list[tuple[QObject, str, Role]] = []
        self._generation = 0
        self._colours: dict[Role, QColor] = {}
        self._painter = IconPainter(self.colour)
        application.setStyle("Fusion")
        application.setFont(_base_font(application))
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._follow_system)

    @property
    def appearance(self) -> Appearance:
        """What the user chose; SYSTEM follows the desktop."""
        return self._appearance

    @property
    def shown(self) -> Appearance:
        """The palette that is shown: never SYSTEM."""
        if self._appearance is not Appearance.SYSTEM:
            return self._appearance
        dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return Appearance.DARK if dark else Appearance.LIGHT

    @property
    def palette(self) -> Palette:
        """The colours in use."""
        return PALETTES[self.shown]

    def apply(self, appearance: Appearance) -> None:
        """Show that appearance at once, in every open window."""
        self._appearance = appearance
        self._restyle()

    def colour(self, role: Role) -> QColor:
        """The colour of a role now."""
        known = self._colours.get(role)
        if known is None:
            known = self._colours[role] = QColor(self.palette[role])
        return QColor(known)

    def icon(self, name: str, role: Role = Role.TEXT) -> QIcon:
        """An icon tinted with a role; see `dress` for one that follows the appearance."""
        return self._painter.icon(name, role)

    def cell_icon(self, name: str, role: Role) -> QIcon:
        """An icon for cells of tables, which `PlainDelegate` paints; drawn quicker."""
        return self._painter.cell_icon(name, role)

    def pixmap(self, name: str, role: Role, size: int = ICON_SIZE, ratio: float = 1.0) -> QPixmap:
        """An icon as a picture for delegates and labels (`size` in device-independent pixels)."""
        return self._painter.pixmap(name, self.colour(role), size, ratio)

    def dress(self, target: QObject, name: str, role: Role = Role.TEXT) -> None:
        """Give a button, action or icon label an icon that is tinted anew when colours change."""
        if not any(known is target for known, _, _ in self._dressed):
            target.destroyed.connect(self._forget_dead)
        self._dressed = [entry for entry in self._dressed if entry[0] is not target]
        self._dressed.append((target, name, role))
        self._put_on(target, name, role)

    def _put_on(self, target: QObject, name: str, role: Role) -> None:
        if hasattr(target, "setIcon"):
            target.setIcon(self.icon(name, role))

    def _forget_dead(self) -> None:
        from shiboken6 import isValid

        self._dressed = [entry for entry in self._dressed if isValid(entry[0])]

    def _follow_system(self) -> None:
        if self._appearance is Appearance.SYSTEM:
            self._restyle()

    def _restyle(self) -> None:
        self._forget_dead()
        self._painter.forget()
        self._colours.clear()
        self._write_images()
        self._application.setPalette(_qt_palette(self.palette))
        self._application.setStyleSheet(self._style_sheet())
        for target, name, role in self._dressed:
            self._put_on(target, name, role)
        self.changed.emit()

    def _write_images(self) -> None:
        """Style sheets take images by file name only; a new folder each time beats Qt's cache."""
        self._generation += 1
        folder = Path(self._images.path()) / str(self._generation)
        folder.mkdir()
        for file, (name, role) in _STYLE_IMAGES.items():
            (folder / f"{file}.svg").write_bytes(self._painter.svg(name, self.colour(role)))
        QDir.setSearchPaths("themed", [str(folder)])

    def _style_sheet(self) -> str:
        values: dict[str, object] = {str(role): value for role, value in self.palette.items()}
        values.update(_SIZES)
        values["images"] = f"{self._images.path()}/{self._generation}"
        text = "\n".join(resources.read_text("styles", file) for file in _FILES)
        return Template(text).substitute(values)


def mark(widget: QWidget, style: str) -> None:
    """Give a widget one of the named styles of the style sheet (property `look`)."""
    widget.setProperty("look", style)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def fixed_font() -> QFont:
    """The system's fixed-width font in the base size, for tokens, URLs, JSON and HTTP."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(TEXT_SIZE - 1)
    return font


def _base_font(application: QApplication) -> QFont:
    font = application.font()
    if font.family() == "Sans Serif" and "Noto Sans" in QFontDatabase.families():
        font.setFamily("Noto Sans")
    font.setPixelSize(TEXT_SIZE)
    return font


def _qt_palette(palette: Palette) -> QPalette:
    result = QPalette()
    for place, role in _PALETTE_PLACES.items():
        result.setColor(place, QColor(palette[role]))
    for place in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, _BUTTON_TEXT):
        faint = QColor(palette[Role.TEXT_MUTED])
        faint.setAlphaF(0.6)
        result.setColor(QPalette.ColorGroup.Disabled, place, faint)
    return result


_BUTTON_TEXT = QPalette.ColorRole.ButtonText
_PALETTE_PLACES = {
    QPalette.ColorRole.Window: Role.WINDOW,
    QPalette.ColorRole.WindowText: Role.TEXT,
    QPalette.ColorRole.Base: Role.SURFACE,
    QPalette.ColorRole.AlternateBase: Role.SUNKEN,
    QPalette.ColorRole.ToolTipBase: Role.RAISED,
    QPalette.ColorRole.ToolTipText: Role.TEXT,
    QPalette.ColorRole.PlaceholderText: Role.TEXT_MUTED,
    QPalette.ColorRole.Text: Role.TEXT,
    QPalette.ColorRole.Button: Role.SURFACE,
    QPalette.ColorRole.ButtonText: Role.TEXT,
    QPalette.ColorRole.BrightText: Role.DANGER,
    QPalette.ColorRole.Link: Role.ACCENT,
    QPalette.ColorRole.LinkVisited: Role.ACCENT,
    QPalette.ColorRole.Highlight: Role.SELECTION,
    QPalette.ColorRole.HighlightedText: Role.TEXT,
    QPalette.ColorRole.Light: Role.SURFACE,
    QPalette.ColorRole.Midlight: Role.RAISED,
    QPalette.ColorRole.Mid: Role.BORDER,
    QPalette.ColorRole.Dark: Role.CONTROL_BORDER,
    QPalette.ColorRole.Shadow: Role.BORDER,
}
