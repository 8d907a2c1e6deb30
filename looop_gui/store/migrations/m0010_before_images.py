"""Migration 10: what cycles found before they wrote, so that they can be undone."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite_utils


def apply(database: "sqlite_utils.Database") -> None:
    """Add the before-images of a cycle and the attribute paths that they name by number.

    `content` is MessagePack. `undoes` of a cycle is the id of the cycle that it undoes, or "".
    """
    for statement in (
        """CREATE TABLE before_images (
            number INTEGER PRIMARY KEY,
            cycle INTEGER NOT NULL REFERENCES cycles (number) ON DELETE CASCADE,
            kind TEXT NOT NULL,
            object_type TEXT NOT NULL,
            source_id TEXT NOT NULL,
            target_id TEXT NOT NULL,
            content BLOB NOT NULL)""",
        "CREATE INDEX before_images_cycle ON before_images (cycle)",
        "CREATE TABLE before_paths (number INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE)",
        "ALTER TABLE cycles ADD COLUMN undoes TEXT NOT NULL DEFAULT ''",
    ):
        database.execute(statement)
