"""The journal of a running cycle: an intent before an object is touched, its result after.

Intents and results are written in blocks, each one transaction that is synced to the disk (FULL)
before the next request of a block leaves. So after a crash of the program or of the machine every
write that may have reached the target has an intent here; what has an intent and no result is read
back from the target before anything is sent for it again. An object that a resumed cycle touches
once more gets a new intent over its result. The price is one sync for some hundreds of objects. A
completed cycle leaves no rows; one that was stopped leaves the intents of those whose write may
have arrived, for the next one to look at.

A block is one row, and rows are only ever appended: what became of an object is what the rows say
one after the other. A row for each object would have to be found and changed among all the others.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from looop_gui.model.job import HINTS_APART, Escrow
from looop_gui.store.database import Database

AGAIN = "+again"
"""Ends a result word over which there is a new intent; the word counts, but is no result."""

FAILED = "failed"

_encode = msgspec.msgpack.Encoder().encode
_decode_intents = msgspec.msgpack.Decoder(dict[str, str]).decode
_decode_results = msgspec.msgpack.Decoder(list[tuple[str, str]]).decode
_decode_states = msgspec.msgpack.Decoder(dict[str, tuple[str | None, str]]).decode

_States = dict[tuple[int, str, str], tuple[str | None, str]]
"""The result, if there is one, and the hint of an object, by cycle, pass and source id."""


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
) -> int:
    """Say which objects are about to be touched in a pass, each with its hint.

    An intent without a result keeps its hints, and has the new one as well: under each of them
    something may have been made. Called inside a transaction. Gives the number of the row.
    """
    return _append(connection, cycle, pass_name, "intents", dict(hints))


def drop_intents(connection: sqlite3.Connection, rows: Iterable[int]) -> None:
    """Take intents back whose outcome belongs to no cycle. Called inside a transaction."""
    connection.executemany("DELETE FROM journal WHERE number = ?", [(row,) for row in rows])


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
    _append(connection, cycle, pass_name, "results", list(results))


def load_journal(database: Database, job: int, cycle: int | None) -> JournalState:
    """The results of a cut-off cycle, and what any cycle of the job left without a result."""
    results: dict[str, dict[str, str]] = {}
    pending: dict[str, dict[str, str]] = {}
    reopened: dict[str, dict[str, str]] = {}
    began: list[datetime] = []
    with database.reading() as connection:
        states = _states(connection, job)
        moments = dict(
            connection.execute("SELECT number, began FROM cycles WHERE job = ?", (job,)).fetchall()
        )
    for (number, pass_name, source_id), (result, hint) in sorted(states.items()):
        if result is None or result.endswith(AGAIN):
            if result is not None and number == cycle:
                reopened.setdefault(pass_name, {})[source_id] = result.removesuffix(AGAIN)
            hints = pending.setdefault(pass_name, {})
            hints[source_id] = joined_hints(hints.get(source_id, ""), hint)
            began.append(datetime.fromisoformat(moments[number]))
        elif number == cycle:
            results.setdefault(pass_name, {})[source_id] = result
    for pass_name, settled in results.items():
        for source_id, word in settled.items():
            if FAILED not in word.split():
                pending.get(pass_name, {}).pop(source_id, None)
    left = {name: hints for name, hints in pending.items() if hints}
    return JournalState(results, left, min(began, default=None), reopened)


def intents_of(database: Database, job: int, cycle: int) -> dict[str, str]:
    """What one cycle has left without a result in the pass over the objects: the hints."""
    with database.reading() as connection:
        states = _states(connection, job)
    return {
        source_id: hint
        for (number, which, source_id), (result, hint) in states.items()
        if number == cycle and which == "object" and (not result or result.endswith(AGAIN))
    }


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
    # A completed cycle keeps nothing, so that its journal need not be read.
    origin = _origins(connection, job) if any(kept.values()) else {}
    connection.execute(
        "DELETE FROM journal WHERE cycle IN (SELECT number FROM cycles WHERE job = ?)", (job,)
    )
    for pass_name, hints in kept.items():
        for source_id, hint in hints.items():
            number = origin.get((pass_name, source_id), cycle)
            write_intents(connection, number, pass_name, {source_id: hint})


def _origins(connection: sqlite3.Connection, job: int) -> dict[tuple[str, str], int]:
    """The earliest cycle of each intent whose outcome is not known, by pass and source id."""
    return {
        (pass_name, source_id): number
        for (number, pass_name, source_id), (result, _) in sorted(
            _states(connection, job).items(), reverse=True
        )
        if result is None or result.endswith(AGAIN)
    }


def _append(
    connection: sqlite3.Connection, cycle: int, pass_name: str, kind: str, content: object
) -> int:
    if not content:
        return 0
    cursor = connection.execute(
        "INSERT INTO journal (cycle, pass, kind, content) VALUES (?, ?, ?, ?)",
        (cycle, pass_name, kind, _encode(content)),
    )
    return int(cursor.lastrowid or 0)


def _states(connection: sqlite3.Connection, job: int) -> _States:
    """What the blocks of a job's cycles say of each object, taken one after the other."""
    rows = connection.execute(
        "SELECT cycle, pass, kind, content FROM journal WHERE cycle IN"
        " (SELECT number FROM cycles WHERE job = ?) ORDER BY number",
        (job,),
    ).fetchall()
    states: _States = {}
    for cycle, pass_name, kind, content in rows:
        if kind == "intents":
            for source_id, hint in _decode_intents(content).items():
                key = (cycle, pass_name, source_id)
                states[key] = _intended(*states.get(key, (None, "")), hint)
        elif kind == "results":
            for source_id, result in _decode_results(content):
                states[cycle, pass_name, source_id] = (result, "")
        else:
            for source_id, state in _decode_states(content).items():
                states[cycle, pass_name, source_id] = state
    return states


def _intended(result: str | None, hint: str, new_hint: str) -> tuple[str | None, str]:
    """What an object's result and hint are after a further intent."""
    if result is not None and not result.endswith(AGAIN):
        return result + AGAIN, new_hint
    return result, joined_hints(hint, new_hint)
