"""The plan's page in a narrow window and in the other palette."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidgetItem
from pytestqt.qtbot import QtBot

from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.palettes import Appearance, Role
from looop_gui.ui.plan.page import PlanPage
from looop_gui.ui.theme import Theme
from looop_gui.ui.widgets.plain_list import PlainList


@pytest.fixture
def made(demo, window: MainWindow, loop, qtbot: QtBot) -> PlanPage:
    window.show_page("plan")
    page = window.page
    assert isinstance(page, PlanPage)
    loop.until(lambda: page._document is not None)
    qtbot.mouseClick(page.make_button, Qt.MouseButton.LeftButton)
    loop.until(lambda: page.plan is not None)
    return page


def test_in_a_narrow_window_a_box_offers_the_patterns(
    made: PlanPage, window: MainWindow, loop
) -> None:
    columns, patterns = made.review.columns, made.review.patterns
    window.resize(1600, 900)
    loop.until(lambda: not columns.narrow)
    assert patterns.isVisible()
    patterns.setCurrentRow(2)

    window.resize(1000, 640)
    loop.until(lambda: columns.narrow)

    assert not patterns.isVisible()
    assert columns.box.isVisible()
    assert columns.box.currentText() == patterns.item(2).text()
    everybody = len(made.plan.objects)
    QTest.keyClick(columns.box, Qt.Key.Key_Home)
    loop.until(lambda: made.review.model.rowCount() == everybody)
    header = made.review.properties.horizontalHeader()
    assert header.sectionSize(0) >= header.sectionSizeHint(0)


def test_a_plan_that_only_creates_has_no_column_of_old_values(made: PlanPage) -> None:
    assert made.review.properties.isColumnHidden(1)
    assert made.review.facts.text().startswith("Requests: ")
    assert "Dialect: Entra (legacy). Initial cycle" in made.review.facts.text()


def test_the_icons_of_a_list_follow_the_palette(theme: Theme, qtbot: QtBot) -> None:
    lines = PlainList("Lines")
    qtbot.addWidget(lines)
    item = QListWidgetItem("One")
    lines.dress(theme, item, "plus", Role.SUCCESS)
    lines.addItem(item)
    try:
        theme.apply(Appearance.DARK)
        assert item.icon().cacheKey() == theme.icon("plus", Role.SUCCESS).cacheKey()
    finally:
        theme.apply(Appearance.LIGHT)
    assert item.icon().cacheKey() == theme.icon("plus", Role.SUCCESS).cacheKey()
