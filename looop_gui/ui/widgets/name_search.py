"""A field that finds one of very many names while it is typed in; Down lists them all."""

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QWidget

from looop_gui.ui.palettes import Role
from looop_gui.ui.theme import Theme

_MOST_SHOWN = 12


class NameSearch(QLineEdit):
    """`chosen` carries the id of the name that was picked from the list.

    A combo box would measure and lay out every name of a large directory; this looks only at those
    that are shown.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setPlaceholderText(name)
        self._ids: list[str] = []
        self._waiting: Sequence[tuple[str, str]] | None = None
        self._names = QStringListModel(self)
        popup = QListView()
        popup.setUniformItemSizes(True)
        popup.setAccessibleName(name)
        self._search = QCompleter(self._names, self)
        self._search.setPopup(popup)
        self._search.setFilterMode(Qt.MatchFlag.MatchContains)
        self._search.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._search.setMaxVisibleItems(_MOST_SHOWN)
        self.setCompleter(self._search)
        self._lens = QAction(self)
        theme.dress(self._lens, "search", Role.TEXT_MUTED)
        self.addAction(self._lens, QLineEdit.ActionPosition.LeadingPosition)
        self._search.activated.connect(self._choose)

    def offer(self, named: Sequence[tuple[str, str]]) -> None:
        """Offer these names with their ids."""
        self._waiting = named
        if self.hasFocus():
            self._take_over()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The list is filled when somebody is about to search in it, not before."""
        self._take_over()
        super().focusInEvent(event)

    def _take_over(self) -> None:
        named, self._waiting = self._waiting, None
        if named is not None:
            self._ids = [entry_id for _, entry_id in named]
            self._names.setStringList([name for name, _ in named])

    def show_name(self, name: str) -> None:
        """Show who is chosen, from the beginning of the name."""
        self.setText(name)
        self.setCursorPosition(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down opens the list, with all names while nothing is typed."""
        self._take_over()
        if event.key() == Qt.Key.Key_Down:
            self._search.setCompletionPrefix("" if self.hasSelectedText() else self.text())
            self._search.complete()
            return
        super().keyPressEvent(event)

    def _choose(self, name: str) -> None:
        """Several may have one name: the row that was picked decides."""
        names = self._names.stringList()
        row = names.index(name) if name in names else -1
        picked = self._search.popup()
        if picked is not None and picked.currentIndex().isValid():
            proxy = self._search.completionModel()
            before = [
                proxy.index(place, 0).data() for place in range(picked.currentIndex().row())
            ].count(name)
            for _ in range(before):
                row = names.index(name, row + 1)
        if row >= 0:
            self.chosen.emit(self._ids[row])
