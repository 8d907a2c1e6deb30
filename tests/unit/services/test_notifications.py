"""Being told: each thing once, through a real SMTP server, and later if not now."""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from looop_gui.model.connection import Connection, ConnectionSettings, TokenStorage
from looop_gui.model.job import (
    Cycle,
    CycleCounts,
    CycleKind,
    CycleState,
    JobState,
    JobStatus,
    Quarantine,
    QuarantineReason,
)
from looop_gui.model.secret import SecretText
from looop_gui.model.workspace import MailSecurity, MailServer, QuietHours, WorkspaceSettings
from looop_gui.services.events import Events, JobChanged, MailChanged
from looop_gui.services.notifications import GIVEN_UP_AFTER, NotificationService
from looop_gui.services.notifications_mail import (
    MailError,
    MailRoute,
    OutgoingMail,
    address_problem,
    send_mail,
)
from looop_gui.services.services import Services
from looop_gui.store.tokens import TokenStore

AUTHORITY = trustme.CA(organization_name="Contoso")
MOMENT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PASSWORD = "p4ss-of-the-mail-server"


class Inbox:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(envelope)
        return "250 Kept"


def credentials(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> Any:
    good = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
    return AuthResult(success=good and data.login == b"looop")


@dataclass
class Server:
    inbox: Inbox
    settings: MailServer


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts a real SMTP server on a free port of this computer."""
    running: list[Controller] = []
    ca_file = tmp_path / "ca.pem"
    AUTHORITY.cert_pem.write_to_path(str(ca_file))

    def started(security: MailSecurity, *, trusted: bool = True) -> Server:
        inbox = Inbox()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        AUTHORITY.issue_cert("127.0.0.1").configure_cert(context)
        options: dict[str, Any] = {"authenticator": credentials, "auth_required": True}
        if security is MailSecurity.TLS:
            options |= {"ssl_context": context, "auth_require_tls": False}
        elif security is MailSecurity.STARTTLS:
            options |= {"tls_context": context, "require_starttls": True}
        else:
            options |= {"auth_require_tls": False}
        controller = Controller(inbox, hostname="127.0.0.1", port=0, **options)
        controller.port = free_port()
        controller.start()
        running.append(controller)
        settings = MailServer(
            host="127.0.0.1",
            port=controller.port,
            security=security,
            user="looop",
            sender="looop@contoso.com",
            password_storage=TokenStorage.MEMORY,
            ca_file=str(ca_file) if trusted else "",
        )
        return Server(inbox, settings)

    yield started
    for controller in running:
        controller.stop()


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


MAIL = OutgoingMail("admin@contoso.com", "Grüße\r\nBcc: x@y.z", "Müller & 李\n", MOMENT)


@pytest.mark.parametrize("security", MailSecurity)
def test_a_mail_arrives_signed_in_and_encrypted(
    start: Callable[..., Server], security: MailSecurity
) -> None:
    server = start(security)
    send_mail(MailRoute(server.settings, SecretText(PASSWORD)), MAIL)
    (envelope,) = server.inbox.mails
    assert envelope.rcpt_tos == ["admin@contoso.com"]
    from email import message_from_bytes, policy

    message = message_from_bytes(envelope.content, policy=policy.default)
    assert message["Subject"] == "Grüße Bcc: x@y.z"
    assert message["Bcc"] is None
    assert "Müller & 李" in message.get_content()


@pytest.mark.parametrize("security", [MailSecurity.TLS, MailSecurity.STARTTLS])
def test_an_unknown_certificate_gets_no_password(
    start: Callable[..., Server], security: MailSecurity
) -> None:
    server = start(security, trusted=False)
    with pytest.raises(MailError, match="certificate"):
        send_mail(MailRoute(server.settings, SecretText(PASSWORD)), MAIL)
    assert server.inbox.mails == []


def test_a_refused_password_is_said_and_not_shown(start: Callable[..., Server]) -> None:
    server = start(MailSecurity.STARTTLS)
    with pytest.raises(MailError, match="User name or password was refused") as caught:
        send_mail(MailRoute(server.settings, SecretText("wrong-password")), MAIL)
    assert "wrong-password" not in repr(caught.value) + str(caught.value)


def test_without_encryption_only_this_computer_is_spoken_to() -> None:
    server = MailServer("mail.contoso.com", 25, MailSecurity.NONE, sender="a@contoso.com")
    with pytest.raises(MailError, match="not encrypted"):
        send_mail(MailRoute(server), MAIL)


@pytest.mark.parametrize("text", ["", "ann", "ann@", "@contoso.com", "a b@c.d", "a@b, c@d"])
def test_what_is_no_address_is_said(text: str) -> None:
    assert address_problem(text) != ""


def test_an_address_is_fine() -> None:
    assert address_problem("ann.lee+it@contoso.co.uk") == ""


@dataclass
class HandClock:
    """A clock that a test moves."""

    moment: datetime = MOMENT
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@dataclass
class Post:
    """Takes mails, or refuses them."""

    sent: list[OutgoingMail] = field(default_factory=list)
    refuses: bool = False

    def send(self, _route: MailRoute, mail: OutgoingMail) -> None:
        if self.refuses:
            raise MailError("There is no connection to the mail server.")
        self.sent.append(mail)


@dataclass
class Told:
    service: NotificationService
    post: Post
    clock: HandClock
    events: list[MailChanged]

    async def job(self, **facts: Any) -> list[str]:
        """Tell a state of the job; the subjects of the mails that it led to."""
        before = len(self.post.sent)
        state = JobState("c1", JobStatus.QUARANTINE, **facts)
        await self.service.take_job(state)
        await self.service.send_due()
        return [mail.subject for mail in self.post.sent[before:]]


@pytest.fixture
async def told(services: Services, connection: Connection, data_folder: Path) -> Told:
    settings = ConnectionSettings(
        notification_email="admin@contoso.com", send_failure_notification=True
    )
    await services.connections.create(replace(connection, settings=settings), None)
    post, clock, events = Post(), HandClock(), Events()
    service = NotificationService(
        services.worker,
        services.connections,
        TokenStore(data_folder),
        events,
        clock,
        post.send,
    )
    seen: list[MailChanged] = []
    events.subscribe(MailChanged, seen.append)
    server = MailServer("127.0.0.1", 25, MailSecurity.NONE, sender="looop@contoso.com")
    await service.save_settings(WorkspaceSettings(mail=server))
    return Told(service, post, clock, seen)


def quarantine(reason: QuarantineReason) -> Quarantine:
    return Quarantine(reason, "It is so.", MOMENT, MOMENT + timedelta(hours=6))


EXCEPTION = quarantine(QuarantineReason.QUARANTINE_EXCEPTION)
DELETES = quarantine(QuarantineReason.TOO_MANY_DELETES)


async def test_quarantine_is_told_once_and_again_for_another_reason(told: Told) -> None:
    assert await told.job(quarantine=EXCEPTION) == ["Looop: provisioning is in quarantine"]
    assert await told.job(quarantine=replace(EXCEPTION, attempts=3)) == []
    proportion = quarantine(QuarantineReason.ESCROW_PROPORTION_THRESHOLD)
    assert await told.job(quarantine=proportion) == ["Looop is in quarantine for another reason"]
    assert await told.job(quarantine=DELETES) == ["Looop: the deletion threshold was reached"]
    assert await told.job() == []
    assert await told.job(quarantine=EXCEPTION) == ["Looop: provisioning is in quarantine"]
    body = told.post.sent[0].body
    assert "EncounteredQuarantineException" in body
    assert "2026-11-24 15:00 UTC" in body


async def test_single_failures_are_told_only_when_asked_for(told: Told) -> None:
    cycle = Cycle(
        "cycle-1",
        "c1",
        CycleKind.INCREMENTAL,
        CycleState.ENTRY_LEVEL_ERRORS,
        MOMENT,
        MOMENT,
        users=CycleCounts(created=3, failed=2),
    )
    assert await told.job(last_cycle=cycle) == []
    settings = await told.service.settings()
    await told.service.save_settings(replace(settings, mail_after_failures=True))
    second = replace(cycle, id="cycle-2")
    assert await told.job(last_cycle=second) == ["Looop: 2 objects failed"]
    assert await told.job(last_cycle=second) == []
    well = replace(cycle, id="cycle-3", users=CycleCounts(created=3))
    assert await told.job(last_cycle=well) == []


async def test_a_mail_that_cannot_be_sent_is_shown_kept_and_tried_less_and_less(
    told: Told,
) -> None:
    told.post.refuses = True
    assert await told.job(quarantine=EXCEPTION) == []
    (waiting,) = await told.service.outbox()
    assert (waiting.attempts, waiting.next_attempt) == (1, MOMENT + timedelta(minutes=1))
    assert waiting.problem == "There is no connection to the mail server."
    assert told.events[-1] == MailChanged(waiting.problem)
    assert await told.service.send_due() == 0
    pauses = []
    for _ in range(12):
        told.clock.moment = waiting.next_attempt
        await told.service.send_due()
        (waiting,) = await told.service.outbox()
        pauses.append((waiting.next_attempt - told.clock.moment).total_seconds() / 60)
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360, 360]
    told.post.refuses = False
    told.clock.moment = waiting.next_attempt
    assert await told.service.send_due() == 1
    assert await told.service.outbox() == ()


async def test_a_mail_does_not_wait_for_a_clock_that_was_set_back(told: Told) -> None:
    told.post.refuses = True
    await told.job(quarantine=EXCEPTION)
    told.post.refuses = False
    told.clock.moment = MOMENT - timedelta(days=2)

    assert await told.service.send_due() == 1


async def test_a_mail_is_given_up_after_a_week(told: Told) -> None:
    told.post.refuses = True
    await told.job(quarantine=EXCEPTION)
    told.clock.moment = MOMENT + GIVEN_UP_AFTER + timedelta(minutes=1)
    await told.service.send_due()
    assert await told.service.outbox() == ()
    assert "was given up" in told.events[-1].problem


async def test_quiet_hours_let_mail_wait(told: Told) -> None:
    settings = await told.service.settings()
    local = MOMENT.astimezone().time()
    later = (MOMENT + timedelta(hours=1)).astimezone().time()
    await told.service.save_settings(replace(settings, quiet_hours=QuietHours(True, local, later)))
    assert await told.job(quarantine=EXCEPTION) == []
    assert len(await told.service.outbox()) == 1
    told.clock.moment = MOMENT + timedelta(hours=1)
    assert await told.service.send_due() == 1


def test_quiet_hours_reach_over_midnight() -> None:
    night = QuietHours(True, time(22), time(7))
    assert [night.quiet_at(time(hour)) for hour in (21, 22, 23, 0, 6, 7)] == [
        False,
        True,
        True,
        True,
        True,
        False,
    ]
    assert not QuietHours(False, time(22), time(7)).quiet_at(time(23))


async def test_a_connection_that_wants_no_mail_gets_none(told: Told, services: Services) -> None:
    connection = await services.connections.get("c1")
    quiet = replace(connection.settings, send_failure_notification=False)
    await services.connections.update(replace(connection, settings=quiet))
    assert await told.job(quarantine=EXCEPTION) == []
    assert await told.service.outbox() == ()


async def test_services_send_what_a_job_told_them(
    services: Services, connection: Connection, start: Callable[..., Server]
) -> None:
    server = start(MailSecurity.STARTTLS)
    settings = ConnectionSettings(
        notification_email="admin@contoso.com", send_failure_notification=True
    )
    await services.connections.create(replace(connection, settings=settings), None)
    chosen = WorkspaceSettings(mail=server.settings)
    await services.notifications.save_settings(chosen, SecretText(PASSWORD))
    await services.notifications.send_test_mail("admin@contoso.com", chosen)
    services.events.publish(JobChanged(JobState("c1", JobStatus.QUARANTINE, quarantine=DELETES)))
    await services.notifications.close()
    assert len(server.inbox.mails) == 2
    assert b"deletion threshold" in server.inbox.mails[1].content
    assert PASSWORD not in repr(await services.notifications.settings())
