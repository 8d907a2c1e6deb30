"""Migration 7: what the guards compare with, and the dialect that a target made the job take."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite_utils


def apply(database: "sqlite_utils.Database") -> None:
    """Add columns to jobs and links.

    `source_users` and `source_groups` are the size of the source at the watermark, `adapted` says
    that the target has refused Entra's way of writing, `identity` has digests of the names that an
    object was last exported under.
    """
    database.execute("ALTER TABLE jobs ADD COLUMN source_users INTEGER NOT NULL DEFAULT 0")
    database.execute("ALTER TABLE jobs ADD COLUMN source_groups INTEGER NOT NULL DEFAULT 0")
    database.execute("ALTER TABLE jobs ADD COLUMN adapted INTEGER NOT NULL DEFAULT 0")
    database.execute("ALTER TABLE links ADD COLUMN identity TEXT NOT NULL DEFAULT ''")
