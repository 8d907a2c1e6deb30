"""Draws names of people in many scripts, each with a plausible romanised alias."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from looop_gui import resources

_LETTERS = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "ß": "ss"}
    | {"æ": "ae", "Æ": "Ae", "ə": "e", "þ": "th", "ð": "d"}
)


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name as written, how it is shown, and the alias it has in a userPrincipalName."""

    given: str
    surname: str
    display: str
    alias: str


class NameBook:
    """The names of resources/demo/names.json."""

    def __init__(self) -> None:
        languages = resources.read_json("demo", "names.json")["languages"]
        self._languages: dict[str, dict[str, Any]] = {e["language"]: e for e in languages}

    def draw(self, language: str, random: Random) -> PersonName:
        """A name of somebody who speaks `language` (a tag such as `ja-JP`)."""
        entry = self._languages[language]
        given, given_romanised = _pair(random.choice(entry["given"]))
        surname, surname_romanised = _pair(random.choice(entry["surnames"]))
        order = (surname, given) if entry["familyNameFirst"] else (given, surname)
        alias = f"{given_romanised}.{surname_romanised}".lower().replace(" ", "")
        return PersonName(given, surname, entry["between"].join(order), alias)


def romanise(name: str) -> str:
    """A Latin name without its diacritics: `Łukasz Groß` is `Lukasz Gross`."""
    decomposed = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _pair(entry: Sequence[str]) -> tuple[str, str]:
    return (entry[0], entry[1]) if len(entry) > 1 else (entry[0], romanise(entry[0]))
