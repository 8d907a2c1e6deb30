"""What of a sentence may leave: what stays elsewhere in the entry does not leave in words either.

A target quotes what it was sent ("The value 'Tr0ub4dor' is too short"), so a value that is hidden
by the name it stands under is hidden in the sentences of the same entry, too. Beside these, what
follows the name of a secret, the login and the parameters of a URL, and long words of letters and
digits that are not ids of the entry cannot be proven harmless and stay.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

HIDDEN = "***"
SENSITIVE_NAMES = (
    r"passw|passphrase|pwd|secret|token|credential|authori[sz]ation|api.?key|private.?key|cookie"
)
SHORTEST = 4
"""Shorter values are in too many words to mean anything."""

_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}")
_ASSIGNED = re.compile(
    rf"(?i)([\w.-]*(?:{SENSITIVE_NAMES})[\w.-]*[\"']?\s*(?:[:=]|\beq\b)\s*)"
    r"(\"[^\"]*\"|'[^']*'|[^\s\"',;&)}\]]+)"
)
_URL = re.compile(r"(?i)(\b[a-z][a-z0-9+.-]*://)([^\s/@\"'<>]*@)?([^\s?#\"'<>]*)([?#][^\s\"'<>]*)?")
_OPAQUE = re.compile(r"[A-Za-z0-9_~+=-]{24,}")
_UUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ORDINARY = frozenset({"true", "false", "null", "none"})


@dataclass(frozen=True, slots=True)
class FreeText:
    """Cleans sentences; `known` are ids and names in lower case that may stand in them."""

    withheld: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()

    def clean(self, text: str) -> str:
        """The text with everything hidden that cannot be proven harmless."""
        if not text:
            return text
        return self.without_withheld(self.without_patterns(text))

    def without_withheld(self, text: str) -> str:
        """The text without the values that stay elsewhere, where they stand as whole words."""
        for value in sorted(self.withheld, key=len, reverse=True):
            if value in text:
                text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", HIDDEN, text)
        return text

    def without_patterns(self, text: str) -> str:
        """The text without what its own form says to be a secret, or does not say to be none."""
        text = without_credentials(text)
        text = _ASSIGNED.sub(rf"\1{HIDDEN}", text)
        text = _URL.sub(_plain_url, text)
        return _OPAQUE.sub(self._opaque, text)

    def _opaque(self, found: re.Match[str]) -> str:
        word = found[0]
        letters = any(character.isalpha() for character in word)
        digits = any(character.isdigit() for character in word)
        if not (letters and digits) or _UUID.fullmatch(word) or word.casefold() in self.known:
            return word
        return HIDDEN


def without_credentials(text: str) -> str:
    """A text without what follows the word Bearer or Basic."""
    return _BEARER.sub(rf"\1 {HIDDEN}", text)


def tellable(values: Iterable[str]) -> frozenset[str]:
    """The values that mean something where they stand in a sentence."""
    return frozenset(
        value
        for value in values
        if len(value) >= SHORTEST and value != HIDDEN and value.casefold() not in _ORDINARY
    )


def _plain_url(found: re.Match[str]) -> str:
    scheme, _, place, rest = found.groups()
    return f"{scheme}{place}{rest[0] + HIDDEN if rest else ''}"
