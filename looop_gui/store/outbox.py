"""Mail that waits to be sent, and what was told about a job last."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from looop_gui.model.workspace import WaitingMail
from looop_gui.store.database import Database


@dataclass(frozen=True, slots=True)
class Told:
    """The quarantine reason ("" for none) and the id of the cycle that were told last."""

    quarantine: str = ""
    cycle: str = ""


@dataclass(frozen=True, slots=True)
class NewMail:
    """A mail to put into the outbox."""

    connection_id: str
    recipient: str
    subject: str
    body: str


def load_told(database: Database, connection_id: str) -> Told:
    """What was told about a job last."""
    with database.reading() as connection:
        row = connection.execute(
            "SELECT quarantine, cycle FROM notices_told WHERE connection_id = ?", (connection_id,)
        ).fetchone()
    return Told() if row is None else Told(row["quarantine"], row["cycle"])


def tell(
    database: Database,
    connection_id: str,
    before: Told,
    told: Told,
    mails: list[NewMail],
    now: datetime,
) -> bool:
    """Put mails into the outbox and note what they tell, in one transaction.

    False, with nothing done, when somebody else has told something since `before` was read.
    """
    with database.transaction() as connection:
        if load_told(database, connection_id) != before:
            return False
        connection.execute(
            "INSERT OR REPLACE INTO notices_told VALUES (?, ?, ?)",
            (connection_id, told.quarantine, told.cycle),
        )
        for mail in mails:
            _add(connection, mail, now)
    return True


def waiting_mail(database: Database) -> tuple[WaitingMail, ...]:
    """Everything that waits, the oldest first."""
    with database.reading() as connection:
        rows = connection.execute("SELECT * FROM outbox ORDER BY number").fetchall()
    return tuple(
        WaitingMail(
            number=row["number"],
            connection_id=row["connection_id"],
            recipient=row["recipient"],
            subject=row["subject"],
            body=row["body"],
            created=datetime.fromisoformat(row["created"]),
            attempts=row["attempts"],
            next_attempt=datetime.fromisoformat(row["next_attempt"]),
            problem=row["problem"],
        )
        for row in rows
    )


def remove_mail(database: Database, number: int) -> None:
    """Take a mail out: it was sent or given up."""
    with database.transaction() as connection:
        connection.execute("DELETE FROM outbox WHERE number = ?", (number,))


def postpone_mail(database: Database, number: int, next_attempt: datetime, problem: str) -> None:
    """Note a failed attempt and when the next one is due."""
    with database.transaction() as connection:
        connection.execute(
            "UPDATE outbox SET attempts = attempts + 1, next_attempt = ?, problem = ?"
            " WHERE number = ?",
            (next_attempt.isoformat(), problem, number),
        )


def _add(connection: sqlite3.Connection, mail: NewMail, now: datetime) -> None:
    connection.execute(
        "INSERT INTO outbox (connection_id, recipient, subject, body, created, attempts,"
        " next_attempt, problem) VALUES (?, ?, ?, ?, ?, 0, ?, '')",
        (
            mail.connection_id,
            mail.recipient,
            mail.subject,
            mail.body,
            now.isoformat(),
            now.isoformat(),
        ),
    )
