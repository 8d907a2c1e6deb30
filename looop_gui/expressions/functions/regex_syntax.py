"""Patterns of .NET's regular expressions, rewritten for the `regex` library.

The library knows named groups `(?<n>..)`, lookbehind of any length, atomic groups, conditionals and
`\\p{..}` as .NET does. Rewritten are: back references (.NET numbers named groups after all unnamed
ones), `\\k<n>` and `(?'n'..)`, `\\z`, `\\Z`, `\\e` and `\\cX`, subtraction in classes
(`[a-z-[aeiou]]`), and everything that means something to the library and nothing to .NET (a brace
that is no quantifier, a bracket or a doubled sign inside a class).

What differs from .NET: balancing groups `(?<a-b>..)`, numbers as group names, RegexOptions.
RightToLeft and the inline option n are refused; only the last capture of a group counts; letter
case under `(?i)` follows Unicode and no culture; positions count characters, not UTF-16 units.
"""

import re
from dataclasses import dataclass, field

from looop_gui.expressions.errors import EvaluationError

MAX_WIDTH = 100_000
"""How many characters a pattern may require at least: the library unrolls `a{1000000000}`."""

_QUANTIFIER = re.compile(r"\{([0-9]+)(,[0-9]*)?\}")
_GROUP = re.compile(r"\(\?(?:<(?P<angle>[A-Za-z_]\w*)>|'(?P<quoted>[A-Za-z_]\w*)')")
_OPTIONS = re.compile(r"\(\?[imsx]*(?:-[imsx]+)?[:)]")
_PLAIN_GROUPS = ("(?:", "(?=", "(?!", "(?>", "(?<=", "(?<!")
_CONDITION_LOOKS = ("(?(?=", "(?(?!", "(?(?<=", "(?(?<!")
_CONDITION = re.compile(r"\(\?\((?P<name>\w+)\)")
_REFERENCE = re.compile(r"\\k(?:<(?P<angle>\w+)>|'(?P<quoted>\w+)')")
_CATEGORY = re.compile(r"\\[pP]\{(?P<block>Is)?(?P<name>[A-Za-z0-9_-]+)\}")
_CONTROL = re.compile(r"\\c([A-Za-z@\[\\\]^_])")
_NUMBER = re.compile(r"\\([1-9][0-9]*)")

_SAME_ESCAPES = frozenset("abBdDfGnrsStvwWA0")
_OUTSIDE_CLASS = frozenset("BGA")
_IN_CLASS_SPECIAL = frozenset("[&|~")


@dataclass(slots=True)
class TranslatedPattern:
    """A pattern for the library and the library's group numbers in .NET's order.

    `groups[n]` is the library's number of .NET's group n + 1.
    """

    text: str
    groups: tuple[int, ...]
    names: frozenset[str] = field(default_factory=frozenset)


def translate(pattern: str) -> TranslatedPattern:
    """The pattern for the library. Raises EvaluationError for what cannot be rewritten."""
    translator = _Translator(pattern)
    text = translator.run()
    return TranslatedPattern(text, translator.order(), frozenset(translator.names))


class _Translator:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._position = 0
        self._output: list[str] = []
        self._groups: list[str | None] = []
        self._references: list[tuple[int, str]] = []
        # The least width of each open group so far, and of the last item in the innermost one.
        self._widths = [0]
        self._last_width = 0
        # What may follow a quantifier: only the question mark that makes it lazy, and once.
        self._quantified = 0
        self.names: set[str] = set()

    def run(self) -> str:
        while self._position < len(self._pattern):
            self._step()
        order = self.order()
        for place, digits in self._references:
            number = int(digits)
            if number > len(order):
                raise _refused(f"refers to group {number}, which does not exist")
            self._output[place] = f"(?:\\g<{order[number - 1]}>)"
        return "".join(self._output)

    def order(self) -> tuple[int, ...]:
        """The library's number of each group in .NET's order: unnamed groups, then names."""
        unnamed = [n + 1 for n, name in enumerate(self._groups) if name is None]
        named = [n + 1 for n, name in enumerate(self._groups) if name is not None]
        return tuple(unnamed + named)

    def _step(self) -> None:
        character = self._pattern[self._position]
        quantifier = _QUANTIFIER.match(self._pattern, self._position)
        self._check_quantifier(character, counted=quantifier is not None)
        if quantifier:
            repeats = int(quantifier[1]) if len(quantifier[1]) < 10 else MAX_WIDTH + 1
            self._widen(self._last_width * max(repeats - 1, 0))
            self._take(len(quantifier.group()), quantifier.group())
        elif character == "(":
            self._open()
        elif character == ")":
            self._close()
        else:
            self._item(character)
            self._last_width = 1
            self._widen(1)

    def _check_quantifier(self, character: str, *, counted: bool) -> None:
        """.NET has no possessive quantifiers: `a++` is a nested quantifier there, and wrong."""
        if not counted and character not in "*+?":
            self._quantified = 0
        elif self._quantified == 0 or (self._quantified == 1 and character == "?"):
            self._quantified += 1
        else:
            raise _refused(f"has a quantifier after another: {character}")

    def _item(self, character: str) -> None:
        if character == "\\":
            self._escape(in_class=False)
        elif character == "[":
            self._class()
        else:
            self._take(1, "\\{" if character == "{" else character)

    def _widen(self, width: int) -> None:
        self._widths[-1] += width
        if self._widths[-1] > MAX_WIDTH:
            raise _refused(f"needs more than {MAX_WIDTH:,} characters")

    def _close(self) -> None:
        inside = self._widths.pop() if len(self._widths) > 1 else 0
        self._last_width = max(inside, 1)
        self._widen(self._last_width)
        self._take(1, ")")

    def _take(self, length: int, output: str) -> None:
        self._position += length
        self._output.append(output)

    def _open(self) -> None:
        rest_at = self._position
        self._widths.append(0)
        named = _GROUP.match(self._pattern, rest_at)
        if named:
            name = named["angle"] or named["quoted"]
            self._add_group(name)
            self._take(len(named.group()), f"(?P<{name}>")
            return
        if not self._pattern.startswith("(?", rest_at):
            if self._pattern.startswith("(*", rest_at):
                raise _refused("has a quantifier that follows nothing")
            self._groups.append(None)
            self._take(1, "(")
            return
        self._special_group()

    def _add_group(self, name: str) -> None:
        # Groups of one name are one group, for .NET as for the library.
        if name not in self.names:
            self._groups.append(name)
            self.names.add(name)

    def _special_group(self) -> None:
        at = self._position
        if self._pattern.startswith("(?#", at):
            end = self._pattern.find(")", at)
            self._position = len(self._pattern) if end < 0 else end + 1
            self._widths.pop()
            return
        if self._pattern.startswith(_CONDITION_LOOKS, at):
            self._take(2, "(?")  # the condition itself is read as a group
            return
        options = _OPTIONS.match(self._pattern, at)
        condition = _CONDITION.match(self._pattern, at)
        opening_match = options or condition
        if opening_match:
            self._take(len(opening_match.group()), opening_match.group())
            if options and options.group().endswith(")"):
                self._widths.pop()
            return
        for opening in _PLAIN_GROUPS:
            if self._pattern.startswith(opening, at):
                self._take(len(opening), opening)
                return
        raise _refused(f"has a group that is not supported: {self._pattern[at : at + 6]}")

    def _escape(self, *, in_class: bool) -> None:
        following = self._pattern[self._position + 1 : self._position + 2]
        if not following:
            raise _refused("ends with a backslash")
        if not in_class and self._special_escape(following):
            return
        category = _CATEGORY.match(self._pattern, self._position)
        control = _CONTROL.match(self._pattern, self._position)
        if category:
            prefix = "In" if category["block"] else ""
            self._take(len(category.group()), f"\\{following}{{{prefix}{category['name']}}}")
        elif control:
            self._take(3, f"\\x{ord(control[1].upper()) ^ 0x40:02x}")
        elif following == "e":
            self._take(2, "\\x1b")
        elif following in "xu" or following in _SAME_ESCAPES or not following.isalnum():
            if in_class and following in _OUTSIDE_CLASS:
                raise _refused(f"has \\{following} inside brackets")
            self._take(2, f"\\{following}")
        elif in_class and following.isdigit():
            self._take(2, f"\\{following}")
        else:
            raise _refused(f"has an unknown escape: \\{following}")

    def _special_escape(self, following: str) -> bool:
        number = _NUMBER.match(self._pattern, self._position)
        reference = _REFERENCE.match(self._pattern, self._position)
        if number:
            self._references.append((len(self._output), number[1]))
            self._take(len(number.group()), "")
        elif reference:
            name = reference["angle"] or reference["quoted"]
            self._take(len(reference.group()), f"(?P={name})")
        elif following == "z":
            self._take(2, r"\Z")
        elif following == "Z":
            self._take(2, r"(?=\n?\Z)")
        else:
            return False
        return True

    def _class(self) -> None:
        opening = "[^" if self._pattern.startswith("[^", self._position) else "["
        self._take(len(opening), opening)
        if self._pattern.startswith("]", self._position):
            # A bracket right after the opening is a literal one.
            self._take(1, "\\]")
        while self._position < len(self._pattern):
            character = self._pattern[self._position]
            if character == "]":
                self._take(1, "]")
                return
            if self._pattern.startswith("-[", self._position):
                self._take(1, "--")
                self._class()
            elif character == "\\":
                self._escape(in_class=True)
            elif self._pattern.startswith("--", self._position):
                self._take(1, "\\-")
            else:
                escaped = f"\\{character}" if character in _IN_CLASS_SPECIAL else character
                self._take(1, escaped)
        raise _refused("has a bracket that is not closed")


def _refused(reason: str) -> EvaluationError:
    return EvaluationError("wrong_pattern", f"The regular expression {reason}.")
