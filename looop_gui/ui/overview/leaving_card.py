"""People and groups in their grace period, one a line: until when they are not deleted."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidgetItem

from looop_gui.model.directory import ObjectType
from looop_gui.services.leaving import LeavingObject
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.log_argument import LogArgument
from looop_gui.ui.palettes import Role
from looop_gui.ui.signs import OBJECT_ICONS
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import COMPACT_ROW_HEIGHT
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.plain_list import PlainList

MOST_SHOWN = 8
MOST_LISTED = 200
LEAVING_ROLE = Qt.ItemDataRole.UserRole


class LeavingCard(Card):
    """Hidden while nobody waits. Enter or a double click opens the object's log entries."""

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__(" ")
        self.heading.setText(self.tr("Waiting to be deleted"))
        self._desk = desk
        self._id = connection_id
        self._tasks = Tasks(self)
        self.list = PlainList(self.tr("People and groups that wait to be deleted"))
        self.list.itemActivated.connect(self._open)
        self.body.addWidget(self.list)
        self.hide()

    def read(self) -> None:
        """Read who waits."""
        self._tasks.start(self._read(), self._show, replace="leaving")

    async def _read(self) -> list[LeavingObject]:
        connection = await self._desk.services.connections.get(self._id)
        return await self._desk.services.provisioning.leaving(connection)

    def _show(self, leaving: list[LeavingObject]) -> None:
        self.list.clear()
        for one in leaving[:MOST_LISTED]:
            person = one.object_type is ObjectType.USER
            template = (
                self.tr("{0}   disabled since {1}, deleted after {2}")
                if person
                else self.tr("{0}   gone since {1}, deleted after {2}")
            )
            words = template.format(
                one.name, formats.day_and_time(one.since), formats.day_and_time(one.until)
            )
            item = QListWidgetItem(words)
            self.list.dress(self._desk.theme, item, OBJECT_ICONS[one.object_type], Role.TEXT_MUTED)
            item.setToolTip(formats.utc(one.until))
            item.setData(LEAVING_ROLE, one)
            self.list.addItem(item)
        self.say(formats.count(len(leaving)) if leaving else "")
        shown = min(len(leaving), MOST_SHOWN)
        self.list.setFixedHeight(shown * (COMPACT_ROW_HEIGHT + 2) + 4)
        self.setVisible(bool(leaving))

    def _open(self, item: QListWidgetItem) -> None:
        one: LeavingObject = item.data(LEAVING_ROLE)
        self._desk.go_to("provisioning_log", LogArgument(one.name, source_id=one.source_id))
