"""Date format strings of .NET as a list of parts, shared by reading and writing.

A single letter is a standard format and stands for its pattern in the invariant culture; anything
else is a custom format: runs of specifier letters, quoted text, \\ before a literal character and %
before a single specifier (reference section d.3, FormatDateTime).
"""

from dataclasses import dataclass
from functools import lru_cache

from looop_gui.expressions.errors import EvaluationError

_STANDARD = {
    "d": "MM/dd/yyyy",
    "D": "dddd, dd MMMM yyyy",
    "f": "dddd, dd MMMM yyyy HH:mm",
    "F": "dddd, dd MMMM yyyy HH:mm:ss",
    "g": "MM/dd/yyyy HH:mm",
    "G": "MM/dd/yyyy HH:mm:ss",
    "m": "MMMM dd",
    "M": "MMMM dd",
    "o": "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
    "O": "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
    "r": "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
    "R": "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
    "s": "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
    "t": "HH:mm",
    "T": "HH:mm:ss",
    "u": "yyyy'-'MM'-'dd HH':'mm':'ss'Z'",
    "U": "dddd, dd MMMM yyyy HH:mm:ss",
    "y": "yyyy MMMM",
    "Y": "yyyy MMMM",
}
IN_UTC = frozenset("rRuU")
"""The standard formats that mean UTC."""

_SPECIFIERS = frozenset("dfFgHhKMmstyz")
_LONGEST = {"f": 7, "F": 7}


@dataclass(frozen=True, slots=True)
class PatternPart:
    """A specifier with the number of times its letter is repeated, or literal text.

    Of a literal `letter` is empty; `quoted` tells whether its text was quoted or escaped.
    """

    letter: str
    count: int
    text: str = ""
    quoted: bool = False


@lru_cache(maxsize=256)
def read_pattern(pattern: str) -> tuple[PatternPart, ...]:
    """The parts of a format string. Raises EvaluationError when it is malformed."""
    if len(pattern) == 1:
        if pattern not in _STANDARD:
            raise EvaluationError("wrong_format", f'"{pattern}" is not a date format.')
        pattern = _STANDARD[pattern]
    if not pattern:
        raise EvaluationError("wrong_format", "The date format is empty.")
    parts: list[PatternPart] = []
    position = 0
    while position < len(pattern):
        part, position = _part_at(pattern, position)
        if part is not None:
            parts.append(part)
    return tuple(parts)


def _part_at(pattern: str, position: int) -> tuple[PatternPart | None, int]:
    character = pattern[position]
    if character in _SPECIFIERS:
        end = position
        while end < len(pattern) and pattern[end] == character:
            end += 1
        count = end - position
        if count > _LONGEST.get(character, count):
            raise EvaluationError("wrong_format", f'"{pattern}" has too many {character}.')
        return PatternPart(character, count), end
    if character in "'\"":
        return _quoted(pattern, position)
    if character == "\\":
        if position + 1 == len(pattern):
            raise EvaluationError("wrong_format", "A date format must not end with a backslash.")
        return PatternPart("", 1, pattern[position + 1], quoted=True), position + 2
    if character == "%":
        # A percent sign only parts a single specifier from a standard format.
        if position + 1 == len(pattern) or pattern[position + 1] == "%":
            raise EvaluationError("wrong_format", "A percent sign must stand before a specifier.")
        return None, position + 1
    return PatternPart("", 1, character), position + 1


def _quoted(pattern: str, position: int) -> tuple[PatternPart, int]:
    quote, text = pattern[position], ""
    position += 1
    while position < len(pattern) and pattern[position] != quote:
        if pattern[position] == "\\" and position + 1 < len(pattern):
            position += 1
        text += pattern[position]
        position += 1
    if position == len(pattern):
        raise EvaluationError("wrong_format", "A quoted text in a date format is not closed.")
    return PatternPart("", 1, text, quoted=True), position + 1
