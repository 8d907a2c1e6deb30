"""People or groups of the source to be linked: searched, chosen by key, dragged onto an account."""

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QMimeData, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QListWidgetItem, QVBoxLayout, QWidget

from looop_gui.model.directory import DirectoryObject, ObjectType
from looop_gui.ui.desk import Desk
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import OBJECT_ICONS
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.plain_list import PlainList
from looop_gui.ui.widgets.search_field import SearchField

SOURCE_OBJECT = "application/x-looop-source-object"
MOST_FOUND = 200
OBJECT_ROLE = Qt.ItemDataRole.UserRole


class _DraggedList(PlainList):
    """Its lines carry the id and the name of a source object when they are dragged."""

    def mimeTypes(self) -> list[str]:
        """The one type of what is dragged."""
        return [SOURCE_OBJECT]

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        """The id and the name of the line that is dragged."""
        return source_data(items[0].data(OBJECT_ROLE)) if items else QMimeData()


class SourceList(QWidget):
    """`chosen` carries the object that Enter or a double click chose."""

    chosen = Signal(object)

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__()
        self._desk = desk
        self._id = connection_id
        self._tasks = Tasks(self)
        self._kind = ObjectType.USER
        self._first: tuple[str, ...] = ()
        self.search = SearchField(desk.theme, self.tr("Name, mail or user principal name"))
        self.found = _DraggedList(self.tr("People and groups of the source"))
        self.found.setDragEnabled(True)
        self.found.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.search)
        layout.addWidget(self.found, 1)
        self.search.searched.connect(lambda _text: self.read())
        desk.theme.changed.connect(self._repaint)
        self.search.returnPressed.connect(self._enter)
        self.found.itemActivated.connect(lambda item: self.chosen.emit(item.data(OBJECT_ROLE)))

    def show_kind(self, kind: ObjectType, first: tuple[str, ...] = ()) -> None:
        """Show people or groups; those with the ids of `first` lead while nothing is searched."""
        self._kind, self._first = kind, first
        self.read()

    def read(self) -> None:
        """Read what the search finds."""
        self._tasks.start(self._find(self.search.text().strip()), self._show, replace="search")

    @property
    def current(self) -> DirectoryObject | None:
        """The object of the selected line."""
        item = self.found.currentItem()
        one = item.data(OBJECT_ROLE) if item is not None else None
        return one if isinstance(one, DirectoryObject) else None

    async def _find(self, text: str) -> list[DirectoryObject]:
        search = self._desk.services.directory.search
        leading: list[DirectoryObject] = []
        if not text:
            for source_id in self._first[:MOST_FOUND]:
                leading += await search(self._id, source_id, 1)
        # People come before groups in what a search finds, so groups need all of it.
        limit = MOST_FOUND if self._kind is ObjectType.USER else 1_000_000
        others = await search(self._id, text, limit)
        ids = {one.id for one in leading}
        leading += [one for one in others if one.object_type is self._kind and one.id not in ids]
        return leading[:MOST_FOUND]

    def _show(self, objects: list[DirectoryObject]) -> None:
        self.found.clear()
        for one in objects:
            address = one.attributes.get("userPrincipalName", "")
            item = QListWidgetItem(one.display_name)
            icon = OBJECT_ICONS[one.object_type]
            item.setIcon(self._desk.theme.icon(icon, Role.TEXT_MUTED))
            item.setToolTip(f"{one.display_name}\n{address}".strip())
            item.setData(OBJECT_ROLE, one)
            self.found.addItem(item)
        if objects:
            self.found.setCurrentRow(0)

    def _repaint(self) -> None:
        if self.found.count():
            self.read()

    def _enter(self) -> None:
        if self.found.count():
            self.found.setFocus()


def source_data(one: DirectoryObject) -> QMimeData:
    """What is dragged: the id and the name of a source object."""
    data = QMimeData()
    data.setData(SOURCE_OBJECT, QByteArray(one.id.encode()))
    data.setText(one.display_name)
    return data
