"""The faults that are switched on, and the list of those there are.

A fault has a text form, `name` or `name=parameters`, the same on the command line, in the console
and in tests. Faults are deterministic: the same seed and the same requests give the same answers.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from looop_gui.mockserver import fault_kinds as kinds
from looop_gui.mockserver.fault_text import (
    FaultTextError,
    read_chance,
    read_count,
    read_duration,
)
from looop_gui.mockserver.http_messages import HttpAnswer, HttpRequest
from looop_gui.mockserver.throttle import make_throttle


@dataclass(frozen=True, slots=True)
class FaultDescription:
    """One kind of fault: its name, an example of its text and what it does."""

    name: str
    example: str
    sentence: str


@dataclass(frozen=True, slots=True)
class _FaultKind:
    example: str
    sentence: str
    make: Callable[[str, Random, float], kinds.Fault]


def _chancy(kind: Callable[[float, Random], kinds.Fault]) -> Callable[..., kinds.Fault]:
    return lambda text, random, _now: kind(read_chance(text, 1.0), random)


# The order is that in which they act: what refuses first, what changes the delivery last.
_KINDS = {
    "maintenance": _FaultKind(
        "maintenance=60s+30s",
        "503 with Retry-After in a window: after 60 s, for 30 s (or at once: maintenance=30s).",
        lambda text, _random, now: kinds.make_maintenance(text, now),
    ),
    "throttle": _FaultKind(
        "throttle=requests:25/s,retry-after:seconds",
        "429 from a real quota: requests, reads, writes, users, groups, post, patch or delete"
        " with a rate; burst:N; retry-after:seconds, date or none; headers:off; or one of slack,"
        " github, miro, instaclustr, eptura, entra-minimum.",
        lambda text, _random, _now: make_throttle(text),
    ),
    "token-expiry": _FaultKind(
        "token-expiry=100",
        "401 after so many requests, until the token is reset.",
        lambda text, _random, _now: kinds.TokenExpiry(read_count(text)),
    ),
    "errors": _FaultKind(
        "errors=503@0.1",
        "500, 502, 503 or another error at random, unserved; 502 is a proxy's HTML page.",
        lambda text, random, _now: kinds.make_errors(text, random),
    ),
    "error-burst": _FaultKind(
        "error-burst=500:5/50",
        "The last 5 of every 50 requests answered with an error, unserved.",
        lambda text, _random, _now: kinds.make_error_burst(text),
    ),
    "html-page": _FaultKind(
        "html-page=0.1",
        "A sign-in page with status 200 in place of an answer; nothing was changed.",
        _chancy(kinds.HtmlPage),
    ),
    "reset-before-write": _FaultKind(
        "reset-before-write=0.1",
        "The connection breaks before a write was applied.",
        _chancy(kinds.ResetBeforeWrite),
    ),
    "disk-full": _FaultKind(
        "disk-full=100",
        "507 for every write after so many more; deleting still works.",
        lambda text, _random, _now: kinds.DiskFull(read_count(text or "0")),
    ),
    "eventual-consistency": _FaultKind(
        "eventual-consistency=5s",
        "A created resource shows in lists and filters only after a delay.",
        lambda text, _random, _now: kinds.EventualConsistency(read_duration(text)),
    ),
    "broken-json": _FaultKind(
        "broken-json=0.1",
        "A body that stops in the middle although its length is right.",
        _chancy(kinds.BrokenJson),
    ),
    "truncated-body": _FaultKind(
        "truncated-body=0.1",
        "The connection ends in the middle of a body.",
        _chancy(kinds.TruncatedBody),
    ),
    "slow-body": _FaultKind(
        "slow-body=200@0.5",
        "The body drips at so many bytes a second.",
        lambda text, random, _now: kinds.make_slow_body(text, random),
    ),
    "reset-after-write": _FaultKind(
        "reset-after-write=0.1",
        "The connection breaks after a write was applied, so that the client cannot know.",
        _chancy(kinds.ResetAfterWrite),
    ),
    "latency": _FaultKind(
        "latency=lognormal:50ms",
        "Each answer is delayed: 50ms, lognormal:MEDIAN[:SIGMA], uniform:LOW-HIGH or"
        " exponential:MEAN.",
        lambda text, random, _now: kinds.make_latency(text, random),
    ),
}
_ORDER = {name: position for position, name in enumerate(_KINDS)}


def fault_descriptions() -> tuple[FaultDescription, ...]:
    """All kinds of fault there are."""
    return tuple(
        FaultDescription(name, kind.example, kind.sentence) for name, kind in _KINDS.items()
    )


class Faults:
    """The faults of one tenant, switchable while it runs."""

    def __init__(
        self,
        texts: Iterable[str] = (),
        *,
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._seed = seed
        self._clock = clock
        self._wall = wall
        self._on: dict[str, tuple[str, kinds.Fault]] = {}
        self.acted: Counter[str] = Counter()
        for text in texts:
            self.switch_on(text)

    @property
    def active(self) -> bool:
        """True when any fault is on."""
        return bool(self._on)

    @property
    def texts(self) -> tuple[str, ...]:
        """The text forms of the faults that are on."""
        return tuple(text for text, _ in self._on.values())

    @property
    def visibility_delay(self) -> float:
        """Seconds before a created resource shows in lists and filters."""
        _, fault = self._on.get("eventual-consistency", ("", None))
        return fault.seconds if isinstance(fault, kinds.EventualConsistency) else 0.0

    def switch_on(self, text: str) -> None:
        """Switch a fault on, in place of one of its kind. Raises FaultTextError."""
        name, _, parameters = text.strip().partition("=")
        kind = _KINDS.get(name)
        if kind is None:
            raise FaultTextError(
                f"'{name}' is not a fault; there are {', '.join(_KINDS)}.",
                next_step="Run looop-gui serve --list-faults to read what each does.",
            )
        # Seeding with a text is what makes each fault's draws its own and repeatable.
        random = Random(f"{self._seed}:{name}")  # noqa: S311
        fault = kind.make(parameters, random, self._clock())
        self._on[name] = (text.strip(), fault)
        self._on = dict(sorted(self._on.items(), key=lambda item: _ORDER[item[0]]))

    def switch_off(self, name: str) -> bool:
        """Switch a fault off by its name or text; False when it was not on."""
        return self._on.pop(name.strip().partition("=")[0], None) is not None

    def clear(self) -> None:
        """Switch all faults off."""
        self._on.clear()

    def token_was_reset(self) -> None:
        """Tell the faults that the tenant has a new token."""
        for _, fault in self._on.values():
            fault.token_was_reset()

    def before(self, request: HttpRequest, path: str) -> HttpAnswer | None:
        """An answer that keeps the request from being served; the first fault that has one."""
        arrival = self._arrival(request, path)
        for name, (_, fault) in self._on.items():
            answer = fault.before(arrival)
            if answer is not None:
                self.acted[name] += 1
                return answer
        return None

    def after(self, request: HttpRequest, path: str, answer: HttpAnswer) -> HttpAnswer:
        """The answer as the faults change it or its delivery."""
        arrival = self._arrival(request, path)
        for name, (_, fault) in self._on.items():
            changed = fault.after(arrival, answer)
            if changed is not answer:
                self.acted[name] += 1
                answer = changed
        return answer

    def _arrival(self, request: HttpRequest, path: str) -> kinds.Arrival:
        return kinds.Arrival(request, path, self._clock(), self._wall())
