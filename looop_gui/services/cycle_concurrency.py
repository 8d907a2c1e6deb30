"""How many requests may be under way at once: more while the target keeps pace, else fewer.

Additive increase and multiplicative decrease, as TCP does it: a throttled or unanswered request
halves the number, each answer raises it by a little, up to the configured number.
"""

import asyncio
from collections import deque

STEP = 1.0
"""By how much a whole round of answers raises the number."""


class AdaptiveConcurrency:
    """A gate for requests. `limit` is how many may be under way now."""

    def __init__(self, most: int) -> None:
        self.most = max(1, most)
        self.limit = self.most
        self._exact = float(self.most)
        self._under_way = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

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

    def answered(self) -> None:
        """The target kept pace."""
        if self._exact < self.most:
            self._exact = min(self.most, self._exact + STEP / self._exact)
            self.limit = int(self._exact)

    def throttled(self) -> None:
        """The target asked for less, or did not answer."""
        self._exact = max(1.0, self._exact / 2)
        self.limit = int(self._exact)
