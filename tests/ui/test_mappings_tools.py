"""Tools of the mapping editor: fixes, step-through, attribute lists, comparison with the target."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
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
from looop_gui.model.mapping import AttributeType, MappingType
from looop_gui.setup.default_mappings import default_schema
from looop_gui.ui.desk import Desk
from looop_gui.ui.mappings.attribute_list_dialog import AttributeListDialog
from looop_gui.ui.mappings.attribute_list_model import AttributeListModel, ListColumn
from looop_gui.ui.mappings.editor import MappingEditor
from looop_gui.ui.mappings.page import MappingsPage
from looop_gui.ui.mappings.table_model import Column, Role

LEFT = Qt.MouseButton.LeftButton
CUSTOM = "urn:ietf:params:scim:schemas:extension:Looop:2.0:User:badge"


@pytest.fixture
def page(desk: Desk, loop, qtbot: QtBot) -> Iterator[MappingsPage]:
    """A demo connection whose tenant runs and has had its first cycle."""
    services = desk.services
    tenant = loop.run(services.tenants.start("c1"))
    connection = Connection(
        "c1",
        "Demo",
        Application.DEMO,
        TenantConnection(tenant.scim_endpoint, TokenStorage.MEMORY),
        SourceSettings(SourceType.DEMO, users=30),
    )
    loop.run(services.connections.create(connection, tenant.token.reveal()))
    loop.run(services.provisioning.run_cycle("c1"))
    opened = MappingsPage(desk, "c1")
    qtbot.addWidget(opened)
    opened.resize(1300, 860)
    opened.show()
    loop.until(lambda: opened.editors and opened.editors[ObjectType.USER].live.previews)
    yield opened
    opened.close()


def editor_of(page: MappingsPage) -> MappingEditor:
    return page.editors[ObjectType.USER]


def test_a_fix_is_one_click_away(page: MappingsPage, loop, qtbot: QtBot) -> None:
    editor = editor_of(page)
    row = 4
    editor.model.change(row, replace(editor.model.rows[row], source="surnam"), "slip")
    editor.select(row)
    line = editor.inspector._problem_lines["source"]
    loop.until(lambda: not line.isHidden())
    assert "surnam" in line.label.text()
    assert line.fix_button.text() == "Change to surname"
    qtbot.mouseClick(line.fix_button, LEFT)
    assert editor.model.rows[row].source == "surname"
    loop.until(lambda: line.isHidden())


def test_the_step_through_shows_every_part(page: MappingsPage, loop, qtbot: QtBot) -> None:
    editor = editor_of(page)
    row = 3
    expression = 'ToUpper(Join("-", [givenName], [surname]))'
    changed = replace(
        editor.model.rows[row], mapping_type=MappingType.EXPRESSION, source=expression
    )
    editor.model.change(row, changed, "expression")
    editor.select(row)
    builder = editor.inspector.builder
    qtbot.mouseClick(builder.step, LEFT)
    loop.until(lambda: builder.steps.tree.topLevelItemCount() == 1)
    top = builder.steps.tree.topLevelItem(0)
    joined = top.child(0)
    assert joined.text(0) == 'Join("-", [givenName], [surname])'
    person = editor.live.people[0]
    assert joined.text(1).startswith(f'"{person.attributes["givenName"]}-')
    builder.steps.tree.setCurrentItem(joined)
    assert builder.field.textCursor().selectedText() == joined.text(0)


def test_a_custom_attribute_is_added_and_can_be_mapped(page: MappingsPage, qtbot: QtBot) -> None:
    editor = editor_of(page)
    editor.edit_target_list()
    dialog = editor.findChild(AttributeListDialog)
    qtbot.mouseClick(dialog.add, LEFT)
    row = dialog.model.rowCount() - 1
    assert dialog.model.setData(dialog.model.index(row, ListColumn.NAME), CUSTOM)
    qtbot.mouseClick(dialog.save, LEFT)
    names = [d.name for d in page.document.schema.target_user_attributes]
    assert names[-1] == CUSTOM
    editor.add_mapping()
    offered = editor.inspector.target
    assert offered.findText(CUSTOM) >= 0
    page.document.undo_stack.undo()
    page.document.undo_stack.undo()
    assert not page.document.modified


def test_attribute_lists_keep_qts_rules_and_refuse_two_of_one_name(qapp) -> None:
    definitions = default_schema(Application.LOOOP).target_user_attributes
    model = AttributeListModel(definitions)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert tester.model() is model
    row = model.add()
    assert not model.setData(model.index(row, ListColumn.NAME), "USERNAME")
    assert model.definitions == definitions
    assert model.setData(model.index(row, ListColumn.NAME), CUSTOM)
    assert model.setData(model.index(row, ListColumn.TYPE), "Integer")
    required = model.index(row, ListColumn.REQUIRED)
    checked = Qt.CheckState.Checked.value
    assert model.setData(required, checked, Qt.ItemDataRole.CheckStateRole)
    added = model.definitions[-1]
    assert (added.name, added.type, added.required) == (CUSTOM, AttributeType.INTEGER, True)
    assert not model.flags(model.index(0, ListColumn.NAME)) & Qt.ItemFlag.ItemIsEditable
    model.remove(row)
    assert model.definitions == definitions


def test_what_the_target_holds_is_compared_without_writing(
    page: MappingsPage, desk: Desk, loop, qtbot: QtBot
) -> None:
    editor = editor_of(page)
    said: list[str] = []
    editor.comparison.said.connect(said.append)
    snapshot = editor.live.snapshot
    links = [p for p in snapshot.users.values() if p.active and p.attributes.get("givenName")]
    linked = next(
        p
        for p in links
        if loop.run(desk.services.provisioning_log.latest_entry("c1", p.id)).action == "create"
        and str(p.attributes["givenName"]).isascii()
    )
    editor.live.choose([linked])
    loop.until(lambda: editor.live.previews[0].source_id == linked.id)
    qtbot.mouseClick(editor.options.compare, LEFT)
    loop.until(lambda: said and "holds all values already" in said[-1])
    row = [m.target_attribute for m in editor.model.rows].index("name.givenName")
    constant = replace(editor.model.rows[row], mapping_type=MappingType.CONSTANT, source="Somebody")
    editor.model.change(row, constant, "constant")
    loop.until(lambda: "differs in: name.givenName" in said[-1])
    held = editor.model.index(row, Column.RESULT).data(Role.HELD)
    assert held == linked.attributes["givenName"]
    tenant = loop.run(desk.services.tenants.users("c1", "Somebody", 0, 5))
    assert tenant.total == 0


def test_a_template_from_the_targets_schemas_is_one_step_of_undo(page: MappingsPage, loop) -> None:
    document = page.document
    before = document.schema
    page.discover()
    loop.until(lambda: document.schema != before)
    published = {each.name for each in document.schema.target_user_attributes}
    assert {"userName", "name.middleName"} <= published
    assert "not saved yet" in page.banner.sentence
    page.undo()
    assert document.schema == before


def test_a_target_that_does_not_answer_changes_nothing(
    page: MappingsPage, desk: Desk, loop
) -> None:
    before = page.document.schema
    target = replace(page.connection.target, tenant_url="http://127.0.0.1:9/scim/v2")
    page.connection = replace(page.connection, application=Application.GENERIC, target=target)
    page.discover()
    loop.until(lambda: "no answer" in page.banner.sentence)
    assert page.document.schema == before
