"""Replace and the regular expressions of .NET (section d.4)."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.functions.regular_expressions import (
    TIME_LIMIT,
    compile_pattern,
    replace_matches,
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('Replace([s], "a", , , "X", , )', "bXnXnX"),
        ('Replace([s], "A", , , "X", , )', "banana"),
        ('Replace([s], "a", , , "", , )', "bnn"),
        ('Replace([s], "a", , , [gone], , )', "bnn"),
        ('Replace([s], "ana", , , "X", , )', "bXna"),
        ('Replace([gone], "a", , , "X", , )', None),
        ('Replace("", "a", , , "X", , )', ""),
        ('Replace([s], "a", , , "$1", , )', "b$1n$1n$1"),
        ('Replace([s], "%", , , , , "<%|%>")', "<banana|banana>"),
        ('Replace([gone], "%", , , , , "<%>")', None),
        ('Replace([s], "x", , , , , "<%>")', "<%>"),
        ('Replace([s], , "[an]+", , "-", , )', "b-"),
        ('Replace([s], , "(.)a", , "$1", , )', "bnn"),
        ('Replace([s], , "(?<first>.)(?<second>a)", , "${second}${first}", , )', "abanan"),
        ('Replace([s], , "x", , "y", , )', "banana"),
        ('Replace([gone], , "a", , "y", , )', None),
        ('Replace([s], , "a", , , , )', "bnn"),
        ('Replace([s], , "b(?<x>an)", "x", "-", , )', "b-ana"),
        ('Replace([s], , "(?<x>an)", "x", "$1", , )', "b$1$1a"),
        ('Replace([s], , "b(?<x>z)?", "x", "-", , )', "banana"),
        ('Replace([s], , "(b)(?<x>a)", "1", "-", , )', "-anana"),
        ('Replace([gone], , "(?<x>a)", "x", "-", , )', None),
        # Zero-length groups: only the first match may change the text.
        ('Replace("545 Street", , "(?<n>^\\\\d*)", "n", "888", , )', "888 Street"),
        ('Replace("545 Street", , "(?<n>\\\\d*)", "n", "888", , )', "888 Street"),
        ('Replace("Street", , "(?<n>^\\\\d*)", "n", "888", , )', "888Street"),
        ('Replace([s], , "(?<d>\\\\d+)", "d", , [other], )', "banana"),
        ('Replace("", , "(?<d>\\\\d+)", "d", , [other], )', "42"),
        ('Replace([gone], , "(?<d>\\\\d+)", "d", , [other], )', "42"),
        ('Replace([gone], , "(?<d>\\\\d+)", "d", , [s], )', None),
        ('Replace([gone], , "(?<d>\\\\d+)", "d", , [gone], )', None),
        ('Replace([s], , "(?<d>\\\\d+)", "d", , [gone], )', "banana"),
    ],
)
def test_modes(evaluate: Callable[..., Any], expression: str, expected: str | None) -> None:
    assert evaluate(expression, s="banana", other="no 42 or 43") == expected


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ('Replace("a", , , , "b", , )', "wrong_argument"),
        ('Replace("a", "", , , "b", , )', "wrong_argument"),
        ('Replace("a")', "wrong_argument"),
        ('Replace("a", , "(", , "b", , )', "wrong_pattern"),
        ('Replace("a", , "a", "nope", "b", , )', "wrong_argument"),
        ('Replace("", , "a", "nope", , "b", )', "wrong_argument"),
        ('Replace([many], "a", , , "b", , )', "multi_valued"),
    ],
)
def test_wrong_arguments(error_code: Callable[..., str], expression: str, code: str) -> None:
    assert error_code(expression, many=("a", "b")) == code


def replaced(pattern: str, text: str, replacement: str) -> str:
    return replace_matches(compile_pattern(pattern), text, replacement)


@pytest.mark.parametrize(
    ("pattern", "text", "replacement", "expected"),
    [
        ("b", "abc", "[$&]", "a[b]c"),
        ("b", "abc", "[$`]", "a[a]c"),
        ("b", "abc", "[$']", "a[c]c"),
        ("b", "abc", "[$_]", "a[abc]c"),
        ("b", "abc", "$$", "a$c"),
        ("b", "abc", "$9${nope}$", "a$9${nope}$c"),
        ("(b)", "abc", "$1$01${1}", "abbbc"),
        ("b", "abc", "$0", "abc"),
        ("(a)(b)?", "ac", "[$2]", "[]c"),
        ("(a)(b)", "ab", "$+", "b"),
        ("b", "abc", "\\1\\n", "a\\1\\nc"),
        # .NET numbers named groups after all unnamed ones.
        ("(?<n>a)(b)", "ab", "$1-$2-${n}", "b-a-a"),
        (r"(?<n>a)(b)\1", "abb", "x", "x"),
        (r"(?<n>a)(b)\2", "aba", "x", "x"),
        (r"(?<n>a|b)\k<n>", "abba", "x", "axa"),
        (r"(?'n'a)\k'n'", "aab", "${n}", "ab"),
        ("a*", "baac", "-", "-b--c-"),
        ("x*", "abc", "-", "-a-b-c-"),
        ("$", "a", "|", "a|"),
        (r"a\z", "a\n", "x", "a\n"),
        (r"a\Z", "a\n", "x", "x\n"),
        (r"\Aa", "aa", "x", "xa"),
        (r"\e", "a\x1b", "x", "ax"),
        (r"\cI", "a\t", "x", "ax"),
        (r"\x41A", "AA", "x", "x"),
        (r"\p{Lu}", "aB", "x", "ax"),
        (r"\p{IsGreek}", "aΩ", "x", "ax"),
        (r"\P{L}", "a1", "x", "ax"),
        (r"\d", "a٣", "x", "ax"),
        ("[a-z-[aeiou]]", "hello", "-", "-e--o"),
        ("[^a-z-[aeiou]]", "ab1", "-", "-b-"),
        ("[[a]", "[a", "-", "--"),
        ("[]a]", "]a", "-", "--"),
        ("[a&&b|~]", "&|~ab", "-", "-----"),
        (r"[\d\-x]", "1-x", "_", "___"),
        (r"[\b]", "\b", "_", "_"),
        ("a{,2}", "a{,2}", "x", "x"),
        ("a{x}", "a{x}", "x", "x"),
        ("a{2}", "aaa", "x", "xa"),
        ("(?:ab){e<=1}", "ab{e<=1}", "x", "x"),
        ("(?i)ABC", "abc", "x", "x"),
        ("(?i:A)b", "ab aB", "x", "x aB"),
        ("(?i)straße", "STRASSE STRAßE", "x", "STRASSE x"),
        ("(?#comment)a", "a", "x", "x"),
        ("(?x) a b", "ab", "x", "x"),
        ("(?<=a+)b", "aab b", "x", "aax b"),
        ("(?>a+)b", "aab", "x", "x"),
        ("(a)?(?(1)b|c)", "ab c", "x", "x x"),
        ("(?(?=a)ab|c)", "abc b", "x", "xx b"),
        ("(?(?<!-)a|b)", "a-a-b", "x", "x-a-x"),
        (r"\++", "++", "x", "x"),
        ("[+*]+?", "+*", "x", "xx"),
        ("a{2}?a??b", "aab", "x", "x"),
        (r"\@\-\_".replace(r"\_", "_"), "@-_", "x", "x"),
        ("(?s)a.b", "a\nb", "x", "x"),
        ("a.b", "a\nb", "x", "a\nb"),
    ],
)
def test_dotnet_syntax(pattern: str, text: str, replacement: str, expected: str) -> None:
    assert replaced(pattern, text, replacement) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        ")",
        "[a",
        "a\\",
        "*a",
        "(?<a-b>x)",
        "(?P<a>x)",
        "(?R)",
        "(?|a|b)",
        "(*FAIL)",
        "a++",
        "a*+b",
        "a{2}{3}",
        "a+?+",
        r"\1",
        r"(a)\2",
        r"\m",
        r"\K",
        r"\L<x>",
        r"[\B]",
        r"\k<nope>",
        "(?n)a",
        r"\p{Nonsense}",
    ],
)
def test_refused_patterns(pattern: str) -> None:
    with pytest.raises(EvaluationError) as raised:
        compile_pattern(pattern)
    assert raised.value.code == "wrong_pattern"
    assert raised.value.sentence.endswith(".")


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "^(([a-z])+.)+[A-Z]$"])
def test_no_pattern_hangs(error_code: Callable[..., str], pattern: str) -> None:
    """Issue 4: .NET would search for hours; here a time limit ends it."""
    begun = time.process_time()
    code = error_code("Replace([s], , [p], , [r], , )", s="a" * 5000 + "!", p=pattern, r="-")
    assert code == "too_slow"
    assert time.process_time() - begun < 2 * TIME_LIMIT + 4


@pytest.mark.parametrize(
    "pattern",
    [
        "a{1000000000}",
        "a{99999999999999999999}",
        "((a{1000}){1000}){1000}",
        "(?:a?){1000000000}",
        "(?:(?i)a{1000}){1000000}",
        "(" * 3000 + ")" * 3000,
        "(?<!" * 400 + "a" + ")" * 400,
        "[" + "a-[b" * 2000,
    ],
)
def test_no_pattern_fills_the_memory(pattern: str) -> None:
    with pytest.raises(EvaluationError) as raised:
        compile_pattern(pattern)
    assert raised.value.code == "wrong_pattern"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(?<x>(a*)*)b", "a" * 5000 + "b"),
        ("(.*)*(.*)*(.*)*x", "a" * 500),
        ("(?:(?:a{10}){10}){10}", "a" * 1000),
        ("(a)" * 2000, "a" * 2000),
    ],
)
def test_large_patterns_that_are_answered(pattern: str, text: str) -> None:
    assert replaced(pattern, text, "$&") == text
