"""Graph's attributeMappingSource form (section d.1 rule 9, samples of Graph's documentation)."""

from typing import Any

import pytest

from looop_gui.expressions.errors import ExpressionSyntaxError
from looop_gui.expressions.graph_form import from_graph, to_graph
from looop_gui.expressions.parser import parse
from looop_gui.expressions.printer import print_expression


def attribute(name: str) -> dict[str, Any]:
    return {"expression": f"[{name}]", "name": name, "parameters": [], "type": "Attribute"}


def constant(value: str) -> dict[str, Any]:
    return {"expression": f'"{value}"', "name": value, "parameters": [], "type": "Constant"}


def function(text: str, name: str, **parameters: dict[str, Any]) -> dict[str, Any]:
    pairs = [{"key": key, "value": value} for key, value in parameters.items()]
    return {"expression": text, "name": name, "parameters": pairs, "type": "Function"}


SAMPLES = [
    ("[mail]", attribute("mail")),
    ('"C"', constant("C")),
    (
        "Mid([userPrincipalName], 1, 8)",
        function(
            "Mid([userPrincipalName], 1, 8)",
            "Mid",
            source=attribute("userPrincipalName"),
            start=constant("1"),
            length=constant("8"),
        ),
    ),
    (
        'Replace([preferredLanguage], "-", , , "_", , )',
        function(
            'Replace([preferredLanguage], "-", , , "_", , )',
            "Replace",
            source=attribute("preferredLanguage"),
            Find=constant("-"),
            Replacement=constant("_"),
        ),
    ),
    (
        "SingleAppRoleAssignment([appRoleAssignments])",
        function(
            "SingleAppRoleAssignment([appRoleAssignments])",
            "SingleAppRoleAssignment",
            source=attribute("appRoleAssignments"),
        ),
    ),
    (
        'Append(Not([IsSoftDeleted]), "x")',
        function(
            'Append(Not([IsSoftDeleted]), "x")',
            "Append",
            source=function("Not([IsSoftDeleted])", "Not", source=attribute("IsSoftDeleted")),
            suffix=constant("x"),
        ),
    ),
    (
        'Switch([a], , "1", [b])',
        function(
            'Switch([a], , "1", [b])',
            "Switch",
            source=attribute("a"),
            key1=constant("1"),
            value1=attribute("b"),
        ),
    ),
]


@pytest.mark.parametrize(("text", "source"), SAMPLES)
def test_samples(text: str, source: dict[str, Any]) -> None:
    assert to_graph(parse(text)) == source
    assert from_graph(source) == parse(text)


def without_text(source: dict[str, Any]) -> dict[str, Any]:
    pairs = [{"key": p["key"], "value": without_text(p["value"])} for p in source["parameters"]]
    is_function = source["type"] == "Function"
    return {
        **source,
        "expression": None if is_function else source["expression"],
        "parameters": pairs,
    }


@pytest.mark.parametrize(
    "text",
    [
        'Replace([a], "-", , , "_", , )',
        'Replace([a], , "x", "y", , [b], )',
        'Switch([a], , "1", [b], "2", "c")',
        'Join(" ", [a], [b], "c")',
        "SelectUniqueValue([a], [b], [c], [d])",
        'IIF([a] = "x", [a] & "-" & [b], IgnoreObjectFlow)',
        "ToLower([a])",
        'Unknown([a], "b")',
        'FormatDateTime([a], , "yyyy", "yy")',
        'InStr([a], "b", , vbTextCompare)',
        "Guid()",
    ],
)
def test_parameters_are_enough_where_there_is_no_text(text: str) -> None:
    source = without_text(to_graph(parse(text)))
    assert print_expression(from_graph(source)) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ({"type": "attribute", "name": "mail"}, "[mail]"),
        ({"type": "constant", "name": "x", "expression": "x"}, '"x"'),
        ({"type": "Constant", "name": "a b", "expression": "a b"}, '"a b"'),
        ({"type": "Constant", "name": "[x]", "expression": '"[x]"'}, '"[x]"'),
        ({"expression": "[mail]"}, "[mail]"),
        ({"type": "Function", "name": "Guid", "parameters": None}, "Guid()"),
        ({"type": "Constant", "name": "", "expression": '""'}, '""'),
    ],
)
def test_other_spellings(source: dict[str, Any], text: str) -> None:
    """Samples differ in capitals and in what they leave out (section j)."""
    assert print_expression(from_graph(source)) == text


@pytest.mark.parametrize(
    "source",
    [
        {},
        {"type": "Function"},
        {"type": "Function", "name": "f", "parameters": [{"key": "a"}]},
        {"type": "Function", "name": "f", "parameters": ["x"]},
        {"expression": "f("},
    ],
)
def test_what_cannot_be_understood(source: dict[str, Any]) -> None:
    with pytest.raises(ExpressionSyntaxError):
        from_graph(source)


def test_deep_sources_are_refused() -> None:
    source: dict[str, Any] = {"type": "Attribute", "name": "a"}
    for _ in range(2000):
        pair = {"key": "source", "value": source}
        source = {"type": "Function", "name": "Not", "parameters": [pair]}
    with pytest.raises(ExpressionSyntaxError, match="nested"):
        from_graph(source)
