"""A small list to search in, opened where a wire was dropped on empty space."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from looop_gui.ui.mappings.attribute_names import readable
from looop_gui.ui.theme import GRID, Theme

_KEYS = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class SearchPopup(QFrame):
    """`chosen` carries the name; Escape or a click elsewhere closes it."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, names: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("look", "card")
        self._theme = theme
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Search target attributes"))
        self.field.setAccessibleName(self.tr("Search target attributes"))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Target attributes"))
        self.list.setProperty("look", "flush")
        for name in names:
            item = QListWidgetItem(readable(name))
            item.setData(Qt.ItemDataRole.UserRole, name)
            self.list.addItem(item)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self.resize(320, 320)
        self.field.textChanged.connect(self._filter)
        self.field.returnPressed.connect(self._choose_current)
        self.list.itemActivated.connect(self._choose)
        self.list.itemClicked.connect(self._choose)
        self.field.installEventFilter(self)
        self._filter("")

    def open_at(self, position: QPoint) -> None:
        """Open at a place of the screen, ready to type."""
        self.move(position)
        self.show()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move in the list while the field has the focus."""
        if isinstance(event, QKeyEvent) and event.key() in _KEYS:
            if event.type() is QEvent.Type.KeyPress:
                self.list.event(event)
            return True
        return super().eventFilter(watched, event)

    def _filter(self, text: str) -> None:
        first = -1
        for row in range(self.list.count()):
            item = self.list.item(row)
            hidden = text.casefold() not in item.text().casefold()
            item.setHidden(hidden)
            if first < 0 and not hidden:
                first = row
        self.list.setCurrentRow(first)

    def _choose_current(self) -> None:
        item = self.list.currentItem()
        if item is not None and not item.isHidden():
            self._choose(item)

    def _choose(self, item: QListWidgetItem) -> None:
        name = str(item.data(Qt.ItemDataRole.UserRole))
        self.close()
        self.chosen.emit(name)
