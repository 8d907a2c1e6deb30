"""Unsaved settings of connections, one a connection, so that a crash loses nothing."""

from datetime import datetime

import msgspec

from looop_gui.model.settings_draft import SettingsDraft
from looop_gui.store.database import Database


def save_settings_draft(
    database: Database, connection_id: str, draft: SettingsDraft, time: datetime
) -> None:
    """Keep a draft, in place of an earlier one."""
    with database.transaction() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO settings_drafts (connection_id, time, content)"
            " VALUES (?, ?, ?)",
            (connection_id, time.isoformat(), msgspec.json.encode(draft).decode()),
        )


def load_settings_draft(database: Database, connection_id: str) -> SettingsDraft | None:
    """What was edited and neither saved nor discarded; None where it cannot be read any more."""
    with database.reading() as connection:
        row = connection.execute(
            "SELECT content FROM settings_drafts WHERE connection_id = ?", (connection_id,)
        ).fetchone()
    if row is None:
        return None
    try:
        return msgspec.json.decode(row["content"], type=SettingsDraft)
    except msgspec.DecodeError:
        return None


def discard_settings_draft(database: Database, connection_id: str) -> None:
    """Forget a draft; harmless when there is none."""
    with database.transaction() as connection:
        connection.execute("DELETE FROM settings_drafts WHERE connection_id = ?", (connection_id,))
