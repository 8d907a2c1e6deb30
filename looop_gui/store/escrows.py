"""Escrows: objects that failed and are kept for retry (section f.6)."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Escrow
from looop_gui.store.database import Database


def load_escrows(database: Database, job: int) -> dict[str, Escrow]:
    """All escrows of a job by source id."""
    with database.reading() as connection:
        rows = connection.execute("SELECT * FROM escrows WHERE job = ?", (job,)).fetchall()
    return {
        row["source_id"]: Escrow(
            source_id=row["source_id"],
            object_type=ObjectType(row["object_type"]),
            first_failure=datetime.fromisoformat(row["first_failure"]),
            attempts=row["attempts"],
            next_attempt=datetime.fromisoformat(row["next_attempt"]),
            is_reference=bool(row["is_reference"]),
            error_code=row["error_code"],
            digest=row["digest"],
            unsure=row["unsure"],
        )
        for row in rows
    }


def count_escrows(database: Database, job: int) -> int:
    """How many objects of a job are in escrow."""
    with database.reading() as connection:
        row = connection.execute("SELECT count(*) FROM escrows WHERE job = ?", (job,)).fetchone()
    return int(row[0])


def save_escrows(connection: sqlite3.Connection, job: int, escrows: Iterable[Escrow]) -> None:
    """Store escrows, new or known. Called inside a transaction."""
    connection.executemany(
        "INSERT OR REPLACE INTO escrows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                job,
                escrow.source_id,
                escrow.object_type,
                escrow.first_failure.isoformat(),
                escrow.attempts,
                escrow.next_attempt.isoformat(),
                int(escrow.is_reference),
                escrow.error_code,
                escrow.digest,
                escrow.unsure,
            )
            for escrow in escrows
        ],
    )


def delete_escrows(
    connection: sqlite3.Connection, job: int, source_ids: Iterable[str] | None = None
) -> None:
    """Forget the escrows of these objects, or all of the job's with None."""
    if source_ids is None:
        connection.execute("DELETE FROM escrows WHERE job = ?", (job,))
        return
    connection.executemany(
        "DELETE FROM escrows WHERE job = ? AND source_id = ?",
        [(job, source_id) for source_id in source_ids],
    )
