"""An administrator's day in the window: sync, look at somebody, close, come back tomorrow.

The whole application as it is started, with its engine in a process of its own.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from looop_gui.app import Application
from looop_gui.model import connection as words
from looop_gui.model.job import CycleState, JobStatus
from looop_gui.ui.gallery.page import GalleryPage
from looop_gui.ui.overview.page import OverviewPage
from looop_gui.ui.provisioning_log.page import ProvisioningLogPage

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
Journey = Callable[[Coroutine[Any, Any, None]], None]


@pytest.fixture
def journey(qapp: QApplication) -> Iterator[Journey]:
    loop = QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield loop.run_until_complete
    loop.close()
    asyncio.set_event_loop(None)


async def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "what was waited for did not come true"
        await asyncio.sleep(0.01)


async def opened(application: QApplication, folder: Path) -> Application:
    run = Application(application, folder)
    run.show()
    await run.open()
    await until(lambda: run.window.page is not run.window.opening)
    return run


async def ended(run: Application) -> None:
    run.window.keep_state()
    await run.close()
    run.window.hide()
    run.window.deleteLater()


async def demo_connection(run: Application) -> str:
    services = run.window.desk.services
    new_id = services.connections.new_id()
    tenant = await services.tenants.start(new_id)
    token = await services.tenants.reset_token(new_id)
    await services.connections.create(
        words.Connection(
            new_id,
            "Looop demo",
            words.Application.DEMO,
            words.TenantConnection(tenant.scim_endpoint, token_storage=words.TokenStorage.MEMORY),
            words.SourceSettings(words.SourceType.DEMO, users=60),
            words.ConnectionSettings(requests_per_second=1000.0),
        ),
        token.reveal(),
    )
    return new_id


def test_a_day_and_the_day_after(qapp: QApplication, data_folder: Path, journey: Journey) -> None:
    journey(_first_day(qapp, data_folder))
    journey(_second_day(qapp, data_folder))


async def _first_day(application: QApplication, folder: Path) -> None:
    run = await opened(application, folder)
    window = run.window
    assert isinstance(window.page, GalleryPage)
    new_id = await demo_connection(run)
    await until(lambda: new_id in window.connection_ids)
    window.side_bar.connection_chosen.emit(new_id)
    overview = window.page
    assert isinstance(overview, OverviewPage)
    window.activateWindow()
    await until(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_F5)
    await until(lambda: overview.status.value("users") not in ("", "0"))
    await until(lambda: overview.run_button.text() == "Run now")
    await until(lambda: overview.cycle.counts.number("created") != "0")

    window.show_page("provisioning_log")
    log = window.page
    assert isinstance(log, ProvisioningLogPage)
    await until(lambda: log.view.model.rowCount() > 60)
    log.view.table.selectRow(0)
    await until(lambda: log.view.inspector.entry is not None)
    assert log.view.inspector.entry.steps
    await ended(run)


async def _second_day(application: QApplication, folder: Path) -> None:
    run = await opened(application, folder)
    window = run.window
    services = window.desk.services
    assert isinstance(window.page, ProvisioningLogPage), "the page of yesterday is open"
    connection = window.connection
    assert connection is not None
    await until(lambda: window.page.view.model.rowCount() > 60)
    await until(lambda: not window.tasks.busy)
    info = await services.tenants.info(connection.id)
    assert info.running
    before = info.users
    cycle = await services.provisioning.run_cycle(connection.id)
    assert cycle.state is CycleState.SUCCEEDED
    both = cycle.users + cycle.groups
    assert (both.created, both.updated, both.disabled, both.deleted, both.failed) == (0,) * 5
    assert (await services.tenants.info(connection.id)).users == before > 0
    await ended(run)


def test_a_connection_that_is_on_goes_on_by_itself_after_a_restart(
    qapp: QApplication, data_folder: Path, journey: Journey
) -> None:
    async def switch_on() -> None:
        run = await opened(qapp, data_folder)
        new_id = await demo_connection(run)
        services = run.window.desk.services
        connection = await services.connections.get(new_id)
        settings = replace(connection.settings, interval_minutes=1)
        await services.connections.update(replace(connection, settings=settings))
        await services.provisioning.set_provisioning(new_id, True)
        await until(lambda: not run.window.side_bar.connections.is_running(new_id))
        cycles = []
        while not cycles or cycles[0].ended is None:
            await asyncio.sleep(0.05)
            cycles = await services.provisioning.cycles(new_id)
        assert cycles[0].state is CycleState.SUCCEEDED
        await ended(run)

    async def come_back() -> None:
        run = await opened(qapp, data_folder)
        connection = run.window.connection
        assert connection is not None
        services = run.window.desk.services
        await services.provisioning.run_cycle(connection.id)
        state = await services.provisioning.job(connection.id)
        assert state.status is JobStatus.ACTIVE
        assert state.next_cycle is not None
        cycles = await services.provisioning.cycles(connection.id)
        assert all(cycle.state is CycleState.SUCCEEDED for cycle in cycles)
        await ended(run)

    journey(switch_on())
    journey(come_back())
