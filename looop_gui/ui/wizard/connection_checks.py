"""Test Connection and *Prove it can write* as checklists that fill in while they run."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from looop_gui.services.connection_test import Check, ConnectionTestResult
from looop_gui.setup.steps import TestState
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.checklist import Checklist, ChecklistItem, CheckState
from looop_gui.ui.widgets.labels import hint, prose, strong
from looop_gui.ui.wizard.session import WizardSession


class ConnectionChecks(QWidget):
    """Two buttons, each with its checklist; the second is offered after the first passed."""

    passed = Signal()
    advanced = Signal(QWidget)

    def __init__(self, theme: Theme, session: WizardSession) -> None:
        super().__init__()
        self._session = session
        self._tasks = Tasks(self)
        self._running = False
        self.test = button(theme, self.tr("Test Connection"), self._run_test, icon="plug-zap")
        self.prove = button(theme, self.tr("Prove it can write"), self._run_proof, icon="pencil")
        self.verdict = strong("")
        self.checklist = Checklist(theme)
        self.proof = Checklist(theme)
        self._proof_note = hint(
            self.tr(
                "Optional: creates, reads, updates, disables and deletes one disposable user, and"
                " cleans up."
            )
        )
        self._test_note = prose(
            self.tr("Asks the target for a user who cannot exist. Nothing is written."), muted=True
        )
        self._lay_out()

    def enter(self) -> None:
        """Show what is known about these credentials."""
        draft = self._session.draft
        if draft.tested_url and draft.tested_url == draft.target.tenant_url:
            self.verdict.setText(self.tr("Test Connection passed with these credentials."))
        self.show_ready()

    def show_ready(self) -> None:
        """Enable what can be pressed now; forget the verdict when the credentials changed."""
        facts, draft = self._session.facts, self._session.draft
        complete = bool(draft.target.tenant_url) and not facts.url_problem
        complete = complete and facts.has_token and not facts.token_problem
        self.test.setEnabled(complete and not self._running)
        passed = bool(draft.tested_url) and draft.tested_url == draft.target.tenant_url
        self.prove.setVisible(passed)
        self._proof_note.setVisible(passed)
        self.prove.setEnabled(not self._running)
        if not passed and facts.test is TestState.NOT_RUN and not self._running:
            self.verdict.setText("")
            self.checklist.hide()
            self.proof.hide()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(2 * GRID)
        line.addWidget(self.test)
        line.addWidget(self.verdict, 1)
        second = QHBoxLayout()
        second.setSpacing(2 * GRID)
        second.addWidget(self.prove)
        second.addWidget(self._proof_note, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(line)
        layout.addWidget(self._test_note)
        layout.addWidget(self.checklist)
        layout.addLayout(second)
        layout.addWidget(self.proof)
        self.checklist.hide()
        self.proof.hide()

    def _run_test(self) -> None:
        self._begin(self.checklist)
        self.proof.hide()
        self.verdict.setText(self.tr("Testing"))
        session = self._session
        self._learn(TestState.RUNNING)
        running = session.services.connection_test.run(
            session.draft.target, session.token, session.document.schema, self._show_check
        )
        self._tasks.start(running, self._end_test, self._fail)

    def _run_proof(self) -> None:
        self._begin(self.proof)
        session = self._session
        running = session.services.connection_test.prove_write(
            session.draft.target, session.token, session.document.schema, self._show_step
        )
        self._tasks.start(running, self._end_proof, self._fail)

    def _begin(self, checklist: Checklist) -> None:
        self._running = True
        checklist.clear()
        checklist.show()
        self.test.setEnabled(False)
        self.prove.setEnabled(False)

    def _show_check(self, check: Check) -> None:
        self.checklist.put(_item(check))

    def _show_step(self, check: Check) -> None:
        self.proof.put(_item(check))

    def _end_test(self, result: ConnectionTestResult) -> None:
        self._running = False
        self._learn(TestState.PASSED if result.passed else TestState.FAILED)
        if result.passed:
            self.verdict.setText(self.tr("The connection works."))
            self._session.change(self._session.draft.passed_test())
            self.passed.emit()
        else:
            self.verdict.setText(self.tr("The connection does not work yet."))
        self.show_ready()
        self._bring_into_sight(self.prove if result.passed else self.checklist)

    def _end_proof(self, result: ConnectionTestResult) -> None:
        self._running = False
        if result.passed:
            self._session.change(self._session.draft.proved_write())
            self.passed.emit()
        self.show_ready()
        self._bring_into_sight(self.proof)

    def _bring_into_sight(self, widget: QWidget) -> None:
        """Later, when the layout has its final size."""
        QTimer.singleShot(0, self, lambda: self.advanced.emit(widget))

    def _fail(self, error: Exception) -> None:
        self._running = False
        self._learn(TestState.FAILED)
        self.verdict.setText(self.tr("Test Connection could not be run."))
        self.show_ready()
        self._session.failed.emit(error)

    def _learn(self, state: TestState) -> None:
        self._session.learn_test(state)


def _item(check: Check) -> ChecklistItem:
    return ChecklistItem(
        check.identifier,
        check.title,
        CheckState(str(check.state)),
        check.sentence,
        check.next_step,
        tuple(check.details),
    )
