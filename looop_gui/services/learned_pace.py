"""The pace that a target takes, learnt from its refusals and from what it says of its limits.

A target that answers 429 without a word about its limits is asked at a rate that falls at once and
comes back slowly to the last one that was too fast, and then faster and faster: the cubic curve of
TCP (RFC 9438), as the adaptive retry mode of AWS's SDKs uses it for requests.
"""

from looop_gui.engine.rate_limits import Wall

LESS = 0.7
"""What is left of the rate after a refusal."""
_BACK = 5.0
"""Seconds until the rate is again what was too fast."""
_GROWTH = 0.4
"""Requests per second that are added, times the cube of the seconds since then."""
SLOWEST = 0.5
_REACHED = 1.5
_SPAN = 5.0
"""Seconds over which what the target has taken is counted."""


class LearnedPace:
    """Seconds between two requests that the target's answers ask for; 0 while it asks for nothing.

    Times are seconds of one monotonic clock; `began` is when the request was sent.
    """

    def __init__(self) -> None:
        self.learning = False
        self._rate = 0.0
        self._too_fast = 0.0
        self._refused_at = 0.0
        self._counted = 0
        self._counting_since: float | None = None
        self._delivered = 0.0
        self._wall_spacing = 0.0
        self._wall_until = 0.0

    def spacing(self, now: float) -> float:
        """Seconds that are to lie between two requests now."""
        wall = self._wall_spacing if now < self._wall_until else 0.0
        if not self._rate:
            return wall
        self._rate = max(SLOWEST, self._curve(now))
        return max(wall, 1.0 / self._rate)

    def answered(self, began: float, now: float) -> None:
        """The target took a request."""
        if self._counting_since is None:
            self._counting_since = began
        self._counted += 1
        if now - self._counting_since >= _SPAN:
            self._count(now)

    def refused(self, began: float, now: float) -> None:
        """The target asked for fewer requests; one refusal of each round counts."""
        self.learning = True
        if self._rate and began < self._refused_at:
            return
        self._count(now)
        # A rate that was allowed and never reached says nothing.
        before = min(self._rate, _REACHED * self._delivered) if self._rate else self._delivered
        self._too_fast = max(before, SLOWEST)
        self._rate = max(SLOWEST, self._too_fast * LESS)
        self._refused_at = now

    def approach(self, wall: Wall, now: float) -> None:
        """The target has told what is left until its limit is filled again."""
        self.learning = True
        self._wall_spacing = wall.spacing
        self._wall_until = now + wall.seconds

    def _curve(self, now: float) -> float:
        since = now - self._refused_at - _BACK
        if since >= 0:
            return self._too_fast + _GROWTH * since**3
        return self._too_fast * (1 + (1 - LESS) * (since / _BACK) ** 3)

    def _count(self, now: float) -> None:
        """Take what was delivered since the last count into account."""
        since = self._counting_since
        if since is None:
            return
        if now - since >= 1.0:
            self._delivered = self._counted / (now - since)
            self._counting_since, self._counted = now, 0
        elif not self._delivered:
            self._delivered = float(self._counted)
