"""The plan's page as a person uses it: made, read, thinned out, applied, exported."""

import json
import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

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
    QAbstractItemModelTester(made.model)
    assert made.sentence.text().startswith("This cycle would create ")
    assert "DRY RUN: nothing was written" in made.banner.sentence
    assert loop.run(services.tenants.info(demo.id)).users == 0
    everything = made.model.rowCount()
    row = next(n for n in range(made.patterns.count()) if "manager" in made.patterns.item(n).text())
    made.patterns.setCurrentRow(row)
    assert 0 < made.model.rowCount() < everything
    made.patterns.setCurrentRow(0)
    names = (made.model.row_at(n).source_name for n in range(everything))
    name = next(name for name in names if name.isascii())
    qtbot.keyClicks(made.search, name)
    loop.until(lambda: 0 < made.model.rowCount() < 5)
    assert made.name.text() == name
    assert made.properties.rowCount() > 0
    assert made.request.toPlainText().startswith("POST /Users")
    assert name.split()[0] in made.request.toPlainText()


def test_what_is_left_out_by_space_is_not_written(
    made: PlanPage, demo, services, window: MainWindow, loop, qtbot: QtBot
) -> None:
    people = [one for one in made.plan.objects if one.requests[0].path == "/Users"]
    managed = {c.new_value for one in people for c in one.changes if "manager" in c.display_name}
    row = next(
        n
        for n in range(made.model.rowCount())
        if made.model.row_at(n) in people
        and not any(made.model.row_at(n).source_id in (value or "") for value in managed)
    )
    groups = [one for one in made.plan.objects if one not in people]
    made.model.left_out |= {one.source_id for one in groups}
    left_out = made.model.row_at(row)
    made.table.selectRow(row)
    made.table.setFocus()
    qtbot.keyClick(made.table, Qt.Key.Key_Space)
    loop.until(
        lambda: "left out" in made.left_out.text() and left_out.source_id in made.model.left_out
    )

    confirm(made, window, loop, qtbot)

    loop.until(lambda: made.plan is None)
    tenant = loop.run(services.tenants.users(demo.id, "", 0, 500))
    assert tenant.total < len(people)
    assert tenant.total > 0


def test_the_whole_plan_is_applied_and_a_second_one_is_empty(
    made: PlanPage, demo, services, window: MainWindow, loop, qtbot: QtBot
) -> None:
    people = sum(1 for one in made.plan.objects if one.requests[0].path == "/Users")
    confirm(made, window, loop, qtbot)
    loop.until(lambda: made.banner.sentence == "The plan was applied")
    assert loop.run(services.tenants.info(demo.id)).users == people
    qtbot.mouseClick(made.make_button, LEFT)
    loop.until(lambda: made.plan is not None)
    assert made.sentence.text() == "This cycle would write nothing."
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
    from dataclasses import replace

    from looop_gui.model.scope import ProvisioningScope

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
    from dataclasses import replace

    from looop_gui.model.connection import MatchingStrategy

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
