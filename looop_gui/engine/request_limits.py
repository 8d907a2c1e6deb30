"""What known applications take of requests in a time, and when the next may be sent.

The figures are those of quirks 8 and 23 of the reference's target-quirks.md, and of the vendors'
own pages: docs.slack.dev/reference/scim-api/rate-limits, developers.miro.com/docs/scim-rate-limits.
None of these applications takes bulk requests. Where one is sent all the same, each write in it
counts by itself, as those vendors count who say so (Peakon).
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from looop_gui.model.connection import RequestLimits
from looop_gui.scim.messages import ScimRequest

WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
AWS_MEMBERS: Final = 100
"""Membership changes that AWS IAM Identity Center takes in one request."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most `count` requests with these methods below `path` in any `seconds`.

    With `single`, those for one resource count, or, False, those for the list; with `above`, those
    whose body has more bytes.
    """

    methods: frozenset[str]
    path: str
    count: int
    seconds: float
    single: bool | None = None
    above: int = 0

    def concerns(self, request: ScimRequest) -> bool:
        """Whether a request counts; a write counts whether it goes alone or in a bulk request."""
        if request.method not in self.methods or not request.path.startswith(self.path):
            return False
        if self.single is not None and self.single != (request.path.count("/") > 1):
            return False
        return not self.above or len(msgspec.json.encode(request.body)) > self.above


def _each(
    count: int,
    seconds: float,
    *methods: str,
    path: str = "/",
    single: bool | None = None,
    above: int = 0,
) -> Allowance:
    return Allowance(frozenset(methods), path, count, seconds, single, above)


def _a_minute(count: int, burst: int, *methods: str, path: str = "/") -> Allowance:
    """So many a minute, and not more than `burst` at once: that many in their share of it."""
    return _each(burst, burst * 60 / count, *methods, path=path)


ALLOWANCES: Final[Mapping[RequestLimits, tuple[Allowance, ...]]] = {
    RequestLimits.NONE: (),
    RequestLimits.SLACK: (
        _a_minute(600, 180, *WRITES),
        _a_minute(1000, 1000, "GET"),
        _a_minute(180, 20, *WRITES, path="/Users"),
        _each(300, 60, "GET", path="/Users", single=True),
        _a_minute(180, 20, "POST", path="/Groups"),
        _a_minute(180, 80, "PUT", "PATCH", path="/Groups"),
        _a_minute(180, 20, "DELETE", path="/Groups"),
        _each(300, 60, "GET", path="/Groups", single=True),
    ),
    RequestLimits.GITHUB: (_each(1000, 3600, *WRITES, path="/Users"),),
    RequestLimits.MIRO: (
        _each(200, 30, "POST"),
        _each(100, 30, "PATCH", "PUT"),
        _each(20, 30, "DELETE"),
        _each(200, 30, "GET", path="/Users"),
        _each(5, 30, "GET", path="/Groups", single=False),
        _each(20, 30, "GET", path="/Groups", single=True),
        _each(5, 30, "PATCH", path="/Groups", above=500),
    ),
    # AWS names no rate; it limits the changes in one request.
    RequestLimits.AWS: (),
}


def members_in_one_request(wanted: int, limits: RequestLimits) -> int:
    """How many members one request may add or remove, at least 1."""
    return max(1, min(wanted, AWS_MEMBERS) if limits is RequestLimits.AWS else wanted)


class Turns:
    """Gives each request the moment from which it keeps every allowance."""

    def __init__(self, allowances: Iterable[Allowance]) -> None:
        self._taken = tuple((one, deque[float](maxlen=one.count)) for one in allowances)

    def next(self, request: ScimRequest, earliest: float) -> float:
        """Take the next turn at or after `earliest`, in seconds of the same clock."""
        concerned = [(one, taken) for one, taken in self._taken if one.concerns(request)]
        start = earliest
        for one, taken in concerned:
            if len(taken) == one.count:
                start = max(start, taken[0] + one.seconds)
        for _, taken in concerned:
            taken.append(start)
        return start
