"""The history of the mappings by hand: two versions and the draft, compared side by side."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from looop_gui.model.connection import Connection
from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import MappingType
from looop_gui.ui.desk import Desk
from looop_gui.ui.mappings.attribute_names import readable
from looop_gui.ui.mappings.page import MappingsPage
from looop_gui.ui.mappings.versions_dialog import VersionsDialog

LEFT = Qt.MouseButton.LeftButton
ACCESSIBLE = Qt.ItemDataRole.AccessibleTextRole


@pytest.fixture
def page(desk: Desk, demo: Connection, loop, qtbot: QtBot) -> Iterator[MappingsPage]:
    opened = MappingsPage(desk, demo.id)
    qtbot.addWidget(opened)
    opened.show()
    loop.until(lambda: opened.editors)
    yield opened
    opened.close()


def map_given_name(page: MappingsPage, qtbot: QtBot, text: str) -> None:
    editor = page.editors[ObjectType.USER]
    page.show_argument("name.givenName")
    inspector = editor.inspector
    inspector.type.setCurrentIndex(inspector.type.findData(MappingType.EXPRESSION))
    inspector.type.activated.emit(inspector.type.currentIndex())
    inspector.builder.field.selectAll()
    qtbot.keyClicks(inspector.builder.field, text)


def shown(dialog: VersionsDialog) -> list[list[str]]:
    model = dialog.table.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def click(qtbot: QtBot, dialog: VersionsDialog, words: str, *, add: bool = False) -> None:
    (item,) = dialog.list.findItems(words, Qt.MatchFlag.MatchStartsWith)
    key = Qt.KeyboardModifier.ControlModifier if add else Qt.KeyboardModifier.NoModifier
    place = dialog.list.visualItemRect(item).center()
    qtbot.mouseClick(dialog.list.viewport(), LEFT, key, place)


def test_what_was_added_and_removed_is_told_with_its_value(
    page: MappingsPage, loop, qtbot: QtBot
) -> None:
    editor = page.editors[ObjectType.USER]
    removed = editor.model.rows[2]
    editor.add_mapping()
    added = editor.model.rows[-1].target_attribute
    editor.inspector.source.attribute.field.setFocus()
    qtbot.keyClicks(editor.inspector.source.attribute.field, "city")
    qtbot.keyClick(editor.inspector.source.attribute.field, Qt.Key.Key_Return)
    editor.delete_rows((2,))
    group_row = page.editors[ObjectType.GROUP].model.rows[0]
    page.editors[ObjectType.GROUP].delete_rows((0,))

    page.open_versions()
    dialog = page.findChild(VersionsDialog)
    loop.until(lambda: len(shown(dialog)) == 3)
    assert shown(dialog) == [
        ["Removed", readable(removed.target_attribute), f"Direct {removed.source}", ""],
        ["Added", readable(added), "", "Direct city"],
        ["Removed", f"Group {group_row.target_attribute}", f"Direct {group_row.source}", ""],
    ]
    model = dialog.table.model()
    assert model.index(1, 2).data(ACCESSIBLE) == "Earlier: nothing"
    assert model.index(0, 3).data(ACCESSIBLE) == "Later: nothing"


def test_any_two_versions_and_the_draft_stand_side_by_side(
    page: MappingsPage, loop, qtbot: QtBot
) -> None:
    map_given_name(page, qtbot, "ToUpper([givenName])")
    page.save("Capitals")
    loop.until(lambda: not page.document.modified)
    page.editors[ObjectType.USER].delete_rows((0,))
    page.save("Without the first")
    loop.until(lambda: not page.document.modified)
    map_given_name(page, qtbot, "ToLower([givenName])")

    page.open_versions()
    dialog = page.findChild(VersionsDialog)
    capitals = ["Changed", "name.givenName", "Direct givenName", "Expression ToUpper([givenName])"]
    small = ["Changed", "name.givenName", capitals[3], "Expression ToLower([givenName])"]
    loop.until(lambda: shown(dialog) == [small])
    click(qtbot, dialog, "Version 1")
    loop.until(lambda: shown(dialog) == [capitals])

    click(qtbot, dialog, "Version 2", add=True)
    loop.until(lambda: [row[0] for row in shown(dialog)] == ["Removed"])
    assert dialog.title.text() == "Version 1 compared with Version 2"
    assert not dialog.restore.isEnabled()
    assert shown(dialog)[0][3] == ""
    assert dialog.table.model().index(0, 3).data(ACCESSIBLE) == "Later: nothing"

    click(qtbot, dialog, "Default mappings")
    loop.until(lambda: not shown(dialog))
    click(qtbot, dialog, "Draft", add=True)
    loop.until(lambda: len(shown(dialog)) == 2)
    assert dialog.title.text() == "Default mappings compared with Draft, not saved"
    assert ["Changed", "name.givenName", "Direct givenName", small[3]] in shown(dialog)


def test_a_changed_setting_stands_in_the_history_and_comes_back_with_its_version(
    page: MappingsPage, desk: Desk, demo: Connection, loop, qtbot: QtBot
) -> None:
    map_given_name(page, qtbot, "ToUpper([givenName])")
    page.save("Capitals")
    loop.until(lambda: not page.document.modified)
    settings = replace(page.document.settings, interval_minutes=15)
    page.document.edit_settings("Change “Interval”", settings)
    page.open_versions()
    dialog = page.findChild(VersionsDialog)
    row = ["Changed", "Settings: Interval", "40 minutes", "15 minutes"]
    loop.until(lambda: shown(dialog) == [row])
    assert dialog.title.text() == "Version 1 compared with Draft, not saved"

    loop.run(desk.documents.save_settings(desk.services, demo.id))
    loop.until(lambda: dialog.title.text() == "Version 1 compared with Version 2")
    loop.until(lambda: shown(dialog) == [row])
    click(qtbot, dialog, "Version 1")
    loop.until(dialog.restore.isEnabled)
    qtbot.mouseClick(dialog.restore, LEFT)
    loop.until(lambda: page.document.settings.interval_minutes == 40)
    stored = loop.run(desk.services.connections.get(demo.id)).settings
    assert stored.interval_minutes == 40
    loop.until(lambda: dialog.list.count() == 4)
