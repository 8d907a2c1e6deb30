"""Parts of the state are forgotten from the overview; the target is left alone."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from looop_gui.model.job import CycleKind, ResetScope
from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.overview.page import OverviewPage
from looop_gui.ui.overview.reset_dialog import ResetDialog
from looop_gui.ui.widgets.confirm import ConfirmDialog

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(synced, window: MainWindow) -> ResetDialog:
    page = window.page
    assert isinstance(page, OverviewPage)
    (reset,) = (
        action
        for action in page.more_button.menu().actions()
        if action.text() == "Reset parts of the state…"
    )
    reset.trigger()
    return page.findChild(ResetDialog)


def tick(dialog: ResetDialog, scope: ResetScope) -> None:
    dialog.parts[scope].setFocus()
    QTest.keyClick(dialog.parts[scope], Qt.Key.Key_Space)


def test_nothing_is_forgotten_before_something_is_ticked(dialog: ResetDialog) -> None:
    assert not dialog.reset_button.isEnabled()
    assert dialog.chosen == frozenset()


def test_without_its_watermark_the_next_cycle_is_an_initial_one(
    dialog: ResetDialog, synced, services, window: MainWindow, loop, qtbot
) -> None:
    linked = loop.run(services.provisioning.job(synced.id)).linked_users
    tick(dialog, ResetScope.WATERMARK)
    qtbot.mouseClick(dialog.reset_button, LEFT)
    loop.until(lambda: window.toast.words == "Forgotten: Watermark.")
    job = loop.run(services.provisioning.job(synced.id))
    assert job.watermark is None
    assert job.linked_users == linked > 0
    cycle = loop.run(services.provisioning.run_cycle(synced.id))
    assert cycle.kind is CycleKind.INITIAL
    assert cycle.users.created == 0


def test_links_of_a_production_connection_are_broken_only_by_its_name(
    dialog: ResetDialog, synced, services, window: MainWindow, loop, qtbot
) -> None:
    loop.run(services.connections.update(replace(synced, production=True)))
    for scope in dialog.parts:
        tick(dialog, scope)
    assert dialog.chosen == {ResetScope.FULL}
    qtbot.mouseClick(dialog.reset_button, LEFT)
    loop.until(lambda: dialog.findChild(ConfirmDialog) is not None)
    confirm = dialog.findChild(ConfirmDialog)
    assert not confirm.confirm_button.isEnabled()
    assert loop.run(services.provisioning.job(synced.id)).linked_users > 0
    qtbot.keyClicks(confirm.name_field, synced.name)
    qtbot.mouseClick(confirm.confirm_button, LEFT)
    loop.until(lambda: window.toast.words.startswith("Forgotten: "))
    assert loop.run(services.provisioning.job(synced.id)).linked_users == 0
