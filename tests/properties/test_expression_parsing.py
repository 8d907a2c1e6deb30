"""Any text is an expression or an ExpressionSyntaxError; any tree survives print and parse."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from looop_gui.expressions.errors import EvaluationError, ExpressionSyntaxError
from looop_gui.expressions.findings import nearest
from looop_gui.expressions.functions.regular_expressions import compile_pattern, replace_matches
from looop_gui.expressions.functions.table import FUNCTIONS
from looop_gui.expressions.graph_form import from_graph, to_graph
from looop_gui.expressions.lexer import TokenKind, tokenize
from looop_gui.expressions.lint import lint_expression
from looop_gui.expressions.parser import MAX_LENGTH, MAX_NESTING, parse, parse_recovering
from looop_gui.expressions.printer import format_expression, print_expression
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
    descend,
)

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

LEAVES = st.one_of(
    st.text(st.characters(exclude_characters="[]\r\n"), min_size=1, max_size=8).map(
        AttributeReference
    ),
    st.text(max_size=8).map(StringLiteral),
    st.from_regex(r"-?[0-9]{1,12}(\.[0-9]{1,4})?", fullmatch=True)
    .filter(str.isascii)
    .map(NumberLiteral),
    st.from_regex(r"&H[0-9A-F]{1,8}", fullmatch=True).map(NumberLiteral),
    st.sampled_from(KeywordName).map(Keyword),
)
NAMES = st.one_of(
    st.sampled_from(sorted(FUNCTIONS)), st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,6}", fullmatch=True)
)


def compound(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    """Calls, concatenations and comparisons of smaller expressions."""
    operands = inner.filter(lambda node: not isinstance(node, Comparison | Concatenation))
    joined = st.lists(operands, min_size=2, max_size=3).map(lambda each: Concatenation(tuple(each)))
    sides = st.one_of(operands, joined)
    arguments = st.lists(st.one_of(inner, st.just(Omitted())), max_size=5).filter(
        lambda each: each != [Omitted()]
    )
    return st.one_of(
        st.builds(lambda name, each: FunctionCall(name, tuple(each)), NAMES, arguments),
        joined,
        st.builds(Comparison, st.sampled_from(Operator), sides, sides),
    )


TREES = st.recursive(LEAVES, compound, max_leaves=12)
LANGUAGE = st.lists(
    st.sampled_from([*'()[]",&<>=\\ \n-.+', *"abHI019", "Join(", "IIF(", "[a]", '"x"', "é", "\0"]),
    max_size=60,
).map("".join)


@settings(max_examples=200)
@given(TREES)
def test_print_and_parse_are_inverse(tree: Expression) -> None:
    assert parse(print_expression(tree)) == tree


@settings(max_examples=100)
@given(TREES, st.integers(0, 100))
def test_formatting_changes_only_white_space(tree: Expression, width: int) -> None:
    assert parse(format_expression(tree, width)) == tree


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=80), LANGUAGE))
def test_any_text_parses_or_is_a_syntax_error(text: str) -> None:
    result = parse_recovering(text)
    assert result.tree is not None or result.errors
    for error in result.errors:
        assert 0 <= error.position <= error.position + error.length <= len(text)
        assert error.message
    if result.errors:
        with pytest.raises(ExpressionSyntaxError) as raised:
            parse(text)
        assert raised.value.message == result.errors[0].message
    else:
        assert parse(print_expression(parse(text))) == result.tree


@settings(max_examples=200)
@given(LANGUAGE)
def test_tokens_cover_the_text(text: str) -> None:
    tokens = tokenize(text)
    assert tokens[-1].kind is TokenKind.END
    position = 0
    for token in tokens:
        assert not text[position : token.span.start].strip()
        assert text[token.span.start : token.span.end] == token.text
        position = token.span.end
    assert position == len(text)


@settings(max_examples=100)
@given(TREES)
def test_spans_point_at_their_text(tree: Expression) -> None:
    text = print_expression(tree)
    for node in descend(parse(text)):
        if not isinstance(node, Omitted):
            assert parse(text[node.span.start : node.span.end]) == node


@settings(max_examples=100)
@given(TREES)
def test_graph_form_is_lossless(tree: Expression) -> None:
    """Section d.1 rule 9; a lone number is a constant there, which is a text."""
    read = from_graph(to_graph(tree))
    assert read == (StringLiteral(tree.value) if isinstance(tree, NumberLiteral) else tree)


@settings(max_examples=150)
@given(st.one_of(TREES.map(print_expression), LANGUAGE))
def test_lint_never_fails_and_points_into_the_text(text: str) -> None:
    for finding in lint_expression(text):
        assert 0 <= finding.span.start <= finding.span.end <= len(text)
        assert finding.message
        if finding.fix is not None:
            assert parse_recovering(finding.fix.apply(text)).errors == ()


PIECES = [*"ab01()[]{}*+?.^$|\\-,<>:=!#'&~é", "(?", "\\d", "(?<n>", "{2}", "[^"]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=24).map("".join),
    st.text("ab01 \n", max_size=12),
    st.text("$1{n}&`'+_\\", max_size=8),
)
def test_any_pattern_matches_or_is_an_error(pattern: str, text: str, replacement: str) -> None:
    assert matched(pattern, text, replacement) in ("text", "wrong_pattern", "too_slow", "too_long")


def matched(pattern: str, text: str, replacement: str) -> str:
    try:
        result = replace_matches(compile_pattern(pattern), text, replacement)
    except EvaluationError as error:
        return error.code
    return "text" if isinstance(result, str) else "nothing"


@given(st.text(max_size=10), st.lists(st.text(max_size=10), max_size=5))
def test_the_nearest_name_is_one_of_them(name: str, known: list[str]) -> None:
    found = nearest(name, tuple(known))
    assert found is None or found in known


@pytest.mark.parametrize("opening", ["Not(", "IIF([a]=", "Switch([a],", 'Join("",', "f([a]&f("])
def test_deep_nesting_is_an_error(opening: str) -> None:
    for depth in (MAX_NESTING + 1, 400, MAX_LENGTH // len(opening)):
        with pytest.raises(ExpressionSyntaxError, match=f"more than {MAX_NESTING} deep"):
            parse(opening * depth)


def test_the_deepest_nesting_is_evaluated() -> None:
    text = "Not(" * MAX_NESTING + '"True"' + ")" * MAX_NESTING
    tree = parse(text)
    assert print_expression(tree) == text
    assert lint_expression(text) == ()
    assert from_graph(to_graph(tree)) == tree


def test_the_longest_text() -> None:
    text = "&".join(["1"] * (MAX_LENGTH // 2))
    assert len(text) == MAX_LENGTH - 1
    assert print_expression(parse(text)).count("&") == MAX_LENGTH // 2 - 1
    with pytest.raises(ExpressionSyntaxError, match="at most 10,000"):
        parse(text + "&1")
