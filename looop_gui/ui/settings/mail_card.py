"""Mail of the whole data folder: server, test mail, hours of rest. Saved by its own button."""

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from looop_gui.model.errors import WorkbenchError
from looop_gui.model.secret import SecretText
from looop_gui.model.workspace import WorkspaceSettings
from looop_gui.services.notifications_mail import address_problem
from looop_gui.ui.desk import Desk
from looop_gui.ui.settings.mail_server_fields import MailServerFields
from looop_gui.ui.settings.outbox_list import OutboxList
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.banner import Banner, Tone
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.card import Card


class MailCard(QWidget):
    """It counts for all connections, so it is apart from what *Save* of the page keeps."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.tasks = Tasks(self)
        self._saved: WorkspaceSettings | None = None
        self.fields = MailServerFields()
        self.result = Banner(desk.theme)
        self.recipient = QLineEdit()
        self.recipient.setAccessibleName(self.tr("Recipient of the test mail"))
        self.recipient.setPlaceholderText(self.tr("Recipient of the test mail"))
        self.save_button = button(
            desk.theme, self.tr("Save mail settings"), self._save, icon="save"
        )
        self.test_button = button(desk.theme, self.tr("Send test mail"), self._test, icon="send")
        self.outbox = OutboxList(desk)
        self.card = Card(self.tr("Mail server"), self.tr("for all connections of this data folder"))
        self._lay_out()
        self.fields.changed.connect(self._compare)
        self.recipient.textChanged.connect(self._compare)

    def read(self) -> None:
        """Read settings and outbox, unless something was changed here."""
        self.outbox.read()
        if self._saved is None or not self._dirty():
            reading = self._desk.services.notifications.settings()
            self.tasks.start(reading, self._show, replace="settings")

    def _show(self, settings: WorkspaceSettings) -> None:
        self._saved = settings
        self.fields.show_settings(settings)
        self._compare()

    def _dirty(self) -> bool:
        typed = self.fields.password.text()
        return self._saved is not None and (
            bool(typed) or self.fields.applied(self._saved) != self._saved
        )

    def _compare(self) -> None:
        if self._saved is None:
            return
        problem = self.fields.problem()
        recipient = self.recipient.text().strip()
        sendable = self.fields.applied(self._saved).mail.configured and not problem
        self.save_button.setEnabled(self._dirty() and not problem)
        self.save_button.setToolTip(problem)
        addressed = bool(recipient) and not address_problem(recipient)
        self.test_button.setEnabled(sendable and addressed)
        self.test_button.setToolTip(
            "" if addressed else self.tr("Enter the address that the test mail goes to.")
        )

    def _save(self) -> None:
        self.tasks.start(self._keep(), self._after_save, self._say_failed)

    async def _keep(self) -> WorkspaceSettings:
        assert self._saved is not None
        typed, phrase = self.fields.password.text(), self.fields.passphrase.text()
        return await self._desk.services.notifications.save_settings(
            self.fields.applied(self._saved),
            SecretText(typed) if typed else None,
            SecretText(phrase) if phrase else None,
        )

    def _after_save(self, settings: WorkspaceSettings) -> None:
        self._show(settings)
        self.result.say(Tone.SUCCESS, self.tr("The mail settings were saved."))

    def _test(self) -> None:
        recipient = self.recipient.text().strip()
        self.result.clear()
        self.test_button.setEnabled(False)
        self.tasks.start(
            self._send(recipient), lambda _none: self._say_sent(recipient), self._say_failed
        )

    async def _send(self, recipient: str) -> None:
        assert self._saved is not None
        typed = self.fields.password.text()
        await self._desk.services.notifications.send_test_mail(
            recipient, self.fields.applied(self._saved), SecretText(typed) if typed else None
        )

    def _say_sent(self, recipient: str) -> None:
        self._compare()
        self.result.say(
            Tone.SUCCESS,
            self.tr("The mail server took the test mail to {0}.").format(recipient),
            self.tr("If it does not arrive, look into the folder for unwanted mail."),
        )

    def _say_failed(self, error: Exception) -> None:
        self._compare()
        if not isinstance(error, WorkbenchError):
            raise error
        words = f"{error.safe} {error.next_step}".strip()
        self.result.say(Tone.DANGER, error.sentence, words)

    def _lay_out(self) -> None:
        self.fields.fill(self.card)
        line = QHBoxLayout()
        line.setSpacing(GRID)
        self.recipient.setMaximumWidth(320)
        line.addWidget(self.save_button)
        line.addSpacing(2 * GRID)
        line.addWidget(self.recipient, 1)
        line.addWidget(self.test_button)
        line.addStretch(1)
        self.card.body.addLayout(line)
        self.card.body.addWidget(self.result)
        self.card.body.addWidget(self.outbox)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.card)
