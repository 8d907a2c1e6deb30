"""Every page can be used by keyboard and by ear: names, the tab order, no trap."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QTabBar,
    QTabWidget,
    QWidget,
)

from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.page_entries import PAGES

INTERACTIVE = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
)
OWN_PAGES = (
    "overview",
    "directory",
    "plan",
    "on_demand",
    "provisioning_log",
    "links",
    "tenant",
    "settings",
)


def focusable(root: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in root.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(widget, QScrollArea | QTabBar | QTabWidget)
        and not widget.objectName().startswith("qt_")
    ]


def name_of(widget: QWidget) -> str:
    if widget.accessibleName():
        return widget.accessibleName()
    return widget.text() if isinstance(widget, QAbstractButton) else ""


@pytest.mark.parametrize("key", OWN_PAGES)
def test_everything_that_takes_the_focus_has_a_name(
    synced, window: MainWindow, loop, key: str
) -> None:
    window.show_page(key)
    loop.until(lambda: not window.tasks.busy)
    nameless = [
        f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}"
        for widget in focusable(window)
        if isinstance(widget, INTERACTIVE)
        and not isinstance(widget.parentWidget(), QComboBox | QAbstractSpinBox)
        and not name_of(widget)
    ]
    assert not nameless


@pytest.mark.parametrize("key", OWN_PAGES)
def test_the_tab_key_reaches_every_control_and_comes_back(
    synced, window: MainWindow, loop, qtbot, key: str
) -> None:
    window.show_page(key)
    loop.until(lambda: not window.tasks.busy)
    window.activateWindow()
    controls = focusable(window)
    start = window.side_bar._page_view
    start.setFocus()
    reached = set()
    for _ in range(len(controls) + 20):
        window.focusNextChild()
        widget = window.focusWidget()
        if widget is start:
            break
        reached.add(id(widget))
    else:
        pytest.fail("The tab order does not come back to its start")
    missed = [one for one in controls if one is not start and id(one) not in reached]
    assert not [name_of(one) or type(one).__name__ for one in missed]


def test_every_page_is_reached_without_a_mouse(synced, window: MainWindow, qtbot) -> None:
    window.activateWindow()
    view = window.side_bar._page_view
    view.setFocus()
    seen = set()
    for _ in PAGES:
        seen.add(type(window.page).__name__)
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert len(seen) == len(PAGES)


def test_icon_buttons_say_what_they_do(synced, window: MainWindow) -> None:
    for entry in OWN_PAGES:
        window.show_page(entry)
        for button in window.findChildren(QAbstractButton):
            if button.isVisible() and not button.text() and button.focusPolicy():
                assert button.accessibleName() or button.toolTip() or button.objectName()
