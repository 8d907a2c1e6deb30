"""Migration 11: since when an object waits to be deleted, and what the last drift check found."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite_utils


def apply(database: "sqlite_utils.Database") -> None:
    """Add columns to links and jobs.

    `leaving_since` is the beginning of a link's grace period, NULL for one that stays.
    `drift_checked` is when the target was last compared with what is expected, `drift_found` how
    many objects differed, `drift_cycle` the id of the cycle whose log names them.
    """
    database.execute("ALTER TABLE links ADD COLUMN leaving_since TEXT")
    database.execute("ALTER TABLE jobs ADD COLUMN drift_checked TEXT")
    database.execute("ALTER TABLE jobs ADD COLUMN drift_found INTEGER NOT NULL DEFAULT 0")
    database.execute("ALTER TABLE jobs ADD COLUMN drift_cycle TEXT NOT NULL DEFAULT ''")
