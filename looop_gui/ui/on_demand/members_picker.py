"""Which members go with a group on demand: all that are provisioned, or up to five (section h)."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QListWidgetItem, QVBoxLayout, QWidget

from looop_gui.model.directory import DirectoryObject, ObjectType
from looop_gui.services.provisioning_on_demand import MOST_MEMBERS
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.palettes import Role
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.labels import caption
from looop_gui.ui.widgets.plain_list import PlainList
from looop_gui.ui.widgets.search_field import SearchField

MOST_SHOWN = 200
ID_ROLE = Qt.ItemDataRole.UserRole
LIST_HEIGHT = 148


class MembersPicker(QWidget):
    """`show_group` for the chosen group; `members()` is what goes with it."""

    def __init__(self, desk: Desk, connection_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._id = connection_id
        self._tasks = Tasks(self)
        self._group = ""
        self._people: tuple[DirectoryObject, ...] = ()
        self._chosen: dict[str, None] = {}
        self.only = QCheckBox(self.tr("Only with chosen members"))
        self.only.setToolTip(
            self.tr(
                "Up to {0}: they are provisioned first, then added. Otherwise all members that are "
                "provisioned already go with the group."
            ).format(MOST_MEMBERS)
        )
        self.count = caption("")
        self.search = SearchField(desk.theme, self.tr("Member's name or address"))
        self.list = PlainList(self.tr("Members of the group"))
        self.list.setFixedHeight(LIST_HEIGHT)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.only)
        layout.addWidget(self.count)
        layout.addWidget(self.search)
        layout.addWidget(self.list)
        self.only.toggled.connect(self._show_parts)
        self.search.searched.connect(lambda _text: self._show_list())
        self.list.itemChanged.connect(self._take)
        desk.theme.changed.connect(self._show_list)
        self._show_parts()

    def show_group(self, group: DirectoryObject | None) -> None:
        """Offer the members of this group; None hides the picker."""
        self.setVisible(group is not None)
        if group is None or group.id == self._group:
            return
        self._group = group.id
        self._people = ()
        self._chosen.clear()
        self.only.setChecked(False)
        self._show_list()
        self._tasks.start(self._read(group), self._take_people, replace="members")

    def members(self) -> tuple[str, ...] | None:
        """The ids of those who go with the group; None for all that are provisioned."""
        if self.isHidden() or not self.only.isChecked():
            return None
        return tuple(self._chosen)

    async def _read(self, group: DirectoryObject) -> tuple[DirectoryObject, ...]:
        """The members who are people; a group in a group is not followed (section h)."""
        services = self._desk.services
        connection = await services.connections.get(self._id)
        snapshot = await services.directory.snapshot(connection.source, self._id)
        found = (snapshot.find(member) for member in group.members)
        people = [one for one in found if one and one.object_type is ObjectType.USER]
        return tuple(sorted(people, key=lambda one: one.display_name.casefold()))

    def _take_people(self, people: tuple[DirectoryObject, ...]) -> None:
        self._people = people
        self._show_list()

    def _show_parts(self) -> None:
        for part in (self.count, self.search, self.list):
            part.setVisible(self.only.isChecked())

    def _show_list(self) -> None:
        text = self.search.text().strip().casefold()
        fitting = [one for one in self._people if text in _searched(one)]
        full = len(self._chosen) >= MOST_MEMBERS
        self.list.blockSignals(True)
        self.list.clear()
        for one in fitting[:MOST_SHOWN]:
            item = QListWidgetItem(one.display_name)
            item.setIcon(self._desk.theme.icon("user-round", Role.TEXT_MUTED))
            item.setData(ID_ROLE, one.id)
            item.setToolTip(f"{one.display_name}\n{_address(one)}".strip())
            item.setCheckState(
                Qt.CheckState.Checked if one.id in self._chosen else Qt.CheckState.Unchecked
            )
            self._allow(item, full)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self._show_count(len(fitting))

    def _show_count(self, fitting: int) -> None:
        words = self.tr("{0} of at most {1} chosen.").format(len(self._chosen), MOST_MEMBERS)
        if fitting > MOST_SHOWN:
            more = self.tr("The first {0} of {1} members are shown; search for others.")
            shown = formats.count(MOST_SHOWN), formats.count(fitting)
            words = f"{words} {more.format(*shown)}"
        elif not self._people:
            words = self.tr("No people are members of this group.")
        self.count.setText(words)

    def _allow(self, item: QListWidgetItem, full: bool) -> None:
        """When five are chosen, the others cannot be."""
        chosen = item.data(ID_ROLE) in self._chosen
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
        item.setFlags(flags | Qt.ItemFlag.ItemIsEnabled if chosen or not full else flags)

    def _take(self, item: QListWidgetItem) -> None:
        member = item.data(ID_ROLE)
        if item.checkState() is Qt.CheckState.Checked:
            self._chosen[member] = None
        else:
            self._chosen.pop(member, None)
        full = len(self._chosen) >= MOST_MEMBERS
        self.list.blockSignals(True)
        for at in range(self.list.count()):
            self._allow(self.list.item(at), full)
        self.list.blockSignals(False)
        self.list.viewport().update()
        text = self.search.text().strip().casefold()
        self._show_count(sum(text in _searched(one) for one in self._people))


def _address(one: DirectoryObject) -> str:
    value = one.attributes.get("userPrincipalName", "")
    return value if isinstance(value, str) else ""


def _searched(one: DirectoryObject) -> str:
    return f"{one.display_name}\n{_address(one)}".casefold()
