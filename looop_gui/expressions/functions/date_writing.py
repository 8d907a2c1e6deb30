"""Writing a date in a .NET format, as DateTime.ToString does in the invariant culture."""

from collections.abc import Callable

from looop_gui.expressions.functions.date_names import DAYS, MONTHS
from looop_gui.expressions.functions.date_pattern import IN_UTC, read_pattern
from looop_gui.expressions.functions.moments import Moment


def write_date(value: Moment, pattern: str) -> str:
    """The date in a format. Raises EvaluationError when the format is malformed."""
    shown = value.to_utc() if pattern in IN_UTC and value.offset_minutes is not None else value
    text = ""
    for part in read_pattern(pattern):
        if not part.letter:
            text += part.text
            continue
        written = _WRITERS[part.letter](shown, part.count)
        if part.letter == "F" and not written:
            # An empty fraction takes the point before it along.
            text = text.removesuffix(".")
        text += written
    return text


def _write_day(value: Moment, count: int) -> str:
    if count <= 2:
        return f"{value.date.day:0{count}}"
    name = DAYS[value.date.weekday()]
    return name[:3] if count == 3 else name


def _write_month(value: Moment, count: int) -> str:
    if count <= 2:
        return f"{value.date.month:0{count}}"
    name = MONTHS[value.date.month - 1]
    return name[:3] if count == 3 else name


def _write_year(value: Moment, count: int) -> str:
    year = value.date.year
    return f"{year % 100:0{count}}" if count <= 2 else f"{year:0{count}}"


def _write_fraction(value: Moment, count: int) -> str:
    return f"{value.fraction:07}"[:count]


def _write_short_fraction(value: Moment, count: int) -> str:
    return _write_fraction(value, count).rstrip("0")


def _write_half(value: Moment, count: int) -> str:
    return ("PM" if value.hour >= 12 else "AM")[:count]


def _write_offset(value: Moment, count: int) -> str:
    total = value.offset_minutes or 0
    sign = "-" if total < 0 else "+"
    hours, minutes = divmod(abs(total), 60)
    if count == 1:
        return f"{sign}{hours}"
    return f"{sign}{hours:02}" if count == 2 else f"{sign}{hours:02}:{minutes:02}"


def _write_kind(value: Moment, count: int) -> str:
    if value.offset_minutes is None:
        return ""
    return "Z" if value.offset_minutes == 0 else _write_offset(value, 3)


def _two_digits(part: Callable[[Moment], int]) -> Callable[[Moment, int], str]:
    def write(value: Moment, count: int) -> str:
        return f"{part(value):0{min(count, 2)}}"

    return write


_WRITERS: dict[str, Callable[[Moment, int], str]] = {
    "d": _write_day,
    "M": _write_month,
    "y": _write_year,
    "g": lambda value, count: "A.D.",
    "H": _two_digits(lambda value: value.hour),
    "h": _two_digits(lambda value: value.hour % 12 or 12),
    "m": _two_digits(lambda value: value.minute),
    "s": _two_digits(lambda value: value.second),
    "f": _write_fraction,
    "F": _write_short_fraction,
    "t": _write_half,
    "z": _write_offset,
    "K": _write_kind,
}
