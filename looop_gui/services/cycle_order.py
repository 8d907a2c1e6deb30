"""In which order tasks are begun, and who is under way, for those who have to follow them."""

import asyncio

from looop_gui.engine.conversation import ObjectTask


class UnderWay:
    """The tasks that were taken and have not ended.

    Tasks are taken in their order, in which a manager stands before those who are to be written
    with a reference to her. So whoever waits here waits for somebody who was taken before, and
    nobody for ever.
    """

    def __init__(self) -> None:
        self._ends: dict[str, asyncio.Future[None] | None] = {}

    def take(self, task: ObjectTask) -> "asyncio.Future[None] | None":
        """Note that a task was taken; gives the end that it has to wait for, if any."""
        awaited = None
        if task.follows in self._ends:
            awaited = self._ends[task.follows] or asyncio.get_running_loop().create_future()
            self._ends[task.follows] = awaited
        self._ends[task.source_id] = None
        return awaited

    def end(self, task: ObjectTask) -> None:
        """Let those go on that wait for this one."""
        end = self._ends.pop(task.source_id, None)
        if end is not None and not end.done():
            end.set_result(None)


def larger_first(task: ObjectTask) -> tuple[int, int]:
    """Where a task stands in a second pass: groups with many members before others."""
    return task.wave, -len(task.source.members) if task.source is not None else 0
