"""Everything that can have the focus says what it is, and the keyboard reaches all of it."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from looop_gui.model.connection import Application
from looop_gui.setup.draft import SetupStep
from looop_gui.ui.desk import Desk
from looop_gui.ui.setup_wizard import make_wizard, prepare_draft
from looop_gui.ui.wizard.wizard import SetupWizard

EDITABLE = (QLineEdit, QComboBox, QPlainTextEdit, QAbstractSpinBox)


@pytest.fixture
def wizard(desk: Desk, loop, qtbot: QtBot) -> Iterator[SetupWizard]:
    draft = loop.run(prepare_draft(desk.services, application=Application.LOOOP))
    opened = make_wizard(desk, draft)
    qtbot.addWidget(opened)
    opened.resize(1200, 800)
    opened.show()
    yield opened
    opened.close()


def show(wizard: SetupWizard, loop, step: SetupStep) -> QWidget:
    wizard.go_to(step)
    if step in (SetupStep.USER_MAPPINGS, SetupStep.GROUP_MAPPINGS):
        loop.until(lambda: wizard.page.editor.live.previews)
        wizard.page.editor.select(0)
    return wizard.page


def focusable(root: QWidget) -> list[QWidget]:
    wanted = Qt.FocusPolicy.TabFocus
    return [
        widget
        for widget in root.findChildren(QWidget)
        if widget.isVisibleTo(root)
        and widget.focusPolicy() & wanted
        and widget.focusProxy() is None
        and not isinstance(widget.parent(), (QComboBox, QAbstractSpinBox))
    ]


def name_of(widget: QWidget) -> str:
    if widget.accessibleName():
        return widget.accessibleName()
    if isinstance(widget, QAbstractButton):
        return widget.text()
    return ""


@pytest.mark.parametrize("step", list(SetupStep))
def test_every_widget_of_the_page_has_a_name(wizard: SetupWizard, loop, step: SetupStep) -> None:
    page = show(wizard, loop, step)
    found = focusable(page)
    nameless = [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in found
        if not name_of(widget) and not type(widget).__name__.startswith(("QTab", "QScroll"))
    ]
    assert nameless == []
    if step is not SetupStep.REVIEW:
        assert found


@pytest.mark.parametrize("step", [SetupStep.CREDENTIALS, SetupStep.NOTIFICATION])
def test_fields_have_a_label_that_leads_to_them(wizard: SetupWizard, loop, step: SetupStep) -> None:
    page = show(wizard, loop, step)
    for widget in focusable(page):
        if isinstance(widget, EDITABLE):
            assert widget.accessibleName()


def test_the_tab_key_walks_through_the_page_to_next(
    wizard: SetupWizard, loop, qtbot: QtBot
) -> None:
    show(wizard, loop, SetupStep.NOTIFICATION)
    page = wizard.page
    order: list[QWidget] = []
    widget = page.email
    for _ in range(60):
        order.append(widget)
        widget = widget.nextInFocusChain()
        if widget is page.email:
            break
    places = [order.index(each) for each in (page.email, page.send, page.guard, wizard.foot.next)]
    assert places == sorted(places)
