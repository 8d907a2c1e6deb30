"""Migration 4: creates whose outcome is not known, and the guard that stopped a job."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite_utils


def apply(database: "sqlite_utils.Database") -> None:
    """Add a column to escrows, one to the journal and one to jobs.

    `unsure` is the matching value of an object whose create may have arrived, so that it can be
    found even when the source has lost it; `hint` is its object type and that value. `guard_token`
    names what a guard held back.
    """
    database.execute("ALTER TABLE escrows ADD COLUMN unsure TEXT NOT NULL DEFAULT ''")
    database.execute("ALTER TABLE journal ADD COLUMN hint TEXT NOT NULL DEFAULT ''")
    database.execute("ALTER TABLE jobs ADD COLUMN guard_token TEXT NOT NULL DEFAULT ''")
