"""The latest failures and warnings, each a step away from its details; hidden without any."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidgetItem

from looop_gui.model.provisioning_log import LogFilter, LogRow, ProvisioningStatus
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.log_argument import LogArgument
from looop_gui.ui.signs import STATUS_SIGNS
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import COMPACT_ROW_HEIGHT
from looop_gui.ui.widgets.buttons import link_button
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.plain_list import PlainList

MOST_SHOWN = 5
STATUSES = frozenset({ProvisioningStatus.FAILURE, ProvisioningStatus.WARNING})
ROW_ROLE = Qt.ItemDataRole.UserRole


class AttentionCard(Card):
    """Reads the log when asked to."""

    def __init__(self, desk: Desk, connection_id: str) -> None:
        super().__init__(" ")
        self.heading.setText(self.tr("Needs attention"))
        self._desk = desk
        self._id = connection_id
        self._tasks = Tasks(self)
        self.list = PlainList(self.tr("Latest failures"))
        self.list.itemActivated.connect(self._open)
        self.list.itemClicked.connect(self._open)
        self.buttons.addWidget(link_button(desk.theme, self.tr("Show all"), self._open_all))
        self.body.addWidget(self.list)
        self._rows: tuple[LogRow, ...] = ()
        desk.theme.changed.connect(self._repaint)
        self.hide()

    def read(self) -> None:
        """Read the latest failures."""
        log_filter = LogFilter(self._id, statuses=STATUSES)
        reading = self._desk.services.provisioning_log.rows(log_filter, limit=MOST_SHOWN)
        self._tasks.start(reading, self._show, replace="rows")

    def _repaint(self) -> None:
        self._show(self._rows)

    def _show(self, rows: Sequence[LogRow]) -> None:
        self._rows = tuple(rows)
        self.list.clear()
        for row in rows:
            sign = STATUS_SIGNS[row.status]
            time = formats.day_and_time(row.time)
            item = QListWidgetItem(f"{row.source_name}   {row.summary}   {time}")
            item.setIcon(self._desk.theme.icon(sign.icon, sign.role))
            item.setToolTip(f"{sign.word}: {row.summary}")
            item.setData(ROW_ROLE, row)
            self.list.addItem(item)
        self.list.setFixedHeight(len(rows) * (COMPACT_ROW_HEIGHT + 2) + 4)
        self.setVisible(bool(rows))

    def _open(self, item: QListWidgetItem) -> None:
        row = item.data(ROW_ROLE)
        self._desk.go_to("provisioning_log", LogArgument(row.source_name, source_id=row.source_id))

    def _open_all(self) -> None:
        argument = LogArgument(self.tr("Needs attention"), statuses=STATUSES)
        self._desk.go_to("provisioning_log", argument)
