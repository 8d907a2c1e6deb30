"""Set-ups that were not finished, kept as the JSON text that their wizard wrote."""

from datetime import datetime

from looop_gui.store.database import Database


def save_setup_draft(database: Database, draft_id: str, content: str, time: datetime) -> None:
    """Keep a draft, in place of an earlier one with its id."""
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO setup_drafts (id, time, content) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET time = excluded.time, content = excluded.content",
            (draft_id, time.isoformat(), content),
        )


def load_setup_drafts(database: Database) -> tuple[str, ...]:
    """The content of all drafts, the newest first."""
    with database.reading() as connection:
        rows = connection.execute("SELECT content FROM setup_drafts ORDER BY time DESC, id")
        return tuple(row["content"] for row in rows.fetchall())


def discard_setup_draft(database: Database, draft_id: str) -> None:
    """Forget a draft; harmless when there is none."""
    with database.transaction() as connection:
        connection.execute("DELETE FROM setup_drafts WHERE id = ?", (draft_id,))
