"""Saved connections, their secret tokens, and set-ups that were not finished."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from looop_gui.model.connection import (
    Connection,
    SourceSettings,
    SourceType,
    TenantConnection,
    TokenStorage,
)
from looop_gui.model.errors import ConfigurationError, CredentialsError
from looop_gui.model.secret import SecretText
from looop_gui.model.settings_draft import SettingsDraft
from looop_gui.services.clock import Clock
from looop_gui.services.events import ConnectionsChanged, DraftsChanged, Events
from looop_gui.services.store_worker import StoreWorker
from looop_gui.setup.draft import SetupDraft
from looop_gui.setup.secret_token import secret_token_problem, trimmed_token
from looop_gui.store.connections import (
    delete_connection,
    find_connection,
    load_connection,
    load_connections,
    save_connection,
)
from looop_gui.store.drafts import discard_setup_draft, load_setup_drafts, save_setup_draft
from looop_gui.store.jobs import delete_job
from looop_gui.store.settings_drafts import (
    discard_settings_draft,
    load_settings_draft,
    save_settings_draft,
)
from looop_gui.store.tokens import TokenStorageState, TokenStore

_log = logging.getLogger(__name__)


class ConnectionService:
    """What can be asked of connections. A change is told by ConnectionsChanged or DraftsChanged.

    `forget` is called with the id of a connection that is being deleted, to stop and remove what
    else belongs to it (its demo tenant).
    """

    def __init__(
        self, worker: StoreWorker, tokens: TokenStore, events: Events, clock: Clock
    ) -> None:
        self._worker = worker
        self._tokens = tokens
        self._events = events
        self._clock = clock
        self.forget: list[Callable[[str], Awaitable[None]]] = []

    def new_id(self) -> str:
        """An id for a connection to be made."""
        return str(uuid.uuid4())

    async def list(self) -> tuple[Connection, ...]:
        """All saved connections by name."""
        return await self._worker.run(load_connections)

    async def get(self, connection_id: str) -> Connection:
        """The connection with that id. Raises ConfigurationError where there is none."""
        connection = await self._worker.run(load_connection, connection_id)
        if connection is None:
            raise ConfigurationError("This connection does not exist any more.")
        return connection

    async def find(self, name: str) -> Connection | None:
        """The connection of that name, whatever its case."""
        return await self._worker.run(find_connection, name)

    async def create(
        self,
        connection: Connection,
        token: str | SecretText | None,
        passphrase: SecretText | None = None,
    ) -> Connection:
        """Save a new connection and its token where its target says.

        Gives the connection with its token reference. Raises ConfigurationError for a name that
        is taken or empty, CredentialsError when the token cannot be kept there.
        """
        named = _checked(connection)
        if token is not None and named.target.token_storage is not TokenStorage.ENVIRONMENT:
            await self._keep_token(named, token, passphrase)
        await self._worker.run(save_connection, named, self._clock.now())
        self._events.publish(ConnectionsChanged((named.id,)))
        return named

    async def update(self, connection: Connection) -> Connection:
        """Save changed settings of a connection. Raises ConfigurationError as `create` does."""
        named = _checked(connection)
        await self.get(named.id)
        await self._worker.run(save_connection, named, self._clock.now())
        self._events.publish(ConnectionsChanged((named.id,)))
        return named

    async def delete(self, connection_id: str) -> None:
        """Delete a connection: its token, mappings, links and state; the log is kept."""
        connection = await self.get(connection_id)
        await self._worker.run(delete_connection, connection_id)
        await self._worker.run(delete_job, connection_id)
        await self.discard_draft(connection_id)
        self._events.publish(ConnectionsChanged((connection_id,)))
        await self._forget_token(connection.target)

    async def set_token(
        self,
        connection_id: str,
        token: str | SecretText,
        storage: TokenStorage,
        passphrase: SecretText | None = None,
    ) -> Connection:
        """Keep another token, or the same elsewhere; it is removed where it was kept before.

        Raises CredentialsError for the environment: a token given there would be taken for the name
        of a variable and saved in the clear; see `read_token_from`.
        """
        before = await self.get(connection_id)
        if storage is TokenStorage.ENVIRONMENT:
            raise CredentialsError(
                "A token that is read from the environment is set outside the workbench.",
                safe="Nothing was kept.",
                next_step=f"Set the variable {before.target.token_reference} before starting the"
                " workbench, or choose another place to keep the token.",
            )
        target = replace(before.target, token_storage=storage, token_reference=connection_id)
        connection = _checked(replace(before, target=target))
        await self._keep_token(connection, token, passphrase)
        return await self._moved(before, connection)

    async def read_token_from(self, connection_id: str, variable: str) -> Connection:
        """Read the token from an environment variable from now on, and keep it nowhere."""
        before = await self.get(connection_id)
        target = replace(
            before.target, token_storage=TokenStorage.ENVIRONMENT, token_reference=variable.strip()
        )
        return await self._moved(before, _checked(replace(before, target=target)))

    async def _moved(self, before: Connection, connection: Connection) -> Connection:
        """Save where the token is now, and forget it everywhere else."""
        await self._worker.run(save_connection, connection, self._clock.now())
        kept = (connection.target.token_storage, connection.target.token_reference)
        for reference in {before.id, before.target.token_reference}:
            for storage in TokenStorage:
                if (storage, reference) != kept:
                    former = replace(
                        before.target, token_storage=storage, token_reference=reference
                    )
                    await self._forget_token(former)
        self._events.publish(ConnectionsChanged((connection.id,)))
        return connection

    async def token(self, connection_id: str, passphrase: SecretText | None = None) -> SecretText:
        """The secret token of a connection. Raises CredentialsError where it cannot be had."""
        return await self.token_of(await self.get(connection_id), passphrase)

    async def token_of(
        self, connection: Connection, passphrase: SecretText | None = None
    ) -> SecretText:
        """The secret token of a connection that may not be saved."""
        target = connection.target
        return await asyncio.to_thread(
            self._tokens.load, target.token_reference, target.token_storage, passphrase
        )

    async def keep_token(
        self, connection: Connection, token: str | SecretText, passphrase: SecretText | None = None
    ) -> None:
        """Keep the token of a connection that need not be saved where its target says.

        Raises CredentialsError when it cannot be one or cannot be kept there.
        """
        await self._keep_token(connection, token, passphrase)

    async def token_storages(self) -> tuple[TokenStorageState, ...]:
        """Where a token can be kept here; the keyring is tried with the first call."""
        return await asyncio.to_thread(self._tokens.storages)

    async def save_settings_draft(self, connection_id: str, draft: SettingsDraft) -> None:
        """Keep settings that are being edited, so that a crash loses nothing."""
        await self._worker.run(save_settings_draft, connection_id, draft, self._clock.now())

    async def settings_draft(self, connection_id: str) -> SettingsDraft | None:
        """Settings that were being edited and neither saved nor discarded."""
        return await self._worker.run(load_settings_draft, connection_id)

    async def discard_settings_draft(self, connection_id: str) -> None:
        """Forget the settings that were being edited."""
        await self._worker.run(discard_settings_draft, connection_id)

    async def save_draft(self, draft: SetupDraft) -> None:
        """Keep an unfinished set-up."""
        await self._worker.run(save_setup_draft, draft.id, draft.to_json(), self._clock.now())
        self._events.publish(DraftsChanged())

    async def drafts(self) -> tuple[SetupDraft, ...]:
        """The unfinished set-ups, the newest first; one that cannot be read stays in the store."""
        found = []
        for content in await self._worker.run(load_setup_drafts):
            try:
                found.append(SetupDraft.from_json(content))
            except ConfigurationError as error:
                _log.warning("%s", error)
        return tuple(found)

    async def discard_draft(self, draft_id: str) -> None:
        """Forget an unfinished set-up, with its demo tenant unless that became a connection's."""
        if await self._worker.run(load_connection, draft_id) is None:
            for forget in self.forget:
                await forget(draft_id)
        await self._worker.run(discard_setup_draft, draft_id)
        self._events.publish(DraftsChanged())

    async def _forget_token(self, target: TenantConnection) -> None:
        """Remove a token that is not used any more; one that cannot be reached stays."""
        with suppress(CredentialsError):
            await asyncio.to_thread(
                self._tokens.delete, target.token_reference, target.token_storage
            )

    async def _keep_token(
        self, connection: Connection, token: str | SecretText, passphrase: SecretText | None
    ) -> None:
        text = _plain(token)
        problem = secret_token_problem(text)
        if problem:
            raise CredentialsError(problem, safe="It was not kept.", next_step="Copy it again.")
        target = connection.target
        await asyncio.to_thread(
            self._tokens.save,
            target.token_reference,
            SecretText(text),
            target.token_storage,
            passphrase,
        )


def placed_source(source: SourceSettings, connection_id: str) -> SourceSettings:
    """The source with a folder of the connection's own where a demo company has none yet."""
    if source.type is SourceType.DEMO and not source.folder:
        return replace(source, folder=f"demo/{connection_id}/directory")
    return source


def _plain(token: str | SecretText) -> str:
    return trimmed_token(token.reveal() if isinstance(token, SecretText) else token)


def _checked(connection: Connection) -> Connection:
    """The connection with a trimmed name and a token reference."""
    name = connection.name.strip()
    if not name:
        raise ConfigurationError("The connection has no name.", next_step="Give it a name.")
    target = connection.target
    if target.token_storage is TokenStorage.ENVIRONMENT and not target.token_reference:
        raise ConfigurationError(
            "The environment variable of the secret token has no name.",
            next_step="Name the variable, for example LOOOP_TOKEN.",
        )
    reference = target.token_reference or connection.id
    return replace(
        connection,
        name=name,
        target=replace(target, token_reference=reference),
        source=placed_source(connection.source, connection.id),
    )
