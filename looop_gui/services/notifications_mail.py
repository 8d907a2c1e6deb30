"""Sends one mail over SMTP: the only place that knows the mail library."""

import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr

from looop_gui.model.errors import WorkbenchError
from looop_gui.model.secret import SecretText
from looop_gui.model.workspace import MailSecurity, MailServer
from looop_gui.setup.loopback import is_loopback

SECONDS = 20.0


class MailError(WorkbenchError):
    """A mail could not be sent."""


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """What is sent: plain text to one address."""

    recipient: str
    subject: str
    body: str
    time: datetime


@dataclass(frozen=True, slots=True)
class MailRoute:
    """The server and the password to it."""

    server: MailServer
    password: SecretText = field(default_factory=lambda: SecretText(""), repr=False)


def send_mail(route: MailRoute, mail: OutgoingMail, seconds: float = SECONDS) -> None:
    """Send a mail; blocks, so it is called in a thread. Raises MailError with a sentence."""
    server = route.server
    check_server(server)
    message = _message(server, mail)
    try:
        with _connected(server, seconds) as session:
            if server.user:
                _sign_in(session, server.user, route.password)
            session.send_message(message)
    except (smtplib.SMTPException, OSError, ValueError, UnicodeError) as error:
        # Not chained: a traceback's locals may hold the password.
        raise MailError(
            _sentence(server, error),
            safe="Provisioning goes on; the mail is kept.",
            next_step="Check the mail server in the settings and send a test mail.",
        ) from None


def check_server(server: MailServer) -> None:
    """Raises MailError when nothing can or may be sent through this server."""
    if not server.configured:
        raise MailError(
            "No mail server is set.", next_step="Enter a mail server and a sender in the settings."
        )
    if server.security is MailSecurity.NONE and not is_loopback(server.host):
        raise MailError(
            f"The way to {server.host} is not encrypted.",
            safe="Nothing was sent, so that nobody on the way can read the password.",
            next_step="Use TLS or STARTTLS.",
        )


def address_problem(address: str) -> str:
    """Why a text is no mail address; "" when it is one."""
    _, parsed = parseaddr(address)
    local, _, domain = parsed.rpartition("@")
    if parsed != address.strip() or not local or not domain or " " in address.strip():
        return f'"{address}" is not a mail address.'
    return ""


def _connected(server: MailServer, seconds: float) -> smtplib.SMTP:
    """A session, encrypted and with the server's certificate verified before anything is said."""
    if server.security is MailSecurity.TLS:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=_trust(server))
    session = smtplib.SMTP(server.host, server.port, timeout=seconds)
    if server.security is MailSecurity.STARTTLS:
        try:
            session.starttls(context=_trust(server))
        except BaseException:
            session.close()
            raise
    return session


def _sign_in(session: smtplib.SMTP, user: str, password: SecretText) -> None:
    try:
        session.login(user, password.reveal())
    except smtplib.SMTPServerDisconnected:
        # Some servers hang up on a wrong password before they have refused every method.
        raise smtplib.SMTPAuthenticationError(535, b"") from None


def _trust(server: MailServer) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if server.ca_file:
        context.load_verify_locations(server.ca_file)
    return context


def _message(server: MailServer, mail: OutgoingMail) -> EmailMessage:
    problem = address_problem(mail.recipient) or address_problem(server.sender)
    if problem:
        raise MailError(problem, next_step="Correct the address in the settings.")
    message = EmailMessage()
    message["From"] = server.sender
    message["To"] = mail.recipient
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(mail.time)
    message["Message-ID"] = make_msgid(domain=server.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


def _sentence(server: MailServer, error: Exception) -> str:
    where = f"the mail server {server.host}:{server.port}"
    match error:
        case ssl.SSLCertVerificationError():
            return f"The certificate of {where} is not trusted ({error.verify_message})."
        case smtplib.SMTPAuthenticationError():
            return f"User name or password was refused by {where}."
        case smtplib.SMTPNotSupportedError():
            return f"STARTTLS or signing in is not offered by {where}."
        case smtplib.SMTPRecipientsRefused():
            return f"The recipient was refused by {where}."
        case smtplib.SMTPSenderRefused():
            return f"The sender {server.sender} was refused by {where}."
        case smtplib.SMTPResponseException():
            return f"The mail was refused by {where} with code {error.smtp_code}."
        case TimeoutError():
            return f"There was no answer from {where} in time."
        case _:
            reason = getattr(error, "strerror", None) or type(error).__name__
            return f"There is no connection to {where} ({reason})."
