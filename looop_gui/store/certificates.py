"""No-op certificates: one a cycle at most, the latest of a connection is read."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from looop_gui.model.job import CycleEnd, CycleKind
from looop_gui.store.database import Database


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate as it is stored; `outdated` says that a later cycle has begun."""

    cycle_id: str
    made: datetime
    document: str
    outdated: bool


def last_completed_cycle(connection: sqlite3.Connection, connection_id: str) -> int | None:
    """The number of the last cycle if it was completed; None while another one runs.

    After an undo the source is to differ from the target, so there is nothing to certify.
    """
    row = connection.execute(
        "SELECT cycles.number, cycles.ended_by, cycles.ended, cycles.kind FROM cycles"
        " JOIN jobs ON jobs.number = cycles.job WHERE jobs.connection_id = ?"
        " ORDER BY cycles.number DESC LIMIT 1",
        (connection_id,),
    ).fetchone()
    if row is None or row["ended"] is None or row["ended_by"] != CycleEnd.COMPLETED:
        return None
    if row["kind"] == CycleKind.UNDO:
        return None
    return int(row["number"])


def save_certificate(
    connection: sqlite3.Connection, cycle: int, made: datetime, document: str
) -> None:
    """Keep a certificate with its cycle. Called inside a transaction."""
    connection.execute(
        "INSERT OR REPLACE INTO certificates (cycle, made, document) VALUES (?, ?, ?)",
        (cycle, made.isoformat(), document),
    )


def latest_certificate(database: Database, connection_id: str) -> CertificateRow | None:
    """The certificate of the latest cycle that has one."""
    with database.reading() as connection:
        row = connection.execute(
            "SELECT cycles.id, certificates.made, certificates.document,"
            " EXISTS (SELECT 1 FROM cycles AS later WHERE later.job = cycles.job"
            " AND later.number > cycles.number) AS outdated"
            " FROM certificates JOIN cycles ON cycles.number = certificates.cycle"
            " JOIN jobs ON jobs.number = cycles.job WHERE jobs.connection_id = ?"
            " ORDER BY cycles.number DESC LIMIT 1",
            (connection_id,),
        ).fetchone()
    if row is None:
        return None
    made = datetime.fromisoformat(row["made"])
    return CertificateRow(row["id"], made, row["document"], bool(row["outdated"]))
