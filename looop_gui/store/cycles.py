"""The history of cycles: one row a cycle, with its counts (section f.10)."""

import json
import sqlite3
from dataclasses import asdict
from datetime import datetime

from looop_gui.model.job import Cycle, CycleCounts, CycleEnd, CycleKind, CycleState
from looop_gui.store.database import Database


def add_cycle(
    connection: sqlite3.Connection, job: int, cycle: Cycle, configuration_digest: str
) -> int:
    """Store a cycle that begins; returns its number. Called inside a transaction."""
    cursor = connection.execute(
        "INSERT INTO cycles (id, job, kind, state, began, ended, users, groups, requests,"
        " sentence, ended_by, configuration_digest, undoes)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            cycle.id,
            job,
            cycle.kind,
            cycle.state,
            cycle.began.isoformat(),
            None,
            _counts_text(cycle.users),
            _counts_text(cycle.groups),
            cycle.requests,
            cycle.sentence,
            cycle.ended_by,
            configuration_digest,
            cycle.undoes,
        ),
    )
    return int(cursor.lastrowid or 0)


def save_cycle(connection: sqlite3.Connection, cycle: Cycle) -> None:
    """Store how a cycle stands. Called inside a transaction."""
    connection.execute(
        "UPDATE cycles SET state = ?, ended = ?, users = ?, groups = ?, requests = ?,"
        " sentence = ?, ended_by = ? WHERE id = ?",
        (
            cycle.state,
            cycle.ended.isoformat() if cycle.ended else None,
            _counts_text(cycle.users),
            _counts_text(cycle.groups),
            cycle.requests,
            cycle.sentence,
            cycle.ended_by,
            cycle.id,
        ),
    )


def drop_cycle(connection: sqlite3.Connection, number: int) -> None:
    """Forget a cycle, with all that hangs on it. Called inside a transaction."""
    connection.execute("DELETE FROM cycles WHERE number = ?", (number,))


def latest_number(connection: sqlite3.Connection, job: int) -> int | None:
    """The number of a job's latest cycle; None before the first."""
    row = connection.execute("SELECT max(number) FROM cycles WHERE job = ?", (job,)).fetchone()
    return None if row[0] is None else int(row[0])


def recent_cycles(database: Database, connection_id: str, limit: int = 50) -> list[Cycle]:
    """The cycles of a connection, the latest first."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT cycles.* FROM cycles JOIN jobs ON jobs.number = cycles.job"
            " WHERE jobs.connection_id = ? ORDER BY cycles.number DESC LIMIT ?",
            (connection_id, limit),
        ).fetchall()
    return [_cycle(row, connection_id) for row in rows]


def running_cycle(database: Database, connection_id: str) -> tuple[int, Cycle] | None:
    """The number and the cycle that began and has not ended: running now, or cut off."""
    with database.reading() as connection:
        row = connection.execute(
            "SELECT cycles.* FROM cycles JOIN jobs ON jobs.number = cycles.job"
            " WHERE jobs.connection_id = ? AND cycles.ended IS NULL"
            " ORDER BY cycles.number DESC LIMIT 1",
            (connection_id,),
        ).fetchone()
    return None if row is None else (int(row["number"]), _cycle(row, connection_id))


def cycle_configuration(database: Database, number: int) -> str:
    """The digest of the configuration with which a cycle began."""
    with database.reading() as connection:
        row = connection.execute(
            "SELECT configuration_digest FROM cycles WHERE number = ?", (number,)
        ).fetchone()
    return str(row[0]) if row is not None else ""


def _counts_text(counts: CycleCounts) -> str:
    return json.dumps(asdict(counts))


def _cycle(row: sqlite3.Row, connection_id: str) -> Cycle:
    return Cycle(
        id=row["id"],
        connection_id=connection_id,
        kind=CycleKind(row["kind"]),
        state=CycleState(row["state"]),
        began=datetime.fromisoformat(row["began"]),
        ended=datetime.fromisoformat(row["ended"]) if row["ended"] else None,
        users=CycleCounts(**json.loads(row["users"])),
        groups=CycleCounts(**json.loads(row["groups"])),
        requests=row["requests"],
        sentence=row["sentence"],
        ended_by=CycleEnd(row["ended_by"]),
        undoes=row["undoes"],
    )
