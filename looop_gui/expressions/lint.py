"""Lint: what is wrong with an expression, or doubtful, before it meets a person.

Errors are what the service refuses or what fails for everybody; warnings cite a documented
limitation (reference sections c.2, c.6, d.2, d.3). Each rule is a generator of findings over one
node; `lint_expression` is their table of contents.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from looop_gui.expressions.argument_rules import check_arguments
from looop_gui.expressions.findings import Fix, LintFinding, Severity, nearest
from looop_gui.expressions.function_rules import (
    check_coalesce,
    check_concatenation,
    check_iif,
    check_keyword,
    check_mid,
    check_roles,
    check_switch,
)
from looop_gui.expressions.functions.table import FUNCTIONS
from looop_gui.expressions.inference import SourceAttributes, value_type
from looop_gui.expressions.parser import parse_recovering
from looop_gui.expressions.signatures import ValueType
from looop_gui.expressions.tree import AttributeReference, Expression, FunctionCall, Span, descend
from looop_gui.expressions.values import DEFAULT_OPTIONS, EvaluationOptions
from looop_gui.model.mapping import AttributeDefinition


@dataclass(frozen=True, slots=True)
class ExpressionUse:
    """Where an expression is used, as far as lint has to know.

    `target` is the definition of the target attribute, None if it is not known; `matching` tells
    that objects are matched by it.
    """

    attributes: SourceAttributes = field(default_factory=SourceAttributes)
    options: EvaluationOptions = DEFAULT_OPTIONS
    target: AttributeDefinition | None = None
    matching: bool = False


def lint_expression(text: str, use: ExpressionUse | None = None) -> tuple[LintFinding, ...]:
    """All findings about a text, in the order of their places; syntax errors come alone."""
    use = use or ExpressionUse()
    parsed = parse_recovering(text)
    if parsed.errors or parsed.tree is None:
        return tuple(
            LintFinding(
                "syntax-error",
                Severity.ERROR,
                error.message,
                Span(error.position, error.position + error.length),
            )
            for error in parsed.errors
        )
    found = [*_check_nodes(parsed.tree, text, use), *_check_whole(parsed.tree, text, use)]
    return tuple(sorted(found, key=lambda finding: (finding.span.start, finding.span.end)))


def _check_nodes(tree: Expression, text: str, use: ExpressionUse) -> Iterator[LintFinding]:
    for node in descend(tree):
        for rule in _RULES:
            yield from rule(node, text, use)


def _check_whole(tree: Expression, text: str, use: ExpressionUse) -> Iterator[LintFinding]:
    yield from _check_select_unique_value(tree, text, use)
    target = use.target
    if target is None or target.multivalued:
        return
    if value_type(tree, use.attributes) is ValueType.LIST:
        whole = text[tree.span.start : tree.span.end]
        yield LintFinding(
            "multi-valued-to-single",
            Severity.ERROR,
            f"The expression can give several values, but {target.name} takes one.",
            tree.span,
            Fix("Take the first value", tree.span, f"Item({whole}, 1)"),
        )


def _check_select_unique_value(
    tree: Expression, text: str, use: ExpressionUse
) -> Iterator[LintFinding]:
    for node in descend(tree):
        if not isinstance(node, FunctionCall) or node.name != "SelectUniqueValue":
            continue
        first = node.arguments[0] if node.arguments else None
        if use.matching:
            identifier = "select-unique-value-matching"
            message = "SelectUniqueValue cannot be used for an attribute that objects match by."
        elif node is not tree:
            identifier = "select-unique-value-nested"
            message = "SelectUniqueValue must stand at the top of the expression."
        else:
            identifier = "select-unique-value"
            message = (
                "SelectUniqueValue works only from cloud HR to Active Directory, "
                "not for an application."
            )
        fix = None
        if first is not None and first.span.length:
            inside = text[first.span.start : first.span.end]
            fix = Fix("Use its first value", node.span, inside)
        yield LintFinding(identifier, Severity.ERROR, message, node.span, fix)


def _check_function(node: Expression, text: str, use: ExpressionUse) -> Iterator[LintFinding]:
    if not isinstance(node, FunctionCall):
        return
    known = FUNCTIONS.get(node.name)
    if known is not None and known.signature.extended and not use.options.extended:
        yield LintFinding(
            "extended-function",
            Severity.ERROR,
            f"{node.name} is documented for cloud sync only. Admit the extended functions in the "
            "settings to use it.",
            node.name_span,
        )
    elif known is None:
        names = tuple(
            name
            for name, each in FUNCTIONS.items()
            if use.options.extended or not each.signature.extended
        )
        yield _unknown("function", node.name, node.name_span, nearest(node.name, names), "{}")


def _check_attribute(node: Expression, text: str, use: ExpressionUse) -> Iterator[LintFinding]:
    known = use.attributes.definitions
    if isinstance(node, AttributeReference) and known and node.name not in known:
        closest = nearest(node.name, tuple(known))
        yield _unknown("attribute", node.name, node.span, closest, "[{}]")


def _unknown(kind: str, name: str, span: Span, closest: str | None, form: str) -> LintFinding:
    message = f"There is no {kind} {name}."
    fix = None
    if closest is not None:
        message += f" Did you mean {closest}?"
        fix = Fix(f"Change to {closest}", span, form.format(closest))
    return LintFinding(f"unknown-{kind}", Severity.ERROR, message, span, fix)


def _arguments(node: Expression, text: str, use: ExpressionUse) -> Iterator[LintFinding]:
    if isinstance(node, FunctionCall):
        yield from check_arguments(node, text, use.attributes, use.options)


def _functions(node: Expression, text: str, use: ExpressionUse) -> Iterator[LintFinding]:
    yield from check_concatenation(node, text)
    yield from check_keyword(node)
    if isinstance(node, FunctionCall):
        yield from check_iif(node, text, use.attributes)
        yield from check_switch(node, text, use.attributes)
        yield from check_coalesce(node, use.attributes)
        yield from check_roles(node)
        yield from check_mid(node)


_Rule = Callable[[Expression, str, ExpressionUse], Iterator[LintFinding]]

_RULES: tuple[_Rule, ...] = (_check_function, _check_attribute, _arguments, _functions)
