"""What a guard held back is rejected on the overview: nothing runs until somebody starts it."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from looop_gui.model.errors import ConfigurationError
from looop_gui.sources.headings import FileKind
from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.overview.page import OverviewPage
from looop_gui.ui.provisioning_log.page import ProvisioningLogPage
from looop_gui.ui.widgets.confirm import ConfirmDialog

LEFT = Qt.MouseButton.LeftButton


def test_what_a_guard_held_back_is_rejected_and_nothing_runs_until_it_is_started(
    synced, window: MainWindow, services, loop, qtbot
) -> None:
    settings = replace(synced.settings, limit_renames=1, provisioning_on=True)
    loop.run(services.connections.update(replace(synced, settings=settings)))
    loop.run(services.directory.edit(synced.id, rename_two))
    page = window.page
    assert isinstance(page, OverviewPage)
    qtbot.mouseClick(page.run_button, LEFT)
    loop.until(page.held_back.isVisible)
    (show,) = (b for b in page.held_back.findChildren(QPushButton) if b.text() == "Show the list")
    qtbot.mouseClick(show, LEFT)
    log = window.page
    assert isinstance(log, ProvisioningLogPage)
    loop.until(lambda: log.view.model.rowCount() == 2)
    window.show_page("overview")
    loop.until(page.held_back.isVisible)

    qtbot.mouseClick(page.held_back.reject_button, LEFT)
    loop.until(lambda: page.findChildren(ConfirmDialog))
    (dialog,) = page.findChildren(ConfirmDialog)
    qtbot.mouseClick(dialog.confirm_button, LEFT)

    loop.until(lambda: page.held_back.isHidden() and page.banner.isVisible())
    assert "matching value of 2 people" in page.banner.accessibleName()
    assert "It was rejected. What to do: correct the source" in page.banner.accessibleName()
    assert "until you start it" in page.status.sentence.text()
    assert page.switch_button.text() == "Start provisioning"
    assert not loop.run(services.connections.get(synced.id)).settings.provisioning_on
    with pytest.raises(ConfigurationError, match="No guard holds anything back"):
        loop.run(services.provisioning.allow_once(synced.id))


def rename_two(editor) -> str:
    for number, row in enumerate(editor.rows(FileKind.USER)[:2]):
        editor.change_attribute(row["id"], "userPrincipalName", f"renamed{number}@contoso.com")
    return "Two people were renamed."
