"""What a target says of its limits: Retry-After in both forms, and the RateLimit fields."""

import email.utils
import math
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from looop_gui.scim.messages import ScimResponse

THROTTLED = HTTPStatus.TOO_MANY_REQUESTS
UNAVAILABLE = HTTPStatus.SERVICE_UNAVAILABLE


def asks_to_wait(response: ScimResponse) -> bool:
    """True when the target wants fewer requests, or none for a while.

    GitHub says 403 where others say 429 (docs.github.com, rate limits for the REST API): with
    Retry-After, or with nothing remaining.
    """
    status = response.status
    if status == THROTTLED:
        return True
    if status not in (HTTPStatus.FORBIDDEN, UNAVAILABLE):
        return False
    return "retry-after" in response.headers or (
        status == HTTPStatus.FORBIDDEN and _is_used_up(response)
    )


def retry_after(response: ScimResponse, now: datetime) -> float | None:
    """Retry-After in seconds from now, whichever form it has (RFC 9110 section 10.2.3).

    A date is counted from the response's own Date, so that a clock which is wrong on one side does
    not count. Without the header the moment at which a used-up limit is filled again is meant.
    None when nothing readable is said; never negative.
    """
    text = response.headers.get("retry-after", "").strip()
    if not text:
        return _until_reset(response, now) if _is_used_up(response) else None
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return float(text)
    moment = _moment(text)
    if moment is None:
        return None
    return max(0.0, (moment - (_moment(response.headers.get("date", "")) or now)).total_seconds())


def _moment(text: str) -> datetime | None:
    """An HTTP date; None for what is none."""
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return None if moment.tzinfo is None else moment


@dataclass(frozen=True, slots=True)
class Wall:
    """Until the limit is filled again, in `seconds`, requests keep `spacing` seconds apart."""

    spacing: float
    seconds: float


def wall_ahead(response: ScimResponse, now: datetime, under_way: int = 0) -> Wall | None:
    """How to go on so as not to run into the target's rate limit; None while it is far.

    Read from RateLimit-Remaining and RateLimit-Reset, with X- or X-Rate-Limit- as Okta has it, or
    from the one field RateLimit (IETF draft-ietf-httpapi-ratelimit-headers, older and newer): what
    is left without the requests that are `under_way` is spread over the time that is left.
    """
    remaining = _remaining(response)
    if remaining is None or remaining >= NEAR_THE_WALL + under_way:
        return None
    reset = _until_reset(response, now)
    if not reset:
        return None
    seconds = min(reset, LONGEST_WALL_DELAY)
    return Wall(seconds / (max(0.0, remaining - under_way) + 1), seconds)


def tells_wall(response: ScimResponse) -> bool:
    """True when a response has one of the fields that `wall_ahead` reads."""
    return not _WALL_FIELDS.isdisjoint(response.headers)


_PREFIXES = ("ratelimit", "x-ratelimit", "x-rate-limit")
_WALL_FIELDS = frozenset({"ratelimit", *(f"{prefix}-remaining" for prefix in _PREFIXES)})
NEAR_THE_WALL = 10
LONGEST_WALL_DELAY = 60.0


def _remaining(response: ScimResponse) -> float | None:
    return _number(response, "remaining", "r", "remaining")


def _is_used_up(response: ScimResponse) -> bool:
    remaining = _remaining(response) if tells_wall(response) else None
    return remaining is not None and remaining <= 0


def _until_reset(response: ScimResponse, now: datetime) -> float | None:
    """Seconds until the limit is filled again, never negative.

    A large number is a moment, in seconds or milliseconds of the epoch.
    """
    reset = _number(response, "reset", "t", "reset")
    if reset is None:
        return None
    if reset > now.timestamp() * 100:
        reset /= 1000
    if reset > now.timestamp() / 2:
        here = _moment(response.headers.get("date", "")) or now
        reset -= here.timestamp()
    return max(0.0, reset)


def _number(response: ScimResponse, name: str, *parameters: str) -> float | None:
    """The number of a field, or of a parameter of RateLimit; None for what is no finite number."""
    fields = (response.headers.get(f"{prefix}-{name}") for prefix in _PREFIXES)
    text = next((field for field in fields if field), "")
    whole = response.headers.get("ratelimit", "")
    for part in whole.replace(",", ";").split(";") if not text else ():
        key, _, value = part.partition("=")
        if key.strip().casefold() in parameters:
            text = value
            break
    try:
        number = float(text.partition(",")[0].partition(";")[0])
    except ValueError:
        return None
    return number if math.isfinite(number) else None
