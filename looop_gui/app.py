"""Wires the application once: one event loop, one window, the services behind it.

Order of a start: Qt, the window on the screen, and only then (from the running loop) the import
and opening of the services, because httpx, sqlite-utils and keyring cost more than the window.
`LOOOP_GUI_TIMING=1` prints how long each part took.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from looop_gui import __version__
from looop_gui.model.errors import EngineError, WorkbenchError
from looop_gui.model.job import Cycle, CycleState
from looop_gui.ui.crash_dialog import CrashDialog
from looop_gui.ui.garbage import GuiGarbage
from looop_gui.ui.main_window import MainWindow
from looop_gui.ui.single_instance import SingleInstance
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import Theme
from looop_gui.ui.tray.tray import Tray, make_tray
from looop_gui.ui.window_memory import WindowMemory, open_window_settings

if TYPE_CHECKING:
    from looop_gui.services.services import Services

STARTED = time.perf_counter()
SELF_CHECK_SECONDS = 120
SWITCH_SECONDS = 0.001
"""How long a worker thread may keep the interpreter while the window waits for it."""


def run_application(data_folder: Path | None, *, demo_users: int | None = None) -> int:
    """Open the window and run until it is closed; gives the exit code.

    `data_folder` None is the usual place of this user. `demo_users` opens the wizard for the demo
    tenant with a company of that many people.
    """
    folder = data_folder or usual_data_folder()
    application = make_application()
    instance = SingleInstance(folder)
    if instance.raise_other():
        sys.stderr.write(f"The application is open already with {folder}; its window was raised.\n")
        return 0
    loop = QEventLoop(application)
    asyncio.set_event_loop(loop)
    sys.setswitchinterval(SWITCH_SECONDS)
    run = Application(application, folder, demo_users)
    instance.listen(run.raise_window)
    run.install_hooks(loop)
    run.show()
    with loop:
        QTimer.singleShot(0, run.begin)
        loop.run_forever()
    instance.close()
    return 0


def self_check() -> int:
    """Prove that what is installed works: 0 when it does, 1 when not.

    Opens the window without a screen on a fresh data folder, sets a demo connection up, runs a
    cycle against the embedded tenant, and looks whether everybody arrived.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = make_application()
    loop = QEventLoop(application)
    asyncio.set_event_loop(loop)
    with tempfile.TemporaryDirectory(prefix="looop-gui-check-") as folder, loop:
        try:
            loop.run_until_complete(_check(application, Path(folder)))
        except WorkbenchError as error:
            sys.stderr.write(f"The self-check failed: {error.sentence} {error.next_step}\n")
            return 1
        except TimeoutError:
            sys.stderr.write("The self-check failed: it did not end within two minutes.\n")
            return 1
    sys.stdout.write("The self-check passed.\n")
    return 0


async def _check(application: QApplication, folder: Path) -> None:
    run = Application(application, folder)
    run.show()
    try:
        async with asyncio.timeout(SELF_CHECK_SECONDS):
            await run.open()
            cycle, arrived = await run.try_demo()
    finally:
        await run.close()
        run.window.hide()
    _say(f"Cycle {cycle.state.value}: {cycle.users.created} people, {cycle.requests} requests.")
    if cycle.state is not CycleState.SUCCEEDED or arrived != cycle.users.created or not arrived:
        raise EngineError(
            f"{cycle.users.created} people were created and {arrived} are in the tenant.",
            next_step="Install the application again.",
        )


def make_application() -> QApplication:
    """The one QApplication of this process, named and set up for an orderly end."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("looop-gui")
    application.setApplicationDisplayName("Looop Provisioning Workbench")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("looop-gui")
    application.setQuitOnLastWindowClosed(False)
    return application


def usual_data_folder() -> Path:
    """Where this user's data lies when no folder was named."""
    from platformdirs import user_data_path

    return user_data_path("looop-gui", appauthor=False)


class Application:
    """The window and the services while they run together."""

    def __init__(
        self, application: QApplication, data_folder: Path, demo_users: int | None = None
    ) -> None:
        self._application = application
        self._data_folder = data_folder
        self._demo_users = demo_users
        self._services: Services | None = None
        self._crash: CrashDialog | None = None
        self._tray: Tray | None = None
        memory = WindowMemory(open_window_settings(data_folder))
        self.theme = Theme(application)
        self.theme.apply(memory.appearance)
        self._garbage = GuiGarbage()
        self.window = MainWindow(self.theme, memory, data_folder)
        self._ending = Tasks(self.window)
        self.window.closing.connect(lambda: self._ending.start(self._shut_down()))

    def show(self) -> None:
        """Put the window on the screen."""
        _tell_time("window built")
        self.window.show()
        self._application.processEvents()
        _tell_time("window shown")

    def begin(self) -> None:
        """Open the services, now that the loop runs."""
        self.window.tasks.start(self.open(), on_error=self._show_opening_failed)

    async def open(self) -> None:
        """Open the services and show what was open last time."""
        open_services = await asyncio.to_thread(_import_services)
        _tell_time("services imported")
        self._garbage.start()
        self._services = await open_services(self._data_folder)
        self.window.attach(self._services, self._demo_users)
        self._show_tray(self._services)
        _tell_time("services open")

    async def close(self) -> None:
        """Close the services; what runs is ended in order and stays resumable."""
        with contextlib.suppress(TimeoutError):
            await self.window.set_up.keep_work()
        if self._tray is not None:
            self._tray.close()
        self.window.bridge.disconnect_events()
        self.window.tasks.cancel_all()
        if self._services is not None:
            from looop_gui.services.services import close_services

            services, self._services = self._services, None
            await close_services(services)
        self._garbage.stop()

    async def try_demo(self) -> tuple[Cycle, int]:
        """Set a demo connection up and run its first cycle; also how many people arrived."""
        from looop_gui.model import connection as words

        assert self._services is not None
        services = self._services
        new_id = services.connections.new_id()
        tenant = await services.tenants.start(new_id)
        token = tenant.token or await services.tenants.reset_token(new_id)
        memory = words.TokenStorage.MEMORY
        connection = words.Connection(
            id=new_id,
            name="Self-check",
            application=words.Application.DEMO,
            target=words.TenantConnection(tenant.scim_endpoint, token_storage=memory),
            source=words.SourceSettings(words.SourceType.DEMO, users=50),
        )
        await services.connections.create(connection, token.reveal())
        cycle = await services.provisioning.run_cycle(new_id)
        return cycle, (await services.tenants.info(new_id)).users

    def _show_tray(self, services: Services) -> None:
        window = self.window
        settings = window.memory.settings
        self._tray = make_tray(services, self.theme, window.bridge, settings, window)
        if self._tray is not None:
            self._tray.wanted.connect(self._raise_connection)
            self._tray.quit_wanted.connect(window.close)

    def _raise_connection(self, connection_id: str) -> None:
        self.raise_window()
        self.window.open_connection(connection_id)

    def raise_window(self) -> None:
        """Bring the window to the front (a second start asked for it)."""
        self.window.showNormal()
        self.window.raise_()
        self.window.activateWindow()

    def install_hooks(self, loop: QEventLoop) -> None:
        """An exception that nobody handled is shown; the application goes on."""
        sys.excepthook = self._hook
        loop.set_exception_handler(self._loop_hook)

    def _hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self.window.close()
            return
        sys.__excepthook__(kind, error, trace)
        if self._crash is None:
            self._crash = CrashDialog(self.theme, self.window)
        self._crash.show_exception(error)

    def _loop_hook(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception):
            self._hook(type(error), error, error.__traceback__)
        else:
            loop.default_exception_handler(context)

    def _show_opening_failed(self, error: Exception) -> None:
        self.window.show_opening_failed(error)

    async def _shut_down(self) -> None:
        try:
            await self.close()
        finally:
            asyncio.get_event_loop().stop()


def _import_services() -> Any:
    from looop_gui.services.services import open_services

    return open_services


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")


def _tell_time(part: str) -> None:
    if os.environ.get("LOOOP_GUI_TIMING"):
        sys.stderr.write(f"{part}: {(time.perf_counter() - STARTED) * 1000:.0f} ms\n")
