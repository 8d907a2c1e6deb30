"""Regular expressions of users: compiled once, matched within a time limit, replaced as .NET does.

.NET backtracks without limit; here a match that takes longer than TIME_LIMIT seconds is an error,
so that no pattern can hang the program. `regex_syntax` says what else differs from .NET.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import regex

from looop_gui.expressions.coercion import require_length
from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.functions.regex_syntax import translate
from looop_gui.expressions.values import MAX_VALUE_LENGTH

TIME_LIMIT = 0.5
"""The longest time that one regular expression may take on one text, in seconds."""

_SUBSTITUTION = re.compile(r"\$(?:(\$)|([&`'+_])|([0-9]+)|\{(\w+)\})")


@dataclass(frozen=True, slots=True)
class CompiledPattern:
    """A pattern ready to match; `numbers` are the library's group numbers in .NET's order."""

    pattern: regex.Pattern[str]
    numbers: tuple[int, ...]

    def has_group(self, name: str) -> bool:
        """True when the pattern has a group of that name or .NET number."""
        return self._group(name) is not None

    def group(self, match: regex.Match[str], name: str) -> str | None:
        """The text of a group in a match, None when it took no part."""
        number = self._group(name)
        return None if number is None else match.group(number)

    def span(self, match: regex.Match[str], name: str) -> tuple[int, int]:
        """Where a group matched, (-1, -1) when it took no part."""
        number = self._group(name)
        return (-1, -1) if number is None else match.span(number)

    def _group(self, name: str) -> int | None:
        if name in self.pattern.groupindex:
            return int(self.pattern.groupindex[name])
        if not name.isdecimal() or len(name) > 4:
            return None
        number = int(name)
        if number == 0:
            return 0
        return self.numbers[number - 1] if number <= len(self.numbers) else None


@lru_cache(maxsize=256)
def compile_pattern(text: str) -> CompiledPattern:
    """The compiled form of a .NET pattern. Raises EvaluationError when it is no pattern."""
    try:
        translated = translate(text)
        # Letter case is a matter of single characters for .NET: "ß" is not "SS" under (?i).
        pattern = regex.compile(f"(?-f){translated.text}", regex.VERSION1)
    except (RecursionError, MemoryError, OverflowError) as error:
        message = "The regular expression is nested too deeply or too large."
        raise EvaluationError("wrong_pattern", message) from error
    except regex.error as error:
        raise EvaluationError(
            "wrong_pattern", f"The regular expression is wrong: {error}."
        ) from error
    return CompiledPattern(pattern, translated.groups)


def find(pattern: CompiledPattern, text: str) -> regex.Match[str] | None:
    """The first match. Raises EvaluationError after the time limit."""
    try:
        return pattern.pattern.search(text, timeout=TIME_LIMIT)
    except TimeoutError as error:
        raise _too_slow() from error


def replace_matches(pattern: CompiledPattern, text: str, replacement: str) -> str:
    """Every match replaced, with .NET's substitutions ($1, ${name}, $&, $$ and the others)."""
    if "$" not in replacement and len(text) * (len(replacement) + 1) < MAX_VALUE_LENGTH:
        return _replace_all(pattern, text, replacement)
    expand = _expander(pattern, replacement)
    pieces: list[str] = []
    position = length = 0
    for match in _matches(pattern, text):
        piece = text[position : match.start()] + expand(match)
        length += len(piece)
        require_length(length)
        pieces.append(piece)
        position = match.end()
    require_length(length + len(text) - position)
    return "".join(pieces) + text[position:]


def _replace_all(pattern: CompiledPattern, text: str, replacement: str) -> str:
    """The library's own replacement, for a plain text and a result that cannot be too long."""
    literal = replacement if "\\" not in replacement else replacement.replace("\\", "\\\\")
    try:
        return pattern.pattern.sub(literal, text, timeout=TIME_LIMIT)
    except TimeoutError as error:
        raise _too_slow() from error


def replace_group(pattern: CompiledPattern, text: str, name: str, replacement: str) -> str:
    """The text of one group replaced inside each match (reference section d.4).

    An empty group changes something only in the first match, so that `^\\d*` and `\\d*` do the same
    to "545 Tremont Street". Raises EvaluationError when the pattern has no such group.
    """
    if not pattern.has_group(name):
        raise EvaluationError("wrong_argument", f'The regular expression has no group "{name}".')
    pieces: list[str] = []
    position = length = 0
    for number, match in enumerate(_matches(pattern, text)):
        start, end = pattern.span(match, name)
        if start < position or (start == end and number > 0):
            continue
        piece = text[position:start] + replacement
        length += len(piece)
        require_length(length)
        pieces.append(piece)
        position = end
    require_length(length + len(text) - position)
    return "".join(pieces) + text[position:]


def _matches(pattern: CompiledPattern, text: str) -> Iterator[regex.Match[str]]:
    try:
        yield from pattern.pattern.finditer(text, timeout=TIME_LIMIT)
    except TimeoutError as error:
        raise _too_slow() from error


def _too_slow() -> EvaluationError:
    return EvaluationError(
        "too_slow", f"The regular expression took longer than {TIME_LIMIT} seconds on this value."
    )


def _expander(pattern: CompiledPattern, replacement: str) -> Callable[[regex.Match[str]], str]:
    if "$" not in replacement:
        return lambda match: replacement

    def expand(match: regex.Match[str]) -> str:
        return _SUBSTITUTION.sub(lambda part: _substitute(pattern, match, part), replacement)

    return expand


def _substitute(pattern: CompiledPattern, match: regex.Match[str], part: re.Match[str]) -> str:
    dollar, sign, number, name = part.groups()
    if dollar:
        return "$"
    if sign:
        return _surroundings(pattern, match, sign)
    wanted = number or name
    # A group that does not exist leaves the reference as it stands.
    return (pattern.group(match, wanted) or "") if pattern.has_group(wanted) else part.group()


def _surroundings(pattern: CompiledPattern, found: regex.Match[str], sign: str) -> str:
    match sign:
        case "&":
            return found.group()
        case "`":
            return found.string[: found.start()]
        case "'":
            return found.string[found.end() :]
        case "_":
            return found.string
        case _:
            last = pattern.numbers[-1] if pattern.numbers else 0
            return found.group(last) or ""
