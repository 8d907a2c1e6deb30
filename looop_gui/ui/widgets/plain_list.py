"""A list of lines with small icons, as inspectors and cards show it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import ICON_SIZE, Theme

_TINT_ROLE = Qt.ItemDataRole.UserRole + 90


class PlainList(QListWidget):
    """Lines that do not fit are elided; the whole line is its tool tip's business."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme | None = None
        self.setAccessibleName(name)
        self.setProperty("look", "flush")
        self.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def dress(self, theme: Theme, item: QListWidgetItem, icon: str, role: Role) -> None:
        """Give a line an icon that is tinted anew when colours change."""
        if self._theme is None:
            self._theme = theme
            theme.changed.connect(self._tint)
        item.setData(_TINT_ROLE, (icon, role))
        item.setIcon(theme.icon(icon, role))

    def _tint(self) -> None:
        for row in range(self.count()):
            item = self.item(row)
            tint = item.data(_TINT_ROLE)
            if tint and self._theme is not None:
                item.setIcon(self._theme.icon(*tint))
