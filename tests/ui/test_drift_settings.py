"""The drift check on the page *Settings*."""

from PySide6.QtCore import Qt

from looop_gui.model.connection import DriftCheck
from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.settings.page import SettingsPage


def test_the_drift_check_is_set_and_saved(demo, window: MainWindow, services, loop, qtbot) -> None:
    window.show_page("settings")
    page = window.page
    assert isinstance(page, SettingsPage)
    loop.until(lambda: page.identity.name.text())
    group = page.drift
    assert not group.hours.isEnabled()
    group.mode.setCurrentIndex(group.mode.findData(DriftCheck.REPAIR))
    assert group.hours.isEnabled()
    group.hours.setValue(0)
    assert group.hours.text() == "With every cycle"
    qtbot.mouseClick(page.save_button, Qt.MouseButton.LeftButton)
    loop.until(lambda: not page.save_button.isEnabled())
    settings = loop.run(services.connections.get(demo.id)).settings
    assert (settings.drift_check, settings.drift_hours) == (DriftCheck.REPAIR, 0)
