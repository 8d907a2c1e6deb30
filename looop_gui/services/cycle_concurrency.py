"""How many requests may be under way at once: as many as make the target faster, and no more.

It begins with one and doubles from round to round (TCP's slow start), up to the configured number.
Where the answers take long, each round is compared with the one of fewer requests: a target that
makes nothing of more, because all of them only wait for longer, is asked no more of them. A
throttled or unanswered request halves the number. What was too much is tried again later.
"""

import asyncio
from collections import deque
from dataclasses import dataclass

STEP = 1.0
"""By how much a whole round of answers raises the number where it is not searched for."""
_AT_ONCE = 0.005
_SHORT = 0.05
"""Seconds: answers that come within that are no reason to hold back."""
_WORTH = 1.15
"""How much faster the target must be with twice as many requests."""
_FIRST_HOLD = 5.0
_LONGEST_HOLD = 300.0
"""Seconds until more is tried again after it was too much; each time twice as long."""


@dataclass(slots=True)
class _Round:
    """The answers to requests that were sent with the same number under way."""

    began: float = float("-inf")
    count: int = 0
    seconds: float = 0.0

    @property
    def mean(self) -> float:
        """The mean seconds of an answer."""
        return self.seconds / self.count


class AdaptiveConcurrency:
    """A gate for requests. `limit` is how many may be under way now.

    With `searching` it looks for the best number; without, it begins with `most`, heeds refusals
    and forgets them. Times are seconds of one monotonic clock; `began` is when a request was sent.
    """

    def __init__(self, most: int, *, searching: bool = False) -> None:
        self.most = max(1, most)
        self._searching = searching
        self.limit = 1 if searching else self.most
        self._exact = float(self.limit)
        self._under_way = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._round = _Round()
        self._fewer: tuple[int, float] | None = None
        self._usual = 0.0
        self._held_until = float("-inf")
        self._hold = _FIRST_HOLD
        self._refused_at = float("-inf")

    def enter_at_once(self) -> bool:
        """Take a place if one is free."""
        if self._under_way >= self.limit:
            return False
        self._under_way += 1
        return True

    async def enter(self) -> None:
        """Wait for a place."""
        while not self.enter_at_once():
            place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(place)
            await place

    def leave(self) -> None:
        """Give the free places to those who have waited longest."""
        self._under_way -= 1
        if not self._waiting:
            return
        free = self.limit - self._under_way
        while self._waiting and free > 0:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                free -= 1

    def answered(self, began: float = 0.0, now: float = 0.0) -> None:
        """The target kept pace."""
        if not self._searching:
            if self._exact < self.most:
                self._set(min(self.most, self._exact + STEP / self._exact))
            return
        current = self._round
        if began < current.began:
            return
        current.count += 1
        current.seconds += now - began
        limit = self.limit
        if current.count >= (limit if limit > 8 else 2 * limit):
            self._compare(limit, current.mean, now)
            self._round = _Round(now)

    def throttled(self, began: float = float("inf"), now: float = 0.0) -> None:
        """The target asked for less, or did not answer; one refusal of each round counts."""
        if began < self._refused_at:
            return
        self._refused_at = now
        self._set(max(1.0, self._exact / 2))
        self._fewer = None
        self._wait(now)
        self._round = _Round(now)

    def _compare(self, limit: int, mean: float, now: float) -> None:
        """Take what the answers of a round say of their number."""
        fewer, self._fewer = self._fewer, None
        if fewer is not None and mean > _SHORT and not _worth(limit, mean, *fewer):
            self._set(fewer[0])
            self._usual = fewer[1]
            self._wait(now)
        elif limit < self.most and now >= self._held_until:
            self._fewer = (limit, mean)
            self._set(min(self.most, limit * (4 if mean < _AT_ONCE else 2)))
            self._usual = 0.0
        elif not self._usual:
            self._usual = mean
        elif limit > 1 and mean > _SHORT and mean > 2 * self._usual:
            # Slower than it was: what half of them bring is measured anew.
            self._set(limit // 2)
            self._usual = 0.0
            self._held_until = now

    def _set(self, exact: float) -> None:
        self._exact = exact
        self.limit = int(exact)

    def _wait(self, now: float) -> None:
        self._held_until = now + self._hold
        self._hold = min(self._hold * 2, _LONGEST_HOLD)


def _worth(limit: int, mean: float, fewer: int, mean_of_fewer: float) -> bool:
    """Whether the target answers faster with `limit` requests under way than with `fewer`."""
    more = limit / fewer
    return more * mean_of_fewer / mean >= 1 + (_WORTH - 1) * (more - 1)
