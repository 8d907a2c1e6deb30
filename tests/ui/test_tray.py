"""The tray icon: the worst state of all jobs, notes about trouble, and peace when it is wanted."""

from datetime import UTC, datetime, time

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from looop_gui.model.workspace import QuietHours, WorkspaceSettings
from looop_gui.ui.desk import Desk
from looop_gui.ui.tray.tray import Tray, make_tray


class Shown:
    """A tray that keeps what it was told to show."""

    def __init__(self) -> None:
        self.tip = ""
        self.notes: list[tuple[str, str]] = []
        self.visible = False

    def setIcon(self, icon: QIcon) -> None:  # noqa: N802
        assert not icon.isNull()

    def setToolTip(self, tip: str) -> None:  # noqa: N802
        self.tip = tip

    def showMessage(self, title: str, message: str, icon: QSystemTrayIcon.MessageIcon) -> None:  # noqa: N802
        self.notes.append((title, message))

    def show(self) -> None:
        self.visible = True

    def hide(self) -> None:
        self.visible = False


@pytest.fixture
def shown() -> Shown:
    return Shown()


@pytest.fixture
def tray(demo, desk: Desk, shown: Shown, loop, qtbot) -> Tray:
    parent = QWidget()
    qtbot.addWidget(parent)
    made = Tray(desk.services, desk.theme, desk.bridge, desk.settings, parent, shown)
    loop.until(lambda: demo.id in made._jobs and made._names)
    parent.tray = made
    return made


def break_token(services, demo, loop) -> None:
    """Reset the tenant's token, so that the next cycle is refused."""
    loop.run(services.tenants.reset_token(demo.id))
    loop.run(services.provisioning.run_cycle(demo.id))


def test_a_quarantine_is_noted_once_and_stays_in_the_icon(
    tray: Tray, shown: Shown, demo, services, loop
) -> None:
    assert shown.visible
    assert shown.tip == "Provisioning: Not run yet"
    break_token(services, demo, loop)
    loop.until(lambda: shown.tip == f"In quarantine: {demo.name}" and shown.notes)
    sentence = loop.run(services.provisioning.job(demo.id)).quarantine.sentence
    assert shown.notes == [(demo.name, sentence)]


def test_do_not_disturb_keeps_the_icon_and_drops_the_notes(
    tray: Tray, shown: Shown, demo, services, loop
) -> None:
    tray.quiet_action.trigger()
    assert tray.quiet
    break_token(services, demo, loop)
    loop.until(lambda: shown.tip == f"In quarantine: {demo.name}" and not tray._tasks.busy)
    assert shown.notes == []


def test_nobody_is_disturbed_in_quiet_hours(tray: Tray, shown: Shown, demo, services, loop) -> None:
    now = datetime.now(UTC).astimezone().time()
    around = QuietHours(True, time(now.hour), time((now.hour + 2) % 24))
    loop.run(services.notifications.save_settings(WorkspaceSettings(quiet_hours=around)))
    break_token(services, demo, loop)
    loop.until(lambda: shown.tip == f"In quarantine: {demo.name}" and not tray._tasks.busy)
    assert shown.notes == []


def test_do_not_disturb_is_remembered(tray: Tray, desk: Desk) -> None:
    tray.quiet_action.trigger()
    desk.settings.sync()
    again = QSettings(desk.settings.fileName(), QSettings.Format.IniFormat)
    assert str(again.value("doNotDisturb")).lower() == "true"


def test_the_menu_asks_for_the_window_and_the_end(tray: Tray, qtbot) -> None:
    show, _quiet, _line, leave = tray.menu.actions()
    with qtbot.waitSignal(tray.wanted) as wanted:
        show.trigger()
    assert wanted.args == [""]
    with qtbot.waitSignal(tray.quit_wanted):
        leave.trigger()


def test_without_a_tray_nothing_is_made(desk: Desk, qtbot, monkeypatch) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: False))
    assert make_tray(desk.services, desk.theme, desk.bridge, desk.settings, parent) is None
