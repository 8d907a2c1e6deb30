"""Mail that waits to be sent, why it does, and to try it again or throw it away."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QListWidgetItem, QVBoxLayout, QWidget

from looop_gui.model.workspace import WaitingMail
from looop_gui.services.events import MailChanged
from looop_gui.ui import formats
from looop_gui.ui.desk import Desk
from looop_gui.ui.palettes import Role
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import COMPACT_ROW_HEIGHT, GRID
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.labels import problem, say_problem, strong
from looop_gui.ui.widgets.plain_list import PlainList

MOST_SHOWN = 6
MAIL_ROLE = Qt.ItemDataRole.UserRole


class OutboxList(QWidget):
    """Hidden while nothing waits. A mail that cannot be sent stops nothing else."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._mails: tuple[WaitingMail, ...] = ()
        self.tasks = Tasks(self)
        self.heading = strong("")
        self.list = PlainList(self.tr("Mail that waits"))
        self.reason = problem()
        self.retry_button = button(
            desk.theme, self.tr("Send it now"), self._retry, icon="rotate-cw"
        )
        self.discard_button = button(
            desk.theme, self.tr("Do not send it"), self._discard, icon="trash-2", look="quiet"
        )
        self._lay_out()
        self.list.currentItemChanged.connect(lambda *_items: self._show_chosen())
        desk.bridge.mail_changed.connect(self._take_change)
        desk.theme.changed.connect(self._repaint)
        self.hide()

    def read(self) -> None:
        """Read what waits."""
        self.tasks.start(self._desk.services.notifications.outbox(), self._show, replace="outbox")

    def _repaint(self) -> None:
        self._show(self._mails)

    def _take_change(self, _event: MailChanged) -> None:
        self.read()

    def _show(self, mails: Sequence[WaitingMail]) -> None:
        chosen = self._chosen()
        self._mails = tuple(mails)
        self.list.clear()
        for mail in mails:
            self.list.addItem(self._item(mail))
        rows = [row for row, mail in enumerate(mails) if chosen and mail.number == chosen.number]
        self.list.setCurrentRow(rows[0] if rows else 0)
        self.heading.setText(self.tr("Waiting to be sent: {0}").format(formats.count(len(mails))))
        shown = min(len(mails), MOST_SHOWN)
        self.list.setFixedHeight(shown * (COMPACT_ROW_HEIGHT + 2) + 4)
        self.setVisible(bool(mails))
        self._show_chosen()

    def _item(self, mail: WaitingMail) -> QListWidgetItem:
        if mail.problem:
            again = formats.day_and_time(mail.next_attempt)
            how = self.tr("failed, attempts: {0}, next at {1}").format(
                formats.count(mail.attempts), again
            )
            icon = self._desk.theme.icon("circle-x", Role.DANGER)
        else:
            how = self.tr("waiting")
            icon = self._desk.theme.icon("mail", Role.TEXT_MUTED)
        item = QListWidgetItem(icon, f"{mail.subject}   {mail.recipient}   {how}")
        item.setToolTip(mail.problem or mail.body)
        item.setData(MAIL_ROLE, mail)
        return item

    def _chosen(self) -> WaitingMail | None:
        item = self.list.currentItem()
        mail = item.data(MAIL_ROLE) if item is not None else None
        return mail if isinstance(mail, WaitingMail) else None

    def _show_chosen(self) -> None:
        mail = self._chosen()
        say_problem(self.reason, mail.problem if mail is not None else "")
        self.retry_button.setEnabled(mail is not None)
        self.discard_button.setEnabled(mail is not None)

    def _retry(self) -> None:
        mail = self._chosen()
        if mail is not None:
            self.retry_button.setEnabled(False)
            retrying = self._desk.services.notifications.retry(mail.number)
            self.tasks.start(retrying, self._say_retried)

    def _say_retried(self, sent: bool) -> None:
        self.read()
        if sent:
            self._desk.say(self.tr("The mail was sent."), "", None)

    def _discard(self) -> None:
        mail = self._chosen()
        if mail is not None:
            self.tasks.start(
                self._desk.services.notifications.discard(mail.number), lambda _none: self.read()
            )

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.retry_button)
        buttons.addWidget(self.discard_button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, GRID, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.heading)
        layout.addWidget(self.list)
        layout.addWidget(self.reason)
        layout.addLayout(buttons)
