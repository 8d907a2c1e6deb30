"""The intents of provision on demand: before an object is touched, dropped by its result.

On demand is no cycle, and the journal is one of cycles. So an intent stands with the latest cycle
of the job, where the next one finds it as it finds those of a run that was cut off: it looks at the
target before it writes anything for the object, by the name of now and by that of then. Before the
first cycle of all there is an ended row for it, which goes again with the intent.
"""

import sqlite3
from collections.abc import Sequence

from looop_gui.model.job import Cycle
from looop_gui.store.cycles import add_cycle, drop_cycle, latest_number, save_cycle
from looop_gui.store.database import Database
from looop_gui.store.journal import drop_intents, write_intents

PASSES = ("object", "references")


class Intent:
    """The intent of one object on the disk: its rows, and the cycle that was made for it."""

    def __init__(self, rows: Sequence[int], made: int | None) -> None:
        self._rows = rows
        self._made = made

    def drop(self, connection: sqlite3.Connection) -> None:
        """Forget the intent: it is known what became of it. Called inside a transaction."""
        drop_intents(connection, self._rows)
        if self._made is not None:
            drop_cycle(connection, self._made)


def begin_on_demand(
    database: Database, job: int, standing_in: Cycle, source_id: str, hint: str
) -> Intent:
    """Put on the disk that an object is about to be touched. Raises StoreError.

    `hint` says by what it can be found if it is created. `standing_in` is the row for the case that
    there is no cycle yet.
    """
    with database.transaction() as connection:
        number, made = latest_number(connection, job), None
        if number is None:
            number = made = add_cycle(connection, job, standing_in, "")
            save_cycle(connection, standing_in)
        hints = ({source_id: hint}, {source_id: ""})
        rows = [
            write_intents(connection, number, which, one)
            for which, one in zip(PASSES, hints, strict=True)
        ]
    return Intent(rows, made)


def drop_on_demand(database: Database, intent: Intent) -> None:
    """Forget an intent that nothing was written for. Raises StoreError."""
    with database.transaction() as connection:
        intent.drop(connection)
