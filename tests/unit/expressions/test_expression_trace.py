"""The step-through shows the value of every part that was evaluated, and of no other."""

import random
from datetime import UTC, datetime

from looop_gui.expressions.parser import parse
from looop_gui.expressions.trace import TraceStep, trace
from looop_gui.expressions.values import IGNORE_ATTRIBUTE_FLOW, EvaluationContext
from looop_gui.model.directory import AttributeValue

CONTEXT = EvaluationContext(datetime(2025, 7, 30, tzinfo=UTC), random.Random(1))


def steps(text: str, **attributes: AttributeValue) -> dict[str, TraceStep]:
    return {step.text: step for step in trace(parse(text), attributes, CONTEXT)}


def test_values_in_the_order_of_the_text() -> None:
    found = trace(parse('Join("@", ToLower([a]), "x")'), {"a": "A"}, CONTEXT)
    assert [(step.depth, step.text, step.value) for step in found] == [
        (0, 'Join("@", ToLower([a]), "x")', "a@x"),
        (1, '"@"', "@"),
        (1, "ToLower([a])", "a"),
        (2, "[a]", "A"),
        (1, '"x"', "x"),
    ]


def test_the_other_branch_is_not_evaluated() -> None:
    found = steps('IIF([a] = "x", ToUpper([a]), ToLower([a]))', a="x")
    assert found["ToUpper([a])"].value == "X"
    assert not found["ToLower([a])"].evaluated
    assert found['[a] = "x"'].value == "True"


def test_an_error_is_shown_where_it_arises() -> None:
    found = steps("ToLower(Item([a], 5))", a=("x",))
    outer, inner = found["ToLower(Item([a], 5))"], found["Item([a], 5)"]
    assert outer.error is not None
    assert inner.error is not None
    assert inner.error.code == "out_of_bounds"
    assert found["[a]"].value == ("x",)
    assert found["5"].evaluated


def test_a_keyword_is_shown_on_its_way_out() -> None:
    found = steps('Join("-", IgnoreFlowIfNullOrEmpty([gone]))')
    assert found["IgnoreFlowIfNullOrEmpty([gone])"].value is IGNORE_ATTRIBUTE_FLOW
    assert found['Join("-", IgnoreFlowIfNullOrEmpty([gone]))'].value is IGNORE_ATTRIBUTE_FLOW


def test_equal_parts_have_their_own_values() -> None:
    text = 'IIF([a] = "x", "same", IIF([a] = "y", "same", "other"))'
    same = [step for step in trace(parse(text), {"a": "y"}, CONTEXT) if step.text == '"same"']
    assert [step.evaluated for step in same] == [False, True]


def test_an_unknown_function_is_an_outcome() -> None:
    (step, argument) = trace(parse("Nonsense([a])"), {"a": "x"}, CONTEXT)
    assert step.error is not None
    assert step.error.code == "unknown_function"
    assert not argument.evaluated
