"""What targets do to values that they take: recognised from pairs of held and wanted values.

A normalisation is believed only when it explains every pair. Each comes with the expression around
a mapping's own that makes the wanted value what the target holds, in functions that Entra has
(section d.3), so that nothing is left to change in the next cycle.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from looop_gui.expressions.functions.diacritics import normalize

Pair = tuple[str, str]
"""The value held by the target and the value wanted, each "" for none."""


@dataclass(frozen=True, slots=True)
class Normalisation:
    """What the target does, as a sentence's end; `wrap` is the expression with {} for its inner."""

    words: str
    apply: Callable[[str], str]
    wrap: str


def recognise(pairs: Sequence[Pair]) -> tuple[Normalisation, ...]:
    """One normalisation, or two in their order, that explain every pair; () when none do."""
    if not pairs or not all(held for held, _ in pairs):
        return ()
    known = (*_KNOWN, *_shortened(pairs))
    for steps in _one_or_two(known):
        if all(_applied(steps, wanted) == held for held, wanted in pairs):
            return steps
    return ()


def expression_for(steps: Sequence[Normalisation], inner: str) -> str:
    """The mapping's expression wrapped so that it gives what the target makes of it."""
    for step in steps:
        inner = step.wrap.replace("{}", inner)
    return inner


def _one_or_two(known: Sequence[Normalisation]) -> Iterator[tuple[Normalisation, ...]]:
    yield from ((one,) for one in known)
    yield from ((one, two) for one in known for two in known if one is not two)


def _applied(steps: Sequence[Normalisation], text: str) -> str:
    for step in steps:
        text = step.apply(text)
    return text


def _shortened(pairs: Sequence[Pair]) -> Iterator[Normalisation]:
    """Cut off at the longest held length, where something was cut off."""
    length = max((len(held) for held, _ in pairs), default=0)
    if length and any(len(wanted) > length for _, wanted in pairs):
        words = f"shortens the value to {length} characters"
        yield Normalisation(words, lambda text: text[:length], f"Mid({{}}, 1, {length})")


def _pattern(words: str, pattern: str, replacement: str) -> Normalisation:
    wrap = f'Replace({{}}, , "{pattern}", , "{replacement}", , )'
    compiled = re.compile(pattern)
    return Normalisation(words, lambda text: compiled.sub(replacement, text), wrap)


_KNOWN = (
    Normalisation("writes the value in lower case", str.lower, "ToLower({})"),
    Normalisation("writes the value in upper case", str.upper, "ToUpper({})"),
    _pattern("removes blanks at both ends", "^ +| +$", ""),
    _pattern("makes one blank of several", " +", " "),
    _pattern("keeps only the digits of a number", "[^0-9]", ""),
    _pattern("keeps only the digits of a number and its plus", "[^0-9+]", ""),
    Normalisation("removes all blanks", lambda text: text.replace(" ", ""), "StripSpaces({})"),
    Normalisation("writes letters without their marks", normalize, "NormalizeDiacritics({})"),
)
