"""The mapping editor by mouse and by keyboard: map, re-map, type, see the value, undo, save."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from looop_gui.model.connection import (
    Application,
    Connection,
    SourceSettings,
    SourceType,
    TenantConnection,
    TokenStorage,
)
from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import MappingType
from looop_gui.services.mapping_preview import ChangeCount
from looop_gui.setup.synchronization_schema import to_graph_text
from looop_gui.ui.desk import Desk
from looop_gui.ui.mappings.canvas.layout import Kind
from looop_gui.ui.mappings.editor import MappingEditor
from looop_gui.ui.mappings.page import MappingsPage
from looop_gui.ui.mappings.search_popup import SearchPopup
from looop_gui.ui.mappings.versions_dialog import VersionsDialog
from looop_gui.ui.open_documents import OpenDocuments
from looop_gui.ui.save_dialog import SaveDialog

LEFT = Qt.MouseButton.LeftButton
LOCATION = "urn:ietf:params:scim:schemas:extension:Looop:2.0:User:location"


@pytest.fixture
def page(desk: Desk, loop, qtbot: QtBot) -> Iterator[MappingsPage]:
    connection = Connection(
        "c1",
        "Looop",
        Application.LOOOP,
        TenantConnection("https://acme.looop.co/scim/v2", TokenStorage.MEMORY),
        SourceSettings(SourceType.DEMO, users=60),
    )
    loop.run(desk.services.connections.create(connection, "token"))
    opened = open_page(desk, loop, qtbot)
    yield opened
    opened.close()


def open_page(desk: Desk, loop, qtbot: QtBot) -> MappingsPage:
    opened = MappingsPage(desk, "c1")
    qtbot.addWidget(opened)
    opened.resize(1300, 800)
    opened.show()
    loop.until(lambda: opened.editors and opened.editors[ObjectType.USER].live.previews)
    return opened


def editor_of(page: MappingsPage) -> MappingEditor:
    return page.editors[ObjectType.USER]


def row_of(editor: MappingEditor, target: str) -> int:
    return [mapping.target_attribute for mapping in editor.model.rows].index(target)


def click_row(qtbot: QtBot, editor: MappingEditor, target: str) -> None:
    index = editor.table.filter.mapFromSource(editor.model.index(row_of(editor, target), 0))
    place = editor.table.visualRect(index).center()
    qtbot.mouseClick(editor.table.viewport(), LEFT, pos=place)


def choose(qtbot: QtBot, box: QWidget, data: object) -> None:
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())


def test_an_expression_is_typed_and_its_value_seen_undone_saved_and_reopened(
    page: MappingsPage, desk: Desk, loop, qtbot: QtBot
) -> None:
    editor = editor_of(page)
    click_row(qtbot, editor, "name.givenName")
    inspector = editor.inspector
    assert inspector.heading == "name.givenName"
    choose(qtbot, inspector.type, MappingType.EXPRESSION)
    assert inspector.builder.field.toPlainText() == "[givenName]"
    inspector.builder.field.selectAll()
    qtbot.keyClicks(inspector.builder.field, "ToUpper([givenName])")
    loop.until(lambda: inspector.results.texts and inspector.results.texts[0][1].isupper())
    name, value = inspector.results.texts[0]
    person = next(p for p in editor.live.people if p.display_name == name)
    assert value == str(person.attributes["givenName"]).upper()
    counts: list[ChangeCount] = []
    editor.live.counted.connect(counts.append)
    loop.until(lambda: counts and counts[-1].finished)
    assert counts[-1].total == 60
    assert counts[-1].case_only == counts[-1].altered > 30
    loop.until(lambda: page.save_button.isEnabled())

    qtbot.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    dialog = page.findChild(SaveDialog)
    qtbot.keyClicks(dialog.comment, "Capitals")
    qtbot.mouseClick(dialog.save, LEFT)
    loop.until(lambda: not page.document.modified)
    (version,) = loop.run(desk.services.mappings.versions("c1"))
    assert version.comment == "Capitals"

    qtbot.mouseClick(page.undo_button, LEFT)
    loop.until(lambda: page.document.modified)
    schema = loop.run(desk.services.mappings.schema("c1"))
    saved = next(
        m for m in schema.user_mapping.attribute_mappings if m.target_attribute == "name.givenName"
    )
    assert (saved.mapping_type, saved.source) == (MappingType.EXPRESSION, "ToUpper([givenName])")


def test_other_colours_do_not_put_an_expression_into_another_mapping(
    page: MappingsPage, qtbot: QtBot
) -> None:
    editor = editor_of(page)
    click_row(qtbot, editor, "active")
    click_row(qtbot, editor, "name.givenName")
    page.desk.theme.changed.emit()
    assert editor.inspector.source.attribute.currentText() == "givenName"
    assert not page.document.modified


def test_a_mistake_is_underlined_said_and_blocks_saving(
    page: MappingsPage, loop, qtbot: QtBot
) -> None:
    editor = editor_of(page)
    click_row(qtbot, editor, "active")
    builder = editor.inspector.builder
    builder.field.selectAll()
    qtbot.keyClicks(builder.field, "ToUpper([mail]")
    assert not builder.mistake.isHidden()
    loop.until(lambda: editor.problems.errors)
    loop.until(lambda: not page.save_button.isEnabled())
    assert page.why_not_save()
    loop.until(lambda: "problem" in editor.options.only_problems.text())
    qtbot.mouseClick(editor.options.only_problems, LEFT)
    assert editor.table.filter.rowCount() == 1
    page.document.undo_stack.undo()
    loop.until(lambda: not editor.problems.errors)


def test_completion_offers_functions_and_attributes_with_their_signature(
    page: MappingsPage, qtbot: QtBot
) -> None:
    editor = editor_of(page)
    click_row(qtbot, editor, "active")
    builder = editor.inspector.builder
    builder.field.selectAll()
    qtbot.keyClicks(builder.field, "Jo")
    assert builder.field.popup.isVisible()
    qtbot.keyClick(builder.field.popup, Qt.Key.Key_Return)
    assert builder.field.toPlainText() == "Join("
    assert "separator" in builder.help.text()
    qtbot.keyClicks(builder.field, '" ", [giv')
    qtbot.keyClick(builder.field.popup, Qt.Key.Key_Return)
    assert builder.field.toPlainText() == 'Join(" ", [givenName]'
    qtbot.keyClicks(builder.field, ")")
    assert builder.mistake.isHidden()


def test_extended_functions_are_offered_only_where_the_connection_admits_them(
    page: MappingsPage, qtbot: QtBot
) -> None:
    editor = editor_of(page)
    click_row(qtbot, editor, "active")
    builder = editor.inspector.builder

    def offered() -> set[str]:
        menu = builder.functions.menu()
        branches = [action for action in menu.actions() if action.isVisible() and action.menu()]
        shown = {branch.text() for branch in branches}
        return shown | {
            action.text().partition("(")[0]
            for branch in branches
            for action in branch.menu().actions()
            if action.isVisible()
        }

    def completed() -> list[str]:
        builder.field.selectAll()
        qtbot.keyClicks(builder.field, "Tri")
        model = builder.field.popup.model()
        return [model.index(row, 0).data() for row in range(model.rowCount())]

    assert offered().isdisjoint({"Extended", "Trim"})
    assert {"Text", "ToUpper"} <= offered()
    assert not any(label.startswith("Trim") for label in completed())
    notes = [action.text() for action in builder.functions.menu().actions() if action.isVisible()]
    assert notes[-1] == "Extended functions are not admitted"

    settings = replace(page.document.settings, extended_functions=True)
    page.document.edit_settings("Admit", settings)
    assert {"Extended", "Trim"} <= offered()
    assert any(label.startswith("Trim") for label in completed())


def test_by_keyboard_alone_a_mapping_is_added_changed_and_deleted(
    page: MappingsPage, loop, qtbot: QtBot
) -> None:
    editor = editor_of(page)
    editor.options.add.setFocus()
    qtbot.keyClick(editor.options.add, Qt.Key.Key_Space)
    added = len(editor.model.rows) - 1
    assert editor.inspector.row == added
    target = editor.inspector.target.field
    target.selectAll()
    qtbot.keyClicks(target, LOCATION)
    qtbot.keyClick(target, Qt.Key.Key_Return)
    assert editor.model.rows[added].target_attribute == LOCATION
    source = editor.inspector.source.attribute.field
    qtbot.keyClicks(source, "city")
    qtbot.keyClick(source, Qt.Key.Key_Return)
    assert editor.model.rows[added].source == "city"
    loop.until(lambda: len(editor.inspector.results.texts) == 5)
    editor.table.setFocus()
    qtbot.keyClick(editor.table, Qt.Key.Key_Delete)
    assert LOCATION not in [m.target_attribute for m in editor.model.rows]


def test_a_wire_is_drawn_from_a_source_to_a_target_and_a_second_one_joins(
    page: MappingsPage, loop, qtbot: QtBot
) -> None:
    editor = editor_of(page)
    qtbot.mouseClick(editor.options.canvas, LEFT)
    canvas = editor.canvas
    drag(qtbot, editor, (Kind.SOURCE, "city"), (Kind.TARGET, LOCATION))
    mapping = editor.model.rows[row_of(editor, LOCATION)]
    assert (mapping.mapping_type, mapping.source) == (MappingType.DIRECT, "city")
    assert canvas.selected_rows() == (row_of(editor, LOCATION),)
    drag(qtbot, editor, (Kind.SOURCE, "country"), (Kind.TARGET, LOCATION))
    mapping = editor.model.rows[row_of(editor, LOCATION)]
    assert mapping.source == 'Join(" ", [city], [country])'
    node = (Kind.NODE, str(row_of(editor, LOCATION)))
    assert node in canvas.items_shown
    drag(qtbot, editor, (Kind.SOURCE, "state"), node)
    assert editor.model.rows[-1].source == 'Join(" ", [city], [country], [state])'
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert LOCATION not in [m.target_attribute for m in editor.model.rows]
    assert node not in canvas.items_shown


def test_by_keyboard_alone_a_wire_is_drawn_joined_let_go_and_deleted(
    page: MappingsPage, loop, qtbot: QtBot
) -> None:
    editor = editor_of(page)
    canvas = editor.canvas
    announced: list[str] = []
    canvas.keys.told.connect(announced.append)
    page.activateWindow()
    loop.until(page.isActiveWindow)
    qtbot.keyClick(editor.options.canvas, Qt.Key.Key_Space)
    loop.until(canvas.hasFocus)
    first = canvas.keys.item
    assert first.place.kind is Kind.SOURCE
    assert first.pointed

    walk(qtbot, editor, Qt.Key.Key_Down, "city")
    assert announced[-1] == "city, source attribute, not used. Space picks it up."
    assert canvas.accessibleDescription() == announced[-1]
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.keys.item.place.kind is Kind.TARGET
    qtbot.keyClick(canvas, Qt.Key.Key_Home)
    walk(qtbot, editor, Qt.Key.Key_Down, LOCATION)
    target = canvas.keys.item
    assert target.dropping
    assert canvas._rubber.isVisible()
    assert "Enter maps city here" in announced[-1]
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    mapping = editor.model.rows[row_of(editor, LOCATION)]
    assert (mapping.mapping_type, mapping.source) == (MappingType.DIRECT, "city")
    assert not canvas._rubber.isVisible()
    assert not target.dropping

    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    qtbot.keyClick(canvas, Qt.Key.Key_End)
    walk(qtbot, editor, Qt.Key.Key_Up, "country")
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.keys.picked is None
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Home):
        qtbot.keyClick(canvas, key)
    walk(qtbot, editor, Qt.Key.Key_Down, LOCATION)
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    mapping = editor.model.rows[row_of(editor, LOCATION)]
    assert mapping.source == 'Join(" ", [city], [country])'

    assert canvas.selected_rows() == (row_of(editor, LOCATION),)
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert LOCATION not in [m.target_attribute for m in editor.model.rows]


def walk(qtbot: QtBot, editor: MappingEditor, key: Qt.Key, name: str) -> None:
    """Press the key until the cursor is there; a column has less than 100 attributes."""
    for _ in range(100):
        if editor.canvas.keys.item.place.key == name:
            return
        qtbot.keyClick(editor.canvas, key)
    raise AssertionError(name)


def test_a_wire_dropped_on_empty_space_searches_the_target(
    page: MappingsPage, qtbot: QtBot
) -> None:
    editor = editor_of(page)
    qtbot.mouseClick(editor.options.canvas, LEFT)
    canvas = editor.canvas
    canvas.ensureVisible(canvas.items_shown[(Kind.SOURCE, "city")])
    start = canvas.mapFromScene(canvas.items_shown[(Kind.SOURCE, "city")].output_port)
    start -= QPoint(20, 0)
    empty = start + QPoint(60, 0)
    qtbot.mousePress(canvas.viewport(), LEFT, pos=start)
    qtbot.mouseMove(canvas.viewport(), pos=start + QPoint(30, 0))
    qtbot.mouseMove(canvas.viewport(), pos=empty)
    qtbot.mouseRelease(canvas.viewport(), LEFT, pos=empty)
    popup = editor.findChild(SearchPopup)
    qtbot.keyClicks(popup.field, "locat")
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    assert editor.model.rows[-1].target_attribute == LOCATION
    assert editor.model.rows[-1].source == "city"


def test_the_canvas_stays_whole_at_every_width(page: MappingsPage, loop, qtbot: QtBot) -> None:
    editor = editor_of(page)
    qtbot.mouseClick(editor.options.canvas, LEFT)
    canvas = editor.canvas
    for width in range(1400, 820, -53):
        page.resize(width, 700)
        loop.until(lambda width=width: page.width() == width)
        assert 0.25 <= canvas.transform().m11() <= 1.0
    canvas.zoom(2.0)
    before = canvas.transform().m11()
    qtbot.keyClick(canvas, Qt.Key.Key_Minus)
    assert canvas.transform().m11() < before


def test_everything_is_selected_deleted_and_brought_back(page: MappingsPage, qtbot: QtBot) -> None:
    editor = editor_of(page)
    qtbot.mouseClick(editor.options.canvas, LEFT)
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(editor.canvas, Qt.Key.Key_A, control)
    assert editor.canvas.selected_rows() == tuple(range(9))
    qtbot.keyClick(editor.canvas, Qt.Key.Key_Delete)
    assert editor.model.rows == ()
    assert editor.canvas.items_shown[(Kind.TARGET, "userName")]._missing
    page.document.undo_stack.undo()
    assert len(editor.model.rows) == 9


def test_unsaved_changes_come_back_after_a_crash(
    page: MappingsPage, desk: Desk, loop, qtbot: QtBot
) -> None:
    editor = editor_of(page)
    kept_drafts: list[bool] = []
    page.draft_kept.connect(lambda: kept_drafts.append(True))
    editor.delete_rows((0,))
    loop.until(lambda: kept_drafts)
    kept = loop.run(desk.services.mappings.draft("c1"))
    assert len(kept.user_mapping.attribute_mappings) == len(editor.model.rows)
    again = open_page(replace(desk, documents=OpenDocuments()), loop, qtbot)
    assert again.document.modified
    assert "not saved last time" in again.banner.sentence
    qtbot.mouseClick(again.discard_button, LEFT)
    loop.until(lambda: not again.document.modified)
    again.close()


def test_an_imported_schema_is_one_step_of_undo(
    page: MappingsPage, loop, qtbot: QtBot, tmp_path
) -> None:
    editor = editor_of(page)
    file = tmp_path / "schema.json"
    file.write_text(to_graph_text(page.document.schema), encoding="utf-8")
    editor.delete_rows((2, 3))
    page.transfer.import_file(str(file))
    loop.until(lambda: len(editor.model.rows) == 9)
    page.document.undo_stack.undo()
    assert len(editor.model.rows) == 7
    page.transfer.import_file(str(tmp_path / "missing.json"))
    loop.until(lambda: "cannot be read" in page.banner.sentence)


def test_a_version_is_brought_back(page: MappingsPage, desk: Desk, loop, qtbot: QtBot) -> None:
    editor = editor_of(page)
    editor.delete_rows((2,))
    page.save("Without mail")
    loop.until(lambda: not page.document.modified)
    page.open_versions()
    dialog = page.findChild(VersionsDialog)
    loop.until(lambda: dialog.list.count() == 2)
    dialog.list.setCurrentRow(1)
    assert dialog.restore.isEnabled()
    qtbot.mouseClick(dialog.restore, LEFT)
    loop.until(lambda: len(editor.model.rows) == 9)
    versions = loop.run(desk.services.mappings.versions("c1"))
    assert [version.number for version in versions] == [2, 1]


def drag(
    qtbot: QtBot, editor: MappingEditor, start: tuple[Kind, str], end: tuple[Kind, str]
) -> None:
    """Press on one item, move to the other and let go, as a hand does."""
    canvas = editor.canvas
    canvas.fit()
    places = [
        canvas.mapFromScene(canvas.items_shown[key].sceneBoundingRect().center())
        for key in (start, end)
    ]
    qtbot.mousePress(canvas.viewport(), LEFT, pos=places[0])
    middle = (places[0] + places[1]) / 2
    for place in (middle, places[1]):
        qtbot.mouseMove(canvas.viewport(), pos=place)
    qtbot.mouseRelease(canvas.viewport(), LEFT, pos=places[1])
