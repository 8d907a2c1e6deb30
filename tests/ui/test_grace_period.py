"""The grace period in the window: set in Settings, shown on the overview."""

from dataclasses import replace
from datetime import timedelta

from msgspec import structs
from PySide6.QtCore import Qt

from looop_gui.store.jobs import open_job
from looop_gui.store.links import load_links, save_links
from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.overview.page import OverviewPage
from looop_gui.ui.settings.page import SettingsPage

LEFT = Qt.MouseButton.LeftButton


def test_the_days_are_set_and_told_when_useless(
    demo, window: MainWindow, services, loop, qtbot
) -> None:
    window.show_page("settings")
    page = window.page
    assert isinstance(page, SettingsPage)
    loop.until(lambda: page.identity.name.text())
    assert page.leaving.grace.text() == "Delete at once"
    page.leaving.grace.setValue(30)
    assert page.leaving.grace.text() == "30 days"
    assert page.save_button.isEnabled()
    qtbot.mouseClick(page.save_button, LEFT)
    loop.until(lambda: not page.save_button.isEnabled())
    assert loop.run(services.connections.get(demo.id)).settings.delete_grace_days == 30

    page.behaviour.box("append_only").setChecked(True)
    page.undo()
    page.redo()
    loop.until(lambda: "Append only never deletes" in page.leaving.hint_words())


def make_leave(database, connection_id: str, number: int, moment) -> list[str]:
    """Let the first people wait to be deleted, as if the source had lost them."""
    job = open_job(database, connection_id).number
    links = load_links(database, job)
    chosen = sorted(links.values(), key=lambda link: link.source_id)[:number]
    with database.transaction() as connection:
        waiting = [structs.replace(one, leaving_since=moment, disabled=True) for one in chosen]
        save_links(connection, job, waiting, links)
    return [one.source_id for one in chosen]


def test_the_overview_shows_who_waits(demo, window: MainWindow, services, loop) -> None:
    page = window.page
    assert isinstance(page, OverviewPage)
    cycle = loop.run(services.provisioning.run_cycle(demo.id))
    loop.until(lambda: page.statistics.value("cycles") == "1")
    assert page.leaving.isHidden()
    saved = loop.run(services.connections.get(demo.id))
    settings = replace(saved.settings, delete_grace_days=30)
    loop.run(services.connections.update(replace(saved, settings=settings)))
    chosen = loop.run(services.worker.run(make_leave, demo.id, 2, cycle.began))

    page.refresh()

    loop.until(lambda: page.leaving.list.count() == 2 and page.leaving.isVisible())
    first = page.leaving.list.item(0).data(Qt.ItemDataRole.UserRole)
    assert first.source_id in chosen
    assert first.until - cycle.began == timedelta(days=30)
    assert "deleted after" in page.leaving.list.item(0).text()
