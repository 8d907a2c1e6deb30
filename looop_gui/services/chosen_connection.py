"""The connection that a command was given: a saved one by name, or a connection file."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from looop_gui.model.connection import Connection
from looop_gui.model.errors import ConfigurationError, ConnectionFileError
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.model.secret import SecretText
from looop_gui.services.services import Services
from looop_gui.setup.connection_file import ConnectionFile, parse_connection_file
from looop_gui.setup.default_mappings import default_schema
from looop_gui.setup.synchronization_schema import ImportResult, import_text


@dataclass(frozen=True, slots=True)
class ChosenConnection:
    """Everything to work with a connection; `notes` are sentences for the user.

    `saved` is false for a connection file, whose settings only its owner changes.
    """

    connection: Connection
    schema: SynchronizationSchema
    token: SecretText = field(repr=False)
    notes: tuple[str, ...] = ()
    saved: bool = False


async def choose_connection(
    services: Services,
    chosen: str,
    *,
    allow_inline_token: bool = False,
    with_token: bool = True,
) -> ChosenConnection:
    """Find a connection by its saved name, else read the file of that name.

    Without `with_token` no token is looked for, where the target is not asked; with it, the tenant
    of a demo connection is started unless it runs, as long as the services are open. Raises
    ConfigurationError, ConnectionFileError, CredentialsError.
    """
    saved = await services.connections.find(chosen)
    if saved is not None:
        if with_token:
            saved = await services.tenants.reach(saved)
        schema = await services.mappings.schema(saved.id)
        token = await services.connections.token_of(saved) if with_token else SecretText("")
        return ChosenConnection(saved, schema, token, saved=True)
    return await choose_file(
        services, Path(chosen), allow_inline_token=allow_inline_token, with_token=with_token
    )


async def choose_file(
    services: Services, path: Path, *, allow_inline_token: bool = False, with_token: bool = False
) -> ChosenConnection:
    """Read a connection file. Raises as `choose_connection` does."""
    file = await asyncio.to_thread(_read_file, path, allow_inline_token or not with_token)
    token = file.inline_token or SecretText("")
    if with_token and file.inline_token is None:
        token = await services.connections.token_of(file.connection)
    imported = await asyncio.to_thread(_schema, file)
    notes = file.corrections + imported.notes
    return ChosenConnection(file.connection, imported.schema, token, notes)


def _read_file(path: Path, allow_inline_token: bool) -> ConnectionFile:
    """Read a connection file. Raises ConnectionFileError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConnectionFileError(
            f'There is neither a saved connection nor a readable file named "{path}".',
            safe="Nothing was sent.",
            next_step="See the saved connections with looop-gui connections.",
        ) from error
    return parse_connection_file(content, path.resolve(), allow_inline_token=allow_inline_token)


def _schema(file: ConnectionFile) -> ImportResult:
    """The mappings that a file names, or the application's default. Raises ConfigurationError."""
    if file.schema_path is None:
        return ImportResult(default_schema(file.connection.application))
    return read_schema_file(Path(file.schema_path))


def read_schema_file(path: Path) -> ImportResult:
    """Import a file with Entra's synchronizationSchema. Raises ConfigurationError."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"The mappings file {path} cannot be read.",
            safe="Nothing was sent or changed.",
            next_step="Name a file with the synchronizationSchema that Entra's portal exports.",
        ) from error
    return import_text(text)
