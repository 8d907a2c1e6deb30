"""A moment as .NET's DateTime has it, and the language's own text for it.

Ticks are 100 nanoseconds since 0001-01-01; a FILETIME counts them since 1601-01-01 UTC (reference
section d.3, DateFromNum). The language writes a date as M/d/yyyy h:mm:ss tt in UTC.
"""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timezone

from looop_gui.expressions.errors import EvaluationError

TICKS_PER_SECOND = 10_000_000
TICKS_PER_MINUTE = 60 * TICKS_PER_SECOND
TICKS_PER_HOUR = 60 * TICKS_PER_MINUTE
TICKS_PER_DAY = 24 * TICKS_PER_HOUR
LAST_TICK = date.max.toordinal() * TICKS_PER_DAY - 1
FILETIME_EPOCH = (date(1601, 1, 1).toordinal() - 1) * TICKS_PER_DAY


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and time of day as on the clock, and how far that clock is ahead of UTC.

    `ticks` is the clock's reading. `offset_minutes` is None when no offset is known.
    Raises EvaluationError outside the years 1 to 9999.
    """

    ticks: int
    offset_minutes: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.ticks <= LAST_TICK:
            raise EvaluationError("out_of_bounds", "The date lies outside the years 1 to 9999.")

    @property
    def utc_ticks(self) -> int:
        """The reading of a clock in UTC; without a known offset the clock is in UTC."""
        return self.ticks - (self.offset_minutes or 0) * TICKS_PER_MINUTE

    @property
    def date(self) -> date:
        """The calendar day on the clock."""
        return date.fromordinal(self.ticks // TICKS_PER_DAY + 1)

    @property
    def hour(self) -> int:
        """The hour of the day, 0 to 23."""
        return self.ticks % TICKS_PER_DAY // TICKS_PER_HOUR

    @property
    def minute(self) -> int:
        """The minute of the hour."""
        return self.ticks % TICKS_PER_HOUR // TICKS_PER_MINUTE

    @property
    def second(self) -> int:
        """The second of the minute."""
        return self.ticks % TICKS_PER_MINUTE // TICKS_PER_SECOND

    @property
    def fraction(self) -> int:
        """The ticks beyond the whole second."""
        return self.ticks % TICKS_PER_SECOND

    def to_utc(self) -> "Moment":
        """The same moment on a clock in UTC."""
        return Moment(self.utc_ticks, 0)


def moment(
    year: int,
    month: int,
    day: int,
    time_ticks: int = 0,
    offset_minutes: int | None = None,
) -> Moment:
    """The moment on a calendar day, so many ticks after midnight.

    Raises EvaluationError when there is no such day.
    """
    try:
        days = date(year, month, day).toordinal() - 1
    except ValueError as error:
        message = f"There is no day {year}-{month}-{day}."
        raise EvaluationError("not_a_date", message) from error
    return Moment(days * TICKS_PER_DAY + time_ticks, offset_minutes)


def time_ticks(hour: int, minute: int = 0, second: int = 0, fraction: int = 0) -> int:
    """The ticks from midnight to a time of day; `fraction` is in ticks.

    Raises EvaluationError when there is no such time.
    """
    if hour > 23 or minute > 59 or second > 59:
        raise EvaluationError("not_a_date", f"There is no time {hour}:{minute:02}:{second:02}.")
    seconds = (hour * 60 + minute) * 60 + second
    return seconds * TICKS_PER_SECOND + fraction


def from_datetime(value: datetime) -> Moment:
    """The moment of a datetime, in UTC; without a time zone it is taken as UTC."""
    utc = value.astimezone(timezone.utc) if value.tzinfo else value  # noqa: UP017
    ticks = time_ticks(utc.hour, utc.minute, utc.second, utc.microsecond * 10)
    return moment(utc.year, utc.month, utc.day, ticks, 0)


def add_months(value: Moment, months: int) -> Moment:
    """The moment so many months later; a day that the month lacks becomes its last day."""
    day = value.date
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise EvaluationError("out_of_bounds", "The date lies outside the years 1 to 9999.")
    last = calendar.monthrange(year, month0 + 1)[1]
    time = value.ticks % TICKS_PER_DAY
    return moment(year, month0 + 1, min(day.day, last), time, value.offset_minutes)


def to_text(value: Moment) -> str:
    """The language's text for a date: M/d/yyyy h:mm:ss tt in UTC (section d.1 rule 11)."""
    utc = value.to_utc()
    day, hour = utc.date, utc.hour
    half = "PM" if hour >= 12 else "AM"
    time = f"{hour % 12 or 12}:{utc.minute:02}:{utc.second:02} {half}"
    return f"{day.month}/{day.day}/{day.year:04} {time}"
