"""The fields of the mail server, the reasons to write, and the hours of rest."""

from dataclasses import replace
from datetime import time

from PySide6.QtCore import QTime, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QTimeEdit, QWidget

from looop_gui.model.connection import TokenStorage
from looop_gui.model.workspace import MailSecurity, MailServer, QuietHours, WorkspaceSettings
from looop_gui.services.notifications_mail import address_problem
from looop_gui.setup.loopback import is_loopback
from looop_gui.ui.settings.form import Field
from looop_gui.ui.settings.groups import explained
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.labels import caption
from looop_gui.ui.widgets.number_field import NumberField

USUAL_PORTS = {MailSecurity.TLS: 465, MailSecurity.STARTTLS: 587, MailSecurity.NONE: 25}


class MailServerFields(QWidget):
    """Reads and writes `WorkspaceSettings`; the password is only ever written."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.host = QLineEdit()
        self.host.setPlaceholderText("smtp.example.org")
        self.port = NumberField(self.tr("Port"), 1, 65535)
        self.security = QComboBox()
        for security, words in (
            (MailSecurity.STARTTLS, self.tr("STARTTLS")),
            (MailSecurity.TLS, self.tr("TLS from the start")),
            (MailSecurity.NONE, self.tr("None (this computer only)")),
        ):
            self.security.addItem(words, security)
        self.sender_address = QLineEdit()
        self.sender_address.setPlaceholderText("provisioning@example.org")
        self.user = QLineEdit()
        self.password = _secret(self.tr("Empty keeps the present one"))
        self.storage = QComboBox()
        for storage, words in (
            (TokenStorage.KEYRING, self.tr("Keyring of this desktop")),
            (TokenStorage.ENCRYPTED_FILE, self.tr("Encrypted file")),
            (TokenStorage.MEMORY, self.tr("Memory, until the workbench is closed")),
        ):
            self.storage.addItem(words, storage)
        self.passphrase = _secret("")
        self.ca_file = QLineEdit()
        self.ca_file.setPlaceholderText("/etc/ssl/certs/company-ca.pem")
        self.after_failures = QCheckBox(self.tr("Write after each cycle with failures, too"))
        self.quiet = QCheckBox(self.tr("Do not disturb"))
        self.quiet_from = _time(self.tr("Do not disturb from"))
        self.quiet_to = _time(self.tr("Do not disturb until"))
        self._make_fields()
        self._connect()

    def fill(self, card: Card) -> None:
        """Put the fields into a card."""
        for part in (
            self._host_field,
            Field(self.tr("Encryption"), self.security, width=320),
            Field(self.tr("Port"), self.port, width=160),
            Field(
                self.tr("Certificate authority of the mail server"),
                self.ca_file,
                self.tr("A PEM file, trusted beside the usual authorities. Empty for these alone."),
            ),
            self._sender_field,
            Field(self.tr("User name"), self.user, self.tr("Empty where none is needed.")),
            self._password_field,
            self._storage_field,
            self._passphrase_field,
            explained(
                self.after_failures,
                self.tr("Entra writes about the whole job only; this adds what single people met."),
            ),
            explained(
                self.quiet,
                self.tr("Mail waits and the desktop stays silent in these hours of each day."),
            ),
            self._hours(),
        ):
            card.body.addWidget(part)
            card.body.addSpacing(GRID // 2)

    def show_settings(self, settings: WorkspaceSettings) -> None:
        """Show these settings; the password is never shown."""
        server, quiet = settings.mail, settings.quiet_hours
        self.security.setCurrentIndex(self.security.findData(server.security))
        self.host.setText(server.host)
        self.port.setValue(server.port)
        self.ca_file.setText(server.ca_file)
        self.sender_address.setText(server.sender)
        self.user.setText(server.user)
        self.storage.setCurrentIndex(max(0, self.storage.findData(server.password_storage)))
        self.password.clear()
        self.passphrase.clear()
        self.after_failures.setChecked(settings.mail_after_failures)
        self.quiet.setChecked(quiet.on)
        self.quiet_from.setTime(QTime(quiet.start.hour, quiet.start.minute))
        self.quiet_to.setTime(QTime(quiet.end.hour, quiet.end.minute))
        self._follow()

    def applied(self, settings: WorkspaceSettings) -> WorkspaceSettings:
        """The settings with what the fields say."""
        server: MailServer = replace(
            settings.mail,
            host=self.host.text().strip(),
            port=self.port.value(),
            security=self._security,
            user=self.user.text().strip(),
            sender=self.sender_address.text().strip(),
            password_storage=self._storage,
            ca_file=self.ca_file.text().strip(),
        )
        start, end = _hour(self.quiet_from), _hour(self.quiet_to)
        return replace(
            settings,
            mail=server,
            mail_after_failures=self.after_failures.isChecked(),
            quiet_hours=QuietHours(self.quiet.isChecked(), start, end),
        )

    def problem(self) -> str:
        """What keeps the settings from being used, said beside its field."""
        host, sender = self.host.text().strip(), self.sender_address.text().strip()
        unencrypted = self._security is MailSecurity.NONE
        host_words = ""
        if unencrypted and host and not is_loopback(host):
            host_words = self.tr("Only this computer's own mail server may go without encryption.")
        sender_words = ""
        if sender and address_problem(sender):
            sender_words = self.tr("This is not a mail address.")
        elif host and not sender:
            sender_words = self.tr("Enter the address that the mail comes from.")
        self._host_field.say(host_words)
        self._sender_field.say(sender_words)
        return host_words or sender_words

    @property
    def _security(self) -> MailSecurity:
        return MailSecurity(self.security.currentData())

    @property
    def _storage(self) -> TokenStorage:
        return TokenStorage(self.storage.currentData())

    def _make_fields(self) -> None:
        self._host_field = Field(self.tr("Mail server"), self.host)
        self._sender_field = Field(self.tr("Sender"), self.sender_address)
        self._password_field = Field(self.tr("Password"), self.password)
        self._storage_field = Field(
            self.tr("Where the password is kept"),
            self.storage,
            self.tr("Never in the database or in a log."),
            320,
        )
        self._passphrase_field = Field(self.tr("Passphrase of the encrypted file"), self.passphrase)

    def _connect(self) -> None:
        for text in (
            self.host,
            self.ca_file,
            self.sender_address,
            self.user,
            self.password,
            self.passphrase,
        ):
            text.textChanged.connect(self._follow)
        for box in (self.after_failures, self.quiet):
            box.toggled.connect(self._follow)
        for hour in (self.quiet_from, self.quiet_to):
            hour.timeChanged.connect(self._follow)
        self.port.valueChanged.connect(self._follow)
        self.storage.currentIndexChanged.connect(self._follow)
        self.security.currentIndexChanged.connect(self._follow)
        self.security.activated.connect(
            lambda _row: self.port.setValue(USUAL_PORTS[self._security])
        )

    def _follow(self) -> None:
        signs_in = bool(self.user.text().strip())
        in_file = self._storage is TokenStorage.ENCRYPTED_FILE
        self._password_field.setVisible(signs_in)
        self._storage_field.setVisible(signs_in)
        self._passphrase_field.setVisible(signs_in and in_file)
        for hour in (self.quiet_from, self.quiet_to):
            hour.setEnabled(self.quiet.isChecked())
        self.changed.emit()

    def _hours(self) -> QWidget:
        line = QWidget()
        layout = QHBoxLayout(line)
        layout.setContentsMargins(28, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(caption(self.tr("from")))
        layout.addWidget(self.quiet_from)
        layout.addWidget(caption(self.tr("until")))
        layout.addWidget(self.quiet_to)
        layout.addStretch(1)
        return line


def _secret(placeholder: str) -> QLineEdit:
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setPlaceholderText(placeholder)
    return field


def _hour(field: QTimeEdit) -> time:
    return time(field.time().hour(), field.time().minute())


def _time(name: str) -> QTimeEdit:
    field = QTimeEdit()
    field.setDisplayFormat("HH:mm")
    field.setAccessibleName(name)
    return field
