"""Drift in the window: checked from the overview, listed, opened, repaired."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from looop_gui.model.connection import DriftCheck
from looop_gui.model.directory import ObjectType
from looop_gui.model.drift import DriftDifference, DriftedObject, DriftKind
from looop_gui.scim.messages import PATCH_OP, ScimRequest
from looop_gui.services.cycle_setting import open_target
from looop_gui.services.provisioning_jobs import ADAPTED
from looop_gui.store.jobs import open_job
from looop_gui.store.links import load_links
from looop_gui.ui.links.drift_model import DriftModel
from looop_gui.ui.links.page import LinksPage
from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.overview.page import OverviewPage
from looop_gui.ui.provisioning_log.page import ProvisioningLogPage
from looop_gui.ui.widgets.confirm import ConfirmDialog

LEFT = Qt.MouseButton.LeftButton


def somebody(database, connection_id: str):
    """A linked person who is active."""
    job = open_job(database, connection_id).number
    links = sorted(load_links(database, job).values(), key=lambda link: link.source_id)
    return next(link for link in links if link.object_type == "User" and not link.disabled)


async def disable_by_hand(services, connection, target_id: str) -> None:
    """What an administrator of the target does."""
    operation = {"op": "replace", "path": "active", "value": False}
    body = {"schemas": [PATCH_OP], "Operations": [operation]}
    token = await services.connections.token_of(connection)
    async with open_target(connection, token) as sender:
        answer = await sender.send(ScimRequest("PATCH", f"/Users/{target_id}", body=body))
    assert answer.ok


def action(menu: QMenu, words: str):
    return next(one for one in menu.actions() if one.text() == words)


def test_what_was_changed_by_hand_is_found_and_repaired(
    demo, window: MainWindow, services, loop, qtbot
) -> None:
    loop.run(services.provisioning.run_cycle(demo.id))
    link = loop.run(services.worker.run(somebody, demo.id))
    loop.run(disable_by_hand(services, demo, link.target_id))
    assert isinstance(window.page, OverviewPage)

    action(window.page.more_button.menu(), "Check for drift").trigger()
    page = window.page
    assert isinstance(page, LinksPage)
    drift = page.drift
    loop.until(lambda: drift.report is not None and drift.check_button.isEnabled())

    assert drift.model.rowCount() == 1
    words = [drift.model.index(0, column).data() for column in range(1, 5)]
    assert words == ["Disabled", "active", "True", "False"]
    assert drift.sentence.text().startswith("1 linked object differs in the target. Compared: ")

    qtbot.mouseClick(drift.repair_button, LEFT)
    loop.until(lambda: bool(window.findChildren(ConfirmDialog)))
    dialog = window.findChildren(ConfirmDialog)[-1]
    assert isinstance(dialog, QDialog)
    qtbot.mouseClick(dialog.confirm_button, LEFT)
    loop.until(lambda: drift.report is not None and not drift.report.objects)

    assert "was written again" in window.toast.words
    assert drift.sentence.text().startswith("Nothing differs in the target.")
    loop.until(drift.check_button.isEnabled)
    assert not drift.repair_button.isEnabled()


def test_a_line_leads_to_its_link(demo, window: MainWindow, services, loop, qtbot) -> None:
    loop.run(services.provisioning.run_cycle(demo.id))
    link = loop.run(services.worker.run(somebody, demo.id))
    loop.run(disable_by_hand(services, demo, link.target_id))
    window.show_page("links")
    page = window.page
    assert isinstance(page, LinksPage)
    page.tabs.setCurrentWidget(page.drift)
    qtbot.mouseClick(page.drift.empty.button, LEFT)
    loop.until(lambda: page.drift.model.rowCount() == 1)

    page.drift.table.selectRow(0)
    page.drift.table.activated.emit(page.drift.model.index(0, 0))

    assert page.tabs.currentWidget() is page.links
    loop.until(
        lambda: (
            page.links.inspector.row is not None
            and page.links.inspector.row.link.source_id == link.source_id
        )
    )


def test_what_a_cycle_reports_is_counted_on_the_overview_and_listed_in_the_log(
    demo, window: MainWindow, services, loop, qtbot
) -> None:
    overview = window.page
    assert isinstance(overview, OverviewPage)
    saved = loop.run(services.connections.get(demo.id))
    settings = replace(saved.settings, drift_check=DriftCheck.REPORT, drift_hours=0)
    loop.run(services.connections.update(replace(saved, settings=settings)))
    loop.run(services.provisioning.run_cycle(demo.id))
    link = loop.run(services.worker.run(somebody, demo.id))
    loop.run(disable_by_hand(services, demo, link.target_id))
    assert overview.drift.isHidden()

    loop.run(services.provisioning.run_cycle(demo.id))
    loop.until(overview.drift.isVisible)
    assert overview.drift.sentence.text().startswith("Linked objects that differ: 1.")
    qtbot.mouseClick(overview.drift.list_button, LEFT)

    page = window.page
    assert isinstance(page, ProvisioningLogPage)
    loop.until(lambda: page.view.model.rowCount() == 1)
    row = page.view.model.row_at(0)
    assert (row.source_id, row.error_code) == (link.source_id, "TargetDrift")


def test_before_the_first_cycle_it_says_why_not(demo, window: MainWindow, loop, qtbot) -> None:
    window.show_page("links")
    page = window.page
    assert isinstance(page, LinksPage)
    page.tabs.setCurrentWidget(page.drift)

    page.drift.check()

    loop.until(lambda: "Nothing can be compared yet" in page.banner.sentence)


def test_what_the_target_forced_is_shown_and_forgotten(
    demo, window: MainWindow, services, loop, qtbot
) -> None:
    page = window.page
    assert isinstance(page, OverviewPage)
    assert page.adaptation.isHidden()
    loop.run(services.tenants.set_quirk(demo.id, "patch-not-implemented"))
    loop.run(services.provisioning.run_cycle(demo.id))
    loop.until(page.adaptation.isVisible)
    assert "by PUT" in page.adaptation.sentence.text()
    assert page.adaptation.forget_button.isEnabled()

    qtbot.mouseClick(page.adaptation.forget_button, LEFT)

    loop.until(page.adaptation.isHidden)
    assert window.toast.words.startswith("Forgotten")
    state = loop.run(services.provisioning.job(demo.id))
    assert ADAPTED not in state.extra


def test_the_table_of_differences_is_a_sound_model(theme) -> None:
    owner = QWidget()
    model = DriftModel(theme, owner)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    differences = (
        DriftDifference("a:b:title", "Boss", None),
        DriftDifference("active", "True", ""),
    )
    own_way = (DriftDifference("title", "Boss ", "Boss", "The target removes blanks."),)
    model.show_objects(
        [
            DriftedObject(ObjectType.USER, "p1", "Ann", "u1", DriftKind.DISABLED, differences),
            DriftedObject(ObjectType.GROUP, "g1", "Sales", "u2", DriftKind.GONE, ()),
            DriftedObject(ObjectType.USER, "p2", "Bob", "u3", DriftKind.STAYS, ()),
            DriftedObject(ObjectType.USER, "p3", "Cyd", "u4", DriftKind.NORMALISED, own_way),
        ]
    )

    assert tester.model() is model
    shown = [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]
    assert shown == [
        ["Ann", "Disabled", "title", "Boss", ""],
        ["Ann", "Disabled", "active", "True", ""],
        ["Sales", "Gone", "", "", ""],
        ["Bob", "Not deleted", "", "", ""],
        ["Cyd", "Normalised", "title", "Boss ", "Boss"],
    ]
    model.show_objects([])
    assert model.rowCount() == 0
