"""A set-up that is not finished: everything the wizard was told, and how it is kept and reopened.

The secret token is no part of it; the wizard holds that in memory until the token store has it.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum

import msgspec

from looop_gui.model.connection import (
    Application,
    Connection,
    ConnectionSettings,
    SourceSettings,
    SourceType,
    TenantConnection,
)
from looop_gui.model.errors import ConfigurationError
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.setup.default_mappings import default_schema


class SetupStep(StrEnum):
    """The questions of the wizard, in the order of reference section a.2."""

    WELCOME = "welcome"
    PREPARATION = "preparation"
    CREDENTIALS = "credentials"
    NOTIFICATION = "notification"
    SOURCE = "source"
    USER_MAPPINGS = "user-mappings"
    GROUP_MAPPINGS = "group-mappings"
    SCOPE = "scope"
    REVIEW = "review"


DEFAULT_NAMES = {
    Application.DEMO: "Looop demo",
    Application.LOOOP: "Looop",
    Application.GENERIC: "SCIM application",
}
"""What a connection is called until the user gives it a name."""


@dataclass(frozen=True, slots=True)
class SetupDraft:
    """What the wizard knows so far. `id` is the id of the connection that it becomes.

    `url_text` is the tenant URL as typed, `target` what was made of it. `schema_json` is the text
    of the mappings (`schema_text`), empty while they are the application's default.
    `tested_url` is the tenant URL with which Test Connection passed, `proved_url` the one where
    writing was proved. `existing` says that a saved connection is gone through again,
    `resumed` that it is gone on with after it was kept.
    """

    id: str
    name: str = DEFAULT_NAMES[Application.DEMO]
    application: Application = Application.DEMO
    step: SetupStep = SetupStep.WELCOME
    visited: tuple[SetupStep, ...] = (SetupStep.WELCOME,)
    url_text: str = ""
    target: TenantConnection = field(default_factory=lambda: TenantConnection(""))
    source: SourceSettings = field(default_factory=lambda: SourceSettings(SourceType.DEMO))
    settings: ConnectionSettings = field(default_factory=ConnectionSettings)
    schema_json: str = ""
    tested_url: str = ""
    proved_url: str = ""
    existing: bool = False
    resumed: bool = False
    colour: str = ""
    production: bool = False

    def to_json(self) -> str:
        """The draft as JSON text, as the store keeps it. It never holds the token."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str) -> "SetupDraft":
        """A kept draft. Raises ConfigurationError where the text is not one."""
        try:
            return msgspec.json.decode(text, type=cls)
        except msgspec.DecodeError as problem:
            raise ConfigurationError(
                "A kept draft of a set-up cannot be read.",
                safe="Saved connections are not concerned.",
                next_step="Discard the draft and start the set-up again.",
            ) from problem

    def at(self, step: SetupStep) -> "SetupDraft":
        """The draft with the wizard on that step."""
        visited = self.visited if step in self.visited else (*self.visited, step)
        return replace(self, step=step, visited=visited)

    def choose(self, application: Application) -> "SetupDraft":
        """The draft for another application; a name that nobody typed follows the choice.

        Mappings made for one application make no sense for another, so they start again, except
        between the demo tenant and Looop, which share their schema. The demo tenant's credentials
        are of no use elsewhere, nor others' for it.
        """
        if application is self.application:
            return self
        named = self.name if self.name != DEFAULT_NAMES[self.application] else ""
        shared = {application, self.application} == {Application.DEMO, Application.LOOOP}
        chosen = replace(
            self,
            application=application,
            name=named or DEFAULT_NAMES[application],
            schema_json=self.schema_json if shared else "",
        )
        if Application.DEMO in (application, self.application):
            return chosen.with_target("", replace(self.target, tenant_url="")).untested()
        return chosen

    def with_target(self, url_text: str, target: TenantConnection) -> "SetupDraft":
        """The draft with other admin credentials; a test of other credentials no longer counts."""
        same = target.tenant_url == self.target.tenant_url
        return replace(
            self,
            url_text=url_text,
            target=target,
            tested_url=self.tested_url if same else "",
            proved_url=self.proved_url if same else "",
        )

    def untested(self) -> "SetupDraft":
        """The draft after the secret token changed: Test Connection must pass again."""
        return replace(self, tested_url="", proved_url="")

    def passed_test(self) -> "SetupDraft":
        """The draft after Test Connection passed with the present credentials."""
        return replace(self, tested_url=self.target.tenant_url)

    def proved_write(self) -> "SetupDraft":
        """The draft after *Prove it can write* passed with the present credentials."""
        return replace(self, proved_url=self.target.tenant_url)

    def connection(self, *, provisioning_on: bool) -> Connection:
        """The connection that the draft describes."""
        return Connection(
            id=self.id,
            name=self.name.strip(),
            application=self.application,
            target=self.target,
            source=self.source,
            settings=replace(self.settings, provisioning_on=provisioning_on),
            colour=self.colour,
            production=self.production,
        )


def schema_text(schema: SynchronizationSchema) -> str:
    """Mappings as the JSON text that a draft keeps."""
    return msgspec.json.encode(schema).decode()


def schema_of(draft: SetupDraft) -> SynchronizationSchema:
    """The mappings of a draft. Raises ConfigurationError where their text cannot be read."""
    if not draft.schema_json:
        return default_schema(draft.application)
    try:
        return msgspec.json.decode(draft.schema_json, type=SynchronizationSchema)
    except msgspec.DecodeError as problem:
        raise ConfigurationError(
            "The mappings of a kept draft cannot be read.",
            safe="Saved connections are not concerned.",
            next_step="Discard the draft and start the set-up again.",
        ) from problem


def draft_of(connection: Connection, schema_json: str) -> SetupDraft:
    """A draft to go through the settings of a saved connection again; every step was visited."""
    return SetupDraft(
        id=connection.id,
        name=connection.name,
        application=connection.application,
        step=SetupStep.CREDENTIALS,
        visited=tuple(SetupStep),
        url_text=connection.target.tenant_url,
        target=connection.target,
        source=connection.source,
        settings=connection.settings,
        schema_json=schema_json,
        tested_url=connection.target.tenant_url,
        existing=True,
        colour=connection.colour,
        production=connection.production,
    )
