"""Migration 19: the before-images of a block of a cycle stand together in one row.

`images` says how many a row has. Old rows, and those that are kept ahead of a write, have one.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite_utils


def apply(database: "sqlite_utils.Database") -> None:
    """Add the number of images of a row."""
    database.execute("ALTER TABLE before_images ADD COLUMN images INTEGER NOT NULL DEFAULT 1")
