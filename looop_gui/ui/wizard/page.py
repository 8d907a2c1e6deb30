"""The frame of a wizard page: the question, a sentence of why, and the fields below."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from looop_gui.setup.draft import SetupStep
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.banner import Banner, Tone
from looop_gui.ui.widgets.error_panel import describe
from looop_gui.ui.widgets.labels import prose, title
from looop_gui.ui.wizard.session import WizardSession

CONTENT_WIDTH = 680


class WizardPage(QWidget):
    """Put fields into `body`. `enter` is called when the page is shown, `leave` when it is left.

    `completed` says that the page's own work is done, so that the focus may go on to Next. A `wide`
    page (the editors) uses the whole space; the others keep their lines readable.
    """

    step: SetupStep
    wide = False
    completed = Signal()

    def __init__(self, theme: Theme, session: WizardSession, heading: str, why: str) -> None:
        super().__init__()
        self.theme = theme
        self.session = session
        self.heading = title(heading)
        self.why = prose(why, muted=True)
        self.banner = Banner(theme)
        self._area: QScrollArea | None = None
        self.body = QVBoxLayout()
        self.body.setSpacing(GRID)
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        inner.setSpacing(GRID)
        inner.addWidget(self.heading)
        inner.addWidget(self.why)
        inner.addSpacing(GRID)
        inner.addWidget(self.banner)
        inner.addLayout(self.body, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        if self.wide:
            layout.addWidget(content)
            return
        content.setMaximumWidth(CONTENT_WIDTH + 6 * GRID)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        self._area = area
        layout.addWidget(area)

    def enter(self) -> None:
        """The page is shown now: fill it from the session, start what it needs."""

    def leave(self) -> None:
        """The page is left: hand over what was typed."""

    def bring_into_sight(self, widget: QWidget) -> None:
        """Scroll so far that a widget is seen whole, if it can be."""
        if self._area is not None:
            self._area.ensureWidgetVisible(widget, 0, 3 * GRID)

    def show_failure(self, error: Exception) -> None:
        """Say in the banner what went wrong, what is safe and what to do next."""
        what, why, safe, next_step = describe(error)
        more = " ".join(part for part in (why, safe, next_step) if part)
        self.banner.say(Tone.DANGER, what, more)
