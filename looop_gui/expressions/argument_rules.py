"""Lint rules for arguments: their number, their types, and constants that cannot work."""

from collections.abc import Callable, Iterator

from looop_gui.expressions.calls import effective_arguments, resolve
from looop_gui.expressions.coercion import as_boolean, as_integer, shorten
from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.findings import Fix, LintFinding, Severity
from looop_gui.expressions.functions.date_parsing import read_styles
from looop_gui.expressions.functions.date_pattern import read_pattern
from looop_gui.expressions.functions.date_reading import read_date
from looop_gui.expressions.functions.dates import read_interval
from looop_gui.expressions.functions.letter_case import lower
from looop_gui.expressions.functions.regular_expressions import compile_pattern
from looop_gui.expressions.inference import SourceAttributes, value_type
from looop_gui.expressions.signatures import Function, Parameter, ValueType
from looop_gui.expressions.tree import (
    AttributeReference,
    Expression,
    FunctionCall,
    NumberLiteral,
    Omitted,
    StringLiteral,
)
from looop_gui.expressions.values import EvaluationOptions


def check_arguments(
    call: FunctionCall, text: str, attributes: SourceAttributes, options: EvaluationOptions
) -> Iterator[LintFinding]:
    """Findings about the arguments of one call; an unknown function is another rule's."""
    called = resolve(call, options)
    if isinstance(called, EvaluationError):
        if called.code == "wrong_arity":
            yield LintFinding("wrong-arity", Severity.ERROR, called.sentence, call.span)
        return
    arguments = effective_arguments(call, called)
    for index, argument in enumerate(arguments):
        parameter = _parameter(called, index, len(arguments))
        if parameter is None or isinstance(argument, Omitted):
            continue
        yield from _check_type(call, argument, parameter, text, attributes)
        yield from _check_constant(call, argument, parameter)
    yield from _check_required(call, called, arguments)


def _parameter(called: Function, index: int, count: int) -> Parameter | None:
    if called.name == "FormatDateTime" and count == 3 and index > 0:
        # The older form has no styles.
        index += 1
    return called.signature.parameter_at(index)


def _check_required(
    call: FunctionCall, called: Function, arguments: tuple[Expression, ...]
) -> Iterator[LintFinding]:
    for index, argument in enumerate(arguments):
        parameter = _parameter(called, index, len(arguments))
        if parameter and isinstance(argument, Omitted) and not parameter.optional:
            message = f"{parameter.name} of {call.name} is left empty, but it is needed."
            yield LintFinding("missing-argument", Severity.ERROR, message, call.span)


def _check_type(
    call: FunctionCall,
    argument: Expression,
    parameter: Parameter,
    text: str,
    attributes: SourceAttributes,
) -> Iterator[LintFinding]:
    actual = value_type(argument, attributes)
    wanted = parameter.type
    if actual is ValueType.LIST and wanted not in (ValueType.LIST, ValueType.ANY):
        message = f"{parameter.name} of {call.name} takes one value, but this gives several."
        inside = text[argument.span.start : argument.span.end]
        fix = Fix("Take the first value", argument.span, f"Item({inside}, 1)")
        yield LintFinding("wrong-type", Severity.ERROR, message, argument.span, fix)
    elif wanted is ValueType.NUMBER and actual in (ValueType.BOOLEAN, ValueType.DATE_TIME):
        message = f"{parameter.name} of {call.name} is a number, but this gives a {actual}."
        yield LintFinding("wrong-type", Severity.ERROR, message, argument.span)
    elif wanted is ValueType.LIST and isinstance(argument, StringLiteral | NumberLiteral):
        message = f"{parameter.name} of {call.name} is a multi-valued attribute, not a constant."
        yield LintFinding("wrong-type", Severity.ERROR, message, argument.span)
    elif wanted is ValueType.DATE_TIME and isinstance(argument, AttributeReference | StringLiteral):
        inside = text[argument.span.start : argument.span.end]
        message = f"{parameter.name} of {call.name} is a date; CDate makes one of a text."
        fix = Fix("Put it into CDate", argument.span, f"CDate({inside})")
        yield LintFinding("date-not-converted", Severity.WARNING, message, argument.span, fix)


def _check_constant(
    call: FunctionCall, argument: Expression, parameter: Parameter
) -> Iterator[LintFinding]:
    if not isinstance(argument, StringLiteral | NumberLiteral):
        return
    check = _CHECKS.get((call.name, parameter.name)) or _CHECKS_BY_TYPE.get(parameter.type)
    if check is None:
        return
    try:
        check(argument.value)
    except EvaluationError as error:
        value = shorten(argument.value)
        message = f"{value} cannot be the {parameter.name} of {call.name}. {error.sentence}"
        yield LintFinding("wrong-argument", Severity.ERROR, message, argument.span)


def _check_number(text: str) -> None:
    as_integer(text, "It")


def _check_styles(text: str) -> None:
    if text:
        read_styles(text)


def _check_culture(text: str) -> None:
    lower("", text)


_CHECKS_BY_TYPE: dict[ValueType, Callable[[str], object]] = {
    ValueType.NUMBER: _check_number,
    ValueType.BOOLEAN: as_boolean,
    ValueType.DATE_TIME: read_date,
}

_CHECKS: dict[tuple[str, str], Callable[[str], object]] = {
    ("Replace", "regexPattern"): compile_pattern,
    ("DateAdd", "interval"): read_interval,
    ("DateDiff", "interval"): read_interval,
    ("CDate", "expression"): read_date,
    ("NumFromDate", "value"): read_date,
    ("FormatDateTime", "dateTimeStyles"): _check_styles,
    ("FormatDateTime", "inputFormat"): read_pattern,
    ("FormatDateTime", "outputFormat"): read_pattern,
    ("ToLower", "culture"): _check_culture,
    ("ToUpper", "culture"): _check_culture,
}
