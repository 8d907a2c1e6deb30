"""The scope editor: clauses by mouse and keys, the live count, why somebody is out, the census."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
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
from looop_gui.model.scope import FilterClause, FilterOperator, ProvisioningScope
from looop_gui.services.scope_preview import Explanation, ScopeChange, scope_census
from looop_gui.ui.desk import Desk
from looop_gui.ui.save_dialog import SaveDialog
from looop_gui.ui.scope.clause_row import ClauseRow
from looop_gui.ui.scope.editor import ScopeEditor, TypePanels
from looop_gui.ui.scope.page import ScopePage

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(desk: Desk, loop, qtbot: QtBot) -> Iterator[ScopePage]:
    connection = Connection(
        "c1",
        "Looop",
        Application.LOOOP,
        TenantConnection("https://acme.looop.co/scim/v2", TokenStorage.MEMORY),
        SourceSettings(SourceType.DEMO, users=80),
    )
    loop.run(desk.services.connections.create(connection, "token"))
    opened = ScopePage(desk, "c1")
    qtbot.addWidget(opened)
    opened.resize(1200, 760)
    opened.show()
    loop.until(lambda: opened.editor is not None and people_of(opened).count.sentence.text())
    yield opened
    opened.close()


def people_of(page: ScopePage) -> TypePanels:
    return page.editor.panels[ObjectType.USER]


def counted(editor: ScopeEditor) -> list[ScopeChange]:
    changes: list[ScopeChange] = []
    editor.live.counted.connect(
        lambda kind, change: changes.append(change) if kind is ObjectType.USER else None
    )
    return changes


def type_clause(
    qtbot: QtBot, row: ClauseRow, attribute: str, operator: FilterOperator, value: str
) -> None:
    field = row.attribute.lineEdit()
    field.selectAll()
    qtbot.keyClicks(field, attribute)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    row.operator.setCurrentIndex(row.operator.findData(operator))
    row.operator.activated.emit(row.operator.currentIndex())
    if not operator.unary:
        row.value.selectAll()
        qtbot.keyClicks(row.value, value)


def test_a_filter_is_built_counted_saved_and_undone(
    page: ScopePage, desk: Desk, loop, qtbot: QtBot
) -> None:
    panels = people_of(page)
    changes = counted(page.editor)
    qtbot.mouseClick(panels.filters.add, LEFT)
    row = panels.filters.cards[0].rows[0]
    type_clause(qtbot, row, "department", FilterOperator.EQUALS, "Sales")
    snapshot = page.editor.live.snapshot
    in_sales = [p for p in snapshot.users.values() if p.attributes.get("department") == "Sales"]
    loop.until(lambda: changes and changes[-1].leaving)
    change = changes[-1]
    assert 0 < change.in_scope_count <= len(in_sales)
    assert f"{len(change.leaving)} leave, 0 enter" in panels.count.change.text()
    assert f"{change.in_scope_count} of 80 people" in panels.count.sentence.text()
    assert panels.count.names.count() == len(change.leaving)
    assert change.leaving[0].display_name in panels.count.names.item(0).text()

    qtbot.mouseClick(page.save_button, LEFT)
    dialog = page.findChild(SaveDialog)
    assert any("Sales" in dialog.changes.item(i).text() for i in range(dialog.changes.count()))
    qtbot.mouseClick(dialog.save, LEFT)
    loop.until(lambda: not page.document.modified)
    schema = loop.run(desk.services.mappings.schema("c1"))
    (group,) = schema.user_mapping.scope.groups
    assert group.clauses == (FilterClause("department", FilterOperator.EQUALS, "Sales"),)
    page.undo()
    assert page.document.modified


def test_operators_fit_the_type_and_values_are_the_real_ones(
    page: ScopePage, loop, qtbot: QtBot
) -> None:
    panels = people_of(page)
    qtbot.mouseClick(panels.filters.add, LEFT)
    row = panels.filters.cards[0].rows[0]
    type_clause(qtbot, row, "accountEnabled", FilterOperator.IS_TRUE, "")
    offered = [row.operator.itemData(i) for i in range(row.operator.count())]
    assert FilterOperator.IS_TRUE in offered
    assert FilterOperator.INCLUDES not in offered
    assert row.value.isHidden()
    type_clause(qtbot, row, "department", FilterOperator.EQUALS, "")
    loop.until(lambda: row.completer.model().rowCount() > 3)
    values = {row.completer.model().index(i, 0).data() for i in range(4)}
    departments = {p.attributes.get("department") for p in page.editor.live.snapshot.users.values()}
    assert values <= departments


def test_what_filters_cannot_use_is_refused_with_the_reason(
    page: ScopePage, loop, qtbot: QtBot
) -> None:
    panels = people_of(page)
    qtbot.mouseClick(panels.filters.add, LEFT)
    row = panels.filters.cards[0].rows[0]
    type_clause(qtbot, row, "manager", FilterOperator.IS_NOT_NULL, "")
    assert not row.problem.isHidden()
    assert "manager" in row.problem.text()
    loop.until(lambda: "Cannot be counted" in panels.count.sentence.text())
    assert not page.save_button.isEnabled()
    assert "manager" in page.why_not_save()
    qtbot.mouseClick(panels.filters.cards[0].remove, LEFT)
    loop.until(lambda: "in scope" in panels.count.sentence.text())


def test_the_mode_is_changed_and_who_enters_is_named(
    page: ScopePage, desk: Desk, loop, qtbot: QtBot
) -> None:
    changes = counted(page.editor)
    qtbot.mouseClick(page.editor.all, LEFT)
    loop.until(lambda: changes and changes[-1].entering)
    snapshot = page.editor.live.snapshot
    assert changes[-1].in_scope_count == sum(p.active for p in snapshot.users.values())
    page.save("Everybody")
    loop.until(lambda: not page.document.modified)
    connection = loop.run(desk.services.connections.get("c1"))
    assert connection.settings.scope is ProvisioningScope.ALL


def test_an_explanation_follows_the_edits(page: ScopePage, loop, qtbot: QtBot) -> None:
    panels = people_of(page)
    snapshot = page.editor.live.snapshot
    explained: list[Explanation] = []
    page.editor.live.explained.connect(explained.append)
    disabled = next(p for p in snapshot.users.values() if not p.account_enabled)
    panels.side.setCurrentIndex(1)
    panels.explain.choose(disabled.id)
    loop.until(lambda: explained)
    assert not explained[-1].in_scope
    assert "Enable the account" in panels.explain.steps.text()
    assert panels.explain.badge.accessibleName() == "Out of scope"
    active = next(p for p in snapshot.users.values() if p.active and p.attributes.get("department"))
    qtbot.mouseClick(page.editor.all, LEFT)
    panels.explain.choose(active.id)
    loop.until(lambda: explained[-1].entry.id == active.id and explained[-1].in_scope)
    qtbot.mouseClick(panels.filters.add, LEFT)
    row = panels.filters.cards[0].rows[0]
    type_clause(qtbot, row, "department", FilterOperator.EQUALS, "Nowhere")
    loop.until(lambda: not explained[-1].in_scope)
    assert "Nowhere" in panels.explain.steps.text()


def test_the_census_groups_everybody_by_reason(page: ScopePage, loop) -> None:
    panels = people_of(page)
    tree = panels.census.tree
    loop.until(lambda: tree.topLevelItemCount() > 1)
    numbers = [int(tree.topLevelItem(i).text(1)) for i in range(tree.topLevelItemCount())]
    assert sum(numbers) == 80
    assert tree.topLevelItem(0).text(0) == "In scope"
    taken = loop.run(
        scope_census(page.editor.live.snapshot, (page.document.schema, page.document.settings))
    )
    rows = [row for row in taken.rows if row.object_type is ObjectType.USER]
    shown = [(tree.topLevelItem(i).text(0), numbers[i]) for i in range(1, tree.topLevelItemCount())]
    assert shown == [(row.sentence, row.count) for row in rows]
    assert numbers[0] == taken.users_in_scope
    tree.topLevelItem(1).setExpanded(True)
    assert tree.topLevelItem(1).childCount() == numbers[1]
    explained: list[Explanation] = []
    page.editor.live.explained.connect(explained.append)
    tree.itemClicked.emit(tree.topLevelItem(1).child(0), 0)
    loop.until(lambda: explained)
    assert not explained[-1].in_scope


def test_an_unfinished_clause_counts_for_nobody(page: ScopePage, loop, qtbot: QtBot) -> None:
    panels = people_of(page)
    before = panels.count.sentence.text()
    changes = counted(page.editor)
    qtbot.mouseClick(panels.filters.add, LEFT)
    loop.until(lambda: changes)
    assert changes[-1].leaving == ()
    assert panels.count.sentence.text() == before


def test_a_person_is_found_by_typing_a_part_of_the_name(
    page: ScopePage, loop, qtbot: QtBot
) -> None:
    panels = people_of(page)
    panels.side.setCurrentIndex(1)
    field = panels.explain.field
    loop.until(lambda: field._waiting is not None or field._ids)
    people = page.editor.live.snapshot.users.values()
    person = next(p for p in people if p.display_name.isascii() and " " in p.display_name)
    explained: list[Explanation] = []
    page.editor.live.explained.connect(explained.append)
    qtbot.keyClicks(field, person.display_name[1:-1])
    popup = field.completer().popup()
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    loop.until(lambda: explained)
    assert explained[-1].entry.display_name == person.display_name
    assert field.text() == person.display_name
