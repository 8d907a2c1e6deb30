"""Users and groups: assign, change the source, and see the next cycle carry it on."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from looop_gui.model.connection import SourceSettings, SourceType
from looop_gui.model.directory import ObjectType
from looop_gui.services.roster import AccountState, RosterRow
from looop_gui.ui.directory.page import DirectoryPage, Part
from looop_gui.ui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(demo, window: MainWindow, loop) -> DirectoryPage:
    window.show_page("directory")
    page = window.page
    assert isinstance(page, DirectoryPage)
    loop.until(lambda: page.model.rowCount() > 0)
    return page


def choose(page: DirectoryPage, loop, wanted) -> RosterRow:
    """Select the first shown row that is wanted."""
    rows = (page.model.row_at(row) for row in range(page.model.rowCount()))
    row = next(one for one in rows if one is not None and wanted(one))
    page.table.selectRow(page.model.row_of(row.entry.id))
    assert page.inspector.isVisible()
    return row


def now(page: DirectoryPage, object_id: str) -> RosterRow:
    return next(row for row in page.roster.rows if row.entry.id == object_id)


def is_person(row: RosterRow) -> bool:
    return row.entry.object_type is ObjectType.USER and row.state is AccountState.ACTIVE


def test_numbers_of_the_directory_are_said(page: DirectoryPage) -> None:
    assert page.header.sentence.startswith("60 people and ")
    assert page.count_label.text() == f"{len(page.roster.rows)} shown"


def test_assigning_brings_a_person_into_scope(page: DirectoryPage, loop, qtbot) -> None:
    row = choose(page, loop, lambda one: is_person(one) and not one.assigned)
    qtbot.mouseClick(page.inspector.assign_button, LEFT)
    loop.until(lambda: now(page, row.entry.id).in_scope)
    loop.until(page.inspector.unassign_button.isVisible)
    qtbot.mouseClick(page.inspector.unassign_button, LEFT)
    loop.until(lambda: not now(page, row.entry.id).in_scope)


def test_a_role_may_be_typed(page: DirectoryPage, loop, qtbot) -> None:
    row = choose(page, loop, lambda one: is_person(one) and not one.assigned)
    page.inspector.role.setEditText("Reviewer")
    qtbot.mouseClick(page.inspector.assign_button, LEFT)
    loop.until(lambda: now(page, row.entry.id).assigned)
    assert "Reviewer" in page.model.assignment_words(now(page, row.entry.id))


def test_a_changed_attribute_reaches_the_tenant(
    synced, window: MainWindow, services, loop, qtbot
) -> None:
    window.show_page("directory")
    page = window.page
    loop.until(lambda: page.model.rowCount() > 0)
    row = choose(page, loop, lambda one: is_person(one) and one.in_scope)
    page.inspector.attribute.setCurrentText("department")
    page.inspector.value.setText("Moon base")
    qtbot.mouseClick(page.inspector.change_button, LEFT)
    loop.until(lambda: now(page, row.entry.id).entry.attributes.get("department") == "Moon base")
    cycle = loop.run(services.provisioning.run_cycle(synced.id))
    assert cycle.users.updated == 1
    name = row.entry.attributes["userPrincipalName"]
    found = loop.run(services.tenants.users(synced.id, str(name)))
    assert "Moon base" in str(found.rows[0].attributes)


def test_a_deletion_is_undone_instead_of_confirmed(
    page: DirectoryPage, window: MainWindow, loop, qtbot
) -> None:
    row = choose(page, loop, is_person)
    qtbot.mouseClick(page.inspector.delete_button, LEFT)
    loop.until(lambda: now(page, row.entry.id).state is AccountState.DELETED)
    loop.until(window.toast.isVisible)
    assert "can be restored" in window.toast.words
    qtbot.mouseClick(window.toast._button, LEFT)
    loop.until(lambda: now(page, row.entry.id).state is AccountState.ACTIVE)


def test_disabling_and_enabling(page: DirectoryPage, loop, qtbot) -> None:
    row = choose(page, loop, is_person)
    qtbot.mouseClick(page.inspector.enable_button, LEFT)
    loop.until(lambda: now(page, row.entry.id).state is AccountState.DISABLED)
    loop.until(lambda: page.inspector.enable_button.text() == "Enable")
    qtbot.mouseClick(page.inspector.enable_button, LEFT)
    loop.until(lambda: now(page, row.entry.id).state is AccountState.ACTIVE)


def test_a_typical_day_gives_the_next_cycle_work(
    synced, window: MainWindow, services, loop, qtbot
) -> None:
    window.show_page("directory")
    page = window.page
    loop.until(page.day_button.isVisible)
    qtbot.mouseClick(page.day_button, LEFT)
    loop.until(lambda: "typical day" in page.banner.sentence)
    cycle = loop.run(services.provisioning.run_cycle(synced.id))
    both = cycle.users + cycle.groups
    assert both.created + both.updated + both.disabled + both.deleted > 0


def test_chips_and_search_narrow(page: DirectoryPage, loop, qtbot) -> None:
    everybody = page.model.rowCount()
    qtbot.mouseClick(page.part_chips[Part.IN_SCOPE], LEFT)
    assert 0 < page.model.rowCount() < everybody
    assert all(page.model.row_at(row).in_scope for row in range(page.model.rowCount()))
    qtbot.mouseClick(page.part_chips[Part.IN_SCOPE], LEFT)
    qtbot.mouseClick(page.type_chips[ObjectType.GROUP], LEFT)
    assert page.model.rowCount() < everybody
    qtbot.mouseClick(page.type_chips[ObjectType.GROUP], LEFT)
    name = page.model.row_at(0).entry.display_name
    qtbot.keyClicks(page.search, "nobody has this name")
    loop.until(lambda: page.model.rowCount() == 0)
    assert not page.empty.isHidden()
    page.search.setText(name)
    loop.until(lambda: page.model.rowCount() >= 1)


def test_a_person_leads_to_the_log_and_to_provision_on_demand(
    page: DirectoryPage, window: MainWindow, loop, qtbot
) -> None:
    row = choose(page, loop, is_person)
    qtbot.mouseClick(page.inspector.demand_button, LEFT)
    loop.until(lambda: getattr(window.page, "chosen", None) is not None)
    assert window.page.chosen.id == row.entry.id
    window.show_page("directory")
    qtbot.mouseClick(page.inspector.log_button, LEFT)
    assert window.page.view.filters.log_filter.source_id == row.entry.id


def test_default_access_is_explained_once(demo, window: MainWindow, loop) -> None:
    window.show_page("directory")
    page = window.page
    loop.until(lambda: page.roster is not None)
    if page.roster.default_access_only:
        assert "Default Access" in page.banner.sentence
        page.banner.clear()
        window.show_page("overview")
        window.show_page("directory")
        loop.until(lambda: not page.tasks.busy)
        assert page.banner.isHidden()
    else:
        assert page.banner.isHidden()


def test_defects_of_the_source_are_counted_and_listed(
    page: DirectoryPage, demo, services, loop, qtbot, tmp_path
) -> None:
    assert page.defects.isHidden()
    rows = ["id,userPrincipalName", "1,ann@x.org", ",nobody@x.org", "2,bob@x.org,more", ""]
    (tmp_path / "users.csv").write_text("\n".join(rows), "utf-8")
    source = SourceSettings(SourceType.FILES, str(tmp_path))
    loop.run(services.connections.update(replace(demo, source=source)))
    page.refresh()
    loop.until(page.defects.isVisible)

    assert page.defects.sentence == "2 defects in users.csv."
    qtbot.mouseClick(page.defects._button, LEFT)
    assert page.defects.dialog is not None
    model = page.defects.dialog.model
    assert [model.index(row, 1).data() for row in range(model.rowCount())] == ["3", "4"]
    page.defects.dialog.accept()
