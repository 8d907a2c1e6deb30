"""Tells how a running cycle stands: counters and phase, five to ten times a second."""

from collections.abc import Callable

from looop_gui.model.directory import ObjectType
from looop_gui.model.job import Cycle, CycleProgress
from looop_gui.services.clock import Clock
from looop_gui.services.cycle_asking import Traffic
from looop_gui.services.cycle_runner import CycleRunner

SHORTEST_INTERVAL = 0.1
RATE_WINDOW = 5.0

TellProgress = Callable[[CycleProgress, int], None]
"""Takes the progress, and how many log entries were written since the last time."""


class ProgressMeter:
    """Turns the runner's counters into progress, and paces it."""

    def __init__(
        self, runner: CycleRunner, traffic: Traffic, clock: Clock, tell: TellProgress
    ) -> None:
        self._runner = runner
        self._traffic = traffic
        self._clock = clock
        self._tell = tell
        self._began = clock.monotonic()
        self._last_told = float("-inf")
        self._told_entries = 0
        self._window = (self._began, 0, 0.0)
        self._rate = 0.0
        self._response = 0.0

    def tick(self) -> None:
        """Tell the progress unless it was told just now."""
        if self._clock.monotonic() - self._last_told >= SHORTEST_INTERVAL:
            self._tell_now(self._runner.cycle())

    def finish(self, cycle: Cycle) -> None:
        """Tell the last numbers."""
        self._tell_now(cycle)

    def _tell_now(self, cycle: Cycle) -> None:
        self._last_told = self._clock.monotonic()
        entries = self._runner.standing.logged - self._told_entries
        self._told_entries += entries
        self._tell(self._progress(cycle), entries)

    def _progress(self, cycle: Cycle) -> CycleProgress:
        standing, traffic, counts = self._runner.standing, self._traffic, self._runner.counts
        seconds = self._clock.monotonic() - self._began
        rate = self._measured_rate()
        requests = traffic.sent
        return CycleProgress(
            connection_id=cycle.connection_id,
            cycle_id=cycle.id,
            kind=cycle.kind,
            phase=standing.phase,
            done=standing.done,
            total=standing.total,
            users=counts.of(ObjectType.USER),
            groups=counts.of(ObjectType.GROUP),
            requests=requests,
            retries=traffic.retries,
            throttled=traffic.throttled,
            requests_per_second=round(rate, 1),
            response_milliseconds=round(self._response, 1),
            seconds=round(seconds, 3),
            seconds_remaining=self._remaining(),
        )

    def _measured_rate(self) -> float:
        """Requests a second; with it the mean response time, both of the last seconds."""
        now, requests, spent = (
            self._clock.monotonic(),
            self._traffic.sent,
            self._traffic.milliseconds,
        )
        since, before, spent_before = self._window
        if now > since:
            self._rate = (requests - before) / (now - since)
        if requests > before:
            self._response = (spent - spent_before) / (requests - before)
        if now - since > RATE_WINDOW:
            self._window = (now, requests, spent)
        return self._rate

    def _remaining(self) -> float | None:
        """Seconds to the end of this phase at the pace of this phase; None when unknown."""
        standing = self._runner.standing
        elapsed = self._clock.monotonic() - standing.phase_began
        if not standing.done or standing.total <= standing.done:
            return None
        return round(elapsed / standing.done * (standing.total - standing.done), 1)
