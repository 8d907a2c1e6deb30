"""Reading a date in a given .NET format, as DateTime.ParseExact does in the invariant culture.

The styles are those of DateTimeStyles. The default ones keep the clock's reading and its offset
(RoundtripKind), so that a date is not shifted; other styles turn a time with an offset into UTC,
which is also the local time of the service.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import Flag, auto

from looop_gui.expressions.coercion import shorten
from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.functions.date_names import DAYS, MONTHS
from looop_gui.expressions.functions.date_pattern import IN_UTC, PatternPart, read_pattern
from looop_gui.expressions.functions.date_reading import checked_offset, full_year
from looop_gui.expressions.functions.moments import Moment, moment, time_ticks


class DateTimeStyles(Flag):
    """System.Globalization.DateTimeStyles."""

    NONE = 0
    ALLOW_LEADING_WHITE = auto()
    ALLOW_TRAILING_WHITE = auto()
    ALLOW_INNER_WHITE = auto()
    NO_CURRENT_DATE_DEFAULT = auto()
    ADJUST_TO_UNIVERSAL = auto()
    ASSUME_LOCAL = auto()
    ASSUME_UNIVERSAL = auto()
    ROUNDTRIP_KIND = auto()
    ALLOW_WHITE_SPACES = ALLOW_LEADING_WHITE | ALLOW_TRAILING_WHITE | ALLOW_INNER_WHITE


DEFAULT_STYLES = (
    DateTimeStyles.ROUNDTRIP_KIND
    | DateTimeStyles.ALLOW_LEADING_WHITE
    | DateTimeStyles.ALLOW_TRAILING_WHITE
)

_ASSUME = DateTimeStyles.ASSUME_LOCAL | DateTimeStyles.ASSUME_UNIVERSAL
_STYLE_NAMES = {
    name.replace("_", "").casefold(): style for name, style in DateTimeStyles.__members__.items()
}


def read_styles(text: str) -> DateTimeStyles:
    """Styles by their names, separated by commas; "DateTimeStyles." may stand before each.

    Raises EvaluationError for an unknown name and for styles that exclude each other.
    """
    styles = DateTimeStyles.NONE
    for name in text.split(","):
        style = _STYLE_NAMES.get(name.strip().removeprefix("DateTimeStyles.").casefold())
        if style is None:
            raise EvaluationError("wrong_argument", f'"{shorten(text)}" is not a DateTimeStyles.')
        styles |= style
    exclusive = _ASSUME | DateTimeStyles.ADJUST_TO_UNIVERSAL
    if _ASSUME in styles or (DateTimeStyles.ROUNDTRIP_KIND in styles and styles & exclusive):
        raise EvaluationError("wrong_argument", f"{shorten(text)} exclude each other.")
    return styles


@dataclass(slots=True)
class _Fields:
    """What the text has said so far; None is not said."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    hour: int = 0
    twelve_hours: bool = False
    half: str = ""
    minute: int = 0
    second: int = 0
    fraction: int = 0
    offset: int | None = None


class _Mismatch(Exception):  # noqa: N818 - always turned into an EvaluationError below
    pass


def parse_date(text: str, pattern: str, styles: DateTimeStyles, today: date) -> Moment:
    """The moment that the text means in the format; `today` fills in a missing date.

    Raises EvaluationError when the text does not have the format or means no date.
    """
    parts = read_pattern(pattern)
    try:
        fields = _Reader(text, styles).read(parts)
    except _Mismatch as error:
        message = f'"{shorten(text)}" does not have the format {shorten(pattern)}.'
        raise EvaluationError("not_a_date", message) from error
    if pattern in IN_UTC:
        fields.offset = 0
    value = _moment_of(fields, styles, today)
    if fields.weekday is not None and value.date.weekday() != fields.weekday:
        raise EvaluationError("not_a_date", f'"{shorten(text)}" names the wrong day of the week.')
    return _adjust(value, styles)


def _moment_of(fields: _Fields, styles: DateTimeStyles, today: date) -> Moment:
    year, month, day = fields.year, fields.month, fields.day
    if year is None and month is None and day is None:
        today = date(1, 1, 1) if DateTimeStyles.NO_CURRENT_DATE_DEFAULT in styles else today
        year, month, day = today.year, today.month, today.day
    time = time_ticks(_hour_of(fields), fields.minute, fields.second, fields.fraction)
    return moment(
        today.year if year is None else year,
        1 if month is None else month,
        1 if day is None else day,
        time,
        fields.offset,
    )


def _hour_of(fields: _Fields) -> int:
    hour = fields.hour
    if fields.twelve_hours:
        if hour > 12:
            raise EvaluationError("not_a_date", f"A clock of twelve hours has no hour {hour}.")
        return hour % 12 + (12 if fields.half == "P" else 0)
    if fields.half and (fields.half == "P") != (hour >= 12):
        raise EvaluationError("not_a_date", f"The hour {hour} is not {fields.half}M.")
    return hour


def _adjust(value: Moment, styles: DateTimeStyles) -> Moment:
    if DateTimeStyles.ROUNDTRIP_KIND in styles:
        return value
    if value.offset_minutes is None:
        return replace(value, offset_minutes=0) if styles & _ASSUME else value
    return value.to_utc()


class _Reader:
    """Goes through the text along the parts of a pattern."""

    def __init__(self, text: str, styles: DateTimeStyles) -> None:
        self._text = text
        self._styles = styles
        self._position = 0
        self._fields = _Fields()

    def read(self, parts: tuple[PatternPart, ...]) -> _Fields:
        if DateTimeStyles.ALLOW_LEADING_WHITE in self._styles:
            self._skip_white()
        for number, part in enumerate(parts):
            if DateTimeStyles.ALLOW_INNER_WHITE in self._styles:
                self._skip_white()
            if part.letter:
                _READERS[part.letter](self, part.count)
            else:
                self._literal(part, parts[number + 1 :])
        if DateTimeStyles.ALLOW_TRAILING_WHITE in self._styles:
            self._skip_white()
        if self._position < len(self._text):
            raise _Mismatch
        return self._fields

    def _skip_white(self) -> None:
        rest = self._text[self._position :]
        self._position += len(rest) - len(rest.lstrip())

    def _literal(self, part: PatternPart, following: tuple[PatternPart, ...]) -> None:
        if part.text == "Z" and not part.quoted:
            # An unquoted Z names the zone.
            self._fields.offset = 0
        if part.text.isspace() and DateTimeStyles.ALLOW_INNER_WHITE in self._styles:
            return
        if self._text.startswith(part.text, self._position):
            self._position += len(part.text)
        elif not (part.text == "." and following and following[0].letter == "F"):
            raise _Mismatch

    def _digits(self, least: int, most: int) -> str:
        end = self._position
        limit = min(len(self._text), self._position + most)
        while end < limit and self._text[end] in "0123456789":
            end += 1
        digits = self._text[self._position : end]
        if len(digits) < least:
            raise _Mismatch
        self._position = end
        return digits

    def _number(self, count: int) -> int:
        """One or two digits for a single letter, else exactly two."""
        return int(self._digits(1, 2) if count == 1 else self._digits(2, 2))

    def _one_of(self, words: tuple[str, ...]) -> int:
        rest = self._text[self._position :].casefold()
        for number, word in enumerate(words):
            if rest.startswith(word.casefold()):
                self._position += len(word)
                return number
        raise _Mismatch

    def read_day(self, count: int) -> None:
        if count <= 2:
            self._fields.day = self._number(count)
        else:
            self._fields.weekday = self._one_of(_names(DAYS, count))

    def read_month(self, count: int) -> None:
        if count <= 2:
            self._fields.month = self._number(count)
        else:
            self._fields.month = self._one_of(_names(MONTHS, count)) + 1

    def read_year(self, count: int) -> None:
        digits = self._digits(1, 2) if count == 1 else self._digits(count, count)
        self._fields.year = full_year(digits) if count <= 2 else int(digits)

    def read_hour(self, count: int) -> None:
        self._fields.hour = self._number(count)

    def read_hour_of_twelve(self, count: int) -> None:
        self._fields.hour = self._number(count)
        self._fields.twelve_hours = True

    def read_minute(self, count: int) -> None:
        self._fields.minute = self._number(count)

    def read_second(self, count: int) -> None:
        self._fields.second = self._number(count)

    def read_fraction(self, count: int) -> None:
        self._fields.fraction = int(self._digits(count, count).ljust(7, "0"))

    def read_short_fraction(self, count: int) -> None:
        self._fields.fraction = int(self._digits(0, count).ljust(7, "0"))

    def read_half(self, count: int) -> None:
        words = ("A", "P") if count == 1 else ("AM", "PM")
        self._fields.half = words[self._one_of(words)][0]

    def read_era(self, count: int) -> None:
        self._one_of(("A.D.", "AD"))

    def read_offset(self, count: int) -> None:
        sign = "+-"[self._one_of(("+", "-"))]
        hours = self._number(1 if count == 1 else 2)
        minutes = 0
        if count > 2:
            if self._text.startswith(":", self._position):
                self._position += 1
            minutes = int(self._digits(2, 2))
        self._fields.offset = checked_offset(sign, hours, minutes)

    def read_kind(self, count: int) -> None:
        following = self._text[self._position : self._position + 1]
        if following in ("Z", "z"):
            self._position += 1
            self._fields.offset = 0
        elif following in ("+", "-"):
            self.read_offset(3)


def _names(words: tuple[str, ...], count: int) -> tuple[str, ...]:
    return tuple(word[:3] for word in words) if count == 3 else words


_READERS: dict[str, Callable[[_Reader, int], None]] = {
    "d": _Reader.read_day,
    "M": _Reader.read_month,
    "y": _Reader.read_year,
    "g": _Reader.read_era,
    "H": _Reader.read_hour,
    "h": _Reader.read_hour_of_twelve,
    "m": _Reader.read_minute,
    "s": _Reader.read_second,
    "f": _Reader.read_fraction,
    "F": _Reader.read_short_fraction,
    "t": _Reader.read_half,
    "z": _Reader.read_offset,
    "K": _Reader.read_kind,
}
