"""Trees as text: on one line as the service prints them, or over several lines to be read."""

from looop_gui.expressions.tree import (
    AttributeReference,
    Comparison,
    Concatenation,
    Expression,
    FunctionCall,
    Keyword,
    NumberLiteral,
    Omitted,
    StringLiteral,
)

_INDENT = "    "


def print_expression(tree: Expression) -> str:
    """The expression on one line, with a blank after each comma, as the service stores it."""
    match tree:
        case FunctionCall(name=name, arguments=arguments):
            return f"{name}({', '.join(map(print_expression, arguments))})"
        case Comparison(operator=operator, left=left, right=right):
            return f"{print_expression(left)} {operator} {print_expression(right)}"
        case Concatenation(operands=operands):
            return " & ".join(map(print_expression, operands))
        case _:
            return _print_leaf(tree)


def _print_leaf(tree: Expression) -> str:
    match tree:
        case AttributeReference(name=name):
            return f"[{name}]"
        case StringLiteral(value=value):
            return quote(value)
        case NumberLiteral(text=text):
            return text
        case Keyword(name=name):
            return name
        case _:
            return ""


def quote(text: str) -> str:
    """A text constant in double quotes, with backslash and double quote escaped (d.1 rule 3)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def format_expression(tree: Expression, width: int = 80) -> str:
    """The expression over as many lines as it takes to keep within `width` characters.

    A function that does not fit has one argument a line; Switch keeps its pairs together. A text
    constant is never broken, so a line can be longer.
    """
    return "\n".join(_lines(tree, width, ""))


def _lines(tree: Expression, width: int, indent: str) -> list[str]:
    text = print_expression(tree)
    if len(indent) + len(text) <= width or not isinstance(tree, FunctionCall):
        return [indent + text]
    if not tree.arguments:
        return [indent + text]
    lines = [f"{indent}{tree.name}("]
    rows = _rows(tree)
    for number, row in enumerate(rows):
        ending = "," if number < len(rows) - 1 else ""
        block = _row_lines(row, width, indent + _INDENT)
        lines += [*block[:-1], block[-1] + ending]
    return [*lines, f"{indent})"]


def _rows(call: FunctionCall) -> list[tuple[Expression, ...]]:
    """The arguments that share a line: a key with its value, empty ones with what follows."""
    arguments = call.arguments
    if call.name == "Switch" and len(arguments) > 2:
        pairs = [tuple(arguments[at : at + 2]) for at in range(2, len(arguments), 2)]
        return [arguments[:2], *pairs]
    rows: list[tuple[Expression, ...]] = []
    for argument in arguments:
        if isinstance(argument, Omitted) and rows:
            rows[-1] = (*rows[-1], argument)
        else:
            rows.append((argument,))
    return rows


def _row_lines(row: tuple[Expression, ...], width: int, indent: str) -> list[str]:
    joined = indent + ", ".join(map(print_expression, row))
    if len(joined) + 1 <= width:
        return [joined]
    lines: list[str] = []
    for number, argument in enumerate(row):
        ending = "," if number < len(row) - 1 else ""
        block = _lines(argument, width, indent)
        lines += [*block[:-1], block[-1] + ending]
    return lines
