"""Functions on text, with normal, null, empty, wrong and boundary arguments (section d.3)."""

from collections.abc import Callable
from typing import Any

import pytest

LIST = ("a", "b")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('Append("ab", "cd")', "abcd"),
        ('Append([gone], ".test")', None),
        ('Append("", ".test")', ".test"),
        ('Append("ab", [gone])', "ab"),
        ('Append("ab", )', "ab"),
        ("Append([one], 7)", "x7"),
    ],
)
def test_append(evaluate: Callable[..., Any], expression: str, expected: str | None) -> None:
    assert evaluate(expression, one=("x",)) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('Join(" ", "Ann", "Lee")', "Ann Lee"),
        ('Join(" ", "Ann", [gone], "Lee")', "Ann Lee"),
        ('Join(" ", "", "Lee", "")', "Lee"),
        ('Join(" ", "Ann", " ", "Lee")', "Ann   Lee"),
        ('Join("-", [many], "c")', "a-b-c"),
        ('Join("-", [gaps])', "a-b"),
        ('Join([gone], "a", "b")', "ab"),
        ('Join(",", [gone], [gone])', ""),
        ('Join(",", "a", , "b")', "a,b"),
        ('Join("", 1000, -5, 1.50)', "1000-51.50"),
    ],
)
def test_join(evaluate: Callable[..., Any], expression: str, expected: str) -> None:
    assert evaluate(expression, many=LIST, gaps=("a", "", "b")) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('Left("John Doe", 3)', "Joh"),
        ('Left("John Doe", "3")', "Joh"),
        ('Left("John", 0)', ""),
        ('Left("John", -2)', "John"),
        ('Left("Jo", 99)', "Jo"),
        ("Left([gone], 3)", ""),
        ('Left("", 3)', ""),
        ('Left("李小龙", 2)', "李小"),
        ('Mid("abcdef", 2, 3)', "bcd"),
        ('Mid("abc", 1, 99)', "abc"),
        ('Mid("abc", 4, 1)', ""),
        ('Mid("abc", 99, 1)', ""),
        ('Mid("abc", 1, 0)', ""),
        ('Mid("abc", 2)', "bc"),
        ("Mid([gone], 1, 1)", None),
        ('Mid("", 1, 1)', ""),
        ('Len("abc")', "3"),
        ('Len("")', "0"),
        ("Len([gone])", "0"),
    ],
)
def test_parts(evaluate: Callable[..., Any], expression: str, expected: str | None) -> None:
    assert evaluate(expression) == expected


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ('Left("abc", "x")', "not_a_number"),
        ('Left("abc", 1.5)', "not_a_number"),
        ('Left("abc", [gone])', "not_a_number"),
        ("Left([many], 1)", "multi_valued"),
        ('Mid("abc", 0, 1)', "out_of_bounds"),
        ('Mid("abc", -1, 1)', "out_of_bounds"),
        ('Mid("abc", 1, -1)', "out_of_bounds"),
        ('InStr("abc", "b", 0)', "out_of_bounds"),
        ('InStr("abc", "b", 1, "binary")', "wrong_argument"),
        ('Word("a b", "x", " ")', "not_a_number"),
        ('ToLower("A", "not a culture")', "wrong_argument"),
        ("Append([many], [many])", "multi_valued"),
        ("StripSpaces([many])", "multi_valued"),
    ],
)
def test_wrong_arguments(error_code: Callable[..., str], expression: str, code: str) -> None:
    assert error_code(expression, many=LIST) == code


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('ToLower("ABC Ä")', "abc ä"),
        ('ToUpper("abc ä")', "ABC Ä"),
        ("ToLower([gone])", None),
        ('ToUpper("")', ""),
        # One character for one, as in .NET: no SS, no final sigma, no dot that stands alone.
        ('ToUpper("straße")', "STRAßE"),
        ('ToLower("ΣΑΣ")', "σασ"),
        ('ToLower("İ")', "İ"),
        ('ToUpper("ı")', "ı"),
        ('ToLower("I", "tr-TR")', "ı"),
        ('ToUpper("i", "tr-TR")', "İ"),
        ('ToLower("İI", "az")', "iı"),
        ('ToUpper("ıi", "tr")', "Iİ"),
        ('ToLower("I", "en-US")', "i"),
        ('ToLower("I", )', "i"),
    ],
)
def test_letter_case(evaluate: Callable[..., Any], expression: str, expected: str | None) -> None:
    assert evaluate(expression) == expected


@pytest.mark.parametrize(
    ("source", "separators", "expected"),
    [
        ("ANN LEE", None, "Ann Lee"),
        ("o'BRIEN", None, "O'brien"),
        ("st john's hospital", None, "St John's Hospital"),
        ("mary-ann_smith (jr.)", None, "Mary-Ann_Smith (Jr.)"),
        ("3rd floor a3b", None, "3Rd Floor A3b"),
        ("a€b+c©d", None, "A€B+C©D"),
        ("éva öz", None, "Éva Öz"),
        ("mary-ann lee", " ", "Mary-ann Lee"),
        ("3rd floor", " ", "3rd Floor"),
        ("", None, ""),
        ("abc", "", "Abc"),
    ],
)
def test_proper_case(
    evaluate: Callable[..., Any], source: str, separators: str | None, expected: str
) -> None:
    """Without separators as TextInfo.ToTitleCase, where an apostrophe does not end a word."""
    assert evaluate("PCase([source], [separators])", source=source, separators=separators) == (
        expected
    )


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("PCase([gone])", None),
        ("StripSpaces([gone])", None),
        ('StripSpaces("a\tb c")', "a\tbc"),
        ('InStr("abcabc", "c")', "3"),
        ('InStr("abcabc", "c", 4)', "6"),
        ('InStr("abc", "x")', "0"),
        ('InStr("abc", "B")', "0"),
        ('InStr("abc", "B", 1, vbTextCompare)', "2"),
        ('InStr("abc", "B", , "vbTextCompare")', "2"),
        ('InStr("abc", "a", 2, vbBinaryCompare)', "0"),
        ('InStr("abc", "", 2)', "2"),
        ('InStr("abc", "a", 9)', "0"),
        ('InStr([gone], "a")', "0"),
        ('InStr("", "")', "0"),
        ('Word("The quick brown fox", 3, " ")', "brown"),
        ('Word("a,b;c", 2, ",;")', "b"),
        ('Word("a,,b", 2, ",")', "b"),
        ('Word(",a,b", 1, ",")', "a"),
        ('Word("a b", 0, " ")', ""),
        ('Word("a b", -1, " ")', ""),
        ('Word("a b", 3, " ")', ""),
        ('Word([gone], 1, " ")', ""),
        ('Word("", 1, " ")', ""),
        ('Word("a-b^c]d", 3, "^-]")', "c"),
        ('Word("a b", 1, "")', "a b"),
    ],
)
def test_searching(evaluate: Callable[..., Any], expression: str, expected: str | None) -> None:
    assert evaluate(expression) == expected


def test_a_list_of_one_passes_for_its_value(evaluate: Callable[..., Any]) -> None:
    assert evaluate("ToUpper([mail])", mail=("a@b",)) == "A@B"
    assert evaluate("ToUpper([mail])", mail=()) is None


@pytest.mark.parametrize(
    "expression",
    [
        'Replace(Replace(Replace([x], "a", , , [x], , ), "a", , , [x], , ), "a", , , [x], , )',
        'Replace(Replace([x], , ".", , "$_", , ), , ".", , "$_", , )',
        'Replace(Replace([x], , "(?<n>.)", "n", [x], , ), , "(?<n>.)", "n", [x], , )',
        "ConvertToUTF8Hex(" * 20 + "[x]" + ")" * 20,
        "ConvertToBase64(" * 20 + "[x]" + ")" * 20,
        "Join([long], [many])",
    ],
)
def test_no_value_grows_without_end(error_code: Callable[..., str], expression: str) -> None:
    many, long = ("a",) * 2000, "b" * 1000
    assert error_code(expression, x="a" * 1001, many=many, long=long) == "too_long"
