"""The settings of a data folder, one JSON value a name."""

from typing import TypeVar

import msgspec

from looop_gui.model.workspace import WorkspaceSettings
from looop_gui.store.database import Database

_NAME = "workspace"
T = TypeVar("T")


def load_settings(database: Database) -> WorkspaceSettings:
    """The settings; the usual ones where none were saved or they cannot be read."""
    with database.reading() as connection:
        row = connection.execute(
            "SELECT value FROM workspace_settings WHERE name = ?", (_NAME,)
        ).fetchone()
    if row is None:
        return WorkspaceSettings()
    try:
        return msgspec.json.decode(row["value"], type=WorkspaceSettings)
    except msgspec.DecodeError:
        return WorkspaceSettings()


def save_settings(database: Database, settings: WorkspaceSettings) -> None:
    """Keep the settings."""
    with database.transaction() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO workspace_settings VALUES (?, ?)",
            (_NAME, msgspec.json.encode(settings).decode()),
        )
