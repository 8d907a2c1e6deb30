"""The syntax tree of an expression: frozen nodes that know where they stand in the text.

Two trees are equal when they mean the same; spans do not take part in the comparison.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text, in characters from 0; `end` is exclusive."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """The number of characters."""
        return self.end - self.start


NO_SPAN = Span(0, 0)
"""The span of a node that was not read from a text."""


class Operator(StrEnum):
    """The comparison operators (reference section d.1, compop)."""

    EQUAL = "="
    NOT_EQUAL = "<>"
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    LESS = "<"
    LESS_OR_EQUAL = "<="


class KeywordName(StrEnum):
    """The bare words of the language (reference section d.1, keyword)."""

    IGNORE_ATTRIBUTE_FLOW = "IgnoreAttributeFlow"
    IGNORE_OBJECT_FLOW = "IgnoreObjectFlow"
    VB_TEXT_COMPARE = "vbTextCompare"
    VB_BINARY_COMPARE = "vbBinaryCompare"
    UNICODE = "Unicode"
    ASCII = "ASCII"
    UTF8 = "UTF8"


@dataclass(frozen=True, slots=True)
class AttributeReference:
    """A source attribute: `[displayName]`."""

    name: str
    span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class StringLiteral:
    """A text constant; `value` is without quotes and escapes."""

    value: str
    span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class NumberLiteral:
    """A number as it is written: `10`, `-1.5` or `&HF7`."""

    text: str
    span: Span = field(default=NO_SPAN, compare=False)

    @property
    def value(self) -> str:
        """The number as the language's decimal text."""
        if self.text.startswith("&H"):
            return str(int(self.text[2:], 16))
        whole, point, fraction = self.text.partition(".")
        sign = "-" if whole.startswith("-") else ""
        digits = whole.removeprefix("-").lstrip("0") or "0"
        if point:
            return f"{sign}{digits}.{fraction}"
        return digits if digits == "0" else sign + digits


@dataclass(frozen=True, slots=True)
class Keyword:
    """One of the bare words of the language."""

    name: KeywordName
    span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Omitted:
    """An argument that is left empty, as in `Switch([a], , "x", "y")`."""

    span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A function with its arguments; `name_span` covers the name alone."""

    name: str
    arguments: tuple["Expression", ...]
    span: Span = field(default=NO_SPAN, compare=False)
    name_span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands and a comparison operator."""

    operator: Operator
    left: "Expression"
    right: "Expression"
    span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Concatenation:
    """Two or more operands joined by `&`."""

    operands: tuple["Expression", ...]
    span: Span = field(default=NO_SPAN, compare=False)


Expression = (
    AttributeReference
    | StringLiteral
    | NumberLiteral
    | Keyword
    | Omitted
    | FunctionCall
    | Comparison
    | Concatenation
)


def children(node: Expression) -> tuple[Expression, ...]:
    """The parts of a node, in the order of the text."""
    match node:
        case FunctionCall(arguments=arguments):
            return arguments
        case Comparison(left=left, right=right):
            return (left, right)
        case Concatenation(operands=operands):
            return operands
        case _:
            return ()


def descend(node: Expression) -> Iterator[Expression]:
    """The node and all below it, parents before their parts, in the order of the text."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed(children(current)))


def attributes_of(node: Expression) -> frozenset[str]:
    """The names of the source attributes that an expression reads."""
    return frozenset(part.name for part in descend(node) if isinstance(part, AttributeReference))
