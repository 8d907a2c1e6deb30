"""The demo tenant's admin console: the token, who has arrived, faults and quirks."""

import pytest
from PySide6.QtCore import QPoint, Qt

from looop_gui.model.job import CycleState
from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.tenant.page import TenantPage

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(synced, window: MainWindow, loop) -> TenantPage:
    window.show_page("tenant")
    page = window.page
    assert isinstance(page, TenantPage)
    loop.until(lambda: page.integration.endpoint.text)
    return page


def test_the_endpoint_is_that_of_the_connection(page: TenantPage, synced) -> None:
    assert page.integration.endpoint.text == synced.target.tenant_url
    assert page.integration.token.isHidden()


def test_a_reset_token_is_shown_once_and_the_old_one_refused(
    page: TenantPage, synced, services, loop, qtbot, window: MainWindow
) -> None:
    qtbot.mouseClick(page.integration.reset_button, LEFT)
    loop.until(lambda: page.integration.token.text)
    token = page.integration.token.text
    refused = loop.run(services.provisioning.run_cycle(synced.id))
    assert refused.state is CycleState.FAILED
    assert "refused" in refused.sentence
    qtbot.mouseClick(page.integration.use_button, LEFT)
    loop.until(page.banner.isVisible)
    assert loop.run(services.connections.token(synced.id)).reveal() == token
    assert loop.run(services.provisioning.run_cycle(synced.id)).state is CycleState.SUCCEEDED
    window.show_page("overview")
    window.show_page("tenant")
    assert page.integration.token.isHidden()
    assert page.integration.token.text == ""


def test_arrived_users_are_listed_with_their_attributes(page: TenantPage, loop, qtbot) -> None:
    page.tabs.setCurrentWidget(page.users)
    loop.until(lambda: page.users.model.rowCount() > 0)
    row = page.users.model.row_at(0)
    page.users.table.selectRow(0)
    loop.until(page.users.inspector.isVisible)
    assert ("userName", row.user_name) in page.users.facts.values
    assert page.tabs.tabText(1) == f"Users ({page.users.model.rowCount()})"


def test_users_are_searched(page: TenantPage, loop, qtbot) -> None:
    page.tabs.setCurrentWidget(page.users)
    loop.until(lambda: page.users.model.rowCount() > 1)
    name = page.users.model.row_at(1).user_name
    qtbot.keyClicks(page.users.search, name)
    loop.until(lambda: page.users.model.rowCount() == 1)
    assert page.users.model.row_at(0).user_name == name


def test_groups_have_members(page: TenantPage, loop) -> None:
    page.tabs.setCurrentWidget(page.groups)
    loop.until(lambda: page.groups.model.rowCount() > 0)
    page.groups.table.selectRow(0)
    loop.until(lambda: any(name.startswith("members") for name, _ in page.groups.facts.values))
    assert page.groups.table.isColumnHidden(1)


def test_a_fault_is_switched_on_and_off(page: TenantPage, synced, services, loop, qtbot) -> None:
    page.tabs.setCurrentWidget(page.switches)
    loop.until(lambda: "latency" in page.switches.faults)
    row = page.switches.faults["latency"]
    row.setting.setText("latency=1ms")
    qtbot.mouseClick(row.box, LEFT, pos=QPoint(12, row.box.height() // 2))
    loop.until(lambda: page.tabs.tabText(3) == "Faults and quirks (1 on)")
    assert row.box.isChecked()
    faults = loop.run(services.tenants.faults(synced.id))
    assert [fault.setting for fault in faults if fault.on] == ["latency=1ms"]
    row.box.click()
    loop.until(lambda: page.tabs.tabText(3) == "Faults and quirks")


def test_a_setting_that_is_not_one_is_said(page: TenantPage, loop) -> None:
    page.tabs.setCurrentWidget(page.switches)
    loop.until(lambda: "latency" in page.switches.faults)
    row = page.switches.faults["latency"]
    row.setting.setText("latency=soon")
    row.box.click()
    loop.until(page.banner.isVisible)
    loop.until(lambda: not row.box.isChecked())


def test_a_stopped_tenant_can_be_started(page: TenantPage, synced, services, loop, qtbot) -> None:
    loop.run(services.tenants.stop(synced.id))
    loop.until(page.stopped.isVisible)
    qtbot.mouseClick(page.stopped.button, LEFT)
    loop.until(page.tabs.isVisible)
    users = loop.run(services.tenants.info(synced.id)).users
    assert users > 0
