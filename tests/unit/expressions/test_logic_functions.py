"""Functions that decide, and the comparisons (sections c.6, d.2 and d.3)."""

from collections.abc import Callable
from typing import Any

import pytest

from looop_gui.expressions.values import IGNORE_ATTRIBUTE_FLOW, IGNORE_OBJECT_FLOW

FAILS = "Mid([x], 0, 1)"
"""An expression that cannot be evaluated for anybody with x."""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('[a] = "USA"', "True"),
        ('[a] = "usa"', "False"),
        ('[a] <> "usa"', "True"),
        ("[one] = 1", "True"),
        ("[one] = 01", "True"),
        ('"01" = "1"', "True"),
        ('"1.0" = "1"', "False"),
        ('"+1" = "1"', "False"),
        ("[ten] > 9", "True"),
        ('"10" > "9"', "True"),
        ('"10a" > "9a"', "False"),
        ("[ten] >= 10", "True"),
        ("[ten] < 10", "False"),
        ("[ten] <= 10", "True"),
        ("-5 < -4", "True"),
        ("99999999999999999999 > 9", "True"),
        ('"b" > "a"', "True"),
        ('"B" > "a"', "False"),
        ('[gone] = ""', "True"),
        ("[gone] = [gone]", "True"),
        ('[gone] = "x"', "False"),
        ('[gone] <> "x"', "True"),
        # An order with null never holds: "the condition check fails".
        ("[gone] < 5", "False"),
        ("[gone] >= 0", "False"),
        ("5 > [gone]", "False"),
        ("&HFF = 255", "True"),
        ('"a" & "b" = "ab"', "True"),
    ],
)
def test_comparison(evaluate: Callable[..., Any], expression: str, expected: str) -> None:
    assert evaluate(expression, a="USA", one="1", ten="10") == expected
    condition = f'IIF({expression}, "True", "False")'
    assert evaluate(condition, a="USA", one="1", ten="10") == expected


def test_comparison_takes_single_values(
    evaluate: Callable[..., Any], error_code: Callable[..., str]
) -> None:
    assert evaluate('[a] = "x"', a=("x",)) == "True"
    assert error_code('[a] = "x"', a=("x", "y")) == "multi_valued"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('"True"', "yes"),
        ('"true"', "yes"),
        ('"False"', "no"),
        ("1", "yes"),
        ("-1", "yes"),
        ("0.5", "yes"),
        ("0", "no"),
        ("0.0", "no"),
        ('""', "no"),
        ("[gone]", "no"),
        ("IsPresent([x])", "yes"),
        ("Not([x])", "yes"),
        ("", "no"),
    ],
)
def test_conditions(evaluate: Callable[..., Any], condition: str, expected: str) -> None:
    assert evaluate(f'IIF({condition}, "yes", "no")', x="x") == expected


def test_a_condition_must_be_a_truth(error_code: Callable[..., str]) -> None:
    assert error_code('IIF("perhaps", 1, 2)') == "not_a_boolean"
    assert error_code('CBool("perhaps")') == "not_a_boolean"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (f'IIF([x] = "x", "kept", {FAILS})', "kept"),
        (f'IIF([x] = "y", {FAILS}, "kept")', "kept"),
        (f'Switch([x], {FAILS}, "x", "kept", "y", {FAILS})', "kept"),
        (f"Switch([x], {FAILS}, {FAILS}, {FAILS})", None),
        (f'Switch([x], {FAILS}, [x], "kept", {FAILS}, {FAILS})', "kept"),
        (f"Coalesce([x], {FAILS})", "x"),
        (f'Switch([x], "kept", "y", {FAILS})', "kept"),
    ],
)
def test_only_what_is_needed_is_evaluated(
    evaluate: Callable[..., Any],
    error_code: Callable[..., str],
    expression: str,
    expected: str | None,
) -> None:
    """Section d.1 rule 8."""
    if expected is None:
        assert error_code(expression, x="x") == "out_of_bounds"
    else:
        assert evaluate(expression, x="x") == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('Switch([a], "d", "x", "1", "y", "2")', "1"),
        ('Switch([a], "d", "X", "1")', "d"),
        ('Switch([a], , "y", "2")', None),
        ('Switch([gone], "d", "", "empty")', "empty"),
        ('Switch([empty], "d", "", "empty")', "empty"),
        ('Switch([gone], "d", , "empty")', "empty"),
        ('Switch([gone], "d", [gone], "null")', "null"),
        ('Switch([a], "d", "x", "1", "x", "2")', "1"),
        ('Switch([a], "d", "x", [gone])', None),
        ('Switch([a], "d", "x", )', None),
        ('Switch([one], "d", 1, "number")', "number"),
        ('Switch([a], "d")', "d"),
        ('Switch([a], [a], "", "Other")', "x"),
        ('Switch([gone], [a], "", "Other")', "Other"),
        ('Switch([one], "d", "01", "no", "1", "text compare")', "text compare"),
    ],
)
def test_switch(evaluate: Callable[..., Any], expression: str, expected: str | None) -> None:
    assert evaluate(expression, a="x", empty="", one="1") == expected


def test_switch_takes_one_value(error_code: Callable[..., str]) -> None:
    assert error_code('Switch([a], "d", "x", "1")', a=("x", "y")) == "multi_valued"


def test_a_switch_of_a_thousand_keys(evaluate: Callable[..., Any]) -> None:
    keys = ", ".join(f'"{number}", [v]' for number in range(700))
    assert evaluate(f"Switch([a], , {keys})", a="699", v="last") == "last"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("Coalesce([gone], [a])", "x"),
        ('Coalesce([gone], "d")', "d"),
        ("Coalesce([gone], [gone])", None),
        ('Coalesce([empty], "d")', ""),
        ("Coalesce([none], [a])", "x"),
        ("Coalesce([many])", ("a", "b")),
        ('Not("True")', "False"),
        ('Not("False")', "True"),
        ('Not("anything")', "True"),
        ('Not("")', "True"),
        ("Not([gone])", "True"),
        ("IsNull([gone])", "True"),
        ("IsNull([empty])", "False"),
        ("IsNull([none])", "True"),
        ("IsNull([many])", "False"),
        ("IsNullOrEmpty([gone])", "True"),
        ("IsNullOrEmpty([empty])", "True"),
        ("IsNullOrEmpty([many])", "False"),
        ("IsNullOrEmpty([a])", "False"),
        ("IsPresent([gone])", "False"),
        ("IsPresent([empty])", "False"),
        ("IsPresent([many])", "True"),
        ("IsPresent([none])", "False"),
        ("IsString([a])", "True"),
        ("IsString([gone])", "False"),
        ("IsString([many])", "False"),
        ("IsString(5)", "True"),
        ('CBool("True")', "True"),
        ("CBool(0)", "False"),
        ("CBool([gone])", "False"),
        ("CBool([a] <> [a])", "False"),
        ("Redact([a])", "x"),
        ("Redact([gone])", None),
        ("Redact([many])", ("a", "b")),
    ],
)
def test_tests_for_values(evaluate: Callable[..., Any], expression: str, expected: object) -> None:
    assert evaluate(expression, a="x", empty="", none=(), many=("a", "b")) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("IgnoreFlowIfNullOrEmpty([gone])", IGNORE_ATTRIBUTE_FLOW),
        ("IgnoreFlowIfNullOrEmpty([empty])", IGNORE_ATTRIBUTE_FLOW),
        ("IgnoreFlowIfNullOrEmpty([none])", IGNORE_ATTRIBUTE_FLOW),
        ("IgnoreFlowIfNullOrEmpty([a])", "x"),
        ("IgnoreFlowIfNullOrEmpty([many])", ("a", "b")),
        ("IgnoreFlowIfNullOrEmpty(IgnoreObjectFlow)", IGNORE_OBJECT_FLOW),
        ("IgnoreAttributeFlow", IGNORE_ATTRIBUTE_FLOW),
        ('Switch([a], IgnoreObjectFlow, "y", "z")', IGNORE_OBJECT_FLOW),
        # A keyword stops the flow from inside other functions, too.
        ('Join("-", [a], IgnoreFlowIfNullOrEmpty([gone]))', IGNORE_ATTRIBUTE_FLOW),
        ('ToLower(IIF([a] = "x", IgnoreObjectFlow, "b"))', IGNORE_OBJECT_FLOW),
        ("IsPresent(IgnoreAttributeFlow)", IGNORE_ATTRIBUTE_FLOW),
        ('"a" & IgnoreAttributeFlow', IGNORE_ATTRIBUTE_FLOW),
        ("Redact(IgnoreAttributeFlow)", IGNORE_ATTRIBUTE_FLOW),
    ],
)
def test_flow_control(evaluate: Callable[..., Any], expression: str, expected: object) -> None:
    assert evaluate(expression, a="x", empty="", none=(), many=("a", "b")) is expected or (
        evaluate(expression, a="x", empty="", none=(), many=("a", "b")) == expected
    )


def test_select_unique_value(evaluate: Callable[..., Any], error_code: Callable[..., str]) -> None:
    expression = 'SelectUniqueValue([gone], "", "a", "b")'
    assert evaluate(expression) == "a"
    assert evaluate(expression, taken=["a"]) == "b"
    assert evaluate(expression, taken=lambda value: value == "a") == "b"
    assert error_code(expression, taken=["a", "b"]) == "not_unique"


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("tolower([a])", "unknown_function"),
        ("IsNullorEmpty([a])", "unknown_function"),
        ("ToLower()", "wrong_arity"),
        ('IIF([a] = "x", 1)', "wrong_arity"),
        ('Switch([a], "d", "x")', "wrong_arity"),
        ("Switch([a])", "wrong_arity"),
        ("Now(1)", "wrong_arity"),
        ("SelectUniqueValue([a])", "wrong_arity"),
        ("Not([a], [a])", "wrong_arity"),
    ],
)
def test_calls_that_mean_nothing(
    error_code: Callable[..., str], expression: str, code: str
) -> None:
    """Names are case-sensitive (section d.1 rule 2)."""
    assert error_code(expression, a="x") == code


def test_an_unknown_function_matters_only_where_it_is_evaluated(
    evaluate: Callable[..., Any],
) -> None:
    assert evaluate('IIF([a] = "x", "kept", Nonsense([a]))', a="x") == "kept"


def test_trailing_empty_arguments_are_allowed(evaluate: Callable[..., Any]) -> None:
    """Section d.1 rule 4."""
    assert evaluate("ToLower([a], , , )", a="X") == "x"
    assert evaluate('Replace([a], "X", , , "y", , , , )', a="X") == "y"
    assert evaluate("Not([a], )", a="True") == "False"
