"""Reading a date whose format is not given, as DateTime.Parse does in the invariant culture.

Read are: year first ("2020-03-16", with T or a blank before the time), month first ("3/16/2020"),
and the month in words ("16 Mar 2020", "March 16, 2020", with or without the day of the week); each
with or without a time of day (24 hours, or 12 with AM or PM) and with or without an offset ("Z",
"GMT", "+01:00", "-0700"), which may follow the date alone. Without an offset it is UTC.
"""

import re

from looop_gui.expressions.coercion import shorten
from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.functions.date_names import DAYS, MONTHS
from looop_gui.expressions.functions.moments import (
    TICKS_PER_SECOND,
    Moment,
    moment,
    time_ticks,
)

TWO_DIGIT_YEAR_MAX = 2049
"""The last year that two digits can mean, as in .NET's Gregorian calendar."""

_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in MONTHS)
_WEEKDAY = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in DAYS)
_DATE = (
    r"(?:(?P<y1>\d{4})[-/.](?P<m1>\d{1,2})(?:[-/.](?P<d1>\d{1,2}))?"
    r"|(?P<m2>\d{1,2})[-/.](?P<d2>\d{1,2})[-/.](?P<y2>\d{4}|\d{2})"
    rf"|(?P<d3>\d{{1,2}})[ -](?P<m3>{_MONTH})\.?[ ,-]+(?P<y3>\d{{4}}|\d{{2}})"
    rf"|(?P<m4>{_MONTH})\.? (?P<d4>\d{{1,2}})[ ,]+(?P<y4>\d{{4}}))"
)
_TIME = (
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,16}))?)?)?"
    r"(?:\ *(?P<half>[AP])M?)?"
)
_ZONE = r"(?:(?P<utc>Z|GMT|UTC)|(?P<sign>[+-])(?P<zh>\d{1,2})(?::?(?P<zm>\d{2}))?)"
_WHOLE = re.compile(
    rf"\s*(?:(?:{_WEEKDAY}),?\s+)?{_DATE}(?:(?:[T]|,?\s+){_TIME})?\s*{_ZONE}?\s*",
    re.IGNORECASE | re.ASCII,
)


def read_date(text: str) -> Moment:
    """The moment that a text means. Raises EvaluationError when it means none."""
    match = _WHOLE.fullmatch(text)
    if match is None or (match["hour"] and not (match["minute"] or match["half"])):
        raise EvaluationError("not_a_date", f'"{shorten(text)}" is not a date.')
    parts = match.groupdict()
    year, month, day = _day_of(parts)
    return moment(year, month, day, _time_of(parts), _offset_of(parts))


def _day_of(parts: dict[str, str | None]) -> tuple[int, int, int]:
    for place in "1234":
        year, month = parts[f"y{place}"], parts[f"m{place}"]
        if year and month:
            number = int(month) if month.isdigit() else month_number(month)
            return full_year(year), number, int(parts[f"d{place}"] or 1)
    raise EvaluationError("not_a_date", "The text has no date.")


def month_number(name: str) -> int:
    """The number of a month by the first three letters of its English name."""
    return 1 + [month[:3].casefold() for month in MONTHS].index(name[:3].casefold())


def full_year(digits: str) -> int:
    """The year that two digits mean, or that four digits are."""
    year = int(digits)
    if len(digits) > 2:
        return year
    century = TWO_DIGIT_YEAR_MAX // 100 * 100
    return century + year - (100 if century + year > TWO_DIGIT_YEAR_MAX else 0)


def _time_of(parts: dict[str, str | None]) -> int:
    hour = int(parts["hour"] or 0)
    half = (parts["half"] or "").upper()
    if half:
        if not 1 <= hour <= 12:
            raise EvaluationError("not_a_date", f"There is no {hour} o'clock {half}M.")
        hour = hour % 12 + (12 if half == "P" else 0)
    fraction = (parts["fraction"] or "").ljust(7, "0")[:7]
    minute, second = int(parts["minute"] or 0), int(parts["second"] or 0)
    return time_ticks(hour, minute, second, int(fraction) % TICKS_PER_SECOND)


def _offset_of(parts: dict[str, str | None]) -> int | None:
    if parts["utc"]:
        return 0
    if not parts["sign"]:
        return None
    hours, minutes = int(parts["zh"] or 0), int(parts["zm"] or 0)
    return checked_offset(parts["sign"], hours, minutes)


def checked_offset(sign: str, hours: int, minutes: int) -> int:
    """An offset from UTC in minutes. Raises EvaluationError beyond 14 hours, as .NET does."""
    total = hours * 60 + minutes
    if minutes > 59 or total > 14 * 60:
        raise EvaluationError("not_a_date", f"There is no offset {sign}{hours}:{minutes:02}.")
    return -total if sign == "-" else total
