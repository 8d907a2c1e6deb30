"""Compiling: an expression, or all mappings of an object, becomes one Python function."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from looop_gui.expressions.coercion import FlowSignal
from looop_gui.expressions.errors import EvaluationError, ExpressionSyntaxError
from looop_gui.expressions.generate import Generator
from looop_gui.expressions.parser import parse
from looop_gui.expressions.tree import Expression, FunctionCall, attributes_of, descend
from looop_gui.expressions.values import (
    DEFAULT_OPTIONS,
    EvaluationContext,
    EvaluationOptions,
    Result,
)
from looop_gui.model.directory import AttributeValue
from looop_gui.model.mapping import AttributeMapping, MappingType

Attributes = Mapping[str, AttributeValue]


@dataclass(frozen=True, slots=True)
class CompiledExpression:
    """An expression ready to be evaluated for any number of objects.

    `attributes` are the names of the source attributes that it reads; `redacted` tells that its
    value must be shown as [Redact] in logs (reference section d.3, Redact).
    """

    tree: Expression
    attributes: frozenset[str]
    redacted: bool
    _run: Callable[[Callable[[str], AttributeValue | None], EvaluationContext], Result]

    def __call__(self, attributes: Attributes, context: EvaluationContext) -> Result:
        """The value for one object. Raises EvaluationError when it has none."""
        try:
            return self._run(attributes.get, context)
        except FlowSignal as signal:
            return signal.keyword


def compile_expression(
    expression: Expression | str, options: EvaluationOptions = DEFAULT_OPTIONS
) -> CompiledExpression:
    """The compiled form of a tree or a text. Raises ExpressionSyntaxError for a wrong text.

    A function that does not exist, or has the wrong number of arguments, is an EvaluationError
    when it is evaluated; lint finds it before.
    """
    tree = parse(expression) if isinstance(expression, str) else expression
    generator = Generator(options)
    source = f"def run(get, context):\n    return {generator.expression(tree)}"
    run = generator.build(source, "run")
    return CompiledExpression(tree, attributes_of(tree), is_redacted(tree), run)


def is_redacted(tree: Expression) -> bool:
    """True when a part of the value comes out of Redact."""
    return any(isinstance(node, FunctionCall) and node.name == "Redact" for node in descend(tree))


@dataclass(frozen=True, slots=True)
class CompiledMappings:
    """All attribute mappings of an object type as one function.

    The result has one element a mapping, in their order; a mapping that fails gives its
    EvaluationError and does not disturb the others. `redacted` tells for each mapping whether its
    value must be hidden in logs.
    """

    attributes: frozenset[str]
    redacted: tuple[bool, ...]
    _run: Callable[
        [Callable[[str], AttributeValue | None], EvaluationContext], list[Result | EvaluationError]
    ]

    def __call__(
        self, attributes: Attributes, context: EvaluationContext
    ) -> list[Result | EvaluationError]:
        """The values of all mappings for one object."""
        return self._run(attributes.get, context)


def compile_mappings(
    mappings: Sequence[AttributeMapping], options: EvaluationOptions = DEFAULT_OPTIONS
) -> CompiledMappings:
    """The compiled form of all mappings of an object (reference section c.1).

    Direct copies, Constant gives its text, None gives nothing. An expression with a syntax error
    gives an EvaluationError for every object.
    """
    generator = Generator(options)
    attributes: set[str] = set()
    redacted: list[bool] = []
    lines = ["def run(get, context):"]
    values: list[str] = []
    for number, mapping in enumerate(mappings):
        tree = _tree_of(mapping)
        redacted.append(not isinstance(tree, str) and tree is not None and is_redacted(tree))
        if mapping.mapping_type is MappingType.DIRECT:
            attributes.add(mapping.source)
            values.append(f"get({mapping.source!r})")
        elif mapping.mapping_type is MappingType.CONSTANT:
            values.append(repr(mapping.source))
        elif tree is None:
            values.append("None")
        else:
            source, read = _guarded(generator, tree)
            attributes |= read
            lines += [
                "    try:",
                f"        r{number} = {source}",
                "    except EvaluationError as error:",
                f"        r{number} = error",
                "    except FlowSignal as signal:",
                f"        r{number} = signal.keyword",
            ]
            values.append(f"r{number}")
    lines.append(f"    return [{', '.join(values)}]")
    run = generator.build("\n".join(lines), "run")
    return CompiledMappings(frozenset(attributes), tuple(redacted), run)


def _tree_of(mapping: AttributeMapping) -> Expression | str | None:
    """The tree of an Expression mapping, or the sentence that says why it has none."""
    if mapping.mapping_type is not MappingType.EXPRESSION:
        return None
    try:
        return parse(mapping.source)
    except ExpressionSyntaxError as error:
        return error.message


def _guarded(generator: Generator, tree: Expression | str) -> tuple[str, frozenset[str]]:
    if isinstance(tree, str):
        return f"fail('syntax', {tree!r})", frozenset()
    return generator.expression(tree), attributes_of(tree)
