"""What the log remembers between two starts: filter, order, columns, and whether the census shows.

Filter and order are of a connection; how the table looks is the same for all.
"""

from PySide6.QtCore import QSettings

from looop_gui.model.workspace import LogView
from looop_gui.services.log_views import view_as_text, view_from_text


class LogMemory:
    """Typed access to the log's part of the window's settings."""

    def __init__(self, settings: QSettings, connection_id: str) -> None:
        self._settings = settings
        self._connection_id = connection_id

    @property
    def last_view(self) -> LogView | None:
        """What was shown last."""
        view = view_from_text(str(self._settings.value(self._view_key, "")))
        if view is None or view.log_filter.connection_id != self._connection_id:
            return None
        return view

    def keep_view(self, view: LogView) -> None:
        """Remember what is shown."""
        self._settings.setValue(self._view_key, view_as_text(view))

    @property
    def layout(self) -> str:
        """The columns as `LogTable.layout_text` gave them; "" at first."""
        return str(self._settings.value("provisioning_log/layout", ""))

    def keep_layout(self, text: str) -> None:
        """Remember the columns."""
        self._settings.setValue("provisioning_log/layout", text)

    @property
    def census_shown(self) -> bool:
        """Whether the census of the skipped is open."""
        return str(self._settings.value("provisioning_log/census", "false")).lower() == "true"

    def keep_census(self, shown: bool) -> None:
        """Remember whether the census is open."""
        self._settings.setValue("provisioning_log/census", shown)

    @property
    def _view_key(self) -> str:
        return f"provisioning_log/{self._connection_id}/view"
