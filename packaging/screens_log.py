"""Scenes of the provisioning log: census, filters, export, explanation."""

from PySide6.QtWidgets import QWidget

from looop_gui.model.provisioning_log import ProvisioningStatus
from looop_gui.ui.provisioning_log.export_dialog import ExportDialog
from looop_gui.ui.provisioning_log.filter_dialog import FilterDialog
from looop_gui.ui.provisioning_log.log_view import ProvisioningLogView
from scene import SMALLEST_SIZE, Scene, Stage
from screens_window import synced


async def _log(stage: Stage) -> ProvisioningLogView:
    await synced(stage, "provisioning_log")
    view: ProvisioningLogView = stage.window.page.view  # type: ignore[union-attr]
    await stage.until(lambda: view.model.rowCount() > 0)
    return view


async def census(stage: Stage) -> QWidget:
    """Who was skipped, one cause chosen, sorted by the oldest."""
    view = await _log(stage)
    view.toggle_census()
    await stage.until(lambda: view.census.census is not None)
    found = view.census.census
    assert found is not None
    view.census.chosen.emit(found.groups[0].log_filter)
    await stage.settle()
    return stage.window


async def filters(stage: Stage) -> QWidget:
    """The dialog of more filters."""
    view = await _log(stage)
    view.open_filters()
    dialog = stage.window.findChild(FilterDialog)
    await stage.settle()
    return dialog


async def export(stage: Stage) -> QWidget:
    """The preview of an export."""
    view = await _log(stage)
    view.open_export()
    dialog = stage.window.findChild(ExportDialog)
    await stage.until(lambda: bool(dialog.summary.text()))
    dialog.path.setText("/srv/exports/ProvisioningLogs.csv")
    await stage.settle()
    return dialog


async def explain(stage: Stage) -> QWidget:
    """Why somebody was skipped."""
    view = await _log(stage)
    view.filters.toggle_status(ProvisioningStatus.SKIPPED)
    await stage.settle()
    view.table.selectRow(2)
    await stage.until(lambda: view.inspector.entry is not None)
    view.inspector.tabs.setCurrentWidget(view.inspector.tabs.explain)
    await stage.settle(0.8)
    return stage.window


SCENES = [
    Scene("56-log-census", census),
    Scene("57-log-filters", filters),
    Scene("58-log-export", export),
    Scene("59-log-explain", explain),
    Scene("81-log-census-smallest", census, size=SMALLEST_SIZE),
]
