"""Undoing a run as a person does it: chosen on the overview, read as a plan, applied."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from looop_gui.model.job import CycleKind
from looop_gui.scim.messages import PATCH_OP, ScimRequest
from looop_gui.services.cycle_setting import open_target
from looop_gui.services.services import Services
from looop_gui.ui.log_argument import LogArgument
from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.overview.page import OverviewPage
from looop_gui.ui.overview.undo_dialog import UndoDialog
from looop_gui.ui.plan.page import PlanPage
from looop_gui.ui.provisioning_log.page import ProvisioningLogPage
from looop_gui.ui.undo_argument import UndoArgument
from looop_gui.ui.widgets.confirm import ConfirmDialog

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(synced, window: MainWindow, loop) -> UndoDialog:
    """The choice of a run, opened from the overview's menu."""
    page = window.page
    assert isinstance(page, OverviewPage)
    actions = page.more_button.menu().actions()
    next(one for one in actions if one.text() == "Undo a run…").trigger()
    loop.until(lambda: window.findChild(UndoDialog) is not None)
    dialog = window.findChild(UndoDialog)
    loop.until(lambda: dialog.runs.count() > 0)
    return dialog


@pytest.fixture
def planned(dialog: UndoDialog, window: MainWindow, loop, qtbot: QtBot) -> PlanPage:
    qtbot.mouseClick(dialog.plan_button, LEFT)
    loop.until(lambda: isinstance(window.page, PlanPage) and window.page.plan is not None)
    assert isinstance(window.page, PlanPage)
    return window.page


def test_the_runs_are_listed_with_what_they_did(dialog: UndoDialog) -> None:
    assert dialog.runs.count() == 1
    assert "Initial cycle · created" in dialog.runs.item(0).text()
    assert "deleted" not in dialog.runs.item(0).text()
    assert dialog.plan_button.isEnabled()


def test_the_plan_says_that_it_is_one_of_an_undo(planned: PlanPage, synced, services, loop) -> None:
    QAbstractItemModelTester(planned.review.model)
    assert planned.review.sentence.text().startswith("This undo would delete")
    assert "DRY RUN of an undo" in planned.banner.sentence
    assert planned.review.left_alone.isHidden()
    assert loop.run(services.tenants.info(synced.id)).users > 0


def test_it_is_applied_and_provisioning_is_paused_with_a_reason(
    planned: PlanPage, synced, services, window: MainWindow, loop, qtbot: QtBot
) -> None:
    loop.until(planned.apply_button.isEnabled)
    qtbot.mouseClick(planned.apply_button, LEFT)
    loop.until(lambda: window.findChild(ConfirmDialog) is not None)

    qtbot.mouseClick(window.findChild(ConfirmDialog).confirm_button, LEFT)

    loop.until(lambda: "The plan was applied" in planned.banner.sentence)
    info = loop.run(services.tenants.info(synced.id))
    assert (info.users, info.groups) == (0, 0)
    assert loop.run(services.provisioning.cycles(synced.id))[0].kind is CycleKind.UNDO
    assert not loop.run(services.connections.get(synced.id)).settings.provisioning_on
    window.show_page("overview")
    overview = window.page
    assert isinstance(overview, OverviewPage)
    loop.until(lambda: "because a run was undone" in overview.banner.sentence)
    loop.until(lambda: "an undo" in overview.cycle.heading.text())


def test_whom_somebody_has_changed_is_listed_with_the_reason(
    dialog: UndoDialog, synced, services, window: MainWindow, loop, qtbot: QtBot
) -> None:
    loop.run(rename_somebody(services, synced.id))

    qtbot.mouseClick(dialog.plan_button, LEFT)

    loop.until(lambda: isinstance(window.page, PlanPage) and window.page.plan is not None)
    page = window.page
    assert isinstance(page, PlanPage)
    assert page.review.left_alone.isVisible()
    assert page.review.left_alone.list.count() == 1
    assert "changed since the cycle: name.familyName" in page.review.left_alone.list.item(0).text()


def test_from_the_log_of_one_run_it_is_undone_as_well(
    synced, services, window: MainWindow, loop, qtbot: QtBot
) -> None:
    cycle = loop.run(services.provisioning.cycles(synced.id))[0]
    window.show_page("provisioning_log", LogArgument("One cycle", cycle_id=cycle.id))
    page = window.page
    assert isinstance(page, ProvisioningLogPage)
    loop.until(page.undo_button.isVisible)

    qtbot.mouseClick(page.undo_button, LEFT)

    loop.until(lambda: isinstance(window.page, PlanPage) and window.page.plan is not None)
    assert window.page.review.sentence.text().startswith("This undo would delete")


def test_a_run_that_wrote_nothing_is_refused_in_a_sentence(
    synced, services, window: MainWindow, loop
) -> None:
    cycle = loop.run(services.provisioning.run_cycle(synced.id))

    window.show_page("plan", UndoArgument(cycle.id))

    page = window.page
    assert isinstance(page, PlanPage)
    loop.until(lambda: "No run that can be undone" in page.banner.sentence)
    assert page.plan is None


async def rename_somebody(services: Services, connection_id: str) -> None:
    """As an administrator of the tenant would."""
    order = await services.provisioning.order_of(connection_id)
    operation = {"op": "replace", "path": "name.familyName", "value": "By hand"}
    body = {"schemas": [PATCH_OP], "Operations": [operation]}
    async with open_target(order.connection, order.token) as sender:
        listed = await sender.send(ScimRequest("GET", "/Users", (("count", "1"),)))
        path = f"/Users/{listed.body['Resources'][0]['id']}"
        assert (await sender.send(ScimRequest("PATCH", path, body=body))).ok


def test_whom_the_run_created_can_be_disabled(
    dialog: UndoDialog, window: MainWindow, loop, qtbot: QtBot
) -> None:
    dialog.disable.setChecked(True)

    qtbot.mouseClick(dialog.plan_button, LEFT)

    loop.until(lambda: isinstance(window.page, PlanPage) and window.page.plan is not None)
    assert window.page.review.sentence.text().startswith("This undo would disable")
