"""The step-through: the value of every part of an expression for one object."""

from collections.abc import Mapping
from dataclasses import dataclass

from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.printer import print_expression
from looop_gui.expressions.tree import Expression, Omitted, Span, children
from looop_gui.expressions.values import (
    DEFAULT_OPTIONS,
    EvaluationContext,
    EvaluationOptions,
    Value,
)
from looop_gui.expressions.walk import walk
from looop_gui.model.directory import AttributeValue


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One part of an expression and what came of it.

    `depth` is 0 for the whole expression. A part that was not `evaluated`, as the other branch of
    an IIF, has neither a value nor an error.
    """

    text: str
    span: Span
    depth: int
    evaluated: bool
    value: Value = None
    error: EvaluationError | None = None


def trace(
    tree: Expression,
    attributes: Mapping[str, AttributeValue],
    context: EvaluationContext,
    options: EvaluationOptions = DEFAULT_OPTIONS,
) -> tuple[TraceStep, ...]:
    """All parts of the expression, each before its own parts, in the order of the text.

    An error is a part's outcome and is never raised. Random values are those of one evaluation.
    """
    outcomes: dict[int, Value | EvaluationError] = {}

    def observe(node: Expression, outcome: Value | EvaluationError) -> None:
        # Two equal nodes at different places have different outcomes: the place decides.
        outcomes[id(node)] = outcome

    try:
        walk(tree, attributes, context, options, observe)
    except EvaluationError as error:
        outcomes[id(tree)] = error
    return tuple(
        _step(node, depth, outcomes) for node, depth in _with_depth(tree) if _is_shown(node)
    )


def _with_depth(tree: Expression) -> list[tuple[Expression, int]]:
    found: list[tuple[Expression, int]] = []
    pending = [(tree, 0)]
    while pending:
        node, depth = pending.pop()
        found.append((node, depth))
        pending.extend((child, depth + 1) for child in reversed(children(node)))
    return found


def _is_shown(node: Expression) -> bool:
    return not isinstance(node, Omitted)


def _step(
    node: Expression, depth: int, outcomes: Mapping[int, Value | EvaluationError]
) -> TraceStep:
    text = print_expression(node)
    if id(node) not in outcomes:
        return TraceStep(text, node.span, depth, evaluated=False)
    outcome = outcomes[id(node)]
    if isinstance(outcome, EvaluationError):
        return TraceStep(text, node.span, depth, evaluated=True, error=outcome)
    return TraceStep(text, node.span, depth, evaluated=True, value=outcome)
