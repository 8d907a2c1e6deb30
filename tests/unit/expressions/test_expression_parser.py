"""The grammar, the positions of mistakes and what they say (section d.1)."""

import pytest

from looop_gui.expressions.errors import ExpressionSyntaxError
from looop_gui.expressions.lexer import TokenKind, tokenize
from looop_gui.expressions.parser import parse, parse_recovering
from looop_gui.expressions.printer import format_expression, print_expression
from looop_gui.expressions.tree import (
    AttributeReference,
    Comparison,
    Concatenation,
    FunctionCall,
    Keyword,
    KeywordName,
    NumberLiteral,
    Omitted,
    Operator,
    Span,
    StringLiteral,
    attributes_of,
    descend,
)

A = AttributeReference("a")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("[a]", A),
        (" [a] ", A),
        ("[extension_1_x y]", AttributeReference("extension_1_x y")),
        ('"x"', StringLiteral("x")),
        ('""', StringLiteral("")),
        (r'"a\"b\\c"', StringLiteral('a"b\\c')),
        # An unknown escape keeps its backslash.
        (r'"\+\d"', StringLiteral(r"\+\d")),
        ('"two\nlines"', StringLiteral("two\nlines")),
        ("10", NumberLiteral("10")),
        ("-1.50", NumberLiteral("-1.50")),
        ("&HF7", NumberLiteral("&HF7")),
        ("IgnoreAttributeFlow", Keyword(KeywordName.IGNORE_ATTRIBUTE_FLOW)),
        ("f()", FunctionCall("f", ())),
        ("f( )", FunctionCall("f", ())),
        ("f ([a])", FunctionCall("f", (A,))),
        ("f(,)", FunctionCall("f", (Omitted(), Omitted()))),
        ("f([a], , )", FunctionCall("f", (A, Omitted(), Omitted()))),
        ("f(\n[a],\r\n\t1)", FunctionCall("f", (A, NumberLiteral("1")))),
        ("[a]=1", Comparison(Operator.EQUAL, A, NumberLiteral("1"))),
        ("[a]<>-1", Comparison(Operator.NOT_EQUAL, A, NumberLiteral("-1"))),
        ("[a]>=1", Comparison(Operator.GREATER_OR_EQUAL, A, NumberLiteral("1"))),
        ("[a]&[a]", Concatenation((A, A))),
        ("[a] & 1 & f()", Concatenation((A, NumberLiteral("1"), FunctionCall("f", ())))),
        # & joins after an operand, and begins a number where an operand is due.
        ('"x"&HF()', Concatenation((StringLiteral("x"), FunctionCall("HF", ())))),
        ("f(&HF,&HF7)", FunctionCall("f", (NumberLiteral("&HF"), NumberLiteral("&HF7")))),
        ("1&&HF", Concatenation((NumberLiteral("1"), NumberLiteral("&HF")))),
        (
            "[a]&1=2",
            Comparison(Operator.EQUAL, Concatenation((A, NumberLiteral("1"))), NumberLiteral("2")),
        ),
        ("f([a]=1)", FunctionCall("f", (Comparison(Operator.EQUAL, A, NumberLiteral("1")),))),
    ],
)
def test_grammar(text: str, tree: object) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "value"),
    [("10", "10"), ("007", "7"), ("-0", "0"), ("-05", "-5"), ("1.50", "1.50"), ("&HFF", "255")],
)
def test_numbers_as_text(text: str, value: str) -> None:
    tree = parse(text)
    assert isinstance(tree, NumberLiteral)
    assert tree.value == value


@pytest.mark.parametrize(
    ("text", "position", "length", "words"),
    [
        ("", 0, 0, "empty"),
        ("   ", 3, 0, "empty"),
        ("Join(", 4, 1, "not closed"),
        ('Join("a"', 4, 1, "not closed"),
        ("Join([a] [b])", 9, 3, "a comma may be missing"),
        ("[a]=", 4, 0, "ends where a value"),
        ("=1", 0, 1, "value is expected before ="),
        ("[a]==1", 4, 1, "value is expected before ="),
        ("[a]=1=2", 5, 1, "Only one comparison"),
        ("[a] AND [b]", 4, 3, "no AND"),
        ("IIF([a]=1 or [b]=2, 1, 2)", 10, 2, "no OR"),
        ('f("abc', 2, 4, "no closing double quote"),
        ("f([abc", 2, 4, "no closing bracket"),
        ("f([abc, 1)", 2, 4, "no closing bracket"),
        ("f([])", 2, 2, "no name"),
        ("f([a[b])", 2, 2, "closing bracket"),
        ("f(“a”)", 2, 1, "straight double quotes"),
        ("f('a')", 2, 1, "not in single ones"),
        ("[a]!=1", 3, 1, "<>"),
        ("[a]+1", 3, 1, "no +"),
        ("f(1;2)", 3, 1, "separated by commas"),
        ("f(1))", 4, 1, "no opening one"),
        ("a", 0, 1, "means nothing alone"),
        ("true", 0, 4, '"true" for a text'),
        ("ignoreattributeflow", 0, 19, "means nothing alone"),
        ("([a])", 0, 1, "only after the name"),
        ("f(1)(2)", 4, 1, "cannot stand here"),
        ("1 2", 2, 1, "cannot stand here"),
        ("f(#)", 2, 1, "no meaning"),
        ("f(1", 1, 1, "not closed"),
        ("&", 0, 1, "value is expected before &"),
        ("[a]&", 4, 0, "ends where"),
    ],
)
def test_mistakes(text: str, position: int, length: int, words: str) -> None:
    with pytest.raises(ExpressionSyntaxError) as raised:
        parse(text)
    assert (raised.value.position, raised.value.length) == (position, length)
    assert words in raised.value.message


def test_what_was_expected() -> None:
    with pytest.raises(ExpressionSyntaxError) as raised:
        parse("f(")
    assert "a closing parenthesis" in raised.value.expected
    with pytest.raises(ExpressionSyntaxError) as raised:
        parse("[a]=")
    assert "an attribute in brackets" in raised.value.expected
    with pytest.raises(ExpressionSyntaxError) as raised:
        parse("[a] [b]")
    assert "the end of the expression" in raised.value.expected


def test_recovery_finds_every_mistake_and_keeps_the_rest() -> None:
    result = parse_recovering("Join(a, [b] [c], f(+, [d]), [e]")
    assert [error.position for error in result.errors] == [5, 12, 19, 4]
    assert result.tree is not None
    assert attributes_of(result.tree) == {"b", "d", "e"}
    assert isinstance(result.tree, FunctionCall)
    assert result.tree.arguments[0] == Omitted()


def test_recovery_skips_a_group_in_parentheses() -> None:
    result = parse_recovering("f(([a], 1), [b])")
    assert len(result.errors) == 1
    assert isinstance(result.tree, FunctionCall)
    assert result.tree.arguments == (Omitted(), AttributeReference("b"))


def test_mistakes_are_counted_only_so_far() -> None:
    assert len(parse_recovering("f(" + "a," * 200 + ")").errors) == 20


def test_spans() -> None:
    text = ' Join( "x" , [a] = 1)'
    spans = {text[node.span.start : node.span.end] for node in descend(parse(text))}
    assert spans == {'Join( "x" , [a] = 1)', '"x"', "[a] = 1", "[a]", "1"}
    call = parse(text)
    assert isinstance(call, FunctionCall)
    assert call.name_span == Span(1, 5)
    assert call.name_span.length == 4


def test_tokens_for_colouring() -> None:
    kinds = [token.kind for token in tokenize('f([a],"x",-1.5)<>&HF #')]
    assert kinds == [
        TokenKind.NAME,
        TokenKind.OPEN,
        TokenKind.ATTRIBUTE,
        TokenKind.COMMA,
        TokenKind.STRING,
        TokenKind.COMMA,
        TokenKind.NUMBER,
        TokenKind.CLOSE,
        TokenKind.OPERATOR,
        TokenKind.NUMBER,
        TokenKind.PROBLEM,
        TokenKind.END,
    ]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ('Join(" ",[a],[b])', 'Join(" ", [a], [b])'),
        ('Replace([a],"-",,,"_",,)', 'Replace([a], "-", , , "_", , )'),
        ('IIF([a]=1,[b]&"x",IgnoreObjectFlow)', 'IIF([a] = 1, [b] & "x", IgnoreObjectFlow)'),
        (r'"\+ \\ \""', r'"\\+ \\ \""'),
        ("f( )", "f()"),
    ],
)
def test_printing(text: str, printed: str) -> None:
    """As the service prints it: a blank after each comma (parseExpression sample)."""
    assert print_expression(parse(text)) == printed


def test_formatting_keeps_pairs_together() -> None:
    text = 'Switch([state],"Australia/Sydney","NSW","Australia/Sydney","QLD","Australia/Brisbane")'
    assert format_expression(parse(text), 60).splitlines() == [
        "Switch(",
        '    [state], "Australia/Sydney",',
        '    "NSW", "Australia/Sydney",',
        '    "QLD", "Australia/Brisbane"',
        ")",
    ]


def test_formatting_breaks_only_what_is_too_long() -> None:
    text = (
        'Join("@",NormalizeDiacritics(StripSpaces(Join(".",[givenName],[surname]))),"contoso.com")'
    )
    assert format_expression(parse(text), 60).splitlines() == [
        "Join(",
        '    "@",',
        "    NormalizeDiacritics(",
        '        StripSpaces(Join(".", [givenName], [surname]))',
        "    ),",
        '    "contoso.com"',
        ")",
    ]
    assert format_expression(parse(text), 200) == print_expression(parse(text))


def test_formatting_keeps_empty_arguments_on_the_line_before() -> None:
    text = 'Replace([telephoneNumber], , "[()\\\\s-]+", , "", , )'
    lines = format_expression(parse(text), 30).splitlines()
    assert lines[1] == "    [telephoneNumber], ,"
    assert parse("\n".join(lines)) == parse(text)
