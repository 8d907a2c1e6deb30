"""The quota fault: token buckets that answer 429, as rate-limited applications do."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from math import ceil

from looop_gui.mockserver.fault_kinds import Arrival, Fault
from looop_gui.mockserver.fault_text import FaultTextError, read_count, read_options, read_rate
from looop_gui.mockserver.http_messages import HttpAnswer, error_answer

_SCOPES: dict[str, Callable[[Arrival], bool]] = {
    "requests": lambda arrival: True,
    "writes": lambda arrival: arrival.writes,
    "users": lambda arrival: arrival.writes and arrival.path.startswith("/Users"),
    "groups": lambda arrival: arrival.path.startswith("/Groups"),
    "reads": lambda arrival: not arrival.writes,
    "post": lambda arrival: arrival.request.method == "POST",
    "patch": lambda arrival: arrival.request.method == "PATCH",
    "delete": lambda arrival: arrival.request.method == "DELETE",
}
_KNOWN_LIMITS = {
    "slack": "writes:180/min,burst:20",
    "github": "users:1000/h",
    "miro": "post:200/30s,patch:100/30s,delete:20/30s,groups:5/30s",
    "instaclustr": "requests:35/s,retry-after:none",
    "eptura": "requests:500/min",
    "entra-minimum": "requests:25/s",
}


@dataclass(slots=True)
class Bucket:
    """One quota: `level` requests may still be made now; it fills at `per_second`."""

    scope: str
    capacity: float
    per_second: float
    level: float
    filled_at: float | None = None

    def fill(self, now: float) -> None:
        """Add what time has given since the last look."""
        if self.filled_at is not None:
            gained = (now - self.filled_at) * self.per_second
            self.level = min(self.capacity, self.level + gained)
        self.filled_at = now


@dataclass(slots=True)
class Throttle(Fault):
    """Answers 429 when a quota is used up. `retry_after` is seconds, date or none."""

    buckets: list[Bucket]
    retry_after: str = "seconds"
    rate_limit_headers: bool = True
    _touched: Bucket | None = field(default=None)

    def before(self, arrival: Arrival) -> HttpAnswer | None:
        """Take one from each quota that the request counts for, or refuse it."""
        counted = [bucket for bucket in self.buckets if _SCOPES[bucket.scope](arrival)]
        for bucket in counted:
            bucket.fill(arrival.now)
        self._touched = min(counted, key=lambda bucket: bucket.level, default=None)
        if self._touched is not None and self._touched.level < 1:
            return self._refuse(self._touched, arrival)
        for bucket in counted:
            bucket.level -= 1
        return None

    def after(self, arrival: Arrival, answer: HttpAnswer) -> HttpAnswer:
        """Tell what is left."""
        if self._touched is None or not self.rate_limit_headers:
            return answer
        return replace(answer, headers=answer.headers + _rate_limit_headers(self._touched))

    def _refuse(self, bucket: Bucket, arrival: Arrival) -> HttpAnswer:
        wait = max(1, ceil((1 - bucket.level) / bucket.per_second))
        headers: tuple[tuple[str, str], ...] = ()
        if self.retry_after == "seconds":
            headers = (("Retry-After", str(wait)),)
        elif self.retry_after == "date":
            headers = (("Retry-After", formatdate(ceil(arrival.wall) + wait, usegmt=True)),)
        if self.rate_limit_headers:
            headers += _rate_limit_headers(bucket)
        return error_answer(429, "Too many requests; try again later.", headers=headers)


def _rate_limit_headers(bucket: Bucket) -> tuple[tuple[str, str], ...]:
    reset = ceil((bucket.capacity - bucket.level) / bucket.per_second)
    return (
        ("RateLimit-Limit", str(int(bucket.capacity))),
        ("RateLimit-Remaining", str(max(0, int(bucket.level)))),
        ("RateLimit-Reset", str(max(0, reset))),
    )


def make_throttle(text: str) -> Throttle:
    """Read "requests:25/s,burst:50,retry-after:date" or a known name such as "slack"."""
    options = read_options(text)
    for name in tuple(options):
        if name in _KNOWN_LIMITS:
            options.pop(name)
            options = read_options(_KNOWN_LIMITS[name]) | options
    retry_after = options.pop("retry-after", "seconds")
    if retry_after not in ("seconds", "date", "none"):
        raise FaultTextError("retry-after is seconds, date or none.")
    headers = options.pop("headers", "on") != "off"
    burst = options.pop("burst", "")
    buckets = []
    for scope, rate in options.items():
        if scope not in _SCOPES:
            raise FaultTextError(f"'{scope}' is not a quota; there are {', '.join(_SCOPES)}.")
        count, seconds = read_rate(rate)
        capacity = float(read_count(burst) if burst else count)
        buckets.append(Bucket(scope, max(1.0, capacity), count / seconds, max(1.0, capacity)))
    if not buckets:
        raise FaultTextError("A throttle needs a quota, for example requests:25/s.")
    return Throttle(buckets, retry_after, headers)
