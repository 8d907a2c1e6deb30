"""Filters, census, saved views, order and columns of the log, as a person uses them."""

import unicodedata
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt

from looop_gui.model.provisioning_log import LogOrder, ProvisioningStatus
from looop_gui.ui.desk import Desk
from looop_gui.ui.provisioning_log.filter_dialog import FilterDialog
from looop_gui.ui.provisioning_log.log_cells import (
    ACTION,
    CODE,
    DURATION,
    NAME,
    STATUS,
    SUMMARY,
    TIME,
)
from looop_gui.ui.provisioning_log.log_view import ProvisioningLogView
from looop_gui.ui.provisioning_log.view_dialog import ViewDialog

LEFT = Qt.MouseButton.LeftButton
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
ALT_SHIFT = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier


def open_view(desk: Desk, connection_id: str, qtbot) -> ProvisioningLogView:
    view = ProvisioningLogView(desk, connection_id)
    qtbot.addWidget(view)
    view.resize(1300, 700)
    view.show()
    view.activateWindow()
    view.setFocus()
    return view


@pytest.fixture
def view(desk: Desk, synced, qtbot, loop) -> ProvisioningLogView:
    view = open_view(desk, synced.id, qtbot)
    loop.until(lambda: view.model.rowCount() > 0 and view.isActiveWindow())
    return view


def rows(view: ProvisioningLogView) -> list:
    found = [view.model.row_at(at) for at in range(view.model.rowCount())]
    return [row for row in found if row is not None]


def statuses(view: ProvisioningLogView) -> set[ProvisioningStatus]:
    return {row.status for row in rows(view)}


def dialog_of(view: ProvisioningLogView, kind: type):
    return next(one for one in view.window().findChildren(kind) if one.isVisible())


def header_click(view: ProvisioningLogView, qtbot, column: int) -> None:
    header = view.table.horizontalHeader()
    place = header.rect().center()
    place.setX(header.sectionViewportPosition(column) + 20)
    qtbot.mouseClick(header.viewport(), LEFT, pos=place)


def test_more_filters_by_attribute_and_status_become_chips_that_go_again(view, loop, qtbot) -> None:
    everything = view.model.rowCount()
    qtbot.keyClick(view, Qt.Key.Key_F, CTRL_SHIFT)
    dialog = dialog_of(view, FilterDialog)
    loop.until(lambda: dialog.cycle.count() > 1)
    qtbot.keyClicks(dialog.attribute, "userName")
    qtbot.keyClicks(dialog.http_status, "201")
    dialog.cycle.setCurrentIndex(1)
    qtbot.mouseClick(dialog.show_button, LEFT)
    loop.until(lambda: 0 < view.model.rowCount() < everything)
    assert statuses(view) == {ProvisioningStatus.SUCCESS}
    chips = view.filters.removable
    assert chips["attribute"].text() == "Changed: userName"
    assert chips["http_status"].text() == "HTTP 201"
    assert chips["cycle_id"].text().startswith("Cycle: ")
    for name in ("attribute", "http_status", "cycle_id"):
        assert chips[name].isVisible()
        qtbot.mouseClick(chips[name], LEFT)
        assert not chips[name].isVisible()
    loop.until(lambda: view.model.rowCount() == everything)


def test_a_person_is_filtered_by_name_only(view, loop, qtbot) -> None:
    everything = view.model.rowCount()
    name = next(row.source_name for row in rows(view) if row.source_name.isascii())
    view.filters.more_chip.click()
    dialog = dialog_of(view, FilterDialog)
    qtbot.keyClicks(dialog.person, name)
    qtbot.keyClick(dialog.person, Qt.Key.Key_Return)
    loop.until(lambda: 0 < view.model.rowCount() < everything)
    assert view.filters.removable["person"].text() == f"Person: {name}"
    assert all(name.split()[0] in row.source_name for row in rows(view))


def test_the_last_hour_holds_what_just_happened_and_a_custom_time_before_it_nothing(
    view, loop, qtbot
) -> None:
    everything = view.model.rowCount()
    view.filters.time_chip.menu().actions()[1].trigger()
    assert view.filters.time_chip.text() == "Last hour"
    loop.until(lambda: view.model.log_filter.since is not None)
    loop.until(lambda: view.model.rowCount() == everything)
    view.filters.time_chip.menu().actions()[-1].trigger()
    dialog = dialog_of(view, FilterDialog)
    dialog.since_on.setChecked(False)
    dialog.until_on.setChecked(True)
    dialog.until.setDateTime(dialog.until.dateTime().addDays(-1))
    qtbot.mouseClick(dialog.show_button, LEFT)
    loop.until(lambda: view._stack.currentWidget() is view.empty)
    assert view.filters.time_chip.text() == "Time"
    qtbot.mouseClick(view.filters.removable["times"], LEFT)
    loop.until(lambda: view.model.rowCount() == everything)


def test_statuses_and_clearing_have_shortcuts(view, loop, qtbot) -> None:
    everything = view.model.rowCount()
    qtbot.keyClick(view, Qt.Key.Key_K, ALT_SHIFT)
    loop.until(lambda: statuses(view) == {ProvisioningStatus.SKIPPED})
    qtbot.keyClick(view, Qt.Key.Key_X, CTRL_SHIFT)
    loop.until(lambda: view.model.rowCount() == everything)


def test_the_census_counts_the_skipped_and_a_cause_narrows_the_log(view, loop, qtbot) -> None:
    qtbot.keyClick(view, Qt.Key.Key_K, CTRL_SHIFT)
    assert view.census.isVisible()
    loop.until(lambda: view.census.census is not None)
    census = view.census.census
    skipped = [row for row in rows(view) if row.status is ProvisioningStatus.SKIPPED]
    assert census.total == len(skipped) > 0
    assert view.census.total.text() == f"{len(skipped)} skipped"
    largest = census.groups[0]
    chip = view.census._flow.itemAt(0).widget()
    loop.until(chip.isVisible)
    assert chip.text() == f"{largest.count} {largest.cause}"
    qtbot.mouseClick(chip, LEFT)
    loop.until(lambda: view.model.rowCount() == largest.count)
    assert view.filters.removable["cause"].text() == f"Skipped: {largest.cause}"
    qtbot.mouseClick(view.census.close_button, LEFT)
    assert view.census.isHidden()


def test_a_view_is_saved_chosen_by_its_shortcut_and_deleted(view, services, loop, qtbot) -> None:
    everything = view.model.rowCount()
    qtbot.mouseClick(view.filters.status_chips[ProvisioningStatus.SKIPPED], LEFT)
    loop.until(lambda: statuses(view) == {ProvisioningStatus.SKIPPED})
    number = view.model.rowCount()
    qtbot.keyClick(view, Qt.Key.Key_S, CTRL_SHIFT)
    dialog = dialog_of(view, ViewDialog)
    assert not dialog.save.isEnabled()
    qtbot.keyClicks(dialog.name, "Who was skipped")
    qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    loop.until(lambda: len(view.views.views) == 1)
    assert view.views.views[0].shortcut == "Alt+1"
    view.activateWindow()
    loop.until(view.isActiveWindow)
    qtbot.keyClick(view, Qt.Key.Key_X, CTRL_SHIFT)
    loop.until(lambda: view.model.rowCount() == everything)
    qtbot.keyClick(view, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    loop.until(lambda: view.model.rowCount() == number)
    assert statuses(view) == {ProvisioningStatus.SKIPPED}
    view.filters.clear()
    view.views.menu.actions()[0].trigger()
    loop.until(lambda: view.model.rowCount() == number)
    view.views.delete_menu.actions()[0].trigger()
    loop.until(lambda: not view.views.views)
    assert loop.run(services.log_views.list(view._connection_id)) == ()


def test_a_view_of_the_last_hour_begins_anew_when_it_is_opened(view, loop) -> None:
    view.filters.use_hours(1)
    saved = view._view("Last hour", "")
    view.filters.clear()
    before = datetime.now(UTC)
    view.show_view(saved)
    assert view.filters.hours == 1
    assert (before - view.filters.log_filter.since).total_seconds() <= 3600
    loop.until(lambda: view.model.rowCount() > 0)


def test_filter_order_columns_and_widths_are_there_after_a_restart(
    view, desk, synced, loop, qtbot
) -> None:
    qtbot.mouseClick(view.filters.status_chips[ProvisioningStatus.SKIPPED], LEFT)
    header_click(view, qtbot, TIME)
    view.table.column_menu.actions()[CODE].trigger()
    view.table.setColumnWidth(NAME, 261)
    loop.until(lambda: statuses(view) == {ProvisioningStatus.SKIPPED})
    number = view.model.rowCount()
    view.close()
    again = open_view(desk, synced.id, qtbot)
    assert again.filters.status_chips[ProvisioningStatus.SKIPPED].isChecked()
    assert again.model.order is LogOrder.OLDEST
    assert again.table.columns == ("time", "name", "action", "status", "summary", "code")
    assert again.table.columnWidth(NAME) == 261
    loop.until(lambda: again.model.rowCount() == number)
    assert statuses(again) == {ProvisioningStatus.SKIPPED}


def test_a_click_on_a_header_sorts(view, loop, qtbot) -> None:
    newest = [row.key for row in rows(view)]
    header_click(view, qtbot, TIME)
    loop.until(lambda: [row.key for row in rows(view)] == newest[::-1])
    assert view.follow_button.text() == "Follow"
    header_click(view, qtbot, STATUS)
    loop.until(lambda: by_status(view) == sorted(by_status(view)))
    assert sorted(row.key for row in rows(view)) == sorted(newest)
    header_click(view, qtbot, STATUS)
    loop.until(lambda: by_status(view) == sorted(by_status(view), reverse=True))
    header_click(view, qtbot, ACTION)
    loop.until(
        lambda: (
            view.model.order is LogOrder.ACTION
            and [row.action for row in rows(view)] == sorted(row.action for row in rows(view))
        )
    )
    header_click(view, qtbot, NAME)
    loop.until(lambda: names(view) == sorted(names(view)))
    header_click(view, qtbot, SUMMARY)
    assert view.model.order is LogOrder.NAME, "sentences are not sorted"
    qtbot.mouseClick(view.follow_button, LEFT)
    loop.until(lambda: [row.key for row in rows(view)] == newest)
    assert view.follow_button.text() == "Following"


def test_the_slowest_come_first_and_then_those_with_a_code(view, loop, qtbot) -> None:
    view.table.show_columns((*view.table.columns, "code", "duration"))
    header_click(view, qtbot, DURATION)
    loop.until(lambda: durations(view) == sorted(durations(view), reverse=True))
    assert view.model.index(0, DURATION).data().endswith(("s", "ms"))
    header_click(view, qtbot, CODE)
    loop.until(lambda: view.model.order is LogOrder.CODE and codes(view) == sorted(codes(view)))
    assert codes(view)[0]


def test_sorting_and_columns_are_reached_by_keyboard(view, loop, qtbot) -> None:
    menus = [line.menu() for line in view.views.menu.actions() if line.menu() is not None]
    assert view.sort_menu in menus
    assert view.table.column_menu in menus
    name = view.sort_menu.actions()[1]
    name.trigger()
    loop.until(lambda: names(view) == sorted(names(view)))
    assert name.isChecked()
    name.trigger()
    loop.until(lambda: names(view) == sorted(names(view), reverse=True))
    assert name.isChecked()
    assert view.model.order is LogOrder.NAME_DESCENDING


def names(view: ProvisioningLogView) -> list[str]:
    """As they are sorted: without accents and letter case."""
    plain = (unicodedata.normalize("NFKD", row.source_name) for row in rows(view))
    return ["".join(c for c in name if not unicodedata.combining(c)).casefold() for name in plain]


def durations(view: ProvisioningLogView) -> list[float]:
    return [row.duration_milliseconds for row in rows(view)]


def codes(view: ProvisioningLogView) -> list[str]:
    """The codes in the order of the table; what has none comes last."""
    return [row.error_code or row.skip_reason or "~" for row in rows(view)]


def by_status(view: ProvisioningLogView) -> list[ProvisioningStatus]:
    return [row.status for row in rows(view)]
