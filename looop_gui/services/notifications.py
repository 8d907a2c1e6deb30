"""Tells people by mail what happens to a job (section i.6): once each, later if not now.

The service listens to JobChanged, so neither the engine nor the provisioning service knows of mail.
A mail goes into the outbox in the same transaction that notes what it tells; a loop sends what
waits, again and again with growing pauses where that fails. Nothing else waits for it.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from looop_gui.engine.notices import Notice, failure_notice, quarantine_notice
from looop_gui.model.connection import Connection
from looop_gui.model.errors import ConfigurationError, CredentialsError, StoreError
from looop_gui.model.job import JobState
from looop_gui.model.secret import SecretText
from looop_gui.model.workspace import WaitingMail, WorkspaceSettings
from looop_gui.services.clock import Clock
from looop_gui.services.connections import ConnectionService
from looop_gui.services.events import Events, JobChanged, MailChanged
from looop_gui.services.mail_password import keep_password, kept_password
from looop_gui.services.notifications_mail import (
    MailError,
    MailRoute,
    OutgoingMail,
    address_problem,
    check_server,
    send_mail,
)
from looop_gui.services.store_worker import StoreWorker
from looop_gui.store.outbox import (
    NewMail,
    Told,
    load_told,
    postpone_mail,
    remove_mail,
    tell,
    waiting_mail,
)
from looop_gui.store.tokens import TokenStore
from looop_gui.store.workspace_settings import load_settings, save_settings

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
GIVEN_UP_AFTER = timedelta(days=7)
LOOK_SECONDS = 60.0

SendMail = Callable[[MailRoute, OutgoingMail], None]


class NotificationService:
    """Settings of the data folder, the outbox, and the mails that jobs deserve.

    A change of the outbox is told by MailChanged.
    """

    def __init__(
        self,
        worker: StoreWorker,
        connections: ConnectionService,
        tokens: TokenStore,
        events: Events,
        clock: Clock,
        send: SendMail = send_mail,
    ) -> None:
        self._worker = worker
        self._connections = connections
        self._tokens = tokens
        self._events = events
        self._clock = clock
        self._send = send
        self._changes: asyncio.Queue[JobState] = asyncio.Queue()
        self._due = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Listen to jobs and send what waits, until `close`."""
        self._unsubscribe = self._events.subscribe(
            JobChanged, lambda event: self._changes.put_nowait(event.state)
        )
        self._tasks = [
            asyncio.create_task(self._listen()),
            asyncio.create_task(self._keep_sending()),
        ]

    async def close(self) -> None:
        """Stop. What is new is tried once, as a command ends with its cycle; the rest waits."""
        self._unsubscribe()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(StoreError):
            while not self._changes.empty():
                await self.take_job(self._changes.get_nowait())
            await self.send_due(new_only=True)

    async def settings(self) -> WorkspaceSettings:
        """The settings of the data folder."""
        return await self._worker.run(load_settings)

    async def save_settings(
        self,
        settings: WorkspaceSettings,
        password: SecretText | None = None,
        passphrase: SecretText | None = None,
    ) -> WorkspaceSettings:
        """Keep the settings, and the mail server's password in the token store.

        Without `password` the one that is kept stays, in the storage that the settings name.
        Raises CredentialsError, StoreError.
        """
        former = await self.settings()
        await asyncio.to_thread(
            keep_password, self._tokens, former.mail, settings.mail, password, passphrase
        )
        await self._worker.run(save_settings, settings)
        self._due.set()
        return settings

    async def send_test_mail(
        self, recipient: str, settings: WorkspaceSettings, password: SecretText | None = None
    ) -> None:
        """Send a mail now through settings that need not be saved, nor the password.

        Without `password` the kept one is used. Raises MailError, CredentialsError.
        """
        route = await self._route(settings, password)
        mail = OutgoingMail(
            recipient,
            "Test mail of the Looop Provisioning Workbench",
            "This mail shows that notifications arrive. Nothing else was done.\n",
            self._clock.now(),
        )
        await asyncio.to_thread(self._send, route, mail)

    async def outbox(self) -> tuple[WaitingMail, ...]:
        """The mails that wait, with the problem of the last attempt."""
        return await self._worker.run(waiting_mail)

    async def discard(self, number: int) -> None:
        """Do not send a mail that waits."""
        await self._worker.run(remove_mail, number)
        self._events.publish(MailChanged(""))

    async def retry(self, number: int) -> bool:
        """Try a mail that waits now, in quiet hours, too; whether it went out."""
        settings = await self.settings()
        mail = next((one for one in await self.outbox() if one.number == number), None)
        return mail is not None and await self._send_one(settings, mail)

    async def take_job(self, state: JobState) -> None:
        """Put the mails that a job's state deserves into the outbox, each once."""
        try:
            connection = await self._connections.get(state.connection_id)
        except ConfigurationError:
            return
        settings = await self.settings()
        before = await self._worker.run(load_told, connection.id)
        quarantine = quarantine_notice(state, connection.name, before.quarantine)
        cycle = state.last_cycle
        told = Told(
            state.quarantine.reason.value if state.quarantine else "",
            cycle.id if cycle is not None else before.cycle,
        )
        notices = [quarantine] if quarantine is not None else []
        if settings.mail_after_failures and told.cycle != before.cycle and quarantine is None:
            failures = failure_notice(state, connection.name)
            notices += [failures] if failures is not None else []
        if told == before:
            return
        mails = _mails(connection, notices)
        now = self._clock.now()
        if await self._worker.run(tell, connection.id, before, told, mails, now) and mails:
            self._events.publish(MailChanged(""))
            self._due.set()

    async def send_due(self, *, new_only: bool = False) -> int:
        """Send what is due now; returns how many went out. Quiet hours let everything wait.

        With `new_only`, what was tried before waits, too.
        """
        settings = await self.settings()
        now = self._clock.now()
        due = [
            mail
            for mail in await self.outbox()
            if _is_due(mail, now) and not (new_only and mail.attempts)
        ]
        if not due or settings.quiet_hours.quiet_at(now.astimezone().time()):
            return 0
        sent = 0
        for mail in due:
            sent += await self._send_one(settings, mail)
        return sent

    async def _send_one(self, settings: WorkspaceSettings, mail: WaitingMail) -> bool:
        try:
            route = await self._route(settings)
            outgoing = OutgoingMail(mail.recipient, mail.subject, mail.body, mail.created)
            await asyncio.to_thread(self._send, route, outgoing)
        except (MailError, CredentialsError) as error:
            await self._postpone(mail, error.sentence)
            return False
        await self._worker.run(remove_mail, mail.number)
        self._events.publish(MailChanged(""))
        return True

    async def _postpone(self, mail: WaitingMail, problem: str) -> None:
        now = self._clock.now()
        if now - mail.created > GIVEN_UP_AFTER:
            await self._worker.run(remove_mail, mail.number)
            problem = f'The mail "{mail.subject}" was given up: {problem}'
        else:
            pause = min(FIRST_PAUSE * 2**mail.attempts, LONGEST_PAUSE)
            await self._worker.run(postpone_mail, mail.number, now + pause, problem)
        self._events.publish(MailChanged(problem))

    async def _route(
        self, settings: WorkspaceSettings, password: SecretText | None = None
    ) -> MailRoute:
        server = settings.mail
        check_server(server)
        if not server.user:
            return MailRoute(server)
        if password is not None:
            return MailRoute(server, password)
        return MailRoute(server, await asyncio.to_thread(kept_password, self._tokens, server))

    async def _listen(self) -> None:
        while True:
            state = await self._changes.get()
            try:
                await self.take_job(state)
            except StoreError as error:
                self._events.publish(MailChanged(error.sentence))

    async def _keep_sending(self) -> None:
        while True:
            try:
                await self.send_due()
            except StoreError as error:
                self._events.publish(MailChanged(error.sentence))
            self._due.clear()
            waiting = asyncio.ensure_future(self._clock.sleep(LOOK_SECONDS))
            due = asyncio.ensure_future(self._due.wait())
            try:
                await asyncio.wait((waiting, due), return_when=asyncio.FIRST_COMPLETED)
            finally:
                waiting.cancel()
                due.cancel()


def _mails(connection: Connection, notices: list[Notice]) -> list[NewMail]:
    """The mails of notices, if the connection wants any and has an address."""
    settings = connection.settings
    address = settings.notification_email.strip()
    if not settings.send_failure_notification or address_problem(address):
        return []
    return [NewMail(connection.id, address, item.subject, item.body) for item in notices]


def _is_due(mail: WaitingMail, now: datetime) -> bool:
    """Further ahead than the longest pause: the clock was set back since."""
    return mail.next_attempt <= now or mail.next_attempt > now + LONGEST_PAUSE
