"""Being told, through the window: the mail server, a test mail, and mail that cannot be sent."""

import socket
from collections.abc import Iterator
from datetime import time
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from PySide6.QtCore import Qt, QTime

from looop_gui.model.connection import TokenStorage
from looop_gui.model.workspace import MailSecurity, MailServer, QuietHours
from looop_gui.store.outbox import NewMail, Told, tell
from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.settings.page import SettingsPage

LEFT = Qt.MouseButton.LeftButton
PASSWORD = "p4ss-of-the-mail-server"


class Inbox:
    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(envelope)
        return "250 Kept"


def admit(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
    return AuthResult(success=good)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server() -> Iterator[Controller]:
    controller = Controller(
        Inbox(),
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=admit,
        auth_required=True,
        auth_require_tls=False,
    )
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def page(demo, window: MainWindow, loop) -> SettingsPage:
    window.show_page("settings")
    page = window.page
    assert isinstance(page, SettingsPage)
    loop.until(lambda: page.identity.name.text() and page.mail._saved is not None)
    return page


def fill(page: SettingsPage, port: int, qtbot, password: str = PASSWORD) -> None:
    fields = page.mail.fields
    qtbot.keyClicks(fields.host, "127.0.0.1")
    fields.security.setCurrentIndex(fields.security.findData(MailSecurity.NONE))
    fields.port.setValue(port)
    qtbot.keyClicks(fields.sender_address, "looop@contoso.com")
    qtbot.keyClicks(fields.user, "looop")
    qtbot.keyClicks(fields.password, password)
    fields.storage.setCurrentIndex(fields.storage.findData(TokenStorage.MEMORY))


def result(page: SettingsPage) -> str:
    return page.mail.result.sentence if page.mail.result.isVisible() else ""


def test_a_test_mail_arrives_before_anything_is_saved(
    page: SettingsPage, server: Controller, services, loop, qtbot
) -> None:
    fill(page, server.port, qtbot)
    assert not page.mail.test_button.isEnabled()
    qtbot.keyClicks(page.mail.recipient, "admin@contoso.com")
    qtbot.mouseClick(page.mail.test_button, LEFT)
    loop.until(lambda: "took the test mail" in result(page))
    (envelope,) = server.handler.mails
    assert envelope.rcpt_tos == ["admin@contoso.com"]
    assert loop.run(services.notifications.settings()).mail == MailServer()


def test_a_refused_password_is_said_with_what_to_do(
    page: SettingsPage, server: Controller, loop, qtbot
) -> None:
    fill(page, server.port, qtbot, "wrong")
    qtbot.keyClicks(page.mail.recipient, "admin@contoso.com")
    qtbot.mouseClick(page.mail.test_button, LEFT)
    loop.until(lambda: "refused" in result(page))
    assert page.mail.test_button.isEnabled()
    assert server.handler.mails == []


def test_the_password_is_kept_in_the_token_store_and_never_in_the_data_folder(
    page: SettingsPage, services, loop, qtbot, data_folder
) -> None:
    fill(page, 2525, qtbot)
    page.mail.fields.after_failures.click()
    page.mail.fields.quiet.click()
    page.mail.fields.quiet_from.setTime(QTime(21, 30))
    qtbot.mouseClick(page.mail.save_button, LEFT)
    loop.until(lambda: result(page) == "The mail settings were saved.")
    saved = loop.run(services.notifications.settings())
    assert (saved.mail.host, saved.mail.port, saved.mail.user) == ("127.0.0.1", 2525, "looop")
    assert saved.mail_after_failures
    assert saved.quiet_hours == QuietHours(True, time(21, 30), time(7, 0))
    assert page.mail.fields.password.text() == ""
    assert not page.mail.save_button.isEnabled()
    for file in data_folder.rglob("*"):
        if file.is_file():
            assert PASSWORD.encode() not in file.read_bytes(), file.name


def test_the_password_follows_the_choice_of_its_storage(
    page: SettingsPage, server: Controller, services, loop, qtbot
) -> None:
    fill(page, server.port, qtbot)
    qtbot.mouseClick(page.mail.save_button, LEFT)
    loop.until(lambda: result(page) == "The mail settings were saved.")
    page.mail.result.clear()
    fields = page.mail.fields
    fields.storage.setCurrentIndex(fields.storage.findData(TokenStorage.ENCRYPTED_FILE))
    qtbot.keyClicks(fields.passphrase, "a long passphrase")
    qtbot.mouseClick(page.mail.save_button, LEFT)
    loop.until(lambda: result(page) == "The mail settings were saved.")
    qtbot.keyClicks(page.mail.recipient, "admin@contoso.com")
    qtbot.mouseClick(page.mail.test_button, LEFT)
    loop.until(lambda: "took the test mail" in result(page))


def test_a_forgotten_password_is_said_in_words_about_mail(
    page: SettingsPage, server: Controller, services, loop, qtbot
) -> None:
    fill(page, server.port, qtbot, password="")
    qtbot.keyClicks(page.mail.recipient, "admin@contoso.com")
    qtbot.mouseClick(page.mail.test_button, LEFT)
    loop.until(lambda: "password of the mail server is not in memory" in result(page))
    assert "token" not in page.mail.result.accessibleName()
    assert "Enter the password again" in page.mail.result.accessibleName()


def test_a_server_elsewhere_has_to_be_encrypted(page: SettingsPage, qtbot) -> None:
    fields = page.mail.fields
    qtbot.keyClicks(fields.host, "smtp.example.org")
    qtbot.keyClicks(fields.sender_address, "looop@contoso.com")
    fields.security.setCurrentIndex(fields.security.findData(MailSecurity.NONE))
    assert not page.mail.save_button.isEnabled()
    assert "encryption" in fields._host_field.problem.text()
    fields.security.setCurrentIndex(fields.security.findData(MailSecurity.TLS))
    assert page.mail.save_button.isEnabled()


def test_mail_that_cannot_be_sent_is_shown_with_its_reason_and_sent_when_asked(
    page: SettingsPage, server: Controller, services, loop, qtbot
) -> None:
    outbox = page.mail.outbox
    assert outbox.isHidden()
    mail = NewMail("c1", "admin@contoso.com", "Quarantine", "Nothing is sent.\n")
    now = services.notifications._clock.now()
    loop.run(services.worker.run(tell, "c1", Told(), Told("x", ""), [mail], now))
    loop.run(services.notifications.send_due())
    loop.until(lambda: outbox.reason.text() == "No mail server is set.")
    assert "failed, attempts: 1" in outbox.list.item(0).text()
    fill(page, server.port, qtbot)
    qtbot.mouseClick(page.mail.save_button, LEFT)
    loop.until(lambda: result(page) == "The mail settings were saved.")
    qtbot.mouseClick(outbox.retry_button, LEFT)
    loop.until(outbox.isHidden)
    assert [one.rcpt_tos for one in server.handler.mails] == [["admin@contoso.com"]]


def test_mail_that_waits_is_thrown_away(page: SettingsPage, services, loop, qtbot) -> None:
    mail = NewMail("c1", "admin@contoso.com", "Quarantine", "Nothing is sent.\n")
    now = services.notifications._clock.now()
    loop.run(services.worker.run(tell, "c1", Told(), Told("x", ""), [mail], now))
    loop.run(services.notifications.send_due())
    loop.until(lambda: page.mail.outbox.reason.text())
    qtbot.mouseClick(page.mail.outbox.discard_button, LEFT)
    loop.until(page.mail.outbox.isHidden)
    assert loop.run(services.notifications.outbox()) == ()
