"""Menus and shortcuts of the window; the command palette shows the same actions."""

from collections.abc import Callable

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from looop_gui.ui.command_palette import Command
from looop_gui.ui.palettes import Appearance, Role
from looop_gui.ui.theme import Theme


class WindowActions:
    """Builds the menu bar. `add` puts an action into a menu; `commands` lists all enabled ones."""

    def __init__(self, window: QMainWindow, theme: Theme) -> None:
        self._window = window
        self._theme = theme
        self._known: list[tuple[QAction, str]] = []
        bar = window.menuBar()
        self.file = bar.addMenu(window.tr("&File"))
        self.edit = bar.addMenu(window.tr("&Edit"))
        self.go = bar.addMenu(window.tr("&Go to"))
        self.provisioning = bar.addMenu(window.tr("&Provisioning"))
        self.view = bar.addMenu(window.tr("&View"))
        self.help = bar.addMenu(window.tr("&Help"))

    def add(
        self,
        menu: QMenu,
        words: str,
        run: Callable[[], object],
        *,
        shortcut: str | QKeySequence.StandardKey = "",
        icon: str = "",
    ) -> QAction:
        """One more line of a menu."""
        action = QAction(words, self._window)
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
        if icon:
            self._theme.dress(action, icon, Role.TEXT_MUTED)
        action.triggered.connect(lambda _checked=False: run())
        menu.addAction(action)
        self._known.append((action, icon))
        return action

    def add_appearances(self, menu: QMenu, chosen: Callable[[Appearance], object]) -> None:
        """The choice of light, dark, high contrast or as the system has it."""
        sub = menu.addMenu(self._window.tr("Appearance"))
        group = QActionGroup(self._window)
        for appearance, words, icon in self._appearances():
            action = self.add(sub, words, lambda one=appearance: chosen(one), icon=icon)  # type: ignore[misc]
            action.setCheckable(True)
            action.setChecked(appearance is self._theme.appearance)
            group.addAction(action)

    def commands(self) -> list[Command]:
        """Every enabled action as a command of the palette."""
        return [
            Command(
                action.text().replace("&", ""),
                icon or "corner-down-left",
                action.trigger,
                action.shortcut().toString(QKeySequence.SequenceFormat.NativeText),
            )
            for action, icon in self._known
            if action.isEnabled()
        ]

    def _appearances(self) -> tuple[tuple[Appearance, str, str], ...]:
        tr = self._window.tr
        return (
            (Appearance.SYSTEM, tr("Appearance: as the system"), "sun-moon"),
            (Appearance.LIGHT, tr("Appearance: light"), "sun"),
            (Appearance.DARK, tr("Appearance: dark"), "moon"),
            (Appearance.HIGH_CONTRAST, tr("Appearance: high contrast"), "contrast"),
        )
