"""The wizard: steps at the left, one question at the right, Back and Next below.

It holds no rules of its own: `setup/steps.py` says which step is in which state and why one cannot
go on; the pages show the session's draft and change it. After *Save* the last page is the live log
of the first cycle. Closing keeps the draft.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from looop_gui.model.connection import Connection
from looop_gui.setup.draft import SetupDraft, SetupStep
from looop_gui.setup.steps import (
    next_step,
    previous_step,
    reachable,
    statuses,
    steps_of,
    why_not_next,
)
from looop_gui.ui.desk import Desk
from looop_gui.ui.widgets.banner import Tone
from looop_gui.ui.wizard.foot import WizardFoot
from looop_gui.ui.wizard.page import WizardPage
from looop_gui.ui.wizard.pages.credentials import CredentialsPage
from looop_gui.ui.wizard.pages.live import LivePage
from looop_gui.ui.wizard.pages.mappings import MappingsPage
from looop_gui.ui.wizard.pages.notification import NotificationPage
from looop_gui.ui.wizard.pages.preparation import PreparationPage
from looop_gui.ui.wizard.pages.review import ReviewPage
from looop_gui.ui.wizard.pages.scope import ScopePage
from looop_gui.ui.wizard.pages.source import SourcePage
from looop_gui.ui.wizard.pages.welcome import WelcomePage
from looop_gui.ui.wizard.parts import WizardParts
from looop_gui.ui.wizard.session import WizardSession
from looop_gui.ui.wizard.step_list import StepList

NARROW = 900


class SetupWizard(QWidget):
    """`finished` carries the connection's id, `closed` says that the draft was kept."""

    saved = Signal(str)
    finished = Signal(str)
    closed = Signal()

    def __init__(
        self, desk: Desk, draft: SetupDraft, parts: WizardParts, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("look", "page")
        self.setAccessibleName(self.tr("Set up a connection"))
        self._desk = desk
        self._parts = parts
        self.session = WizardSession(desk.services, draft, self)
        self.pages: dict[SetupStep, WizardPage] = {}
        self.live: LivePage | None = None
        self.steps = StepList(desk.theme)
        self.foot = WizardFoot(desk.theme)
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.session.load()
        self._enter(draft.step)
        if draft.resumed:
            self._say_resumed()

    @property
    def page(self) -> WizardPage:
        """The page that is shown (until *Save*)."""
        return self.pages[self.session.draft.step]

    def go_to(self, step: SetupStep) -> None:
        """Leave the page and show the one of that step."""
        if step is self.session.draft.step:
            return
        self.page.leave()
        self.session.go_to(step)
        self._enter(step)

    def close_wizard(self) -> None:
        """Keep the draft and say so; after *Save*, lead on to the connection."""
        if self.live is not None:
            self.finished.emit(self.session.draft.id)
            return
        self.page.leave()
        self.session.keep(self._end)

    def _end(self) -> None:
        self.session.end()
        self.closed.emit()

    def _say_resumed(self) -> None:
        """Say that this was kept; there is a way to begin anew."""
        more = self.tr("The Secret Token is never kept with a draft; enter it again.")
        self.page.banner.say(
            Tone.INFO,
            self.tr("You go on with what you entered before."),
            "" if self.session.draft.existing else more,
            action=self.tr("Start over"),
            on_action=lambda: self.session.start_over(self._begin_anew),
        )

    def _drop_editors(self) -> None:
        """The editors were made for another application; they are made anew when needed."""
        for step in (SetupStep.USER_MAPPINGS, SetupStep.GROUP_MAPPINGS, SetupStep.SCOPE):
            page = self.pages.pop(step, None)
            if page is not None:
                self._stack.removeWidget(page)
                page.deleteLater()

    def _begin_anew(self) -> None:
        for page in self.pages.values():
            self._stack.removeWidget(page)
            page.deleteLater()
        self.pages.clear()
        self._enter(self.session.draft.step)

    def show_failure(self, error: Exception) -> None:
        """Show a failure on the page that is open."""
        (self.live or self.page).show_failure(error)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the page the room that it needs before the list of steps."""
        super().resizeEvent(event)
        self.steps.show_narrow(event.size().width() < NARROW)

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self._stack, 1)
        right.addWidget(self.foot)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.steps)
        layout.addLayout(right, 1)

    def _connect(self) -> None:
        self.session.changed.connect(self._show)
        self.session.failed.connect(self.show_failure)
        self.session.application_changed.connect(self._drop_editors)
        self.steps.chosen.connect(self.go_to)
        self.foot.back.clicked.connect(self._back)
        self.foot.next.clicked.connect(self._next)
        self.foot.close_button.clicked.connect(self.close_wizard)
        for keys, action in (
            ("Alt+Left", self._back),
            ("Alt+Right", self._next),
            ("Ctrl+Return", self._next),
        ):
            QShortcut(QKeySequence(keys), self, action)
        stack = self.session.document.undo_stack
        QShortcut(QKeySequence.StandardKey.Undo, self, stack.undo)
        QShortcut(QKeySequence.StandardKey.Redo, self, stack.redo)

    def _back(self) -> None:
        step = previous_step(self.session.draft)
        if step is not None and self.foot.back.isEnabled() and self.live is None:
            self.go_to(step)

    def _next(self) -> None:
        if self.live is not None:
            self.close_wizard()
            return
        self.page.leave()
        if not self.foot.next.isEnabled():
            return
        step = next_step(self.session.draft)
        if step is not None:
            self.go_to(step)
            return
        review = self.pages[SetupStep.REVIEW]
        if isinstance(review, ReviewPage):
            self.foot.show_busy(self.tr("Saving"))
            self.session.save(
                provisioning_on=review.provisioning_on,
                on_done=self._show_live,
                on_error=self._save_failed,
            )

    def _save_failed(self, error: Exception) -> None:
        self._show()
        self.show_failure(error)

    def _show_live(self, connection: Connection) -> None:
        self.live = LivePage(self._desk, self.session, connection, self._parts)
        self._stack.addWidget(self.live)
        self._stack.setCurrentWidget(self.live)
        self.steps.show_live()
        self.foot.show_live()
        self.live.enter()
        self.saved.emit(connection.id)

    def _enter(self, step: SetupStep) -> None:
        if step not in self.pages:
            self.pages[step] = self._make(step)
            self.pages[step].completed.connect(self.foot.next.setFocus)
            self._stack.addWidget(self.pages[step])
        self._stack.setCurrentWidget(self.pages[step])
        self.pages[step].enter()
        self._show()

    def _make(self, step: SetupStep) -> WizardPage:
        theme, session = self._desk.theme, self.session
        match step:
            case SetupStep.WELCOME:
                return WelcomePage(theme, session)
            case SetupStep.PREPARATION:
                return PreparationPage(theme, session)
            case SetupStep.CREDENTIALS:
                return CredentialsPage(theme, session)
            case SetupStep.NOTIFICATION:
                return NotificationPage(theme, session)
            case SetupStep.SOURCE:
                return SourcePage(theme, session)
            case SetupStep.USER_MAPPINGS | SetupStep.GROUP_MAPPINGS:
                return MappingsPage(self._desk, session, self._parts, step)
            case SetupStep.SCOPE:
                return ScopePage(self._desk, session, self._parts)
            case SetupStep.REVIEW:
                page = ReviewPage(theme, session)
                page.change_wanted.connect(self.go_to)
                return page

    def _show(self) -> None:
        """Bring the list of steps and the foot up to date."""
        if self.live is not None:
            return
        draft, facts = self.session.draft, self.session.facts
        open_steps = frozenset(
            step for step in steps_of(draft.application) if reachable(draft, facts, step)
        )
        self.steps.show_statuses(statuses(draft, facts), open_steps)
        last = next_step(draft) is None
        page = self.pages.get(draft.step)
        if last and isinstance(page, ReviewPage):
            reason, text = page.why_not_save(), page.save_text()
        else:
            reason, text = why_not_next(draft, facts, draft.step), self.tr("Next")
        self.foot.show_state(text, reason, has_back=previous_step(draft) is not None)
