"""How a value becomes what a parameter needs: text, a whole number, a truth, or a list.

A list with one value passes for that value and an empty one for null; a longer list where one value
is needed is an error, as it is for the service (reference section c.6). A keyword that stops the
flow stops it from anywhere: it leaves the functions around it as a FlowSignal.
"""

import re
from typing import TypeVar

from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.tree import Operator
from looop_gui.expressions.values import (
    FALSE,
    MAX_VALUE_LENGTH,
    TRUE,
    FlowControl,
    Value,
)

_Ordered = TypeVar("_Ordered", int, str)

_WHOLE = re.compile(r"-?[0-9]{1,40}")
_NUMBER = re.compile(r"\s*([+-]?[0-9]{1,40})(?:\.([0-9]*))?\s*")


class FlowSignal(Exception):  # noqa: N818 - it carries a result, it is no error
    """A keyword such as IgnoreAttributeFlow on its way out of the functions around it."""

    def __init__(self, keyword: FlowControl) -> None:
        super().__init__(keyword.value)
        self.keyword = keyword


def as_text(value: Value) -> str | None:
    """The value as one text, or None for null. Raises EvaluationError for several values."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, FlowControl):
        raise FlowSignal(value)
    if len(value) > 1:
        raise EvaluationError(
            "multi_valued", f"One value is needed here, but there are {len(value)}."
        )
    return value[0] if value else None


def text_or_empty(value: Value) -> str:
    """The value as one text, null as an empty one."""
    return as_text(value) or ""


def as_values(value: Value) -> tuple[str, ...]:
    """The value as a list: null is empty, a text is a list of one."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, FlowControl):
        raise FlowSignal(value)
    return value


def as_integer(value: Value, name: str) -> int:
    """The value of the parameter `name` as a whole number; text is accepted (d.1 rule 5).

    Raises EvaluationError for null, for a fraction and for anything else.
    """
    text = as_text(value)
    if text and text.isdecimal() and text.isascii() and len(text) < 40:
        return int(text)
    match = _NUMBER.fullmatch(text) if text else None
    if match is None or (match[2] or "").strip("0"):
        shown = "nothing" if text is None else f'"{shorten(text)}"'
        raise EvaluationError("not_a_number", f"{name} must be a whole number, not {shown}.")
    return int(match[1])


def as_truncated(value: Value, name: str) -> int:
    """The value of the parameter `name` as a number without its fraction, as VisualBasic's Fix.

    Raises EvaluationError for null and for what is no number.
    """
    whole, point, fraction = text_or_empty(value).strip().partition(".")
    is_fraction = bool(point) and (fraction or "0").isdecimal() and len(fraction) <= 40
    return as_integer(whole if is_fraction else value, name)


def as_boolean(value: Value) -> bool:
    """The truth of a condition: "True", or a number that is not zero; null and "" are false.

    Raises EvaluationError for other text (reference section d.3, CBool).
    """
    text = as_text(value)
    if text == TRUE:
        return True
    if not text or text == FALSE:
        return False
    folded = text.strip().casefold()
    if folded in ("true", "false"):
        return folded == "true"
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise EvaluationError("not_a_boolean", f'"{shorten(text)}" is neither True nor False.')
    return int(match[1]) != 0 or bool((match[2] or "").strip("0"))


def boolean_text(truth: bool) -> str:
    """A truth as the language writes it."""
    return TRUE if truth else FALSE


def compare(operator: Operator, left: Value, right: Value) -> bool:
    """Whether the comparison holds (reference section d.2).

    Two whole numbers compare as numbers, everything else as ordinal text, case-sensitive. For
    equality null is the same as an empty text, as it is for Switch; an order with null never holds
    ("the condition check fails").
    """
    if operator is Operator.EQUAL:
        return equal(left, right)
    if operator is Operator.NOT_EQUAL:
        return not equal(left, right)
    first, second = as_text(left), as_text(right)
    if first is None or second is None:
        return False
    if _WHOLE.fullmatch(first) and _WHOLE.fullmatch(second):
        return _in_order(operator, int(first), int(second))
    return _in_order(operator, first, second)


def equal(left: Value, right: Value) -> bool:
    """Whether two values are the same text or the same whole number."""
    first, second = text_or_empty(left), text_or_empty(right)
    if first == second:
        return True
    if _WHOLE.fullmatch(first) and _WHOLE.fullmatch(second):
        return int(first) == int(second)
    return False


def _in_order(operator: Operator, left: _Ordered, right: _Ordered) -> bool:
    match operator:
        case Operator.GREATER:
            return left > right
        case Operator.GREATER_OR_EQUAL:
            return left >= right
        case Operator.LESS:
            return left < right
        case _:
            return left <= right


def concatenate(*values: Value) -> str:
    """The texts one after another, null as an empty one (reference section d.1, operand)."""
    return bounded("".join(map(text_or_empty, values)))


def bounded(text: str) -> str:
    """The text itself. Raises EvaluationError when it is longer than values may be."""
    require_length(len(text))
    return text


def require_length(length: int) -> None:
    """Raise EvaluationError when a value would have more characters than values may have."""
    if length > MAX_VALUE_LENGTH:
        raise EvaluationError(
            "too_long", f"The value would have more than {MAX_VALUE_LENGTH:,} characters."
        )


def shorten(text: str) -> str:
    """A text as a sentence may quote it."""
    return text if len(text) <= 60 else text[:57] + "..."
