"""The provisioning log: find an entry, read why, see what was sent, copy it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from looop_gui.model.provisioning_log import ProvisioningAction, ProvisioningStatus
from looop_gui.ui.desk import Desk
from looop_gui.ui.log_entry.http_text import as_curl
from looop_gui.ui.provisioning_log.log_cells import NAME, STATUS
from looop_gui.ui.provisioning_log.log_view import ProvisioningLogView

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(desk: Desk, demo, qtbot) -> ProvisioningLogView:
    view = ProvisioningLogView(desk, demo.id)
    qtbot.addWidget(view)
    view.resize(1200, 700)
    view.show()
    return view


def texts(view: ProvisioningLogView, column: int) -> list[str]:
    model = view.model
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]


def click_row(view: ProvisioningLogView, qtbot, row: int) -> None:
    rectangle = view.table.visualRect(view.model.index(row, NAME))
    qtbot.mouseClick(view.table.viewport(), LEFT, pos=rectangle.center())


def test_an_empty_log_says_what_will_be_here(view: ProvisioningLogView, loop) -> None:
    loop.until(lambda: view._stack.currentWidget() is view.empty)
    assert view.model.rowCount() == 0


def test_entries_appear_while_the_cycle_runs(view, demo, services, loop) -> None:
    cycle = loop.run(services.provisioning.run_cycle(demo.id))
    total = sum(
        getattr(cycle.users, name) + getattr(cycle.groups, name) for name in ("created", "skipped")
    )
    loop.until(lambda: view.model.rowCount() >= total)
    assert view.follow_button.text() == "Following"


def test_a_status_chip_narrows_and_widens(synced, view, loop, qtbot) -> None:
    loop.until(lambda: view.model.rowCount() > 0)
    everything = view.model.rowCount()
    chip = view.filters.status_chips[ProvisioningStatus.SKIPPED]
    qtbot.mouseClick(chip, LEFT)
    loop.until(lambda: 0 < view.model.rowCount() < everything)
    assert set(texts(view, STATUS)) == {"Skipped"}
    qtbot.mouseClick(view.filters.clear_button, LEFT)
    loop.until(lambda: view.model.rowCount() == everything)


def test_an_action_is_chosen_from_its_menu(synced, view, loop) -> None:
    loop.until(lambda: view.model.rowCount() > 0)
    view.filters._action_lines[ProvisioningAction.CREATE].trigger()
    loop.until(lambda: view.model.rowCount() > 0 and view.filters.action_chip.text() == "Create")
    assert view.filters.action_chip.isChecked()


def test_words_are_searched_by_their_beginning(synced, view, loop, qtbot) -> None:
    loop.until(lambda: view.model.rowCount() > 0)
    name = next(one for one in reversed(texts(view, NAME)) if one.isascii() and "Team" not in one)
    qtbot.keyClicks(view.filters.search, " ".join(word[:4] for word in name.split()))
    qtbot.keyClick(view.filters.search, Qt.Key.Key_Return)
    loop.until(lambda: name in texts(view, NAME) and view.model.rowCount() < 20)


def test_nothing_found_is_said(synced, view, loop, qtbot) -> None:
    loop.until(lambda: view.model.rowCount() > 0)
    qtbot.keyClicks(view.filters.search, "zzzzqq")
    qtbot.keyClick(view.filters.search, Qt.Key.Key_Return)
    loop.until(lambda: view._stack.currentWidget() is view.empty)
    assert "No entry matches" in view.empty._heading.text()


def test_an_entry_opens_with_steps_changes_http_and_history(synced, view, loop, qtbot) -> None:
    qtbot.mouseClick(view.filters.status_chips[ProvisioningStatus.SUCCESS], LEFT)
    loop.until(lambda: shows(view, ProvisioningStatus.SUCCESS))
    row = next(at for at, one in enumerate(texts(view, 2)) if one == "Create")
    view.table.selectRow(row)
    loop.until(lambda: view.inspector.entry is not None)
    entry = view.inspector.entry
    assert entry.steps
    assert entry.modified_properties
    tabs = view.inspector.tabs
    assert tabs.properties.rowCount() == len(entry.modified_properties)
    assert tabs.http.chooser.count() == len(entry.exchanges) > 0
    loop.until(lambda: view.inspector.history.count() >= 1)
    assert view.inspector.heading == entry.source_name


def test_a_request_is_copied_as_curl_without_the_token(synced, view, services, loop, qtbot) -> None:
    token = loop.run(services.connections.token(synced.id)).reveal()
    qtbot.mouseClick(view.filters.status_chips[ProvisioningStatus.SUCCESS], LEFT)
    loop.until(lambda: shows(view, ProvisioningStatus.SUCCESS))
    view.table.selectRow(0)
    loop.until(lambda: view.inspector.tabs.http.exchange is not None)
    view.inspector.tabs.http._copy(as_curl)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("curl --globoff --request")
    assert "$LOOOP_TOKEN" in copied
    assert token not in copied
    assert token not in view.inspector.tabs.http.request.toPlainText()


def test_a_failure_opens_with_its_troubleshooting(demo, view, services, loop, qtbot) -> None:
    loop.run(services.tenants.set_fault(demo.id, "disk-full=20"))
    loop.run(services.provisioning.run_cycle(demo.id))
    qtbot.mouseClick(view.filters.status_chips[ProvisioningStatus.FAILURE], LEFT)
    loop.until(lambda: shows(view, ProvisioningStatus.FAILURE))
    view.table.selectRow(0)
    loop.until(lambda: view.inspector.entry is not None)
    assert view.inspector.tabs.currentWidget() is view.inspector.tabs.troubleshooting


def test_selecting_holds_the_log_still_until_follow_is_pressed(
    synced, view, services, loop, qtbot
) -> None:
    loop.until(lambda: view.model.rowCount() > 0)
    click_row(view, qtbot, 3)
    assert view.follow_button.text() == "Follow"
    before = view.model.rowCount()
    loop.run(services.provisioning.restart(synced.id))
    loop.run(services.provisioning.run_cycle(synced.id))
    loop.until(lambda: "new" in view.follow_button.text())
    assert view.model.rowCount() == before
    qtbot.mouseClick(view.follow_button, LEFT)
    loop.until(lambda: view.model.rowCount() > before)
    assert view.follow_button.text() == "Following"
    assert view.inspector.isHidden()


def test_scrolling_away_stops_following_and_back_to_the_top_resumes(synced, view, loop) -> None:
    loop.until(lambda: view.table.verticalScrollBar().maximum() > 0)
    view.table.verticalScrollBar().setValue(30)
    assert not view.model.following
    view.table.verticalScrollBar().setValue(0)
    assert view.model.following


def shows(view, status: ProvisioningStatus) -> bool:
    """True once the filter has been answered: the first row has the status."""
    row = view.model.row_at(0) if view.model.rowCount() else None
    return row is not None and row.status is status
