"""The overview: run, stop, pause, and what it says when things go wrong."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from looop_gui.model.job import CycleCounts
from looop_gui.model.provisioning_log import LogFilter, ProvisioningAction
from looop_gui.sources.headings import FileKind
from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.overview.page import OverviewPage
from looop_gui.ui.provisioning_log.page import ProvisioningLogPage
from looop_gui.ui.settings.page import SettingsPage
from looop_gui.ui.widgets.confirm import ConfirmDialog

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(demo, window: MainWindow) -> OverviewPage:
    assert isinstance(window.page, OverviewPage)
    return window.page


def test_run_now_provisions_everybody_and_says_so(
    page: OverviewPage, demo, services, loop, qtbot
) -> None:
    qtbot.mouseClick(page.run_button, LEFT)
    loop.until(
        lambda: (
            page.cycle.counts.number("created") not in ("", "0")
            and page.run_button.text() == "Run now"
            and page.cycle.phases.isHidden()
        )
    )
    cycle = loop.run(services.provisioning.cycles(demo.id))[0]
    counts: CycleCounts = cycle.users + cycle.groups
    assert page.cycle.counts.number("created") == str(counts.created)
    assert page.status.value("users") == str(cycle.users.created)
    assert page.history.bars.accessibleDescription()


def test_a_running_cycle_shows_its_phase_and_can_be_stopped(
    page: OverviewPage, demo, services, loop, qtbot
) -> None:
    loop.run(services.tenants.set_fault(demo.id, "latency=150ms"))
    qtbot.mouseClick(page.run_button, LEFT)
    loop.until(lambda: page.run_button.text() == "Stop" and page.cycle.phases.isVisible())
    assert "Initial cycle" in page.cycle.heading.text()
    qtbot.mouseClick(page.run_button, LEFT)
    loop.until(lambda: page.run_button.text() == "Run now")
    assert loop.run(services.provisioning.cycles(demo.id))[0].state.value == "Stopped"


def test_provisioning_is_started_and_paused(
    page: OverviewPage, demo, services, loop, qtbot
) -> None:
    loop.until(lambda: page.switch_button.text() == "Start provisioning")
    qtbot.mouseClick(page.switch_button, LEFT)
    loop.until(
        lambda: (
            page.switch_button.text() == "Pause provisioning"
            and page.run_button.text() == "Run now"
        )
    )
    assert loop.run(services.connections.get(demo.id)).settings.provisioning_on
    loop.until(lambda: page.status.value("next").startswith("in "))
    qtbot.mouseClick(page.switch_button, LEFT)
    loop.until(lambda: page.status.badge.word == "Paused")
    assert page.status.value("next") == "none planned"


def test_quarantine_is_explained_and_leads_to_the_settings(
    synced, window: MainWindow, services, loop, qtbot
) -> None:
    page = window.page
    assert isinstance(page, OverviewPage)
    loop.run(services.tenants.reset_token(synced.id))
    qtbot.mouseClick(page.run_button, LEFT)
    loop.until(page.banner.isVisible)
    assert page.banner.sentence == "The job is in quarantine."
    assert page.status.badge.word == "Quarantine"
    assert "refused" in page.banner.accessibleName()
    assert "What to do: correct the tenant URL or the secret token" in page.banner.accessibleName()
    (action,) = (one for one in page.banner.findChildren(QPushButton) if one.isVisible())
    qtbot.mouseClick(action, LEFT)
    loop.until(lambda: isinstance(window.page, SettingsPage))
    loop.until(lambda: window.focusWidget() is window.page.credentials.token)


def test_failures_are_listed_and_lead_to_the_person(
    demo, window: MainWindow, services, loop, qtbot
) -> None:
    page = window.page
    loop.run(services.tenants.set_fault(demo.id, "disk-full=20"))
    qtbot.mouseClick(page.run_button, LEFT)
    loop.until(page.attention.isVisible)
    item = page.attention.list.item(0)
    rectangle = page.attention.list.visualItemRect(item)
    qtbot.mouseClick(page.attention.list.viewport(), LEFT, pos=rectangle.center())
    assert isinstance(window.page, ProvisioningLogPage)
    loop.until(lambda: window.page.view.model.rowCount() >= 1)
    assert window.page.view.filters.log_filter.source_id


def test_a_number_leads_to_the_entries_it_counts(synced, window: MainWindow, loop, qtbot) -> None:
    page = window.page
    loop.until(lambda: page.cycle.counts.number("created") != "0")
    created = int(page.cycle.counts.number("skipped"))
    page.cycle.counts.chosen.emit("skipped")
    loop.until(
        lambda: (
            isinstance(window.page, ProvisioningLogPage)
            and window.page.view.model.rowCount() == created
        )
    )


def test_the_created_lead_to_those_who_were_created(
    demo, window: MainWindow, services, loop, qtbot
) -> None:
    page = window.page
    qtbot.mouseClick(page.run_button, LEFT)
    loop.until(
        lambda: (
            page.cycle.counts.number("created") not in ("", "0")
            and page.run_button.text() == "Run now"
            and page.cycle.phases.isHidden()
        )
    )
    created = int(page.cycle.counts.number("created"))
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    figure = page.cycle.counts.findChildren(QWidget, options=direct)[0]
    figure.setFocus()
    qtbot.keyClick(figure, Qt.Key.Key_Return)
    loop.until(lambda: isinstance(window.page, ProvisioningLogPage))
    view = window.page.view
    loop.until(lambda: view.model.rowCount() == created)
    assert view.filters.log_filter.actions == {ProvisioningAction.CREATE}


def test_restart_evaluates_everybody_again(synced, window: MainWindow, services, loop) -> None:
    page = window.page
    page._restart()
    loop.until(lambda: "evaluates everybody" in window.toast.words)
    cycle = loop.run(services.provisioning.run_cycle(synced.id))
    assert cycle.kind.value == "initial"
    assert cycle.users.created == 0


def test_the_side_bar_shows_what_runs(demo, window: MainWindow, services, loop) -> None:
    connections = window.side_bar.connections
    loop.run(services.tenants.set_fault(demo.id, "latency=150ms"))
    loop.run(services.provisioning.start_cycle(demo.id))
    loop.until(lambda: connections.is_running(demo.id))
    loop.run(services.provisioning.stop(demo.id))
    loop.until(lambda: not connections.is_running(demo.id))


def test_hidden_it_costs_nothing(synced, window: MainWindow, services, loop) -> None:
    page = window.page
    window.show_page("settings")
    points = len(page.history.rate.values)
    loop.run(services.provisioning.run_cycle(synced.id))
    assert len(page.history.rate.values) == points


def press(where: QWidget, words: str, qtbot) -> None:
    """Click the one visible button that says so."""
    found = [one for one in where.findChildren(QPushButton) if one.text() == words]
    (button,) = (one for one in found if one.isVisible())
    qtbot.mouseClick(button, LEFT)


def disabled_in_the_tenant(services, loop, tenant_id: str) -> int:
    page = loop.run(services.tenants.users(tenant_id))
    assert len(page.rows) == page.total
    return sum(1 for row in page.rows if not row.active)


def test_what_a_guard_held_back_is_shown_and_allowed_once_by_typing_the_name(
    synced, window: MainWindow, services, loop, qtbot
) -> None:
    settings = replace(synced.settings, deletion_threshold=1)
    careful = replace(synced, settings=settings, production=True)
    loop.run(services.connections.update(careful))
    leaving: list[str] = []

    def disable_some(editor) -> str:
        enabled = [row["id"] for row in editor.rows(FileKind.USER)][:8]
        for person in enabled:
            editor.set_enabled(person, False)
        leaving.extend(enabled)
        return "Eight people were disabled."

    loop.run(services.directory.edit(synced.id, disable_some))
    before = disabled_in_the_tenant(services, loop, synced.id)
    page = window.page
    assert isinstance(page, OverviewPage)
    qtbot.mouseClick(page.run_button, LEFT)
    loop.until(page.held_back.isVisible)
    assert "Nothing was written." in page.held_back.sentence
    assert "more than the threshold of 1" in page.held_back.accessibleName()
    assert page.banner.isHidden()
    assert disabled_in_the_tenant(services, loop, synced.id) == before
    held = loop.run(services.provisioning.cycles(synced.id))[0]
    staged = LogFilter(
        synced.id,
        cycle_id=held.id,
        actions=frozenset({ProvisioningAction.STAGED_DELETE}),
    )
    count = loop.run(services.provisioning_log.census(staged)).total
    assert 1 < count <= len(leaving)

    press(page.held_back, "Show the list", qtbot)
    log = window.page
    assert isinstance(log, ProvisioningLogPage)
    loop.until(lambda: log.view.model.rowCount() == count)
    assert log.view.filters.log_filter.cycle_id == held.id
    window.show_page("overview")
    loop.until(page.held_back.isVisible)

    press(page.held_back, "Allow once", qtbot)
    loop.until(lambda: page.findChildren(ConfirmDialog))
    (dialog,) = page.findChildren(ConfirmDialog)
    assert not dialog.confirm_button.isEnabled()
    qtbot.keyClicks(dialog.name_field, synced.name)
    qtbot.mouseClick(dialog.confirm_button, LEFT)
    loop.until(
        lambda: (
            page.held_back.isHidden() and page.status.badge.word not in ("Quarantine", "Running")
        )
    )
    assert disabled_in_the_tenant(services, loop, synced.id) == before + count
    assert "Restart provisioning" in [one.text() for one in page.more_button.menu().actions()]


def test_a_list_that_changed_while_it_was_asked_about_is_not_allowed(
    synced, window: MainWindow, services, loop, qtbot
) -> None:
    settings = replace(synced.settings, deletion_threshold=1)
    loop.run(services.connections.update(replace(synced, settings=settings)))

    def disable_more(editor) -> str:
        enabled = [
            row["id"] for row in editor.rows(FileKind.USER) if row["accountEnabled"] == "True"
        ]
        for person in enabled[:8]:
            editor.set_enabled(person, False)
        return "Eight more people were disabled."

    before = disabled_in_the_tenant(services, loop, synced.id)
    loop.run(services.directory.edit(synced.id, disable_more))
    page = window.page
    assert isinstance(page, OverviewPage)
    qtbot.mouseClick(page.run_button, LEFT)
    loop.until(page.held_back.isVisible)
    press(page.held_back, "Allow once", qtbot)
    loop.until(lambda: page.findChildren(ConfirmDialog))
    (dialog,) = page.findChildren(ConfirmDialog)
    shown = page.held_back.accessibleName()
    loop.run(services.directory.edit(synced.id, disable_more))
    loop.run(services.provisioning.run_cycle(synced.id))
    loop.until(lambda: page.held_back.isVisible() and page.held_back.accessibleName() != shown)
    qtbot.mouseClick(dialog.confirm_button, LEFT)
    loop.until(lambda: "nothing was allowed" in window.toast.words)
    assert disabled_in_the_tenant(services, loop, synced.id) == before


def test_who_is_in_sync_counts_up_during_the_first_cycle(
    page: OverviewPage, demo, services, loop, qtbot
) -> None:
    loop.run(services.tenants.set_fault(demo.id, "latency=150ms"))
    slow = replace(demo.settings, concurrency=1)
    loop.run(services.connections.update(replace(demo, settings=slow)))
    qtbot.mouseClick(page.run_button, LEFT)
    loop.until(
        lambda: page.run_button.text() == "Stop" and page.status.value("users") not in ("", "0")
    )
    assert page.cycle.phases.isVisible()
    qtbot.mouseClick(page.run_button, LEFT)
    loop.until(lambda: page.run_button.text() == "Run now")
