"""What the wizard knows while it is open: the draft, the facts, the token, and the document.

The pages change the draft through the session and hear of every change by `changed`. The draft is
kept in the store by itself, a moment after the last change, so that closing or a crash loses
nothing; the secret token stays in memory until *Save* gives it to the chosen token storage.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from looop_gui.model.connection import (
    Connection,
    ConnectionSettings,
    SourceSettings,
    TenantConnection,
)
from looop_gui.model.directory import DirectorySnapshot, ObjectType
from looop_gui.model.secret import SecretText
from looop_gui.services.services import Services
from looop_gui.setup.default_mappings import default_schema
from looop_gui.setup.draft import (
    DEFAULT_NAMES,
    SetupDraft,
    SetupStep,
    draft_of,
    schema_of,
    schema_text,
)
from looop_gui.setup.filter_operators import finished, scope_problems
from looop_gui.setup.lint import MappingFinding
from looop_gui.setup.secret_token import secret_token_problem
from looop_gui.setup.steps import SetupFacts, TestState
from looop_gui.setup.tenant_url import UrlAdvice, advise
from looop_gui.ui.configuration_document import Configuration, ConfigurationDocument
from looop_gui.ui.configuration_lint import ConfigurationLint
from looop_gui.ui.tasks import Tasks

KEEP_MILLISECONDS = 600


class WizardSession(QWidget):
    """The state behind the pages. `snapshot_read` carries the source directory when it was read.

    A QWidget without a picture, because coroutines belong to widgets (`ui/tasks.py`).
    """

    changed = Signal()
    snapshot_read = Signal(object)
    failed = Signal(object)
    application_changed = Signal()

    def __init__(self, services: Services, draft: SetupDraft, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self.services = services
        self._draft = draft
        self._facts = SetupFacts()
        self.token = SecretText("")
        self.passphrase = SecretText("")
        self._kept_token = SecretText("")
        self._made = False
        self.snapshot: DirectorySnapshot | None = None
        self._source_read: SourceSettings | None = None
        self.document = ConfigurationDocument(_configuration(draft), self)
        self.document.changed.connect(self._follow_document)
        self.lint = ConfigurationLint(self.document, draft.application, self)
        self.lint.found.connect(self._take_findings)
        self._tasks = Tasks(self)
        self._keep = QTimer(self, singleShot=True, interval=KEEP_MILLISECONDS)
        self._keep.timeout.connect(self.keep)
        self._finished = False
        self._touched = False

    @property
    def draft(self) -> SetupDraft:
        """The draft as it stands."""
        return self._draft

    @property
    def facts(self) -> SetupFacts:
        """What was learned, as it stands."""
        return self._facts

    def load(self) -> None:
        """Learn what a page may need: other connections' names, the kept token, the directory."""
        self._tasks.start(self.services.connections.list(), self._take_names)
        if self._draft.existing:
            reading = self.services.connections.token(self._draft.id)
            self._tasks.start(reading, self._take_token, lambda _error: None)

    def start_over(self, on_done: Callable[[], object]) -> None:
        """Discard what was kept: begin anew, or from the saved connection's settings."""

        def restart(draft: SetupDraft) -> None:
            self._replace_draft(draft)
            on_done()

        # What is being discarded must not be kept once more meanwhile.
        self._keep.stop()
        self._touched = False
        self._tasks.start(self._fresh_draft(), restart)

    async def _fresh_draft(self) -> SetupDraft:
        draft = self._draft
        await self.services.connections.discard_draft(draft.id)
        if not draft.existing:
            return SetupDraft(
                draft.id, name=DEFAULT_NAMES[draft.application], application=draft.application
            )
        connection = await self.services.connections.get(draft.id)
        schema = await self.services.mappings.schema(draft.id)
        return draft_of(connection, schema_text(schema))

    def _replace_draft(self, draft: SetupDraft) -> None:
        self._keep.stop()
        self._draft = draft
        self._touched = False
        self._facts = SetupFacts(taken_names=self._facts.taken_names)
        self.snapshot = None
        self.lint.application = draft.application
        self.document.load(_configuration(draft))
        self._keep.stop()
        self._touched = False
        self.load()
        self.changed.emit()

    def change(self, draft: SetupDraft) -> None:
        """Take a changed draft over and keep it soon."""
        if draft == self._draft:
            return
        application_changed = draft.application is not self._draft.application
        self._draft = draft
        self._touched = True
        if application_changed:
            self.lint.application = draft.application
            self.document.load(_configuration(draft))
            if not draft.url_text:
                self._forget_token()
            self.application_changed.emit()
        self._keep.start()
        self.changed.emit()

    def learn(self, facts: SetupFacts) -> None:
        """Take changed facts over."""
        if facts != self._facts:
            self._facts = facts
            self.changed.emit()

    def learn_test(self, state: TestState) -> None:
        """Take over how Test Connection stands."""
        self.learn(replace(self._facts, test=state))

    def go_to(self, step: SetupStep) -> None:
        """Stand on that step."""
        self.change(self._draft.at(step))

    def set_tenant_url(self, text: str) -> UrlAdvice:
        """Take the tenant URL over as typed; gives what was made of it and what is wrong."""
        advice = advise(text, self._draft.application)
        target = replace(self._draft.target, tenant_url=advice.url, dialect=advice.dialect)
        self._facts = replace(self._facts, url_problem=advice.problem)
        self.change(self._draft.with_target(text, target))
        self.changed.emit()
        return advice

    def set_token(self, text: str) -> None:
        """Take the secret token over; another one takes back the passed test."""
        token = SecretText(text.strip())
        if token == self.token:
            return
        self.token = token
        self._facts = replace(
            self._facts,
            has_token=bool(token),
            token_problem=secret_token_problem(token.reveal()),
            test=TestState.NOT_RUN,
        )
        self.change(self._draft.untested())
        self.changed.emit()

    def _forget_token(self) -> None:
        self.token = SecretText("")
        self._facts = replace(
            self._facts, has_token=False, token_problem="", url_problem="", test=TestState.NOT_RUN
        )

    def set_passphrase(self, text: str) -> None:
        """Take over the passphrase of the encrypted file; it stays in memory."""
        self.passphrase = SecretText(text)
        self.learn(replace(self._facts, has_passphrase=bool(text)))

    def set_target(self, target: TenantConnection) -> None:
        """Take over where the token is kept and how the target is reached."""
        self.change(self._draft.with_target(self._draft.url_text, target))

    def set_source(self, source: SourceSettings) -> None:
        """Take another source directory over; it is read when `read_source` is asked."""
        if source != self._draft.source:
            self.snapshot = None
            self._source_read = None
            self._facts = replace(self._facts, users=None, groups=None, source_problem="")
            self.change(replace(self._draft, source=source))

    def forget_source(self) -> None:
        """Read the source directory anew at the next chance."""
        self._source_read = None

    def read_source(self) -> None:
        """Read the source directory unless that was done for these very settings."""
        source = self._draft.source
        if self._source_read == source and self.snapshot is not None:
            self.snapshot_read.emit(self.snapshot)
            return
        reading = self.services.directory.snapshot(source, self._draft.id, refresh=True)
        self._source_read = source
        self._tasks.start(reading, self._take_snapshot, self._say_unreadable, replace="source")

    def keep(self, then: Callable[[], object] = lambda: None) -> None:
        """Keep the draft in the store now, unless nothing was entered or it became a connection.

        `then` is called when it is kept; only after that may the wizard go away.
        """
        self._keep.stop()
        if self._finished or not self._touched:
            then()
            return
        kept = replace(self._draft, schema_json=self.schema_text())
        self._tasks.start(self.services.connections.save_draft(kept), lambda _kept: then())

    def end(self) -> None:
        """Keep nothing any more: what a page finds out late must not bring a draft back."""
        self._finished = True
        self._keep.stop()

    def schema_text(self) -> str:
        """The document's schema as JSON text; empty while it is the application's default."""
        schema = self.document.schema
        if schema == default_schema(self._draft.application):
            return ""
        return schema_text(schema)

    def save(
        self,
        *,
        provisioning_on: bool,
        on_done: Callable[[Connection], object],
        on_error: Callable[[Exception], object],
    ) -> None:
        """Make the connection of the draft: credentials, mappings, settings, then the status."""
        self._keep.stop()
        self._tasks.start(self._save(provisioning_on), on_done, on_error)

    async def _save(self, provisioning_on: bool) -> Connection:
        services, draft = self.services, self._draft
        off = draft.connection(provisioning_on=False)
        former = await self._former_settings(off.id)
        connection = await self._save_connection(off)
        await self._save_mappings(connection.id, former)
        await services.connections.discard_draft(draft.id)
        self._finished = True
        self.document.mark_saved()
        await services.provisioning.set_provisioning(connection.id, provisioning_on)
        return await services.connections.get(connection.id)

    async def _former_settings(self, connection_id: str) -> ConnectionSettings | None:
        """The settings of a connection that is gone through again."""
        if not self._draft.existing:
            return None
        return (await self.services.connections.get(connection_id)).settings

    async def _save_mappings(self, connection_id: str, former: ConnectionSettings | None) -> None:
        """Make a version where mappings or settings are not what the connection had already."""
        schema = finished(self.document.schema)
        present = await self.services.mappings.schema(connection_id)
        if schema != present:
            comment = self.tr("Saved by the wizard")
            await self.services.mappings.save(connection_id, schema, comment, before=former)
        elif former is not None:
            comment = self.tr("Saved by the wizard")
            await self.services.mappings.save_settings(connection_id, former, comment)

    async def _save_connection(self, connection: Connection) -> Connection:
        services = self.services.connections
        passphrase = self.passphrase if self.passphrase else None
        if not self._draft.existing and not self._made:
            made = await services.create(connection, self.token.reveal(), passphrase)
            self._made = True
            return made
        storage = connection.target.token_storage
        stored = (await services.get(connection.id)).target
        if not self.token or (self.token == self._kept_token and storage is stored.token_storage):
            return await services.update(connection)
        # The token goes along, so where it is kept changes with it and not before.
        target = replace(
            connection.target,
            token_storage=stored.token_storage,
            token_reference=stored.token_reference,
        )
        updated = await services.update(replace(connection, target=target))
        return await services.set_token(updated.id, self.token.reveal(), storage, passphrase)

    def _take_names(self, connections: Sequence[Connection]) -> None:
        names = tuple(other.name for other in connections if other.id != self._draft.id)
        self.learn(replace(self._facts, taken_names=names))

    def _take_token(self, token: SecretText) -> None:
        self.token = self._kept_token = token
        self.learn(replace(self._facts, has_token=bool(token)))

    def _take_snapshot(self, snapshot: DirectorySnapshot) -> None:
        self.snapshot = snapshot
        self.learn(
            replace(
                self._facts,
                users=len(snapshot.users),
                groups=len(snapshot.groups),
                source_problem="",
            )
        )
        self.snapshot_read.emit(snapshot)

    def _say_unreadable(self, error: Exception) -> None:
        self._source_read = None
        self.learn(replace(self._facts, users=None, groups=None, source_problem=str(error)))
        self.failed.emit(error)

    def _take_findings(self, _findings: tuple[MappingFinding, ...]) -> None:
        self.learn(
            replace(
                self._facts,
                user_mapping_errors=self.lint.errors(ObjectType.USER),
                group_mapping_errors=self.lint.errors(ObjectType.GROUP),
                scope_errors=scope_problems(self.document.schema),
            )
        )

    def _follow_document(self, configuration: Configuration) -> None:
        if configuration.settings != self._draft.settings:
            self._draft = replace(self._draft, settings=configuration.settings)
        self._touched = True
        self._keep.start()
        self.changed.emit()


def _configuration(draft: SetupDraft) -> Configuration:
    return Configuration(schema_of(draft), draft.settings)
