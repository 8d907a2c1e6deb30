"""Settings of a data folder that belong to no connection: mail, retention, quiet hours."""

from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum

from looop_gui.model.connection import TokenStorage
from looop_gui.model.provisioning_log import LogFilter

SMTP_REFERENCE = "smtp-password"
"""Under this name the token store keeps the mail server's password."""


class MailSecurity(StrEnum):
    """How the way to the mail server is encrypted; NONE is only for this computer itself."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailServer:
    """The SMTP server that notifications go through; its password is in the token store.

    Without a `host` no mail is sent. Without a `user` no password is used. `ca_file` is a file
    with certificates to trust besides the system's.
    """

    host: str = ""
    port: int = 587
    security: MailSecurity = MailSecurity.STARTTLS
    user: str = ""
    sender: str = ""
    password_storage: TokenStorage = TokenStorage.KEYRING
    password_reference: str = SMTP_REFERENCE
    ca_file: str = ""

    @property
    def configured(self) -> bool:
        """Whether there is a server and a sender's address."""
        return bool(self.host and self.sender)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Do not disturb: from `start` to `end` of each day in local time; over midnight, too."""

    on: bool = False
    start: time = time(22, 0)
    end: time = time(7, 0)

    def quiet_at(self, local: time) -> bool:
        """Whether nobody may be disturbed at a local time of day."""
        if not self.on or self.start == self.end:
            return False
        if self.start < self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end


@dataclass(frozen=True, slots=True)
class LogRetention:
    """How long entries of the log are kept, and how many a connection; 0 for no limit.

    Entra keeps 30 days (section 0).
    """

    days: int = 30
    entries: int = 1_000_000


@dataclass(frozen=True, slots=True)
class WorkspaceSettings:
    """Everything that is set once a data folder."""

    mail: MailServer = field(default_factory=MailServer)
    quiet_hours: QuietHours = field(default_factory=QuietHours)
    mail_after_failures: bool = False
    retention: LogRetention = field(default_factory=LogRetention)


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """A mail that was not sent yet; `problem` says why the last attempt failed."""

    number: int
    connection_id: str
    recipient: str
    subject: str
    body: str
    created: datetime
    attempts: int
    next_attempt: datetime
    problem: str = ""


@dataclass(frozen=True, slots=True)
class LogView:
    """A saved view of a connection's log: filter, columns in their order, sort, shortcut.

    `sort` is a column's name, with a minus for descending; `shortcut` as Qt writes it (Alt+1).
    `hours` above 0 let the filter begin so many hours before the view is opened.
    """

    name: str
    log_filter: LogFilter
    columns: tuple[str, ...] = ()
    sort: str = ""
    shortcut: str = ""
    hours: int = 0
