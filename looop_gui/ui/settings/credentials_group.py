"""Admin credentials: tenant URL, dialect, secret token, network, and Test Connection."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from looop_gui.model.connection import Connection, Dialect, TokenStorage
from looop_gui.setup.secret_token import secret_token_problem
from looop_gui.setup.tenant_url import UrlAdvice, advise
from looop_gui.ui.desk import Desk
from looop_gui.ui.dialects import dialect_word
from looop_gui.ui.settings.form import Field, group
from looop_gui.ui.settings.groups import SettingsGroup
from looop_gui.ui.settings.network_fields import NetworkFields
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.theme import GRID
from looop_gui.ui.widgets.banner import Banner, Tone
from looop_gui.ui.widgets.buttons import button
from looop_gui.ui.widgets.checklist import Checklist, ChecklistItem, CheckState

if TYPE_CHECKING:
    from looop_gui.services.checks import Check, ConnectionTestResult


class CredentialsGroup(SettingsGroup):
    """The token is replaced at once by its own button; everything else by *Save*.

    `shown` carries a widget that should come into sight.
    """

    shown = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._connection: Connection | None = None
        self.tasks = Tasks(self)
        self.url = QLineEdit()
        self.dialect = QComboBox()
        for dialect in Dialect:
            self.dialect.addItem(dialect_word(dialect), dialect)
        self.token = QLineEdit()
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setAccessibleName(self.tr("New secret token"))
        self.token.setPlaceholderText(self.tr("New secret token"))
        self.replace_button = button(desk.theme, self.tr("Replace the token"), self._replace)
        self.replace_button.setEnabled(False)
        self.test_button = button(
            desk.theme, self.tr("Test Connection"), self._test, icon="plug-zap"
        )
        self.network = NetworkFields(desk.theme)
        self.checks = Checklist(desk.theme)
        self.checks.hide()
        self.result = Banner(desk.theme)
        self._url_field = Field(self.tr("Tenant URL"), self.url, width=560)
        self._token_field = Field(self.tr("Secret Token"), self._token_line(), width=560)
        self.put(
            group(
                self.tr("Admin Credentials"),
                self._url_field,
                Field(
                    self.tr("Dialect"),
                    self.dialect,
                    self.tr("How PATCH requests are written; the service uses legacy by default."),
                    320,
                ),
                self._token_field,
                self.network,
                self._test_line(),
                self.result,
                self.checks,
            )
        )
        self.url.textChanged.connect(self._forget_result)
        self.network.changed.connect(self._forget_result)
        self.dialect.currentIndexChanged.connect(self.tell)
        self.token.textChanged.connect(self._check_token)
        self.token.returnPressed.connect(self._replace)

    def show_connection(self, connection: Connection) -> None:
        """Show URL, dialect, network and where the token is kept."""
        self._connection = connection
        self.url.setText(connection.target.tenant_url)
        self.dialect.setCurrentIndex(self.dialect.findData(connection.target.dialect))
        self.network.show_target(connection.target)
        kept = {
            TokenStorage.KEYRING: self.tr("Kept in the keyring of this desktop."),
            TokenStorage.ENCRYPTED_FILE: self.tr("Kept in an encrypted file of the data folder."),
            TokenStorage.MEMORY: self.tr("Kept in memory: it is asked for after each start."),
            TokenStorage.ENVIRONMENT: self.tr(
                "Read from the environment variable {0}; set another token there."
            ).format(connection.target.token_reference),
        }
        storage = connection.target.token_storage
        self.token.setEnabled(storage is not TokenStorage.ENVIRONMENT)
        self._token_field.advise(kept[storage])

    def applied(self, connection: Connection) -> Connection:
        """With this URL, dialect and network."""
        advice = self._advice(connection)
        target = replace(
            connection.target, tenant_url=advice.url, dialect=self.dialect.currentData()
        )
        return replace(connection, target=self.network.applied(target))

    def problem(self) -> str:
        """What is wrong with the URL, the authority's file or the proxy."""
        if self._connection is None:
            return ""
        advice = self._advice(self._connection)
        self._url_field.say(advice.problem)
        self._url_field.advise(" ".join(advice.corrections))
        network_words = self.network.problem()
        return advice.problem or network_words

    def _advice(self, connection: Connection) -> UrlAdvice:
        return advise(self.url.text(), connection.application)

    def _forget_result(self) -> None:
        self.result.clear()
        self.tell()

    def _check_token(self, text: str) -> None:
        words = secret_token_problem(text) if text.strip() else ""
        self._token_field.say(words)
        self.replace_button.setEnabled(bool(text.strip()) and not words)

    def _replace(self) -> None:
        if self._connection is None or not self.replace_button.isEnabled():
            return
        storage = self._connection.target.token_storage
        saving = self._desk.services.connections.set_token(
            self._connection.id, self.token.text().strip(), storage
        )
        self.tasks.start(saving, lambda _connection: self._replaced())

    def _replaced(self) -> None:
        self.token.clear()
        self.result.say(Tone.SUCCESS, self.tr("The token was replaced."))

    def _test(self) -> None:
        if self._connection is None or self.problem():
            return
        self.test_button.setEnabled(False)
        self.result.clear()
        self.checks.clear()
        self.checks.show()
        self.shown.emit(self.checks)
        self.tasks.start(self._run_test(self.applied(self._connection)), self._tested, self._failed)

    async def _run_test(self, connection: Connection) -> ConnectionTestResult:
        services = self._desk.services
        token = await services.connections.token(connection.id)
        schema = await services.mappings.schema(connection.id)
        return await services.connection_test.run(
            connection.target, token, schema, self._show_check
        )

    def _show_check(self, check: Check) -> None:
        self.checks.put(
            ChecklistItem(
                check.identifier,
                check.title,
                CheckState(check.state.value),
                check.sentence,
                check.next_step,
                check.details,
            )
        )

    def _tested(self, result: ConnectionTestResult) -> None:
        self.test_button.setEnabled(True)
        self.shown.emit(self.checks)
        if result.passed:
            self.result.say(Tone.SUCCESS, self.tr("The connection works."))
        else:
            failure = result.failure
            words = failure.sentence if failure else ""
            self.result.say(Tone.DANGER, self.tr("The connection does not work."), words)

    def _failed(self, error: Exception) -> None:
        self.test_button.setEnabled(True)
        raise error

    def _token_line(self) -> QWidget:
        line = QWidget()
        line.setAccessibleName(self.tr("Secret Token"))
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.token, 1)
        layout.addWidget(self.replace_button)
        return line

    def _test_line(self) -> QWidget:
        line = QWidget()
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.test_button)
        layout.addStretch(1)
        return line
