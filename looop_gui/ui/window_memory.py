"""What the window remembers between two starts: size, place, appearance, open connection, page."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow

from looop_gui.ui.palettes import Appearance


def open_window_settings(data_folder: Path) -> QSettings:
    """The window's own settings, an INI file in the data folder."""
    return QSettings(str(data_folder / "window.ini"), QSettings.Format.IniFormat)


class WindowMemory:
    """Typed access to the window's settings."""

    def __init__(self, settings: QSettings) -> None:
        self.settings = settings

    @property
    def appearance(self) -> Appearance:
        """The chosen appearance; SYSTEM at first."""
        text = str(self.settings.value("appearance", Appearance.SYSTEM))
        return Appearance(text) if text in set(Appearance) else Appearance.SYSTEM

    def keep_appearance(self, appearance: Appearance) -> None:
        """Remember the chosen appearance."""
        self.settings.setValue("appearance", str(appearance))

    @property
    def place(self) -> tuple[str, str]:
        """The connection and page that were open ("" for none)."""
        connection = str(self.settings.value("connection", ""))
        return connection, str(self.settings.value("page", ""))

    def keep_place(self, connection_id: str, page_key: str) -> None:
        """Remember what is open."""
        self.settings.setValue("connection", connection_id)
        self.settings.setValue("page", page_key)

    @property
    def side_bar_collapsed(self) -> bool:
        """Whether the side bar showed icons only."""
        return str(self.settings.value("sideBarCollapsed", "false")).lower() == "true"

    def restore(self, window: QMainWindow) -> bool:
        """Give a window its size and place back; False when there is nothing to restore."""
        geometry = self.settings.value("geometry")
        return isinstance(geometry, QByteArray) and window.restoreGeometry(geometry)

    def keep(self, window: QMainWindow, *, collapsed: bool) -> None:
        """Remember size, place and side bar, and write everything to disk."""
        self.settings.setValue("geometry", window.saveGeometry())
        self.settings.setValue("sideBarCollapsed", collapsed)
        self.settings.sync()
