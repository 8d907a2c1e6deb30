"""Migration 12: whether another cycle would write nothing, kept with the cycle before it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite_utils


def apply(database: "sqlite_utils.Database") -> None:
    """Add the certificates, at most one a cycle; `document` is JSON."""
    database.execute(
        """CREATE TABLE certificates (
            cycle INTEGER PRIMARY KEY REFERENCES cycles (number) ON DELETE CASCADE,
            made TEXT NOT NULL,
            document TEXT NOT NULL)"""
    )
