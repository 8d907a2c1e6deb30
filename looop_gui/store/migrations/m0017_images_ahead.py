"""Migration 17: before-images that are kept before the write goes out that they are of."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite_utils


def apply(database: "sqlite_utils.Database") -> None:
    """Add `ahead`, the pass in which the write goes out, as long as its outcome is not stored."""
    for statement in (
        "ALTER TABLE before_images ADD COLUMN ahead TEXT",
        """CREATE INDEX before_images_ahead ON before_images (cycle, ahead, source_id)
            WHERE ahead IS NOT NULL""",
    ):
        database.execute(statement)
