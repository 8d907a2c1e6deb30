"""The plan's page as a person uses it: made, read, thinned out, applied, exported."""

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from looop_gui.engine.plan_thinning import referring_rows
from looop_gui.model.connection import MatchingStrategy
from looop_gui.model.plan import ReferenceKind
from looop_gui.model.scope import ProvisioningScope
from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.plan.page import PlanPage
from looop_gui.ui.widgets.confirm import ConfirmDialog

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(demo, window: MainWindow, loop) -> PlanPage:
    window.show_page("plan")
    page = window.page
    assert isinstance(page, PlanPage)
    loop.until(lambda: page._document is not None)
    return page


@pytest.fixture
def made(page: PlanPage, loop, qtbot: QtBot) -> PlanPage:
    qtbot.mouseClick(page.make_button, LEFT)
    loop.until(lambda: page.plan is not None and page.apply_button.isEnabled())
    return page


def confirm(made: PlanPage, window: MainWindow, loop, qtbot: QtBot) -> None:
    qtbot.mouseClick(made.apply_button, LEFT)
    loop.until(lambda: window.findChild(ConfirmDialog) is not None)
    qtbot.mouseClick(window.findChild(ConfirmDialog).confirm_button, LEFT)


def test_before_a_plan_is_made_nothing_can_be_applied(page: PlanPage) -> None:
    assert page.empty.isVisible()
    assert not page.apply_button.isEnabled()
    assert page.apply_button.toolTip() == "Make the plan first."


def test_a_plan_is_read_from_the_sentence_to_the_request(
    made: PlanPage, demo, services, loop, qtbot: QtBot
) -> None:
    QAbstractItemModelTester(made.review.model)
    assert made.review.sentence.text().startswith("This cycle would create ")
    assert "DRY RUN: nothing was written" in made.banner.sentence
    assert loop.run(services.tenants.info(demo.id)).users == 0
    everything = made.review.model.rowCount()
    row = next(
        n
        for n in range(made.review.patterns.count())
        if "manager" in made.review.patterns.item(n).text()
    )
    made.review.patterns.setCurrentRow(row)
    assert 0 < made.review.model.rowCount() < everything
    made.review.patterns.setCurrentRow(0)
    names = (made.review.model.row_at(n).source_name for n in range(everything))
    name = next(name for name in names if name.isascii())
    qtbot.keyClicks(made.review.search, name)
    loop.until(lambda: 0 < made.review.model.rowCount() < 5)
    assert made.review.name.text() == name
    assert made.review.properties.rowCount() > 0
    assert made.review.request.toPlainText().startswith("POST /Users")
    assert name.split()[0] in made.review.request.toPlainText()


def test_a_manager_left_out_by_space_takes_the_references_to_her_along(
    made: PlanPage, demo, services, window: MainWindow, loop, qtbot: QtBot
) -> None:
    review, plan = made.review, made.plan
    people = [one for one in plan.objects if one.requests[0].path == "/Users"]
    rows = [review.model.row_at(n) for n in range(review.model.rowCount())]
    by_manager = Counter(
        reference.source_id
        for one in people
        for reference in one.depends
        if reference.kind is ReferenceKind.MANAGER
    )
    row, manager = next(
        (n, one) for n, one in enumerate(rows) if by_manager[one.source_id] > 1 and one in people
    )
    reports = {
        one.source_id
        for one in people
        if any(reference.source_id == manager.source_id for reference in one.depends)
    }
    in_groups = referring_rows(plan, manager.source_id)
    review.table.selectRow(row)
    assert f"{len(reports)} people would go without {manager.source_name}" in review.reason.text()

    review.table.setFocus()
    qtbot.keyClick(review.table, Qt.Key.Key_Space)

    loop.until(lambda: "1 left out" in review.left_out.text())
    assert (
        f"{len(reports)} people refer to {manager.source_name}, who is left out, as manager; "
        "their manager is written by a later cycle."
    ) in review.consequences.text()
    assert review.consequences.isVisible()
    report = next(n for n, one in enumerate(rows) if one.source_id in reports)
    review.table.selectRow(report)
    assert rows[report].source_name == review.name.text()
    assert manager.target_id not in review.request.toPlainText()
    assert len(in_groups) >= len(reports)

    confirm(made, window, loop, qtbot)

    loop.until(lambda: made.banner.sentence == "The plan was applied")
    assert f"{len(reports)} people refer to" in "\n".join(
        label.text() for label in made.banner.findChildren(QLabel)
    )
    assert loop.run(services.tenants.info(demo.id)).users == len(people) - 1


def test_the_whole_plan_is_applied_and_a_second_one_is_empty(
    made: PlanPage, demo, services, window: MainWindow, loop, qtbot: QtBot
) -> None:
    people = sum(1 for one in made.plan.objects if one.requests[0].path == "/Users")
    confirm(made, window, loop, qtbot)
    loop.until(lambda: made.banner.sentence == "The plan was applied")
    assert loop.run(services.tenants.info(demo.id)).users == people
    qtbot.mouseClick(made.make_button, LEFT)
    loop.until(lambda: made.plan is not None)
    assert made.review.sentence.text() == "This cycle would write nothing."
    assert not made.review.columns.isVisible()
    assert not made.apply_button.isEnabled()


def test_the_plan_is_exported_as_page_and_as_json(made: PlanPage, loop, tmp_path: Path) -> None:
    for name in ("plan.html", "plan.json"):
        made.export(tmp_path / name)
        loop.until(lambda at=tmp_path / name: at.is_file() and at.stat().st_size > 1000)
    assert "DRY RUN" in (tmp_path / "plan.html").read_text("utf-8")
    objects = json.loads((tmp_path / "plan.json").read_text("utf-8"))["objects"]
    assert len(objects) == len(made.plan.objects)


def test_a_plan_of_the_draft_is_said_to_be_one_and_not_applied(
    page: PlanPage, demo, loop, qtbot: QtBot
) -> None:
    document = page._document
    settings = replace(document.settings, scope=ProvisioningScope.ALL)
    document.edit_settings("Everybody", settings)
    page.refresh()
    loop.until(lambda: page.make_button.text() == "Make the plan of the draft")
    qtbot.mouseClick(page.make_button, LEFT)
    loop.until(lambda: page.plan is not None)
    assert "DRY RUN of the draft" in page.banner.sentence
    assert not page.apply_button.isEnabled()
    assert "Save it" in page.apply_button.toolTip()


def test_making_a_plan_says_how_far_it_is_and_is_cancelled_in_the_engine(
    page: PlanPage, demo, services, loop, qtbot: QtBot
) -> None:
    settings = replace(
        demo.settings, matching=MatchingStrategy.FILTER, concurrency=1, requests_per_second=0
    )
    source = replace(demo.source, users=3000)
    loop.run(services.connections.update(replace(demo, settings=settings, source=source)))
    qtbot.mouseClick(page.make_button, LEFT)
    loop.until(lambda: page.loading.words.startswith("Asking the tenant; nothing is written. Ex"))
    loop.until(lambda: page.loading.isVisible())
    assert re.search(r"Export: [\d,]+ of [\d,]+$", page.loading.words)
    making = page._making

    qtbot.mouseClick(page.loading.findChild(QPushButton), LEFT)

    loop.until(lambda: making.done())
    assert making.cancelled()
    assert not page.loading.isVisible()
    assert page.plan is None
    assert page.make_button.isEnabled()


def guarded(page: PlanPage, demo, services, loop, qtbot: QtBot, **limits: object) -> None:
    """Make a plan under these limits."""
    loop.run(services.connections.update(replace(demo, settings=replace(demo.settings, **limits))))
    qtbot.mouseClick(page.make_button, LEFT)
    loop.until(lambda: page.plan is not None and page.make_button.isEnabled())


def test_a_guard_shows_its_list_and_is_allowed_once_for_exactly_that(
    page: PlanPage, demo, services, window: MainWindow, loop, qtbot: QtBot
) -> None:
    guarded(page, demo, services, loop, qtbot, limit_creates=5)
    card = page.review.guards
    assert card.isVisible()
    assert "DRY RUN: a guard would stop this cycle" in page.banner.sentence
    assert "more than 5" in card.sentence.text()
    (guard,) = page.plan.guards
    assert card.list.count() == len(guard.objects) > 40
    assert "create or match" in card.list.item(0).text()
    assert not page.apply_button.isEnabled()
    assert "Allow its list once" in page.apply_button.toolTip()

    card.allow.click()
    loop.until(page.apply_button.isEnabled)
    confirm(page, window, loop, qtbot)
    loop.until(lambda: page.banner.sentence == "The plan was applied")
    assert loop.run(services.tenants.info(demo.id)).users >= len(guard.objects)


def test_another_list_than_the_one_allowed_is_stopped_again(
    page: PlanPage, demo, services, window: MainWindow, loop, qtbot: QtBot
) -> None:
    guarded(page, demo, services, loop, qtbot, limit_creates=5)
    page.review.guards.allow.click()
    loop.until(page.apply_button.isEnabled)
    person = page.plan.guards[0].objects[0].source_id

    def disable_one(editor) -> str:
        return editor.set_enabled(person, False)

    loop.run(services.directory.edit(demo.id, disable_one))
    confirm(page, window, loop, qtbot)
    loop.until(lambda: page.banner.sentence == "The plan was not applied whole")
    assert "more than 5" in page.banner.accessibleName()
    assert loop.run(services.tenants.info(demo.id)).users == 0


def test_a_plan_thinned_out_below_the_limit_is_applied_without_a_question(
    page: PlanPage, demo, services, window: MainWindow, loop, qtbot: QtBot
) -> None:
    guarded(page, demo, services, loop, qtbot, limit_creates=5)
    people = [one.source_id for one in page.plan.guards[0].objects]
    kept = set(people[:3])
    model = page.review.model
    for row in reversed(range(model.rowCount())):
        if model.row_at(row).source_id not in kept and (
            model.row_at(row).source_id not in model.left_out
        ):
            model.toggle(row)
    assert page.review.guards.sentence.text() == "The guards do not object to what is left."
    assert page.apply_button.isEnabled()

    confirm(page, window, loop, qtbot)
    loop.until(lambda: page.banner.sentence == "The plan was applied")
    assert loop.run(services.tenants.info(demo.id)).users == 3


def test_a_plan_that_a_guard_objects_to_is_rejected(
    page: PlanPage, demo, services, loop, qtbot: QtBot
) -> None:
    guarded(page, demo, services, loop, qtbot, limit_creates=5)
    qtbot.mouseClick(page.review.guards.reject_button, LEFT)
    loop.until(lambda: page.plan is None)
    assert "Nothing was written" in page.banner.sentence
    assert page.empty.isVisible()
    assert not page.apply_button.isEnabled()


def test_a_plan_is_not_applied_to_another_configuration_than_it_was_made_for(
    made: PlanPage, demo, services, window: MainWindow, loop, qtbot: QtBot
) -> None:
    settings = replace(demo.settings, scope=ProvisioningScope.ALL)
    loop.run(services.connections.update(replace(demo, settings=settings)))

    confirm(made, window, loop, qtbot)

    loop.until(lambda: "settings have changed since the plan was made" in made.banner.sentence)
    assert "Nothing was sent to the target." in made.banner.accessibleName()
    assert loop.run(services.tenants.info(demo.id)).users == 0
    assert made.make_button.isEnabled()


def test_applying_says_how_far_it_is_and_is_stopped_at_once(
    page: PlanPage, demo, services, window: MainWindow, loop, qtbot: QtBot
) -> None:
    settings = replace(demo.settings, concurrency=1)
    source = replace(demo.source, users=600)
    loop.run(services.connections.update(replace(demo, settings=settings, source=source)))
    qtbot.mouseClick(page.make_button, LEFT)
    loop.until(lambda: page.plan is not None and page.apply_button.isEnabled())
    people = sum(1 for one in page.plan.objects if one.requests[0].path == "/Users")
    loop.run(services.tenants.set_fault(demo.id, "latency=20ms"))

    confirm(page, window, loop, qtbot)
    loop.until(lambda: re.search(r"Writing to .*Export: [1-9]", page.loading.words))
    assert page.banner.sentence == f"Writing to {demo.target.tenant_url}"
    loop.until(page.loading.isVisible)
    qtbot.mouseClick(page.loading.findChild(QPushButton), LEFT)

    loop.until(lambda: page.banner.sentence == "The plan was not applied whole")
    assert "The cycle was stopped" in page.banner.accessibleName()
    assert 0 < loop.run(services.tenants.info(demo.id)).users < people
    assert page.make_button.isEnabled()
