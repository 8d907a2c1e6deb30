"""The main window as a person moves about in it, by mouse and by keys."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget

from looop_gui.model.connection import Application
from looop_gui.model.errors import StoreNewerError
from looop_gui.ui.about.dialog import AboutDialog
from looop_gui.ui.directory.page import DirectoryPage
from looop_gui.ui.gallery.page import GalleryPage
from looop_gui.ui.main_window import MINIMUM_SIZE, MainWindow
from looop_gui.ui.overview.page import OverviewPage
from looop_gui.ui.palettes import Appearance
from looop_gui.ui.provisioning_log.page import ProvisioningLogPage
from looop_gui.ui.settings.page import SettingsPage
from looop_gui.ui.widgets.error_panel import ErrorPanel
from looop_gui.ui.window_memory import WindowMemory, open_window_settings
from looop_gui.ui.wizard.wizard import SetupWizard

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


def action(window: MainWindow, words: str) -> QAction:
    found = [one for one in window.findChildren(QAction) if one.text().replace("&", "") == words]
    assert found, words
    return found[0]


def type_command(window: MainWindow, qtbot, text: str) -> None:
    window.open_palette()
    field = window.palette_of_commands.field
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_without_connections_the_gallery_says_what_to_do(window: MainWindow) -> None:
    assert isinstance(window.page, GalleryPage)
    assert set(window.page.tiles) == set(Application)
    assert not action(window, "Run now").isEnabled()


def test_a_tile_opens_the_wizard_for_its_application(window: MainWindow, loop, qtbot) -> None:
    assert isinstance(window.page, GalleryPage)
    tile = window.page.tiles[Application.LOOOP]
    tile.setFocus()
    qtbot.keyClick(tile, Qt.Key.Key_Return)
    loop.until(lambda: isinstance(window.page, SetupWizard))
    assert window.page.session.draft.application is Application.LOOOP


def test_demo_mode_sets_the_size_of_the_company(window: MainWindow, loop) -> None:
    window.set_up.begin_demo(37)
    loop.until(lambda: isinstance(window.page, SetupWizard))
    assert window.page.session.draft.source.users == 37


def test_a_closed_wizard_leaves_a_draft_to_continue(window: MainWindow, loop, qtbot) -> None:
    window.set_up.begin_demo(20)
    loop.until(lambda: isinstance(window.page, SetupWizard))
    wizard = window.page
    qtbot.mouseClick(wizard.foot.next, LEFT)
    wizard.close_wizard()
    loop.until(lambda: isinstance(window.page, GalleryPage))
    loop.until(lambda: not window.page._drafts.isHidden())


def test_a_new_connection_appears_in_the_side_bar(demo, window: MainWindow) -> None:
    assert window.side_bar.connections.row_of(demo.id) == 0
    assert isinstance(window.page, OverviewPage)
    assert "Looop demo" in window.windowTitle()


def test_keys_lead_to_pages(demo, window: MainWindow) -> None:
    for words, kind in (
        ("Users and groups", DirectoryPage),
        ("Provisioning log", ProvisioningLogPage),
        ("Settings", SettingsPage),
        ("Overview", OverviewPage),
    ):
        action(window, words).trigger()
        assert isinstance(window.page, kind)


def test_page_shortcuts_are_shown_and_differ(demo, window: MainWindow) -> None:
    shortcuts = [
        one.shortcut().toString() for one in window.findChildren(QAction) if one.shortcut()
    ]
    shortcuts = [one for one in shortcuts if one]
    assert len(shortcuts) == len(set(shortcuts))
    assert {"F1", "F5", "Ctrl+K", "Ctrl+F", "Ctrl+N", "Ctrl+1", "Ctrl+B"} <= set(shortcuts)


def test_the_palette_finds_by_letters_of_several_words(demo, window: MainWindow, qtbot) -> None:
    type_command(window, qtbot, "prov log")
    assert isinstance(window.page, ProvisioningLogPage)


def test_escape_closes_the_palette_without_doing_anything(demo, window, qtbot) -> None:
    before = window.page
    window.open_palette()
    qtbot.keyClick(window.palette_of_commands.field, Qt.Key.Key_Escape)
    assert window.palette_of_commands.isHidden()
    assert window.page is before


def test_help_is_that_of_the_page_and_follows_it(demo, window: MainWindow) -> None:
    action(window, "Help for this page").trigger()
    assert window.help_dock.topic == "overview"
    assert window.help_dock.browser.toPlainText().strip()
    window.show_page("provisioning_log")
    assert window.help_dock.topic == "provisioning-log"


@pytest.mark.parametrize(
    "page", ["overview", "directory", "on_demand", "provisioning_log", "tenant", "settings"]
)
def test_every_page_has_help_of_its_own(demo, window: MainWindow, page: str) -> None:
    window.show_page(page)
    window.show_help()
    assert window.help_dock.topic != "index"


def test_search_goes_into_the_field_of_the_page(demo, window: MainWindow, qapp) -> None:
    window.show_page("directory")
    window.activateWindow()
    action(window, "Search in this page").trigger()
    assert window.page.search is window.focusWidget()


def test_the_side_bar_folds_and_remembers_it(demo, window: MainWindow, tmp_path: Path) -> None:
    wide = window.side_bar.width()
    action(window, "Collapse or expand the side bar").trigger()
    assert window.side_bar.width() < wide / 2
    window.keep_state()
    assert WindowMemory(open_window_settings(tmp_path)).side_bar_collapsed


def test_the_open_page_is_remembered(demo, window: MainWindow, tmp_path: Path) -> None:
    window.show_page("settings")
    window.keep_state()
    assert WindowMemory(open_window_settings(tmp_path)).place == (demo.id, "settings")


def test_size_comes_back(theme, qtbot, tmp_path: Path) -> None:
    first = MainWindow(theme, WindowMemory(open_window_settings(tmp_path)), tmp_path)
    qtbot.addWidget(first)
    first.resize(1000, 707)
    first.show()
    first.keep_state()
    second = MainWindow(theme, WindowMemory(open_window_settings(tmp_path)), tmp_path)
    qtbot.addWidget(second)
    assert (second.width(), second.height()) == (1000, 707)


def test_the_appearance_is_chosen_and_remembered(window: MainWindow, theme, tmp_path) -> None:
    action(window, "Appearance: dark").trigger()
    assert theme.shown is Appearance.DARK
    assert WindowMemory(open_window_settings(tmp_path)).appearance is Appearance.DARK
    window.choose_appearance(Appearance.LIGHT)


def test_the_smallest_size_is_kept(window: MainWindow) -> None:
    window.resize(100, 100)
    assert (window.width(), window.height()) >= MINIMUM_SIZE


def test_the_status_bar_names_the_target_and_leads_to_the_settings(
    demo, window: MainWindow, qtbot
) -> None:
    assert window.status_line.host.text() in demo.target.tenant_url
    qtbot.mouseClick(window.status_line.host, LEFT)
    assert isinstance(window.page, SettingsPage)


def test_a_deleted_connection_leaves_the_window(demo, window: MainWindow, services, loop) -> None:
    loop.run(services.connections.delete(demo.id))
    loop.until(lambda: isinstance(window.page, GalleryPage))
    assert window.side_bar.connections.rowCount() == 0


def test_a_store_that_cannot_be_opened_is_explained(theme, qtbot, tmp_path: Path) -> None:
    window = MainWindow(theme, WindowMemory(open_window_settings(tmp_path)), tmp_path)
    qtbot.addWidget(window)
    window.show()
    error = StoreNewerError(
        "The database was written by a newer version.", safe="It was not touched."
    )
    window.show_opening_failed(error)
    panel = window.findChild(ErrorPanel)
    assert panel is not None
    assert panel.isVisible()
    assert panel.accessibleName() == "The database was written by a newer version."


def test_about_says_the_version_and_the_data_folder(window: MainWindow, qapp) -> None:
    action(window, "About Looop Provisioning Workbench").trigger()
    dialog = next(one for one in window.findChildren(QWidget) if isinstance(one, AboutDialog))
    assert dialog.isVisible()
    assert QApplication.activeModalWidget() in (dialog, None)
    dialog.close()
