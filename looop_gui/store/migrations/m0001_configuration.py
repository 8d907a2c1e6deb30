"""Migration 1: connections, versions of mappings, drafts."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite_utils


def apply(database: "sqlite_utils.Database") -> None:
    """Create the tables of the configuration.

    `target`, `source`, `settings`, `schema` and `content` are JSON; times are ISO 8601 in UTC.
    A connection that comes from a connection file has no row here, only state elsewhere.
    """
    database.table("connections").create(
        {
            "id": str,
            "name": str,
            "application": str,
            "target": str,
            "source": str,
            "settings": str,
            "colour": str,
            "production": int,
            "created": str,
            "changed": str,
        },
        pk="id",
        not_null={"name", "application", "target", "source", "settings", "created", "changed"},
        defaults={"colour": "", "production": 0},
    )
    database.execute("CREATE UNIQUE INDEX connections_name ON connections (name COLLATE NOCASE)")
    database.table("mapping_versions").create(
        {
            "connection_id": str,
            "number": int,
            "time": str,
            "comment": str,
            "changes": str,
            "schema": str,
        },
        pk=("connection_id", "number"),
        not_null={"time", "comment", "changes", "schema"},
    )
    database.table("mapping_drafts").create(
        {"connection_id": str, "time": str, "schema": str},
        pk="connection_id",
        not_null={"time", "schema"},
    )
    database.table("setup_drafts").create(
        {"id": str, "time": str, "content": str}, pk="id", not_null={"time", "content"}
    )
