"""What a picture is made of: a scene sets the real window up, the stage holds the window.

A scene is a coroutine that is given the stage, brings the window into a state as a person would,
and returns the widget to take the picture of. `pictures` are tried in light and in dark.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtWidgets import QApplication, QWidget

from looop_gui.app import Application
from looop_gui.model.connection import (
    Application as ConnectionKind,
)
from looop_gui.model.connection import (
    Connection,
    ConnectionSettings,
    SourceSettings,
    SourceType,
    TenantConnection,
    TokenStorage,
)
from looop_gui.services.services import Services
from looop_gui.ui.main_window import MainWindow

USUAL_SIZE = QSize(1280, 800)
SMALLEST_SIZE = QSize(1000, 640)


@dataclass(frozen=True)
class Scene:
    """`name` is `NN-page-state`; `size` is that of the window."""

    name: str
    arrange: Callable[[Stage], Awaitable[QWidget]]
    size: QSize = USUAL_SIZE


class Stage:
    """One running application on a data folder of its own."""

    def __init__(self, application: QApplication) -> None:
        self._application = application
        self._folder = tempfile.TemporaryDirectory(prefix="looop-screens-")
        self.data_folder = Path(self._folder.name)
        self.running = Application(application, self.data_folder)

    @property
    def window(self) -> MainWindow:
        """The real main window."""
        return self.running.window

    @property
    def services(self) -> Services:
        """The real services behind it."""
        desk = self.window.desk
        assert desk is not None
        return desk.services

    async def open(self) -> None:
        """Show the window and open the services."""
        self.window.resize(USUAL_SIZE)
        self.window.show()
        await self.running.open()
        await self.until(lambda: self.window.page is not self.window.opening)

    async def close(self) -> None:
        """End the application and remove its data."""
        await self.running.close()
        self.window.hide()
        self.window.deleteLater()
        await self.settle()
        self._folder.cleanup()

    async def demo_connection(
        self,
        name: str = "Looop demo",
        *,
        connection_id: str = "",
        users: int = 200,
        settings: ConnectionSettings | None = None,
        colour: str = "",
        production: bool = False,
    ) -> Connection:
        """A demo connection with its tenant running, as the wizard would leave it."""
        services = self.services
        connection_id = connection_id or services.connections.new_id()
        tenant = await services.tenants.start(connection_id)
        token = await services.tenants.reset_token(connection_id)
        target = TenantConnection(tenant.scim_endpoint, token_storage=TokenStorage.MEMORY)
        connection = Connection(
            id=connection_id,
            name=name,
            application=ConnectionKind.DEMO,
            target=target,
            source=SourceSettings(SourceType.DEMO, users=users),
            settings=settings or ConnectionSettings(requests_per_second=1000.0),
            colour=colour,
            production=production,
        )
        made = await services.connections.create(connection, token.reveal())
        await self.until(lambda: self.window.side_bar.connections.row_of(made.id) >= 0)
        return made

    async def change_settings(self, connection_id: str, **changes: object) -> None:
        """Change fields of a connection's settings."""
        connection = await self.services.connections.get(connection_id)
        settings = replace(connection.settings, **changes)  # type: ignore[arg-type]
        await self.services.connections.update(replace(connection, settings=settings))

    async def show(self, connection_id: str, page: str) -> QWidget:
        """Open a page of a connection and wait until it is quiet."""
        self.window.open_connection(connection_id, page)
        await self.settle()
        shown = self.window.page
        assert shown is not None
        return shown

    async def until(self, condition: Callable[[], bool], seconds: float = 20.0) -> None:
        """Wait for something the window shows. Raises TimeoutError."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("The window did not get there")
            await asyncio.sleep(0.02)

    async def settle(self, seconds: float = 0.4) -> None:
        """Let coroutines, events and paints that are under way finish."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await asyncio.sleep(0.02)
            self._application.sendPostedEvents()


def picture(widget: QWidget, path: Path, ratio: float = 1.0) -> None:
    """Write a picture of a widget; `ratio` 2 is a screen of 200%."""
    from PySide6.QtGui import QPixmap

    pixmap = QPixmap(widget.size() * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    widget.render(pixmap, QPoint())
    path.parent.mkdir(parents=True, exist_ok=True)
    pixmap.save(str(path))
