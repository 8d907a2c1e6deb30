"""What came of a cycle is exported: from the overview, the log of one cycle, after a plan."""

import json
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from looop_gui.ui.log_argument import LogArgument
from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.overview.page import OverviewPage
from looop_gui.ui.plan.page import PlanPage
from looop_gui.ui.provisioning_log.page import ProvisioningLogPage
from looop_gui.ui.widgets.confirm import ConfirmDialog

LEFT = Qt.MouseButton.LeftButton


def choose(owner, path: Path, loop, window: MainWindow) -> None:
    """Say in the file dialog that is open where the file goes."""
    loop.until(lambda: owner.findChildren(QFileDialog))
    (dialog,) = owner.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(path))
    dialog.close()
    loop.until(lambda: window.toast.words == f"The result is in {path.name}")


def test_the_result_of_the_last_cycle_is_exported_from_the_overview(
    synced, window: MainWindow, loop, tmp_path: Path
) -> None:
    page = window.page
    assert isinstance(page, OverviewPage)
    (action,) = (
        one
        for one in page.more_button.menu().actions()
        if one.text() == "Export the result of the last cycle"
    )
    action.trigger()
    choose(page, tmp_path / "result.html", loop, window)

    text = (tmp_path / "result.html").read_text("utf-8")
    assert "This cycle created " in text
    assert synced.target.tenant_url in text


def test_the_log_of_one_cycle_offers_its_result(
    synced, window: MainWindow, services, loop, qtbot: QtBot, tmp_path: Path
) -> None:
    first = loop.run(services.provisioning.cycles(synced.id))[0]
    loop.run(services.provisioning.run_cycle(synced.id))
    window.show_page("provisioning_log")
    page = window.page
    assert isinstance(page, ProvisioningLogPage)
    assert page.result_button.isHidden()
    page.show_argument(LogArgument("One cycle", cycle_id=first.id))
    loop.until(page.result_button.isVisible)

    qtbot.mouseClick(page.result_button, LEFT)
    choose(page, tmp_path / "result.json", loop, window)

    found = json.loads((tmp_path / "result.json").read_text("utf-8"))
    assert found["cycle"]["id"] == first.id
    assert len(found["objects"]) >= first.users.created > 0


def test_an_applied_plan_offers_its_result_beside_the_plan(
    demo, window: MainWindow, loop, qtbot: QtBot, tmp_path: Path
) -> None:
    window.show_page("plan")
    page = window.page
    assert isinstance(page, PlanPage)
    loop.until(lambda: page._document is not None)
    qtbot.mouseClick(page.make_button, LEFT)
    loop.until(page.apply_button.isEnabled)
    objects = {one.source_id for one in page.plan.objects}
    qtbot.mouseClick(page.apply_button, LEFT)
    loop.until(lambda: window.findChild(ConfirmDialog) is not None)
    qtbot.mouseClick(window.findChild(ConfirmDialog).confirm_button, LEFT)
    loop.until(lambda: page.banner.sentence == "The plan was applied")

    (button,) = (b for b in page.banner.findChildren(QPushButton) if b.isVisible() and b.text())
    assert button.text() == "Export the result"
    qtbot.mouseClick(button, LEFT)
    choose(page, tmp_path / "result.json", loop, window)

    compared = json.loads((tmp_path / "result.json").read_text("utf-8"))["plan"]["objects"]
    assert {one["source_id"] for one in compared} == objects
    assert {one["outcome"] for one in compared} == {"written as planned"}
