"""Provision on demand: pick, try, do, and do again."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from looop_gui.model.connection import Dialect
from looop_gui.model.directory import DirectoryObject, ObjectType
from looop_gui.model.mapping import MappingType
from looop_gui.model.provisioning_log import ProvisioningAction, ProvisioningStatus
from looop_gui.model.scope import ProvisioningScope
from looop_gui.services.provisioning_on_demand import MOST_MEMBERS
from looop_gui.services.roster import read_roster
from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.on_demand.page import OnDemandPage
from looop_gui.ui.widgets.confirm import ConfirmDialog

LEFT = Qt.MouseButton.LeftButton
DEPARTMENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"


@pytest.fixture
def page(demo, window: MainWindow, loop) -> OnDemandPage:
    window.show_page("on_demand")
    page = window.page
    assert isinstance(page, OnDemandPage)
    loop.until(lambda: page.found.count() > 0)
    return page


def pick_in_scope(page: OnDemandPage, demo, services, loop) -> str:
    roster = loop.run(read_roster(services, demo.id))
    one = next(row.entry for row in roster.rows if row.in_scope)
    page.show_argument(one.id)
    loop.until(lambda: page.chosen is not None and page.chosen.id == one.id)
    return one.id


def test_nothing_is_done_before_somebody_is_picked(page: OnDemandPage) -> None:
    assert not page.provision_button.isEnabled()
    assert not page.try_button.isEnabled()
    assert page.empty.isVisible()


def test_searching_finds_people(page: OnDemandPage, loop, qtbot) -> None:
    name = page.found.item(0).text()
    qtbot.keyClicks(page.search, name)
    loop.until(lambda: 0 < page.found.count() <= 3)
    qtbot.mouseClick(
        page.found.viewport(), LEFT, pos=page.found.visualItemRect(page.found.item(0)).center()
    )
    assert page.chosen.display_name == name


def test_trying_writes_nothing(page, demo, services, loop, qtbot) -> None:
    pick_in_scope(page, demo, services, loop)
    qtbot.mouseClick(page.try_button, LEFT)
    loop.until(lambda: page.entry is not None)
    assert page.entry.action is ProvisioningAction.CREATE
    assert "Nothing was written" in page.outcome.text()
    assert page.view.properties.rowCount() > 0
    assert loop.run(services.tenants.info(demo.id)).users == 0


def test_steps_are_listed_as_they_happen(page, demo, services, loop, qtbot) -> None:
    pick_in_scope(page, demo, services, loop)
    seen: list[tuple[str, bool, bool]] = []
    page.steps.model().rowsInserted.connect(
        lambda _parent, first, _last: seen.append(
            (page.steps.item(first).text(), page.entry is None, page.steps.isVisible())
        )
    )
    qtbot.mouseClick(page.try_button, LEFT)
    loop.until(lambda: page.entry is not None)

    assert len(seen) == len(page.entry.steps)
    assert seen[0][0].startswith("Import: ")
    assert all(before and visible for _, before, visible in seen)
    assert not page.steps.item(0).icon().isNull()


def test_the_result_takes_the_place_of_its_steps(page, demo, services, loop, qtbot) -> None:
    pick_in_scope(page, demo, services, loop)
    qtbot.mouseClick(page.try_button, LEFT)
    loop.until(lambda: page.entry is not None)
    listed = [page.steps.item(at).text() for at in range(page.steps.count())]
    assert [words.partition(": ")[2] for words in listed] == [
        step.description for step in page.entry.steps
    ]
    assert page.steps.isHidden()
    assert page.view.isVisible()


def test_provisioning_creates_and_the_second_time_finds_nothing_to_do(
    page, demo, services, loop, qtbot
) -> None:
    pick_in_scope(page, demo, services, loop)
    qtbot.mouseClick(page.provision_button, LEFT)
    loop.until(lambda: page.entry is not None)
    assert page.status_badge.word == "Success"
    assert loop.run(services.tenants.info(demo.id)).users == 1
    first = page.entry
    loop.until(page.provision_button.isEnabled)
    qtbot.mouseClick(page.provision_button, LEFT)
    loop.until(lambda: page.entry is not first)
    assert page.entry.status is ProvisioningStatus.SKIPPED
    assert loop.run(services.tenants.info(demo.id)).users == 1


def test_a_tenant_that_does_not_answer_is_explained(page, demo, services, loop, qtbot) -> None:
    pick_in_scope(page, demo, services, loop)
    loop.run(services.tenants.stop(demo.id))
    qtbot.mouseClick(page.try_button, LEFT)
    loop.until(lambda: page.banner.isVisible() or page.entry is not None)
    said = page.banner.accessibleName() or page.outcome.text()
    assert said
    loop.until(page.try_button.isEnabled)


def pick_rows(page: OnDemandPage, qtbot, rows: list[int]) -> None:
    """Choose lines of the list as a person does: a click, then clicks with Ctrl."""
    for at, row in enumerate(rows):
        keys = Qt.KeyboardModifier.ControlModifier if at else Qt.KeyboardModifier.NoModifier
        place = page.found.visualItemRect(page.found.item(row)).center()
        qtbot.mouseClick(page.found.viewport(), LEFT, keys, place)


def test_several_people_are_tried_in_a_row(page, demo, services, loop, qtbot) -> None:
    pick_rows(page, qtbot, [0, 1, 2])
    assert page.chosen_label.text() == "3 chosen"
    qtbot.mouseClick(page.try_button, LEFT)
    loop.until(lambda: page.results.count() == 3 and page.try_button.isEnabled())
    last = page.entry
    page.results.setCurrentRow(0)
    assert page.entry is not last
    assert page.entry.source_id == page.found.item(0).data(Qt.ItemDataRole.UserRole).id
    assert loop.run(services.tenants.info(demo.id)).users == 0


def pick_large_group(page: OnDemandPage, demo, services, loop) -> DirectoryObject:
    """A group in scope with more members than may go with it."""
    roster = loop.run(read_roster(services, demo.id))
    people = {row.entry.id for row in roster.rows if row.entry.object_type is ObjectType.USER}
    group = next(
        row.entry
        for row in roster.rows
        if row.in_scope and len(people.intersection(row.entry.members)) > MOST_MEMBERS
    )
    page.show_argument(group.id)
    loop.until(lambda: page.chosen is not None and page.chosen.id == group.id)
    loop.until(lambda: page.members.isVisible() and page.members.list.count() > MOST_MEMBERS)
    return group


def check_first_members(page: OnDemandPage, qtbot, count: int) -> None:
    """Tick members as a person without a mouse does: Space, Down, Space."""
    page.members.list.setFocus()
    page.members.list.setCurrentRow(0)
    for _ in range(count):
        qtbot.keyClick(page.members.list, Qt.Key.Key_Space)
        qtbot.keyClick(page.members.list, Qt.Key.Key_Down)


def test_a_group_goes_with_the_members_that_are_chosen(page, demo, services, loop, qtbot) -> None:
    group = pick_large_group(page, demo, services, loop)
    assert page.members.members() is None
    page.members.only.click()
    check_first_members(page, qtbot, 2)
    chosen = page.members.members()
    assert len(chosen) == 2
    qtbot.mouseClick(page.provision_button, LEFT)
    loop.until(lambda: page.entry is not None and page.entry.source_id == group.id)
    loop.until(page.provision_button.isEnabled)

    assert page.results.count() == 3
    info = loop.run(services.tenants.info(demo.id))
    assert (info.users, info.groups) == (len(chosen), 1)


def test_a_sixth_member_cannot_be_chosen(page, demo, services, loop, qtbot) -> None:
    pick_large_group(page, demo, services, loop)
    page.members.only.click()
    check_first_members(page, qtbot, MOST_MEMBERS)
    sixth = page.members.list.item(MOST_MEMBERS)
    place = page.members.list.visualItemRect(sixth)
    qtbot.mouseClick(page.members.list.viewport(), LEFT, pos=place.center())
    page.members.list.setFocus()
    qtbot.keyClick(page.members.list, Qt.Key.Key_Down)

    assert not sixth.flags() & Qt.ItemFlag.ItemIsEnabled
    assert len(page.members.members()) == MOST_MEMBERS
    assert f"{MOST_MEMBERS} of at most {MOST_MEMBERS} chosen" in page.members.count.text()
    assert sixth.checkState() is Qt.CheckState.Unchecked
    qtbot.keyClicks(page.members.search, "zzzz")
    loop.until(lambda: page.members.list.count() == 0)
    assert len(page.members.members()) == MOST_MEMBERS


def test_a_production_connection_asks_for_its_name(demo, services, loop, qtbot, request) -> None:
    loop.run(services.connections.update(replace(demo, production=True)))
    page, window = request.getfixturevalue("page"), request.getfixturevalue("window")
    pick_in_scope(page, demo, services, loop)
    qtbot.mouseClick(page.provision_button, LEFT)
    loop.until(lambda: window.findChild(ConfirmDialog) is not None)
    dialog = window.findChild(ConfirmDialog)
    assert not dialog.confirm_button.isEnabled()
    assert loop.run(services.tenants.info(demo.id)).users == 0
    qtbot.keyClicks(dialog.name_field, demo.name)
    qtbot.mouseClick(dialog.confirm_button, LEFT)
    loop.until(lambda: page.entry is not None)
    assert loop.run(services.tenants.info(demo.id)).users == 1


def test_the_draft_is_tried_and_nothing_written(page, demo, services, window, loop, qtbot) -> None:
    document = loop.run(window.desk.documents.open(services, demo.id))
    assert page.draft_button.isHidden()
    off = replace(document.schema.user_mapping, enabled=False)
    document.edit_schema("No people", replace(document.schema, user_mapping=off))
    pick_in_scope(page, demo, services, loop)
    window.show_page("overview")
    window.show_page("on_demand")
    loop.until(page.draft_button.isVisible)
    qtbot.mouseClick(page.draft_button, LEFT)
    loop.until(page.banner.isVisible)
    assert "not enabled" in page.banner.sentence
    assert page.steps.isHidden()
    assert loop.run(services.tenants.info(demo.id)).users == 0


def edit_department(document, expression: str) -> None:
    """Edit the mapping of the department in the draft."""
    mapping = document.schema.user_mapping
    rows = tuple(
        replace(row, mapping_type=MappingType.CONSTANT, source=expression)
        if row.target_attribute == DEPARTMENT
        else row
        for row in mapping.attribute_mappings
    )
    edited = replace(document.schema, user_mapping=replace(mapping, attribute_mappings=rows))
    document.edit_schema("Change the department", edited)


def test_the_draft_is_compared_with_what_is_saved_and_then_written(
    page, demo, services, window, loop, qtbot
) -> None:
    document = loop.run(window.desk.documents.open(services, demo.id))
    loop.until(lambda: page.draft_button.isHidden())
    person = pick_in_scope(page, demo, services, loop)
    edit_department(document, "Of the draft")
    loop.until(page.draft_button.isVisible)
    assert page.write_draft_button.isHidden()
    qtbot.mouseClick(page.draft_button, LEFT)
    loop.until(lambda: page.entry is not None)
    loop.until(page.write_draft_button.isEnabled)

    table = page.panel.difference
    assert page.view.currentWidget() is table
    cells = [table.model().index(0, column).data() for column in range(3)]
    assert cells[0] == "department"
    assert table.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole) == DEPARTMENT
    assert cells[2] == "Of the draft"
    assert "Differences from the saved configuration: 1" in page.outcome.text()
    assert loop.run(services.tenants.info(demo.id)).users == 0

    tried = page.entry
    qtbot.mouseClick(page.write_draft_button, LEFT)
    loop.until(lambda: window.findChild(ConfirmDialog) is not None)
    dialog = window.findChild(ConfirmDialog)
    assert loop.run(services.tenants.info(demo.id)).users == 0
    qtbot.mouseClick(dialog.confirm_button, LEFT)
    loop.until(lambda: page.entry is not None and page.entry is not tried)

    assert document.modified
    written = {change.display_name: change.new_value for change in page.entry.modified_properties}
    assert written[DEPARTMENT] == "Of the draft"
    # What was written with the draft is not taken for what the saved configuration wants.
    loop.until(page.provision_button.isEnabled)
    qtbot.mouseClick(page.provision_button, LEFT)
    loop.until(lambda: page.entry is not None and page.entry.action is ProvisioningAction.UPDATE)
    assert page.entry.source_id == person
    assert {change.old_value for change in page.entry.modified_properties} >= {"Of the draft"}


def test_a_draft_of_the_scope_is_taken(page, demo, services, window, loop, qtbot) -> None:
    document = loop.run(window.desk.documents.open(services, demo.id))
    roster = loop.run(read_roster(services, demo.id))
    outside = next(
        row.entry
        for row in roster.rows
        if not row.in_scope and row.entry.active and row.entry.object_type is ObjectType.USER
    )
    document.edit_settings("All", replace(document.settings, scope=ProvisioningScope.ALL))
    page.show_argument(outside.id)
    loop.until(lambda: page.chosen is not None and page.chosen.id == outside.id)
    loop.until(page.draft_button.isVisible)
    qtbot.mouseClick(page.draft_button, LEFT)
    loop.until(lambda: page.entry is not None)

    assert page.entry.action is ProvisioningAction.CREATE
    assert page.panel.result.saved.status is ProvisioningStatus.SKIPPED
    assert page.panel.difference.model().index(0, 0).data() == "Action"


def test_a_draft_that_changes_nothing_for_somebody_says_so(
    page, demo, services, window, loop, qtbot
) -> None:
    document = loop.run(window.desk.documents.open(services, demo.id))
    document.edit_settings("Pace", replace(document.settings, interval_minutes=41))
    pick_in_scope(page, demo, services, loop)
    loop.until(page.draft_button.isVisible)
    qtbot.mouseClick(page.draft_button, LEFT)
    loop.until(lambda: page.entry is not None)

    assert "does the same as the saved configuration" in page.outcome.text()


def test_everything_is_done_from_the_keyboard(page, demo, services, loop, qtbot) -> None:
    person = next(
        row.entry
        for row in loop.run(read_roster(services, demo.id)).rows
        if row.in_scope and row.entry.object_type is ObjectType.USER
    )
    page.focus_search()
    qtbot.keyClicks(page.search, person.attributes["userPrincipalName"].upper())
    loop.until(lambda: page.found.count() == 1)
    qtbot.keyClick(page.search, Qt.Key.Key_Down)
    assert page.found.hasFocus()
    assert page.chosen.id == person.id
    qtbot.keyClick(page.found, Qt.Key.Key_Return)
    loop.until(lambda: page.entry is not None and page.provision_button.isEnabled())
    tried = page.entry
    assert loop.run(services.tenants.info(demo.id)).users == 0
    qtbot.keyClick(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    loop.until(lambda: page.entry is not None and page.entry is not tried)

    assert page.status_badge.word == "Success"
    assert loop.run(services.tenants.info(demo.id)).users == 1


def test_a_try_is_cancelled_at_once(page, demo, services, loop, qtbot) -> None:
    pick_in_scope(page, demo, services, loop)
    loop.run(services.tenants.set_fault(demo.id, "latency=20s"))
    qtbot.mouseClick(page.try_button, LEFT)
    loop.until(page.loading.isVisible)
    qtbot.mouseClick(page.loading._cancel, LEFT)
    loop.until(page.try_button.isEnabled)

    assert page.entry is None
    assert page.loading.isHidden()
    assert "Nothing was asked or sent so far" in page.outcome.text()
    loop.run(services.tenants.set_fault(demo.id, "latency", on=False))


def test_cancelling_several_lets_the_present_one_end(page, demo, services, loop, qtbot) -> None:
    loop.run(services.tenants.set_fault(demo.id, "latency=300ms"))
    pick_rows(page, qtbot, [0, 1, 2])
    qtbot.mouseClick(page.provision_button, LEFT)
    loop.until(page.loading.isVisible)
    qtbot.mouseClick(page.loading._cancel, LEFT)
    loop.until(page.provision_button.isEnabled)

    assert 1 <= page.results.count() < 3
    assert page.entry is not None
    loop.run(services.tenants.set_fault(demo.id, "latency", on=False))


def test_nobody_found_is_said(page, loop, qtbot) -> None:
    qtbot.keyClicks(page.search, "nobody at all")
    loop.until(page.who.nobody.isVisible)
    assert '"nobody at all"' in page.who.nobody.text()
    assert page.found.count() == 0


def test_somebody_disabled_is_marked_and_skipped_with_the_reason(
    page, demo, services, loop, qtbot
) -> None:
    person = pick_in_scope(page, demo, services, loop)
    name = page.chosen.display_name
    loop.run(services.directory.edit(demo.id, lambda editor: editor.set_enabled(person, False)))
    qtbot.keyClicks(page.search, name)
    loop.until(lambda: page.found.count() and "(disabled)" in page.found.item(0).text())
    qtbot.mouseClick(page.try_button, LEFT)
    loop.until(lambda: page.entry is not None)

    assert page.entry.status is ProvisioningStatus.SKIPPED
    assert "disabled in the source directory" in page.outcome.text()


def test_the_dialect_is_shown(page, demo, services, window, loop) -> None:
    loop.until(lambda: page.dialect_note.text())
    assert "Entra (legacy)" in page.dialect_note.text()
    target = replace(demo.target, dialect=Dialect.ENTRA_COMPLIANT)
    strict = replace(demo, target=target, settings=replace(demo.settings, adapt_dialect=False))
    loop.run(services.connections.update(strict))
    page.refresh()
    loop.until(lambda: "ignores the flag aadOptscim062020" in page.dialect_note.text())
    assert "Entra (legacy)" in page.dialect_note.text()
