"""The text form of faults: durations, rates, chances and distributions.

`50ms`, `1.5s`, `2min`, `1h` are durations; `25/s`, `180/min`, `1000/h`, `5/30s` are rates;
`0.1` or `10%` is a chance; `lognormal:50ms`, `uniform:10ms-200ms` and `exponential:80ms` are
distributions of a duration.
"""

import re
from collections.abc import Callable
from math import log
from random import Random

from looop_gui.model.errors import ConfigurationError

_SECONDS = {"ms": 0.001, "s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|sec|m|min|h|d)?")
_DEFAULT_SIGMA = 0.5

Distribution = Callable[[Random], float]
"""Draws a duration in seconds."""


class FaultTextError(ConfigurationError):
    """The text of a fault cannot be read."""


def read_duration(text: str) -> float:
    """Seconds; a bare number is seconds. Raises FaultTextError."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise FaultTextError(f"'{text}' is not a duration; write for example 50ms, 2s or 5min.")
    return float(found[1]) * _SECONDS[found[2] or "s"]


def read_rate(text: str) -> tuple[int, float]:
    """A count and the seconds it is for: "180/min" gives (180, 60.0). Raises FaultTextError."""
    count, slash, per = text.partition("/")
    if not slash or not count.strip().isdecimal() or int(count) < 1:
        raise FaultTextError(f"'{text}' is not a rate; write for example 25/s or 180/min.")
    per = per.strip()
    seconds = _SECONDS[per] if per in _SECONDS else read_duration(per)
    if seconds <= 0:
        raise FaultTextError(f"'{text}' is not a rate; its time must be above zero.")
    return int(count), seconds


def read_chance(text: str, default: float | None = None) -> float:
    """A chance from 0 to 1; empty text is `default`. Raises FaultTextError."""
    if not text and default is not None:
        return default
    number = text.strip().removesuffix("%")
    try:
        chance = float(number) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        chance = -1.0
    if not 0 <= chance <= 1:
        raise FaultTextError(f"'{text}' is not a chance; write for example 0.1 or 10%.")
    return chance


def read_count(text: str) -> int:
    """A whole number of zero or more. Raises FaultTextError."""
    if not text.strip().isdecimal():
        raise FaultTextError(f"'{text}' is not a whole number.")
    return int(text)


def read_distribution(text: str) -> Distribution:
    """How long something takes each time. Raises FaultTextError."""
    shape, colon, rest = text.partition(":")
    if not colon:
        fixed = read_duration(text)
        return lambda _random: fixed
    if shape == "lognormal":
        median, _, sigma_text = rest.partition(":")
        mu = log(max(read_duration(median), 1e-6))
        sigma = float(sigma_text) if _is_number(sigma_text) else _DEFAULT_SIGMA
        return lambda random: random.lognormvariate(mu, sigma)
    if shape == "uniform":
        low_text, _, high_text = rest.partition("-")
        low, high = read_duration(low_text), read_duration(high_text)
        return lambda random: random.uniform(low, high)
    if shape == "exponential":
        mean = max(read_duration(rest), 1e-6)
        return lambda random: random.expovariate(1 / mean)
    raise FaultTextError(
        f"'{shape}' is not a distribution; there are lognormal, uniform and exponential."
    )


def read_options(text: str) -> dict[str, str]:
    """Comma-separated options, each `name:value` or `name=value` or a bare name."""
    options = {}
    for part in text.split(","):
        found = re.match(r"\s*([a-z\-]+)\s*[:=]\s*(.*)", part)
        if found is not None:
            options[found[1]] = found[2].strip()
        elif part.strip():
            options[part.strip()] = ""
    return options


def split_at(text: str) -> tuple[str, str]:
    """What stands before and after the last `@`: "503@0.1" gives ("503", "0.1")."""
    if "@" not in text:
        return text, ""
    head, _, tail = text.rpartition("@")
    return head, tail


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\d+(\.\d+)?", text) is not None
