"""The state of a job: its number, watermark, quarantine and next cycle (section f.1)."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from looop_gui.model.job import Adaptation, Quarantine, QuarantineReason, Watermark
from looop_gui.store.database import Database


@dataclass(frozen=True, slots=True)
class StoredJob:
    """A job as stored; `number` is its key in every other table.

    `guard_token` names what a guard held back in the last cycle, or is "". `adaptation` is what the
    target has made the job do. `drift_checked` is when the drift was last checked, with how many
    objects differed and in which cycle.
    """

    number: int
    connection_id: str
    watermark: Watermark | None
    quarantine: Quarantine | None
    paused: bool
    next_cycle: datetime | None
    guard_token: str = ""
    adaptation: Adaptation = Adaptation.NONE
    drift_checked: datetime | None = None
    drift_found: int = 0
    drift_cycle: str = ""


def job_number(connection: sqlite3.Connection, connection_id: str) -> int:
    """The number of a connection's job, which is made when it is first asked for."""
    # A number whose log is still kept is not given out again (its connection was deleted).
    connection.execute(
        "INSERT INTO jobs (number, connection_id) SELECT 1 + max("
        "coalesce((SELECT max(number) FROM jobs), 0),"
        " coalesce((SELECT max(job) FROM log_counts), 0)), ? WHERE true ON CONFLICT DO NOTHING",
        (connection_id,),
    )
    row = connection.execute(
        "SELECT number FROM jobs WHERE connection_id = ?", (connection_id,)
    ).fetchone()
    return int(row["number"])


def load_job(database: Database, connection_id: str) -> StoredJob | None:
    """The job of a connection, or None when nothing was ever stored for it."""
    with database.reading() as connection:
        row = connection.execute(
            "SELECT * FROM jobs WHERE connection_id = ?", (connection_id,)
        ).fetchone()
    return None if row is None else _job(row)


def open_job(database: Database, connection_id: str) -> StoredJob:
    """The job of a connection, made when there is none."""
    with database.transaction() as connection:
        number = job_number(connection, connection_id)
        row = connection.execute("SELECT * FROM jobs WHERE number = ?", (number,)).fetchone()
    return _job(row)


def save_watermark(connection: sqlite3.Connection, job: int, watermark: Watermark | None) -> None:
    """Store the watermark, or clear it with None. Called inside a transaction."""
    values = (
        (None, None, None, 0, 0)
        if watermark is None
        else (
            watermark.source_digest,
            watermark.configuration_digest,
            watermark.time.isoformat(),
            watermark.source_users,
            watermark.source_groups,
        )
    )
    connection.execute(
        "UPDATE jobs SET source_digest = ?, configuration_digest = ?, watermark_time = ?,"
        " source_users = ?, source_groups = ? WHERE number = ?",
        (*values, job),
    )


def save_quarantine(
    connection: sqlite3.Connection, job: int, quarantine: Quarantine | None
) -> None:
    """Store the quarantine, or lift it with None. Called inside a transaction."""
    values: tuple[object, ...] = (None,) * 5
    if quarantine is not None:
        values = (
            quarantine.reason,
            quarantine.sentence,
            quarantine.began.isoformat(),
            quarantine.next_attempt.isoformat(),
            quarantine.attempts,
        )
    connection.execute(
        "UPDATE jobs SET quarantine_reason = ?, quarantine_sentence = ?, quarantine_began = ?,"
        " quarantine_next_attempt = ?, quarantine_attempts = ? WHERE number = ?",
        (*values, job),
    )


def save_guard(connection: sqlite3.Connection, job: int, token: str) -> None:
    """Store what a guard held back last, "" for nothing. Called inside a transaction."""
    connection.execute("UPDATE jobs SET guard_token = ? WHERE number = ?", (token, job))


def save_adaptation(connection: sqlite3.Connection, job: int, adaptation: Adaptation) -> None:
    """Store what the target has made the job do. Called inside a transaction."""
    connection.execute("UPDATE jobs SET adapted = ? WHERE number = ?", (int(adaptation), job))


def save_drift(
    connection: sqlite3.Connection, job: int, time: datetime, found: int, cycle_id: str
) -> None:
    """Store what a drift check found, and in which cycle. Called inside a transaction."""
    connection.execute(
        "UPDATE jobs SET drift_checked = ?, drift_found = ?, drift_cycle = ? WHERE number = ?",
        (time.isoformat(), found, cycle_id, job),
    )


def save_schedule(
    connection: sqlite3.Connection, job: int, *, paused: bool, next_cycle: datetime | None
) -> None:
    """Store whether the schedule is paused and when the next cycle starts."""
    connection.execute(
        "UPDATE jobs SET paused = ?, next_cycle = ? WHERE number = ?",
        (int(paused), next_cycle.isoformat() if next_cycle else None, job),
    )


def delete_job(database: Database, connection_id: str) -> None:
    """Forget everything of a job but its log: links, escrows, cycles, journal, watermark."""
    with database.transaction() as connection:
        connection.execute("DELETE FROM jobs WHERE connection_id = ?", (connection_id,))


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _job(row: sqlite3.Row) -> StoredJob:
    watermark = quarantine = None
    if row["watermark_time"] is not None:
        watermark = Watermark(
            row["source_digest"],
            row["configuration_digest"],
            datetime.fromisoformat(row["watermark_time"]),
            row["source_users"],
            row["source_groups"],
        )
    if row["quarantine_reason"] is not None:
        quarantine = Quarantine(
            QuarantineReason(row["quarantine_reason"]),
            row["quarantine_sentence"],
            datetime.fromisoformat(row["quarantine_began"]),
            datetime.fromisoformat(row["quarantine_next_attempt"]),
            row["quarantine_attempts"],
        )
    next_cycle = row["next_cycle"]
    return StoredJob(
        number=row["number"],
        connection_id=row["connection_id"],
        watermark=watermark,
        quarantine=quarantine,
        paused=bool(row["paused"]),
        next_cycle=datetime.fromisoformat(next_cycle) if next_cycle else None,
        guard_token=row["guard_token"],
        adaptation=Adaptation(row["adapted"]),
        drift_checked=_time(row["drift_checked"]),
        drift_found=row["drift_found"],
        drift_cycle=row["drift_cycle"],
    )
