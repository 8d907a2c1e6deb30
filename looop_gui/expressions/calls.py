"""What a call means before it is evaluated: which function, with which arguments."""

from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.functions.table import find_function
from looop_gui.expressions.signatures import Function
from looop_gui.expressions.tree import Expression, FunctionCall, Omitted
from looop_gui.expressions.values import EvaluationOptions


def resolve(call: FunctionCall, options: EvaluationOptions) -> Function | EvaluationError:
    """The function that a call means, or why it means none: an unknown name, a wrong arity."""
    found = find_function(call.name, options)
    if found is None:
        return EvaluationError("unknown_function", f"There is no function {call.name}.")
    count = len(effective_arguments(call, found))
    if not found.signature.accepts(count):
        sentence = f"{call.name} takes {found.signature.arity}, not {count}."
        return EvaluationError("wrong_arity", sentence)
    return found


def effective_arguments(call: FunctionCall, called: Function) -> tuple[Expression, ...]:
    """The arguments without trailing empty ones that the function does not take (d.1 rule 4)."""
    arguments = call.arguments
    while arguments and isinstance(arguments[-1], Omitted):
        if called.signature.accepts(len(arguments)) and called.name != "FormatDateTime":
            break
        arguments = arguments[:-1]
    return arguments
