"""Versions of a connection's mappings and settings: every save is one, nothing is overwritten."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

import msgspec

from looop_gui.model.connection import ConnectionSettings
from looop_gui.model.errors import StoreCorruptError
from looop_gui.model.mapping import SynchronizationSchema
from looop_gui.store.database import Database


@dataclass(frozen=True, slots=True)
class MappingVersion:
    """One saved version; `changes` says in words what it changed of the one before it."""

    number: int
    time: datetime
    comment: str
    changes: tuple[str, ...]


def append_version(
    database: Database,
    connection_id: str,
    schema: SynchronizationSchema,
    *,
    time: datetime,
    comment: str,
    changes: tuple[str, ...],
    settings: ConnectionSettings | None = None,
    keep_draft: bool = False,
) -> MappingVersion:
    """Save a schema and the settings as the next version of a connection, and forget its draft.

    `keep_draft` is for a save of the settings alone, which leaves edited mappings as they are.
    """
    with database.transaction() as connection:
        row = connection.execute(
            "SELECT coalesce(max(number), 0) + 1 FROM mapping_versions WHERE connection_id = ?",
            (connection_id,),
        ).fetchone()
        version = MappingVersion(int(row[0]), time, comment, changes)
        connection.execute(
            "INSERT INTO mapping_versions (connection_id, number, time, comment, changes, schema,"
            " settings) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                connection_id,
                version.number,
                time.isoformat(),
                comment,
                msgspec.json.encode(changes).decode(),
                schema_text(schema),
                None if settings is None else msgspec.json.encode(settings).decode(),
            ),
        )
        if not keep_draft:
            discard_mapping_draft(database, connection_id)
    return version


def load_versions(database: Database, connection_id: str) -> tuple[MappingVersion, ...]:
    """All versions of a connection, the newest first."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT number, time, comment, changes FROM mapping_versions"
            " WHERE connection_id = ? ORDER BY number DESC",
            (connection_id,),
        ).fetchall()
    return tuple(_version(row) for row in rows)


def load_schema(
    database: Database, connection_id: str, number: int | None = None
) -> SynchronizationSchema | None:
    """The schema of a version, without a number of the newest; None where there is none."""
    with database.reading() as connection:
        row = connection.execute(
            "SELECT schema FROM mapping_versions WHERE connection_id = ? AND (? IS NULL"
            " OR number = ?) ORDER BY number DESC LIMIT 1",
            (connection_id, number, number),
        ).fetchone()
    return None if row is None else schema_from_text(row["schema"])


def load_version_settings(
    database: Database, connection_id: str, number: int | None = None
) -> ConnectionSettings | None:
    """The settings kept with a version, without a number with the newest.

    None where there is no such version, and for one saved before settings were kept. Raises
    StoreCorruptError.
    """
    with database.reading() as connection:
        row = connection.execute(
            "SELECT settings FROM mapping_versions WHERE connection_id = ? AND (? IS NULL"
            " OR number = ?) ORDER BY number DESC LIMIT 1",
            (connection_id, number, number),
        ).fetchone()
    if row is None or row["settings"] is None:
        return None
    try:
        return msgspec.json.decode(row["settings"], type=ConnectionSettings)
    except msgspec.DecodeError as error:
        raise _unreadable() from error


def save_mapping_draft(
    database: Database, connection_id: str, schema: SynchronizationSchema, time: datetime
) -> None:
    """Keep what is being edited, so that a crash loses nothing."""
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO mapping_drafts (connection_id, time, schema) VALUES (?, ?, ?)"
            " ON CONFLICT (connection_id) DO UPDATE SET time = excluded.time,"
            " schema = excluded.schema",
            (connection_id, time.isoformat(), schema_text(schema)),
        )


def load_mapping_draft(database: Database, connection_id: str) -> SynchronizationSchema | None:
    """What was being edited and neither saved nor discarded."""
    with database.reading() as connection:
        row = connection.execute(
            "SELECT schema FROM mapping_drafts WHERE connection_id = ?", (connection_id,)
        ).fetchone()
    return None if row is None else schema_from_text(row["schema"])


def discard_mapping_draft(database: Database, connection_id: str) -> None:
    """Forget what was being edited."""
    with database.transaction() as connection:
        connection.execute("DELETE FROM mapping_drafts WHERE connection_id = ?", (connection_id,))


def schema_text(schema: SynchronizationSchema) -> str:
    """The whole schema as JSON, everything that was imported with it included."""
    return msgspec.json.encode(schema).decode()


def schema_from_text(text: str) -> SynchronizationSchema:
    """The schema of `schema_text`. Raises StoreCorruptError."""
    try:
        return msgspec.json.decode(text, type=SynchronizationSchema)
    except msgspec.DecodeError as error:
        raise _unreadable() from error


def _unreadable() -> StoreCorruptError:
    return StoreCorruptError(
        "A saved version of the mappings cannot be read.",
        safe="It was left as it is, and so were all other versions.",
        next_step="Restore another version.",
    )


def _version(row: sqlite3.Row) -> MappingVersion:
    return MappingVersion(
        number=row["number"],
        time=datetime.fromisoformat(row["time"]),
        comment=row["comment"],
        changes=msgspec.json.decode(row["changes"], type=tuple[str, ...]),
    )
