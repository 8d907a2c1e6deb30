"""The table of NormalizeDiacritics, as Microsoft prints it (reference section d.3).

Each row has the plain letters and the marked ones in lower case; the upper-case ones follow from
it. Letters of the table count in their composed and in their decomposed form. What the table does
not have is left as it is.
"""

import re
import unicodedata

_ROWS = {
    "a": "ä à â ã å á ą ă ā ā́ ā̀ ā̂ ā̃ ǟ ā̈ ǡ a̱ å̄",
    "ae": "æ ǣ",
    "c": "ç č ć c̄ c̱",
    "d": "ď d̄ ḏ",
    "e": "ë è é ê ę ě ė ē ḗ ḕ ē̂ ē̃ ê̄ e̱ ë̄ e̊̄",
    "g": "ğ ḡ g̱",
    "i": "ï î ì í ī ī́ ī̀ ī̂ ī̃ i̱",
    "l": "ľ ł l̄ ḹ ḻ",
    "n": "ñ ń ň n̄ ṉ",
    "o": "ö ò ő õ ô ó ō ṓ ṑ ō̂ ō̃ ȫ ō̈ ǭ ȭ ȱ o̱",
    "oe": "ø ø̄ œ̄",
    "r": "ř r̄ ṟ ṝ",
    "s": "š ś ș ş s̄ s̱",
    "t": "ť ț t̄ ṯ",
    "u": "ü ù û ú ů ű ū ū́ ū̀ ū̂ ū̃ u̇̄ ǖ ṻ ṳ̄ u̱",
    "y": "ÿ ý ȳ ȳ́ ȳ̀ ȳ̃ y̱",
    "z": "ź ž ż z̄ ẕ",
}
_ONE_WAY = {"ı": "i", "İ": "I", "ß": "ss"}
"""Letters of the table without a partner in the other letter case."""


def normalize(text: str) -> str:
    """The text with the letters of the table replaced by plain ones."""
    if text.isascii():
        return text
    if _MARK.search(text):
        text = _MARKED_LETTER.sub(lambda match: _MARKED[match.group()], text)
    return text.translate(_SINGLE)


def _table() -> dict[str, str]:
    pairs = {
        change(letter): change(plain)
        for plain, letters in _ROWS.items()
        for letter in letters.split()
        for change in (str.lower, str.upper)
    } | _ONE_WAY
    return {
        unicodedata.normalize(form, letter): plain
        for letter, plain in pairs.items()
        for form in ("NFC", "NFD")
    }


_TABLE = _table()
_SINGLE = str.maketrans({letter: plain for letter, plain in _TABLE.items() if len(letter) == 1})
_MARKED = {letter: plain for letter, plain in _TABLE.items() if len(letter) > 1}
_MARKED_LETTER = re.compile("|".join(sorted(_MARKED, key=len, reverse=True)))
_MARK = re.compile("[\u0300-\u036f]")
"""The combining marks that the table uses; without one, single characters are all there is."""
