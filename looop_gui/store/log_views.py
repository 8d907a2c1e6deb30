"""Saved views of the provisioning log."""

import msgspec

from looop_gui.model.workspace import LogView
from looop_gui.store.database import Database


def load_views(database: Database, connection_id: str) -> tuple[LogView, ...]:
    """The views of a connection by name; one that cannot be read any more is left out."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT content FROM log_views WHERE connection_id = ? ORDER BY name",
            (connection_id,),
        ).fetchall()
    views = []
    for row in rows:
        try:
            views.append(msgspec.json.decode(row["content"], type=LogView))
        except msgspec.DecodeError:
            continue
    return tuple(views)


def save_view(database: Database, view: LogView) -> None:
    """Keep a view, in place of one of its name."""
    with database.transaction() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO log_views VALUES (?, ?, ?)",
            (view.log_filter.connection_id, view.name, msgspec.json.encode(view).decode()),
        )


def delete_view(database: Database, connection_id: str, name: str) -> None:
    """Forget a view; harmless when there is none."""
    with database.transaction() as connection:
        connection.execute(
            "DELETE FROM log_views WHERE connection_id = ? AND name = ?", (connection_id, name)
        )
