"""Buttons with their looks: primary, plain, quiet, link, danger, and icon-only ones."""

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from looop_gui.ui.icons import BUTTON_ICON
from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import ICON_SIZE, Theme

Action = Callable[[], object]


def button(
    theme: Theme, text: str, action: Action | None = None, *, icon: str = "", look: str = ""
) -> QPushButton:
    """A push button; `look` is empty, primary, quiet, link, danger, danger-primary or chip."""
    result = _Chip(text) if look == "chip" else QPushButton(text)
    if look:
        result.setProperty("look", look)
    result.setIconSize(BUTTON_ICON)
    if icon:
        theme.dress(result, icon, _ICON_ROLES.get(look, Role.TEXT))
    if action is not None:
        result.clicked.connect(lambda _checked=False: action())
    return result


def primary_button(
    theme: Theme, text: str, action: Action | None = None, icon: str = ""
) -> QPushButton:
    """The one main action of a page or dialog."""
    return button(theme, text, action, icon=icon, look="primary")


def link_button(theme: Theme, text: str, action: Action | None = None) -> QPushButton:
    """A button that reads as a link."""
    return button(theme, text, action, look="link")


def icon_button(
    theme: Theme,
    icon: str,
    name: str,
    action: Action | None = None,
    *,
    role: Role = Role.TEXT_MUTED,
    parent: QWidget | None = None,
) -> QToolButton:
    """A button with an icon only; `name` is its tool tip and accessible name."""
    result = QToolButton(parent)
    result.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
    theme.dress(result, icon, role)
    result.setToolTip(name)
    result.setAccessibleName(name)
    if action is not None:
        result.clicked.connect(lambda _checked=False: action())
    return result


class _Chip(QPushButton):
    """A checked chip is bold, so it always keeps the room for that."""

    def sizeHint(self) -> QSize:
        """Qt's own measures the plain font."""
        hint = super().sizeHint()
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        wider = QFontMetrics(bold).horizontalAdvance(self.text())
        more = wider - self.fontMetrics().horizontalAdvance(self.text())
        return hint + QSize(max(0, more), 0)


_ICON_ROLES = {
    "primary": Role.ON_ACCENT,
    "danger": Role.DANGER,
    "danger-primary": Role.ON_DANGER,
    "link": Role.ACCENT,
}
