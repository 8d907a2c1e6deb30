"""`looop-gui evaluate`: expressions from the command line, one or a file of examples.

Results are JSON: text, list or null; `{"$ignoreAttributeFlow": true}` and
`{"$ignoreObjectFlow": true}` for the keywords, `{"$error": "..."}` where there is no value.
"""

import json
import random
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from looop_gui.cli.root import unused_data_dir_option
from looop_gui.expressions.compile import compile_expression
from looop_gui.expressions.errors import EvaluationError, ExpressionSyntaxError
from looop_gui.expressions.values import (
    EvaluationContext,
    EvaluationOptions,
    FlowControl,
    Result,
)
from looop_gui.model.directory import AttributeValue

_EXIT_ERRORS_FOUND = 1
_UNUSABLE = (ValueError, OverflowError)
"""What a date or a JSON value of a case can raise when it is not what it should be."""

_KEYWORDS = {
    FlowControl.IGNORE_ATTRIBUTE_FLOW: "$ignoreAttributeFlow",
    FlowControl.IGNORE_OBJECT_FLOW: "$ignoreObjectFlow",
}


@click.command()
@click.option("--expression", help="The expression to evaluate.")
@click.option("--attributes", default="{}", help="The source attributes, a JSON object.")
@click.option("--now", help="What Now() gives, in ISO 8601; the present time otherwise.")
@click.option(
    "--batch",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of examples; each gives a line with its id and result.",
)
@unused_data_dir_option
def command(expression: str | None, attributes: str, now: str | None, batch: Path | None) -> None:
    """Evaluate an expression of an attribute mapping and print its value as JSON.

    The functions of the cloud-sync page (Trim, Error and others) are admitted.
    """
    if (expression is None) == (batch is None):
        raise click.UsageError("Give either --expression or --batch.")
    if batch is not None:
        _evaluate_batch(batch)
        return
    case = {"expression": expression, "inputs": _read_json(attributes), "now": now}
    try:
        _moment(now)
        _attributes(case["inputs"])
    except _UNUSABLE as error:
        raise click.UsageError(f"{error}.") from error
    result = _evaluate(case)
    _print(result)
    if isinstance(result, dict) and "$error" in result:
        sys.exit(_EXIT_ERRORS_FOUND)


def _evaluate_batch(batch: Path) -> None:
    try:
        text = batch.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"The file cannot be read as UTF-8: {error}.") from error
    document = _read_json(text)
    cases = document.get("expressions") if isinstance(document, dict) else document
    if not isinstance(cases, list):
        raise click.UsageError("The file has no list of expressions.")
    for each in cases:
        case = each if isinstance(each, dict) else {}
        _print({"id": case.get("id"), "result": _evaluate(case)})


def _read_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"This is not JSON: {error}.") from error


def _print(value: object) -> None:
    # Lone surrogates are legal in JSON escapes and in no stream, hence the escapes.
    click.echo(json.dumps(value))
    sys.stdout.flush()


def _evaluate(case: Mapping[str, Any]) -> object:
    try:
        text = str(case.get("expression", ""))
        compiled = compile_expression(text, EvaluationOptions(extended=True))
        context = EvaluationContext(
            now=_moment(case.get("now")),
            random=random.SystemRandom(),
            taken=frozenset(_list(case.get("taken"))),
        )
        return _notation(compiled(_attributes(case.get("inputs")), context))
    except ExpressionSyntaxError as error:
        return {"$error": f"syntax at {error.position}: {error.message}"}
    except EvaluationError as error:
        return {"$error": error.sentence if error.code == "error" else error.code}
    except _UNUSABLE as error:
        return {"$error": str(error)}


def _list(value: object) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError("the taken values are not a list")
    return [_text(each) for each in value]


def _moment(text: object) -> datetime:
    if text is None:
        return datetime.now(UTC)
    moment = datetime.fromisoformat(str(text))
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _attributes(inputs: object) -> dict[str, AttributeValue]:
    """JSON values as the language's: null is absent, booleans are True and False."""
    if inputs is None:
        return {}
    if not isinstance(inputs, dict):
        raise ValueError("the attributes are not a JSON object")
    return {
        str(name): _texts(value) if isinstance(value, list) else _text(value)
        for name, value in inputs.items()
        if value is not None
    }


def _texts(values: list[object]) -> tuple[str, ...]:
    """A value of a multi-valued attribute cannot be absent: null is none."""
    return tuple(_text(each) for each in values if each is not None)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "True" if value else "False"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _notation(result: Result) -> object:
    if isinstance(result, FlowControl):
        return {_KEYWORDS[result]: True}
    return list(result) if isinstance(result, tuple) else result
