"""Expressions in Graph's attributeMappingSource form, to and fro (reference sections d.1 and j).

`{expression, name, type, parameters: [{key, value: <source>}]}`: constants are texts with the bare
text as their name, empty arguments are left out. Replace has keys of its own (Find, Replacement);
those of its other parameters were never published and are written by their documented names.
Operators, of which Graph shows no sample, are written as functions named by the operator's sign.
"""

from collections.abc import Mapping
from typing import Any

from looop_gui.expressions.errors import ExpressionSyntaxError
from looop_gui.expressions.functions.table import FUNCTIONS
from looop_gui.expressions.parser import MAX_NESTING, parse
from looop_gui.expressions.printer import print_expression, quote
from looop_gui.expressions.tree import (
    AttributeReference,
    Comparison,
    Concatenation,
    Expression,
    FunctionCall,
    Keyword,
    NumberLiteral,
    Omitted,
    Operator,
    StringLiteral,
)

GraphSource = dict[str, Any]

_KEYS = {
    "Replace": {"oldValue": "Find", "replacementValue": "Replacement"},
}
"""Graph's keys where they differ from the documented names of the parameters."""

_OPERATORS = {operator.value: operator for operator in Operator}


def to_graph(tree: Expression) -> GraphSource:
    """The expression as Graph stores it: an Attribute, a Constant or a Function."""
    match tree:
        case AttributeReference(name=name):
            return _source(print_expression(tree), name, "Attribute")
        case StringLiteral(value=value) | NumberLiteral(value=value):
            return _source(quote(value), value, "Constant")
        case FunctionCall(name=name, arguments=arguments):
            return _function(tree, name, _keyed(name, arguments))
        case Comparison(operator=operator, left=left, right=right):
            return _function(tree, operator.value, [("left", left), ("right", right)])
        case Concatenation(operands=operands):
            keyed = [(f"source{number}", each) for number, each in enumerate(operands, start=1)]
            return _function(tree, "&", keyed)
        case Keyword(name=keyword):
            return _source(keyword.value, keyword.value, "Constant")
        case _:
            return _source('""', "", "Constant")


def _source(expression: str, name: str, kind: str) -> GraphSource:
    return {"expression": expression, "name": name, "parameters": [], "type": kind}


def _function(tree: Expression, name: str, keyed: list[tuple[str, Expression]]) -> GraphSource:
    source = _source(print_expression(tree), name, "Function")
    source["parameters"] = [
        {"key": key, "value": to_graph(node)}
        for key, node in keyed
        if not isinstance(node, Omitted)
    ]
    return source


def _keyed(name: str, arguments: tuple[Expression, ...]) -> list[tuple[str, Expression]]:
    return [(_key(name, index), node) for index, node in enumerate(arguments)]


def _key(name: str, index: int) -> str:
    known = FUNCTIONS.get(name)
    parameter = known.signature.parameter_at(index) if known else None
    if parameter is None:
        return f"argument{index + 1}"
    return _KEYS.get(name, {}).get(parameter.name, parameter.name)


def from_graph(source: Mapping[str, Any]) -> Expression:
    """The tree of a source. Raises ExpressionSyntaxError when it can be understood in no way.

    The text in `expression` is what counts; the parameters are read only where there is no text.
    An Attribute and a Constant are read from their name.
    """
    return _from_graph(source, 0)


def _from_graph(source: Mapping[str, Any], depth: int) -> Expression:
    if depth > MAX_NESTING:
        raise _not_understood(f"functions are nested more than {MAX_NESTING} deep")
    kind, name = str(source.get("type") or "Attribute").casefold(), source.get("name")
    text = source.get("expression")
    if kind == "constant" and isinstance(name, str):
        return _constant(name, text)
    if isinstance(text, str) and text.strip():
        return parse(text)
    if not isinstance(name, str) or not name:
        raise _not_understood("it has neither an expression nor a name")
    if kind == "attribute":
        return AttributeReference(name)
    if kind == "constant":
        return StringLiteral(name)
    return _from_parameters(name, source.get("parameters"), depth)


def _constant(name: str, text: object) -> Expression:
    """A keyword if the text is one, else the constant's bare text."""
    if text == name:
        try:
            tree = parse(name)
        except ExpressionSyntaxError:
            return StringLiteral(name)
        if isinstance(tree, Keyword):
            return tree
    return StringLiteral(name)


def _from_parameters(name: str, parameters: object, depth: int) -> Expression:
    pairs = parameters if isinstance(parameters, list) else []
    read: list[tuple[str, Expression]] = []
    for pair in pairs:
        value = pair.get("value") if isinstance(pair, Mapping) else None
        if not isinstance(pair, Mapping) or not isinstance(value, Mapping):
            raise _not_understood(f"a parameter of {name} has no value")
        read.append((str(pair.get("key")), _from_graph(value, depth + 1)))
    operands = tuple(node for _, node in read)
    if name in _OPERATORS and len(operands) == 2:
        return Comparison(_OPERATORS[name], *operands)
    if name == "&" and len(operands) > 1:
        return Concatenation(operands)
    return FunctionCall(name, _placed(name, read))


def _placed(name: str, read: list[tuple[str, Expression]]) -> tuple[Expression, ...]:
    """The arguments in their places: between two that are known, missing ones are empty."""
    places = {_key(name, index).casefold(): index for index in range(_widest(name, len(read)))}
    arguments: list[Expression] = []
    for key, node in read:
        place = places.get(key.casefold(), len(arguments))
        arguments += [Omitted()] * (place + 1 - len(arguments))
        arguments[place] = node
    known = FUNCTIONS.get(name)
    if known and known.signature.maximum and known.name == "Replace":
        arguments += [Omitted()] * (known.signature.maximum - len(arguments))
    return tuple(arguments)


def _widest(name: str, given: int) -> int:
    known = FUNCTIONS.get(name)
    if known is None:
        return 0
    return given * 2 + len(known.signature.parameters)


def _not_understood(reason: str) -> ExpressionSyntaxError:
    return ExpressionSyntaxError(0, 0, f"The mapping source cannot be understood: {reason}.")
