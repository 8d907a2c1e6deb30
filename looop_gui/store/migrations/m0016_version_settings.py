"""Migration 16: a version of the mappings also keeps the settings that the job runs with."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite_utils


def apply(database: "sqlite_utils.Database") -> None:
    """Add `settings`, ConnectionSettings as JSON; NULL in versions saved before."""
    database.execute("ALTER TABLE mapping_versions ADD COLUMN settings TEXT")
