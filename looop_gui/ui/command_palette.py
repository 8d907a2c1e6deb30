"""The command palette (Ctrl+K): type a few letters of what you want, press Enter."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import GRID, ICON_SIZE, Theme
from looop_gui.ui.widgets.search_field import SearchField

WIDTH = 560
MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that can be done: its words, icon, shortcut (shown) and what it runs."""

    words: str
    icon: str
    run: Callable[[], object]
    shortcut: str = ""


class CommandPalette(QFrame):
    """Floats over the window; Escape or a click elsewhere closes it."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("commandPalette")
        self._theme = theme
        self._commands: list[Command] = []
        self.field = SearchField(theme, self.tr("What do you want to do?"))
        self.list = QListWidget()
        self.list.setProperty("look", "flush")
        self.list.setAccessibleName(self.tr("Matching commands"))
        self.list.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(lambda _item: self._run())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self.field.textChanged.connect(self._narrow)
        self.field.returnPressed.connect(self._run)
        self.field.installEventFilter(self)
        self.hide()

    def open(self, commands: list[Command]) -> None:
        """Show these commands; the field has the focus."""
        self._commands = commands
        self.field.clear()
        self._narrow("")
        window = self._window
        width = min(WIDTH, window.width() - 4 * GRID)
        self.setFixedSize(width, 56 + MOST_SHOWN * 32)
        self.move((window.width() - width) // 2, 9 * GRID)
        self.show()
        self.raise_()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys move in the list while the field keeps the focus."""
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                rows = max(self.list.count(), 1)
                self.list.setCurrentRow((self.list.currentRow() + step) % rows)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.hide()
                self._window.setFocus()
                return True
        return super().eventFilter(watched, event)

    def _narrow(self, text: str) -> None:
        words = text.casefold().split()
        self.list.clear()
        for command in self._commands:
            if all(word in command.words.casefold() for word in words):
                tail = f"   {command.shortcut}" if command.shortcut else ""
                item = QListWidgetItem(command.words + tail)
                item.setIcon(self._theme.icon(command.icon, Role.TEXT_MUTED))
                item.setData(Qt.ItemDataRole.UserRole, command)
                self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _run(self) -> None:
        item = self.list.currentItem()
        self.hide()
        if item is not None:
            item.data(Qt.ItemDataRole.UserRole).run()
