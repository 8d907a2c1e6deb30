"""Admin credentials: tenant URL, secret token, where it is kept, and Test Connection."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from looop_gui.model.connection import Application
from looop_gui.setup.draft import SetupStep
from looop_gui.ui.theme import GRID, Theme, fixed_font
from looop_gui.ui.widgets.buttons import icon_button
from looop_gui.ui.widgets.labels import hint, problem, say_problem, strong
from looop_gui.ui.wizard.connection_checks import ConnectionChecks
from looop_gui.ui.wizard.page import WizardPage
from looop_gui.ui.wizard.session import WizardSession
from looop_gui.ui.wizard.token_storage import TokenStoragePicker

TYPING_RESTS_MILLISECONDS = 700


class CredentialsPage(WizardPage):
    """The portal's Admin Credentials section. Nothing is sent before Test Connection is pressed."""

    step = SetupStep.CREDENTIALS

    def __init__(self, theme: Theme, session: WizardSession) -> None:
        super().__init__(
            theme,
            session,
            self.tr("Admin credentials"),
            self.tr(
                "With these, this application may read and write people and groups in the target."
                " The token is never written to a log, an export or the database."
            ),
        )
        self.url = QLineEdit()
        self.url_problem = problem()
        self.url_note = hint("")
        self.token = QLineEdit()
        self.token_problem = problem()
        self.storage = TokenStoragePicker(session)
        self.checks = ConnectionChecks(theme, session)
        self.checks.passed.connect(self.completed)
        self.checks.advanced.connect(self.bring_into_sight)
        self._rest = QTimer(self, singleShot=True, interval=TYPING_RESTS_MILLISECONDS)
        self._rest.timeout.connect(self._judge_url)
        self._lay_out()
        self.url.textEdited.connect(self._type_url)
        self.url.editingFinished.connect(self._finish_url)
        self.token.textEdited.connect(self._type_token)
        self.token.editingFinished.connect(self._judge_token)
        session.changed.connect(self._show)

    def enter(self) -> None:
        """Fill the fields; the focus goes to what is missing."""
        draft = self.session.draft
        self.url.setText(draft.url_text)
        self.token.setText(self.session.token.reveal())
        self.storage.enter()
        self.checks.enter()
        self._show()
        self.url_note.setText(self._url_help())
        if draft.url_text:
            self._judge_url()
        first = self.url if not draft.url_text else self.token
        (self.checks.test if draft.url_text and self.session.token else first).setFocus()

    def leave(self) -> None:
        """Hand over what was typed last."""
        self._finish_url()

    def _lay_out(self) -> None:
        self.url.setAccessibleName(self.tr("Tenant URL"))
        self.url.setPlaceholderText("https://<organisation_domain>.looop.co/scim/v2")
        self.token.setAccessibleName(self.tr("Secret Token"))
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setFont(fixed_font())
        self.eye = icon_button(self.theme, "eye", self.tr("Show the Secret Token"), self._reveal)
        self.eye.setCheckable(True)
        url_label, token_label = strong(self.tr("Tenant URL")), strong(self.tr("Secret Token"))
        url_label.setBuddy(self.url)
        token_label.setBuddy(self.token)
        for widget in (url_label, self.url, self.url_problem, self.url_note):
            self.body.addWidget(widget)
        self.body.addSpacing(GRID)
        self.body.addWidget(token_label)
        line = QHBoxLayout()
        line.setSpacing(GRID)
        line.addWidget(self.token, 1)
        line.addWidget(self.eye)
        self.body.addLayout(line)
        self.body.addWidget(self.token_problem)
        self.body.addWidget(self.storage)
        self.body.addSpacing(2 * GRID)
        self.body.addWidget(self.checks)
        self.body.addStretch(1)

    def _url_help(self) -> str:
        if self.session.draft.application is Application.GENERIC:
            return self.tr("The SCIM base address, for example https://scim.example.org/v2.")
        return self.tr(
            "Looop calls it SCIM Endpoint: https://<organisation_domain>.looop.co/scim/v2, for"
            " example https://acme.looop.co/scim/v2."
        )

    def _type_url(self, text: str) -> None:
        say_problem(self.url_problem, "")
        self.url_note.setText(self._url_help())
        self.session.set_tenant_url(text)
        self._rest.start()

    def _finish_url(self) -> None:
        self._rest.stop()
        self._judge_url()

    def _judge_url(self) -> None:
        """Say what is wrong or was corrected, once the typing rests."""
        text = self.url.text().strip()
        if not text:
            return
        advice = self.session.set_tenant_url(self.url.text())
        say_problem(self.url_problem, advice.problem)
        if advice.corrections and not advice.problem:
            corrections = " ".join(advice.corrections)
            used = self.tr("Used as {url}.").format(url=advice.url)
            self.url_note.setText(f"{corrections} {used}")

    def _type_token(self, text: str) -> None:
        say_problem(self.token_problem, "")
        self.session.set_token(text)

    def _judge_token(self) -> None:
        say_problem(self.token_problem, self.session.facts.token_problem)

    def _reveal(self) -> None:
        shown = self.token.echoMode() is QLineEdit.EchoMode.Password
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.token.setEchoMode(mode)
        self.eye.setChecked(shown)
        self.theme.dress(self.eye, "eye-off" if shown else "eye")
        name = self.tr("Hide the Secret Token") if shown else self.tr("Show the Secret Token")
        self.eye.setToolTip(name)
        self.eye.setAccessibleName(name)

    def _show(self) -> None:
        """Follow the session; a token that is reset meanwhile shows here too."""
        token = self.session.token.reveal()
        if self.token.text().strip() != token:
            self.token.setText(token)
        self.checks.show_ready()
