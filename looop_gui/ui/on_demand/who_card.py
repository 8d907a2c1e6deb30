"""Who is to be provisioned: a search over the source, and the people and groups it finds."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidgetItem

from looop_gui.model.directory import DirectoryObject, ObjectType
from looop_gui.ui.desk import Desk
from looop_gui.ui.palettes import Role
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.labels import caption
from looop_gui.ui.widgets.plain_list import PlainList
from looop_gui.ui.widgets.search_field import SearchField

MOST_FOUND = 50
OBJECT_ROLE = Qt.ItemDataRole.UserRole


class WhoCard(Card):
    """`changed` is told whenever others are chosen, `activated` on Enter and double click.

    `chosen` is the one that was chosen last, be it in the list or from another page.
    """

    changed = Signal()
    activated = Signal()

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__(" ")
        self.heading.setText(self.tr("Who"))
        self._desk = desk
        self._id = connection_id
        self._tasks = Tasks(self)
        self.chosen: DirectoryObject | None = None
        self._objects: tuple[DirectoryObject, ...] = ()
        self.search = SearchField(desk.theme, self.tr("Name, mail or user principal name"))
        self.found = PlainList(self.tr("People and groups found"))
        self.found.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.found.setToolTip(self.tr("Ctrl and Shift choose several; Enter tries without writing"))
        self.nobody = caption("")
        self.nobody.hide()
        self.body.addWidget(self.search)
        self.body.addWidget(self.nobody)
        self.body.addWidget(self.found, 1)
        self.setMinimumWidth(240)
        self.search.searched.connect(self.look_for)
        self.search.installEventFilter(self)
        self.found.currentItemChanged.connect(self._choose)
        self.found.itemSelectionChanged.connect(self.changed)
        self.found.itemActivated.connect(lambda _item: self.activated.emit())
        desk.theme.changed.connect(self._repaint)

    def refresh(self) -> None:
        """Find people again: the source may have changed."""
        self.look_for(self.search.text().strip())

    def look_for(self, text: str) -> None:
        """Show whom the source has by that name or address."""
        searching = self._desk.services.directory.search(self._id, text, MOST_FOUND)
        self._tasks.start(searching, self._show, replace="search")

    def choose_id(self, source_id: str) -> None:
        """Choose a person or group by id, whether the list shows it or not."""
        searching = self._desk.services.directory.search(self._id, source_id, 1)
        self._tasks.start(searching, self._choose_first)

    def picked(self) -> tuple[DirectoryObject, ...]:
        """Those who are selected in the order of the list; else the one that was asked for."""
        items = (self.found.item(at) for at in range(self.found.count()))
        picked = tuple(item.data(OBJECT_ROLE) for item in items if item.isSelected())
        one = self.chosen
        if one is None or any(other.id == one.id for other in picked):
            return picked
        return (one,)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down in the search field goes into the list."""
        down = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Down
        if down and event.type() == QEvent.Type.KeyPress and self.found.count():
            self.found.setFocus()
            if self.found.currentItem() is None:
                self.found.setCurrentRow(0)
            return True
        return super().eventFilter(watched, event)

    def _show(self, objects: Sequence[DirectoryObject]) -> None:
        self._objects = tuple(objects)
        self.found.blockSignals(True)
        self.found.clear()
        for one in objects:
            item = self._item(one)
            self.found.addItem(item)
            if self.chosen is not None and one.id == self.chosen.id:
                self.found.setCurrentItem(item)
        self.found.blockSignals(False)
        text = self.search.text().strip()
        self.nobody.setText(
            self.tr('Nobody in the source has "{0}" in a name or address.').format(text)
            if text
            else self.tr("The source directory is empty.")
        )
        self.nobody.setVisible(not objects)

    def _repaint(self) -> None:
        self._show(self._objects)

    def _item(self, one: DirectoryObject) -> QListWidgetItem:
        person = one.object_type is ObjectType.USER
        words = (
            one.display_name if one.active else self.tr("{0} (disabled)").format(one.display_name)
        )
        item = QListWidgetItem(words)
        icon = ("user-round" if one.active else "user-x") if person else "users-round"
        item.setIcon(self._desk.theme.icon(icon, Role.TEXT_MUTED))
        addresses = dict.fromkeys(
            value
            for name in ("userPrincipalName", "mail")
            if isinstance(value := one.attributes.get(name), str)
        )
        item.setToolTip("\n".join((words, *addresses)))
        item.setData(OBJECT_ROLE, one)
        return item

    def _choose_first(self, objects: Sequence[DirectoryObject]) -> None:
        if objects:
            self.chosen = objects[0]
            self.found.clearSelection()
            self.changed.emit()

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen = item.data(OBJECT_ROLE)
            self.changed.emit()
