"""The last page of the wizard: a cycle is watched, stopped, and run again; writing is proved."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from looop_gui.model.job import CycleState
from looop_gui.setup.draft import SetupStep
from looop_gui.ui.desk import Desk
from looop_gui.ui.setup_wizard import make_wizard, prepare_draft
from looop_gui.ui.wizard.wizard import SetupWizard

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def wizard(desk: Desk, loop, qtbot: QtBot) -> Iterator[SetupWizard]:
    """The demo's wizard on the credentials page, filled."""
    opened = make_wizard(desk, loop.run(prepare_draft(desk.services)))
    qtbot.addWidget(opened)
    opened.resize(1100, 760)
    opened.show()
    opened.go_to(SetupStep.PREPARATION)
    loop.until(opened.page.demo.reset.isEnabled)
    opened.go_to(SetupStep.CREDENTIALS)
    qtbot.mouseClick(opened.page.checks.test, LEFT)
    loop.until(lambda: opened.session.draft.tested_url)
    yield opened
    opened.close()


def test_writing_is_proved_and_nothing_is_left_behind(
    wizard: SetupWizard, desk: Desk, loop, qtbot: QtBot
) -> None:
    checks = wizard.page.checks
    assert checks.prove.isVisible()
    qtbot.mouseClick(checks.prove, LEFT)
    loop.until(lambda: wizard.session.draft.proved_url)
    assert len(checks.proof.items) >= 5
    assert {str(item.state) for item in checks.proof.items} <= {"passed", "warning", "skipped"}
    tenant = loop.run(desk.services.tenants.users(wizard.session.draft.id, "", 0, 5))
    assert tenant.total == 0


def test_a_running_cycle_is_shown_stopped_and_run_again(
    wizard: SetupWizard, desk: Desk, loop, qtbot: QtBot
) -> None:
    tenant_id = wizard.session.draft.id
    loop.run(desk.services.tenants.set_fault(tenant_id, "latency=400ms"))
    wizard.go_to(SetupStep.SOURCE)
    loop.until(lambda: wizard.session.facts.users)
    wizard.go_to(SetupStep.REVIEW)
    loop.until(lambda: wizard.page.forecast is not None)
    qtbot.mouseClick(wizard.foot.next, LEFT)
    loop.until(lambda: wizard.live is not None and wizard.live.bar.isVisible())
    live = wizard.live
    loop.until(lambda: live.bar.maximum() > 1 and "requests/s" in live.detail.text())
    assert " of " in live.sentence.text()
    assert not live.run.isEnabled()
    qtbot.mouseClick(live.stop, LEFT)
    loop.until(lambda: live.job.last_cycle is not None)
    assert live.job.last_cycle.state is CycleState.STOPPED
    assert live.badge.accessibleName() == "Stopped"

    loop.run(desk.services.tenants.set_fault(tenant_id, "latency", on=False))
    stopped = live.job.last_cycle.id
    loop.until(live.run.isEnabled)
    qtbot.mouseClick(live.run, LEFT)
    loop.until(lambda: live.job.running_cycle is None and live.job.last_cycle.id != stopped)
    assert live.job.last_cycle.state is CycleState.SUCCEEDED
    forecast = wizard.pages[SetupStep.REVIEW].forecast
    tenant = loop.run(desk.services.tenants.users(tenant_id, "", 0, 5))
    assert tenant.total == forecast.users.created
    with qtbot.waitSignal(wizard.finished) as finished:
        qtbot.mouseClick(wizard.foot.next, LEFT)
    assert finished.args == [tenant_id]
