"""Windows for tests: the real services in a fresh data folder, driven on a qasync loop.

A test acts through qtbot between waits; `until` lets the loop run until something is so.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
import qasync
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from looop_gui.model.connection import (
    Application,
    Connection,
    ConnectionSettings,
    SourceSettings,
    SourceType,
    TenantConnection,
    TokenStorage,
)
from looop_gui.model.job import CycleState
from looop_gui.services.engine_local import EngineLocation
from looop_gui.services.services import Services, close_services, open_services
from looop_gui.ui.bridge import Bridge
from looop_gui.ui.desk import Desk
from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.palettes import Appearance
from looop_gui.ui.theme import Theme
from looop_gui.ui.window_memory import WindowMemory, open_window_settings

Result = TypeVar("Result")
WAIT_SECONDS = 30.0

# The five seconds of pytest-qt are few on a slow, busy machine.
for _wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitExposed):
    _wait.__kwdefaults__["timeout"] = int(WAIT_SECONDS * 1000)


class WindowLoop(qasync.QEventLoop):
    """A loop that counts as running all the time: clicks of a test may run its callbacks, too."""

    def run_forever(self) -> int:
        try:
            return super().run_forever()
        finally:
            asyncio._set_running_loop(self)


class Loop:
    """The loop of the window: runs coroutines, and waits for what should come true."""

    def __init__(self, loop: qasync.QEventLoop) -> None:
        self._loop = loop

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        return self._loop.run_until_complete(coroutine)

    def until(self, condition: Callable[[], object], seconds: float = WAIT_SECONDS) -> None:
        """Let the window live until the condition holds; fails when it never does."""
        end = time.monotonic() + seconds

        async def poll() -> bool:
            while not condition():
                if time.monotonic() > end:
                    return False
                await asyncio.sleep(0.005)
            return True

        assert self.run(poll()), "what was waited for did not come true"


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    theme = Theme(qapp)
    theme.apply(Appearance.LIGHT)
    return theme


@pytest.fixture
def loop(qtbot: QtBot, qapp: QApplication) -> Iterator[Loop]:
    event_loop = WindowLoop(qapp)
    asyncio.set_event_loop(event_loop)
    asyncio._set_running_loop(event_loop)
    yield Loop(event_loop)
    asyncio._set_running_loop(None)
    event_loop.close()
    asyncio.set_event_loop(None)


@pytest.fixture
def services(loop: Loop, data_folder: Path) -> Iterator[Services]:
    opened = loop.run(open_services(data_folder, engine=EngineLocation.IN_PROCESS))
    yield opened
    loop.run(close_services(opened))


@pytest.fixture
def desk(services: Services, theme: Theme, tmp_path: Path) -> Iterator[Desk]:
    bridge = Bridge()
    bridge.connect_events(services.events)
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    yield Desk(
        services=services,
        theme=theme,
        bridge=bridge,
        settings=settings,
        go_to=lambda _page, _argument: None,
        say=lambda _words, _action, _on_action: None,
        open_wizard=lambda _connection: None,
    )
    bridge.disconnect_events()


@pytest.fixture
def demo(services: Services, loop: Loop) -> Connection:
    """A demo connection of 60 people whose tenant runs; no cycle has run."""
    return loop.run(make_demo(services))


async def make_demo(services: Services, name: str = "Looop demo", users: int = 60) -> Connection:
    new_id = services.connections.new_id()
    tenant = await services.tenants.start(new_id)
    token = await services.tenants.reset_token(new_id)
    connection = Connection(
        id=new_id,
        name=name,
        application=Application.DEMO,
        target=TenantConnection(tenant.scim_endpoint, token_storage=TokenStorage.MEMORY),
        source=SourceSettings(SourceType.DEMO, users=users),
        settings=ConnectionSettings(requests_per_second=1000.0),
    )
    return await services.connections.create(connection, token.reveal())


@pytest.fixture
def synced(demo: Connection, services: Services, loop: Loop) -> Connection:
    """The demo connection after its initial cycle."""
    cycle = loop.run(services.provisioning.run_cycle(demo.id))
    assert cycle.state is CycleState.SUCCEEDED
    return demo


@pytest.fixture
def window(
    services: Services, loop: Loop, theme: Theme, qtbot: QtBot, tmp_path: Path
) -> Iterator[MainWindow]:
    """The main window on the services, showing what it opens with."""
    memory = WindowMemory(open_window_settings(tmp_path))
    opened = MainWindow(theme, memory, tmp_path)
    qtbot.addWidget(opened)
    opened.show()
    opened.attach(services)
    loop.until(lambda: opened.page is not opened.opening)
    yield opened
    opened.tasks.cancel_all()
    opened.bridge.disconnect_events()
    opened.hide()
