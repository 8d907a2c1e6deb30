"""The settings: change, save, undo, replace the token, test, delete."""

import certifi
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel

from looop_gui.model.connection import Dialect, MatchingStrategy, RequestLimits
from looop_gui.model.errors import ConfigurationError
from looop_gui.model.scope import ProvisioningScope
from looop_gui.ui.gallery.page import GalleryPage
from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.settings.page import SettingsPage
from looop_gui.ui.widgets.checklist import CheckState
from looop_gui.ui.widgets.confirm import ConfirmDialog
from looop_gui.ui.wizard.wizard import SetupWizard

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(demo, window: MainWindow, loop) -> SettingsPage:
    window.show_page("settings")
    page = window.page
    assert isinstance(page, SettingsPage)
    loop.until(lambda: page.identity.name.text())
    return page


def save(page: SettingsPage, services, demo, loop, qtbot):
    assert page.save_button.isEnabled()
    qtbot.mouseClick(page.save_button, LEFT)
    loop.until(lambda: not page.save_button.isEnabled())
    return loop.run(services.connections.get(demo.id))


def test_nothing_to_save_at_first(page: SettingsPage) -> None:
    assert not page.save_button.isEnabled()
    assert page.header.sentence == "Everything is saved."


def test_every_group_saves_its_part(page: SettingsPage, demo, services, loop, qtbot) -> None:
    page.identity.name.setText("Contoso")
    page.identity.production.setChecked(True)
    page.identity.colour.setCurrentIndex(page.identity.colour.findData("danger"))
    page.notification.email.setText("it@example.org")
    page.notification.send.setChecked(True)
    page.scope.all.setChecked(True)
    page.scope.threshold.setValue(77)
    page.pace.interval.setValue(15)
    page.pace.rate.setValue(99)
    page.pace.limits.setCurrentIndex(page.pace.limits.findData(RequestLimits.SLACK))
    page.behaviour.box("exclude_default_access").setChecked(True)
    dialect = page.credentials.dialect
    dialect.setCurrentIndex(dialect.findData(Dialect.ENTRA_COMPLIANT))
    saved = save(page, services, demo, loop, qtbot)
    assert (saved.name, saved.production, saved.colour) == ("Contoso", True, "danger")
    assert saved.settings.notification_email == "it@example.org"
    assert saved.settings.send_failure_notification
    assert saved.settings.scope is ProvisioningScope.ALL
    assert saved.settings.deletion_threshold == 77
    assert (saved.settings.interval_minutes, saved.settings.requests_per_second) == (15, 99.0)
    assert saved.settings.request_limits is RequestLimits.SLACK
    assert saved.settings.exclude_default_access
    assert saved.target.dialect is Dialect.ENTRA_COMPLIANT


def test_a_save_is_undone(page, window: MainWindow, demo, services, loop, qtbot) -> None:
    page.pace.interval.setValue(15)
    save(page, services, demo, loop, qtbot)
    loop.until(window.toast.isVisible)
    qtbot.mouseClick(window.toast._button, LEFT)
    loop.until(
        lambda: (
            page.pace.interval.value() == demo.settings.interval_minutes
            and page.header.sentence == "Everything is saved."
        )
    )
    saved = loop.run(services.connections.get(demo.id))
    assert saved.settings.interval_minutes == demo.settings.interval_minutes


def test_changes_are_discarded(page: SettingsPage, demo, qtbot) -> None:
    page.identity.name.setText("Other")
    assert page.discard_button.isVisible()
    qtbot.mouseClick(page.discard_button, LEFT)
    assert page.identity.name.text() == demo.name


@pytest.mark.parametrize("address", ["it", "@example.org", "it@"])
def test_a_wrong_address_is_said_beside_its_field(page: SettingsPage, address: str) -> None:
    page.notification.email.setText(address)
    assert not page.save_button.isEnabled()
    assert page.notification._field.problem.text() == "This is not a mail address."
    page.notification.email.setText("it@example.org")
    assert page.save_button.isEnabled()
    assert page.notification._field.problem.isHidden()


def test_mail_without_an_address_is_said(page: SettingsPage) -> None:
    page.notification.send.setChecked(True)
    assert "address" in page.save_button.toolTip()


def test_a_url_that_cannot_be_is_said(page: SettingsPage) -> None:
    page.credentials.url.setText("ftp://nowhere")
    assert not page.save_button.isEnabled()
    assert page.credentials._url_field.problem.text()


def test_authority_proxy_and_matching_are_saved(page, demo, services, loop, qtbot) -> None:
    network, matching = page.credentials.network, page.pace.matching
    qtbot.keyClicks(network.ca_file, certifi.where())
    qtbot.keyClicks(network.proxy, "http://proxy.example.org:3128")
    qtbot.keyClick(matching, Qt.Key.Key_End)
    saved = save(page, services, demo, loop, qtbot)
    assert saved.target.ca_file == certifi.where()
    assert saved.target.proxy == "http://proxy.example.org:3128"
    assert saved.settings.matching is MatchingStrategy.FILTER


def test_the_chosen_authority_and_proxy_are_tested_before_they_are_saved(
    page, services, loop, qtbot, monkeypatch
) -> None:
    tested = []
    run = services.connection_test.run

    async def watch(target, *arguments):
        tested.append((target.ca_file, target.proxy))
        return await run(target, *arguments)

    monkeypatch.setattr(type(services.connection_test), "run", lambda _self, *a: watch(*a))
    qtbot.mouseClick(page.credentials.network.choose_button, LEFT)
    dialog = page.findChild(QFileDialog)
    dialog.fileSelected.emit(certifi.where())
    dialog.reject()
    qtbot.keyClicks(page.credentials.network.proxy, "proxy.example.org:3128")
    qtbot.mouseClick(page.credentials.test_button, LEFT)
    loop.until(page.credentials.result.isVisible)
    assert tested == [(certifi.where(), "proxy.example.org:3128")]


def test_an_authority_that_cannot_be_used_is_said_beside_its_field(page, tmp_path, qtbot) -> None:
    network = page.credentials.network
    problem = network._ca_field.problem
    network.ca_file.setText(str(tmp_path / "none.pem"))
    assert problem.text() == "There is no such file."
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("Good morning")
    network.ca_file.setText(str(wrong))
    assert problem.text().startswith("This is not a PEM file")
    network.ca_file.setText("wrong.pem")
    assert problem.text() == "Give the whole path of the file."
    assert not page.save_button.isEnabled()
    network.ca_file.clear()
    assert problem.isHidden()


@pytest.mark.parametrize(
    "proxy", ["socks5://proxy:1080", "http://", "http://proxy:port", "http://[", "a b", "a/b"]
)
def test_a_proxy_that_cannot_be_is_said_beside_its_field(page, proxy: str) -> None:
    page.credentials.network.proxy.setText(proxy)
    assert "proxy" in page.credentials.network._proxy_field.problem.text()
    assert not page.save_button.isEnabled()


def test_an_empty_name_is_said(page: SettingsPage) -> None:
    page.identity.name.clear()
    assert page.save_button.toolTip() == "Give the connection a name."


def test_the_connection_is_tested_as_it_stands_in_the_form(page, loop, qtbot) -> None:
    qtbot.mouseClick(page.credentials.test_button, LEFT)
    loop.until(page.credentials.result.isVisible)
    assert page.credentials.result.sentence == "The connection works."
    states = {item.identifier: item.state for item in page.credentials.checks.items}
    assert states["authentication"] is CheckState.PASSED


def test_a_replaced_token_counts_at_once(page, demo, services, loop, qtbot) -> None:
    token = loop.run(services.tenants.reset_token(demo.id)).reveal()
    qtbot.mouseClick(page.credentials.test_button, LEFT)
    loop.until(page.credentials.result.isVisible)
    assert page.credentials.result.sentence == "The connection does not work."
    qtbot.keyClicks(page.credentials.token, token)
    qtbot.mouseClick(page.credentials.replace_button, LEFT)
    loop.until(lambda: page.credentials.result.sentence == "The token was replaced.")
    assert page.credentials.token.text() == ""
    assert loop.run(services.connections.token(demo.id)).reveal() == token


def dialog_of(page: SettingsPage) -> ConfirmDialog:
    return next(one for one in page.findChildren(QDialog) if isinstance(one, ConfirmDialog))


def test_a_token_of_the_environment_is_not_typed_here(page, demo, services, loop) -> None:
    loop.run(services.connections.read_token_from(demo.id, "LOOOP_TOKEN"))
    loop.until(lambda: not page.credentials.token.isEnabled())
    hints = [label.text() for label in page.credentials.findChildren(QLabel)]
    assert "Read from the environment variable LOOOP_TOKEN; set another token there." in hints


def test_deleting_asks_and_cancel_keeps(page, demo, services, loop, qtbot) -> None:
    qtbot.mouseClick(page.delete_button, LEFT)
    dialog = dialog_of(page)
    assert dialog.isVisible()
    qtbot.mouseClick(dialog.cancel_button, LEFT)
    assert loop.run(services.connections.get(demo.id)).id == demo.id


def test_a_production_connection_is_deleted_by_typing_its_name(
    page, window: MainWindow, demo, services, loop, qtbot
) -> None:
    page.identity.production.setChecked(True)
    save(page, services, demo, loop, qtbot)
    qtbot.mouseClick(page.delete_button, LEFT)
    dialog = dialog_of(page)
    assert not dialog.confirm_button.isEnabled()
    qtbot.keyClicks(dialog.name_field, demo.name)
    qtbot.mouseClick(dialog.confirm_button, LEFT)
    loop.until(lambda: isinstance(window.page, GalleryPage))
    with pytest.raises(ConfigurationError):
        loop.run(services.connections.get(demo.id))


def test_the_set_up_is_opened_again_with_everything_filled_in(
    page, window: MainWindow, demo, loop, qtbot
) -> None:
    qtbot.mouseClick(page.again_button, LEFT)
    loop.until(lambda: isinstance(window.page, SetupWizard))
    assert window.page.session.draft.existing
    assert window.page.session.draft.url_text == demo.target.tenant_url


def test_further_guards_are_saved(page: SettingsPage, demo, services, loop, qtbot) -> None:
    limits = {
        "limit_disables": 10,
        "limit_deletes": 5,
        "limit_departures_percent": 20,
        "limit_source_shrink_percent": 15,
        "limit_creates": 100,
        "limit_renames": 25,
        "limit_members_removed": 50,
        "limit_disables_percent": 11,
        "limit_deletes_percent": 6,
        "limit_creates_percent": 90,
        "limit_renames_percent": 26,
        "limit_members_removed_percent": 51,
    }
    assert page.guards.limit("limit_renames").text() == "No limit"
    for name, value in limits.items():
        field = page.guards.limit(name)
        field.selectAll()
        qtbot.keyClicks(field, str(value))
    page.guards.duplicates.click()

    saved = save(page, services, demo, loop, qtbot)

    assert {name: getattr(saved.settings, name) for name in limits} == limits
    assert saved.settings.stop_on_duplicates
