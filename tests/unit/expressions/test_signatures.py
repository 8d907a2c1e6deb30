"""Signatures, documentation and examples that completion and help show (section d.3)."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from looop_gui.expressions.functions.table import FAMILIES, FUNCTIONS, find_function
from looop_gui.expressions.lint import ExpressionUse, lint_expression
from looop_gui.expressions.parser import parse
from looop_gui.expressions.signatures import ValueType, function
from looop_gui.expressions.tree import FunctionCall, attributes_of, descend
from looop_gui.expressions.values import EvaluationOptions

TABLE = (
    "Append AppRoleAssignmentsComplex AssertiveAppRoleAssignmentsComplex BitAnd CBool CDate "
    "Coalesce ConvertToBase64 ConvertToUTF8Hex Count CStr DateAdd DateDiff DateFromNum "
    "DefaultDomain FormatDateTime Guid IgnoreFlowIfNullOrEmpty IIF InStr IsNull IsNullOrEmpty "
    "IsPresent IsString Item Join Left Len Mid NormalizeDiacritics Not Now NumFromDate PCase "
    "RandomString Redact RemoveDuplicates Replace SelectUniqueValue SingleAppRoleAssignment Split "
    "StripSpaces Switch ToLower ToUpper Word AppRoleAssignments"
)
EXTENDED = "ConvertFromBase64 DNComponent Error StringFromSid Trim Contains CRef"
RANDOM = {"Guid", "RandomString", "Now"}


def test_every_function_of_the_table_is_there() -> None:
    plain = {name for name, each in FUNCTIONS.items() if not each.signature.extended}
    assert plain == set(TABLE.split())
    assert set(FUNCTIONS) - plain == set(EXTENDED.split())


def test_families_are_the_whole_table() -> None:
    assert sum(map(len, FAMILIES.values())) == len(FUNCTIONS)


def test_names_are_case_sensitive() -> None:
    assert find_function("ToLower", EvaluationOptions()) is FUNCTIONS["ToLower"]
    assert find_function("tolower", EvaluationOptions()) is None
    assert find_function("Trim", EvaluationOptions()) is None
    assert find_function("Trim", EvaluationOptions(extended=True)) is FUNCTIONS["Trim"]


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_is_documented(name: str) -> None:
    signature = FUNCTIONS[name].signature
    assert signature.documentation.endswith(".")
    assert len(signature.summary) > 20
    assert "\n" not in signature.summary
    assert signature.examples
    assert signature.label.startswith(f"{name}(")


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_examples_are_good_expressions(name: str, evaluate: Callable[..., Any]) -> None:
    use = ExpressionUse(options=EvaluationOptions(extended=True))
    for example in FUNCTIONS[name].signature.examples:
        tree = parse(example.expression)
        called = {node.name for node in descend(tree) if isinstance(node, FunctionCall)}
        assert name in called
        findings = lint_expression(example.expression, use)
        errors = [each for each in findings if each.severity == "error"]
        assert not errors or name in ("SelectUniqueValue", "StringFromSid")
        if not attributes_of(tree) and not called & RANDOM and "..." not in example.result:
            assert evaluate(example.expression) == example.result


@pytest.mark.parametrize(
    ("name", "accepted", "refused"),
    [
        ("Guid", [0], [1]),
        ("Not", [1], [0, 2]),
        ("ToLower", [1, 2], [0, 3]),
        ("Replace", [1, 5, 7], [0, 8]),
        ("FormatDateTime", [3, 4], [2, 5]),
        ("InStr", [2, 3, 4], [1, 5]),
        ("RandomString", [5, 6], [4, 7]),
        ("Join", [2, 3, 50], [0, 1]),
        ("Coalesce", [1, 2, 50], [0]),
        ("Switch", [2, 4, 50], [0, 1, 3, 51]),
        ("SelectUniqueValue", [2, 3, 50], [0, 1]),
        ("IIF", [3], [2, 4]),
    ],
)
def test_how_many_arguments(name: str, accepted: list[int], refused: list[int]) -> None:
    signature = FUNCTIONS[name].signature
    assert all(signature.accepts(count) for count in accepted)
    assert not any(signature.accepts(count) for count in refused)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Guid", "no arguments"),
        ("Not", "1 argument"),
        ("IIF", "3 arguments"),
        ("ToLower", "1 or 2 arguments"),
        ("InStr", "2 to 4 arguments"),
        ("Join", "at least 2 arguments"),
        ("Switch", "at least 2 arguments and an even number of them"),
    ],
)
def test_arity_in_words(name: str, words: str) -> None:
    assert FUNCTIONS[name].signature.arity == words


def test_repeating_parameters_are_numbered() -> None:
    signature = FUNCTIONS["Switch"].signature
    names = [parameter.name for at in range(6) if (parameter := signature.parameter_at(at))]
    assert names == ["source", "defaultValue", "key1", "value1", "key2", "value2"]
    unique = FUNCTIONS["SelectUniqueValue"].signature
    names = [parameter.name for at in range(4) if (parameter := unique.parameter_at(at))]
    assert names == [f"uniqueValueRule{number}" for number in (1, 2, 3, 4)]
    assert FUNCTIONS["Not"].signature.parameter_at(1) is None


def test_label() -> None:
    assert FUNCTIONS["ToLower"].signature.label == "ToLower(source: String, [culture: String])"
    assert re.fullmatch(r"Join\(.*, \.\.\.\)", FUNCTIONS["Join"].signature.label)
    assert FUNCTIONS["IsPresent"].signature.result is ValueType.BOOLEAN


def test_a_malformed_signature_is_refused() -> None:
    with pytest.raises(ValueError, match="not a signature"):
        function("Broken(")(lambda: None)
