"""Every example of the reference, and more from Microsoft's guides, as they are marked there."""

import json
import random
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from looop_gui.expressions.compile import compile_expression
from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.lint import lint_expression
from looop_gui.expressions.values import EvaluationContext, EvaluationOptions, FlowControl
from looop_gui.expressions.walk import walk

SAMPLES = Path(__file__).parents[2] / "samples" / "reference"
REFERENCE = json.loads((SAMPLES / "expression-examples.json").read_text("utf-8"))["expressions"]
GUIDES = json.loads((SAMPLES / "expression-guides.json").read_text("utf-8"))["expressions"]
KEYWORDS = {
    FlowControl.IGNORE_ATTRIBUTE_FLOW: {"$ignoreAttributeFlow": True},
    FlowControl.IGNORE_OBJECT_FLOW: {"$ignoreObjectFlow": True},
}


def results(case: dict[str, Any]) -> tuple[Any, Any]:
    """The result compiled and walked, in the notation of the file."""
    options = EvaluationOptions(extended=True)
    compiled = compile_expression(case["expression"], options)
    return (
        in_notation(lambda a, c: compiled(a, c), case),
        in_notation(lambda a, c: walk(compiled.tree, a, c, options), case),
    )


def in_notation(evaluate: Any, case: dict[str, Any]) -> Any:
    inputs = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in case["inputs"].items()
        if value is not None
    }
    now = datetime.fromisoformat(case.get("now", "2026-01-01T00:00:00Z").replace("Z", "+00:00"))
    context = EvaluationContext(now.astimezone(UTC), random.Random(1), case.get("taken", ()))
    try:
        result = evaluate(inputs, context)
    except EvaluationError as error:
        return {"$error": error.sentence if error.code == "error" else error.code}
    if isinstance(result, FlowControl):
        return KEYWORDS[result]
    return list(result) if isinstance(result, tuple) else result


def of_status(*statuses: str) -> list[Any]:
    cases = [case for case in REFERENCE if case["status"] in statuses]
    assert cases
    return [pytest.param(case, id=case["id"]) for case in cases]


def assert_expected(actual: Any, expected: Any) -> None:
    if isinstance(expected, dict) and "$pattern" in expected:
        assert isinstance(actual, str)
        assert re.search(expected["$pattern"], actual)
    else:
        assert actual == expected


@pytest.mark.parametrize("case", of_status("documented", "derived"))
def test_reference(case: dict[str, Any]) -> None:
    for result in results(case):
        assert_expected(result, case["expected"])


@pytest.mark.parametrize("case", of_status("doc_inconsistent"))
def test_printed_output_that_is_impossible(case: dict[str, Any]) -> None:
    """Section d.5: the rule holds, not the print."""
    for result in results(case):
        assert_expected(result, case["expected"])
        assert result != case["documented_output"]


@pytest.mark.parametrize("case", of_status("documented_unsupported"))
def test_limitation_of_iif_is_a_warning(case: dict[str, Any]) -> None:
    """Sections d.2 and m: evaluate, and warn; the fix gives the recommended form."""
    compiled, walked = results(case)
    assert compiled == walked == "Other"
    (finding,) = lint_expression(case["expression"])
    assert finding.identifier == "iif-null"
    assert finding.fix is not None
    fixed = case | {"expression": finding.fix.apply(case["expression"])}
    assert results(fixed) == ("Other", "Other")


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in GUIDES])
def test_guides(case: dict[str, Any]) -> None:
    for result in results(case):
        assert_expected(result, case["expected"])
