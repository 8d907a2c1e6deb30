"""Provision on demand: pick, try, do, and do again."""

import pytest
from PySide6.QtCore import Qt

from looop_gui.model.provisioning_log import ProvisioningAction, ProvisioningStatus
from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.on_demand.page import OnDemandPage

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(demo, window: MainWindow, loop) -> OnDemandPage:
    window.show_page("on_demand")
    page = window.page
    assert isinstance(page, OnDemandPage)
    loop.until(lambda: page.found.count() > 0)
    return page


def pick_in_scope(page: OnDemandPage, demo, services, loop) -> str:
    from looop_gui.services.roster import read_roster

    roster = loop.run(read_roster(services, demo.id))
    one = next(row.entry for row in roster.rows if row.in_scope)
    page.show_argument(one.id)
    loop.until(lambda: page.chosen is not None and page.chosen.id == one.id)
    return one.id


def test_nothing_is_done_before_somebody_is_picked(page: OnDemandPage) -> None:
    assert not page.provision_button.isEnabled()
    assert not page.try_button.isEnabled()
    assert page.empty.isVisible()


def test_searching_finds_people(page: OnDemandPage, loop, qtbot) -> None:
    name = page.found.item(0).text()
    qtbot.keyClicks(page.search, name)
    loop.until(lambda: 0 < page.found.count() <= 3)
    qtbot.mouseClick(
        page.found.viewport(), LEFT, pos=page.found.visualItemRect(page.found.item(0)).center()
    )
    assert page.chosen.display_name == name


def test_trying_writes_nothing(page, demo, services, loop, qtbot) -> None:
    pick_in_scope(page, demo, services, loop)
    qtbot.mouseClick(page.try_button, LEFT)
    loop.until(lambda: page.entry is not None)
    assert page.entry.action is ProvisioningAction.CREATE
    assert "Nothing was written" in page.outcome.text()
    assert page.view.properties.rowCount() > 0
    assert loop.run(services.tenants.info(demo.id)).users == 0


def test_provisioning_creates_and_the_second_time_finds_nothing_to_do(
    page, demo, services, loop, qtbot
) -> None:
    pick_in_scope(page, demo, services, loop)
    qtbot.mouseClick(page.provision_button, LEFT)
    loop.until(lambda: page.entry is not None)
    assert page.status_badge.word == "Success"
    assert loop.run(services.tenants.info(demo.id)).users == 1
    first = page.entry
    loop.until(page.provision_button.isEnabled)
    qtbot.mouseClick(page.provision_button, LEFT)
    loop.until(lambda: page.entry is not first)
    assert page.entry.status is ProvisioningStatus.SKIPPED
    assert loop.run(services.tenants.info(demo.id)).users == 1


def test_a_tenant_that_does_not_answer_is_explained(page, demo, services, loop, qtbot) -> None:
    pick_in_scope(page, demo, services, loop)
    loop.run(services.tenants.stop(demo.id))
    qtbot.mouseClick(page.try_button, LEFT)
    loop.until(lambda: page.banner.isVisible() or page.entry is not None)
    said = page.banner.accessibleName() or page.outcome.text()
    assert said
    loop.until(page.try_button.isEnabled)
