"""*Reset parts of the state*: which of them are forgotten, each with what follows (section f.9)."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QVBoxLayout, QWidget

from looop_gui.model.connection import Connection
from looop_gui.model.job import ResetScope
from looop_gui.ui.desk import Desk
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.confirm import ConfirmDialog
from looop_gui.ui.widgets.dialog_layout import dialog_foot, dialog_layout
from looop_gui.ui.widgets.labels import hint, problem, prose, say_problem


class ResetDialog(QDialog):
    """Opened with `open()`. All parts together are what Entra calls a full reset.

    The links of a production connection are broken only when its name is typed.
    """

    def __init__(self, desk: Desk, connection_id: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Reset parts of the state"))
        self.setMinimumWidth(520)
        self._desk = desk
        self._id = connection_id
        self._tasks = Tasks(self)
        self.parts = {scope: QCheckBox(words) for scope, words, _ in self._words()}
        self.problem = problem()
        self.reset_button = button(
            desk.theme, self.tr("Forget what is ticked"), self._ask, look="danger-primary"
        )
        self.cancel_button = button(desk.theme, self.tr("Cancel"), self.reject)
        self._lay_out()
        self._show_button()

    @property
    def chosen(self) -> frozenset[ResetScope]:
        """The parts that are ticked."""
        ticked = frozenset(scope for scope, box in self.parts.items() if box.isChecked())
        return frozenset({ResetScope.FULL}) if len(ticked) == len(self.parts) else ticked

    def _words(self) -> tuple[tuple[ResetScope, str, str], ...]:
        return (
            (
                ResetScope.ESCROWS,
                self.tr("Failures that wait for a retry"),
                self.tr("They are tried in the next cycle as if they had not failed."),
            ),
            (
                ResetScope.WATERMARK,
                self.tr("Watermark"),
                self.tr("The next cycle is an initial one: everybody is evaluated."),
            ),
            (
                ResetScope.QUARANTINE_STATE,
                self.tr("Quarantine"),
                self.tr("The job may go on; its cause is not mended by that."),
            ),
            (
                ResetScope.CONNECTOR_DATA_STORE,
                self.tr("Links"),
                self.tr("Everybody is matched anew with the accounts of the target."),
            ),
        )

    def _lay_out(self) -> None:
        layout = dialog_layout(self, self.tr("Reset parts of the state"))
        layout.addWidget(
            prose(
                self.tr("Nothing is sent to the target. What is forgotten cannot be brought back.")
            )
        )
        for scope, _, follows in self._words():
            box = self.parts[scope]
            box.setAccessibleDescription(follows)
            box.toggled.connect(self._show_button)
            line = hint(follows)
            line.setIndent(3 * GRID + GRID // 2)
            part = QVBoxLayout()
            part.setSpacing(0)
            part.addWidget(box)
            part.addWidget(line)
            layout.addLayout(part)
        layout.addWidget(self.problem)
        layout.addSpacing(GRID)
        layout.addLayout(dialog_foot(self.cancel_button, self.reset_button))
        self.cancel_button.setFocus()

    def _show_button(self) -> None:
        self.reset_button.setEnabled(bool(self.chosen))

    def _ask(self) -> None:
        self._tasks.start(self._desk.services.connections.get(self._id), self._decide, self._fail)

    def _decide(self, connection: Connection) -> None:
        breaks = self.chosen & {ResetScope.CONNECTOR_DATA_STORE, ResetScope.FULL}
        if not connection.production or not breaks:
            self._reset(connection)
            return
        ConfirmDialog(
            self._desk.theme,
            self,
            question=self.tr("Break the links?"),
            sentence=self.tr("Everybody is matched anew with the accounts of the target."),
            verb=self.tr("Break the links"),
            on_confirm=lambda: self._reset(connection),
            name_to_type=connection.name,
        ).open()

    def _reset(self, connection: Connection) -> None:
        resetting = self._desk.services.provisioning.reset_parts(connection, self.chosen)
        self._tasks.start(resetting, lambda _none: self._say_done(), self._fail)

    def _say_done(self) -> None:
        names = ", ".join(box.text() for box in self.parts.values() if box.isChecked())
        self._desk.say(self.tr("Forgotten: {0}.").format(names), "", None)
        self.accept()

    def _fail(self, error: Exception) -> None:
        say_problem(self.problem, getattr(error, "sentence", "") or str(error))
