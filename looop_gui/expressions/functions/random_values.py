"""Functions that draw: Guid and RandomString, from the random source of the context."""

from looop_gui.expressions.coercion import as_integer, text_or_empty
from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.signatures import function
from looop_gui.expressions.values import EvaluationContext, RandomSource, Value

MAX_RANDOM_LENGTH = 256
"""The longest random string (reference section 0)."""

_DIGITS = "0123456789"
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SMALL = _CAPITALS.lower()
_SPECIAL = "~!@#$%^&*_-+=`|\\(){}[]:;\"'<>,.?/"
"""The special characters of the Windows password policy, which the documentation refers to."""


@function(
    "Guid() -> String", ("Guid()", "00aa00aa-bb11-4c22-9d33-44ee44ee44ee"), needs_context=True
)
def guid(context: EvaluationContext) -> Value:
    """Draws a new identifier in lower case with hyphens, different at every evaluation."""
    bits = context.random.randrange(1 << 128)
    # RFC 9562: version 4, variant 10.
    bits = bits & ~(0xF << 76) | (0x4 << 76)
    bits = bits & ~(0x3 << 62) | (0x2 << 62)
    digits = f"{bits:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


@function(
    "RandomString(length: Number, minimumNumbers: Number, minimumSpecialCharacters: Number, "
    "minimumCapital: Number, minimumLowerCase: Number, charactersToAvoid?: String) -> String",
    ("RandomString(6, 3, 0, 0, 3)", "1a73qt"),
    ('RandomString(10, 2, 2, 2, 1, "?,")', "1@!2BaRg53"),
    needs_context=True,
)
def random_string(
    context: EvaluationContext,
    length: Value,
    numbers: Value,
    special: Value,
    capital: Value,
    lower_case: Value,
    avoid: Value = None,
) -> Value:
    """Draws a text of a given length with at least so many characters of each kind.

    The length is at most 256 and not less than the sum of the minimums. What is left is drawn from
    the kinds that are asked for, or from letters and digits when none is.
    """
    total = as_integer(length, "Length")
    minimums = (
        (_DIGITS, as_integer(numbers, "MinimumNumbers")),
        (_SPECIAL, as_integer(special, "MinimumSpecialCharacters")),
        (_CAPITALS, as_integer(capital, "MinimumCapital")),
        (_SMALL, as_integer(lower_case, "MinimumLowerCase")),
    )
    unwanted = frozenset(text_or_empty(avoid))
    kinds = tuple(
        ("".join(letter for letter in letters if letter not in unwanted), minimum)
        for letters, minimum in minimums
    )
    _check(total, kinds)
    return _draw(context.random, total, kinds, unwanted)


def _check(total: int, kinds: tuple[tuple[str, int], ...]) -> None:
    if not 0 <= total <= MAX_RANDOM_LENGTH:
        raise EvaluationError(
            "out_of_bounds", f"Length must be from 0 to {MAX_RANDOM_LENGTH}, not {total}."
        )
    if any(minimum < 0 for _, minimum in kinds):
        raise EvaluationError("out_of_bounds", "A minimum of RandomString must not be negative.")
    least = sum(minimum for _, minimum in kinds)
    if total < least:
        raise EvaluationError(
            "out_of_bounds", f"Length is {total}, but the minimums come to {least}."
        )
    if any(minimum and not letters for letters, minimum in kinds):
        raise EvaluationError(
            "out_of_bounds", "CharactersToAvoid leaves no character of a kind that is asked for."
        )


def _draw(
    random: RandomSource,
    total: int,
    kinds: tuple[tuple[str, int], ...],
    unwanted: frozenset[str],
) -> str:
    drawn = [_choice(random, letters) for letters, minimum in kinds for _ in range(minimum)]
    pool = "".join(letters for letters, minimum in kinds if minimum)
    if not pool:
        pool = "".join(c for c in _DIGITS + _CAPITALS + _SMALL if c not in unwanted)
    if len(drawn) < total and not pool:
        raise EvaluationError("out_of_bounds", "CharactersToAvoid leaves no character to draw.")
    drawn += [_choice(random, pool) for _ in range(total - len(drawn))]
    for last in range(len(drawn) - 1, 0, -1):
        other = random.randrange(last + 1)
        drawn[last], drawn[other] = drawn[other], drawn[last]
    return "".join(drawn)


def _choice(random: RandomSource, letters: str) -> str:
    return letters[random.randrange(len(letters))]


RANDOM_FUNCTIONS = (guid, random_string)
