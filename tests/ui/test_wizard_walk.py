"""The wizard as a newcomer walks it in demo mode, by mouse and keys, into a tenant over HTTP."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from looop_gui.model.connection import (
    Application,
    Connection,
    ConnectionSettings,
    SourceSettings,
    SourceType,
    TenantConnection,
    TokenStorage,
)
from looop_gui.model.errors import CredentialsError
from looop_gui.model.job import CycleState
from looop_gui.services.events import DraftsChanged
from looop_gui.setup.draft import SetupStep
from looop_gui.setup.steps import StepState
from looop_gui.ui.desk import Desk
from looop_gui.ui.setup_wizard import make_wizard, prepare_draft
from looop_gui.ui.wizard.pages.credentials import CredentialsPage
from looop_gui.ui.wizard.pages.notification import NotificationPage
from looop_gui.ui.wizard.pages.preparation import PreparationPage
from looop_gui.ui.wizard.pages.review import ReviewPage
from looop_gui.ui.wizard.pages.source import SourcePage
from looop_gui.ui.wizard.pages.welcome import WelcomePage
from looop_gui.ui.wizard.token_storage import TokenStoragePicker
from looop_gui.ui.wizard.wizard import SetupWizard

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def wizard(desk: Desk, loop, qtbot: QtBot) -> Iterator[SetupWizard]:
    opened = make_wizard(desk, loop.run(prepare_draft(desk.services)))
    qtbot.addWidget(opened)
    opened.resize(1100, 720)
    opened.show()
    yield opened
    opened.close()


def click(qtbot: QtBot, widget: QWidget) -> None:
    assert widget.isEnabled(), widget.toolTip()
    qtbot.mouseClick(widget, LEFT)


def go_on(qtbot: QtBot, wizard: SetupWizard, step: SetupStep) -> QWidget:
    click(qtbot, wizard.foot.next)
    assert wizard.session.draft.step is step
    return wizard.page


def test_a_newcomer_walks_the_demo_to_a_synced_tenant(
    wizard: SetupWizard, desk: Desk, loop, qtbot: QtBot
) -> None:
    page = go_on(qtbot, wizard, SetupStep.PREPARATION)
    assert isinstance(page, PreparationPage)
    loop.until(lambda: page.demo.reset.isEnabled())
    former = page.demo.token.text
    click(qtbot, page.demo.reset)
    loop.until(lambda: page.demo.reset.isEnabled())
    token = page.demo.token.text
    assert token != former

    page = go_on(qtbot, wizard, SetupStep.CREDENTIALS)
    assert isinstance(page, CredentialsPage)
    assert page.url.text().startswith("http://127.0.0.1")
    assert page.token.text() == token
    assert page.token.echoMode() is page.token.EchoMode.Password
    loop.until(lambda: page.storage.sentence.text())
    click(qtbot, page.checks.test)
    loop.until(lambda: wizard.session.draft.tested_url)
    identifiers = [item.identifier for item in page.checks.checklist.items]
    assert identifiers == [
        "url",
        "name",
        "connection",
        "certificate",
        "authentication",
        "users",
        "groups",
        "discovery",
    ]

    page = go_on(qtbot, wizard, SetupStep.NOTIFICATION)
    assert isinstance(page, NotificationPage)
    click(qtbot, page.send)
    assert not wizard.foot.next.isEnabled()
    assert "address" in wizard.foot.reason.text()
    qtbot.keyClicks(page.email, "it@example.org")
    assert wizard.foot.next.isEnabled()

    page = go_on(qtbot, wizard, SetupStep.SOURCE)
    assert isinstance(page, SourcePage)
    loop.until(lambda: wizard.session.facts.users == 200)
    go_on(qtbot, wizard, SetupStep.USER_MAPPINGS)
    go_on(qtbot, wizard, SetupStep.GROUP_MAPPINGS)
    go_on(qtbot, wizard, SetupStep.SCOPE)
    page = go_on(qtbot, wizard, SetupStep.REVIEW)
    assert isinstance(page, ReviewPage)
    loop.until(lambda: page.forecast is not None)
    promised = page.forecast.users.created
    assert f"Create {promised} people" in page.forecast_words.text()

    click(qtbot, wizard.foot.next)
    loop.until(lambda: wizard.live is not None and wizard.live.job is not None)
    loop.until(lambda: wizard.live.job.last_cycle is not None)
    cycle = wizard.live.job.last_cycle
    assert cycle.state is CycleState.SUCCEEDED
    assert cycle.users.created == promised
    tenant = loop.run(desk.services.tenants.users(wizard.session.draft.id, "", 0, 10))
    assert tenant.total == promised
    connection = loop.run(desk.services.connections.get(wizard.session.draft.id))
    assert connection.settings.provisioning_on
    assert connection.settings.notification_email == "it@example.org"
    assert connection.settings.send_failure_notification
    assert loop.run(desk.services.connections.drafts()) == ()
    loop.until(lambda: wizard.live.log.model.rowCount() > 0)
    assert wizard.live.run.isEnabled()
    assert "40:00" in wizard.live.next_cycle.text() or "39:" in wizard.live.next_cycle.text()


def test_back_loses_nothing_and_closing_keeps_a_draft(
    wizard: SetupWizard, desk: Desk, loop, qtbot: QtBot
) -> None:
    page = wizard.page
    assert isinstance(page, WelcomePage)
    click(qtbot, page.cards[Application.LOOOP].radio)
    page.name.clear()
    qtbot.keyClicks(page.name, "Looop Berlin")
    go_on(qtbot, wizard, SetupStep.PREPARATION)
    page = go_on(qtbot, wizard, SetupStep.CREDENTIALS)
    assert isinstance(page, CredentialsPage)
    assert not wizard.foot.next.isEnabled()
    qtbot.keyClicks(page.url, "acme.looop.co/scim/v2/Users")
    qtbot.keyClicks(page.token, "secret-token-1")
    click(qtbot, wizard.foot.back)
    page = go_on(qtbot, wizard, SetupStep.CREDENTIALS)
    assert page.url.text() == "acme.looop.co/scim/v2/Users"
    assert page.token.text() == "secret-token-1"
    assert wizard.session.draft.target.tenant_url == "https://acme.looop.co/scim/v2"
    assert "https:// was added" in page.url_note.text()

    kept_drafts: list[DraftsChanged] = []
    desk.services.events.subscribe(DraftsChanged, kept_drafts.append)
    with qtbot.waitSignal(wizard.closed):
        click(qtbot, wizard.foot.close_button)
    loop.until(lambda: kept_drafts)
    wizard.session.change(replace(wizard.session.draft, name="Too late"))
    wizard.session._keep.timeout.emit()
    loop.until(lambda: not wizard.session._tasks.busy)
    (kept,) = loop.run(desk.services.connections.drafts())
    assert (kept.name, kept.application) == ("Looop Berlin", Application.LOOOP)
    assert kept.step is SetupStep.CREDENTIALS
    assert "secret-token-1" not in kept.to_json()

    again = make_wizard(desk, loop.run(prepare_draft(desk.services, kept.id)))
    qtbot.addWidget(again)
    again.show()
    assert isinstance(again.page, CredentialsPage)
    assert again.page.url.text() == "acme.looop.co/scim/v2/Users"
    assert "Enter the Secret Token" in again.foot.reason.text()
    banner = again.page.banner
    assert "what you entered before" in banner.sentence
    click(qtbot, banner._button)
    loop.until(lambda: isinstance(again.page, WelcomePage))
    assert again.session.draft.name == "Looop"
    assert again.session.draft.url_text == ""
    assert loop.run(desk.services.connections.drafts()) == ()


def test_what_is_discarded_is_not_kept_once_more_meanwhile(
    wizard: SetupWizard, desk: Desk, loop, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    wizard.page.name.clear()
    qtbot.keyClicks(wizard.page.name, "Looop Berlin")
    session = wizard.session
    connections = desk.services.connections
    discard = connections.discard_draft
    begun: list[bool] = []

    async def discard_slowly(draft_id: str) -> None:
        await discard(draft_id)
        session._keep.timeout.emit()

    monkeypatch.setattr(type(connections), "discard_draft", lambda _, key: discard_slowly(key))
    session.start_over(lambda: begun.append(True))
    loop.until(lambda: begun and not session._tasks.busy)
    assert loop.run(connections.drafts()) == ()


def test_a_wrong_url_is_told_beside_the_field_once_it_is_certain(
    wizard: SetupWizard, qtbot: QtBot
) -> None:
    click(qtbot, wizard.page.cards[Application.LOOOP].radio)
    go_on(qtbot, wizard, SetupStep.PREPARATION)
    page = go_on(qtbot, wizard, SetupStep.CREDENTIALS)
    qtbot.keyClicks(page.url, "http://acme.looop.co/scim/v2")
    assert page.url_problem.isHidden()
    qtbot.keyClick(page.url, Qt.Key.Key_Tab)
    assert "Plain http is refused" in page.url_problem.text()
    assert not page.url_problem.isHidden()
    assert "Plain http is refused" in wizard.foot.reason.text()
    assert not wizard.foot.next.isEnabled()


def test_the_list_of_steps_says_where_one_is(wizard: SetupWizard, loop, qtbot: QtBot) -> None:
    go_on(qtbot, wizard, SetupStep.PREPARATION)
    steps = wizard.steps
    assert steps.state_text(SetupStep.WELCOME) == f"Application, {StepState.DONE.value}"
    assert steps.state_text(SetupStep.PREPARATION).endswith(StepState.CURRENT.value)
    assert not steps.button_of(SetupStep.SCOPE).isEnabled()
    click(qtbot, steps.button_of(SetupStep.WELCOME))
    assert isinstance(wizard.page, WelcomePage)


def test_a_refused_token_fails_the_checklist_and_blocks_saving(
    wizard: SetupWizard, loop, qtbot: QtBot
) -> None:
    page = go_on(qtbot, wizard, SetupStep.PREPARATION)
    loop.until(lambda: page.demo.reset.isEnabled())
    page = go_on(qtbot, wizard, SetupStep.CREDENTIALS)
    page.token.clear()
    qtbot.keyClicks(page.token, "not-the-token")
    click(qtbot, page.checks.test)
    loop.until(lambda: "does not work" in page.checks.verdict.text())
    failed = [i for i in page.checks.checklist.items if i.state == "failed"]
    assert [item.identifier for item in failed] == ["authentication"]
    assert "Reset Token" in failed[0].next_step
    go_on(qtbot, wizard, SetupStep.NOTIFICATION)
    status = wizard.steps.state_text(SetupStep.CREDENTIALS)
    assert status.endswith(StepState.NEEDS_ATTENTION.value)


def test_the_settings_of_a_saved_connection_are_gone_through_again(
    desk: Desk, loop, qtbot: QtBot
) -> None:
    services = desk.services
    tenant = loop.run(services.tenants.start("c1"))
    saved = Connection(
        "c1",
        "Demo",
        Application.DEMO,
        TenantConnection(tenant.scim_endpoint, TokenStorage.MEMORY),
        SourceSettings(SourceType.DEMO, users=30),
        ConnectionSettings(notification_email="it@example.org"),
    )
    loop.run(services.connections.create(saved, tenant.token.reveal()))
    wizard = make_wizard(desk, loop.run(prepare_draft(services, "c1")))
    qtbot.addWidget(wizard)
    wizard.show()
    loop.until(lambda: wizard.session.facts.has_token)
    assert isinstance(wizard.page, CredentialsPage)
    assert wizard.page.url.text() == tenant.scim_endpoint
    assert wizard.page.token.text() == tenant.token.reveal()
    page = go_on(qtbot, wizard, SetupStep.NOTIFICATION)
    page.email.selectAll()
    qtbot.keyClicks(page.email, "ops@example.org")
    go_on(qtbot, wizard, SetupStep.SOURCE)
    loop.until(lambda: wizard.session.facts.users)
    click(qtbot, wizard.steps.button_of(SetupStep.REVIEW))
    page = wizard.page
    assert isinstance(page, ReviewPage)
    loop.until(lambda: page.forecast is not None)
    assert not page.provisioning_on
    assert wizard.foot.next.text() == "Save"
    click(qtbot, wizard.foot.next)
    loop.until(lambda: wizard.live is not None)
    connection = loop.run(services.connections.get("c1"))
    assert connection.settings.notification_email == "ops@example.org"
    assert not connection.settings.provisioning_on
    version, _before = loop.run(services.mappings.versions("c1"))
    changed = "Settings: Notification Email, it@example.org -> ops@example.org"
    assert (version.comment, version.changes) == ("Saved by the wizard", (changed,))
    assert loop.run(services.connections.token("c1")) == tenant.token
    wizard.close()


def test_the_token_goes_along_when_it_is_to_be_kept_elsewhere(
    desk: Desk, loop, qtbot: QtBot
) -> None:
    services = desk.services
    tenant = loop.run(services.tenants.start("c1"))
    saved = Connection(
        "c1",
        "Demo",
        Application.DEMO,
        TenantConnection(tenant.scim_endpoint, TokenStorage.MEMORY),
        SourceSettings(SourceType.DEMO, users=30),
    )
    created = loop.run(services.connections.create(saved, tenant.token.reveal()))
    wizard = make_wizard(desk, loop.run(prepare_draft(services, "c1")))
    qtbot.addWidget(wizard)
    wizard.show()
    loop.until(lambda: wizard.session.facts.has_token)
    page = wizard.page
    assert isinstance(page, CredentialsPage)
    picker = page.findChild(TokenStoragePicker)
    loop.until(picker.choice.count)
    place = picker.choice.findData(TokenStorage.ENCRYPTED_FILE)
    picker.choice.setCurrentIndex(place)
    picker.choice.activated.emit(place)
    qtbot.keyClicks(picker.passphrase, "correct horse")
    go_on(qtbot, wizard, SetupStep.NOTIFICATION)
    go_on(qtbot, wizard, SetupStep.SOURCE)
    loop.until(lambda: wizard.session.facts.users)
    click(qtbot, wizard.steps.button_of(SetupStep.REVIEW))
    loop.until(lambda: wizard.page.forecast is not None)
    click(qtbot, wizard.foot.next)
    loop.until(lambda: wizard.live is not None)
    stored = loop.run(services.connections.get("c1"))
    assert stored.target.token_storage is TokenStorage.ENCRYPTED_FILE
    assert loop.run(services.connections.token("c1")) == tenant.token
    with pytest.raises(CredentialsError):
        loop.run(services.connections.token_of(created))
    wizard.close()


def test_an_edit_in_the_wizard_is_undone_by_the_keys_everybody_knows(
    wizard: SetupWizard, loop, qtbot: QtBot
) -> None:
    wizard.session.change(wizard.session.draft.at(SetupStep.NOTIFICATION))
    wizard._enter(SetupStep.NOTIFICATION)
    page = wizard.page
    click(qtbot, page.guard)
    assert not wizard.session.document.settings.prevent_accidental_deletion
    qtbot.keyClick(wizard, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert wizard.session.document.settings.prevent_accidental_deletion
    assert page.guard.isChecked()


def test_the_keyboard_alone_goes_on_and_back(wizard: SetupWizard, qtbot: QtBot) -> None:
    alt = Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(wizard, Qt.Key.Key_Right, alt)
    assert wizard.session.draft.step is SetupStep.PREPARATION
    qtbot.keyClick(wizard, Qt.Key.Key_Left, alt)
    assert wizard.session.draft.step is SetupStep.WELCOME
    name = wizard.page.name
    name.clear()
    qtbot.keyClick(wizard, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert wizard.session.draft.step is SetupStep.PREPARATION


def test_another_application_starts_with_its_own_credentials_and_mappings(
    wizard: SetupWizard, loop, qtbot: QtBot
) -> None:
    page = go_on(qtbot, wizard, SetupStep.PREPARATION)
    loop.until(page.demo.reset.isEnabled)
    endpoint, token = page.demo.endpoint.text, page.demo.token.text
    wizard.go_to(SetupStep.USER_MAPPINGS)
    assert len(wizard.page.editor.model.rows) == 9
    wizard.go_to(SetupStep.WELCOME)
    click(qtbot, wizard.page.cards[Application.GENERIC].radio)
    assert not wizard.session.token
    wizard.go_to(SetupStep.CREDENTIALS)
    assert (wizard.page.url.text(), wizard.page.token.text()) == ("", "")
    wizard.go_to(SetupStep.USER_MAPPINGS)
    assert len(wizard.page.editor.model.rows) > 15
    wizard.go_to(SetupStep.WELCOME)
    click(qtbot, wizard.page.cards[Application.DEMO].radio)
    wizard.go_to(SetupStep.PREPARATION)
    wizard.go_to(SetupStep.CREDENTIALS)
    assert wizard.page.url.text() == endpoint
    assert wizard.page.token.text() == token
