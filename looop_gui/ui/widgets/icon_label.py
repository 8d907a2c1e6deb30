"""An icon that stands beside text and follows the colours of the theme."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import ICON_SIZE, Theme


class IconLabel(QWidget):
    """A picture of `size` pixels; purely decorative, the words beside it say the same."""

    def __init__(
        self,
        theme: Theme,
        name: str,
        role: Role = Role.TEXT_MUTED,
        size: int = ICON_SIZE,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self._role = role
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_icon(self, name: str, role: Role) -> None:
        """Show another icon."""
        self._name = name
        self._role = role
        self.update()

    def sizeHint(self) -> QSize:
        """The icon's size."""
        return QSize(self._size, self._size)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it sharp at the screen's scale."""
        picture = self._theme.pixmap(self._name, self._role, self._size, self.devicePixelRatioF())
        QPainter(self).drawPixmap(0, (self.height() - self._size) // 2, picture)
