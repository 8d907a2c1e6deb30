"""The only place of the window where coroutines start.

`Tasks` belongs to a widget: it keeps its coroutines alive, hands results and failures back on the
GUI thread, and cancels everything when the widget is destroyed. A failure that nobody handles is
shown by the nearest parent that can (`show_failure`), never swallowed.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar, runtime_checkable

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

Result = TypeVar("Result")


@runtime_checkable
class ShowsFailures(Protocol):
    """A page or window that can tell a person what went wrong."""

    def show_failure(self, error: Exception) -> None:
        """Show the error: what, why, what is safe, what next."""


class Tasks:
    """The coroutines of one widget. `Tasks(widget).start(coroutine, on_done=..., on_error=...)`."""

    def __init__(self, owner: QWidget) -> None:
        self._owner = owner
        self._running: set[asyncio.Task[Any]] = set()
        self._named: dict[str, asyncio.Task[Any]] = {}
        owner.destroyed.connect(self.cancel_all)

    def start(
        self,
        coroutine: Coroutine[Any, Any, Result],
        on_done: Callable[[Result], object] | None = None,
        on_error: Callable[[Exception], object] | None = None,
        *,
        replace: str = "",
    ) -> "asyncio.Task[Result]":
        """Start a coroutine now; the task can be cancelled.

        `replace` names a kind of work of which only the newest counts: an older one of that name
        is cancelled (a search while typing). Callbacks run on the GUI thread, and only while the
        owner lives.
        """
        task = asyncio.get_event_loop().create_task(coroutine)
        if replace:
            former = self._named.get(replace)
            if former is not None:
                former.cancel()
            self._named[replace] = task
        self._running.add(task)
        task.add_done_callback(lambda ended: self._finish(ended, on_done, on_error))
        return task

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return bool(self._running)

    def cancel_all(self) -> None:
        """Cancel everything that is under way."""
        for task in tuple(self._running):
            task.cancel()

    def _finish(
        self,
        task: "asyncio.Task[Result]",
        on_done: Callable[[Result], object] | None,
        on_error: Callable[[Exception], object] | None,
    ) -> None:
        self._running.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if not isValid(self._owner):
            return
        if error is None:
            if on_done is not None:
                on_done(task.result())
        elif isinstance(error, Exception):
            (on_error or self._show)(error)
        else:
            raise error

    def _show(self, error: Exception) -> None:
        place: QWidget | None = self._owner
        while place is not None:
            if isinstance(place, ShowsFailures):
                place.show_failure(error)
                return
            place = place.parentWidget()
        raise error
