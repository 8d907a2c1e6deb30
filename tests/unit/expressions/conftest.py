"""Evaluation for the tests of expressions: compiled and walked, which must agree."""

import random
from collections.abc import Callable, Collection
from datetime import UTC, datetime

import pytest

from looop_gui.expressions.compile import compile_expression
from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.values import EvaluationContext, EvaluationOptions, Result
from looop_gui.expressions.walk import walk
from looop_gui.model.directory import AttributeValue

Evaluate = Callable[..., Result]


@pytest.fixture
def evaluate() -> Evaluate:
    """Evaluate an expression with attributes as keywords; both ways of evaluating must agree."""

    def run(
        expression: str,
        *,
        now: str = "2025-07-30T00:00:00+00:00",
        taken: Collection[str] = (),
        default_domain: str = "",
        extended: bool = True,
        **attributes: AttributeValue | None,
    ) -> Result:
        options = EvaluationOptions(extended)
        compiled = compile_expression(expression, options)
        present = {name: value for name, value in attributes.items() if value is not None}

        def context() -> EvaluationContext:
            moment = datetime.fromisoformat(now).astimezone(UTC)
            return EvaluationContext(moment, random.Random(7), taken, default_domain)

        results: list[Result | EvaluationError] = []
        for way in (compiled, lambda a, c: walk(compiled.tree, a, c, options)):
            try:
                results.append(way(present, context()))
            except EvaluationError as error:
                results.append(error)
        first, second = results
        if isinstance(first, EvaluationError):
            assert isinstance(second, EvaluationError)
            assert second.code == first.code
            raise first
        assert first == second
        return first

    return run


@pytest.fixture
def error_code(evaluate: Evaluate) -> Callable[..., str]:
    """The code of the error that an expression ends in."""

    def run(expression: str, **attributes: AttributeValue | None) -> str:
        with pytest.raises(EvaluationError) as raised:
            evaluate(expression, **attributes)
        assert raised.value.sentence.endswith((".", ":")) or raised.value.code == "error"
        return raised.value.code

    return run
