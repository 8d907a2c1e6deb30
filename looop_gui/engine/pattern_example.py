"""Makes a text that a regular expression matches, so that a suggestion can name a value.

A small reader of the usual constructs: literals, classes, groups, alternatives, quantifiers. What
it does not know ends in None; what it makes is checked by the caller against the real pattern.
"""

_CLASSES = {"d": "1", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a"}
_ZERO_WIDTH = frozenset("bBAzZG")
_ESCAPED = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_CANDIDATES = "aA1bB2cC3dD4eE5fF6gG7hH8iI9 0-_.@"
_LONGEST = 200


class _UnknownConstructError(Exception):
    """The pattern has something this reader does not know."""


def example_of(pattern: str) -> str | None:
    """A text that `pattern` probably matches as a whole, or None."""
    reader = _Reader(pattern)
    try:
        text = reader.alternatives()
    except (_UnknownConstructError, IndexError, RecursionError):
        return None
    return text if reader.at_end() and len(text) <= _LONGEST else None


class _Reader:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._position = 0

    def at_end(self) -> bool:
        return self._position >= len(self._pattern)

    def alternatives(self) -> str:
        """The first alternative; the others are read and passed over."""
        first = self._sequence()
        while self._peek() == "|":
            self._position += 1
            self._sequence()
        return first

    def _peek(self) -> str:
        return self._pattern[self._position : self._position + 1]

    def _take(self) -> str:
        character = self._pattern[self._position]
        self._position += 1
        return character

    def _sequence(self) -> str:
        parts = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._quantified(self._atom()))
        return "".join(parts)

    def _atom(self) -> str:
        character = self._take()
        if character == "(":
            return self._group()
        if character == "[":
            return self._class()
        if character == "\\":
            return self._escape()
        if character in "^$":
            return ""
        if character in "*+?":
            raise _UnknownConstructError
        if character == "." and self._peek() in tuple("*+?{"):
            return "a"
        return character

    def _group(self) -> str:
        if self._peek() == "?":
            self._position += 1
            self._group_kind()
        text = self.alternatives()
        if self._take() != ")":
            raise _UnknownConstructError
        return text

    def _group_kind(self) -> None:
        kind = self._take()
        if kind == ":":
            return
        if kind not in "<'" or self._peek() in ("=", "!"):
            raise _UnknownConstructError
        while self._take() not in ">'":
            pass

    def _escape(self) -> str:
        character = self._take()
        if character in _CLASSES:
            return _CLASSES[character]
        if character in _ZERO_WIDTH:
            return ""
        if character in _ESCAPED:
            return _ESCAPED[character]
        if character.isalnum():
            raise _UnknownConstructError
        return character

    def _class(self) -> str:
        negated = self._peek() == "^"
        if negated:
            self._position += 1
        ranges: list[tuple[str, str]] = []
        while not ranges or self._peek() != "]":
            low = self._class_member()
            if self._peek() == "-" and self._pattern[self._position + 1] != "]":
                self._position += 1
                ranges.append((low, self._class_member()))
            else:
                ranges.append((low, low))
        self._position += 1
        if not negated:
            return ranges[0][0]
        return next(c for c in _CANDIDATES if not any(low <= c <= high for low, high in ranges))

    def _class_member(self) -> str:
        character = self._take()
        if character == "[":
            raise _UnknownConstructError
        return self._escape() if character == "\\" else character

    def _quantified(self, text: str) -> str:
        least = {"*": 1, "+": 1, "?": 0}.get(self._peek())
        if least is not None:
            self._position += 1
        elif self._peek() == "{":
            least = self._counted()
        if least is None:
            return text
        if self._peek() in ("?", "+"):
            self._position += 1
        return text * least

    def _counted(self) -> int:
        end = self._pattern.index("}", self._position) if "}" in self._pattern else -1
        count = self._pattern[self._position + 1 : end].partition(",")[0]
        if end < self._position or not count.isdecimal():
            raise _UnknownConstructError
        self._position = end + 1
        return min(int(count), _LONGEST)
