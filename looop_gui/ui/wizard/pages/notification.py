"""Notification e-mail, and the guard against accidental deletion."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit

from looop_gui.setup.draft import SetupStep
from looop_gui.setup.steps import problems_of
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.labels import hint, problem, say_problem, section, strong
from looop_gui.ui.widgets.number_field import NumberField
from looop_gui.ui.wizard.page import WizardPage
from looop_gui.ui.wizard.session import WizardSession


class NotificationPage(WizardPage):
    """Who hears of failures, and what stops a cycle that would delete too much."""

    step = SetupStep.NOTIFICATION

    def __init__(self, theme: Theme, session: WizardSession) -> None:
        super().__init__(
            theme,
            session,
            self.tr("Who hears when something fails?"),
            self.tr(
                "A person or a group that looks after provisioning. Without an address, failures"
                " are shown in this application only."
            ),
        )
        self.email = QLineEdit()
        self.email.setAccessibleName(self.tr("Notification Email"))
        self.email.setPlaceholderText("it@example.org")
        self.email.setMaximumWidth(360)
        self.email_problem = problem()
        self.send = QCheckBox(self.tr("Send an email notification when a failure occurs"))
        self.guard = QCheckBox(self.tr("Prevent accidental deletion"))
        self.threshold = NumberField(self.tr("Accidental deletion threshold"), 1, 1_000_000)
        self.threshold.setGroupSeparatorShown(True)
        self._lay_out()
        self.email.textEdited.connect(self._type)
        self.email.editingFinished.connect(self._judge)
        self.send.clicked.connect(self._toggle_send)
        self.guard.clicked.connect(self._toggle_guard)
        self.threshold.valueChanged.connect(self._change_threshold)
        session.changed.connect(self._show)

    def enter(self) -> None:
        """Show the settings."""
        self._show()
        self._judge()
        self.email.setFocus()

    def _lay_out(self) -> None:
        label = strong(self.tr("Notification Email"))
        label.setBuddy(self.email)
        for widget in (label, self.email, self.email_problem):
            self.body.addWidget(widget)
        self.body.addWidget(self.send, 0, Qt.AlignmentFlag.AlignLeading)
        self.body.addSpacing(3 * GRID)
        self.body.addWidget(section(self.tr("Accidental deletion")))
        self.body.addWidget(self.guard, 0, Qt.AlignmentFlag.AlignLeading)
        line = QHBoxLayout()
        line.setContentsMargins(3 * GRID + 4, 0, 0, 0)
        line.setSpacing(GRID)
        line.addWidget(QLabel(self.tr("Stop and ask at more than")))
        line.addWidget(self.threshold)
        line.addWidget(QLabel(self.tr("objects")))
        line.addStretch(1)
        self.body.addLayout(line)
        self.body.addWidget(
            hint(
                self.tr(
                    "Counted before the first write of a cycle: people and groups that would be"
                    " deleted or disabled. The portal's usual threshold is 500."
                )
            )
        )
        self.body.addStretch(1)

    def _type(self, text: str) -> None:
        settings = replace(self.session.document.settings, notification_email=text.strip())
        document = self.session.document
        document.edit_settings(self.tr("Change the notification email"), settings, merge="email")
        say_problem(self.email_problem, "")

    def _judge(self) -> None:
        found = problems_of(self.session.draft, self.session.facts, self.step)
        say_problem(self.email_problem, found[0].sentence if found else "")

    def _toggle_send(self, on: bool) -> None:
        settings = replace(self.session.document.settings, send_failure_notification=on)
        self.session.document.edit_settings(self.send.text(), settings)
        self._judge()
        if on and not self.email.text():
            self.email.setFocus()

    def _toggle_guard(self, on: bool) -> None:
        settings = replace(self.session.document.settings, prevent_accidental_deletion=on)
        self.session.document.edit_settings(self.guard.text(), settings)

    def _change_threshold(self, value: int) -> None:
        settings = replace(self.session.document.settings, deletion_threshold=value)
        words = self.tr("Change the threshold")
        self.session.document.edit_settings(words, settings, merge="threshold")

    def _show(self) -> None:
        settings = self.session.document.settings
        if self.email.text().strip() != settings.notification_email:
            self.email.setText(settings.notification_email)
        self.send.setChecked(settings.send_failure_notification)
        self.guard.setChecked(settings.prevent_accidental_deletion)
        self.threshold.setEnabled(settings.prevent_accidental_deletion)
        if self.threshold.value() != settings.deletion_threshold:
            self.threshold.setValue(settings.deletion_threshold)
