"""Finds the row at which a page begins without counting all rows before it.

SQLite's OFFSET walks over every row it skips. Noted here, for each resource type, is the number of
the row at every 500th place; a page begins its walk at the nearest note before it. New rows come
last, so notes stay true until something is deleted; then those behind it are dropped.
"""

import sqlite3
from bisect import bisect_left

_EVERY = 500
_NOTE_AGAIN = 5_000
_PLACES = """
SELECT seq FROM (
    SELECT seq, row_number() OVER (ORDER BY seq) - 1 AS place FROM resource
    WHERE type = ?1 AND seq >= ?2
) WHERE place % ?3 = 0
"""


class PageNotes:
    """Where pages begin, by resource type."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._notes: dict[str, list[int]] = {}

    def start(self, resource_type: str, offset: int) -> tuple[int, int]:
        """The number of a row at or before a zero-based offset, and how many to skip from it."""
        notes = self._notes.setdefault(resource_type, [])
        if offset - _EVERY * max(0, len(notes) - 1) > _NOTE_AGAIN:
            self._note(resource_type, notes)
        if not notes:
            return 0, offset
        nearest = min(offset // _EVERY, len(notes) - 1)
        return notes[nearest], offset - nearest * _EVERY

    def deleted(self, resource_type: str, seq: int) -> None:
        """A row has gone: the places after it have moved."""
        notes = self._notes.get(resource_type)
        if notes:
            del notes[bisect_left(notes, seq) :]

    def forget(self) -> None:
        """Writes were undone: nothing is certain."""
        self._notes.clear()

    def _note(self, resource_type: str, notes: list[int]) -> None:
        """Note the places from the last note on."""
        begin = notes.pop() if notes else 0
        rows = self._connection.execute(_PLACES, (resource_type, begin, _EVERY))
        notes.extend(row[0] for row in rows)
