"""The frame that every page shares: header, banner, loading bar, error panel, and a body."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.banner import Banner, Tone
from looop_gui.ui.widgets.error_panel import describe
from looop_gui.ui.widgets.loading_bar import LoadingBar
from looop_gui.ui.widgets.page_header import PageHeader


class Page(QWidget):
    """Put content into `body`. Override `refresh` (called each time the page is shown).

    `help_topic` names a file of `resources/help` (F1). `focus_search` answers Ctrl+F.
    """

    help_topic = "index"

    def __init__(
        self, theme: Theme, heading: str, sentence: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("look", "page")
        self.header = PageHeader(theme, heading, sentence)
        self.banner = Banner(theme)
        self.loading = LoadingBar(theme)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(2 * GRID)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, 2 * GRID)
        layout.setSpacing(12)
        layout.addWidget(self.header)
        layout.addWidget(self.banner)
        layout.addWidget(self.loading)
        layout.addLayout(self.body, 1)

    def refresh(self) -> None:
        """Bring the page up to date; called each time it becomes visible."""

    def leave(self) -> None:
        """The page is no longer visible; stop what costs."""

    def focus_search(self) -> None:
        """Put the focus into the page's search field, if it has one."""

    def show_failure(self, error: Exception) -> None:
        """Say in the banner what went wrong, what is safe and what to do next."""
        self.loading.end()
        what, why, safe, next_step = describe(error)
        more = " ".join(part for part in (why, safe, next_step) if part)
        self.banner.say(Tone.DANGER, what, more)

    def showEvent(self, event: QShowEvent) -> None:
        """Refresh when the page comes to the front."""
        super().showEvent(event)
        if not event.spontaneous():
            self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let the page rest while it is hidden."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.leave()
