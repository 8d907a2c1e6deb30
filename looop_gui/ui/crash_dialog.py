"""The last resort: an exception that nobody handled is shown, and the application goes on."""

import traceback

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import primary_button
from looop_gui.ui.widgets.error_panel import ErrorPanel


class CrashDialog(QDialog):
    """One dialog for all of them; a newer exception replaces the words of an older one."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Something went wrong"))
        self.setMinimumWidth(520)
        self.panel = ErrorPanel(theme)
        self.go_on = primary_button(theme, self.tr("Go on"), self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.go_on)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(2 * GRID)
        layout.addWidget(self.panel, 1)
        layout.addLayout(buttons)

    def show_exception(self, error: BaseException) -> None:
        """Show it without waiting: the loop keeps running."""
        shown = error if isinstance(error, Exception) else RuntimeError(str(error))
        details = "".join(traceback.format_exception(error))
        self.panel.show_error(shown, details=details)
        self.open()
