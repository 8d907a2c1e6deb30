"""Migration 9: unsaved settings of a connection, kept beside the draft of its mappings."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite_utils


def apply(database: "sqlite_utils.Database") -> None:
    """Create the table. `content` is a SettingsDraft as JSON."""
    database.execute(
        """CREATE TABLE settings_drafts (
            connection_id TEXT PRIMARY KEY,
            time TEXT NOT NULL,
            content TEXT NOT NULL) WITHOUT ROWID"""
    )
