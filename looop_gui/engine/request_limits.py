"""What known applications take of requests in a time, and when the next may be sent.

The figures are those of quirks 8 and 23 of the reference's target-quirks.md.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from looop_gui.model.connection import RequestLimits
from looop_gui.scim.messages import ScimRequest

WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
AWS_MEMBERS: Final = 100
"""Membership changes that AWS IAM Identity Center takes in one request."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most `count` requests with these methods below `path` in any `seconds`."""

    methods: frozenset[str]
    path: str
    count: int
    seconds: float

    def concerns(self, request: ScimRequest) -> bool:
        """Whether a request counts; one of a bulk request is not looked for."""
        return request.method in self.methods and request.path.startswith(self.path)


def _each(count: int, seconds: float, *methods: str, path: str = "/") -> Allowance:
    return Allowance(frozenset(methods), path, count, seconds)


ALLOWANCES: Final[Mapping[RequestLimits, tuple[Allowance, ...]]] = {
    RequestLimits.NONE: (),
    # 180 a minute with a burst of 20 is 20 in any 20/3 seconds.
    RequestLimits.SLACK: (_each(20, 20 / 3, *WRITES, path="/Users"),),
    RequestLimits.GITHUB: (_each(1000, 3600, *WRITES, path="/Users"),),
    RequestLimits.MIRO: (
        _each(200, 30, "POST"),
        _each(100, 30, "PATCH"),
        _each(20, 30, "DELETE"),
        _each(5, 30, "GET", path="/Groups"),
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
