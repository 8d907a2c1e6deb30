"""Objects that failed and wait for a retry, one a line; each can be made due at once."""

from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidgetItem

from looop_gui.model.job import Escrow
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.log_argument import LogArgument
from looop_gui.ui.palettes import Role
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import COMPACT_ROW_HEIGHT
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.plain_list import PlainList

MOST_SHOWN = 8
MOST_LISTED = 200
WAITING_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An escrow and the name of its object."""

    escrow: Escrow
    name: str


class WaitingCard(Card):
    """Hidden while nothing waits. Enter or a double click opens the object's log entries."""

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__(" ")
        self.heading.setText(self.tr("Waiting for a retry"))
        self._desk = desk
        self._id = connection_id
        self._tasks = Tasks(self)
        self.list = PlainList(self.tr("Objects that wait for a retry"))
        self.retry_button = button(
            desk.theme, self.tr("Retry in the next cycle"), self._retry, icon="rotate-cw"
        )
        self.retry_button.setEnabled(False)
        self.list.currentItemChanged.connect(
            lambda item, _former: self.retry_button.setEnabled(item is not None)
        )
        self.list.itemActivated.connect(self._open)
        self.buttons.addWidget(self.retry_button)
        self.body.addWidget(self.list)
        self.hide()

    def read(self) -> None:
        """Read what waits."""
        self._tasks.start(self._read(), self._show, replace="waiting")

    async def _read(self) -> list[_Waiting]:
        services = self._desk.services
        connection = await services.connections.get(self._id)
        escrows = (await services.provisioning.waiting(connection))[:MOST_LISTED]
        if not escrows:
            return []
        snapshot = await services.directory.snapshot(connection.source, self._id)
        found = [(one, snapshot.find(one.source_id)) for one in escrows]
        return [_Waiting(one, entry.display_name if entry else "") for one, entry in found]

    def _show(self, waiting: list[_Waiting]) -> None:
        self.list.clear()
        for one in waiting:
            escrow = one.escrow
            due = escrow.next_attempt <= datetime.now(UTC)
            template = self.tr("{0}   {1}, attempts: {2}, next at {3}")
            if due:
                template = self.tr("{0}   {1}, attempts: {2}, in the next cycle")
            words = template.format(
                one.name or escrow.source_id,
                escrow.error_code,
                formats.count(escrow.attempts),
                formats.day_and_time(escrow.next_attempt),
            )
            item = QListWidgetItem(words)
            self.list.dress(self._desk.theme, item, "rotate-cw", Role.WARNING)
            item.setToolTip(formats.utc(escrow.next_attempt))
            item.setData(WAITING_ROLE, one)
            self.list.addItem(item)
        self.say(formats.count(len(waiting)) if waiting else "")
        shown = min(len(waiting), MOST_SHOWN)
        self.list.setFixedHeight(shown * (COMPACT_ROW_HEIGHT + 2) + 4)
        self.setVisible(bool(waiting))

    def _chosen(self) -> _Waiting | None:
        item = self.list.currentItem()
        chosen = item.data(WAITING_ROLE) if item is not None else None
        return chosen if isinstance(chosen, _Waiting) else None

    def _retry(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self._tasks.start(self._make_due(chosen), lambda _none: self._say_due(chosen))

    async def _make_due(self, chosen: _Waiting) -> None:
        services = self._desk.services
        connection = await services.connections.get(self._id)
        await services.provisioning.retry(connection, {chosen.escrow.source_id})

    def _say_due(self, chosen: _Waiting) -> None:
        self.read()
        name = chosen.name or chosen.escrow.source_id
        self._desk.say(self.tr("{0} is tried in the next cycle.").format(name), "", None)

    def _open(self, item: QListWidgetItem) -> None:
        one: _Waiting = item.data(WAITING_ROLE)
        argument = LogArgument(one.name, source_id=one.escrow.source_id)
        self._desk.go_to("provisioning_log", argument)
