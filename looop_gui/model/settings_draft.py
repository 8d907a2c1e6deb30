"""The settings of a connection while they are edited, and as a crash leaves them."""

from dataclasses import dataclass, replace

from looop_gui.model.connection import Connection, ConnectionSettings, TenantConnection


@dataclass(frozen=True, slots=True)
class Particulars:
    """What the page *Settings* edits of a connection besides its `ConnectionSettings`."""

    name: str
    colour: str
    production: bool
    target: TenantConnection


@dataclass(frozen=True, slots=True)
class SettingsDraft:
    """Settings that were edited and not saved; there is no secret among them."""

    settings: ConnectionSettings
    particulars: Particulars


def particulars_of(connection: Connection) -> Particulars:
    """The particulars of a connection."""
    return Particulars(connection.name, connection.colour, connection.production, connection.target)


def with_draft(connection: Connection, draft: SettingsDraft) -> Connection:
    """The connection with the settings and particulars of a draft."""
    kept = draft.particulars
    return replace(
        connection,
        name=kept.name,
        colour=kept.colour,
        production=kept.production,
        target=kept.target,
        settings=draft.settings,
    )
