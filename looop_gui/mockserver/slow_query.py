"""A query that is worked out in slices, so that a scan of many resources lets others have theirs.

A list that no index serves looks at every resource. The HTTP server lets such a query go on for
some milliseconds in each turn of the event loop; everybody else calls `work_out`.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass

from looop_gui.mockserver.http_messages import HttpAnswer
from looop_gui.mockserver.storage.protocol import Record

Steps = Generator[None, None, list[Record]]
"""Yields after each slice of the work and returns the resources found."""

SLICE = 100
"""How many resources a slice looks at: less than about two milliseconds."""

PATIENCE = 10
"""How many slices are done at once before a query counts as slow."""


class SlowQueryError(Exception):
    """Not a failure: the query goes on later. `store` takes what it found, for the next try."""

    def __init__(self, steps: Steps, store: Callable[[list[Record]], None]) -> None:
        super().__init__("The query is not finished.")
        self.steps = steps
        self.store = store


@dataclass(slots=True)
class SlowAnswer:
    """An answer under way: the steps of its query, and what makes the answer of the result."""

    query: SlowQueryError
    finish: Callable[[], HttpAnswer]


def work_out(steps: Steps) -> list[Record]:
    """Do all the steps at once."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: list[Record] = end.value
            return found
