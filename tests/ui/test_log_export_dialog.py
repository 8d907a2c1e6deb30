"""The export of the log from the window: preview, files, cancel, and what is refused."""

import csv
import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from looop_gui.model.provisioning_log import ProvisioningStatus
from looop_gui.services import log_export
from looop_gui.services.log_export import LogFormat
from looop_gui.ui.desk import Desk
from looop_gui.ui.provisioning_log.export_dialog import ExportDialog
from looop_gui.ui.provisioning_log.log_view import ProvisioningLogView

LEFT = Qt.MouseButton.LeftButton
SKIPPED = ProvisioningStatus.SKIPPED


@pytest.fixture
def view(desk: Desk, synced, qtbot, loop) -> ProvisioningLogView:
    view = ProvisioningLogView(desk, synced.id)
    qtbot.addWidget(view)
    view.resize(1300, 700)
    view.show()
    loop.until(lambda: view.model.rowCount() > 0)
    return view


def open_dialog(view: ProvisioningLogView, qtbot) -> ExportDialog:
    qtbot.mouseClick(view.export_button, LEFT)
    return next(one for one in view.window().findChildren(ExportDialog) if one.isVisible())


def choose(dialog: ExportDialog, loop, log_format: LogFormat, path: Path) -> None:
    with_preview = []
    dialog.previewed.connect(with_preview.append)
    dialog.format.setCurrentIndex(dialog.format.findData(log_format))
    loop.until(lambda: dialog.summary.text())
    if log_format is not LogFormat.CSV:
        loop.until(lambda: with_preview and with_preview[-1].format is log_format)
    dialog.path.setText(str(path))
    loop.until(dialog.export_button.isEnabled)


def test_the_filter_is_exported_as_the_three_tables(view, loop, qtbot, tmp_path) -> None:
    qtbot.mouseClick(view.filters.status_chips[SKIPPED], LEFT)
    loop.until(lambda: view.model.rowCount() and view.model.row_at(0).status is SKIPPED)
    number = view.model.rowCount()
    dialog = open_dialog(view, qtbot)
    choose(dialog, loop, LogFormat.CSV, tmp_path / "Log.csv")
    assert dialog.summary.text().startswith(f"{number} entries leave in ")
    assert dialog.rows.rowCount() == 5
    results = []
    dialog.exported.connect(results.append)
    qtbot.mouseClick(dialog.export_button, LEFT)
    loop.until(lambda: results)
    assert results[0].entries == number
    assert len(results[0].files) == 3
    with (tmp_path / "Log.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == number


@pytest.mark.parametrize("log_format", [LogFormat.JSON, LogFormat.NDJSON, LogFormat.HAR])
def test_every_other_format_is_one_file_that_is_read_again(
    view, loop, qtbot, tmp_path, log_format
) -> None:
    number = view.model.rowCount()
    dialog = open_dialog(view, qtbot)
    path = tmp_path / f"log.{log_format.value}"
    choose(dialog, loop, log_format, path)
    assert dialog.left_out.count() > 0
    results = []
    dialog.exported.connect(results.append)
    qtbot.mouseClick(dialog.export_button, LEFT)
    loop.until(lambda: results)
    text = path.read_text(encoding="utf-8")
    if log_format is LogFormat.NDJSON:
        assert len([json.loads(line) for line in text.splitlines()]) == number
    elif log_format is LogFormat.JSON:
        assert len(json.loads(text)) == number
    else:
        assert json.loads(text)["log"]["entries"]
    assert "Bearer ey" not in text


def test_what_stays_is_said_before_anything_leaves(view, loop, qtbot, tmp_path) -> None:
    dialog = open_dialog(view, qtbot)
    choose(dialog, loop, LogFormat.HAR, tmp_path / "log.har")
    lines = [dialog.left_out.item(at).text() for at in range(dialog.left_out.count())]
    assert any(line.startswith("header ") for line in lines), lines
    assert "What stays here" in dialog.left_out_title.text()
    assert not list(tmp_path.glob("log.*"))


def test_a_cancelled_export_leaves_no_file(view, loop, qtbot, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(log_export, "PAGE", 5)
    dialog = open_dialog(view, qtbot)
    folder = tmp_path / "out"
    folder.mkdir()
    choose(dialog, loop, LogFormat.JSON, folder / "log.json")
    shown: list[tuple[int, int]] = []

    def cancel_at_once(done: int, total: int) -> None:
        shown.append((done, total))
        dialog.loading._cancel.click()

    monkeypatch.setattr(dialog.loading, "progress", cancel_at_once)
    qtbot.mouseClick(dialog.export_button, LEFT)
    loop.until(lambda: "No file was written" in dialog.trouble.text())
    loop.until(lambda: not list(folder.iterdir()))
    assert shown == [(5, view.model.rowCount())]
    assert dialog.isVisible()
    assert dialog.export_button.isEnabled()


def test_a_folder_that_is_not_there_and_a_file_that_is_there_are_said(
    view, loop, qtbot, tmp_path
) -> None:
    dialog = open_dialog(view, qtbot)
    choose(dialog, loop, LogFormat.JSON, tmp_path / "log.json")
    (tmp_path / "log.json").write_text("old", encoding="utf-8")
    dialog.path.setText(str(tmp_path / "nowhere" / "log.json"))
    assert not dialog.export_button.isEnabled()
    assert dialog.place_note.text() == "There is no such folder."
    dialog.path.setText(str(tmp_path / "log.json"))
    assert dialog.place_note.text() == "Replaces log.json."
    assert dialog.export_button.isEnabled()
