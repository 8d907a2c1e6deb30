"""Migration 5: saved views of the log, settings of the data folder, and mail that waits."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite_utils


def apply(database: "sqlite_utils.Database") -> None:
    """Create the tables. `content` and `value` are JSON; times are ISO 8601 in UTC."""
    database.execute(
        """CREATE TABLE log_views (
            connection_id TEXT NOT NULL,
            name TEXT NOT NULL COLLATE NOCASE,
            content TEXT NOT NULL,
            PRIMARY KEY (connection_id, name)) WITHOUT ROWID"""
    )
    database.execute(
        "CREATE TABLE workspace_settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
    )
    # What was told about a job last, so that a restart of the program tells nothing twice.
    database.execute(
        """CREATE TABLE notices_told (
            connection_id TEXT PRIMARY KEY,
            quarantine TEXT NOT NULL,
            cycle TEXT NOT NULL) WITHOUT ROWID"""
    )
    database.execute(
        """CREATE TABLE outbox (
            number INTEGER PRIMARY KEY,
            connection_id TEXT NOT NULL,
            recipient TEXT NOT NULL,
            subject TEXT NOT NULL,
            body TEXT NOT NULL,
            created TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            next_attempt TEXT NOT NULL,
            problem TEXT NOT NULL)"""
    )
