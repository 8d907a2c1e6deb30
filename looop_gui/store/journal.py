"""The journal of a running cycle: an intent before an object is touched, its result after.

Intents and results are written in blocks, each one transaction that is synced to the disk (FULL)
before the next request of a block leaves. So after a crash of the program or of the machine every
write that may have reached the target has an intent here; what has an intent and no result is read
back from the target before anything is sent for it again. An object that a resumed cycle touches
once more gets a new intent over its result. The price is one sync for some hundreds of objects. A
completed cycle leaves no rows; one that was stopped leaves the intents of those whose write may
have arrived, for the next one to look at.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from looop_gui.model.job import HINTS_APART, Escrow
from looop_gui.store.database import Database
from looop_gui.store.rows import insert_rows

AGAIN = "+again"
"""Ends a result word over which there is a new intent; the word counts, but is no result."""

FAILED = "failed"

# The two marks stand in it as they are, so that one statement takes many rows. An existing row
# is `result` and `hint`, the new one `excluded`.
_INTENT = """
    INSERT INTO journal (cycle, pass, source_id, hint) VALUES (?, ?, ?, ?)
    ON CONFLICT (cycle, pass, source_id) DO UPDATE SET
        result = CASE WHEN result IS NULL OR result LIKE '%AGAIN' THEN result
            ELSE result || 'AGAIN' END,
        hint = CASE WHEN result IS NOT NULL AND result NOT LIKE '%AGAIN' THEN excluded.hint
            WHEN hint = '' THEN excluded.hint
            WHEN instr(APART || hint || APART, APART || excluded.hint || APART) THEN hint
            WHEN excluded.hint = '' THEN hint
            ELSE hint || APART || excluded.hint END
""".replace("AGAIN", AGAIN).replace("APART", f"char({ord(HINTS_APART)})")


@dataclass(frozen=True, slots=True)
class JournalState:
    """What a cut-off cycle left: results by source id, and source ids without one, by pass.

    `pending` has for each the hints, with HINTS_APART between, by which what may have been created
    can be found; `since` is when the earliest cycle of those began. `reopened` are results of
    objects, by pass, that were being touched once more: they are pending, and were counted under
    these words.
    """

    results: Mapping[str, Mapping[str, str]]
    pending: Mapping[str, Mapping[str, str]]
    since: datetime | None = None
    reopened: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def write_intents(
    connection: sqlite3.Connection, cycle: int, pass_name: str, hints: Mapping[str, str]
) -> None:
    """Say which objects are about to be touched in a pass, each with its hint.

    An intent without a result keeps its hints, and has the new one as well: under each of them
    something may have been made. Called inside a transaction.
    """
    insert_rows(
        connection,
        _INTENT,
        [(cycle, pass_name, source_id, hint) for source_id, hint in hints.items()],
    )


def keep_unsure(connection: sqlite3.Connection, job: int, escrows: Iterable[Escrow]) -> None:
    """Keep of escrows that are about to be forgotten which creates may have arrived.

    Each becomes an intent of the cycle in which it failed first, or of the earliest one that is
    known. Called inside a transaction.
    """
    cycles = connection.execute(
        "SELECT number, began FROM cycles WHERE job = ? ORDER BY number", (job,)
    ).fetchall()
    for escrow in escrows:
        if not escrow.unsure or not cycles:
            continue
        before = [n for n, began in cycles if datetime.fromisoformat(began) <= escrow.first_failure]
        hint = f"{escrow.object_type} {escrow.unsure}"
        number = before[-1] if before else cycles[0][0]
        write_intents(connection, number, "object", {escrow.source_id: hint})


def write_results(
    connection: sqlite3.Connection,
    cycle: int,
    pass_name: str,
    results: Iterable[tuple[str, str]],
) -> None:
    """Say how objects ended (source id, result word). Called inside a transaction."""
    insert_rows(
        connection,
        "INSERT OR REPLACE INTO journal (cycle, pass, source_id, result) VALUES (?, ?, ?, ?)",
        [(cycle, pass_name, source_id, result) for source_id, result in results],
    )


def load_journal(database: Database, job: int, cycle: int | None) -> JournalState:
    """The results of a cut-off cycle, and what any cycle of the job left without a result."""
    results: dict[str, dict[str, str]] = {}
    pending: dict[str, dict[str, str]] = {}
    reopened: dict[str, dict[str, str]] = {}
    began: list[datetime] = []
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT journal.cycle, pass, source_id, result, hint, began FROM journal JOIN cycles"
            " ON cycles.number = journal.cycle WHERE cycles.job = ? ORDER BY journal.cycle",
            (job,),
        ).fetchall()
    for number, pass_name, source_id, result, hint, moment in rows:
        if result is None or result.endswith(AGAIN):
            if result is not None and number == cycle:
                reopened.setdefault(pass_name, {})[source_id] = result.removesuffix(AGAIN)
            hints = pending.setdefault(pass_name, {})
            hints[source_id] = joined_hints(hints.get(source_id, ""), hint)
            began.append(datetime.fromisoformat(moment))
        elif number == cycle:
            results.setdefault(pass_name, {})[source_id] = result
    for pass_name, settled in results.items():
        for source_id, word in settled.items():
            if FAILED not in word.split():
                pending.get(pass_name, {}).pop(source_id, None)
    left = {name: hints for name, hints in pending.items() if hints}
    return JournalState(results, left, min(began, default=None), reopened)


def joined_hints(earlier: str, later: str) -> str:
    """The hints of both, each once."""
    hints = [*earlier.split(HINTS_APART), *later.split(HINTS_APART)]
    return HINTS_APART.join(dict.fromkeys(hint for hint in hints if hint))


def clear_journal(
    connection: sqlite3.Connection, job: int, cycle: int, kept: Mapping[str, Mapping[str, str]]
) -> None:
    """Forget the journal of a job but for intents whose outcome is not known, by pass.

    They are kept with the cycle in which they arose, else with the one that has just ended. Called
    inside a transaction.
    """
    rows = connection.execute(
        "SELECT cycle, pass, source_id, result FROM journal WHERE cycle IN"
        " (SELECT number FROM cycles WHERE job = ?)",
        (job,),
    ).fetchall()
    origin = {
        (pass_name, source_id): number
        for number, pass_name, source_id, result in sorted(rows, key=lambda row: -row[0])
        if result is None or result.endswith(AGAIN)
    }
    connection.execute(
        "DELETE FROM journal WHERE cycle IN (SELECT number FROM cycles WHERE job = ?)", (job,)
    )
    for pass_name, hints in kept.items():
        for source_id, hint in hints.items():
            number = origin.get((pass_name, source_id), cycle)
            write_intents(connection, number, pass_name, {source_id: hint})
