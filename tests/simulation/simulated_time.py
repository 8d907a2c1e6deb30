"""Time that passes only when everybody waits: an event loop in which a day takes no time at all.

The loop asks its selector to wait until the next timer; this one moves the clock there instead.
Work for threads is done at once, in the loop. So a simulation is deterministic: the same seed
gives the same interleaving, and nothing ever sleeps.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")
BEGINNING = datetime(2026, 11, 24, 8, tzinfo=UTC)


class DeadlockError(Exception):
    """Everybody waits for something that cannot happen any more."""


class _Selector(selectors.SelectSelector):
    """Moves the loop's clock in place of waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise DeadlockError
        if timeout > 0:
            self.now += timeout
        return []


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop whose seconds cost nothing."""

    def __init__(self) -> None:
        self._moving = _Selector()
        super().__init__(self._moving)
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self._moving.now

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> Any:
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - as an executor hands over any exception
            future.set_exception(error)
        return future


class SimulatedClock:
    """The clock of the engine and the tenant: the loop's time since `BEGINNING`."""

    def __init__(self, loop: SimulatedLoop) -> None:
        self._loop = loop

    def now(self) -> datetime:
        return BEGINNING + timedelta(seconds=self._loop.time())

    def monotonic(self) -> float:
        return self._loop.time()

    def wall(self) -> float:
        return self.now().timestamp()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def run_simulated(make: Callable[[SimulatedClock], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine in simulated time to its end."""
    loop = SimulatedLoop()
    try:
        return loop.run_until_complete(make(SimulatedClock(loop)))
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
