"""Saved connections. The parts of a connection are JSON columns, read by their dataclasses.

A field that an older row lacks gets its default, one that this version does not know is ignored.
The secret token is never here.
"""

import sqlite3
from datetime import datetime
from typing import TypeVar

import msgspec

from looop_gui.model.connection import (
    Application,
    Connection,
    ConnectionSettings,
    SourceSettings,
    TenantConnection,
)
from looop_gui.model.errors import ConfigurationError, StoreCorruptError
from looop_gui.store.database import Database

Part = TypeVar("Part")


def load_connections(database: Database) -> tuple[Connection, ...]:
    """All saved connections by name."""
    with database.reading() as connection:
        rows = connection.execute("SELECT * FROM connections ORDER BY name COLLATE NOCASE")
        return tuple(_connection(row) for row in rows.fetchall())


def load_connection(database: Database, connection_id: str) -> Connection | None:
    """The saved connection with that id."""
    return _first(database, "SELECT * FROM connections WHERE id = ?", connection_id)


def find_connection(database: Database, name: str) -> Connection | None:
    """The saved connection of that name, whatever its case."""
    return _first(database, "SELECT * FROM connections WHERE name = ? COLLATE NOCASE", name)


def save_connection(database: Database, saved: Connection, time: datetime) -> None:
    """Insert the connection or replace the one with its id.

    Raises ConfigurationError when another connection has that name.
    """
    row = {
        "id": saved.id,
        "name": saved.name,
        "application": saved.application.value,
        "target": msgspec.json.encode(saved.target).decode(),
        "source": msgspec.json.encode(saved.source).decode(),
        "settings": msgspec.json.encode(saved.settings).decode(),
        "colour": saved.colour,
        "production": int(saved.production),
        "time": time.isoformat(),
    }
    with database.transaction() as connection:
        other = connection.execute(
            "SELECT id FROM connections WHERE name = :name COLLATE NOCASE AND id <> :id", row
        ).fetchone()
        if other is not None:
            raise ConfigurationError(
                f"There is a connection named {saved.name} already.",
                safe="Nothing was changed.",
                next_step="Choose another name.",
            )
        connection.execute(_UPSERT, row)


_UPSERT = """
INSERT INTO connections
    (id, name, application, target, source, settings, colour, production, created, changed)
VALUES (:id, :name, :application, :target, :source, :settings, :colour, :production, :time, :time)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, application = excluded.application,
    target = excluded.target, source = excluded.source, settings = excluded.settings,
    colour = excluded.colour, production = excluded.production, changed = excluded.changed
"""


def delete_connection(database: Database, connection_id: str) -> None:
    """Delete the connection with its versions and drafts of mappings; its log is kept."""
    with database.transaction() as connection:
        connection.execute("DELETE FROM connections WHERE id = ?", (connection_id,))
        for table in ("mapping_versions", "mapping_drafts", "settings_drafts"):
            connection.execute(
                f"DELETE FROM {table} WHERE connection_id = ?",  # noqa: S608 - fixed names
                (connection_id,),
            )


def _first(database: Database, query: str, value: str) -> Connection | None:
    with database.reading() as connection:
        row = connection.execute(query, (value,)).fetchone()
    return None if row is None else _connection(row)


def _connection(row: sqlite3.Row) -> Connection:
    try:
        return Connection(
            id=row["id"],
            name=row["name"],
            application=Application(row["application"]),
            target=_part(row["target"], TenantConnection),
            source=_part(row["source"], SourceSettings),
            settings=_part(row["settings"], ConnectionSettings),
            colour=row["colour"],
            production=bool(row["production"]),
        )
    except (ValueError, msgspec.DecodeError) as error:
        raise StoreCorruptError(
            f"The saved connection {row['name']} cannot be read.",
            safe="It was left as it is, and so were all others.",
            next_step="Go back to a backup of the data folder, or make the connection anew.",
        ) from error


def _part(text: str, kind: type[Part]) -> Part:
    return msgspec.json.decode(text, type=kind)
