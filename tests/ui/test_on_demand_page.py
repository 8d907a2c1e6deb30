"""Provision on demand: pick, try, do, and do again."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from looop_gui.model.directory import ObjectType
from looop_gui.model.provisioning_log import ProvisioningAction, ProvisioningStatus
from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.on_demand.page import MOST_MEMBERS, OnDemandPage
from looop_gui.ui.widgets.confirm import ConfirmDialog

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(demo, window: MainWindow, loop) -> OnDemandPage:
    window.show_page("on_demand")
    page = window.page
    assert isinstance(page, OnDemandPage)
    loop.until(lambda: page.found.count() > 0)
    return page


def pick_in_scope(page: OnDemandPage, demo, services, loop) -> str:
    from looop_gui.services.roster import read_roster

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


def test_a_group_goes_with_its_first_members(page, demo, services, loop, qtbot) -> None:
    from looop_gui.services.roster import read_roster

    roster = loop.run(read_roster(services, demo.id))
    people = {row.entry.id for row in roster.rows if row.entry.object_type is ObjectType.USER}
    group = next(
        row.entry
        for row in roster.rows
        if row.in_scope and len(people.intersection(row.entry.members)) > MOST_MEMBERS
    )
    page.show_argument(group.id)
    loop.until(lambda: page.chosen is not None and page.chosen.id == group.id)
    assert page.with_members.isVisible()
    page.with_members.click()
    qtbot.mouseClick(page.provision_button, LEFT)
    loop.until(lambda: page.entry is not None and page.entry.source_id == group.id)
    assert page.results.count() == MOST_MEMBERS + 1
    assert loop.run(services.tenants.info(demo.id)).groups == 1


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
