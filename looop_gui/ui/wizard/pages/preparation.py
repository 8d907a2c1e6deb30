"""Get your token: the steps in Looop, or the demo tenant's admin page with *Reset Token*."""

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from looop_gui.model.connection import Application
from looop_gui.model.secret import SecretText
from looop_gui.services.tenants import RunningTenant
from looop_gui.setup.draft import SetupStep
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID, Theme
from looop_gui.ui.widgets.buttons import button, link_button
from looop_gui.ui.widgets.card import Card
from looop_gui.ui.widgets.copy_field import CopyField
from looop_gui.ui.widgets.labels import caption, hint, prose, strong
from looop_gui.ui.widgets.loading_bar import LoadingBar
from looop_gui.ui.wizard.page import WizardPage
from looop_gui.ui.wizard.session import WizardSession

LOOOP_CONSOLE = "https://looop.co"
LOOOP_TUTORIAL = "https://learn.microsoft.com/entra/identity/saas-apps/looop-provisioning-tutorial"


class PreparationPage(WizardPage):
    """In demo mode the token is made here; for Looop it is fetched in the browser."""

    step = SetupStep.PREPARATION

    def __init__(self, theme: Theme, session: WizardSession) -> None:
        super().__init__(
            theme,
            session,
            self.tr("Get your token"),
            self.tr(
                "Looop lets this application in with a SCIM endpoint and a token. Both come from"
                " Looop's admin console."
            ),
        )
        self.demo = DemoTenantCard(theme, session)
        self.demo.filled.connect(self.completed)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._looop_steps())
        self._stack.addWidget(self.demo)
        self.body.addWidget(self._stack)
        self.body.addStretch(1)

    def enter(self) -> None:
        """Show the steps of the chosen application; start the demo tenant where it is one."""
        is_demo = self.session.draft.application is Application.DEMO
        self._stack.setCurrentIndex(1 if is_demo else 0)
        if is_demo:
            self.demo.start()

    def _looop_steps(self) -> QWidget:
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        for number, (heading, sentence) in enumerate(self._instructions(), start=1):
            card = Card(f"{number}. {heading}")
            card.body.addWidget(prose(sentence))
            if number == 1:
                opening = link_button(self.theme, self.tr("Open Looop in the browser"))
                opening.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(LOOOP_CONSOLE)))
                card.body.addWidget(opening)
            layout.addWidget(card)
        more = link_button(self.theme, self.tr("Read Microsoft's tutorial for Looop"))
        more.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(LOOOP_TUTORIAL)))
        layout.addWidget(more)
        return content

    def _instructions(self) -> tuple[tuple[str, str], ...]:
        return (
            (
                self.tr("Sign in to the Looop admin console"),
                self.tr("Your account needs Admin permissions in Looop."),
            ),
            (
                self.tr("Open Account > Account Settings"),
                self.tr("Choose Authentication and there the section SCIM Integration."),
            ),
            (
                self.tr("Press Reset Token"),
                self.tr(
                    "Copy the SCIM Endpoint and the Token; the next page asks for them as Tenant"
                    " URL and Secret Token. An earlier token stops working."
                ),
            ),
        )


class DemoTenantCard(Card):
    """The admin page of the demo tenant: SCIM endpoint, token, *Reset Token*."""

    filled = Signal()

    def __init__(self, theme: Theme, session: WizardSession) -> None:
        super().__init__()
        self._session = session
        self._tasks = Tasks(self)
        self.tenant: RunningTenant | None = None
        self.body.addWidget(caption(self.tr("Account > Account Settings > Authentication")))
        self.body.addWidget(strong(self.tr("SCIM Integration")))
        self.loading = LoadingBar(theme)
        self.body.addWidget(self.loading)
        self.body.addSpacing(GRID)
        self.endpoint = CopyField(theme, self.tr("SCIM Endpoint"))
        self.token = CopyField(theme, self.tr("Token"), secret=True)
        for field, words in (
            (self.endpoint, self.tr("SCIM Endpoint")),
            (self.token, self.tr("Token")),
        ):
            self.body.addWidget(strong(words))
            self.body.addWidget(field)
        self.reset = button(theme, self.tr("Reset Token"), self._reset, icon="refresh-cw")
        self.reset.setEnabled(False)
        self.body.addSpacing(GRID)
        self.body.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignLeading)
        self.note = hint(
            self.tr("Press Reset Token to make a token. Copy both, or let the next page be filled.")
        )
        self.body.addWidget(self.note)

    def start(self) -> None:
        """Start the demo tenant of this connection unless it runs."""
        if self.tenant is not None:
            if not self._session.draft.url_text:
                self._session.set_tenant_url(self.endpoint.text)
                self._session.set_token(self.token.text)
            return
        self.loading.begin(self.tr("Starting the demo tenant"))
        starting = self._session.services.tenants.start(self._session.draft.id)
        self._tasks.start(starting, self._take_tenant, self._fail)

    def _take_tenant(self, tenant: RunningTenant) -> None:
        self.loading.end()
        self.tenant = tenant
        self.endpoint.set_text(tenant.scim_endpoint)
        self.reset.setEnabled(True)
        self.reset.setFocus()
        self._session.set_tenant_url(tenant.scim_endpoint)
        if tenant.token is not None:
            self._take_token(tenant.token)

    def _reset(self) -> None:
        self.reset.setEnabled(False)
        making = self._session.services.tenants.reset_token(self._session.draft.id)
        self._tasks.start(making, self._take_token, self._fail)

    def _take_token(self, token: SecretText) -> None:
        self.reset.setEnabled(True)
        self.token.set_text(token.reveal())
        self._session.set_token(token.reveal())
        self.note.setText(self.tr("The next page is filled with this endpoint and this token."))
        self.filled.emit()

    def _fail(self, error: Exception) -> None:
        self.loading.end()
        self.reset.setEnabled(self.tenant is not None)
        self._session.failed.emit(error)
