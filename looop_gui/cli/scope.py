"""`looop-gui scope`: evaluates scoping filters on given objects, for checking configurations."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from looop_gui.cli.root import unused_data_dir_option
from looop_gui.engine.scoping import compile_filter
from looop_gui.engine.scoping_clauses import UnsupportedFilterError
from looop_gui.model.directory import AttributeValue
from looop_gui.model.scope import FilterClause, FilterGroup, ScopingFilter, parse_operator


@click.command("scope")
@click.option(
    "--batch",
    "file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="A JSON file of cases, or - for standard input.",
)
@click.option(
    "--regex-search",
    is_flag=True,
    help="Let REGEX MATCH find its pattern anywhere in the value, not only as the whole value.",
)
@unused_data_dir_option
def command(file: Path, regex_search: bool) -> None:
    """Say for each case of FILE whether its object passes its scoping filters.

    A case has "id", "groups" (filters: "name" and "clauses" of "attribute", "operator" and
    "value") and "object" (its attributes). FILE is an array of cases, an object that holds the
    array in "scoping", or one case a line. For each case one JSON line is printed:
    {"id": ..., "result": true|false}. A case that cannot be evaluated has {"$error": ...} as its
    result and a sentence in "error"; it does not stop the others.
    """
    data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    for case in _cases(data.decode("utf-8-sig", errors="replace")):
        click.echo(json.dumps(_answer(case, regex_search=regex_search), ensure_ascii=False))
        sys.stdout.flush()


class _BadCaseError(Exception):
    """A case is not what the help of the command says."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def _cases(text: str) -> Iterator[Any]:
    """The cases of the file; a line that is no JSON is a case in itself, and a bad one."""
    try:
        document = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        yield from (_case_of_line(line) for line in text.splitlines() if line.strip())
        return
    if isinstance(document, dict) and "groups" not in document:
        document = document.get("scoping", [document])
    yield from document if isinstance(document, list) else [document]


def _case_of_line(line: str) -> Any:
    try:
        return json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        return line


def _answer(case: Any, *, regex_search: bool) -> dict[str, Any]:
    identifier = case.get("id") if isinstance(case, dict) else None
    try:
        scoping, attributes = _scoping(case), _attributes(case)
        _refuse_several_values(scoping, attributes)
        passes = compile_filter(scoping, regex_search=regex_search)
        return {"id": identifier, "result": passes(attributes)}
    except UnsupportedFilterError as error:
        return {"id": identifier, "result": {"$error": "unsupported"}, "error": error.sentence}
    except _BadCaseError as error:
        return {"id": identifier, "result": {"$error": error.code}, "error": str(error)}


def _scoping(case: Any) -> ScopingFilter:
    if not isinstance(case, dict):
        raise _BadCaseError("malformed", "The case is not a JSON object.")
    groups = _list(case.get("groups") or [], "groups")
    return ScopingFilter(
        tuple(
            FilterGroup(
                _text(group.get("name")),
                tuple(_clause(clause) for clause in _list(group.get("clauses") or [], "clauses")),
            )
            for group in groups
        )
    )


def _list(value: Any, name: str) -> list[dict[str, Any]]:
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    raise _BadCaseError("malformed", f'"{name}" is not a list of objects.')


def _clause(clause: dict[str, Any]) -> FilterClause:
    attribute = clause.get("attribute")
    if not isinstance(attribute, str) or not attribute:
        raise _BadCaseError("malformed", "A clause has no attribute.")
    name = _text(clause.get("operator"))
    operator = parse_operator(name)
    if operator is None:
        raise _BadCaseError("unsupported", f'There is no operator "{name}".')
    return FilterClause(attribute, operator, _text(clause.get("value")))


def _attributes(case: dict[str, Any]) -> dict[str, AttributeValue]:
    given = case.get("object") or {}
    if not isinstance(given, dict):
        raise _BadCaseError("malformed", '"object" is not an object of attributes.')
    return {
        name: tuple(_text(item) for item in value) if isinstance(value, list) else _text(value)
        for name, value in given.items()
    }


def _refuse_several_values(scoping: ScopingFilter, attributes: dict[str, AttributeValue]) -> None:
    """Refuses the whole filter, as the portal would, not only when the clause is reached."""
    for group in scoping.groups:
        for clause in group.clauses:
            if isinstance(attributes.get(clause.attribute), tuple):
                raise _BadCaseError(
                    "unsupported", f"{clause.attribute} has several values and cannot be used."
                )


def _text(value: Any) -> str:
    """A JSON value as the engine has it (section d.1, rule 11)."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, bool) else json.dumps(value, ensure_ascii=False)
