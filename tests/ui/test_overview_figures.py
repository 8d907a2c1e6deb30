"""The overview's figures: phases with count, rate and time, throttling, statistics to date."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from looop_gui.model.job import CycleCounts, CycleKind, CyclePhase, CycleProgress
from looop_gui.services.events import CycleProgressed
from looop_gui.services.provisioning_jobs import read_waiting
from looop_gui.store.database import Database
from looop_gui.store.escrows import save_escrows
from looop_gui.store.jobs import open_job
from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.overview.page import OverviewPage


@pytest.fixture
def page(demo, window: MainWindow, loop) -> OverviewPage:
    assert isinstance(window.page, OverviewPage)
    loop.until(lambda: window.page.statistics.value("cycles") == "0")
    return window.page


def progress(connection_id: str) -> CycleProgress:
    return CycleProgress(
        connection_id=connection_id,
        cycle_id="c1",
        kind=CycleKind.INITIAL,
        phase=CyclePhase.MATCH,
        done=0,
        total=400,
        users=CycleCounts(),
        groups=CycleCounts(),
        requests=10,
        retries=0,
        throttled=0,
        requests_per_second=25.0,
        response_milliseconds=12.0,
        seconds=1.0,
        seconds_remaining=None,
    )


def test_each_phase_has_count_rate_and_remaining_time(page: OverviewPage, demo) -> None:
    first = progress(demo.id)
    page.cycle.show_progress(first)
    assert page.cycle.phase_words(CyclePhase.MATCH) == ""
    page.cycle.show_progress(replace(first, done=100, seconds=5.0, seconds_remaining=12.0))
    assert page.cycle.phase_words(CyclePhase.MATCH) == "100 / 400, 25/s, about 12 s left"
    page.cycle.show_progress(replace(first, done=400, seconds=9.0))
    page.cycle.show_progress(replace(first, phase=CyclePhase.EXPORT, total=900, seconds=9.1))
    assert page.cycle.phase_words(CyclePhase.MATCH) == "400, 50/s"
    assert page.cycle.phase_words(CyclePhase.GROUPS) == ""


def test_throttling_and_retries_are_said_and_marked_in_the_plot(
    page: OverviewPage, demo, services, loop
) -> None:
    calm = progress(demo.id)
    services.events.publish(CycleProgressed(calm))
    loop.until(lambda: len(page.history.rate.values) == 1)
    assert page.cycle.slowed.text() == ""
    services.events.publish(CycleProgressed(replace(calm, throttled=2, retries=3, seconds=2.0)))
    loop.until(lambda: len(page.history.rate.values) == 2)
    assert page.cycle.slowed.text() == "The target asked to wait 2 times (429). 3 retries."
    assert page.cycle.slowed.isVisible()
    assert page.history.rate.marks == 1


def test_the_statistics_to_date_follow_each_cycle(page: OverviewPage, demo, services, loop) -> None:
    assert page.statistics.value("last_execution") == "never"
    cycle = loop.run(services.provisioning.run_cycle(demo.id))
    loop.until(lambda: page.statistics.value("cycles") == "1")
    total = cycle.users + cycle.groups
    assert page.statistics.value("to_date").startswith(f"{total.created} created, ")
    assert page.statistics.value("activity_id") == cycle.id
    assert "ago" in page.statistics.value("steady_state_first_achieved") or (
        "just now" in page.statistics.value("steady_state_first_achieved")
    )


def postpone(database: Database, connection_id: str) -> None:
    """Let everything that waits wait for an hour more."""
    waiting = read_waiting(database, connection_id)
    later = [replace(one, next_attempt=one.next_attempt + timedelta(hours=1)) for one in waiting]
    with database.transaction() as connection:
        save_escrows(connection, open_job(database, connection_id).number, later)


def lines(page: OverviewPage) -> list[str]:
    waiting = page.waiting.list
    return [waiting.item(row).text() for row in range(waiting.count())]


def test_what_waits_for_a_retry_is_shown_and_made_due_one_by_one(
    page: OverviewPage, window: MainWindow, demo, services, loop, qtbot
) -> None:
    assert page.waiting.isHidden()
    loop.run(services.tenants.set_fault(demo.id, "disk-full=40"))
    loop.run(services.provisioning.run_cycle(demo.id))
    loop.until(lambda: page.waiting.list.count() > 1 and page.waiting.isVisible())
    loop.run(services.worker.run(postpone, demo.id))
    page.waiting.read()
    loop.until(lambda: all("next at" in words for words in lines(page)))
    before = {one.source_id: one for one in loop.run(services.provisioning.waiting(demo))}
    page.waiting.list.setCurrentRow(0)
    chosen = page.waiting.list.item(0).data(Qt.ItemDataRole.UserRole)
    qtbot.mouseClick(page.waiting.retry_button, Qt.MouseButton.LeftButton)
    loop.until(lambda: "is tried in the next cycle" in window.toast.words)
    after = {one.source_id: one for one in loop.run(services.provisioning.waiting(demo))}
    changed = {one for one in after if after[one].next_attempt != before[one].next_attempt}
    assert changed == {chosen.escrow.source_id}
    loop.until(lambda: sum("in the next cycle" in words for words in lines(page)) == 1)
