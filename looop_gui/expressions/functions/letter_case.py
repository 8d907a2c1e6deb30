"""Letter case as .NET does it: one character for one, invariant or by the rules of a culture.

Python turns ß into SS and İ into two characters; .NET's invariant culture leaves both alone, keeps
dotless i apart, and knows no final sigma. Turkish and Azeri pair i with İ and ı with I.
"""

import re
import unicodedata

from looop_gui.expressions.errors import EvaluationError

_CULTURE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_TURKIC = frozenset({"tr", "az"})

_SEPARATES_WORDS = frozenset(
    {"Zs", "Zl", "Zp", "Cc", "Cf", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So"}
)
"""The Unicode categories that end a word for ToTitleCase (reference section d.3, PCase)."""


def lower(text: str, culture: str | None = None) -> str:
    """The text in lower case. Raises EvaluationError when the culture has no valid name."""
    if _is_turkic(culture):
        text = text.replace("I", "ı").replace("İ", "i")
    if text.isascii():
        return text.lower()
    return "".join(map(_lower_character, text))


def _lower_character(character: str) -> str:
    changed = character.lower()
    return changed if len(changed) == 1 else character


def upper(text: str, culture: str | None = None) -> str:
    """The text in upper case. Raises EvaluationError when the culture has no valid name."""
    if _is_turkic(culture):
        text = text.replace("i", "İ").replace("ı", "I")
    if text.isascii():
        return text.upper()
    return "".join(map(_upper_character, text))


def _upper_character(character: str) -> str:
    if character == "ı":
        return character
    changed = character.upper()
    return changed if len(changed) == 1 else character


def _is_turkic(culture: str | None) -> bool:
    if not culture:
        return False
    if not _CULTURE.fullmatch(culture):
        raise EvaluationError(
            "wrong_argument", f'"{culture[:40]}" is not the name of a culture, such as en-US.'
        )
    return culture.partition("-")[0].casefold() in _TURKIC


def title_case(text: str) -> str:
    """The text in lower case with each word's first letter in upper case, as ToTitleCase does.

    A word begins at a letter; within it digits, marks and the apostrophe do not end it.
    """
    result: list[str] = []
    inside = False
    for character in lower(text):
        if inside:
            inside = character == "'" or unicodedata.category(character) not in _SEPARATES_WORDS
            result.append(character)
        elif character.isalpha():
            inside = True
            result.append(_title_character(character))
        else:
            result.append(character)
    return "".join(result)


def title_case_after(text: str, separators: str) -> str:
    """The text in lower case with an upper-case character at its start and after separators."""
    result: list[str] = []
    begins = True
    for character in lower(text):
        result.append(_title_character(character) if begins else character)
        begins = character in separators
    return "".join(result)


def _title_character(character: str) -> str:
    changed = character.title()
    return changed if len(changed) == 1 else character
