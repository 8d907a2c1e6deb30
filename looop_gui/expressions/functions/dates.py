"""Date functions (reference section d.3). A date given as text is read; null gives null."""

from looop_gui.expressions.coercion import as_integer, as_text, as_truncated, text_or_empty
from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.functions.date_parsing import DEFAULT_STYLES, parse_date, read_styles
from looop_gui.expressions.functions.date_reading import read_date
from looop_gui.expressions.functions.date_writing import write_date
from looop_gui.expressions.functions.moments import (
    FILETIME_EPOCH,
    TICKS_PER_DAY,
    TICKS_PER_HOUR,
    TICKS_PER_MINUTE,
    TICKS_PER_SECOND,
    Moment,
    add_months,
    from_datetime,
    to_text,
)
from looop_gui.expressions.signatures import function
from looop_gui.expressions.values import EvaluationContext, Value

_INTERVAL_TICKS = {
    "d": TICKS_PER_DAY,
    "ww": 7 * TICKS_PER_DAY,
    "h": TICKS_PER_HOUR,
    "n": TICKS_PER_MINUTE,
    "s": TICKS_PER_SECOND,
}
_INTERVAL_MONTHS = {"m": 1, "yyyy": 12}


@function(
    "CDate(expression: String) -> DateTime",
    ("CDate([StatusHireDate])", "3/16/2020 7:00:00 AM"),
)
def to_date(value: Value) -> Value:
    """Reads a text as a date and gives it in UTC as M/d/yyyy h:mm:ss tt.

    A text that is no date is an error. Use the result inside the other date functions.
    """
    text = as_text(value)
    return None if text is None else to_text(read_date(text))


@function("Now() -> DateTime", ("Now()", "7/2/2021 3:33:38 PM"), needs_context=True)
def now(context: EvaluationContext) -> Value:
    """Gives the present date and time in UTC as M/d/yyyy h:mm:ss tt."""
    return to_text(from_datetime(context.now))


@function(
    "DateAdd(interval: String, value: Number, dateTime: DateTime) -> DateTime",
    ('DateAdd("d", -10, CDate([StatusHireDate]))', "3/6/2012 7:00:00 AM"),
)
def date_add(interval: Value, number: Value, date_time: Value) -> Value:
    """Adds a number of years (yyyy), months (m), weeks (ww), days (d), hours (h), minutes (n) or
    seconds (s) to a date; a negative number goes back.

    A day that the month lacks becomes the last day of the month.
    """
    unit = read_interval(interval)
    text = as_text(date_time)
    if text is None:
        return None
    start, amount = read_date(text).to_utc(), as_truncated(number, "value")
    if unit in _INTERVAL_MONTHS:
        return to_text(add_months(start, amount * _INTERVAL_MONTHS[unit]))
    return to_text(Moment(start.ticks + amount * _INTERVAL_TICKS[unit], 0))


@function(
    "DateDiff(interval: String, date1: DateTime, date2: DateTime) -> Number",
    ('DateDiff("d", Now(), CDate([StatusHireDate]))', "13"),
)
def date_diff(interval: Value, first: Value, second: Value) -> Value:
    """Gives how far date2 is after date1, negative when it is before.

    Days (d), hours (h), minutes (n) and seconds (s) count whole ones that have passed; months (m)
    and years (yyyy) compare the calendar; weeks (ww) count the Sundays crossed.
    """
    unit = read_interval(interval)
    first_text, second_text = as_text(first), as_text(second)
    if first_text is None or second_text is None:
        return None
    start, end = read_date(first_text).to_utc(), read_date(second_text).to_utc()
    if unit in _INTERVAL_MONTHS:
        years, months = end.date.year - start.date.year, end.date.month - start.date.month
        return str(years if unit == "yyyy" else years * 12 + months)
    elapsed = end.ticks - start.ticks
    if unit == "ww":
        elapsed += (_days_since_sunday(start) - _days_since_sunday(end)) * TICKS_PER_DAY
    return str(_truncate(elapsed, _INTERVAL_TICKS[unit]))


def _days_since_sunday(value: Moment) -> int:
    return value.date.isoweekday() % 7


def _truncate(elapsed: int, unit: int) -> int:
    whole = abs(elapsed) // unit
    return -whole if elapsed < 0 else whole


def read_interval(value: Value) -> str:
    """The interval in lower case. Raises EvaluationError when it is none of those known."""
    text = text_or_empty(value)
    unit = text.lower()
    if unit in _INTERVAL_TICKS or unit in _INTERVAL_MONTHS:
        return unit
    raise EvaluationError(
        "wrong_argument", f'The interval is yyyy, m, ww, d, h, n or s, not "{text[:20]}".'
    )


@function(
    "DateFromNum(value: Number) -> DateTime",
    ("DateFromNum(129699324000000000)", "1/1/2012 11:00:00 PM"),
)
def date_from_number(value: Value) -> Value:
    """Turns Active Directory's number for a date (100 nanoseconds since 1601) into a date."""
    if as_text(value) is None:
        return None
    return to_text(Moment(FILETIME_EPOCH + as_integer(value, "value"), 0))


@function(
    "NumFromDate(value: String) -> Number",
    ('NumFromDate("2020-12-31 23:59:59-08:00")', "132539615990000000"),
)
def number_from_date(value: Value) -> Value:
    """Turns a date in ISO 8601 into Active Directory's number for it."""
    text = as_text(value)
    if text is None:
        return None
    number = read_date(text).to_utc().ticks - FILETIME_EPOCH
    if number < 0:
        raise EvaluationError("out_of_bounds", "Active Directory has no number before 1601.")
    return str(number)


@function(
    "FormatDateTime(source: String, dateTimeStyles?: String, inputFormat: String, "
    "outputFormat: String) -> String",
    ('FormatDateTime([extensionAttribute1], , "yyyyMMddHHmmss.fZ", "yyyy-MM-dd")', "2015-01-23"),
    ('FormatDateTime([hireDate], "yyyy-MM-dd", "dd.MM.yyyy")', "23.01.2015"),
    needs_context=True,
)
def format_date_time(context: EvaluationContext, source: Value, *formats: Value) -> Value:
    """Reads a date in one format and writes it in another, both in .NET's notation.

    The styles may be left out altogether. By default an offset in the source does not shift the
    date. A source that does not have the input format is an error.
    """
    text = as_text(source)
    styles, input_format, output_format = formats if len(formats) == 3 else (None, *formats)
    if text is None:
        return None
    named = as_text(styles)
    chosen = read_styles(named) if named else DEFAULT_STYLES
    today = from_datetime(context.now).date
    value = parse_date(text, text_or_empty(input_format), chosen, today)
    return write_date(value, text_or_empty(output_format))


DATE_FUNCTIONS = (
    to_date,
    now,
    date_add,
    date_diff,
    date_from_number,
    number_from_date,
    format_date_time,
)
