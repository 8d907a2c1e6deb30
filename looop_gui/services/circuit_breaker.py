"""The circuit breaker of a target: when it is left alone, when it is tried, when it is given up.

Requests in a row that nobody answers open it: nothing is sent for a while, then one request tries
(half-open). An answer closes it and the cycle goes on; silence opens it again for twice as long,
until the patience is at an end.
"""

from looop_gui.engine.retry import BREAKER_LIMIT

FIRST_PAUSE = 2.0
LONGEST_SILENCE = 60.0
"""Seconds since the last answer after which the target is not tried any more."""


class CircuitBreaker:
    """Counts silence. Times are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self.silent = 0
        self.closed_until = 0.0
        self._pause = FIRST_PAUSE
        self._since = 0.0

    def answered(self) -> None:
        """The target has answered: it is there."""
        self.silent = 0
        self._pause = FIRST_PAUSE

    def unanswered(self, began: float, now: float) -> float | None:
        """A request that was sent at `began` had no answer.

        Seconds for which nothing is to be sent now, 0 while the breaker is closed; None when the
        target is given up.
        """
        if not self.silent:
            self._since = began
        self.silent += 1
        if self.silent < BREAKER_LIMIT:
            return 0.0
        if began < self.closed_until:
            # It was under way already when the breaker opened, and tries nothing.
            return max(0.0, self.closed_until - now)
        pause = self._pause
        if now + pause - self._since > LONGEST_SILENCE:
            return None
        self._pause = pause * 2
        self.closed_until = now + pause
        return pause

    def refused(self, began: float) -> bool:
        """The target asks for a pause that is too long; True when it means everybody."""
        if not self.silent:
            self._since = began
        self.silent += 1
        return self.silent >= BREAKER_LIMIT
