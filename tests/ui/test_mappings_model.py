"""The mapping table's model: a good Qt model, and every edit is one step of undo."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from looop_gui.model.connection import Application, ConnectionSettings
from looop_gui.model.directory import ObjectType
from looop_gui.model.mapping import AttributeMapping, MappingType
from looop_gui.setup.default_mappings import default_schema
from looop_gui.setup.mapping_edits import with_new_mapping, without_mappings
from looop_gui.ui.configuration_document import (
    Configuration,
    ConfigurationDocument,
    changed_rows,
)
from looop_gui.ui.mappings.table_model import Column, MappingTableModel, Role

USER = ObjectType.USER


@pytest.fixture
def document(qapp) -> ConfigurationDocument:
    schema = default_schema(Application.LOOOP)
    return ConfigurationDocument(Configuration(schema, ConnectionSettings()))


@pytest.fixture
def model(document: ConfigurationDocument) -> MappingTableModel:
    return MappingTableModel(document, USER)


def test_the_model_keeps_qts_rules_through_all_edits(
    document: ConfigurationDocument, model: MappingTableModel, qtbot: QtBot
) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert tester.model() is model
    added = AttributeMapping("title", MappingType.DIRECT, "jobTitle")
    document.edit_schema("add", with_new_mapping(document.schema, USER, added))
    document.edit_schema("delete", without_mappings(document.schema, USER, {0, 4, 5}))
    model.change(1, replace(model.rows[1], source="mail"), "change")
    assert model.rowCount() == len(document.schema.user_mapping.attribute_mappings) == 7
    while document.undo_stack.canUndo():
        document.undo_stack.undo()
    assert model.rows == document.saved.schema.user_mapping.attribute_mappings
    model.show_problems({2: ["Wrong."]})
    model.show_results({"userName": "anna"}, "Anna")
    assert model.index(0, Column.RESULT).data() == "anna"


def test_rows_that_changed_are_named_exactly(
    document: ConfigurationDocument, model: MappingTableModel, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(model.dataChanged) as changed:
        model.change(3, replace(model.rows[3], source="surname"), "change")
    first, last = changed.args[0], changed.args[1]
    assert (first.row(), last.row()) == (3, 3)
    with qtbot.waitSignal(model.rowsRemoved) as removed:
        document.edit_schema("delete", without_mappings(document.schema, USER, {2}))
    assert removed.args[1:] == [2, 2]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("abc", "abc", (3, 0, 0)),
        ("abc", "axc", (1, 1, 1)),
        ("abc", "ac", (1, 1, 0)),
        ("ac", "abc", (1, 0, 1)),
        ("aa", "aaa", (2, 0, 1)),
        ("", "ab", (0, 0, 2)),
    ],
)
def test_where_two_sequences_differ(
    before: str, after: str, expected: tuple[int, int, int]
) -> None:
    assert changed_rows(before, after) == expected


def test_texts_can_be_edited_in_place_and_undone(
    document: ConfigurationDocument, model: MappingTableModel
) -> None:
    index = model.index(0, Column.DEFAULT)
    assert index.flags() & Qt.ItemFlag.ItemIsEditable
    assert model.setData(index, "nobody")
    assert model.rows[0].default_value == "nobody"
    assert not model.setData(model.index(0, Column.MATCHING), "first")
    assert model.setData(model.index(0, Column.MATCHING), "2")
    assert model.rows[0].matching_priority == 2
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert not document.modified


def test_typing_in_one_field_is_one_step_of_undo(
    document: ConfigurationDocument, model: MappingTableModel
) -> None:
    for text in ("a", "ab", "abc"):
        model.change(0, replace(model.rows[0], source=text), "type", "source")
    model.change(1, replace(model.rows[1], source="[x]"), "type", "source")
    assert document.undo_stack.count() == 2
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert model.rows == document.saved.schema.user_mapping.attribute_mappings


def test_every_cell_says_its_column_to_a_screen_reader(model: MappingTableModel) -> None:
    spoken = Qt.ItemDataRole.AccessibleTextRole
    assert model.index(0, Column.TARGET).data(spoken) == "Target attribute: userName"
    department = model.index(6, Column.TARGET).data()
    assert department == "department · Enterprise extension"
    assert model.index(1, Column.TYPE).data(spoken) == "Mapping type: Expression"
    assert model.index(0, Column.TARGET).data(Role.MAPPING) == model.rows[0]


def test_a_save_keeps_the_undo_steps(document: ConfigurationDocument) -> None:
    model = MappingTableModel(document, USER)
    model.change(0, replace(model.rows[0], source="mail"), "change")
    assert document.modified
    document.mark_saved()
    assert not document.modified
    document.undo_stack.undo()
    assert document.modified
    assert model.rows[0].source == "userPrincipalName"
