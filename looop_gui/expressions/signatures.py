"""What a function of the language is: its signature, its words for people, its implementation.

A signature is written as people read it: `Switch(source: String, defaultValue?: Any, key*: String,
value*: Any) -> Any`. A question mark makes a parameter optional; `*` and `+` mark the trailing
parameters that repeat together, any number of times or at least once.
"""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from looop_gui.expressions.values import Value


class ValueType(StrEnum):
    """The types that the documentation of the functions names (reference section d.3)."""

    STRING = "String"
    NUMBER = "Number"
    BOOLEAN = "Boolean"
    DATE_TIME = "DateTime"
    LIST = "List"
    ANY = "Any"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; a repeating one is numbered where it is used (key1, key2, ...)."""

    name: str
    type: ValueType
    optional: bool = False
    repeating: bool = False

    @property
    def label(self) -> str:
        """The parameter as signature help shows it."""
        text = f"{self.name}: {self.type}"
        return f"[{text}]" if self.optional else text


@dataclass(frozen=True, slots=True)
class Example:
    """An expression, as it may be inserted, and what it gives, in words or as a value."""

    expression: str
    result: str


@dataclass(frozen=True, slots=True)
class Signature:
    """Name, parameters and result of a function, with what the help says about it.

    `minimum` and `maximum` count arguments; `maximum` is None where parameters repeat.
    """

    name: str
    parameters: tuple[Parameter, ...]
    result: ValueType
    documentation: str
    examples: tuple[Example, ...]
    minimum: int
    maximum: int | None
    extended: bool = False

    @property
    def label(self) -> str:
        """The signature on one line, as the documentation prints it."""
        inside = ", ".join(parameter.label for parameter in self.parameters)
        return f"{self.name}({inside}{', ...' if self.maximum is None else ''})"

    @property
    def summary(self) -> str:
        """The first paragraph of the documentation, on one line."""
        return " ".join(self.documentation.split("\n\n", maxsplit=1)[0].split())

    @property
    def repeating(self) -> tuple[Parameter, ...]:
        """The trailing parameters that repeat together."""
        return tuple(parameter for parameter in self.parameters if parameter.repeating)

    def parameter_at(self, index: int) -> Parameter | None:
        """The parameter that the argument at `index` (from 0) belongs to, numbered if repeating."""
        repeating = self.repeating
        fixed = len(self.parameters) - len(repeating)
        if index < fixed:
            return self.parameters[index]
        if not repeating:
            return None
        turn, place = divmod(index - fixed, len(repeating))
        name = repeating[place].name
        before = sum(each.name.startswith(name) for each in self.parameters[:fixed])
        return Parameter(f"{name}{before + turn + 1}", repeating[place].type)

    def accepts(self, count: int) -> bool:
        """True when the function can be called with that many arguments."""
        if self.maximum is not None:
            return self.minimum <= count <= self.maximum
        extra = count - (len(self.parameters) - len(self.repeating))
        return count >= self.minimum and extra >= 0 and extra % len(self.repeating) == 0

    @property
    def arity(self) -> str:
        """How many arguments are accepted, in words for a message."""
        if self.maximum is None:
            even = " and an even number of them" if len(self.repeating) == 2 else ""
            least = max(self.minimum, len(self.parameters) - len(self.repeating))
            return f"at least {_count(least)}{even}"
        if self.minimum == self.maximum:
            return _count(self.minimum)
        between = "or" if self.maximum == self.minimum + 1 else "to"
        return f"{self.minimum} {between} {self.maximum} arguments"


def _count(number: int) -> str:
    if number == 0:
        return "no arguments"
    return "1 argument" if number == 1 else f"{number} arguments"


Implementation = Callable[..., Value]


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the language.

    The implementation takes the arguments in their order and leaves out trailing ones that are not
    given; an omitted one is None. With `needs_context` the EvaluationContext comes first. A `lazy`
    implementation takes callables without arguments instead of values, and calls only those that
    it needs.
    """

    signature: Signature
    implementation: Implementation
    needs_context: bool = False
    lazy: bool = False

    @property
    def name(self) -> str:
        """The name by which expressions call it."""
        return self.signature.name


_SIGNATURE = re.compile(r"(?P<name>\w+)\((?P<parameters>[^)]*)\) -> (?P<result>\w+)")
_PARAMETER = re.compile(r"(?P<name>\w+)(?P<mark>[?*+]?): (?P<type>\w+)")


def function(
    signature: str,
    *examples: tuple[str, str],
    needs_context: bool = False,
    lazy: bool = False,
    extended: bool = False,
) -> Callable[[Implementation], Function]:
    """Make a Function of an implementation; its docstring becomes the documentation.

    `examples` are pairs of expression and result. Raises ValueError for a malformed signature.
    """

    def make(implementation: Implementation) -> Function:
        documentation = inspect.cleandoc(implementation.__doc__ or "")
        words = tuple(Example(expression, result) for expression, result in examples)
        parsed = _parse(signature, documentation, words, extended)
        return Function(parsed, implementation, needs_context, lazy)

    return make


def _parse(
    text: str, documentation: str, examples: tuple[Example, ...], extended: bool
) -> Signature:
    match = _SIGNATURE.fullmatch(text)
    if match is None:
        raise ValueError(f"not a signature: {text}")
    found = list(_PARAMETER.finditer(match["parameters"]))
    parameters = tuple(
        Parameter(
            name=each["name"],
            type=ValueType(each["type"]),
            optional=each["mark"] == "?",
            repeating=each["mark"] in ("*", "+"),
        )
        for each in found
    )
    minimum = sum(each["mark"] not in ("?", "*") for each in found)
    endless = any(parameter.repeating for parameter in parameters)
    return Signature(
        name=match["name"],
        parameters=parameters,
        result=ValueType(match["result"]),
        documentation=documentation,
        examples=examples,
        minimum=minimum,
        maximum=None if endless else len(parameters),
        extended=extended,
    )
