"""One undo across mappings, scope and settings; it outlives a save, a run, and a crash."""

import pytest
from PySide6.QtCore import Qt

from looop_gui.model.directory import ObjectType
from looop_gui.model.job import CycleState
from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.open_documents import OpenDocuments
from looop_gui.ui.settings.page import SettingsPage

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def page(demo, window: MainWindow, loop) -> SettingsPage:
    return settings_page(window, loop)


def settings_page(window: MainWindow, loop) -> SettingsPage:
    window.show_page("settings")
    page = window.page
    assert isinstance(page, SettingsPage)
    loop.until(lambda: page.identity.name.text())
    return page


def save(page: SettingsPage, loop, qtbot) -> None:
    qtbot.mouseClick(page.save_button, LEFT)
    loop.until(lambda: page.header.sentence == "Everything is saved.")


def type_name(page: SettingsPage, text: str, qtbot) -> None:
    page.identity.name.selectAll()
    qtbot.keyClicks(page.identity.name, text)


def test_ctrl_z_takes_a_setting_back_and_forth(page: SettingsPage, demo, qtbot) -> None:
    page.scope.all.click()
    type_name(page, "Contoso", qtbot)
    qtbot.keyClick(page.identity.name, Qt.Key.Key_Z, CONTROL)
    assert page.identity.name.text() == demo.name
    assert page.scope.all.isChecked()
    qtbot.keyClick(page.identity.name, Qt.Key.Key_Z, CONTROL)
    assert page.scope.assigned.isChecked()
    assert page.header.sentence == "Everything is saved."
    page.redo()
    page.redo()
    assert (page.scope.all.isChecked(), page.identity.name.text()) == (True, "Contoso")


def test_undo_survives_a_save_and_a_run(page: SettingsPage, demo, services, loop, qtbot) -> None:
    type_name(page, "Contoso", qtbot)
    save(page, loop, qtbot)
    cycle = loop.run(services.provisioning.run_cycle(demo.id))
    assert cycle.state is CycleState.SUCCEEDED
    type_name(page, "Fabrikam", qtbot)
    qtbot.keyClick(page.identity.name, Qt.Key.Key_Z, CONTROL)
    assert page.identity.name.text() == "Contoso"
    assert not page.save_button.isEnabled()
    qtbot.keyClick(page.identity.name, Qt.Key.Key_Z, CONTROL)
    assert page.identity.name.text() == demo.name
    save(page, loop, qtbot)
    assert loop.run(services.connections.get(demo.id)).name == demo.name


def test_settings_and_mappings_are_undone_from_either_page(
    page: SettingsPage, window: MainWindow, loop
) -> None:
    page.pace.interval.setValue(15)
    assert page.document.undo_stack.undoText() == "Change “Interval”"
    window.show_page("mappings")
    mappings = window.page
    loop.until(lambda: mappings.document is not None)
    assert mappings.document is page.document
    count = len(mappings.document.schema.user_mapping.attribute_mappings)
    mappings.editors[ObjectType.USER].delete_rows((0,))
    window.ask_page("undo")
    assert len(mappings.document.schema.user_mapping.attribute_mappings) == count
    window.ask_page("undo")
    assert page.pace.interval.value() == 40
    assert not page.document.modified


def test_saving_settings_leaves_edited_mappings_unsaved(
    page: SettingsPage, window: MainWindow, demo, services, loop, qtbot
) -> None:
    window.show_page("mappings")
    mappings = window.page
    loop.until(lambda: mappings.document is not None)
    mappings.editors[ObjectType.USER].delete_rows((0,))
    page = settings_page(window, loop)
    page.pace.interval.setValue(15)
    save(page, loop, qtbot)
    assert loop.run(services.connections.get(demo.id)).settings.interval_minutes == 15
    version, before = loop.run(services.mappings.versions(demo.id))
    assert (version.comment, before.comment) == ("Settings saved", "As it was before")
    assert version.changes == ("Settings: Interval, 40 minutes -> 15 minutes",)
    assert loop.run(services.mappings.schema(demo.id)) == page.document.saved.schema
    assert page.document.modified
    loop.run(window.desk.documents.keep_draft(services, demo.id))
    assert loop.run(services.mappings.draft(demo.id)) == page.document.schema


def test_a_setting_that_cannot_be_blocks_saving_from_the_mappings_too(
    page: SettingsPage, window: MainWindow, loop, qtbot
) -> None:
    page.identity.name.selectAll()
    qtbot.keyClick(page.identity.name, Qt.Key.Key_Delete)
    window.show_page("mappings")
    mappings = window.page
    loop.until(lambda: mappings.document is not None)
    mappings.editors[ObjectType.USER].delete_rows((0,))
    assert mappings.save_button.toolTip() == "Give the connection a name."
    assert not mappings.save_button.isEnabled()


def test_starting_provisioning_is_no_step_of_undo(
    page: SettingsPage, demo, services, loop, qtbot
) -> None:
    page.pace.interval.setValue(15)
    save(page, loop, qtbot)
    loop.run(services.provisioning.set_provisioning(demo.id, True))
    page.undo()
    save(page, loop, qtbot)
    stored = loop.run(services.connections.get(demo.id)).settings
    assert (stored.provisioning_on, stored.interval_minutes) == (True, 40)


def test_a_crash_loses_neither_settings_nor_mappings(
    page: SettingsPage, window: MainWindow, demo, services, loop, qtbot
) -> None:
    type_name(page, "Contoso", qtbot)
    qtbot.keyClicks(page.notification.email, "it@example.org")
    page.scope.all.click()
    window.show_page("mappings")
    mappings = window.page
    loop.until(lambda: mappings.document is not None)
    with qtbot.waitSignal(mappings.draft_kept, timeout=20_000):
        mappings.editors[ObjectType.USER].delete_rows((0,))
    left = page.document.configuration

    restarted = OpenDocuments()
    document = loop.run(restarted.open(services, demo.id))

    assert document.restored
    assert document.configuration == left
    assert document.configuration.particulars.name == "Contoso"
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert not document.modified


def test_restored_settings_are_shown_and_can_be_discarded(
    page: SettingsPage, window: MainWindow, desk, demo, services, loop, qtbot
) -> None:
    with qtbot.waitSignal(page.draft_kept, timeout=20_000):
        page.pace.interval.setValue(15)
    after = SettingsPage(desk, demo.id)
    qtbot.addWidget(after)
    after.show()
    after.refresh()
    loop.until(lambda: after.pace.interval.value() == 15)
    assert "not saved last time" in after.banner.sentence
    with qtbot.waitSignal(after.draft_kept, timeout=20_000):
        qtbot.mouseClick(after.discard_button, LEFT)
    assert after.pace.interval.value() == 40
    assert loop.run(services.connections.settings_draft(demo.id)) is None
