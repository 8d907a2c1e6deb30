"""The compiled form agrees with the tree walk, whatever the expression and the attributes."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from looop_gui.expressions.compile import compile_expression, compile_mappings
from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.functions.table import FUNCTIONS
from looop_gui.expressions.parser import MAX_NESTING
from looop_gui.expressions.printer import print_expression
from looop_gui.expressions.signatures import Signature
from looop_gui.expressions.trace import trace
from looop_gui.expressions.tree import (
    AttributeReference,
    Comparison,
    Concatenation,
    Expression,
    FunctionCall,
    Keyword,
    KeywordName,
    NumberLiteral,
    Omitted,
    Operator,
    StringLiteral,
)
from looop_gui.expressions.values import EvaluationContext, EvaluationOptions, FlowControl
from looop_gui.expressions.walk import walk
from looop_gui.model.mapping import AttributeMapping, MappingType

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

OPTIONS = EvaluationOptions(extended=True)
WORDS = [
    "",
    "a",
    "Ann Lee",
    "True",
    "False",
    "1",
    "-7",
    "2020-03-16",
    "d",
    "yyyy-MM-dd",
    "(a)",
    "é",
]
VALUES = st.one_of(st.sampled_from(WORDS), st.lists(st.sampled_from(WORDS), max_size=3).map(tuple))
ATTRIBUTES = st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES, max_size=3)

LEAVES = st.one_of(
    st.sampled_from(["a", "b", "c", "gone"]).map(AttributeReference),
    st.sampled_from(WORDS).map(StringLiteral),
    st.sampled_from(["0", "1", "2", "-1", "3.5", "&HF"]).map(NumberLiteral),
    st.sampled_from(KeywordName).map(Keyword),
)


def compound(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    """Calls with a fitting number of arguments (mostly), concatenations and comparisons."""
    operands = inner.filter(lambda node: not isinstance(node, Comparison | Concatenation))
    arguments = st.lists(st.one_of(inner, st.just(Omitted())), min_size=1, max_size=7)

    def call(signature: Signature, given: list[Expression]) -> FunctionCall:
        wanted = max(signature.minimum, len(given) % ((signature.maximum or 6) + 1))
        filled = [given[place % len(given)] for place in range(wanted)]
        return FunctionCall(signature.name, tuple(filled))

    signatures = st.sampled_from(sorted(FUNCTIONS)).map(lambda name: FUNCTIONS[name].signature)
    return st.one_of(
        st.builds(call, signatures, arguments),
        st.lists(operands, min_size=2, max_size=3).map(lambda each: Concatenation(tuple(each))),
        st.builds(Comparison, st.sampled_from(Operator), operands, operands),
    )


TREES = st.recursive(LEAVES, compound, max_leaves=15)


def context() -> EvaluationContext:
    return EvaluationContext(
        datetime(2025, 7, 30, tzinfo=UTC), random.Random(3), frozenset({"a"}), "contoso.com"
    )


def outcome(evaluate: Any, attributes: Any) -> object:
    """The value, or the code of the error."""
    try:
        return evaluate(attributes, context())
    except EvaluationError as error:
        return error.code, error.sentence


@settings(max_examples=150, deadline=None)
@given(TREES, ATTRIBUTES)
def test_compiled_is_walked(tree: Expression, attributes: dict[str, Any]) -> None:
    compiled = compile_expression(tree, OPTIONS)
    walked = outcome(lambda a, c: walk(tree, a, c, OPTIONS), attributes)
    assert outcome(compiled, attributes) == walked
    if not isinstance(walked, tuple):
        assert walked is None or isinstance(walked, str | FlowControl)


@settings(max_examples=100, deadline=None)
@given(st.lists(TREES, max_size=5), ATTRIBUTES)
def test_all_mappings_at_once_are_each_alone(
    trees: list[Expression], attributes: dict[str, Any]
) -> None:
    rows = [
        AttributeMapping(f"t{number}", MappingType.EXPRESSION, print_expression(tree))
        for number, tree in enumerate(trees)
    ]
    together = compile_mappings(rows, OPTIONS)(attributes, context())
    assert len(together) == len(rows)
    for row, result in zip(rows, together, strict=True):
        alone = outcome(compile_expression(row.source, OPTIONS), attributes)
        if "Guid()" in row.source or "RandomString(" in row.source:
            continue
        shown = (result.code, result.sentence) if isinstance(result, EvaluationError) else result
        assert shown == alone


@settings(max_examples=100, deadline=None)
@given(TREES, ATTRIBUTES)
def test_the_trace_begins_with_the_result(tree: Expression, attributes: dict[str, Any]) -> None:
    first, *others = trace(tree, attributes, context(), OPTIONS)
    walked = outcome(lambda a, c: walk(tree, a, c, OPTIONS), attributes)
    if first.error is not None:
        assert walked == (first.error.code, first.error.sentence)
    else:
        assert walked == first.value
    assert all(step.depth > 0 for step in others)
    assert all(step.evaluated or (step.value, step.error) == (None, None) for step in others)


def test_deep_trees_evaluate_alike() -> None:
    for name in ("Not", "IIF", "Switch", "Coalesce", "Join"):
        tree: Expression = AttributeReference("a")
        for _ in range(MAX_NESTING):
            arguments = {
                "IIF": (Comparison(Operator.EQUAL, tree, StringLiteral("x")), tree, Omitted()),
                "Switch": (AttributeReference("a"), tree, StringLiteral("y"), tree),
                "Coalesce": (AttributeReference("gone"), tree),
                "Join": (StringLiteral("-"), tree),
            }.get(name, (tree,))
            # The same branch twice would double the work a level.
            if name == "IIF":
                arguments = (AttributeReference("a"), tree, Omitted())
            if name == "Switch":
                arguments = (AttributeReference("a"), tree, StringLiteral("y"), Omitted())
            tree = FunctionCall(name, arguments)
        attributes = {"a": "True"}
        compiled = outcome(compile_expression(tree, OPTIONS), attributes)
        assert compiled == outcome(lambda a, c, t=tree: walk(t, a, c, OPTIONS), attributes)
        assert compiled in ("True", "False")
