"""What a compiled expression tells of itself, and all mappings of an object as one function."""

import random
from datetime import UTC, datetime

import pytest

from looop_gui.expressions.compile import compile_expression, compile_mappings
from looop_gui.expressions.errors import EvaluationError, ExpressionSyntaxError
from looop_gui.expressions.parser import parse
from looop_gui.expressions.values import IGNORE_ATTRIBUTE_FLOW, EvaluationContext
from looop_gui.model.mapping import AttributeMapping, MappingType

CONTEXT = EvaluationContext(datetime(2025, 7, 30, tzinfo=UTC), random.Random(1))


def expression(source: str) -> AttributeMapping:
    return AttributeMapping("target", MappingType.EXPRESSION, source)


def test_the_attributes_that_are_read() -> None:
    compiled = compile_expression('IIF([a]="x", Join(" ", [b], [c]), [a])')
    assert compiled.attributes == {"a", "b", "c"}
    assert compile_expression("Now()").attributes == frozenset()


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Redact([a])", True),
        ('Join("", Redact([a]))', True),
        ("ToLower([a])", False),
        ('"Redact"', False),
    ],
)
def test_redaction(text: str, redacted: bool) -> None:
    assert compile_expression(text).redacted is redacted


def test_a_tree_or_a_text() -> None:
    tree = parse("ToUpper([a])")
    assert compile_expression(tree)({"a": "x"}, CONTEXT) == "X"
    assert compile_expression("ToUpper([a])").tree == tree
    with pytest.raises(ExpressionSyntaxError):
        compile_expression("ToUpper(")


@pytest.mark.parametrize(
    "value",
    ["'", '"', "\\", "\n", "{0}", "%s", "#", "'''", "\u2028", "\0", "a" * 5000, "'+exit()+'"],
)
def test_texts_are_data_in_the_generated_source(value: str) -> None:
    compiled = compile_expression('Append([a], "-")')
    assert compiled({"a": value}, CONTEXT) == value + "-"
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    assert compile_expression(f'Append("{quoted}", "-")')({}, CONTEXT) == value + "-"
    if not set("[]\r\n") & set(value):
        assert compile_expression(f"[{value}]")({value: "found"}, CONTEXT) == "found"
        switch = compile_expression(f'Switch([a], "d", "{quoted}", [a])')
        assert switch({"a": value}, CONTEXT) == value


def test_all_mapping_types() -> None:
    mappings = (
        AttributeMapping("userName", MappingType.DIRECT, "mail"),
        AttributeMapping("roles", MappingType.DIRECT, "many"),
        AttributeMapping("title", MappingType.DIRECT, "gone"),
        AttributeMapping("locale", MappingType.CONSTANT, "en"),
        AttributeMapping("nickName", MappingType.NONE, default_value="x"),
        expression("ToUpper([mail])"),
        expression("Redact([secret])"),
        expression("IgnoreFlowIfNullOrEmpty([gone])"),
        expression('Join("-", [mail], IgnoreFlowIfNullOrEmpty([gone]))'),
    )
    compiled = compile_mappings(mappings)
    assert compiled.attributes == {"mail", "many", "gone", "secret"}
    assert compiled.redacted == (False,) * 6 + (True,) + (False,) * 2
    values = compiled({"mail": "a@b", "many": ("x", "y"), "secret": "s"}, CONTEXT)
    assert values == [
        *("a@b", ("x", "y"), None, "en", None, "A@B", "s"),
        *(IGNORE_ATTRIBUTE_FLOW, IGNORE_ATTRIBUTE_FLOW),
    ]


def test_a_mapping_that_fails_does_not_disturb_the_others() -> None:
    mappings = (
        expression("Item([many], 5)"),
        expression("ToUpper([a])"),
        expression("Nonsense([a])"),
        expression("ToUpper("),
    )
    failed, good, unknown, wrong = compile_mappings(mappings)({"a": "x", "many": ("m",)}, CONTEXT)
    assert good == "X"
    codes = [each.code for each in (failed, unknown, wrong) if isinstance(each, EvaluationError)]
    assert codes == ["out_of_bounds", "unknown_function", "syntax"]


def test_no_mappings() -> None:
    assert compile_mappings(())({"a": "x"}, CONTEXT) == []
