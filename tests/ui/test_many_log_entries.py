"""A log of many entries in the real view: opened, scrolled to its end, filtered, sorted, searched.

The benchmark `bench_window.py` does the same with a million entries and measures it.
"""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from looop_gui.model.provisioning_log import LogFilter, LogOrder, ProvisioningStatus
from looop_gui.store.database import open_database
from looop_gui.store.provisioning_log import count_rows
from looop_gui.ui.provisioning_log.log_cells import STATUS, TIME
from looop_gui.ui.provisioning_log.log_model import PAGE_ROWS, PAGES_KEPT
from looop_gui.ui.provisioning_log.log_view import ProvisioningLogView

ENTRIES = 12_000
CONNECTION_ID = "many"
FAILURE = ProvisioningStatus.FAILURE


@pytest.fixture
def filled(data_folder: Path, checkout: Path, monkeypatch) -> Path:
    monkeypatch.syspath_prepend(str(checkout / "tests" / "benchmarks"))
    from million_entries import fill

    database = open_database(data_folder)
    fill(database, CONNECTION_ID, ENTRIES, cycles=4)
    database.close()
    return data_folder


@pytest.fixture
def view(filled, desk, qtbot, loop) -> ProvisioningLogView:
    view = ProvisioningLogView(desk, CONNECTION_ID)
    qtbot.addWidget(view)
    view.resize(1200, 700)
    view.show()
    loop.until(lambda: view.model.rowCount() == ENTRIES)
    return view


def visible_rows(view: ProvisioningLogView) -> list:
    bottom = view.table.viewport().height() - 1
    first, last = view.table.rowAt(0), view.table.rowAt(bottom)
    last = view.model.rowCount() - 1 if last < 0 else last
    return [view.model.row_at(at) for at in range(first, last + 1)]


def all_there(view: ProvisioningLogView) -> bool:
    rows = visible_rows(view)
    return bool(rows) and all(row is not None for row in rows)


def test_a_long_log_is_scrolled_sorted_and_filtered(view, filled, loop, qtbot) -> None:
    bar = view.table.verticalScrollBar()
    oldest = None
    for place in (*range(1, 60), 60):
        bar.setValue(bar.maximum() * place // 60)
        loop.until(lambda: all_there(view))
        keys = [row.key for row in visible_rows(view)]
        assert keys == sorted(keys, reverse=True)
        oldest = keys[-1]
        assert len(view.model._pages) <= PAGES_KEPT < ENTRIES // PAGE_ROWS
    assert oldest == 1
    qtbot.mouseClick(view.follow_button, Qt.MouseButton.LeftButton)
    loop.until(lambda: all_there(view) and visible_rows(view)[0].key == ENTRIES)

    view._sort_by(TIME)
    loop.until(lambda: all_there(view) and visible_rows(view)[0].key == 1)
    view._sort_by(STATUS)
    loop.until(lambda: all_there(view) and visible_rows(view)[0].status is FAILURE)
    bar.setValue(bar.maximum())
    loop.until(lambda: all_there(view) and visible_rows(view)[-1].status.value == "success")
    assert view.model.order is LogOrder.STATUS

    database = open_database(filled)
    failures = count_rows(database, LogFilter(CONNECTION_ID, statuses=frozenset({FAILURE})))
    database.close()
    qtbot.mouseClick(view.filters.status_chips[FAILURE], Qt.MouseButton.LeftButton)
    loop.until(lambda: view.model.rowCount() == failures)
    assert 0 < failures < ENTRIES // 10
    qtbot.keyClicks(view.filters.search, "garc ines")
    qtbot.keyClick(view.filters.search, Qt.Key.Key_Return)
    loop.until(lambda: 0 < view.model.rowCount() < failures)
    loop.until(lambda: all_there(view))
    assert {row.source_name.rsplit(" ", 1)[0] for row in visible_rows(view)} == {"Ines García"}
